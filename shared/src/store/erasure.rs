//! Erasing a person: the record goes first, and with it everything that shows them; then whatever else lies in their partitions.
//!
//! The transaction that deletes the record writes down the erasure itself, under the customer's number. Every later step is a
//! transaction that also counts in there what it deleted. So an erasure that breaks off anywhere shows nobody half a person, is
//! taken up where it stopped, and its receipt is right to the item. Its own item goes last.
//!
//! After the record is gone nobody can make or move a case to the customer, since that requires the record. But a request that
//! was under way may still write items ahead of its transaction, which then fails. So everything is looked at a second time when
//! no such request can live any more. The case pointers stay until then: they lead to the cases, and also to what is left of
//! creates that were never completed.

use std::{collections::BTreeMap, ops::Not as _, pin::pin, time::Duration};

use futures::{StreamExt as _, TryStreamExt as _, future::try_join_all};
use serde::{Deserialize, Serialize};

use super::{
    Erased, Item, Store,
    audit::CREATED_ONCE,
    back_off,
    cases::PENDING,
    items::{self, text_of},
    keys::{AUDIT, CASE, CASE_POINTERS, CUSTOMER, EVENTS, INTERACTIONS, Key, ONCE, TERMS, TenantKeys},
    pages::Order,
    transaction::{MOST_WRITES, Refusal, Write},
    unclaimed,
};
use crate::{
    domain::{Case, CaseId, Customer, CustomerId, ErasureId, ObjectStructure, Timestamp},
    error::Error,
    random,
};

/// How often a step is tried that lost to another writer.
const TRIES: u32 = 24;
/// No request lives longer, in seconds: the functions' time limit in `infra/template.yaml`.
const LONGEST_REQUEST: i64 = 10;
/// After so many seconds an erasure is nobody's work any more.
const ABANDONED_AFTER: i64 = 60;
/// How many items of a partition go in one transaction: each may have one elsewhere, and the erasure itself is written too.
const ITEMS_AT_ONCE: usize = (MOST_WRITES - 1) / 2;

/// How many cases' records go in one: each may have two items elsewhere, what tells a repeated create and its external id.
const CASES_AT_ONCE: usize = (MOST_WRITES - 1) / 3;

/// What a person's data consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// The customer's record.
    Records,
    /// E-mails, phones, handles and other identifiers in the record.
    Identifiers,
    /// Terms that the customer was found by.
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
    /// Records that told a repeated create from a new one.
    OnceRecords,
    /// Anything else.
    Others,
}

/// How a customer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner<'settings> {
    /// With the cases; keyed digests stay.
    Erase,
    /// Without the cases, which stay without the person's words; keyed digests stay.
    EraseButCases,
    /// As a record alone: the cases stay as they are, and wait for somebody with one of its contact points. Nothing else stays.
    Delete {
        /// The brand of a customer that has none of its own.
        default_brand: Option<&'settings str>,
    },
}

/// How many of each part.
pub type Parts = BTreeMap<Part, u64>;

impl Part {
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
            CUSTOMER => Self::Records,
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

fn count<'item>(parts: &mut Parts, items: impl IntoIterator<Item = &'item Item>) {
    for item in items {
        *parts.entry(Part::of(item)).or_default() += 1;
    }
}

/// An erasure under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Erasure {
    /// Whose.
    pub customer: CustomerId,
    /// The number on the receipt.
    pub number: ErasureId,
    /// When the record was deleted.
    pub at: Timestamp,
    /// Whether cases stay, without the person.
    pub keeps_cases: bool,
    /// What is gone so far.
    pub parts: Parts,
    /// How many keyed digests are left of the person.
    pub digests: usize,
    /// Those of them that are still to be written.
    unwritten: Vec<String>,
    /// Where cases are to wait for another customer, if they stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released_to: Option<Vec<String>>,
    /// The brand whose cases they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released_brand: Option<String>,
    /// Whether everything was looked at once.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    looked: bool,
    /// When no request lives any more that began before the record was deleted; known once the first step after that is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quiet_from: Option<Timestamp>,
    /// Grows by one with every step; the condition of the next one.
    version: u64,
}

