//! The ways to use the table, as IAM tells them apart. Each row of [`crate::routes`] lists those of its function.
//!
//! Tests prove that the roles of `infra/template.yaml` allow exactly what is listed. The tests' database refuses a function whatever
//! is not, as IAM would, and another test proves that each entry is needed.

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
    /// `UpdateItem`, on items of [`KEY_USES`](crm_store::KEY_USES) only: when a key was last used.
    NoteKeyUse,
}

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

/// Letting in by a key: key and settings are read, together where they were read before, and the key's use is noted.
pub const BY_KEY: &[TableUse] = &[Get, BatchGet, NoteKeyUse];
/// Letting in by a signed link: the tenant's settings are read. The first look at the table is a [`TableUse::Get`].
pub const BY_LINK: &[TableUse] = &[Get, BatchGet];

/// Rewriting a customer: the record, its terms, and more of them than a transaction holds.
pub const REWRITE_CUSTOMER: &[TableUse] = &[Put, Delete, Check, BatchWrite];
/// Omnidesk's find-or-create: by an address, and with the cases that wait for whoever has it.
pub const FIND_OR_CREATE_CUSTOMER: &[TableUse] = &[QueryIndex, QueryPartition, Put, Delete, Check, BatchWrite];
/// Removing all that belongs to a customer.
pub const REMOVE_CUSTOMER: &[TableUse] = &[QueryPartition, Put, Delete, BatchWrite];
