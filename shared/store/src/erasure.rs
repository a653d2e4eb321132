//! Erasing a person. The record is deleted first, and with it everything that shows the person; then everything else in the person's
//! partitions.
//!
//! The transaction that deletes the record also stores the erasure, under the customer's number. Every later step is a transaction that
//! also counts what it deleted there. So nobody sees half a person, an interrupted erasure continues where it stopped, and its receipt
//! is exact. The erasure's own item is deleted last.
//!
//! After the record is deleted, no case can be created for the customer or moved there, since that requires the record. But a request that
//! was under way may still write items ahead of its transaction, which then fails. Therefore everything is checked a second time when no
//! such request can be alive. The case pointers stay until then. They lead to the cases, and to the remains of creates that were never
//! completed.
//!
//! A customer whom an operator deleted is kept for a week and can be restored. An erasure also deletes what is kept.
//!
//! A deletion leaves the cases unchanged, and they wait for somebody else (`unclaimed`). A later erasure takes them,
//! too. While the deletion is under way, one conditional write turns it into the erasure. When it is over, a new
//! erasure begins with the cases that wait. Before it deletes the record of such a case it stores a pointer to it,
//! since requests remove the places of a case without a record.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ops::Not as _,
    pin::pin,
    time::Duration,
};

use crm_domain::{
    Actor, Case, CaseId, Change, Customer, CustomerId, ErasureId, MergeId, Notice, NoticeKind, ObjectStructure, PersonMark,
    Timestamp, error::Error,
};
use futures::{
    StreamExt as _, TryStreamExt as _,
    future::{try_join, try_join_all},
};
use serde::{Deserialize, Serialize};

use super::{
    Erased, Item, SetAside, Store,
    audit::CREATED_ONCE,
    back_off,
    forward::is_forward,
    items::{self, PENDING, text_of},
    journal::{MarkedRows, without_record},
    keys::{AUDIT, CASE, CASE_POINTERS, CUSTOMER, EVENTS, INTERACTIONS, Key, ONCE, SET_ASIDE, TERMS, TenantKeys},
    pages::Order,
    transaction::{MOST_WRITES, Refusal, Write},
    unclaimed::{self, PlacedCase},
};
use crate::clock;
use crate::random;

/// How often a step is tried when other writers come first.
const TRIES: u32 = 24;
/// The longest time that a request can live, in seconds: the functions' time limit in `infra/template.yaml`.
pub(super) const LONGEST_REQUEST: i64 = 10;
/// After this many seconds without progress, another request may continue an erasure.
const ABANDONED_AFTER: i64 = 60;
/// How many items of a partition are read at once. Most of them lead to at most one item elsewhere, so all fit into a transaction.
pub(super) const ITEMS_AT_ONCE: usize = WRITES_AT_ONCE / 2;
/// The number of writes in one transaction beside the erasure itself.
pub(super) const WRITES_AT_ONCE: usize = MOST_WRITES - 1;
/// The number of cases' records in one transaction. Each may have an external id elsewhere, a pointer is written for it, and others are
/// told of it.
const CASES_AT_ONCE: usize = WRITES_AT_ONCE / 4;
/// Twenty years in seconds. No customer has a number from the future, since a number has the time when it was drawn.
const TO_COME: i64 = 20 * 365 * 86_400;
/// The largest number of running erasures that are searched for one with the same places.
const MOST_UNDER_WAY: usize = 1_000;

/// The fields of a case that an erasure always empties, if the case stays.
const OF_PERSON: [&str; 3] = ["customerId", "title", "description"];
/// What the feed of changes calls the two.
const DELETE: &str = "deleteCustomer";
const ERASE: &str = "eraseCustomer";

/// The kinds of data that a person's records consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DataKind {
    /// The customer's record.
    Records,
    /// E-mails, phones, handles and other identifiers in the record.
    Identifiers,
    /// Search terms of the customer.
    Terms,
    /// Pointers from the customer to cases.
    CasePointers,
    /// Cases.
    Cases,
    /// Cases that stay without the person.
    KeptCases,
    /// Interactions of cases.
    Interactions,
    /// Entries of the customer's and the cases' histories.
    HistoryEntries,
    /// Events of the timeline.
    Events,
    /// Created-once records.
    OnceRecords,
    /// Anything else.
    Others,
}

/// What is deleted with a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner<'settings> {
    /// The cases, too. Keyed digests stay.
    Erase,
    /// Not the cases, which stay without the person's text. Keyed digests stay.
    EraseButCases,
    /// Only the record. The cases stay unchanged and wait for somebody with one of its contact points. Nothing else stays.
    Delete {
        /// The brand of a customer that has none of its own.
        default_brand: Option<&'settings str>,
    },
}

impl Manner<'_> {
    /// Whether cases stay, unchanged or without the person.
    fn keeps_cases(self) -> bool {
        self != Self::Erase
    }

    /// Whether this deletes more than the erasure that was begun.
    fn widens(self, begun: &Erasure) -> bool {
        match self {
            Self::Delete { .. } => false,
            Self::EraseButCases => begun.is_deletion(),
            Self::Erase => begun.keeps_cases,
        }
    }
}

/// The number of items of each kind.
pub type DataCounts = BTreeMap<DataKind, u64>;

