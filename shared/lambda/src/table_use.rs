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
    /// `BatchWriteItem`: more interactions than a transaction holds, or the digests that an erasure leaves.
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

/// Writing records, and completing what others left unfinished: every function that writes does that, too.
pub const WRITE_RECORDS: &[TableUse] = &[QueryPartition, Put, Delete, Check];
/// Writing customers who are found by an address.
pub const FIND_AND_WRITE: &[TableUse] = &[QueryIndex, QueryPartition, Put, Delete, Check];
/// Writing cases with many interactions, or removing all that belongs to a customer.
pub const WRITE_MANY: &[TableUse] = &[QueryPartition, Put, Delete, Check, BatchWrite];
/// Any action on Omnidesk's customers.
pub const FIND_AND_WRITE_MANY: &[TableUse] = &[QueryIndex, QueryPartition, Put, Delete, Check, BatchWrite];
