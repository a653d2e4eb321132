//! `GET /agent/case/{id}`: see [`agent::case::case_page`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(agent::DIALECT, "agent-case-page", agent::case::case_page)
}
