//! Transactions: either all of their writes happen, or none.
//!
//! This code guarantees two things, whatever lists the writes of a transaction come from:
//!
//! - No transaction names a key twice. DynamoDB always refuses such a transaction.
//! - Every customer and every case that it writes has a notice for the feed of changes ([`Write::Tell`]), or states that
//!   there is nothing to notice ([`Write::Untold`]). So no operation can forget the feed.

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
/// How often a transaction is retried if it conflicts with another one.
const TRIES: u32 = 12;

/// One write of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Write {
    /// Put the item, whether or not there is one.
    Put(Item),
    /// Put the item if there is none.
    PutNew(Item),
    /// Put the item over the previous version.
    PutOver {
        /// The new item.
        item: Item,
        /// The version that it must have.
        version: u64,
    },
    /// Put the item over one that is marked as pending.
    PutOverPending(Item),
    /// Put the item over one that is marked as pending until a time.
    PutOverPendingUntil {
        /// The new item.
        item: Item,
        /// The mark that it must have.
        until: i64,
    },
    /// Put the item if there is none, or only an expired one: time to live deletes late.
    PutOverExpired {
        /// The new item.
        item: Item,
        /// The current time, in seconds.
        now: i64,
    },
    /// Put the item if there is none, or one of the same record.
    PutOwned {
        /// The new item.
        item: Item,
        /// The record's id.
        owner: String,
    },
    /// Put the item over a record that was merged into another with this receipt.
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
        /// The key.
        key: Key,
        /// The version that it must have.
        version: u64,
    },
    /// Delete the record that is marked as pending until a time.
    DeletePendingUntil {
        /// The key.
        key: Key,
        /// The mark that it must have.
        until: i64,
    },
    /// Require that this item exists.
    Require(Key),
    /// Require that this customer's record exists. The forward of a merged record does not count.
    RequireRecord(Key),
    /// Require that this item does not exist.
    RequireAbsent(Key),
    /// Require that this record has this version.
    RequireVersion(Key, u64),
    /// Tell others of a change of a record, in the feed.
    Tell(Box<Telling>),
    /// Write nothing: what this transaction does to this record can be seen by nobody, so that there is nothing to tell.
    Untold(Key),
}

/// The effect of a transaction on one item.
#[derive(Debug, Clone, PartialEq)]
enum Effect {
    Nothing,
    Put(Item),
    Delete,
}

/// The condition on the existing item.
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

/// Everything that a transaction does with one key.
#[derive(Debug)]
struct Action {
    key: Key,
    effect: Effect,
    condition: Option<Condition>,
    /// The positions of its writes in the caller's list.
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

/// Combines the writes into one action per key. Equal writes of one key become one, and a requirement is added to the
/// other action on its item. Notices get this time.
///
/// # Errors
/// If writes of one key contradict each other, if there are more than one transaction holds, or if a record is written
/// without a notice. All are mistakes of this program. The text contains positions but no keys, since keys can contain
/// values.
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
        let what = format!("{} writes, but a transaction holds at most {MOST_WRITES}", actions.len());
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
        // The builders of the three kinds of actions have the same methods but no common trait.
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

/// Whether both effects are compatible. If so, the first becomes the combination.
fn joined_effect(one: &mut Effect, other: Effect) -> bool {
    if *one == Effect::Nothing {
        *one = other;
        return true;
    }
    other == Effect::Nothing || *one == other
}

/// Whether both conditions are compatible, as far as this program needs it. If so, the first becomes the combination.
fn joined_condition(one: &mut Option<Condition>, other: Option<Condition>) -> bool {
    let (Some(first), Some(second)) = (one.as_ref(), other.as_ref()) else {
        *one = one.take().or(other);
        return true;
    };
    if first == second || (*second == Condition::Present && first.implies_presence()) {
        return true;
    }
    // Only records have versions.
    if *first == Condition::Record && matches!(second, Condition::Version(_)) {
        *one = other;
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

/// A condition as a DynamoDB expression.
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
            // Every record has a version, and a forward has none.
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

/// Why a transaction was not made.
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
    /// The error if no condition was expected to fail.
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
    /// Its position in the caller's list.
    pub(super) place: usize,
    /// The existing item, if the write asks for it.
    pub(super) found: Option<Item>,
}

impl Database {
    /// Runs a transaction, and retries it if it conflicts with another one.
    ///
    /// All attempts have one client request token. So if the answer to an attempt is lost or late, DynamoDB
    /// recognises the next attempt as the same transaction, and its own success never appears as a failed condition.
    ///
    /// A transaction with a notice is sent within a bounded time, or fails with [`Error::Timeout`], because readers of the
    /// feed wait no longer.
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

/// Lets no attempt of a call begin after this time, even if the process was suspended meanwhile. The clock is the one
/// that gives notices their time.
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

/// The refusals by the positions of the caller's writes.
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

/// A failed condition is a final answer. Conflicts with other transactions and throttled partitions are temporary, so
/// it takes precedence.
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

    /// The positions of the writes that each action consists of.
    #[track_caller]
    fn check(writes: Vec<Write>, wanted: &[&[usize]]) {
        let actions = actions(writes).unwrap_or_else(|error| panic!("{}", error.log_text()));
        let places: Vec<&[usize]> = actions.iter().map(|action| action.places.as_slice()).collect();
        assert_eq!(places, wanted);
    }

    #[test]
    fn equal_writes_of_one_key_become_one() {
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
    fn a_requirement_is_added_to_the_action_on_its_item() {
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
    fn contradicting_writes_are_reported_by_position_without_keys() {
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
    fn refusals_have_the_callers_positions() {
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
        /// Whatever the lists of writes were, each key occurs once, and each write has its position.
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
