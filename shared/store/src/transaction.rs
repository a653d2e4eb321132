//! Transactions: all of their writes happen, or none.
//!
//! This is the one place that guarantees two things, whatever lists a transaction's writes were made of:
//!
//! - It never names a key twice: DynamoDB refuses such a transaction for good.
//! - It tells others of every customer and every case that it writes ([`Write::Tell`]), or says that there is nothing to tell
//!   ([`Write::Untold`]). So no operation can forget the feed of changes.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::{BoxError, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    },
};
use crm_domain::{MergeId, Timestamp, error::Error};

use super::{
    Database, Item, back_off,
    error::failed,
    items::{key_item, key_of, number, text},
    keys::{Key, is_record},
    notices::{SENT_WITHIN, Telling},
};
use crate::{clock, random};

/// DynamoDB's limit on the writes of one transaction.
pub(super) const MOST_WRITES: usize = 100;
/// How often a transaction is tried that ran into another one.
const TRIES: u32 = 12;

/// One write of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Write {
    /// Put the item, whatever was there.
    Put(Item),
    /// Put the item where none is.
    PutNew(Item),
    /// Put the item over the version before.
    PutOver {
        /// The new item.
        item: Item,
        /// The version that must be there.
        version: u64,
    },
    /// Put the item over one that is marked as pending.
    PutOverPending(Item),
    /// Put the item over one that is marked as pending until then.
    PutOverPendingUntil {
        /// The new item.
        item: Item,
        /// The mark that must be there.
        until: i64,
    },
    /// Put the item where none is, or one that has expired: time to live deletes late.
    PutOverExpired {
        /// The new item.
        item: Item,
        /// The present, in seconds.
        now: i64,
    },
    /// Put the item where none is, or one that belongs to the same record.
    PutOwned {
        /// The new item.
        item: Item,
        /// The record's id.
        owner: String,
    },
    /// Put the item over a record that was merged into another by this receipt.
    PutOverMerged {
        /// The new item.
        item: Item,
        /// The receipt.
        receipt: MergeId,
    },
    /// Delete the item.
    Delete(Key),
    /// Delete the record of this version.
    DeleteOver {
        /// Which.
        key: Key,
        /// The version that must be there.
        version: u64,
    },
    /// Delete the record that is marked as pending until then.
    DeletePendingUntil {
        /// Which.
        key: Key,
        /// The mark that must be there.
        until: i64,
    },
    /// Write nothing, but only if this item exists.
    Require(Key),
    /// Write nothing, but only if this customer's record exists. What a merged record leaves in its place is none.
    RequireRecord(Key),
    /// Write nothing, but only if this item does not exist.
    RequireAbsent(Key),
    /// Write nothing, but only if this record has this version.
    RequireVersion(Key, u64),
    /// Tell others of a change of a record, in the feed.
    Tell(Box<Telling>),
    /// Write nothing: what this transaction does to this record can be seen by nobody, so that there is nothing to tell.
    Untold(Key),
}

/// What a transaction does to one item.
#[derive(Debug, Clone, PartialEq)]
enum Effect {
    Nothing,
    Put(Item),
    Delete,
}

/// What must hold of the item that is there.
#[derive(Debug, Clone, PartialEq)]
enum Condition {
    Absent,
    Present,
    Record,
    Version(u64),
    Pending,
    PendingUntil(i64),
    AbsentOrExpired { now: i64 },
    AbsentOrOwned(String),
    Merged(MergeId),
}

/// All that a transaction wants of one key.
#[derive(Debug)]
struct Action {
    key: Key,
    effect: Effect,
    condition: Option<Condition>,
    /// The places of its writes in the list that they came from.
    places: Vec<usize>,
}

