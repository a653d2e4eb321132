//! Customers whom an operator deleted and can bring back. Here is what an erasure needs to know of them.

use crm_domain::{Change, Customer, CustomerId, error::Error};
use serde::{Deserialize, Serialize};

use super::Store;

/// A customer who was deleted, and can be brought back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetAside {
    /// The record as it was.
    pub customer: Customer,
    /// When and by whom it was deleted.
    pub deleted: Change,
    /// Until when it can be brought back, in seconds since 1970.
    pub(super) expires: i64,
}

impl Store {
    /// What lies in the table of a deleted customer, perhaps longer than it can be brought back: time to live deletes late.
    pub async fn customer_set_aside_left(&self, id: CustomerId) -> Result<Option<SetAside>, Error> {
        self.database.get_as(self.keys.set_aside(id)).await
    }
}
