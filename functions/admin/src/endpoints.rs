//! The operations: each route with its handler.

use crm_lambda::{endpoints, handler};

use crate::{DIALECT, changes, distinct, duplicates, merges};

endpoints! {
    admin, DIALECT:
    MERGE_CUSTOMERS = handler!(merges::merge_customers);
    FIND_MERGE = handler!(merges::find_merge);
    UNDO_MERGE = handler!(merges::undo_merge);
    MARK_DISTINCT = handler!(distinct::mark_distinct);
    LIFT_DISTINCT = handler!(distinct::lift_distinct);
    FIND_DUPLICATES = handler!(duplicates::find_duplicates);
    LIST_DUPLICATES = handler!(duplicates::list_duplicates);
    LIST_CHANGES = handler!(changes::list_changes);
}