impl Write {
    /// What it does to an item; `None` if it does nothing.
    fn action(self, place: usize, now: Timestamp) -> Result<Option<Action>, Error> {
        let (key, effect, condition) = match self {
            Self::Tell(telling) => put(telling.item(now)?, None)?,
            Self::Untold(_) => return Ok(None),
            Self::Put(item) => put(item, None)?,
            Self::PutNew(item) => put(item, Some(Condition::Absent))?,
            Self::PutOver { item, version } => put(item, Some(Condition::Version(version)))?,
            Self::PutOverPending(item) => put(item, Some(Condition::Pending))?,
            Self::PutOverPendingUntil { item, until } => put(item, Some(Condition::PendingUntil(until)))?,
            Self::PutOverExpired { item, now } => put(item, Some(Condition::AbsentOrExpired { now }))?,
            Self::PutOwned { item, owner } => put(item, Some(Condition::AbsentOrOwned(owner)))?,
            Self::PutOverMerged { item, receipt } => put(item, Some(Condition::Merged(receipt)))?,
            Self::Delete(key) => (key, Effect::Delete, None),
            Self::DeleteOver { key, version } => (key, Effect::Delete, Some(Condition::Version(version))),
            Self::DeletePendingUntil { key, until } => (key, Effect::Delete, Some(Condition::PendingUntil(until))),
            Self::Require(key) => (key, Effect::Nothing, Some(Condition::Present)),
            Self::RequireRecord(key) => (key, Effect::Nothing, Some(Condition::Record)),
            Self::RequireAbsent(key) => (key, Effect::Nothing, Some(Condition::Absent)),
            Self::RequireVersion(key, version) => (key, Effect::Nothing, Some(Condition::Version(version))),
        };
        let places = vec![place];
        Ok(Some(Action {
            key,
            effect,
            condition,
            places,
        }))
    }

    /// The records about which it settles what others are told.
    fn settled(&self) -> Vec<Key> {
        match self {
            Self::Tell(telling) => telling.records().collect(),
            Self::Untold(key) => vec![key.clone()],
            _ => Vec::new(),
        }
    }
}

fn put(item: Item, condition: Option<Condition>) -> Result<(Key, Effect, Option<Condition>), Error> {
    let key = key_of(&item).ok_or_else(|| Error::internal(BUILD, "an item has no key"))?;
    Ok((key, Effect::Put(item), condition))
}

const BUILD: &str = "build a transaction";

/// What the writes want, each key once. Writes of one key that say the same are one; a requirement joins whatever else is done to
/// its item. What is told gets this time.
///
/// # Errors
/// Where writes of one key contradict each other, there are more than one transaction holds, or nothing is told of a record that is
/// written: mistakes of this program. The text has their places and no key, since keys can hold values.
fn actions(writes: Vec<Write>, now: Timestamp) -> Result<Vec<Action>, Error> {
    let mut actions: Vec<Action> = Vec::with_capacity(writes.len());
    let mut by_key: HashMap<Key, usize> = HashMap::with_capacity(writes.len());
    let settled: HashSet<Key> = writes.iter().flat_map(Write::settled).collect();
    for (place, write) in writes.into_iter().enumerate() {
        let Some(action) = write.action(place, now)? else {
            continue;
        };
        match by_key.entry(action.key.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(actions.len());
                actions.push(action);
            }
            Entry::Occupied(entry) => actions[*entry.get()].join(action)?,
        }
    }
    if actions.len() > MOST_WRITES {
        let what = format!("{} writes, of which a transaction holds {MOST_WRITES}", actions.len());
        return Err(Error::internal(BUILD, what));
    }
    if let Some(untold) = actions
        .iter()
        .find(|action| action.changes_record() && !settled.contains(&action.key))
    {
        let what = format!("nothing is told of the record that the writes at {:?} change", untold.places);
        return Err(Error::internal(BUILD, what));
    }
    Ok(actions)
}

impl Action {
    fn changes_record(&self) -> bool {
        self.effect != Effect::Nothing && is_record(&self.key)
    }

    fn join(&mut self, other: Self) -> Result<(), Error> {
        self.places.extend(other.places);
        let joined = joined_effect(&mut self.effect, other.effect) && joined_condition(&mut self.condition, other.condition);
        if joined {
            return Ok(());
        }
        let what = format!("the writes at {:?} are of one key and contradict each other", self.places);
        Err(Error::internal(BUILD, what))
    }

