//! Customers whom an operator deleted and can restore. This part is needed by erasures.

use crm_domain::{Change, Customer, CustomerId, error::Error};
use serde::{Deserialize, Serialize};

use super::Store;

/// A customer who was deleted and can be restored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetAside {
    /// The record as it was.
    pub customer: Customer,
    /// When and by whom it was deleted.
    pub deleted: Change,
    /// The time until which it can be restored, in seconds since 1970.
    pub(super) expires: i64,
}

impl Store {
    /// What the table still has of a deleted customer. It can be older than the time for restoring, because time to
    /// live deletes late.
    pub async fn customer_set_aside_left(&self, id: CustomerId) -> Result<Option<SetAside>, Error> {
        self.database.get_as(self.keys.set_aside(id)).await
    }
}
