//! Adapting the stored customers to a changed data model, page by page.

use std::time::Duration;

use anyhow::bail;
use crm_domain::{CustomerId, Timestamp};
use crm_store::{Backfill, Store, clock};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::{
    connection::failed,
    output::{Output, Progress},
};

/// How many customers are adapted in parallel.
const AT_ONCE: usize = 8;

/// Stores a backfill of all customers. If one waits for functions to use the new model, the wait stays.
pub async fn begin_again(store: &Store) -> anyhow::Result<()> {
    let before = store.backfill_get().await.map_err(failed)?;
    let now = clock::now();
    let unfinished = before.as_ref().filter(|backfill| !backfill.finished);
    let begins = unfinished.map_or(now, |unfinished| unfinished.begins.max(now));
    let begun = store.backfill_begin(before.as_ref(), &Backfill::new(now, begins)).await;
    if !begun.map_err(failed)? {
        bail!("another backfill is running, or the model has just changed: try again when it is done");
    }
    Ok(())
}

/// Runs the stored backfill; `None` if nothing is left.
pub async fn run(store: &Store, wait: bool, output: &mut Output) -> anyhow::Result<Option<Backfill>> {
    let left = store.backfill_get().await.map_err(failed)?;
    let Some(mut backfill) = left.filter(|backfill| !backfill.finished) else {
        return Ok(None);
    };
    if wait {
        wait_until(backfill.begins, output).await;
    }
    let mut progress = Progress::new(output, "customers", None);
    while !backfill.finished {
        let before = backfill.seen;
        page(store, &mut backfill).await?;
        if !store.backfill_save(&mut backfill).await.map_err(failed)? {
            bail!("another backfill is running, or the model has changed again: `crm model backfill` completes the rest");
        }
        progress.advance(backfill.seen - before);
    }
    drop(progress);
    let Backfill { seen, written, .. } = &backfill;
    output.line(&format!("backfill: {seen} customers seen, {written} of them adapted"));
    Ok(Some(backfill))
}

async fn wait_until(begins: Timestamp, output: &mut Output) {
    let left = begins.milliseconds() - clock::now().milliseconds();
    let Some(left) = u64::try_from(left).ok().filter(|left| *left > 0) else {
        return;
    };
    output.line(&format!(
        "the backfill begins in {} s, when no function uses the old model any longer; \
         if you interrupt it, `crm model backfill` continues",
        left.div_ceil(1000)
    ));
    tokio::time::sleep(Duration::from_millis(left)).await;
}

/// Adapts the next page to the present model.
async fn page(store: &Store, backfill: &mut Backfill) -> anyhow::Result<()> {
    let customers = store.customers_page(backfill.after).await.map_err(failed)?;
    let Some(last) = customers.last().map(|customer| customer.id) else {
        backfill.finished = true;
        return Ok(());
    };
    let settings = store.settings_get().await.map_err(failed)?;
    let settle = |id: CustomerId| store.customer_settle(id, &settings);
    let written: u64 = futures::stream::iter(customers.iter().map(|customer| customer.id))
        .map(settle)
        .buffer_unordered(AT_ONCE)
        .try_fold(0, |written, settled| async move { Ok(written + u64::from(settled)) })
        .await
        .map_err(failed)?;
    backfill.after = Some(last);
    backfill.seen += customers.len() as u64;
    backfill.written += written;
    Ok(())
}

/// The progress for `--json`.
pub fn document(backfill: &Backfill) -> Value {
    json!({"seen": backfill.seen, "written": backfill.written, "finished": backfill.finished})
}