    fn into_item(self, table: &str) -> Result<TransactWriteItem, Error> {
        let Expression { text, values, returns } = self.condition.map(Condition::expression).unwrap_or_default();
        // The three kinds of actions have builders of one shape and no common type.
        macro_rules! conditional {
            ($builder:expr) => {
                $builder
                    .table_name(table)
                    .set_condition_expression(text)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(returns)
                    .build()
            };
        }
        let action = TransactWriteItem::builder();
        let key = Some(key_item(&self.key));
        let action = match self.effect {
            Effect::Put(item) => conditional!(Put::builder().set_item(Some(item))).map(|put| action.put(put)),
            Effect::Delete => conditional!(Delete::builder().set_key(key)).map(|delete| action.delete(delete)),
            Effect::Nothing => conditional!(ConditionCheck::builder().set_key(key)).map(|check| action.condition_check(check)),
        };
        Ok(action.map_err(|source| Error::internal(BUILD, source))?.build())
    }
}

/// Whether both can be had at once; then the first is both.
fn joined_effect(one: &mut Effect, other: Effect) -> bool {
    if *one == Effect::Nothing {
        *one = other;
        return true;
    }
    other == Effect::Nothing || *one == other
}

/// Whether both can hold at once, as far as this program needs it; then the first is both.
fn joined_condition(one: &mut Option<Condition>, other: Option<Condition>) -> bool {
    let (Some(first), Some(second)) = (one.as_ref(), other.as_ref()) else {
        *one = one.take().or(other);
        return true;
    };
    if first == second || (*second == Condition::Present && first.implies_presence()) {
        return true;
    }
    if *first == Condition::Present && second.implies_presence() {
        *one = other;
        return true;
    }
    false
}

impl Condition {
    fn implies_presence(&self) -> bool {
        matches!(
            self,
            Self::Present | Self::Record | Self::Version(_) | Self::Pending | Self::PendingUntil(_)
        )
    }
}

/// A condition in DynamoDB's words.
#[derive(Default)]
struct Expression {
    text: Option<String>,
    values: Option<HashMap<String, AttributeValue>>,
    returns: Option<ReturnValuesOnConditionCheckFailure>,
}

impl Condition {
    fn expression(self) -> Expression {
        let (text, value) = match self {
            Self::Absent => ("attribute_not_exists(pk)", None),
            Self::Present => ("attribute_exists(pk)", None),
            // Every record has one, and what only leads to another record has none.
            Self::Record => ("attribute_exists(version)", None),
            Self::Version(version) => ("version = :value", Some(number(version))),
            Self::Pending => ("attribute_exists(pending)", None),
            Self::PendingUntil(until) => ("pending = :value", Some(number(until))),
            Self::Merged(receipt) => ("receipt = :value", Some(text(receipt.to_string()))),
            Self::AbsentOrExpired { now } => ("attribute_not_exists(pk) OR expires < :value", Some(number(now))),
            Self::AbsentOrOwned(ref owner) => ("attribute_not_exists(pk) OR id = :value", Some(text(owner))),
        };
        let tells_what_is_there = matches!(self, Self::AbsentOrExpired { .. });
        Expression {
            text: Some(text.to_owned()),
            values: value.map(|value| HashMap::from([(":value".to_owned(), value)])),
            returns: tells_what_is_there.then_some(ReturnValuesOnConditionCheckFailure::AllOld),
        }
    }
}