impl Erasure {
    fn new(customer: &Customer, manner: Manner<'_>, digests: Vec<String>, now: Timestamp) -> Self {
        let (released_to, released_brand) = match manner {
            Manner::Delete { default_brand } => {
                let brand = unclaimed::brand_of(customer, default_brand).map(str::to_owned);
                (Some(unclaimed::places_of(customer, default_brand)), brand)
            }
            Manner::Erase | Manner::EraseButCases => (None, None),
        };
        Self {
            customer: customer.id,
            number: ErasureId::draw(now, random::bits()),
            at: now,
            keeps_cases: manner != Manner::Erase,
            released_to,
            released_brand,
            looked: false,
            parts: Parts::from([(Part::Records, 1), (Part::Identifiers, customer.identifiers.len() as u64)]),
            digests: digests.len(),
            unwritten: digests,
            quiet_from: None,
            version: 1,
        }
    }

    /// Whether everything was looked at: what is left is what requests may have written that were under way, and what leads there.
    pub fn is_looked_through(&self) -> bool {
        self.looked
    }
}

impl Store {
    /// The erasure of a customer that is under way, or broke off.
    pub async fn erasure_get(&self, customer: CustomerId) -> Result<Option<Erasure>, Error> {
        self.database.get_as(self.keys.erasure(customer)).await
    }

    /// What an erasure of the customer would find now.
    pub async fn erasure_preview(&self, customer: CustomerId) -> Result<Parts, Error> {
        let mut parts = Parts::new();
        self.count_partition(&self.keys.customer_partition(customer), &customer.to_string(), &mut parts)
            .await?;
        if let Some(record) = self.customer_get(customer).await? {
            parts.insert(Part::Identifiers, record.identifiers.len() as u64);
        }
        for case in self.customer_case_ids(customer).await? {
            self.count_partition(&self.keys.case_partition(case), &case.to_string(), &mut parts)
                .await?;
        }
        Ok(parts)
    }

    async fn count_partition(&self, partition: &str, owner: &str, parts: &mut Parts) -> Result<(), Error> {
        let mut pages = pin!(self.pages(partition, ITEMS_AT_ONCE));
        while let Some(items) = pages.try_next().await? {
            count(parts, &items);
            count(parts, &self.items_elsewhere(owner, &items).await?);
        }
        Ok(())
    }

