//! Compares this machine's clock with the database's. The feed of changes is in order of time, and its readers wait ten seconds for what
//! others write (decision 0045), so a writer whose clock is wrong by more could be missed.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextRef},
    error::BoxError,
    primitives::{DateTime, DateTimeFormat},
};
use crm_domain::error::Error;

use crate::{Database, clock, error::failed, items, keys};

/// The date of an answer, in seconds since 1970.
#[derive(Debug, Clone, Default)]
struct AnswerDate(Arc<Mutex<Option<i64>>>);

impl Intercept for AnswerDate {
    fn name(&self) -> &'static str {
        "AnswerDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, DateTimeFormat::HttpDate).ok());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date.map(|date| date.secs());
        Ok(())
    }
}

impl Database {
    /// How many seconds this machine's clock is ahead of the database's; `None` if the database does not tell the time. One read.
    pub async fn clock_ahead(&self) -> Result<Option<i64>, Error> {
        let date = AnswerDate::default();
        let call = self.client.get_item().table_name(&self.table);
        let call = call.set_key(Some(items::key_item(&keys::nothing())));
        let answer = call.customize().interceptor(date.clone()).send().await;
        let now = clock::now().seconds();
        answer.map_err(failed("ask the database for the time"))?;
        let told = *date.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(told.map(|told| now - told))
    }
}
