//! `GET /api/v1/case/{id}`: see [`khoros::cases::lookup_case`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(khoros::DIALECT, "khoros-lookup-case", khoros::cases::lookup_case)
}
