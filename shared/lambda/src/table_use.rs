//! The ways to use the table, as IAM distinguishes them. Each row of [`crate::routes`] lists those of its function.
//!
//! Tests prove that the roles of `infra/template.yaml` allow exactly what is listed. The tests' database refuses everything else to a
//! function, as IAM would. Another test proves that each entry is needed.

use self::TableUse::{
    BatchGet, BatchWrite, Check, Delete, Deliver, Erase, FindDelivery, FollowFeed, ForgetDelivered, Get, Import, NoteKeyUse, Put,
    QueryContacts, QueryPartition, QueryTerms,
};

/// One way to use the table, as IAM distinguishes them. A transaction needs what its parts need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableUse {
    /// `GetItem`.
    Get,
    /// `BatchGetItem`.
    BatchGet,
    /// `Query` on the table: the items of one partition.
    QueryPartition,
    /// `Query` on the indexes of e-mail addresses, telephones and handles.
    QueryContacts,
    /// `Query` on the index of all other terms.
    QueryTerms,
    /// `PutItem`, alone or in a transaction.
    Put,
    /// The same for `DeleteItem`.
    Delete,
    /// `ConditionCheckItem`: a transaction requires an item that it does not write.
    Check,
    /// `BatchWriteItem`: for more interactions than a transaction holds, and for the digests of an erased person.
    BatchWrite,
    /// `UpdateItem`, on items of [`KEY_USES`](crm_store::KEY_USES) only: when a key was last used.
    NoteKeyUse,
    /// Puts among [`OF_ERASURES`]: the key of erased people's digests, and rows of journals without the person's id. It comes
    /// beside [`Self::Put`].
    Erase,
    /// `PutItem`, alone or in a transaction, on [`SETTINGS`] only: a tenant's settings and data model.
    PutSettings,
    /// `PutItem`, alone or in a transaction, on [`UPLOADS`] only: a file that is to be imported.
    PutUploads,
    /// Puts in [`OF_IMPORTS`]: a run, and the journal of its rows. It comes beside [`Self::Put`].
    Import,
    /// `GetItem` in the partitions of [`TO_DELIVER`], by a function that reads nothing else.
    FindDelivery,
    /// `Query` on the same partitions.
    FollowFeed,
    /// `PutItem` in the partitions of [`OF_DELIVERIES`], by a function that writes nothing else.
    Deliver,
    /// The same for `DeleteItem`.
    ForgetDelivered,
}

/// The partitions with tenants' settings and data models.
pub const SETTINGS: &str = "*#settings";

/// The partitions with files that are to be imported.
pub const UPLOADS: &str = "*#uploads";

/// The partitions to which no function writes and from which none deletes, as IAM's patterns: API keys, their uses and their pointers,
/// runs of imports, and webhooks. An attacker who controls a function can neither create a key nor send changes elsewhere. The one
/// function that imports ([`TableUse::Import`]) writes runs.
pub const OF_OPERATORS: &[&str] = &["key#*", "key-use#*", "*#keys", "*#imports", "webhooks"];

/// The partitions to which only functions that remove customers may write ([`TableUse::Erase`]): settings, and journals of imports. Those
/// of the desk that change settings write to these alone ([`TableUse::PutSettings`]).
pub const OF_ERASURES: &[&str] = &[SETTINGS, "*#import#*"];

/// Runs of imports and their journals.
pub const OF_IMPORTS: &[&str] = &["*#imports", "*#import#*"];

/// The partitions from which no function deletes: what others were told expires by itself.
pub const OF_FEED: &[&str] = &["*#changes#*"];

/// The partitions to which the function writes that sends changes to webhooks.
pub const OF_DELIVERIES: &[&str] = &["*#deliveries"];

/// The partitions that it reads: the webhooks, the feed, how far each delivery is, and the item that opens the connection.
pub const TO_DELIVER: &[&str] = &["webhooks", "*#changes#*", "*#deliveries", "key#nothing"];

