//! `GET /api/v2/customer/{id}`: see [`omnidesk::get_item`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-get-item", omnidesk::get_item)
}
