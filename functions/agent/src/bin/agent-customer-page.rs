//! `GET /agent/customer/{id}`: see [`agent::customer::customer_page`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(agent::DIALECT, "agent-customer-page", agent::customer::customer_page)
}
