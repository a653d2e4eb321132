//! Transactions: all of their writes happen, or none.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem},
};

use super::{
    Database, Item, back_off,
    error::failed,
    items::{self, key_item, number, text},
    keys::Key,
};
use crate::error::Error;

/// DynamoDB's limit on the writes of one transaction.
pub(super) const MOST_WRITES: usize = 100;
/// How many bytes the items of one transaction have at most; DynamoDB takes 4 MB with everything around them.
pub(super) const MOST_BYTES: usize = 3_500_000;
/// How often a transaction is tried that ran into another one.
const TRIES: u32 = 12;

/// One write of a transaction.
#[derive(Debug, Clone)]
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
    /// Delete the item.
    Delete(Key),
    /// Delete the record of this version.
    DeleteOver {
        /// Which.
        key: Key,
        /// The version that must be there.
        version: u64,
    },
    /// Write nothing, but only if this item exists.
    Require(Key),
    /// Write nothing, but only if this record has this version.
    RequireVersion(Key, u64),
}

impl Write {
    /// How many bytes it adds to its transaction, beside its key.
    fn size(&self) -> usize {
        match self {
            Self::Put(item)
            | Self::PutNew(item)
            | Self::PutOver { item, .. }
            | Self::PutOverPending(item)
            | Self::PutOverPendingUntil { item, .. }
            | Self::PutOverExpired { item, .. }
            | Self::PutOwned { item, .. } => items::size(item),
            Self::Delete(_) | Self::DeleteOver { .. } | Self::Require(_) | Self::RequireVersion(..) => 0,
        }
    }
}

/// The beginning of these writes that fits into one transaction, at most so many; at least one, if there is any.
pub(super) fn first_that_fit(writes: &[Write], most: usize) -> &[Write] {
    let mut bytes = 0;
    let fitting = writes.iter().take(most).take_while(|write| {
        bytes += write.size();
        bytes <= MOST_BYTES
    });
    &writes[..fitting.count().max(1).min(writes.len())]
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
pub(super) struct Refused {
    /// Its place in the transaction.
    pub(super) place: usize,
    /// What was there, where the write asks for it.
    pub(super) found: Option<Item>,
}

impl Database {
    /// Runs a transaction; one that ran into another is tried again.
    pub(super) async fn transact(&self, writes: Vec<Write>) -> Result<(), Refusal> {
        let mut actions = Vec::with_capacity(writes.len());
        for write in writes {
            actions.push(
                self.action(write)
                    .map_err(|source| Error::internal("build a transaction", source))?,
            );
        }
        for round in 0..TRIES {
            back_off(round).await;
            let sent = self
                .client
                .transact_write_items()
                .set_transact_items(Some(actions.clone()))
                .send()
                .await;
            match sent {
                Ok(_) => return Ok(()),
                Err(error) => match reasons(&error) {
                    Verdict::Refused(refused) => return Err(Refusal::Conditions(refused)),
                    Verdict::Again => {}
                    Verdict::Failed => return Err(Refusal::Failed(failed("write items")(error))),
                },
            }
        }
        Err(Refusal::Failed(Error::Busy("write items")))
    }

    fn action(&self, write: Write) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
        let action = TransactWriteItem::builder();
        let put = |item: Item| Put::builder().table_name(&self.table).set_item(Some(item));
        let check = |key: Key| {
            ConditionCheck::builder()
                .table_name(&self.table)
                .set_key(Some(key_item(&key)))
        };
        let action = match write {
            Write::Put(item) => action.put(put(item).build()?),
            Write::PutNew(item) => action.put(put(item).condition_expression("attribute_not_exists(pk)").build()?),
            Write::PutOver { item, version } => action.put(
                put(item)
                    .condition_expression("version = :version")
                    .expression_attribute_values(":version", number(version))
                    .build()?,
            ),
            Write::PutOverPending(item) => action.put(put(item).condition_expression("attribute_exists(pending)").build()?),
            Write::PutOverPendingUntil { item, until } => action.put(
                put(item)
                    .condition_expression("pending = :until")
                    .expression_attribute_values(":until", number(until))
                    .build()?,
            ),
            Write::PutOverExpired { item, now } => action.put(
                put(item)
                    .condition_expression("attribute_not_exists(pk) OR expires < :now")
                    .expression_attribute_values(":now", number(now))
                    .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                    .build()?,
            ),
            Write::PutOwned { item, owner } => action.put(
                put(item)
                    .condition_expression("attribute_not_exists(pk) OR id = :owner")
                    .expression_attribute_values(":owner", text(owner))
                    .build()?,
            ),
            Write::Delete(key) => action.delete(
                Delete::builder()
                    .table_name(&self.table)
                    .set_key(Some(key_item(&key)))
                    .build()?,
            ),
            Write::DeleteOver { key, version } => action.delete(
                Delete::builder()
                    .table_name(&self.table)
                    .set_key(Some(key_item(&key)))
                    .condition_expression("version = :version")
                    .expression_attribute_values(":version", number(version))
                    .build()?,
            ),
            Write::Require(key) => action.condition_check(check(key).condition_expression("attribute_exists(pk)").build()?),
            Write::RequireVersion(key, version) => action.condition_check(
                check(key)
                    .condition_expression("version = :version")
                    .expression_attribute_values(":version", number(version))
                    .build()?,
            ),
        };
        Ok(action.build())
    }
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
    use super::*;

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    #[test]
    fn a_transaction_holds_so_many_writes_and_bytes() {
        let put = |bytes: usize| Write::Put(Item::from([("a".to_owned(), text("x".repeat(bytes)))]));
        let fitting = |writes: &[Write], most| first_that_fit(writes, most).len();
        assert_eq!(fitting(&[], 2), 0);
        assert_eq!(fitting(&[put(1), put(1), put(1)], 2), 2);
        assert_eq!(fitting(&[put(MOST_BYTES - 1), put(1)], 9), 1);
        assert_eq!(fitting(&[put(MOST_BYTES), put(1)], 9), 1, "alone where it must be");
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
}
