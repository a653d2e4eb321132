//! Checks a tenant's part of the table for items that do not belong together, and repairs them.
//!
//! The functions leave no such items: work in several transactions is listed (`unfinished`, erasures) and completed. The check finds what
//! earlier versions left, and tests use it to prove that nothing is left. It is for the operator's `crm`.
//!
//! Partitions are checked one by one. A problem counts only if two strongly consistent readings in a row find it, because others write
//! the table meanwhile, and because other repairs run at the same time. A repair is conditional on the versions that were read, so it never overwrites later changes.

use std::collections::BTreeSet;

use crm_domain::{Actor, Case, CaseId, Customer, CustomerId, MergeId, Notice, NoticeKind, TenantSettings, error::Error};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;

use super::Position;
use crate::{
    Erasure, Item, Store, clock,
    forward::{Forward, Place},
    items::{self, PENDING, key_of, text_of},
    keys::{CASE, CASE_POINTERS, CHANGES, CUSTOMER, Key, MARKS, SET_ASIDE, TERMS, TenantKeys, UNCLAIMED},
    notices::is_notice,
    set_aside::EXPIRES,
    sync::SyncedRow,
    transaction::{MOST_WRITES, Refusal, Write},
    unfinished::Entry,
};

/// How many partitions are checked in parallel.
const AT_ONCE: usize = 8;
/// How often a partition with problems is read again until two readings in a row agree.
const MOST_READINGS: usize = 3;
/// How long an interrupted removal is waited for, in seconds.
const REMOVAL_IS_AWAITED: i64 = 660;
/// What the feed of changes calls a repair.
const REPAIR: &str = "repairIndex";
/// A bound on running erasures, above the largest number that a tenant ever has.
const MOST_ERASURES: usize = 1_000;

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Problem {
    /// Records that cannot be read. There is no repair.
    UnreadableRecords,
    /// Terms, pointers, events and other items of a customer who does not exist.
    LeftOfCustomers,
    /// Interactions and other items of a case that does not exist.
    LeftOfCases,
    /// Terms that do not follow from the customer's record.
    SurplusTerms,
    /// Terms that follow from the customer's record and are missing.
    MissingTerms,
    /// Contact points and references whose normal form is that of an earlier version.
    OldForms,
    /// A customer, a case or a removal that was begun and not completed.
    Unfinished,
    /// Missing entries of the lists of unfinished work and of removals, and entries without a record.
    UnfinishedEntries,
    /// Pointers from a customer to cases that do not exist, or are another customer's.
    PointersWithoutCase,
    /// Cases that their customer does not point to.
    CasesWithoutPointer,
    /// Cases of a customer who does not exist.
    CasesWithoutCustomer,
    /// External ids whose record does not exist, or has another one.
    ExternalIdsWithoutRecord,
    /// Records whose external id does not lead to them.
    RecordsWithoutExternalId,
    /// Created-once records of a record that does not exist.
    OnceWithoutRecord,
    /// Merged records and survivors that do not name each other. There is no repair.
    BrokenMerges,
    /// Waiting places of cases that do not wait there.
    PlacesWithoutCase,
    /// Waiting cases that are not listed at their place.
    CasesWithoutPlace,
    /// Notices of the feed that cannot be read, or never expire. There is no repair.
    UnreadableNotices,
    /// Rows of extracts whose record has no note of them.
    SyncedRowsWithoutRecord,
    /// Texts and rejected rows of uploads that have no head.
    LeftOfUploads,
}

/// A problem that was found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The problem.
    pub problem: Problem,
    /// The id of the customer or case, or else the beginning of the item's key.
    pub of: String,
    /// The number of items.
    pub items: usize,
    /// Whether it was repaired.
    pub is_repaired: bool,
}

/// A part of the check.
#[derive(Debug, Default)]
pub struct CheckedPage {
    /// The number of items that were read.
    pub items: u64,
    /// The number of records of customers and cases among them.
    pub records: u64,
    /// The problems.
    pub findings: Vec<Finding>,
}

/// A running check of a tenant's part of the table.
#[derive(Debug)]
pub struct Check<'store> {
    store: &'store Store,
    settings: &'store TenantSettings,
    repairs: bool,
    from: Option<Position>,
    /// The last partition of the page before, since more of its items may follow.
    open: Option<Partition>,
    is_over: bool,
}

