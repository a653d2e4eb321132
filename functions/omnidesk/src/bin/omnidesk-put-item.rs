//! `PUT /api/v2/customer/{id}`: see [`omnidesk::put_item`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-put-item", omnidesk::put_item)
}
