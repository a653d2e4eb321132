//! What a customer's record was last given by another system's extract. An erasure needs to find it; syncing itself is for operators.
//!
//! A row of an extract has two items. The note in the customer's partition has the values that were given, and is gone when the person is.
//! The entry in the source's own partitions has the digest of the row, by which an unchanged row is recognised without reading the
//! customer. Its key has the digest of the row's external id.

use super::{
    Item, Store,
    items::text_of,
    keys::{Key, SYNCED},
};

impl Store {
    /// The entry of the source that goes with a note.
    pub(super) fn synced_elsewhere(&self, item: &Item) -> Option<Key> {
        let (source, row) = text_of(item, "sk")?.strip_prefix(SYNCED)?.split_once('#')?;
        Some(self.keys.synced_row(source, row))
    }
}
