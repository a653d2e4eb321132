//! `PUT /api/v2/customer`: see [`omnidesk::put_index`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-put-index", omnidesk::put_index)
}