impl DataKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Records,
        Self::Identifiers,
        Self::Terms,
        Self::CasePointers,
        Self::Cases,
        Self::KeptCases,
        Self::Interactions,
        Self::HistoryEntries,
        Self::Events,
        Self::OnceRecords,
        Self::Others,
    ];

    fn of(item: &Item) -> Self {
        match text_of(item, "sk").unwrap_or_default() {
            CUSTOMER | SET_ASIDE => Self::Records,
            CASE => Self::Cases,
            ONCE => Self::OnceRecords,
            sk if sk.starts_with(TERMS) => Self::Terms,
            sk if sk.starts_with(CASE_POINTERS) => Self::CasePointers,
            sk if sk.starts_with(INTERACTIONS) => Self::Interactions,
            sk if sk.starts_with(AUDIT) => Self::HistoryEntries,
            sk if sk.starts_with(EVENTS) => Self::Events,
            _ => Self::Others,
        }
    }
}

fn count<'item>(parts: &mut DataCounts, items: impl IntoIterator<Item = &'item Item>) {
    for item in items {
        *parts.entry(DataKind::of(item)).or_default() += 1;
    }
}

/// An erasure under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Erasure {
    /// The customer's number. For cases that wait under contact points, a number that nobody has.
    pub customer: CustomerId,
    /// The number on the receipt.
    pub number: ErasureId,
    /// When it began, and the record was deleted, if there was one.
    pub at: Timestamp,
    /// Who began it. Earlier versions did not store this.
    #[serde(default)]
    by: Actor,
    /// Whether cases stay: without the person, or unchanged for a deletion.
    pub keeps_cases: bool,
    /// The items deleted so far.
    pub parts: DataCounts,
    /// The number of keyed digests that stay.
    pub digests: usize,
    /// The digests that are still to be written.
    unwritten: Vec<String>,
    /// The places where cases are to wait for another customer, if they stay unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released_to: Option<Vec<String>>,
    /// The brand whose cases they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released_brand: Option<String>,
    /// For a deletion: the digests to leave if it becomes an erasure. They are deleted with this item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    marks: Vec<String>,
    /// The records that were merged into it, which are also deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    merged: Vec<CustomerId>,
    /// The places whose waiting cases are erased, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waiting_at: Vec<String>,
    /// Whether a request has answered that the purge is done.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    is_answered: bool,
    /// Whether the first look is over.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    looked: bool,
    /// The time after which no request is alive that began before the record was deleted. It is known when the first step after that is
    /// done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quiet_from: Option<Timestamp>,
    /// The import runs whose journals may keep ids, and until when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    journals: BTreeMap<String, Option<Timestamp>>,
    /// The number of steps so far. Every step is conditional on it.
    version: u64,
}

impl Erasure {
    fn new(customer: CustomerId, manner: Manner<'_>, change: &Change) -> Self {
        Self {
            customer,
            number: ErasureId::draw(change.at, random::bits()),
            at: change.at,
            by: change.by.clone(),
            keeps_cases: manner.keeps_cases(),
            parts: DataCounts::new(),
            digests: 0,
            unwritten: Vec::new(),
            released_to: None,
            released_brand: None,
            marks: Vec::new(),
            merged: Vec::new(),
            waiting_at: Vec::new(),
            is_answered: false,
            looked: false,
            quiet_from: None,
            journals: BTreeMap::new(),
            version: 1,
        }
    }

    /// The same, leaving these digests of the person.
    fn leaving(mut self, digests: Vec<String>) -> Self {
        (self.digests, self.unwritten) = (digests.len(), digests);
        self
    }

    /// The numbers whose partitions are deleted: that of the customer, and those of the records that were merged into it.
    pub fn numbers(&self) -> Vec<CustomerId> {
        [self.customer].into_iter().chain(self.merged.iter().copied()).collect()
    }

    /// Whether the cases stay unchanged and wait for another customer.
    pub fn is_deletion(&self) -> bool {
        self.released_to.is_some()
    }

    /// The import runs whose journals may keep ids of erased records, and until when.
    pub fn journals(&self) -> impl Iterator<Item = (&str, Option<Timestamp>)> {
        self.journals.iter().map(|(run, until)| (run.as_str(), *until))
    }

    /// What others are told of the person, or of one of the cases.
    fn notice(&self, kind: NoticeKind) -> Notice {
        Notice::new(kind, if self.is_deletion() { DELETE } else { ERASE }, &self.by)
    }

    /// What others are told when the record is gone, or when a deletion becomes an erasure.
    fn beginning_notice(&self, version: Option<u64>) -> Notice {
        let kind = if self.is_deletion() {
            NoticeKind::CustomerDeleted
        } else {
            NoticeKind::CustomerErased
        };
        Notice {
            customer: Some(self.customer),
            merged: self.merged.clone(),
            version,
            ..self.notice(kind)
        }
    }

    /// Counts deleted items, and remembers journals whose rows a record's marks do not name.
    fn note<'item>(&mut self, items: impl IntoIterator<Item = &'item Item> + Clone) {
        count(&mut self.parts, items.clone());
        let marks = items.into_iter().filter_map(MarkedRows::of);
        self.journals
            .extend(marks.filter(|mark| mark.may_be_more).map(|mark| (mark.run, mark.until)));
    }
}

/// A record to be erased.
struct Record {
    customer: Customer,
    /// The record as it is stored.
    item: Item,
    /// The writes that delete it, unless somebody changes it first.
    removal: Vec<Write>,
}

