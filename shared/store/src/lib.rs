//! The table. Only this room uses the DynamoDB SDK. The layout of the table is in `keys`.
//!
//! A write that must never be seen in part is one transaction. A query through an index only proposes candidates. They are read and
//! compared with the question, so a stale index entry can cost a read but never shows a wrong value.

pub mod clock;
pub mod random;

mod api_keys;
mod audit;
mod batch;
mod case_create;
mod cases;
mod connection;
mod customers;
mod deliveries;
mod distinct;
mod erased;
mod erasure;
mod error;
mod events;
mod external;
mod forward;
mod import;
mod in_turn;
mod items;
mod journal;
mod keys;
mod learning;
mod merge;
mod meter;
mod notices;
mod once;
#[cfg(feature = "operator")]
mod operator;
mod overview;
mod pages;
mod search;
mod set_aside;
mod settings;
mod sync;
mod tenants;
mod terms;
mod transaction;
mod unclaimed;
mod undo;
mod unfinished;
mod unlearn;
mod uploads;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use connection::{Roots, Surroundings};
use crm_domain::{TenantId, error::Error};
use keys::{Key, TenantKeys};
use serde::de::DeserializeOwned;
use std::{
    collections::HashMap,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

pub use api_keys::{ListedKey, USE_IS_KNOWN_WITHIN};
pub use audit::{Audit, Entry};
pub use cases::{CaseRefusal, WholeCase};
pub use customers::{CustomerRefusal, Picked};
pub use deliveries::{Delivery, Failing, Step, Undelivered, Undelivereds};
pub use distinct::{Distinct, DistinctRefusal, LONGEST_REASON};
pub use erased::Erased;
pub use erasure::{Begun, DataCounts, DataKind, Erasure, Manner};
pub use error::operator_hint;
pub use import::{Applied, Counts, ImportRow, ImportRun, MOST_EVENT_BYTES, MOST_EVENTS, RowConflict};
pub use in_turn::Turn;
pub use journal::RunId;
pub use keys::{KEY_USES, ROWS_TOGETHER};
pub use learning::Learning;
pub use merge::{MOST_MERGED, MOST_NAMED, Merge, MergePlan, MergeRefusal, MergeRequest, Receipt, SeparateRefusal};
pub use meter::{Meter, Reading};
pub use notices::{LAG, NOTICES_KEPT_DAYS, NoticePlace, NoticesPage, Told, notice_of_key};
pub use once::{Created, OnceKey};
#[cfg(feature = "operator")]
pub use operator::{Backfill, Check, CheckedPage, Finding, PastModel, Position, Problem, Walked, Whereabouts};
pub use overview::{CaseEnd, Overview};
pub use search::Found;
pub use set_aside::{Moved, SetAside};
pub use sync::{Given, RowDigests, SyncNote, SyncSource, SyncedRow};
pub use undo::Undone;
pub use uploads::{Discarded, Upload};

/// Attributes by name: one item of the table.
pub type Item = HashMap<String, AttributeValue>;

/// The table, of all tenants.
#[derive(Debug, Clone)]
pub struct Database {
    client: Client,
    table: String,
    /// Whether terms were looked up here before.
    has_looked_up: Arc<AtomicBool>,
}

/// One tenant's part of the table.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    keys: TenantKeys,
}

impl Database {
    /// Connects by Lambda's environment variables (region, credentials, endpoint), and opens the connection within a time limit. During
    /// INIT the processor runs at full speed.
    ///
    /// If Amazon's roots do not know the endpoint's certificate, the system's roots are tried. The second value is the result of opening
    /// the connection. The text of an error tells an operator what to do. A database whose connection could not be opened can still be
    /// used.
    pub async fn connect(table: String, patience: Duration) -> (Self, Result<(), Error>) {
        let surroundings = Surroundings::of_this_process();
        let roots = surroundings.roots();
        let database = Self::new(surroundings.client(roots), table);
        let opened = database.open_connection(patience).await;
        if opened.is_ok() || roots == Roots::System {
            return (database, opened);
        }
        let database = Self::new(surroundings.client(Roots::System), database.table);
        let opened = database.open_connection(patience).await;
        (database, opened)
    }

    /// Connects by a loader of the SDK, with this program's time-outs and retries.
    pub async fn connect_by(loader: aws_config::ConfigLoader, table: String) -> Self {
        let loader = loader
            .timeout_config(connection::timeouts())
            .retry_config(connection::retries());
        Self::new(Client::new(&loader.load().await), table)
    }

    /// The table, through a client.
    pub fn new(client: Client, table: String) -> Self {
        Self {
            client,
            table,
            has_looked_up: Arc::default(),
        }
    }

    /// The part that belongs to a tenant.
    pub fn of(&self, tenant: &TenantId) -> Store {
        Store {
            database: self.clone(),
            keys: TenantKeys::new(tenant.as_str()),
        }
    }

    /// Reads an item that does not exist: the cheapest call there is.
    async fn open_connection(&self, patience: Duration) -> Result<(), Error> {
        let opened = tokio::time::timeout(patience, self.get(keys::nothing())).await;
        opened.unwrap_or(Err(Error::Timeout)).map(drop)
    }

    async fn get(&self, key: Key) -> Result<Option<Item>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(items::key_item(&key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(error::failed("read an item"))?;
        Ok(answer.item)
    }

    async fn get_as<T: DeserializeOwned>(&self, key: Key) -> Result<Option<T>, Error> {
        self.get(key).await?.map(items::read).transpose()
    }
}

/// Waits before another round. The wait grows with each round and is random, so that losers of the same race do not meet again.
async fn back_off(round: u32) {
    if round > 0 {
        let longest = 8_u64 << round.min(6);
        tokio::time::sleep(Duration::from_millis(1 + random::below(longest))).await;
    }
}