/// The items of one partition, as far as the check needs them: keys, and items that tell what belongs to them.
#[derive(Debug, Default)]
struct Partition {
    pk: String,
    record: Option<Item>,
    terms: BTreeSet<String>,
    /// Sort keys of pointers to cases.
    pointers: Vec<String>,
    /// The item with the places where the case waits.
    places: Option<Item>,
    /// Items of partitions that have no record.
    singles: Vec<Item>,
    /// The number of items that imports keep.
    marks: usize,
    /// Whether the customer was deleted and can be restored.
    is_set_aside: bool,
    /// The number of all other items.
    others: usize,
}

/// How to repair a problem.
#[derive(Debug)]
enum Repair {
    /// Delete all items in the partition of this record, which does not exist.
    Clear(Key, String),
    Settle(Box<Customer>),
    /// Bring the record into today's form.
    Adapt(CustomerId),
    Sweep(CaseId, u64),
    TakeUp(Entry),
    Complete(Box<Erasure>),
    Write(Vec<Write>),
    /// There is no repair.
    None,
}

/// The problems with their repairs.
type Judged = Vec<(Finding, Repair)>;

impl Partition {
    fn new(pk: &str) -> Self {
        Self {
            pk: pk.to_owned(),
            ..Self::default()
        }
    }

    fn add(&mut self, is_of_record: bool, item: Item) {
        let sk = text_of(&item, "sk").unwrap_or_default();
        if !is_of_record {
            self.singles.push(item);
        } else if sk == CUSTOMER || sk == CASE {
            self.record = Some(item);
        } else if sk.starts_with(TERMS) {
            self.terms.insert(sk.to_owned());
        } else if sk.starts_with(CASE_POINTERS) {
            self.pointers.push(sk.to_owned());
        } else if sk == UNCLAIMED {
            self.places = Some(item);
        } else if sk.starts_with(MARKS) {
            self.marks += 1;
        } else if sk == SET_ASIDE {
            self.is_set_aside = true;
        } else if !item.contains_key(EXPIRES) {
            // Items that expire are deleted by DynamoDB.
            self.others += 1;
        }
    }

    /// The number of items apart from the record and what imports keep. The latter is deleted last when a run is
    /// undone.
    fn left(&self) -> usize {
        self.terms.len() + self.pointers.len() + usize::from(self.places.is_some()) + self.others
    }
}

impl Finding {
    /// What tells this problem from others of its partition.
    fn name(&self) -> (Problem, String) {
        (self.problem, self.of.clone())
    }
}

fn names_of(judged: &Judged) -> BTreeSet<(Problem, String)> {
    judged.iter().map(|(finding, _)| finding.name()).collect()
}

impl TenantKeys {
    /// Whether an item is a notice of the feed in which nothing is wrong.
    fn is_sound_notice(&self, partition: &str, item: &Item) -> bool {
        self.kind_of(partition) == CHANGES && is_notice(item)
    }
}

fn finding(problem: Problem, of: &str, items: usize, repair: Repair) -> (Finding, Repair) {
    let finding = Finding {
        problem,
        of: of.to_owned(),
        items,
        is_repaired: false,
    };
    (finding, repair)
}

impl Store {
    /// Begins a check of the tenant's part of the table.
    pub fn check<'store>(&'store self, settings: &'store TenantSettings, repairs: bool) -> Check<'store> {
        Check {
            store: self,
            settings,
            repairs,
            from: None,
            open: None,
            is_over: false,
        }
    }
}