/// A running erasure, as a request finds it.
#[derive(Debug)]
pub struct Begun {
    /// Its state.
    pub erasure: Erasure,
    /// Whether this call began it, or turned a deletion into it.
    pub is_own: bool,
}

impl Store {
    /// The running or interrupted erasure of a customer.
    pub async fn erasure_get(&self, customer: CustomerId) -> Result<Option<Erasure>, Error> {
        self.database.get_as(self.keys.erasure(customer)).await
    }

    /// The running or interrupted erasure of what waits at these places.
    pub async fn erasure_get_at(&self, places: &[String]) -> Result<Option<Erasure>, Error> {
        let all = self.erasures(MOST_UNDER_WAY).await?;
        Ok(all.into_iter().find(|erasure| erasure.waiting_at == places))
    }

    /// What an erasure of the customer would find now, including cases that wait since the customer was deleted.
    pub async fn erasure_preview(&self, customer: CustomerId) -> Result<DataCounts, Error> {
        let mut parts = DataCounts::new();
        let record = match self.customer_get(customer).await? {
            None => self.customer_set_aside_left(customer).await?.map(|kept| kept.customer),
            record => record,
        };
        let customer = record.as_ref().map_or(customer, |record| record.id);
        let merged = record.iter().flat_map(|record| &record.merged).map(|merged| merged.id);
        let mut cases = BTreeSet::new();
        for id in [customer].into_iter().chain(merged) {
            self.count_partition(&self.keys.customer_partition(id), &id.to_string(), &mut parts)
                .await?;
            cases.extend(self.case_ids_in(id).await?);
        }
        if let Some(record) = record {
            parts.insert(DataKind::Identifiers, record.identifiers.len() as u64);
        }
        if let Some(key) = self.digest_key().await? {
            let left = unclaimed::former_place(&key, customer)?;
            cases.extend(self.unclaimed_cases(&[left]).await?);
        }
        self.count_cases(cases, &mut parts).await?;
        Ok(parts)
    }

    /// What an erasure of the cases that wait at these places would find now.
    pub async fn erasure_preview_at(&self, places: &[String]) -> Result<DataCounts, Error> {
        let mut parts = DataCounts::new();
        self.count_cases(self.unclaimed_cases(places).await?, &mut parts).await?;
        Ok(parts)
    }

    async fn count_cases(&self, cases: impl IntoIterator<Item = CaseId>, parts: &mut DataCounts) -> Result<(), Error> {
        for case in cases {
            self.count_partition(&self.keys.case_partition(case), &case.to_string(), parts)
                .await?;
        }
        Ok(())
    }

    async fn count_partition(&self, partition: &str, owner: &str, parts: &mut DataCounts) -> Result<(), Error> {
        let mut pages = pin!(self.pages(partition, ITEMS_AT_ONCE));
        while let Some(items) = pages.try_next().await? {
            count(parts, &items);
            count(parts, &self.items_elsewhere(owner, &items).await?);
        }
        Ok(())
    }