    /// Deletes the customer's record and writes down that the rest is to follow; nobody sees the customer from then on. An
    /// erasure that is under way is answered as it is. `None` if there is no such customer. `secret` becomes the key of the
    /// tenant's digests where it has none yet.
    pub async fn erasure_begin(
        &self,
        customer: CustomerId,
        manner: Manner<'_>,
        secret: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Erasure>, Error> {
        for round in 0..TRIES {
            back_off(round).await;
            if let Some(begun) = self.erasure_get(customer).await? {
                return Ok(Some(begun));
            }
            let Some(item) = self.database.get(self.keys.customer(customer)).await? else {
                return Ok(None);
            };
            let elsewhere = self.items_elsewhere(&customer.to_string(), [&item]).await?;
            let record: Customer = items::read(item)?;
            let digests = match manner {
                Manner::Delete { .. } => Vec::new(),
                Manner::Erase | Manner::EraseButCases => self.digest_key_or(secret).await?.digests(&record.marks())?,
            };
            let mut erasure = Erasure::new(&record, manner, digests, now);
            count(&mut erasure.parts, &elsewhere);
            let mut writes = vec![
                Write::DeleteOver {
                    key: self.keys.customer(customer),
                    version: record.version,
                },
                Write::PutNew(items::write(&self.keys.erasure(customer), &erasure)?),
                Write::Put(items::key_item(&self.keys.erasure_pointer(customer))),
            ];
            writes.extend(deletes(&elsewhere));
            match self.database.transact(writes).await {
                Ok(()) => return Ok(Some(erasure)),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("erase a customer"))
    }

    /// Does all that is left of an erasure but its end: takes some ten seconds at least. `gone` hears how many items went.
    pub async fn erasure_complete(&self, erasure: &mut Erasure, gone: impl FnMut(u64)) -> Result<(), Error> {
        let mut eraser = Eraser {
            store: self,
            case_model: self.settings_get().await?.case_model,
            erasure,
            gone,
        };
        eraser.leave_digests().await?;
        eraser.look(Look::First).await?;
        eraser.wait_for_requests().await;
        eraser.look(Look::Last).await
    }

    /// Does what is left of an erasure and can be done now, to its end where no request lives any more that may still write.
    pub async fn erasure_advance(&self, erasure: &mut Erasure) -> Result<(), Error> {
        let mut eraser = Eraser {
            store: self,
            case_model: self.settings_get().await?.case_model,
            erasure,
            gone: |_| {},
        };
        eraser.leave_digests().await?;
        while !eraser.erasure.looked {
            eraser.look(Look::First).await?;
            let looked = true;
            let next = Erasure {
                looked,
                ..eraser.erasure.clone()
            };
            eraser.step(next, Vec::new()).await?;
        }
        if eraser.erasure.quiet_from.is_some_and(|from| from <= Timestamp::now()) {
            eraser.look(Look::Last).await?;
            self.erasure_end(erasure).await?;
        }
        Ok(())
    }

    /// Erasures that were begun and that nobody has taken up for a while, at most so many.
    pub async fn erasures_abandoned(&self, most: usize, now: Timestamp) -> Result<Vec<Erasure>, Error> {
        let pointers = self.each_between(&self.keys.erasures(), "0", "~", Order::OldestFirst);
        let pointers: Vec<Item> = pointers.take(most).try_collect().await?;
        let customers = pointers
            .iter()
            .filter_map(|pointer| CustomerId::parse(text_of(pointer, "sk")?));
        let keys = customers.map(|customer| self.keys.erasure(customer)).collect();
        let found = self.database.get_many(keys).await?.into_iter();
        let mut erasures = found.map(items::read).collect::<Result<Vec<Erasure>, _>>()?;
        erasures.retain(|erasure| erasure.at.plus_seconds(ABANDONED_AFTER) < now);
        Ok(erasures)
    }

    /// Ends an erasure: forgets whose it was.
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

    /// The items outside a partition that belong to items of it: the one list of what has to go with them. An item elsewhere
    /// that names another owner meanwhile is that one's.
    async fn items_elsewhere<'item>(&self, owner: &str, items: impl IntoIterator<Item = &'item Item>) -> Result<Vec<Item>, Error> {
        let created_once = |item| Some(self.keys.once(text_of(item, CREATED_ONCE)?));
        let of_item = |item| {
            let one = [created_once(item), self.external_key(item)].into_iter().flatten();
            one.chain(self.unclaimed_keys(owner, item)).collect::<Vec<Key>>()
        };
        let keys: Vec<Key> = items.into_iter().flat_map(of_item).collect();
        let mut found = self.database.get_many(keys).await?;
        found.retain(|item| text_of(item, "id") == Some(owner));
        Ok(found)
    }
}

const TAKEN_OVER: Error = Error::Busy("erase a customer whom another command is erasing, too");

/// The writes that delete items.
fn deletes<'item>(items: impl IntoIterator<Item = &'item Item>) -> impl Iterator<Item = Write> {
    items.into_iter().filter_map(items::key_of).map(Write::Delete)
}

