//! Every other path and method: see [`khoros::unknown_route::unknown_route`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(khoros::DIALECT, "khoros-unknown-route", khoros::unknown_route::unknown_route)
}
