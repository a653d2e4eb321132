//! Creates the customers of a sample in a CRM and asks it all questions, over HTTP.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::Result;
use serde_json::Value;

use crate::{client::Client, directory::Answer, progress::Progress, sample::Sample};

/// How many requests run at the same time.
const AT_ONCE: usize = 6;

/// Creates the customers one by one, as Khoros would, and returns their ids.
pub fn make_customers(client: &Client, sample: &Sample) -> Result<Vec<String>> {
    let making = Progress::new("customers made", sample.customers.len());
    in_parallel(&sample.customers, &making, |fields| {
        client.create(&Value::Object(fields.clone()))
    })
}

/// The answers of best match to all questions. `ids` are those of the sample's customers. Other customers, which
/// another CRM may have, get a place after the last one of the sample.
pub fn answers(client: &Client, sample: &Sample, ids: Vec<String>) -> Result<Vec<Answer>> {
    let places: HashMap<String, usize> = ids.into_iter().zip(0..).collect();
    let asking = Progress::new("questions asked", sample.questions.len());
    in_parallel(&sample.questions, &asking, |question| {
        let matches = client.best_match(&question.identity)?;
        let place = |id: &String| places.get(id).copied().unwrap_or(sample.customers.len());
        Ok(matches.iter().map(place).collect())
    })
}

/// Works on every item, several at a time, until the first failure. The results are in the items' order.
fn in_parallel<T: Sync, R: Send>(items: &[T], progress: &Progress, work: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let worker = || -> Result<()> {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else {
                return Ok(());
            };
            // After a failure the other threads get no more work.
            let result = work(item).inspect_err(|_| next.store(items.len(), Ordering::Relaxed))?;
            done.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
            progress.advance(1);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(worker)).collect();
        let ended = workers.into_iter().map(|worker| match worker.join() {
            Ok(ended) => ended,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        ended.collect::<Result<()>>()
    })?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}