impl Check<'_> {
    /// The next part of the check; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<CheckedPage>, Error> {
        if self.is_over {
            return Ok(None);
        }
        let (items, from) = self.store.items_page(self.from.take()).await?;
        self.is_over = from.is_none();
        self.from = from;
        let mut page = CheckedPage {
            items: items.len() as u64,
            ..CheckedPage::default()
        };
        let mut whole = Vec::new();
        for item in items {
            let pk = text_of(&item, "pk").unwrap_or_default().to_owned();
            if self.open.as_ref().is_none_or(|open| open.pk != pk) {
                whole.extend(self.open.replace(Partition::new(&pk)));
            }
            let is_of_record = self.store.keys.is_of_record(&pk);
            if let Some(open) = &mut self.open
                && !self.store.keys.is_sound_notice(&pk, &item)
            {
                open.add(is_of_record, item);
            }
        }
        if self.is_over {
            whole.extend(self.open.take());
        }
        page.records = whole.iter().filter(|partition| partition.record.is_some()).count() as u64;
        let this = &*self;
        let judged = stream::iter(whole).map(|partition| this.confirmed(partition));
        page.findings = judged.buffer_unordered(AT_ONCE).try_concat().await?;
        Ok(Some(page))
    }

    /// The problems of these customers. Nothing is repaired.
    pub async fn customers(&self, ids: impl IntoIterator<Item = CustomerId>) -> Result<Vec<Finding>, Error> {
        let partitions: Vec<String> = ids.into_iter().map(|id| self.store.keys.customer_partition(id)).collect();
        let judged = stream::iter(partitions).map(async |pk| {
            let partition = self.load(&pk).await?;
            let findings = self.judge(&partition).await?.into_iter().map(|(finding, _)| finding);
            Ok(findings.collect::<Vec<Finding>>())
        });
        judged.buffer_unordered(AT_ONCE).try_concat().await
    }

    /// The problems of a partition that two readings in a row find. They are repaired if requested.
    ///
    /// One reading can see a change of others halfway: a pointer, for example, to a case that is deleted before the case is read.
    async fn confirmed(&self, partition: Partition) -> Result<Vec<Finding>, Error> {
        let mut before = names_of(&self.judge(&partition).await?);
        for reading in 1..=MOST_READINGS {
            if before.is_empty() {
                break;
            }
            let mut judged = self.judge(&self.load(&partition.pk).await?).await?;
            let names = names_of(&judged);
            if names.is_subset(&before) || reading == MOST_READINGS {
                judged.retain(|(finding, _)| before.contains(&finding.name()));
                return Box::pin(self.repaired(judged)).await;
            }
            before = names;
        }
        Ok(Vec::new())
    }

    async fn repaired(&self, judged: Judged) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        for (mut finding, repair) in judged {
            if self.repairs {
                finding.is_repaired = self.repair(repair).await?;
            }
            findings.push(finding);
        }
        Ok(findings)
    }

    async fn load(&self, pk: &str) -> Result<Partition, Error> {
        let mut partition = Partition::new(pk);
        let is_of_record = self.store.keys.is_of_record(pk);
        let mut pages = std::pin::pin!(self.store.pages(pk, 1_000));
        while let Some(items) = pages.try_next().await? {
            for item in items.into_iter().filter(|item| !self.store.keys.is_sound_notice(pk, item)) {
                partition.add(is_of_record, item);
            }
        }
        Ok(partition)
    }

    async fn judge(&self, partition: &Partition) -> Result<Judged, Error> {
        let keys = &self.store.keys;
        if let Some(id) = keys.customer_of(&partition.pk) {
            return self.judge_customer(id, partition).await;
        }
        if let Some(id) = keys.case_of_partition(&partition.pk) {
            return self.judge_case(id, partition).await;
        }
        let mut judged = Vec::new();
        for item in &partition.singles {
            judged.extend(self.judge_single(&partition.pk, item).await?);
        }
        Ok(judged)
    }

    async fn judge_customer(&self, id: CustomerId, partition: &Partition) -> Result<Judged, Error> {
        let store = self.store;
        let name = id.to_string();
        let Some(record) = &partition.record else {
            if partition.left() == 0 || store.erasure_get(id).await?.is_some() {
                return Ok(Vec::new());
            }
            if partition.is_set_aside {
                // A deleted customer keeps what restores it, but no terms.
                let gone = Write::RequireAbsent(store.keys.customer(id));
                return Ok(Self::terms_of_nobody(&name, partition, &gone));
            }
            let clear = Repair::Clear(store.keys.customer(id), name.clone());
            return Ok(vec![finding(Problem::LeftOfCustomers, &name, partition.left(), clear)]);
        };
        let customer = match Place::read(record.clone()) {
            Ok(Place::Customer(customer)) => *customer,
            Ok(Place::Forward(forward)) => return self.judge_forward(&forward, partition).await,
            Err(_) => return Ok(vec![finding(Problem::UnreadableRecords, &name, 1, Repair::None)]),
        };
        let mut judged = Vec::new();
        if customer.unsettled {
            let entry: Option<Entry> = store.database.get_as(store.keys.unfinished(&name)).await?;
            if entry.is_none_or(|entry| entry.is_left(clock::now())) {
                let settle = Repair::Settle(Box::new(customer.clone()));
                judged.push(finding(Problem::Unfinished, &name, 1, settle));
            }
        } else if let old @ 1.. = customer.old_forms(self.settings.default_region) {
            judged.push(finding(Problem::OldForms, &name, old, Repair::Adapt(id)));
        } else {
            let wanted = store.term_keys(&customer, &self.settings.customer_model);
            for (problem, count) in [
                (Problem::MissingTerms, wanted.difference(&partition.terms).count()),
                (Problem::SurplusTerms, partition.terms.difference(&wanted).count()),
            ] {
                if count > 0 {
                    let settle = Repair::Settle(Box::new(customer.clone()));
                    judged.push(finding(problem, &name, count, settle));
                }
            }
        }
        judged.extend(self.judge_pointers(&customer, partition).await?);
        judged.extend(self.judge_external(&name, record, customer.version).await?);
        judged.extend(self.judge_merged(&customer).await?);
        Ok(judged)
    }

    /// Checks a forward: its survivor holds the merged record, and no item is left that nobody moves.
    async fn judge_forward(&self, forward: &Forward, partition: &Partition) -> Result<Judged, Error> {
        let store = self.store;
        let name = forward.id.to_string();
        let Some(survivor) = store.customer_own(forward.into).await? else {
            let is_gone = store.erasure_get(forward.into).await?.is_none();
            return Ok(is_gone
                .then(|| finding(Problem::BrokenMerges, &name, 1, Repair::None))
                .into_iter()
                .collect());
        };
        let held = survivor.merged.iter().find(|merged| merged.receipt == forward.receipt);
        let Some(held) = held.filter(|held| held.external_id == forward.external_id) else {
            return Ok(vec![finding(Problem::BrokenMerges, &name, 1, Repair::None)]);
        };
        if held.is_moving {
            // It is checked with the customer.
            return Ok(Vec::new());
        }
        let item = items::write(&store.keys.customer(forward.id), forward)?;
        let receipt = forward.receipt;
        let mut judged = Self::terms_of_nobody(&name, partition, &Write::PutOverMerged { item, receipt });
        let pointers = partition.pointers.len();
        judged.extend((pointers > 0).then(|| finding(Problem::PointersWithoutCase, &name, pointers, Repair::None)));
        Ok(judged)
    }

    /// Checks that the merged records of a customer lead to it, and that unfinished moves are listed.
    async fn judge_merged(&self, customer: &Customer) -> Result<Judged, Error> {
        let store = self.store;
        let name = customer.id.to_string();
        let mut judged = Vec::new();
        for merged in &customer.merged {
            match store.place(merged.id).await? {
                Some(Place::Forward(forward)) if forward.into == customer.id && forward.receipt == merged.receipt => {}
                _ => {
                    judged.push(finding(Problem::BrokenMerges, &name, 1, Repair::None));
                    continue;
                }
            }
            if merged.is_moving {
                let entry = store.keys.unfinished(&merged.receipt.to_string());
                let entry: Option<Entry> = store.database.get_as(entry).await?;
                if entry.is_none_or(|entry| entry.is_left(clock::now())) {
                    let take_up = Repair::TakeUp(Entry::of_merge(merged.receipt));
                    judged.push(finding(Problem::Unfinished, &name, 1, take_up));
                }
            }
        }
        Ok(judged)
    }

    /// Checks for terms without a record.
    fn terms_of_nobody(name: &str, partition: &Partition, unchanged: &Write) -> Judged {
        let terms: Vec<&String> = partition.terms.iter().collect();
        let parts = terms.chunks(MOST_WRITES - 1).map(|part| {
            let deletions = part.iter().map(|&sk| {
                Write::Delete(Key {
                    pk: partition.pk.clone(),
                    sk: sk.clone(),
                })
            });
            let repair = Repair::Write([unchanged.clone()].into_iter().chain(deletions).collect());
            finding(Problem::SurplusTerms, name, part.len(), repair)
        });
        parts.collect()
    }

    async fn judge_pointers(&self, customer: &Customer, partition: &Partition) -> Result<Judged, Error> {
        let store = self.store;
        let cases = partition.pointers.iter().filter_map(|sk| TenantKeys::case_of(sk));
        let found = store.database.get_many(cases.map(|id| store.keys.case(id)).collect()).await?;
        let (cases, unreadable): (Vec<_>, Vec<_>) = found.into_iter().map(items::read::<Case>).partition(Result::is_ok);
        if !unreadable.is_empty() {
            // These are reported by themselves.
            return Ok(Vec::new());
        }
        let cases: Vec<Case> = cases.into_iter().flatten().collect();
        let mut judged = Vec::new();
        for sk in &partition.pointers {
            let Some(id) = TenantKeys::case_of(sk) else { continue };
            let case = cases.iter().find(|case| case.id == id);
            let is_right = case.is_some_and(|case| {
                case.customer == customer.id && store.keys.case_pointer(customer.id, case.created.at, id).sk == *sk
            });
            if !is_right {
                let unchanged = match case {
                    Some(case) => Write::RequireVersion(store.keys.case(id), case.version),
                    None => Write::RequireAbsent(store.keys.case(id)),
                };
                let pointer = Key {
                    pk: partition.pk.clone(),
                    sk: sk.clone(),
                };
                let repair = Repair::Write(vec![unchanged, Write::Delete(pointer)]);
                let of = customer.id.to_string();
                judged.push(finding(Problem::PointersWithoutCase, &of, 1, repair));
            }
        }
        Ok(judged)
    }

    async fn judge_case(&self, id: CaseId, partition: &Partition) -> Result<Judged, Error> {
        let store = self.store;
        let name = id.to_string();
        let entry: Option<Entry> = match &partition.record {
            Some(record) if !record.contains_key(PENDING) => None,
            _ => store.database.get_as(store.keys.unfinished(&name)).await?,
        };
        let is_awaited = entry.as_ref().is_some_and(|entry| !entry.is_left(clock::now()));
        let Some(record) = &partition.record else {
            if partition.left() == 0 || is_awaited || self.is_being_erased(id).await? {
                return Ok(Vec::new());
            }
            let clear = Repair::Clear(store.keys.case(id), name.clone());
            return Ok(vec![finding(Problem::LeftOfCases, &name, partition.left(), clear)]);
        };
        let Ok(case) = items::read::<Case>(record.clone()) else {
            return Ok(vec![finding(Problem::UnreadableRecords, &name, 1, Repair::None)]);
        };
        if record.contains_key(PENDING) {
            if is_awaited || case.customer == CustomerId::NOBODY || self.is_being_erased(id).await? {
                return Ok(Vec::new());
            }
            let sweep = Repair::Sweep(id, case.version);
            return Ok(vec![finding(Problem::Unfinished, &name, 1, sweep)]);
        }
        let mut judged = self.judge_external(&name, record, case.version).await?;
        judged.extend(if case.customer == CustomerId::NOBODY {
            self.judge_places(&case, partition).await?
        } else {
            self.judge_owner(&case, partition).await?
        });
        Ok(judged)
    }

    /// Whether an erasure that is under way still leads to the case.
    async fn is_being_erased(&self, id: CaseId) -> Result<bool, Error> {
        for erasure in self.store.erasures(MOST_ERASURES).await? {
            for customer in erasure.numbers() {
                if self.store.case_ids_in(customer).await?.contains(&id) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Checks a case with a customer: the customer exists and points to it, and the case does not wait.
    async fn judge_owner(&self, case: &Case, partition: &Partition) -> Result<Judged, Error> {
        let store = self.store;
        let (name, owner) = (case.id.to_string(), case.customer);
        let unchanged = || Write::RequireVersion(store.keys.case(case.id), case.version);
        let pointer = store.keys.case_pointer(owner, case.created.at, case.id);
        let found = store
            .database
            .get_many(vec![store.keys.customer(owner), pointer.clone()])
            .await?;
        let is_there = |key: &Key| found.iter().any(|item| key_of(item).as_ref() == Some(key));
        let mut judged = Vec::new();
        if !is_there(&store.keys.customer(owner)) {
            if store.erasure_get(owner).await?.is_none() {
                let left = Case {
                    customer: CustomerId::NOBODY,
                    version: case.version + 1,
                    ..case.clone()
                };
                let item = items::write(&store.keys.case(case.id), &left)?;
                let version = case.version;
                let gone = Write::RequireAbsent(store.keys.customer(owner));
                let notice = Notice::new(NoticeKind::CaseMoved, REPAIR, &Actor::default());
                let told = store.tell_of_case(case, &left, notice);
                let repair = Repair::Write(vec![Write::PutOver { item, version }, gone, told]);
                judged.push(finding(Problem::CasesWithoutCustomer, &name, 1, repair));
            }
        } else if !is_there(&pointer) {
            let there = Write::RequireRecord(store.keys.customer(owner));
            let repair = Repair::Write(vec![unchanged(), there, store.pointer(case)]);
            judged.push(finding(Problem::CasesWithoutPointer, &name, 1, repair));
        }
        if let Some(places) = &partition.places {
            let placed = store.unclaimed_keys(&name, places);
            let items = placed.len() + 1;
            let listed = placed.into_iter().chain([store.keys.unclaimed_of(case.id)]);
            let repair = Repair::Write([unchanged()].into_iter().chain(listed.map(Write::Delete)).collect());
            judged.push(finding(Problem::PlacesWithoutCase, &name, items, repair));
        }
        Ok(judged)
    }

    /// Checks a case without a customer: it is listed at each of its places.
    async fn judge_places(&self, case: &Case, partition: &Partition) -> Result<Judged, Error> {
        let store = self.store;
        let name = case.id.to_string();
        let Some(places) = &partition.places else {
            return Ok(Vec::new());
        };
        let wanted = store.unclaimed_keys(&name, places);
        let found = store.database.get_many(wanted.clone()).await?;
        let found: Vec<Key> = found.iter().filter_map(key_of).collect();
        let missing: Vec<Key> = wanted.into_iter().filter(|key| !found.contains(key)).collect();
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let count = missing.len();
        let unchanged = Write::RequireVersion(store.keys.case(case.id), case.version);
        let put = missing.iter().map(|key| {
            let mut item = items::key_item(key);
            item.insert("id".to_owned(), items::text(&name));
            Write::Put(item)
        });
        let repair = Repair::Write([unchanged].into_iter().chain(put).collect());
        Ok(vec![finding(Problem::CasesWithoutPlace, &name, count, repair)])
    }

    /// Checks that a record's external id leads to it.
    async fn judge_external(&self, name: &str, record: &Item, version: u64) -> Result<Judged, Error> {
        let store = self.store;
        let (Some(external), Some(key)) = (store.external_key(record), key_of(record)) else {
            return Ok(Vec::new());
        };
        let found = store.database.get(external.clone()).await?;
        if found.is_some_and(|item| text_of(&item, "id") == Some(name)) {
            return Ok(Vec::new());
        }
        let mut item = items::key_item(&external);
        item.insert("id".to_owned(), items::text(name));
        let owner = name.to_owned();
        let repair = Repair::Write(vec![Write::RequireVersion(key, version), Write::PutOwned { item, owner }]);
        Ok(vec![finding(Problem::RecordsWithoutExternalId, name, 1, repair)])
    }

    /// Checks an item outside the partitions of records.
    async fn judge_single(&self, pk: &str, item: &Item) -> Result<Option<(Finding, Repair)>, Error> {
        let store = self.store;
        let Some(key) = key_of(item) else { return Ok(None) };
        match store.keys.kind_of(pk) {
            "once" => self.judge_once(key, item).await,
            "external" => self.judge_external_item(key, item).await,
            "unfinished" => self.judge_entry(item).await,
            "unclaimed" => self.judge_place(pk, &key).await,
            "erasures" => {
                let erasure = match CustomerId::parse(&key.sk) {
                    Some(id) => store.erasure_get(id).await?,
                    None => None,
                };
                let of = key.sk.clone();
                let repair = || Repair::Write(vec![Write::Delete(key)]);
                Ok(erasure
                    .is_none()
                    .then(|| finding(Problem::UnfinishedEntries, &of, 1, repair())))
            }
            "erasure" => self.judge_erasure(item).await,
            // Those that are sound do not come here: a day may have very many.
            "sync" => self.judge_synced(pk, key, item).await,
            "uploads" => self.judge_upload(key, item).await,
            CHANGES => Ok(Some(finding(Problem::UnreadableNotices, pk, 1, Repair::None))),
            _ => Ok(None),
        }
    }

    /// Checks that a text or rejected rows of an upload have its head, which goes last.
    async fn judge_upload(&self, key: Key, item: &Item) -> Result<Option<(Finding, Repair)>, Error> {
        let run = key.sk.split('#').nth(1).unwrap_or_default().to_owned();
        let head = self.store.keys.upload(&run);
        if is_expired(item) || head == key || self.store.database.get(head.clone()).await?.is_some() {
            return Ok(None);
        }
        let repair = Repair::Write(vec![Write::RequireAbsent(head), Write::Delete(key)]);
        Ok(Some(finding(Problem::LeftOfUploads, &run, 1, repair)))
    }

    async fn judge_once(&self, key: Key, item: &Item) -> Result<Option<(Finding, Repair)>, Error> {
        if is_expired(item) {
            return Ok(None);
        }
        let id = text_of(item, "id").unwrap_or_default();
        let Some(record) = self.record_key(id) else { return Ok(None) };
        // A deleted customer that can be restored counts as existing. The created-once record expires long before that ends.
        let set_aside = CustomerId::parse(id).map(|id| self.store.keys.set_aside(id));
        let of_record = [record.clone()].into_iter().chain(set_aside).collect();
        if !self.store.database.get_many(of_record).await?.is_empty() {
            return Ok(None);
        }
        let repair = Repair::Write(vec![Write::RequireAbsent(record), Write::Delete(key)]);
        Ok(Some(finding(Problem::OnceWithoutRecord, id, 1, repair)))
    }

    async fn judge_external_item(&self, key: Key, item: &Item) -> Result<Option<(Finding, Repair)>, Error> {
        let id = text_of(item, "id").unwrap_or_default();
        let Some(record_key) = self.record_key(id) else {
            return Ok(None);
        };
        let record = self.store.database.get(record_key.clone()).await?;
        let unchanged = match &record {
            Some(record) if self.store.external_key(record).as_ref() == Some(&key) => return Ok(None),
            // It is written by the row's own transaction.
            Some(record) if record.contains_key(PENDING) => return Ok(None),
            Some(record) => {
                let version = record.get("version").and_then(|value| value.as_n().ok()?.parse().ok());
                Write::RequireVersion(record_key, version.unwrap_or_default())
            }
            None => Write::RequireAbsent(record_key),
        };
        let repair = Repair::Write(vec![unchanged, Write::Delete(key)]);
        Ok(Some(finding(Problem::ExternalIdsWithoutRecord, id, 1, repair)))
    }

    /// Checks an entry of the list of unfinished work: its record is marked. A marked record is checked by itself.
    async fn judge_entry(&self, item: &Item) -> Result<Option<(Finding, Repair)>, Error> {
        let entry: Entry = items::read(item.clone())?;
        let Some(key) = self.record_key(&entry.id) else {
            return self.judge_merge_entry(item, entry).await;
        };
        let record = self.store.database.get(key).await?;
        let is_marked = record.is_some_and(|record| self.store.unfinished_key(&entry.id, &record).is_some());
        // A case that is being removed is deleted before its entry.
        if is_marked || !entry.is_left(clock::now()) {
            return Ok(None);
        }
        let of = entry.id.clone();
        Ok(Some(finding(Problem::UnfinishedEntries, &of, 1, Repair::TakeUp(entry))))
    }

    /// Checks the entry of a merge: a customer is marked for it. That customer is checked with its record.
    async fn judge_merge_entry(&self, item: &Item, entry: Entry) -> Result<Option<(Finding, Repair)>, Error> {
        let Some(id) = MergeId::parse(&entry.id).filter(|_| entry.is_left(clock::now())) else {
            return Ok(None);
        };
        let survivor = self.store.customer_get(id.merged).await?;
        let mut merged = survivor.iter().flat_map(|survivor| &survivor.merged);
        if merged.any(|merged| merged.receipt == id && merged.is_moving) {
            return Ok(None);
        }
        let of = entry.id.clone();
        let repair = match key_of(item) {
            // The person was erased.
            Some(key) if survivor.is_none() => Repair::Write(vec![Write::Delete(key)]),
            _ => Repair::TakeUp(entry),
        };
        Ok(Some(finding(Problem::UnfinishedEntries, &of, 1, repair)))
    }

    /// Checks a row of an extract: the record has the note of it.
    async fn judge_synced(&self, pk: &str, key: Key, item: &Item) -> Result<Option<(Finding, Repair)>, Error> {
        let store = self.store;
        let row: SyncedRow = items::read(item.clone())?;
        let source = pk.rsplit('#').nth(1).unwrap_or_default();
        let note = store.keys.synced(row.id, source, &key.sk);
        if store.database.get(note.clone()).await?.is_some() {
            return Ok(None);
        }
        let repair = Repair::Write(vec![Write::RequireAbsent(note), Write::Delete(key)]);
        let of = row.id.to_string();
        Ok(Some(finding(Problem::SyncedRowsWithoutRecord, &of, 1, repair)))
    }

    async fn judge_place(&self, pk: &str, key: &Key) -> Result<Option<(Finding, Repair)>, Error> {
        let store = self.store;
        let Some(id) = CaseId::parse(&key.sk) else { return Ok(None) };
        let placed = store.placed_case(id).await?;
        let place = pk.strip_prefix(&store.keys.unclaimed_place("")).unwrap_or_default();
        let is_hidden = placed.record.as_ref().is_some_and(|record| record.contains_key(PENDING));
        if is_hidden || placed.waiting_at(place)?.is_some() {
            return Ok(None);
        }
        let repair = Repair::Write(vec![Write::Delete(key.clone())]);
        Ok(Some(finding(Problem::PlacesWithoutCase, &key.sk, 1, repair)))
    }

    async fn judge_erasure(&self, item: &Item) -> Result<Option<(Finding, Repair)>, Error> {
        let erasure: Erasure = items::read(item.clone())?;
        let of = erasure.customer.to_string();
        if erasure.at.plus_seconds(REMOVAL_IS_AWAITED) < clock::now() {
            let complete = Repair::Complete(Box::new(erasure));
            return Ok(Some(finding(Problem::Unfinished, &of, 1, complete)));
        }
        let pointer = self.store.keys.erasure_pointer(erasure.customer);
        if self.store.database.get(pointer.clone()).await?.is_some() {
            return Ok(None);
        }
        let there = Write::Require(self.store.keys.erasure(erasure.customer));
        let repair = Repair::Write(vec![there, Write::Put(items::key_item(&pointer))]);
        Ok(Some(finding(Problem::UnfinishedEntries, &of, 1, repair)))
    }

    /// The key of the record with this id.
    fn record_key(&self, id: &str) -> Option<Key> {
        let keys = &self.store.keys;
        let customer = CustomerId::parse(id).map(|id| keys.customer(id));
        customer.or_else(|| CaseId::parse(id).map(|id| keys.case(id)))
    }

    /// Repairs a problem, and returns whether it did. Problems in records that others have changed since are left to the next check.
    async fn repair(&self, repair: Repair) -> Result<bool, Error> {
        let store = self.store;
        match repair {
            Repair::Clear(record, owner) => store.clear_left(&record, &owner).await?,
            Repair::Adapt(id) => drop(store.customer_settle(id, self.settings).await?),
            Repair::Settle(customer) => store.settle_terms(&customer, &self.settings.customer_model).await?,
            Repair::Sweep(id, version) => store.case_sweep(id, version).await?,
            Repair::TakeUp(entry) => store.take_up(&entry, &self.settings.customer_model).await?,
            Repair::Complete(mut erasure) => {
                store.erasure_complete(&mut erasure, |_| {}).await?;
                store.erasure_end(&erasure).await?;
            }
            Repair::Write(writes) => match store.database.transact(writes).await {
                Ok(()) => {}
                Err(Refusal::Conditions(_)) => return Ok(false),
                Err(Refusal::Failed(error)) => return Err(error),
            },
            Repair::None => return Ok(false),
        }
        Ok(true)
    }
}
/// Whether time to live is about to delete the item.
fn is_expired(item: &Item) -> bool {
    let expires = item.get("expires").and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
    expires.is_some_and(|expires| expires < clock::now().seconds())
}
