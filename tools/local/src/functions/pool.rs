//! One function: its execution environments, and the calls that wait for one.
//!
//! Environments are in slots. A slot is a task that keeps one process running and starts the next one when it ends.
//! Slots are added when calls would otherwise wait for a busy process, and never removed. Processes poll: an
//! environment that has polled is idle and takes the call that has waited longest.
//!
//! A call is answered through its `reply`. Dropping that without an answer means "failed".

use std::{
    collections::VecDeque,
    future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, anyhow};
use hyper::body::Bytes;
use tokio::{
    sync::{Notify, oneshot},
    time::{Instant, sleep, sleep_until, timeout},
};
use uuid::Uuid;

use super::{process::Process, settings::Settings};
use crate::template::FunctionDefinition;

/// API Gateway's time-out for an integration, waiting included.
const INTEGRATION_LIMIT: Duration = Duration::from_secs(30);
/// How long a new process may take to ask for work.
const INIT_LIMIT: Duration = Duration::from_secs(20);
/// The largest number of waiting calls of one function. Further ones are refused.
const MAX_WAITING: usize = 256;
/// The pause before a process that took no call is started again. It doubles each time in a row.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How a call ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The function answered with this payload.
    Answer(Bytes),
    /// The function reported an error, died, took too long, or its answer was too large.
    Failed,
    /// No environment took the call in time.
    Unavailable,
}

/// A call on its way to a process.
pub(super) struct Invocation {
    pub(super) request_id: Uuid,
    pub(super) payload: Bytes,
    pub(super) deadline: SystemTime,
}

/// One function.
pub(super) struct Pool {
    /// Its place in the list of functions, by which the Runtime API finds it.
    index: usize,
    pub(super) definition: FunctionDefinition,
    pub(super) settings: Arc<Settings>,
    state: Mutex<State>,
}

/// Reports once whether the first process of a slot started.
type StartReport = Option<oneshot::Sender<Result<()>>>;

/// How a process ended.
enum Ending {
    /// We are shutting down.
    Stopped,
    /// It never asked for work.
    NotStarted(String),
    /// It asked for work, and then died or was killed.
    Ended(String),
}

impl Pool {
    pub(super) fn new(index: usize, definition: FunctionDefinition, settings: Arc<Settings>) -> Self {
        Self {
            index,
            definition,
            settings,
            state: Mutex::default(),
        }
    }

    /// Starts the first environment and waits for it.
    pub(super) async fn start(self: &Arc<Self>) -> Result<()> {
        let (report, started) = oneshot::channel();
        self.state().slots += 1;
        self.settings.tasks.spawn(Arc::clone(self).keep_running(Some(report)));
        started.await.context("stopped while starting")?
    }

    pub(super) async fn invoke(self: &Arc<Self>, payload: Bytes) -> Outcome {
        let (reply, outcome) = oneshot::channel();
        if !self.submit(Call { payload, reply }) {
            return Outcome::Unavailable;
        }
        match timeout(INTEGRATION_LIMIT, outcome).await {
            Ok(outcome) => outcome.unwrap_or(Outcome::Failed),
            Err(_) => Outcome::Unavailable,
        }
    }

    /// Queues a call, and adds a slot if the call would wait and another slot is allowed.
    fn submit(self: &Arc<Self>, call: Call) -> bool {
        let mut state = self.state();
        if self.settings.stop.is_cancelled() || state.waiting.len() >= MAX_WAITING {
            return false;
        }
        state.waiting.push_back(call);
        state.dispatch(self.definition.timeout);
        if state.slots < self.settings.concurrency && state.waiting.len() > state.slots_soon_free() {
            state.slots += 1;
            self.settings.tasks.spawn(Arc::clone(self).keep_running(None));
        }
        true
    }

    /// An environment polls for its next call. `None` if it is not, or no longer, one of ours.
    pub(super) fn poll(&self, environment: Uuid) -> Option<oneshot::Receiver<Invocation>> {
        let mut state = self.state();
        let environment = state.environment(environment)?;
        if let Some(ready) = environment.ready.take() {
            _ = ready.send(Ok(()));
        }
        environment.running = None;
        let (poll, invocation) = oneshot::channel();
        environment.poll = Some(poll);
        state.dispatch(self.definition.timeout);
        Some(invocation)
    }