/// Why a transaction did not happen.
pub(super) enum Refusal {
    /// Conditions did not hold.
    Conditions(Vec<Refused>),
    /// Anything else.
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Refusal {
    /// The error, where no condition was expected to fail.
    pub(super) fn unexpected(self, what: &'static str) -> Error {
        match self {
            Self::Failed(error) => error,
            Self::Conditions(_) => Error::internal(what, "a condition failed that cannot fail"),
        }
    }
}

/// A write whose condition did not hold.
#[derive(Debug)]
pub(super) struct Refused {
    /// Its place in the caller's list.
    pub(super) place: usize,
    /// What was there, where the write asks for it.
    pub(super) found: Option<Item>,
}

impl Database {
    /// Runs a transaction; one that ran into another is tried again.
    ///
    /// All tries have one client request token. So DynamoDB knows a try whose answer was lost, or that is still under way, for the
    /// same transaction: its own late success never reads as the failure of a condition.
    ///
    /// A transaction that tells of a change is sent within a bounded time, or fails with [`Error::Timeout`]: readers of the feed do not
    /// wait longer.
    pub(super) async fn transact(&self, writes: Vec<Write>) -> Result<(), Refusal> {
        let now = clock::now();
        let tells = writes.iter().any(|write| matches!(write, Write::Tell(_)));
        let in_time = tells.then(|| InTime(now.plus_seconds(SENT_WITHIN)));
        let actions = actions(writes, now)?;
        let places: Vec<Vec<usize>> = actions.iter().map(|action| action.places.clone()).collect();
        let items = actions.into_iter().map(|action| action.into_item(&self.table));
        let items: Vec<TransactWriteItem> = items.collect::<Result<_, _>>()?;
        let token = format!("{:016x}{:016x}", random::bits(), random::bits());
        for round in 0..TRIES {
            back_off(round).await;
            let mut call = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .client_request_token(&token)
                .customize();
            if let Some(in_time) = in_time {
                call = call.interceptor(in_time);
            }
            match call.send().await {
                Ok(_) => return Ok(()),
                Err(error) => match reasons(&error) {
                    Verdict::Refused(refused) => return Err(Refusal::Conditions(by_place(refused, &places))),
                    Verdict::Again => {}
                    Verdict::Failed if in_time.is_some_and(InTime::is_over) && error.as_service_error().is_none() => {
                        return Err(Refusal::Failed(Error::Timeout));
                    }
                    Verdict::Failed => return Err(Refusal::Failed(failed("write items")(error))),
                },
            }
        }
        Err(Refusal::Failed(Error::Busy("write items")))
    }
}

/// Lets no attempt of a call begin after a time, by the clock that notices have their time from: also none of a process that was stopped
/// meanwhile.
#[derive(Debug, Clone, Copy)]
struct InTime(Timestamp);

impl InTime {
    fn is_over(self) -> bool {
        clock::now() > self.0
    }
}

impl Intercept for InTime {
    fn name(&self) -> &'static str {
        "InTime"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.is_over() {
            return Err("a transaction that tells of a change is not sent so late".into());
        }
        Ok(())
    }
}

/// What was refused, by the places of the caller's writes.
fn by_place(refused: Vec<Refused>, places: &[Vec<usize>]) -> Vec<Refused> {
    let of_action = |refused: Refused| {
        let places = places.get(refused.place).cloned().unwrap_or_default();
        places.into_iter().map(move |place| Refused {
            place,
            found: refused.found.clone(),
        })
    };
    refused.into_iter().flat_map(of_action).collect()
}

enum Verdict {
    Refused(Vec<Refused>),
    Again,
    Failed,
}

fn reasons<R>(error: &SdkError<TransactWriteItemsError, R>) -> Verdict {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => verdict(cancelled.cancellation_reasons()),
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Verdict::Again,
        _ => Verdict::Failed,
    }
}

/// A failed condition is an answer; it comes before a conflict with another transaction or a throttled partition, which pass.
fn verdict(reasons: &[CancellationReason]) -> Verdict {
    let with_code = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
    if with_code("ConditionalCheckFailed") {
        let refused = reasons
            .iter()
            .enumerate()
            .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"));
        return Verdict::Refused(
            refused
                .map(|(place, reason)| Refused {
                    place,
                    found: reason.item().filter(|item| !item.is_empty()).cloned(),
                })
                .collect(),
        );
    }
    if ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
        .into_iter()
        .any(with_code)
    {
        return Verdict::Again;
    }
    Verdict::Failed
}

#[cfg(test)]
mod tests {
    use crm_domain::{Actor, CustomerId, Notice, NoticeKind};
    use proptest::prelude::*;

