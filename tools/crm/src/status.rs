//! `crm status`: shows the account, table and tenant in use, and what is unfinished there.

use std::collections::BTreeSet;

use clap::Args;
use crm_domain::{Span, Timestamp};
use crm_store::{Problem, Store, Undelivereds, clock};
use serde_json::{Value, json};

use crate::{
    Exit,
    connection::{Connection, failed, wait},
    keys,
    output::{Output, plural},
};

/// The largest number of erasures that are read.
const MOST_ERASURES: usize = 100;
/// The ages of the customers that are sampled, in days, and the number of customers of each age in each part of the index of creation
/// times.
const AGES: [i64; 4] = [0, 1, 30, 365];
const OF_EACH_AGE: i32 = 5;
/// The advice if an update of the program or of the data model requires stored customers to be adapted.
const TO_ADAPT: [Problem; 3] = [Problem::OldForms, Problem::MissingTerms, Problem::SurplusTerms];

/// The command's arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let connection = &arguments.connection;
    wait(async {
        let (database, store) = connection.open().await?;
        let place = connection.place(&database).await?;
        let name = store.tenant_get().await.map_err(failed)?.map(|tenant| tenant.name);
        output.line(&format!("{:<12} {place}", "works"));
        output.line(&format!(
            "{:<12} {}",
            "name",
            name.as_deref()
                .filter(|name| !name.is_empty())
                .unwrap_or("none: `crm tenant set --name` sets one")
        ));
        let left = left(&store).await?;
        for (what, advice) in &left {
            output.line(&format!("{:<12} {what}: {advice}", "unfinished"));
        }
        if left.is_empty() {
            output.line(&format!("{:<12} nothing", "unfinished"));
        }
        let listed = store.key_list().await.map_err(failed)?;
        if listed.is_empty() {
            output.line(&format!("{:<12} none: `crm keys create` creates one", "keys"));
        }
        for key in &listed {
            output.line(&format!("{:<12} {}", "key", keys::line(key)));
        }
        output.document(&json!({
            "place": place,
            "table": connection.table,
            "endpoint": connection.endpoint_url,
            "tenant": connection.tenant()?.as_str(),
            "name": name,
            "unfinished": left.iter().map(|(what, advice)| json!({"what": what, "advice": advice})).collect::<Vec<Value>>(),
            "keys": listed.iter().map(keys::document).collect::<Vec<Value>>(),
        }));
        Ok(Exit::Passed)
    })
}

/// The number of sampled customers that an update has to adapt, and the number of samples; `None` if none has to be. Reading all of them is
/// left to `crm index check`, since it costs as much as reading the table.
async fn to_adapt(store: &Store, now: Timestamp) -> anyhow::Result<Option<(usize, usize)>> {
    let mut ids = BTreeSet::new();
    for days in AGES {
        let span = Span {
            from: None,
            until: Some(now.plus_seconds(-days * 86_400)),
        };
        ids.extend(store.customers_created(&span, OF_EACH_AGE).await.map_err(failed)?.ids);
    }
    let settings = store.settings_get().await.map_err(failed)?;
    let looked_at = ids.len();
    let findings = store.check(&settings, false).customers(ids).await.map_err(failed)?;
    let behind = findings.iter().filter(|finding| TO_ADAPT.contains(&finding.problem));
    let behind: BTreeSet<&str> = behind.map(|finding| finding.of.as_str()).collect();
    Ok((!behind.is_empty()).then_some((behind.len(), looked_at)))
}

/// Unfinished work, and the command that completes it.
async fn left(store: &Store) -> anyhow::Result<Vec<(String, String)>> {
    let now = clock::now();
    let mut left = Vec::new();
    if let Some(backfill) = store
        .backfill_get()
        .await
        .map_err(failed)?
        .filter(|backfill| !backfill.finished)
    {
        left.push((
            format!("a backfill, which has seen {} customers", backfill.seen),
            "`crm model backfill` continues it".to_owned(),
        ));
    } else if let Some((behind, looked_at)) = to_adapt(store, now).await? {
        left.push((
            format!("{behind} of {looked_at} sampled customers have the search terms of an earlier version"),
            "`crm model backfill --all` adapts them, and `crm index check` checks all".to_owned(),
        ));
    }
    for erasure in store.erasures_abandoned(MOST_ERASURES, now).await.map_err(failed)? {
        left.push((
            format!("the erasure {}, begun at {}", erasure.number, erasure.at.iso_seconds()),
            "the next deletion completes it, or `crm customer erase` with the customer's id".to_owned(),
        ));
    }
    let runs = store.import_runs(now).await.map_err(failed)?;
    for run in runs.iter().filter(|run| run.finished.is_none() && run.undone.is_none()) {
        left.push((
            format!(
                "the import {} of {}, begun at {}",
                run.run.as_str(),
                run.file,
                run.started.iso_seconds()
            ),
            format!(
                "`crm import {} {} --resume {}` continues it",
                run.object,
                run.file,
                run.run.as_str()
            ),
        ));
    }
    left.extend(undelivered(store).await?);
    Ok(left)
}

/// What the tenant's webhook or event bus did not accept for so long that it was given up.
async fn undelivered(store: &Store) -> anyhow::Result<Vec<(String, String)>> {
    let delivery = store.delivery_get().await.map_err(failed)?;
    let parked = store.undelivered(Undelivereds::Parked).await.map_err(failed)?;
    let advice = "`crm webhook status` says why, and `crm webhook replay` sends them again";
    let stopped = delivery.and_then(|delivery| delivery.stopped);
    let stopped = stopped.map(|at| format!("all changes since their delivery was given up at {}", at.iso_seconds()));
    let refused = (!parked.is_empty()).then(|| {
        format!(
            "{} that the webhook or event bus did not accept",
            plural(parked.len() as u64, "change")
        )
    });
    Ok(stopped
        .into_iter()
        .chain(refused)
        .map(|what| (what, advice.to_owned()))
        .collect())
}