    /// An environment answers a call. False if it is not running that call.
    pub(super) fn finish(&self, environment: Uuid, request_id: Uuid, outcome: Outcome) -> bool {
        let mut state = self.state();
        let running = state
            .environment(environment)
            .and_then(|environment| environment.running.as_mut());
        let reply = running
            .filter(|running| running.request_id == request_id)
            .and_then(|running| running.reply.take());
        // The caller may be gone. That does not concern the function.
        reply.map(|reply| _ = reply.send(outcome)).is_some()
    }

    /// An environment reports that it cannot start.
    pub(super) fn fail_start(&self, environment: Uuid, message: String) -> bool {
        let mut state = self.state();
        let ready = state
            .environment(environment)
            .and_then(|environment| environment.ready.take());
        ready.map(|ready| _ = ready.send(Err(message))).is_some()
    }

    /// Fails all calls, waiting and running.
    pub(super) fn abandon_calls(&self) {
        let mut state = self.state();
        state.waiting.clear();
        state
            .environments
            .iter_mut()
            .for_each(|environment| environment.running = None);
    }

    pub(super) fn log(&self, line: &str) {
        (self.settings.log)(&self.definition.name, line);
    }

    /// Runs one slot: one process after another.
    async fn keep_running(self: Arc<Self>, mut report: StartReport) {
        let mut useless = 0;
        loop {
            let (ending, was_called) = self.run_one(&mut report).await;
            useless = if was_called { 0 } else { useless + 1 };
            match ending {
                Ending::Stopped => return,
                Ending::Ended(message) => self.log(&message),
                Ending::NotStarted(message) => self.not_started(&mut report, &message),
            }
            tokio::select! {
                () = self.settings.stop.cancelled() => return,
                () = sleep(pause(useless)) => {}
            }
        }
    }

    /// Handles a process that did not start. The first time it fails the whole start. Later it fails the waiting
    /// calls, unless there is another environment.
    fn not_started(&self, report: &mut StartReport, message: &str) {
        if let Some(report) = report.take() {
            _ = report.send(Err(anyhow!("the function {} did not start: {message}", self.definition.name)));
            return;
        }
        self.log(&format!("did not start: {message}"));
        let mut state = self.state();
        if state.environments.is_empty() {
            state.waiting.clear();
        }
    }

    /// Runs one process to its end. Also returns whether it took any call.
    async fn run_one(&self, report: &mut StartReport) -> (Ending, bool) {
        let id = Uuid::new_v4();
        let (ready, is_ready) = oneshot::channel();
        let begun = Arc::new(Notify::new());
        self.state()
            .environments
            .push(Environment::new(id, ready, Arc::clone(&begun)));
        let mut process = match Process::start(&self.settings, &self.definition, &format!("{}/{id}", self.index)) {
            Ok(process) => process,
            Err(error) => return (Ending::NotStarted(format!("{error:#}")), self.forget(id)),
        };
        let ending = self.supervise(&mut process, id, is_ready, &begun, report).await;
        // Comes first, so that the caller of a failed call does not wait for the clean-up.
        let was_called = self.forget(id);
        let last_words = process.end().await;
        match ending {
            Ending::NotStarted(message) => (Ending::NotStarted(format!("{message}\n{last_words}")), was_called),
            ending => (ending, was_called),
        }
    }

    /// Waits until the process ends, or until there is a reason to end it.
    async fn supervise(
        &self,
        process: &mut Process,
        id: Uuid,
        is_ready: oneshot::Receiver<Result<(), String>>,
        begun: &Notify,
        report: &mut StartReport,
    ) -> Ending {
        tokio::select! {
            () = self.settings.stop.cancelled() => return Ending::Stopped,
            ready = is_ready => if let Ok(Err(message)) = ready {
                return Ending::NotStarted(message);
            },
            how = process.ended() => return Ending::NotStarted(format!("it ended ({how}) before it asked for work")),
            () = sleep(INIT_LIMIT) => return Ending::NotStarted(format!("it did not ask for work within {INIT_LIMIT:?}")),
        }
        if let Some(report) = report.take() {
            _ = report.send(Ok(()));
        }
        tokio::select! {
            () = self.settings.stop.cancelled() => Ending::Stopped,
            how = process.ended() => Ending::Ended(format!("the process ended ({how})")),
            request_id = self.overdue(id, begun) => {
                Ending::Ended(format!("{request_id} Task timed out after {:.2} seconds", self.definition.timeout.as_secs_f64()))
            }
        }
    }