    /// Deletes the customer's record and stores the rest of the work. From then on nobody sees the customer.
    ///
    /// An erasure that is under way is returned as it is. One that takes less than `manner` becomes one that takes as
    /// much. Without a record, an erasure begins with the cases that a deletion left. `None` if there is nothing of
    /// the customer's. `secret` becomes the key of the tenant's digests if it has none.
    pub async fn erasure_begin(
        &self,
        customer: CustomerId,
        manner: Manner<'_>,
        secret: &[u8; 32],
        change: &Change,
    ) -> Result<Option<Begun>, Error> {
        for round in 0..TRIES {
            back_off(round).await;
            // An erasure of a merged record is meant for the person, whose record is now the survivor's.
            let customer = self.survivor_of(customer).await?.unwrap_or(customer);
            let (erasure, writes) = if let Some(begun) = self.erasure_get(customer).await? {
                if !manner.widens(&begun) {
                    let is_own = false;
                    return Ok(Some(Begun { erasure: begun, is_own }));
                }
                self.widened(begun, manner, secret).await?
            } else if let Some(record) = self.record_to_erase(customer, manner).await? {
                self.pass_on(&record.customer, &record.customer.learnt, change).await?;
                self.beginning_with_record(record, manner, secret, change).await?
            } else if let Some(beginning) = self.beginning_with_left_cases(customer, manner, change).await? {
                beginning
            } else {
                return Ok(None);
            };
            match self.database.transact(writes).await {
                Ok(()) => return Ok(Some(Begun { erasure, is_own: true })),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("erase a customer"))
    }

    /// The customer's record, or the one kept after an operator's deletion. A deletion does nothing about a kept one.
    async fn record_to_erase(&self, id: CustomerId, manner: Manner<'_>) -> Result<Option<Record>, Error> {
        if let Some(item) = self.database.get(self.keys.customer(id)).await? {
            if is_forward(&item) {
                return Err(Error::Busy("erase a customer that is being merged"));
            }
            let customer: Customer = items::read(item.clone())?;
            let (key, version) = (self.keys.customer(id), customer.version);
            let removal = vec![Write::DeleteOver { key, version }];
            return Ok(Some(Record { customer, item, removal }));
        }
        if matches!(manner, Manner::Delete { .. }) {
            return Ok(None);
        }
        let key = self.keys.set_aside(id);
        let Some(item) = self.database.get(key.clone()).await? else {
            return Ok(None);
        };
        let kept: SetAside = items::read(item.clone())?;
        // An operator may restore the customer meanwhile.
        let removal = vec![Write::Delete(key.clone()), Write::Require(key)];
        Ok(Some(Record {
            customer: kept.customer,
            item,
            removal,
        }))
    }

    async fn beginning_with_record(
        &self,
        record: Record,
        manner: Manner<'_>,
        secret: &[u8; 32],
        change: &Change,
    ) -> Result<(Erasure, Vec<Write>), Error> {
        let Record {
            customer: record,
            item,
            removal: mut writes,
        } = record;
        // The term of the creation time is deleted together with the record, because the list of all customers counts these terms.
        let creation = self.database.get_many(vec![self.creation_key(&record)]);
        let owner = record.id.to_string();
        let (mut elsewhere, creation) = try_join(self.items_elsewhere(&owner, [&item]), creation).await?;
        elsewhere.extend(creation);
        let mut erasure = Erasure::new(record.id, manner, change);
        if let Manner::Delete { default_brand } = manner {
            let key = if let Some(key) = self.digest_key().await? {
                key
            } else {
                let (key, made) = self.new_digest_key(secret)?;
                writes.push(made);
                key
            };
            erasure.released_to = Some(unclaimed::places_of(&key, &record, default_brand)?);
            erasure.released_brand = record.brand_or(default_brand).map(str::to_owned);
            erasure.marks = key.digests(&record.marks())?;
        } else {
            let key = self.digest_key_or(secret).await?;
            erasure = erasure.leaving(key.digests(&record.marks())?);
            // A customer with this number may have been deleted before, and imported again.
            erasure.waiting_at = vec![unclaimed::former_place(&key, record.id)?];
        }
        erasure.parts = DataCounts::from([
            (DataKind::Records, 1),
            (DataKind::Identifiers, record.identifiers.len() as u64),
        ]);
        erasure.merged = record.merged.iter().map(|merged| merged.id).collect();
        let moving = record.merged.iter().filter(|merged| merged.is_moving);
        writes.extend(moving.map(|merged| self.ended(&merged.receipt)));
        count(&mut erasure.parts, &elsewhere);
        writes.extend(self.beginning(&erasure)?);
        writes.extend(deletes(&elsewhere));
        writes.push(self.tell(erasure.beginning_notice(Some(record.version))));
        Ok((erasure, writes))
    }

    /// An erasure of the cases that a finished deletion left. `None` if no case waits.
    async fn beginning_with_left_cases(
        &self,
        customer: CustomerId,
        manner: Manner<'_>,
        change: &Change,
    ) -> Result<Option<(Erasure, Vec<Write>)>, Error> {
        // Without a key nobody was ever erased.
        let key = if matches!(manner, Manner::Delete { .. }) {
            None
        } else {
            self.digest_key().await?
        };
        let Some(key) = key else { return Ok(None) };
        let left = unclaimed::former_place(&key, customer)?;
        if !self.is_any_waiting_at(&left).await? {
            return Ok(None);
        }
        let digest = key.digest(&PersonMark::of_id(customer))?;
        let mut erasure = Erasure::new(customer, manner, change).leaving(vec![digest]);
        erasure.waiting_at = vec![left];
        let mut writes = self.beginning(&erasure)?.to_vec();
        writes.push(self.tell(erasure.beginning_notice(None)));
        Ok(Some((erasure, writes)))
    }

    /// Begins an erasure of the cases that wait at these places, for a person without a record. `marks` are what the
    /// person is known by. `None` if no case waits.
    pub async fn erasure_begin_at(
        &self,
        places: &[String],
        marks: &BTreeSet<PersonMark>,
        manner: Manner<'_>,
        secret: &[u8; 32],
        change: &Change,
    ) -> Result<Option<Erasure>, Error> {
        if self.unclaimed_cases(places).await?.is_empty() {
            return Ok(None);
        }
        let digests = self.digest_key_or(secret).await?.digests(marks)?;
        for _ in 0..TRIES {
            let nobody = CustomerId::draw(change.at.plus_seconds(TO_COME), random::bits());
            let mut erasure = Erasure::new(nobody, manner, change).leaving(digests.clone());
            erasure.waiting_at = places.to_vec();
            match self.database.transact(self.beginning(&erasure)?.into()).await {
                Ok(()) => return Ok(Some(erasure)),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("erase cases that wait"))
    }

    /// The writes that store a new erasure.
    fn beginning(&self, erasure: &Erasure) -> Result<[Write; 2], Error> {
        Ok([
            Write::PutNew(items::write(&self.keys.erasure(erasure.customer), erasure)?),
            Write::Put(items::key_item(&self.keys.erasure_pointer(erasure.customer))),
        ])
    }

    /// The erasure that deletes as much as `manner`, in place of the one that was begun.
    async fn widened(&self, begun: Erasure, manner: Manner<'_>, secret: &[u8; 32]) -> Result<(Erasure, Vec<Write>), Error> {
        let key = self.digest_key_or(secret).await?;
        let mut digests: BTreeSet<String> = begun.marks.iter().cloned().collect();
        digests.insert(key.digest(&PersonMark::of_id(begun.customer))?);
        let left = unclaimed::former_place(&key, begun.customer)?;
        let before = begun.version;
        let mut wider = Erasure {
            keeps_cases: manner.keeps_cases(),
            waiting_at: vec![left],
            looked: false,
            version: before + 1,
            ..begun
        };
        let was_deletion = wider.released_to.take().is_some();
        if was_deletion {
            wider.marks = Vec::new();
            wider.quiet_from = None;
            wider = wider.leaving(digests.into_iter().collect());
        }
        let item = items::write(&self.keys.erasure(wider.customer), &wider)?;
        let mut writes = vec![Write::PutOver { item, version: before }];
        // Of an erasure that takes the cases as well, others were told before.
        writes.extend(was_deletion.then(|| self.tell(wider.beginning_notice(None))));
        Ok((wider, writes))
    }

    /// Does the rest of an erasure except its end, in ten seconds or more. `gone` is told how many items were deleted.
    pub async fn erasure_complete(&self, erasure: &mut Erasure, gone: impl FnMut(u64)) -> Result<(), Error> {
        let mut eraser = self.eraser(erasure, gone).await?;
        eraser.leave_digests().await?;
        eraser.look(Look::First).await?;
        eraser.wait_for_requests().await;
        eraser.look(Look::Last).await
    }

    /// Deletes the records of all cases, so that nobody can read them while the rest is deleted. A purge answers
    /// after that. Returns true for the first call that gets so far, and false for all others.
    pub async fn erasure_answer(&self, erasure: &mut Erasure) -> Result<bool, Error> {
        let mut eraser = self.eraser(erasure, |_| {}).await?;
        eraser.leave_digests().await?;
        eraser.delete_cases().await?;
        while !eraser.erasure.is_answered {
            let next = Erasure {
                is_answered: true,
                ..eraser.erasure.clone()
            };
            if eraser.step(next, Vec::new()).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Does the part of an erasure that can be done now. It ends the erasure if no request is alive that may still write.
    pub async fn erasure_advance(&self, erasure: &mut Erasure) -> Result<(), Error> {
        let mut eraser = self.eraser(erasure, |_| {}).await?;
        eraser.leave_digests().await?;
        while !eraser.erasure.looked {
            eraser.look(Look::First).await?;
            let next = Erasure {
                looked: true,
                ..eraser.erasure.clone()
            };
            eraser.step(next, Vec::new()).await?;
        }
        if eraser.erasure.quiet_from.is_some_and(|from| from <= clock::now()) {
            eraser.look(Look::Last).await?;
            self.erasure_end(erasure).await?;
        }
        Ok(())
    }

    async fn eraser<'run, F: FnMut(u64)>(&'run self, erasure: &'run mut Erasure, gone: F) -> Result<Eraser<'run, F>, Error> {
        Ok(Eraser {
            store: self,
            case_model: self.settings_get().await?.case_model,
            erasure,
            gone,
        })
    }

    /// Erasures that nobody has continued for a while, up to a bound.
    pub async fn erasures_abandoned(&self, most: usize, now: Timestamp) -> Result<Vec<Erasure>, Error> {
        let mut erasures = self.erasures(most).await?;
        erasures.retain(|erasure| erasure.at.plus_seconds(ABANDONED_AFTER) < now);
        Ok(erasures)
    }

    /// The first running erasures of the tenant, by their customers' numbers.
    pub(super) async fn erasures(&self, most: usize) -> Result<Vec<Erasure>, Error> {
        let pointers = self.each_between(&self.keys.erasures(), "0", "~", Order::OldestFirst);
        let pointers: Vec<Item> = pointers.take(most).try_collect().await?;
        let customers = pointers
            .iter()
            .filter_map(|pointer| CustomerId::parse(text_of(pointer, "sk")?));
        let keys = customers.map(|customer| self.keys.erasure(customer)).collect();
        let found = self.database.get_many(keys).await?.into_iter();
        found.map(items::read).collect()
    }

    /// Ends an erasure and deletes its item, with the customer's number.
    pub async fn erasure_end(&self, erasure: &Erasure) -> Result<(), Error> {
        let writes = vec![
            Write::DeleteOver {
                key: self.keys.erasure(erasure.customer),
                version: erasure.version,
            },
            Write::Delete(self.keys.erasure_pointer(erasure.customer)),
        ];
        let ended = self.database.transact(writes).await;
        ended.map_err(|refusal| match refusal {
            Refusal::Failed(error) => error,
            Refusal::Conditions(_) => TAKEN_OVER,
        })
    }

    /// The items outside a partition that are deleted with items of it, each once. This is the only list of them. An item that by now names
    /// another owner is kept.
    pub(super) async fn items_elsewhere<'item>(
        &self,
        owner: &str,
        items: impl IntoIterator<Item = &'item Item>,
    ) -> Result<Vec<Item>, Error> {
        let created_once = |item| Some(self.keys.once(text_of(item, CREATED_ONCE)?));
        let journal = |item| {
            let marked = MarkedRows::of(item).into_iter();
            marked.flat_map(|mark| mark.rows.into_iter().map(move |row| self.keys.import_row(&mark.run, row)))
        };
        let of_item = |item| {
            let one = [
                created_once(item),
                self.external_key(item),
                self.unfinished_key(owner, item),
                self.distinct_elsewhere(owner, item),
                self.synced_elsewhere(item),
            ];
            let one = one.into_iter().flatten();
            one.chain(self.unclaimed_keys(owner, item))
                .chain(journal(item))
                .collect::<Vec<Key>>()
        };
        let keys: HashSet<Key> = items.into_iter().flat_map(of_item).collect();
        let keys: Vec<Key> = keys.into_iter().collect();
        let mut found = self.database.get_many(keys).await?;
        found.retain(|item| text_of(item, "id").is_some_and(|id| is_of(id, owner)));
        Ok(found)
    }
}

/// Whether an item's id is that of this record, or of a merge that made it part of another.
fn is_of(id: &str, owner: &str) -> bool {
    id == owner || MergeId::parse(id).is_some_and(|merge| merge.merged.to_string() == owner)
}

const TAKEN_OVER: Error = Error::Busy("erase a customer whom another command is erasing, too");

/// The writes that delete items. A row of an import's journal stays, without the id. Of a forward others are told with its survivor.
pub(super) fn deletes<'item>(items: impl IntoIterator<Item = &'item Item>) -> impl Iterator<Item = Write> {
    items.into_iter().flat_map(|item| {
        let key = items::key_of(item);
        let untold = key.clone().filter(|_| is_forward(item)).map(Write::Untold);
        let write = without_record(item).map(Write::Put).or(key.map(Write::Delete));
        write.into_iter().chain(untold)
    })
}

/// How a case was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// By a pointer in the customer's partition.
    Pointer,
    /// By a place where it waits or waited.
    Place,
}

/// Which of the two looks it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// The first look: requests that began before the deletion of the record may still write.
    First,
    /// The second look: no such request is alive.
    Last,
}

