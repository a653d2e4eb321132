//! `GET /api/v1/openapi.json`: see [`khoros::openapi::describe`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(khoros::DIALECT, "khoros-openapi", khoros::openapi::describe)
}