    /// Returns when the environment's call has run too long.
    ///
    /// It sleeps until the deadline of a call, even if the call ends before, and then looks again. Later calls have
    /// later deadlines, so they need no wake-up of their own.
    async fn overdue(&self, id: Uuid, begun: &Notify) -> Uuid {
        loop {
            let running = self.state().environment(id).map(|environment| environment.running());
            match running {
                None => future::pending().await,
                Some(None) => begun.notified().await,
                Some(Some((request_id, deadline))) if deadline <= Instant::now() => return request_id,
                Some(Some((_, deadline))) => sleep_until(deadline).await,
            }
        }
    }

    /// Removes an environment, which fails its call. Returns whether it ever had one.
    fn forget(&self, id: Uuid) -> bool {
        let mut state = self.state();
        let position = state.environments.iter().position(|environment| environment.id == id);
        position.is_some_and(|position| state.environments.remove(position).was_called)
    }

    /// Nothing panics while it holds the lock. If it did, a local gateway should rather continue.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause before the next process; none after a process that took a call.
fn pause(useless: u32) -> Duration {
    match useless {
        0 => Duration::ZERO,
        _ => FIRST_PAUSE.saturating_mul(1 << (useless - 1).min(10)).min(LONGEST_PAUSE),
    }
}

struct Call {
    payload: Bytes,
    reply: oneshot::Sender<Outcome>,
}

#[derive(Default)]
struct State {
    /// Oldest first.
    waiting: VecDeque<Call>,
    /// Oldest first. The first idle one is used, so those that were added for a burst stay idle after it.
    environments: Vec<Environment>,
    /// The number of tasks that keep an environment running, or are about to start one.
    slots: usize,
}

impl State {
    fn environment(&mut self, id: Uuid) -> Option<&mut Environment> {
        self.environments.iter_mut().find(|environment| environment.id == id)
    }

    /// The number of slots that can take a call before another call ends: idle, starting, or about to poll.
    fn slots_soon_free(&self) -> usize {
        let busy = self.environments.iter().filter(|environment| environment.is_busy()).count();
        self.slots.saturating_sub(busy)
    }

    /// Hands waiting calls to idle environments.
    fn dispatch(&mut self, limit: Duration) {
        while let Some(idle) = self.environments.iter_mut().find(|environment| environment.poll.is_some()) {
            // Calls that waited too long have already been answered and are no longer run.
            let Some(call) = std::iter::from_fn(|| self.waiting.pop_front()).find(|call| !call.reply.is_closed()) else {
                return;
            };
            if let Err(call) = idle.begin(call, limit) {
                self.waiting.push_front(call);
            }
        }
    }
}

/// One process as the Runtime API sees it.
struct Environment {
    id: Uuid,
    /// Notified of its first poll, or that it failed before.
    ready: Option<oneshot::Sender<Result<(), String>>>,
    /// Its unanswered poll, while it is idle.
    poll: Option<oneshot::Sender<Invocation>>,
    /// Set from the start of a call until the next poll.
    running: Option<Running>,
    /// Notified of each new `running`.
    begun: Arc<Notify>,
    was_called: bool,
}

struct Running {
    request_id: Uuid,
    /// Taken when the call is answered.
    reply: Option<oneshot::Sender<Outcome>>,
    /// Valid until the next poll, so that a process that answers but never polls again is replaced, too.
    deadline: Instant,
}

impl Environment {
    fn new(id: Uuid, ready: oneshot::Sender<Result<(), String>>, begun: Arc<Notify>) -> Self {
        Self {
            id,
            ready: Some(ready),
            poll: None,
            running: None,
            begun,
            was_called: false,
        }
    }

    fn is_busy(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.reply.is_some())
    }

    fn running(&self) -> Option<(Uuid, Instant)> {
        self.running.as_ref().map(|running| (running.request_id, running.deadline))
    }

    /// Answers the poll with the call. Returns the call if the environment is no longer polling.
    fn begin(&mut self, call: Call, limit: Duration) -> Result<(), Call> {
        let Some(poll) = self.poll.take() else { return Err(call) };
        let request_id = Uuid::new_v4();
        let invocation = Invocation {
            request_id,
            payload: call.payload,
            deadline: SystemTime::now() + limit,
        };
        if let Err(Invocation { payload, .. }) = poll.send(invocation) {
            return Err(Call {
                payload,
                reply: call.reply,
            });
        }
        self.running = Some(Running {
            request_id,
            reply: Some(call.reply),
            deadline: Instant::now() + limit,
        });
        self.was_called = true;
        self.begun.notify_one();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit() {
        assert_eq!(pause(0), Duration::ZERO);
        assert_eq!(pause(1), Duration::from_millis(100));
        assert_eq!(pause(3), Duration::from_millis(400));
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }
}
