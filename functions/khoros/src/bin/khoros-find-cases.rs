//! `GET /api/v1/customer/{id}/cases`: see [`khoros::cases::find_cases`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(khoros::DIALECT, "khoros-find-cases", khoros::cases::find_cases)
}
