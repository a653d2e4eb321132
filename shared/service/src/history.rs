//! Who changed what.

use crm_domain::{CaseId, Customer, error::Error};
use futures::{StreamExt as _, TryStreamExt as _};

pub use crm_store::Entry;

use super::Session;

/// The newest entries of a customer's history, and of records that were merged into it, at most `most`.
pub async fn customer_history(session: &Session, customer: &Customer, most: usize) -> Result<Vec<Entry>, Error> {
    session.store().customer_history(customer).take(most).try_collect().await
}

/// The newest entries of a case's history, at most `most`.
pub async fn case_history(session: &Session, id: CaseId, most: usize) -> Result<Vec<Entry>, Error> {
    session.store().case_history(id).take(most).try_collect().await
}
