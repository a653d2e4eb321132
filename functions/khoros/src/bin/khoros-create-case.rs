//! `POST /api/v1/case`: see [`khoros::cases::create_case`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(khoros::DIALECT, "khoros-create-case", khoros::cases::create_case)
}