/// Whether one of IAM's patterns matches a partition.
pub fn matches_any(patterns: &[&str], partition: &str) -> bool {
    let matches = |pattern: &&str| {
        let mut parts = pattern.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(last) = parts.next_back() else {
            return partition == first;
        };
        let Some(rest) = partition.strip_prefix(first) else {
            return false;
        };
        let Some(middle) = rest.strip_suffix(last) else { return false };
        parts.all(|part| middle.contains(part))
    };
    patterns.iter().any(matches)
}

impl TableUse {
    /// IAM's name for it.
    pub const fn action(self) -> &'static str {
        match self {
            Self::Get | Self::FindDelivery => "dynamodb:GetItem",
            Self::BatchGet => "dynamodb:BatchGetItem",
            Self::QueryPartition | Self::QueryContacts | Self::QueryTerms | Self::FollowFeed => "dynamodb:Query",
            Self::Put | Self::Erase | Self::PutSettings | Self::PutUploads | Self::Import | Self::Deliver => "dynamodb:PutItem",
            Self::Delete | Self::ForgetDelivered => "dynamodb:DeleteItem",
            Self::Check => "dynamodb:ConditionCheckItem",
            Self::BatchWrite => "dynamodb:BatchWriteItem",
            Self::NoteKeyUse => "dynamodb:UpdateItem",
        }
    }
}

/// Authentication by a key: key and settings are read, together if they were read before, and the key's use is recorded.
pub const BY_KEY: &[TableUse] = &[Get, BatchGet, NoteKeyUse];
/// Authentication by a signed link: the tenant's settings are read. The first read of the table is a [`TableUse::Get`].
pub const BY_LINK: &[TableUse] = &[Get, BatchGet];

/// Writing records and completing unfinished work, which every function that writes does.
pub const WRITE_RECORDS: &[TableUse] = &[QueryPartition, Put, Delete, Check];
/// Writing cases, with more interactions than a transaction holds.
pub const WRITE_CASES: &[TableUse] = &[QueryPartition, Put, Delete, Check, BatchWrite];
/// Writing customers who are found by an address.
pub const FIND_AND_WRITE: &[TableUse] = &[QueryContacts, QueryPartition, Put, Delete, Check];
/// Removing all that belongs to a customer, and finding who had the customer's handles before.
pub const REMOVE_CUSTOMER: &[TableUse] = &[QueryContacts, QueryPartition, Put, Delete, Check, BatchWrite, Erase];
/// Importing customers, and taking imports back.
pub const IMPORT: &[TableUse] = &[QueryContacts, QueryTerms, QueryPartition, Put, Delete, Check, Import];
/// Sending changes to webhooks.
pub const SEND_CHANGES: &[TableUse] = &[FindDelivery, FollowFeed, Deliver, ForgetDelivered];
/// All uses by Omnidesk's functions.
pub const ANY_OF_OMNIDESK: &[TableUse] = &[
    QueryContacts,
    QueryTerms,
    QueryPartition,
    Put,
    Delete,
    Check,
    BatchWrite,
    Erase,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_policy() {
        for partition in ["key#00", "key-use#00", "acme#keys", "acme#imports", "webhooks"] {
            assert!(matches_any(OF_OPERATORS, partition), "{partition}");
            assert!(!matches_any(OF_ERASURES, partition), "{partition}");
        }
        assert!(matches_any(OF_FEED, "acme#changes#2026-11-22#0"));
        assert!(matches_any(OF_DELIVERIES, "acme#deliveries"));
        for partition in ["webhooks", "acme#changes#2026-11-22#0", "acme#deliveries", "key#nothing"] {
            assert!(matches_any(TO_DELIVER, partition), "{partition}");
        }
        for partition in ["acme#settings", "acme#import#run#7"] {
            assert!(matches_any(OF_ERASURES, partition), "{partition}");
            assert!(!matches_any(OF_OPERATORS, partition), "{partition}");
        }
        for partition in [
            "acme#customer#C0SA77REZRPC",
            "acme#once#00",
            "acme#erasure#C0SA77REZRPC",
            "acme#external#case#00",
            "keys",
            "webhooks-2#customer#C0SA77REZRPC",
        ] {
            let patterns = [OF_OPERATORS, OF_ERASURES, OF_FEED, TO_DELIVER].concat();
            assert!(!matches_any(&patterns, partition), "{partition}");
        }
    }
}
