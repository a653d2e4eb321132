//! What each function does to the table: the list that the template's roles are held against.
//!
//! `tests/faults` proves that the roles of `infra/template.yaml` allow exactly this. The tests' database refuses a function whatever
//! is not listed, as IAM would, and a test proves that each entry is needed.

use std::collections::BTreeSet;

use self::TableUse::{BatchGet, BatchWrite, Check, Delete, Get, NoteKeyUse, Put, QueryIndex, QueryPartition};

/// One way to use the table, as IAM tells them apart. A transaction needs what its parts need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableUse {
    /// `GetItem`.
    Get,
    /// `BatchGetItem`.
    BatchGet,
    /// `Query` on the table: the items of one partition.
    QueryPartition,
    /// `Query` on any of the indexes.
    QueryIndex,
    /// `PutItem`, alone or in a transaction.
    Put,
    /// `DeleteItem`, likewise.
    Delete,
    /// `ConditionCheckItem`: a transaction requires an item that it does not write.
    Check,
    /// `BatchWriteItem`: more interactions or terms than a transaction holds, ahead of their record.
    BatchWrite,
    /// `UpdateItem`, on items of [`KEY_USES`] only: when a key was last used.
    NoteKeyUse,
}

/// What the partition keys begin with of the only items that a function updates in place.
pub const KEY_USES: &str = "key-use#";

impl TableUse {
    /// IAM's name for it.
    pub const fn action(self) -> &'static str {
        match self {
            Self::Get => "dynamodb:GetItem",
            Self::BatchGet => "dynamodb:BatchGetItem",
            Self::QueryPartition | Self::QueryIndex => "dynamodb:Query",
            Self::Put => "dynamodb:PutItem",
            Self::Delete => "dynamodb:DeleteItem",
            Self::Check => "dynamodb:ConditionCheckItem",
            Self::BatchWrite => "dynamodb:BatchWriteItem",
            Self::NoteKeyUse => "dynamodb:UpdateItem",
        }
    }
}

/// What a request with a key does: key and settings are read, together where they were read before, and the key's use is noted.
const BY_KEY: &[TableUse] = &[Get, BatchGet, NoteKeyUse];
/// What a request by a signed link does: the tenant's settings are read. The first look at the table is a [`TableUse::Get`].
const BY_LINK: &[TableUse] = &[Get, BatchGet];
/// What a request does that anybody may make.
const BY_ANYBODY: &[TableUse] = &[];

/// Rewriting a customer: the record, its terms, and more of them than a transaction holds.
const UPDATE_CUSTOMER: &[TableUse] = &[Put, Delete, Check, BatchWrite];
/// Omnidesk's find-or-create: by an address, and with the cases that wait for whoever has it.
const FIND_OR_CREATE_CUSTOMER: &[TableUse] = &[QueryIndex, QueryPartition, Put, Delete, Check, BatchWrite];
/// Removing all that belongs to a customer.
const REMOVE_CUSTOMER: &[TableUse] = &[QueryPartition, Put, Delete, BatchWrite];

/// How each function lets its callers in, and what it does beyond that.
const USES: &[(&str, &[TableUse], &[TableUse])] = &[
    ("khoros-define-object-structures", BY_KEY, &[]),
    ("khoros-search-customers", BY_KEY, &[QueryIndex]),
    ("khoros-bestmatch-customers", BY_KEY, &[QueryIndex]),
    ("khoros-find-customer", BY_KEY, &[]),
    ("khoros-find-cases", BY_KEY, &[QueryPartition]),
    ("khoros-create-customer", BY_KEY, &[Put, BatchWrite]),
    ("khoros-update-customer", BY_KEY, UPDATE_CUSTOMER),
    ("khoros-create-case", BY_KEY, &[QueryPartition, Put, Check, BatchWrite]),
    ("khoros-lookup-case", BY_KEY, &[QueryPartition]),
    (
        "khoros-update-case",
        BY_KEY,
        &[QueryPartition, Put, Delete, Check, BatchWrite],
    ),
    ("khoros-openapi", BY_KEY, &[]),
    ("egain-search-customers", BY_KEY, &[QueryIndex, QueryPartition]),
    ("omnidesk-get-index", BY_KEY, &[QueryIndex]),
    ("omnidesk-get-item", BY_KEY, &[QueryPartition]),
    ("omnidesk-post-index", BY_KEY, FIND_OR_CREATE_CUSTOMER),
    ("omnidesk-put-index", BY_KEY, UPDATE_CUSTOMER),
    ("omnidesk-put-item", BY_KEY, UPDATE_CUSTOMER),
    ("omnidesk-delete-item", BY_KEY, REMOVE_CUSTOMER),
    ("omnidesk-search-by-primary-external-id", BY_KEY, &[]),
    ("omnidesk-search-by-customer-channel-value", BY_KEY, &[QueryIndex]),
    ("omnidesk-add-channel-only", BY_KEY, &[QueryPartition, Put, Delete, Check]),
    ("omnidesk-update-customer", BY_KEY, UPDATE_CUSTOMER),
    ("omnidesk-delete-item-channel", BY_KEY, &[QueryIndex, Put, Delete]),
    ("omnidesk-delete-item-purge-data", BY_KEY, REMOVE_CUSTOMER),
    ("omnidesk-timeline-by-customer-external-id", BY_KEY, &[QueryPartition]),
    ("omnidesk-external-event", BY_KEY, &[Put, Check]),
    ("omnidesk-sync-with-crm", BY_KEY, FIND_OR_CREATE_CUSTOMER),
    ("omnidesk-create-customer-crud", BY_KEY, &[Put, BatchWrite]),
    ("omnidesk-unknown-route", BY_KEY, FIND_OR_CREATE_CUSTOMER),
    ("agent-customer-page", BY_LINK, &[QueryPartition]),
    ("agent-case-page", BY_LINK, &[QueryPartition]),
    ("agent-asset", BY_ANYBODY, &[]),
    ("khoros-unknown-route", BY_KEY, &[]),
];

/// Everything that a function does to the table; nothing is known of a function that is not listed.
pub fn table_uses(function: &str) -> Option<BTreeSet<TableUse>> {
    let (_, admission, beyond) = USES.iter().find(|(name, ..)| *name == function)?;
    Some(admission.iter().chain(*beyond).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{CATCH_ALLS, ROUTES};

    #[test]
    fn every_function_is_listed_once() {
        let catch_alls = CATCH_ALLS.iter().map(|catch_all| catch_all.function);
        let mut functions: Vec<&str> = ROUTES.iter().map(|route| route.function).chain(catch_alls).collect();
        let mut listed: Vec<&str> = USES.iter().map(|(function, ..)| *function).collect();
        functions.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, functions);
    }
}
