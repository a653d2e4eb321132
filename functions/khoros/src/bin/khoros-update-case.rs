//! `PATCH /api/v1/case/{id}`: see [`khoros::cases::update_case`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(khoros::DIALECT, "khoros-update-case", khoros::cases::update_case)
}
