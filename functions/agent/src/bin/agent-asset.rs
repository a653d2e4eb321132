//! `GET /agent/asset/{name}`: see [`agent::asset::asset`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve_open(agent::DIALECT.render_error, "agent-asset", agent::asset::asset)
}
