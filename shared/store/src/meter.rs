//! Measures the write capacity that a program uses, for programs that must leave some to others.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{BeforeSerializationInterceptorContextMut, FinalizerInterceptorContextRef},
    },
    error::{BoxError, ProvideErrorMetadata as _},
    operation::{
        batch_get_item::BatchGetItemError,
        batch_write_item::{BatchWriteItemError, BatchWriteItemInput, BatchWriteItemOutput},
        get_item::GetItemError,
        query::QueryError,
        transact_write_items::{TransactWriteItemsError, TransactWriteItemsInput, TransactWriteItemsOutput},
    },
    types::{ConsumedCapacity, ReturnConsumedCapacity},
};

use crate::Database;

/// Counts the capacity used by the calls of a [`Database::metered`].
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Reading>>);

/// The usage so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reading {
    /// Write capacity units, of the table and its indexes.
    pub units: f64,
    /// Calls that the table refused, at least in part, because it had no capacity left.
    pub refusals: u64,
}

impl Database {
    /// The same table, whose calls this meter counts.
    #[must_use]
    pub fn metered(&self, meter: &Meter) -> Self {
        let configuration = self.client.config().to_builder().interceptor(meter.clone()).build();
        Self::new(Client::from_conf(configuration), self.table.clone())
    }
}

impl Meter {
    /// The usage so far.
    pub fn read(&self) -> Reading {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, used: &[ConsumedCapacity], is_refused: bool) {
        let units: f64 = used.iter().filter_map(ConsumedCapacity::capacity_units).sum();
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.units += units;
        reading.refusals += u64::from(is_refused);
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _configuration: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input_mut();
        if let Some(input) = input.downcast_mut::<TransactWriteItemsInput>() {
            input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
        } else if let Some(input) = input.downcast_mut::<BatchWriteItemInput>() {
            input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _configuration: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match context.output_or_error() {
            Some(Ok(output)) => {
                if let Some(output) = output.downcast_ref::<TransactWriteItemsOutput>() {
                    self.add(output.consumed_capacity(), false);
                } else if let Some(output) = output.downcast_ref::<BatchWriteItemOutput>() {
                    let left = output.unprocessed_items().is_some_and(|left| !left.is_empty());
                    self.add(output.consumed_capacity(), left);
                }
            }
            Some(Err(error)) => {
                let Some(error) = error.as_operation_error() else {
                    return Ok(());
                };
                let is_refused = if let Some(error) = error.downcast_ref::<TransactWriteItemsError>() {
                    is_throttled(error.code()) || is_cancelled_for_capacity(error)
                } else {
                    let write = error.downcast_ref::<BatchWriteItemError>().map(|error| error.code());
                    let get = error.downcast_ref::<GetItemError>().map(|error| error.code());
                    let get_many = error.downcast_ref::<BatchGetItemError>().map(|error| error.code());
                    let query = error.downcast_ref::<QueryError>().map(|error| error.code());
                    is_throttled(write.or(get).or(get_many).or(query).flatten())
                };
                self.add(&[], is_refused);
            }
            None => {}
        }
        Ok(())
    }
}

fn is_throttled(code: Option<&str>) -> bool {
    matches!(
        code,
        Some("ThrottlingException" | "ProvisionedThroughputExceededException" | "RequestLimitExceeded")
    )
}

fn is_cancelled_for_capacity(error: &TransactWriteItemsError) -> bool {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        return false;
    };
    let codes = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
    codes
        .into_iter()
        .any(|code| matches!(code, "ThrottlingError" | "ProvisionedThroughputExceeded"))
}
