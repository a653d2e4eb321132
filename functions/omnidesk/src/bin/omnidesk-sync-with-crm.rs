//! `POST /api/v2/customer/syncWithCRM`: see [`omnidesk::sync_with_crm`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-sync-with-crm", omnidesk::sync_with_crm)
}
