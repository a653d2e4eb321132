//! `POST /api/v2/customer/externalEvent`: see [`omnidesk::external_event`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-external-event", omnidesk::external_event)
}
