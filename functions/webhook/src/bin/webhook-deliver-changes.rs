//! Sends changes to the tenants' webhooks: see [`webhook::deliver_changes`].

fn main() -> Result<(), crm_lambda::runtime::StartError> {
    webhook::DELIVER_CHANGES.serve()
}