/// Which of the two times everything is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Requests that began before the record went may still write.
    First,
    /// Nobody writes any more.
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
                quiet_from: Some(Timestamp::now().plus_seconds(LONGEST_REQUEST)),
                ..self.erasure.clone()
            };
            self.step(next, Vec::new()).await?;
        }
        Ok(())
    }

    async fn wait_for_requests(&self) {
        let quiet_from = self.erasure.quiet_from.unwrap_or(self.erasure.at);
        let left = quiet_from.milliseconds() - Timestamp::now().milliseconds();
        tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap_or(0))).await;
    }

    /// Erases the cases, and then everything of the customer's own but the pointers, which go in the last look.
    async fn look(&mut self, look: Look) -> Result<(), Error> {
        if look == Look::First && !self.erasure.keeps_cases {
            self.delete_cases().await?;
        }
        let (store, customer) = (self.store, self.erasure.customer);
        let partition = store.keys.customer_partition(customer);
        let mut pointers = pin!(store.each_between(&partition, CASE_POINTERS, CUSTOMER, Order::OldestFirst));
        while let Some(pointer) = pointers.try_next().await? {
            if let Some(case) = text_of(&pointer, "sk").and_then(TenantKeys::case_of) {
                self.case(case, look).await?;
            }
        }
        let stays = |sk: &str| look == Look::First && sk.starts_with(CASE_POINTERS);
        self.sweep(&partition, &customer.to_string(), stays).await
    }

    /// Deletes the records of all cases, many at a time: nobody reads them from then on, however long it takes to delete the rest. What
    /// another writer changes meanwhile is left to [`Self::case`].
    async fn delete_cases(&mut self) -> Result<(), Error> {
        let cases = self.store.customer_case_ids(self.erasure.customer).await?;
        for some in cases.chunks(CASES_AT_ONCE) {
            let records = self.store.case_records(some).await?;
            let elsewhere = records.iter().map(|record| self.case_with_items_elsewhere(record));
            let mut next = self.erasure.clone();
            let mut writes = Vec::new();
            for (case, elsewhere) in try_join_all(elsewhere).await? {
                if case.customer == self.erasure.customer {
                    *next.parts.entry(Part::Cases).or_default() += 1;
                    count(&mut next.parts, &elsewhere);
                    let (key, version) = (self.store.keys.case(case.id), case.version);
                    writes.push(Write::DeleteOver { key, version });
                    writes.extend(deletes(&elsewhere));
                }
            }
            if !writes.is_empty() {
                self.step(next, writes).await?;
            }
        }
        Ok(())
    }

    async fn case_with_items_elsewhere(&self, record: &Item) -> Result<(Case, Vec<Item>), Error> {
        let case: Case = items::read(record.clone())?;
        let elsewhere = self.store.items_elsewhere(&case.id.to_string(), [record]).await?;
        Ok((case, elsewhere))
    }

    /// Erases a case, or takes the person out of it. One that was moved to another customer is theirs.
    async fn case(&mut self, id: CaseId, look: Look) -> Result<(), Error> {
        let (partition, owner) = (self.store.keys.case_partition(id), id.to_string());
        for round in 0..TRIES {
            back_off(round).await;
            let Some(item) = self.store.database.get(self.store.keys.case(id)).await? else {
                return self.sweep(&partition, &owner, |_| false).await;
            };
            let case: Case = items::read(item.clone())?;
            let is_pending = item.contains_key(PENDING);
            if case.customer == CustomerId::NOBODY && is_pending {
                self.sweep(&partition, &owner, |sk| sk == CASE).await?;
                if look == Look::First || self.show_again(&case).await? {
                    return Ok(());
                }
                continue;
            }
            if case.customer != self.erasure.customer {
                return Ok(());
            }
            match &self.erasure.released_to {
                Some(places) if !is_pending => self.release(&case, places.clone()).await?,
                _ => self.take_away(&item, &case, self.erasure.keeps_cases && !is_pending).await?,
            }
        }
        Err(Error::Busy("erase a case"))
    }

    /// Deletes a case's record, or takes the person out of it and hides it until all else of it is gone.
    async fn take_away(&mut self, item: &Item, case: &Case, keep: bool) -> Result<(), Error> {
        let elsewhere = self.store.items_elsewhere(&case.id.to_string(), [item]).await?;
        let mut next = self.erasure.clone();
        count(&mut next.parts, &elsewhere);
        let (part, write) = if keep {
            let mut kept = items::write(&self.store.keys.case(case.id), &case.without_person(&self.case_model))?;
            kept.insert(PENDING.to_owned(), items::number(i64::MAX));
            let version = case.version;
            (Part::KeptCases, Write::PutOver { item: kept, version })
        } else {
            let (key, version) = (self.store.keys.case(case.id), case.version);
            (Part::Cases, Write::DeleteOver { key, version })
        };
        *next.parts.entry(part).or_default() += 1;
        let writes = [write].into_iter().chain(deletes(&elsewhere)).collect();
        self.step(next, writes).await.map(drop)
    }

    /// Leaves a case as it is, without its customer.
    async fn release(&mut self, case: &Case, places: Vec<String>) -> Result<(), Error> {
        let mut next = self.erasure.clone();
        *next.parts.entry(Part::KeptCases).or_default() += 1;
        let brand = self.erasure.released_brand.clone();
        let writes = self.store.released_case(case, brand, &places)?;
        self.step(next, writes).await.map(drop)
    }

    /// Shows a case again that is nobody's now.
    async fn show_again(&mut self, case: &Case) -> Result<bool, Error> {
        let record = items::write(&self.store.keys.case(case.id), case)?;
        self.step(self.erasure.clone(), vec![Write::PutOverPending(record)]).await
    }

    /// Deletes the items of a partition, all but those that stay.
    async fn sweep(&mut self, partition: &str, owner: &str, stays: impl Fn(&str) -> bool) -> Result<(), Error> {
        // Again from the beginning where another command took part: it did some of the work.
        while !self.swept(partition, owner, &stays).await? {}
        Ok(())
    }

    async fn swept(&mut self, partition: &str, owner: &str, stays: impl Fn(&str) -> bool) -> Result<bool, Error> {
        let mut pages = pin!(self.store.pages(partition, ITEMS_AT_ONCE));
        while let Some(mut items) = pages.try_next().await? {
            items.retain(|item| !text_of(item, "sk").is_some_and(&stays));
            if items.is_empty() {
                continue;
            }
            items.extend(self.store.items_elsewhere(owner, &items).await?);
            let mut next = self.erasure.clone();
            count(&mut next.parts, &items);
            if !self.step(next, deletes(&items).collect()).await? {
                return Ok(false);
            }
            (self.gone)(items.len() as u64);
        }
        Ok(true)
    }

    /// Writes, and the erasure as it is after that, in one transaction. If somebody else was faster, nothing is written, and the
    /// erasure is as they left it: then `false`.
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
    fn no_function_lives_longer_than_an_erasure_waits() {
        let template = include_str!("../../../infra/template.yaml");
        let limits: Vec<&str> = template
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Timeout:"))
            .collect();
        assert_eq!(limits, [format!(" {LONGEST_REQUEST}")]);
    }

    #[test]
    fn what_an_item_is_shows_in_its_sort_key() {
        for (sk, part) in [
            ("customer", Part::Records),
            ("term#email#a@x.example", Part::Terms),
            ("case#00000000000000#K000000001", Part::CasePointers),
            ("case", Part::Cases),
            ("interaction#twitter#1", Part::Interactions),
            ("audit#00000000000000#0", Part::HistoryEntries),
            ("once", Part::OnceRecords),
            ("event#1", Part::Events),
            ("before#1", Part::Others),
        ] {
            assert_eq!(Part::of(&Item::from([("sk".to_owned(), items::text(sk))])), part, "{sk}");
        }
    }
}