struct Eraser<'run, F> {
    store: &'run Store,
    case_model: ObjectStructure,
    erasure: &'run mut Erasure,
    gone: F,
}

impl<F: FnMut(u64)> Eraser<'_, F> {
    async fn leave_digests(&mut self) -> Result<(), Error> {
        let erased = Erased {
            at: self.erasure.at,
            number: self.erasure.number,
        };
        while self.erasure.quiet_from.is_none() {
            let items = self.store.erased_items(&self.erasure.unwritten, &erased)?;
            self.store.database.put_many(items).await?;
            let next = Erasure {
                unwritten: Vec::new(),
                quiet_from: Some(clock::now().plus_seconds(LONGEST_REQUEST)),
                ..self.erasure.clone()
            };
            self.step(next, Vec::new()).await?;
        }
        Ok(())
    }

    async fn wait_for_requests(&self) {
        let quiet_from = self.erasure.quiet_from.unwrap_or(self.erasure.at);
        let left = quiet_from.milliseconds() - clock::now().milliseconds();
        tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap_or(0))).await;
    }

    /// Erases the cases, and then all of the customer's own items. The pointers are deleted in the second look.
    async fn look(&mut self, look: Look) -> Result<(), Error> {
        if look == Look::First && !self.erasure.keeps_cases {
            self.delete_cases().await?;
        }
        let store = self.store;
        for customer in self.erasure.numbers() {
            let partition = store.keys.customer_partition(customer);
            let mut pointers = pin!(store.each_between(&partition, CASE_POINTERS, CUSTOMER, Order::OldestFirst));
            while let Some(pointer) = pointers.try_next().await? {
                if let Some(case) = text_of(&pointer, "sk").and_then(TenantKeys::case_of) {
                    self.case(case, Lead::Pointer, look).await?;
                }
            }
        }
        for place in self.erasure.waiting_at.clone() {
            let mut waiting = pin!(store.each_placed_at(&place));
            while let Some(case) = waiting.try_next().await? {
                if !self.case(case, Lead::Place, look).await? {
                    store.drop_stale_place(&place, case).await?;
                }
            }
        }
        let stays = |sk: &str| look == Look::First && sk.starts_with(CASE_POINTERS);
        for customer in self.erasure.numbers() {
            let (partition, owner) = (store.keys.customer_partition(customer), customer.to_string());
            if customer != self.erasure.customer {
                // The forward of a merged record is deleted last, because it names the owner of the rest.
                self.sweep(&partition, &owner, |sk| sk == CUSTOMER || stays(sk)).await?;
            }
            self.sweep(&partition, &owner, stays).await?;
        }
        if !self.erasure.is_deletion() {
            // Nothing tells whose data are in a file that was uploaded.
            store.uploads_discard_texts().await?;
        }
        Ok(())
    }

    /// Deletes the records of all cases, many at a time, until there is none. Nobody reads them while the rest is
    /// deleted.
    async fn delete_cases(&mut self) -> Result<(), Error> {
        for round in 0..TRIES {
            back_off(round).await;
            if !self.are_cases_deleted().await? {
                return Ok(());
            }
        }
        Err(Error::Busy("erase cases that others write"))
    }

    /// One round of that. Returns whether there were any. A record that another request changes meanwhile is left for the next round.
    async fn are_cases_deleted(&mut self) -> Result<bool, Error> {
        let store = self.store;
        let mut pointed = BTreeSet::new();
        for customer in self.erasure.numbers() {
            pointed.extend(store.case_ids_in(customer).await?);
        }
        let mut placed = BTreeSet::new();
        for place in &self.erasure.waiting_at {
            let found: Vec<CaseId> = store.each_placed_at(place).try_collect().await?;
            placed.extend(found.into_iter().filter(|case| !pointed.contains(case)));
        }
        let mut were_any = false;
        for (lead, cases) in [(Lead::Pointer, pointed), (Lead::Place, placed)] {
            let cases: Vec<CaseId> = cases.into_iter().collect();
            for some in cases.chunks(CASES_AT_ONCE) {
                were_any |= self.are_some_cases_deleted(some, lead).await?;
            }
        }
        Ok(were_any)
    }

    async fn are_some_cases_deleted(&mut self, cases: &[CaseId], lead: Lead) -> Result<bool, Error> {
        let mut taken = Vec::new();
        for placed in self.store.placed_cases(cases).await? {
            let case = self.taken(&placed, lead)?;
            taken.extend(case.zip(placed.record));
        }
        let with_items_elsewhere = taken.iter().map(async |(case, record)| {
            let elsewhere = self.store.items_elsewhere(&case.id.to_string(), [record]).await?;
            Ok::<_, Error>((case, elsewhere))
        });
        let mut next = self.erasure.clone();
        let mut writes = Vec::new();
        for (case, elsewhere) in try_join_all(with_items_elsewhere).await? {
            *next.parts.entry(DataKind::Cases).or_default() += 1;
            count(&mut next.parts, &elsewhere);
            let (key, version) = (self.store.keys.case(case.id), case.version);
            writes.push(Write::DeleteOver { key, version });
            writes.extend(deletes(&elsewhere));
            writes.extend(self.pointer(case));
            writes.push(self.tell_of_erased(case));
        }
        if writes.is_empty() {
            return Ok(false);
        }
        self.step(next, writes).await?;
        Ok(true)
    }

    /// The case, if it is visible and this erasure's: the customer's own, or one that a deletion left.
    fn taken(&self, placed: &PlacedCase, lead: Lead) -> Result<Option<Case>, Error> {
        let record = placed.record.as_ref().filter(|record| !record.contains_key(PENDING));
        let case: Option<Case> = record.cloned().map(items::read).transpose()?;
        Ok(case.filter(|case| {
            let was_left = || case.customer == CustomerId::NOBODY && self.takes_from(placed.places.as_deref(), lead);
            self.erasure.numbers().contains(&case.customer) || was_left()
        }))
    }

    /// Whether this erasure deletes a waiting case at these places. Places of earlier versions do not tell whose the case was; a pointer
    /// does.
    fn takes_from(&self, places: Option<&[String]>, lead: Lead) -> bool {
        let Some(places) = places.filter(|_| !self.erasure.is_deletion()) else {
            return false;
        };
        let is_pointed_to = lead == Lead::Pointer && unclaimed::are_of_earlier_version(places);
        is_pointed_to || places.iter().any(|place| self.erasure.waiting_at.contains(place))
    }

    /// The write that tells others of a case that is deleted.
    fn tell_of_erased(&self, case: &Case) -> Write {
        let notice = self.erasure.notice(NoticeKind::CaseErased);
        self.store.tell_of_case(case, case, notice)
    }

    /// The write of a pointer to a waiting case, for the second look.
    fn pointer(&self, case: &Case) -> Option<Write> {
        let is_nobodys = case.customer == CustomerId::NOBODY;
        let key = self.store.keys.case_pointer(self.erasure.customer, case.created.at, case.id);
        is_nobodys.then(|| Write::Put(items::key_item(&key)))
    }

    /// Erases a case, or removes the person from it. Returns false if the case is gone or is another customer's.
    async fn case(&mut self, id: CaseId, lead: Lead, look: Look) -> Result<bool, Error> {
        let (partition, owner) = (self.store.keys.case_partition(id), id.to_string());
        for round in 0..TRIES {
            back_off(round).await;
            let placed = self.store.placed_case(id).await?;
            let Some(item) = placed.record.clone() else {
                self.sweep(&partition, &owner, |_| false).await?;
                return Ok(false);
            };
            let case: Case = items::read(item.clone())?;
            let is_pending = item.contains_key(PENDING);
            let is_nobodys = case.customer == CustomerId::NOBODY;
            if is_nobodys && is_pending && self.erasure.keeps_cases {
                self.sweep(&partition, &owner, |sk| sk == CASE).await?;
                if look == Look::First || self.show_again(&case).await? {
                    return Ok(true);
                }
                continue;
            }
            // An erasure hides a waiting case while it removes the person from it.
            let is_taken = if is_pending {
                is_nobodys || self.erasure.numbers().contains(&case.customer)
            } else {
                self.taken(&placed, lead)?.is_some()
            };
            if !is_taken {
                return Ok(false);
            }
            match &self.erasure.released_to {
                Some(to) if !is_pending => self.release(&case, to.clone()).await?,
                _ => self.take_away(&item, &case, self.erasure.keeps_cases && !is_pending).await?,
            }
        }
        Err(Error::Busy("erase a case"))
    }

    /// Deletes a case's record, or removes the person from it and hides it until everything else is deleted.
    async fn take_away(&mut self, item: &Item, case: &Case, keep: bool) -> Result<(), Error> {
        let elsewhere = self.store.items_elsewhere(&case.id.to_string(), [item]).await?;
        let mut next = self.erasure.clone();
        count(&mut next.parts, &elsewhere);
        let (part, write, told) = if keep {
            let mut kept = items::write(&self.store.keys.case(case.id), &case.without_person(&self.case_model))?;
            kept.insert(PENDING.to_owned(), items::number(i64::MAX));
            let version = case.version;
            // Others are told when it can be seen again.
            let untold = Write::Untold(self.store.keys.case(case.id));
            (DataKind::KeptCases, Write::PutOver { item: kept, version }, untold)
        } else {
            let (key, version) = (self.store.keys.case(case.id), case.version);
            let told = if item.contains_key(PENDING) && case.customer != CustomerId::NOBODY {
                // It was never seen. One that an erasure hides was.
                Write::Untold(key.clone())
            } else {
                self.tell_of_erased(case)
            };
            (DataKind::Cases, Write::DeleteOver { key, version }, told)
        };
        *next.parts.entry(part).or_default() += 1;
        let writes = [write, told].into_iter().chain(deletes(&elsewhere)).chain(self.pointer(case));
        self.step(next, writes.collect()).await.map(drop)
    }

    /// Leaves a case unchanged, but without its customer.
    async fn release(&mut self, case: &Case, places: Vec<String>) -> Result<(), Error> {
        let mut next = self.erasure.clone();
        *next.parts.entry(DataKind::KeptCases).or_default() += 1;
        let brand = self.erasure.released_brand.clone();
        let notice = self.erasure.notice(NoticeKind::CaseMoved);
        let writes = self.store.released_case(case, brand, &places, notice)?;
        self.step(next, writes).await.map(drop)
    }

    /// Shows a case again, which has no customer now.
    async fn show_again(&mut self, case: &Case) -> Result<bool, Error> {
        let record = items::write(&self.store.keys.case(case.id), case)?;
        let notice = Notice {
            fields: OF_PERSON.map(str::to_owned).to_vec(),
            ..self.erasure.notice(NoticeKind::CaseUpdated)
        };
        let told = self.store.tell_of_case(case, case, notice);
        self.step(self.erasure.clone(), vec![Write::PutOverPending(record), told])
            .await
    }

    /// Deletes the items of a partition, except those that stay.
    async fn sweep(&mut self, partition: &str, owner: &str, stays: impl Fn(&str) -> bool) -> Result<(), Error> {
        // Begins again if another command did some of the work.
        while !self.swept(partition, owner, &stays).await? {}
        Ok(())
    }

    async fn swept(&mut self, partition: &str, owner: &str, stays: impl Fn(&str) -> bool) -> Result<bool, Error> {
        let mut pages = pin!(self.store.pages(partition, ITEMS_AT_ONCE));
        while let Some(mut items) = pages.try_next().await? {
            items.retain(|item| !text_of(item, "sk").is_some_and(&stays));
            // Items elsewhere are deleted first, because nothing else leads to them.
            let mut all = self.store.items_elsewhere(owner, &items).await?;
            all.append(&mut items);
            for some in all.chunks(WRITES_AT_ONCE) {
                let mut next = self.erasure.clone();
                next.note(some);
                if !self.step(next, deletes(some).collect()).await? {
                    return Ok(false);
                }
                (self.gone)(some.len() as u64);
            }
        }
        Ok(true)
    }

    /// Writes items and the erasure's next state in one transaction. If another request was faster, nothing is written, the erasure gets
    /// that request's state, and the result is `false`.
    async fn step(&mut self, next: Erasure, writes: Vec<Write>) -> Result<bool, Error> {
        let before = self.erasure.version;
        let next = Erasure {
            version: before + 1,
            ..next
        };
        let own = Write::PutOver {
            item: items::write(&self.store.keys.erasure(next.customer), &next)?,
            version: before,
        };
        let stepped = self.store.database.transact([vec![own], writes].concat()).await;
        let is_done = match stepped {
            Ok(()) => {
                *self.erasure = next;
                true
            }
            Err(Refusal::Failed(error)) => return Err(error),
            Err(Refusal::Conditions(_)) => {
                *self.erasure = self.store.erasure_get(next.customer).await?.ok_or(TAKEN_OVER)?;
                false
            }
        };
        Ok(is_done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_erasure_waits_longer_than_any_function_runs() {
        let template = include_str!("../../../infra/template.yaml");
        let timeouts: Vec<(&str, &str)> = template
            .split("\n  ")
            .scan("", |resource, line| {
                if !line.starts_with(' ') {
                    *resource = line;
                }
                Some((*resource, line.trim()))
            })
            .filter_map(|(resource, line)| Some((resource, line.strip_prefix("Timeout: ")?)))
            .collect();
        let usual = ("Function:", LONGEST_REQUEST.to_string());
        // The deliverer of changes may run longer, because its role neither reads nor writes records.
        let deliverer = ("WebhookDeliverChanges:", "60".to_owned());
        let wanted = [usual, deliverer];
        assert_eq!(
            timeouts,
            wanted.each_ref().map(|(resource, limit)| (*resource, limit.as_str()))
        );
    }

    #[test]
    fn the_sort_key_tells_the_kind_of_an_item() {
        for (sk, part) in [
            ("customer", DataKind::Records),
            ("term#email#a@x.example", DataKind::Terms),
            ("case#00000000000000#K000000001", DataKind::CasePointers),
            ("case", DataKind::Cases),
            ("interaction#twitter#1", DataKind::Interactions),
            ("audit#00000000000000#0", DataKind::HistoryEntries),
            ("once", DataKind::OnceRecords),
            ("event#1", DataKind::Events),
            ("before#1", DataKind::Others),
        ] {
            assert_eq!(DataKind::of(&Item::from([("sk".to_owned(), items::text(sk))])), part, "{sk}");
        }
    }
}
