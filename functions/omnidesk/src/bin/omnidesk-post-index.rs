//! `POST /api/v2/customer`: see [`omnidesk::post_index`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-post-index", omnidesk::post_index)
}
