//! `GET /api/v2/customer`: see [`omnidesk::get_index`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-get-index", omnidesk::get_index)
}
