//! Functions that no request calls. AWS calls them by a schedule, and with records of the table's stream. They have no routes, and their
//! use of the table is listed here.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    time::{Duration, SystemTime},
};

use crm_domain::{TenantId, error::Error};
use crm_store::{Database, NoticePlace, notice_of_key};
use futures::{FutureExt as _, future::LocalBoxFuture};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::Value;
use tracing::error;

use crate::{
    routes,
    runtime::{StartError, TO_OPEN, start_logging, table_name, write_line},
    table_use::{SEND_CHANGES, TableUse},
};

/// A function that no request calls.
#[derive(Debug, PartialEq, Eq)]
pub struct Task {
    /// The name of the binary and of the Lambda function.
    pub function: &'static str,
    /// How the function uses the table.
    pub table_uses: &'static [TableUse],
}

/// Sends changes to the tenants' webhooks and event buses.
pub static DELIVER_CHANGES: Task = Task {
    function: "webhook-deliver-changes",
    table_uses: SEND_CHANGES,
};

/// All tasks.
pub static ALL: &[&Task] = &[&DELIVER_CHANGES];

/// All uses of the table by the function of this name: its route's or its task's.
pub fn table_uses_of(function: &str) -> Option<BTreeSet<TableUse>> {
    let of_task = || ALL.iter().find(|task| task.function == function);
    routes::of_function(function)
        .map(routes::Route::all_table_uses)
        .or_else(|| of_task().map(|task| task.table_uses.iter().copied().collect()))
}

/// Why a task was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    /// The time has come to look after everything.
    Schedule,
    /// There are changes of these tenants, at last at these places.
    Changes(BTreeMap<TenantId, NoticePlace>),
}

impl Wake {
    /// Reads an event: records of the table's stream, or anything else.
    pub fn read(event: &Value) -> Self {
        let Some(records) = event["Records"].as_array() else {
            return Self::Schedule;
        };
        let mut last = BTreeMap::new();
        for record in records {
            let keys = &record["dynamodb"]["Keys"];
            let key = |name: &str| keys[name]["S"].as_str();
            if let Some((tenant, place)) = key("pk").zip(key("sk")).and_then(|(pk, sk)| notice_of_key(pk, sk)) {
                let known = last.entry(tenant).or_insert(place);
                *known = place.max(*known);
            }
        }
        Self::Changes(last)
    }
}

/// A call of a task.
#[derive(Debug, Clone)]
pub struct Call {
    /// The table.
    pub database: Database,
    /// Why it was called.
    pub wake: Wake,
    /// How much time Lambda gives it.
    pub time: Duration,
}

/// What a task did: lines for the log.
pub type Done = Result<Vec<Value>, Error>;

/// A task with its work: all that a binary has to name.
#[derive(Debug)]
pub struct Worker {
    /// The row of [`ALL`].
    pub task: &'static Task,
    /// The work.
    pub work: fn(Call) -> LocalBoxFuture<'static, Done>,
}

impl Worker {
    /// Runs the function until Lambda ends it.
    ///
    /// # Errors
    /// The function cannot start. The text tells an operator what to set.
    pub fn serve(&'static self) -> Result<(), StartError> {
        start_logging();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let (database, opened) = Database::connect(table_name()?, TO_OPEN).await;
            if let Err(error) = opened {
                error!(
                    function = self.task.function,
                    cause = error.log_text(),
                    "the table cannot be read"
                );
            }
            let service = service_fn(|event| self.answer(database.clone(), event).boxed_local());
            Runtime::new(service).run().await
        })
    }

    /// A failure is Lambda's to repeat.
    async fn answer(&self, database: Database, event: LambdaEvent<Value>) -> Result<(), StartError> {
        let LambdaEvent { payload, context } = event;
        let call = Call {
            database,
            wake: Wake::read(&payload),
            time: context.deadline().duration_since(SystemTime::now()).unwrap_or_default(),
        };
        let done = AssertUnwindSafe((self.work)(call)).catch_unwind().await;
        match done {
            Ok(Ok(lines)) => {
                lines.iter().for_each(write_line);
                Ok(())
            }
            Ok(Err(error)) => {
                error!(function = self.task.function, cause = error.log_text(), "failed");
                Err(error.log_text().into())
            }
            Err(_) => Err("panicked; the line before says where".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_of_the_stream_name_tenants_and_their_last_places() {
        let record = |pk: &str, sk: &str| json!({"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": sk}}}});
        let (first, last) = ("01795305600000-0000000000000004", "01795305600001-0000000000000008");
        let event = json!({"Records": [
            record("acme#changes#2026-11-22#0", last),
            record("acme#changes#2026-11-22#0", first),
            record("other#changes#2026-11-22#0", first),
            record("acme#keys", "01ab"),
        ]});
        let place = |text| NoticePlace::parse(text).unwrap();
        let tenant = |name| TenantId::parse(name).unwrap();
        let wanted = BTreeMap::from([(tenant("acme"), place(last)), (tenant("other"), place(first))]);
        assert_eq!(Wake::read(&event), Wake::Changes(wanted));
        for event in [json!({"detail-type": "Scheduled Event"}), Value::Null, json!({})] {
            assert_eq!(Wake::read(&event), Wake::Schedule);
        }
    }

    #[test]
    fn no_task_has_the_name_of_a_route() {
        for task in ALL {
            assert_eq!(routes::of_function(task.function), None);
            assert_eq!(table_uses_of(task.function), Some(task.table_uses.iter().copied().collect()));
        }
        assert_eq!(table_uses_of("nobody"), None);
    }
}
