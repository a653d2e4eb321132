//! Every other path and method below `/api/v2/customer`: see [`omnidesk::unknown_route`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-unknown-route", omnidesk::unknown_route)
}