    use super::*;
    use crate::keys::TenantKeys;

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    #[test]
    fn a_conflict_passes_and_a_failed_condition_is_an_answer() {
        assert!(matches!(
            verdict(&[reason("None"), reason("TransactionConflict")]),
            Verdict::Again
        ));
        assert!(matches!(verdict(&[reason("ThrottlingError")]), Verdict::Again));
        assert!(matches!(verdict(&[reason("ValidationError")]), Verdict::Failed));
        let both = verdict(&[reason("TransactionConflict"), reason("ConditionalCheckFailed")]);
        assert!(matches!(both, Verdict::Refused(refused) if refused.len() == 1 && refused[0].place == 1));
    }

    const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);

    fn actions(writes: Vec<Write>) -> Result<Vec<Action>, Error> {
        super::actions(writes, NOW)
    }

    fn key(name: &str) -> Key {
        Key {
            pk: "p".to_owned(),
            sk: name.to_owned(),
        }
    }

    fn item(name: &str, value: &str) -> Item {
        let mut item = key_item(&key(name));
        item.insert("value".to_owned(), text(value));
        item
    }

    /// The places of the writes that each action consists of.
    #[track_caller]
    fn check(writes: Vec<Write>, wanted: &[&[usize]]) {
        let actions = actions(writes).unwrap_or_else(|error| panic!("{}", error.log_text()));
        let places: Vec<&[usize]> = actions.iter().map(|action| action.places.as_slice()).collect();
        assert_eq!(places, wanted);
    }

    #[test]
    fn writes_that_say_the_same_are_one() {
        let over = |value: &str| Write::PutOver {
            item: item("a", value),
            version: 1,
        };
        check(vec![Write::Delete(key("a")), Write::Delete(key("a"))], &[&[0, 1]]);
        check(
            vec![
                Write::Put(item("a", "1")),
                Write::Delete(key("b")),
                Write::Put(item("a", "1")),
            ],
            &[&[0, 2], &[1]],
        );
        check(vec![over("1"), Write::Put(item("b", "1")), over("1")], &[&[0, 2], &[1]]);
        check(vec![Write::Put(item("a", "1")), over("1")], &[&[0, 1]]);
    }

    #[test]
    fn a_requirement_joins_what_is_done_to_its_item() {
        let version = |version| Write::RequireVersion(key("a"), version);
        check(vec![Write::Require(key("a")), Write::Put(item("a", "1"))], &[&[0, 1]]);
        check(
            vec![version(1), Write::Require(key("a")), Write::Delete(key("a"))],
            &[&[0, 1, 2]],
        );
        let joined = actions(vec![Write::Require(key("a")), version(3), Write::Put(item("a", "1"))]).unwrap();
        assert_eq!(joined[0].condition, Some(Condition::Version(3)), "the stronger of two");
        assert_eq!(joined[0].effect, Effect::Put(item("a", "1")));
    }

    #[test]
    fn writes_that_contradict_each_other_are_a_mistake_that_names_their_places_only() {
        for writes in [
            vec![Write::Put(item("a", "1")), Write::Delete(key("a"))],
            vec![Write::Put(item("a", "1")), Write::Put(item("a", "2"))],
            vec![Write::RequireVersion(key("a"), 1), Write::RequireVersion(key("a"), 2)],
            vec![Write::Require(key("a")), Write::PutNew(item("a", "1"))],
        ] {
            let error = actions(writes).unwrap_err().log_text();
            assert!(error.contains("the writes at [0, 1] are of one key"), "{error}");
        }
        let many = (0..=MOST_WRITES).map(|n| Write::Delete(key(&n.to_string()))).collect();
        let error = actions(many).unwrap_err().log_text();
        assert!(error.contains("101 writes"), "{error}");
    }

    /// Each write of a record, by itself.
    fn writes_of_record() -> Vec<Write> {
        let item = |version: u64| {
            let mut item = key_item(&record());
            item.insert("version".to_owned(), number(version));
            item
        };
        let (key, version, until, now) = (record(), 1, 1, 1);
        let owner = "C00000000001".to_owned();
        let receipt = MergeId::parse("MC00000000001000000FF").unwrap();
        vec![
            Write::Put(item(2)),
            Write::PutNew(item(2)),
            Write::PutOver { item: item(2), version },
            Write::PutOverPending(item(2)),
            Write::PutOverPendingUntil { item: item(2), until },
            Write::PutOverExpired { item: item(2), now },
            Write::PutOwned { item: item(2), owner },
            Write::PutOverMerged { item: item(2), receipt },
            Write::Delete(record()),
            Write::DeleteOver {
                key: key.clone(),
                version,
            },
            Write::DeletePendingUntil { key, until },
        ]
    }

    fn record() -> Key {
        TenantKeys::new("acme").customer(CustomerId::parse("C00000000001").unwrap())
    }

    fn telling(customer: &str) -> Write {
        let notice = Notice {
            customer: CustomerId::parse(customer),
            ..Notice::new(NoticeKind::CustomerUpdated, "updateCustomer", &Actor::default())
        };
        Write::Tell(Box::new(Telling::new(TenantKeys::new("acme"), notice)))
    }

    #[test]
    fn no_record_is_written_without_others_being_told() {
        for write in writes_of_record() {
            let error = actions(vec![write.clone()]).unwrap_err().log_text();
            assert!(error.contains("nothing is told"), "{write:?}: {error}");
            let another = actions(vec![write.clone(), telling("C00000000002")]).unwrap_err();
            assert!(another.log_text().contains("the writes at [0]"), "{write:?}");
            let told = actions(vec![write.clone(), telling("C00000000001")]).unwrap();
            assert_eq!(told.len(), 2, "{write:?}");
            assert!(told[1].key.pk.starts_with("acme#changes#2026-11-22#"), "{write:?}");
            check(vec![write, Write::Untold(record())], &[&[0]]);
        }
        for other in [
            Write::RequireRecord(record()),
            Write::RequireVersion(record(), 1),
            Write::Put(item("audit", "1")),
        ] {
            check(vec![other], &[&[0]]);
        }
    }

    #[test]
    fn the_time_in_which_a_transaction_is_sent_ends() {
        assert!(!InTime(clock::now().plus_seconds(SENT_WITHIN)).is_over());
        assert!(InTime(clock::now().plus_seconds(-1)).is_over());
    }

    #[test]
    fn what_was_refused_has_the_callers_places() {
        let found = Some(item("a", "1"));
        let refused = by_place(vec![Refused { place: 1, found }], &[vec![0, 3], vec![1, 2]]);
        let places: Vec<usize> = refused.iter().map(|refused| refused.place).collect();
        assert_eq!(places, [1, 2]);
        assert!(refused.iter().all(|refused| refused.found == Some(item("a", "1"))));
    }

    fn any_write() -> impl Strategy<Value = Write> {
        let name = prop::sample::select(vec!["a", "b", "c"]);
        (name, 0..6_u8).prop_map(|(name, kind)| match kind {
            0 => Write::Put(item(name, "1")),
            1 => Write::PutNew(item(name, "1")),
            2 => Write::Delete(key(name)),
            3 => Write::Require(key(name)),
            4 => Write::RequireVersion(key(name), 1),
            _ => Write::PutOver {
                item: item(name, "1"),
                version: 1,
            },
        })
    }

    proptest! {
        /// Whatever lists it was made of: each key stands once, and each write has its place.
        #[test]
        fn a_transaction_never_names_a_key_twice(writes in prop::collection::vec(any_write(), 0..8)) {
            let count = writes.len();
            if let Ok(actions) = actions(writes) {
                let mut keys: Vec<&Key> = actions.iter().map(|action| &action.key).collect();
                keys.sort_unstable_by_key(|key| &key.sk);
                keys.dedup();
                prop_assert_eq!(keys.len(), actions.len());
                let mut places: Vec<usize> = actions.iter().flat_map(|action| action.places.clone()).collect();
                places.sort_unstable();
                prop_assert_eq!(places, (0..count).collect::<Vec<_>>());
            }
        }
    }
}
