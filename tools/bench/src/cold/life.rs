//! One life of a function: its process is started and initialised, answers a first call and further calls, and
//! ends.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hyper::body::Bytes;
use serde::Deserialize;

use super::{
    endpoint::Endpoint,
    process::{Process, Program},
    runtime_api::{Answer, Poll, RuntimeApi},
};

/// The figures of one life.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// From the start of the process until it asks for the first call.
    pub init: Took,
    /// The first call.
    pub first: Took,
    /// A later call: the median of the time, the mean of the processor time.
    pub warm: Took,
    /// Connections to the database: opened before the first call, and during it.
    pub connections: [u32; 2],
    /// The most memory, in bytes.
    pub memory: u64,
    /// The status of the first answer.
    pub status: u16,
}

/// The duration of something.
#[derive(Debug, Clone, Copy, Default)]
pub struct Took {
    /// By the clock.
    pub time: Duration,
    /// Of the processor, by the clock of the process.
    pub processor: Duration,
}

/// What a function answers API Gateway.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    status_code: u16,
}

/// Starts the program and asks it the first event, then the others.
pub async fn live(
    program: &Program,
    environment: &[(String, String)],
    endpoint: &Endpoint,
    first: Bytes,
    others: Vec<Bytes>,
) -> Result<Life> {
    let mut api = RuntimeApi::start().await?;
    let lambda = ("AWS_LAMBDA_RUNTIME_API".to_owned(), api.address().to_string());
    let environment = [environment, &[lambda]].concat();
    endpoint.take_opened();
    let process = Process::start(program, &environment)?;
    let poll = api.polled().await?;
    let init = Took {
        time: poll.at - process.began,
        processor: process.processor_time()?,
    };
    let opened_before = endpoint.take_opened();
    let (first, answer, mut poll) = call(&mut api, &process, poll, first).await?;
    let connections = [opened_before, endpoint.take_opened()];
    let status = status(&answer)?;

    let before = process.processor_time()?;
    let mut times = Vec::with_capacity(others.len());
    let calls = u32::try_from(others.len())?;
    for event in others {
        let (took, _, next) = call(&mut api, &process, poll, event).await?;
        times.push(took.time);
        poll = next;
    }
    times.sort_unstable();
    let warm = Took {
        time: times.get(times.len() / 2).copied().unwrap_or_default(),
        processor: process.processor_time_since(before)?.checked_div(calls).unwrap_or_default(),
    };
    let memory = process.peak_memory()?;
    process.end().await?;
    Ok(Life {
        init,
        first,
        warm,
        connections,
        memory,
        status,
    })
}

/// One call: what it took, its answer, and the function's wish for another.
async fn call(api: &mut RuntimeApi, process: &Process, poll: Poll, event: Bytes) -> Result<(Took, Answer, Poll)> {
    let before = process.processor_time()?;
    let began = Instant::now();
    poll.send(event);
    let answer = api.answered().await?;
    let next = api.polled().await?;
    let took = Took {
        time: answer.at - began,
        processor: process.processor_time_since(before)?,
    };
    Ok((took, answer, next))
}

fn status(answer: &Answer) -> Result<u16> {
    let text = String::from_utf8_lossy(&answer.body);
    let Status { status_code } = serde_json::from_slice(&answer.body).with_context(|| format!("it answered {text}"))?;
    ensure!(status_code < 500 && status_code != 401, "it answered {text}");
    Ok(status_code)
}
