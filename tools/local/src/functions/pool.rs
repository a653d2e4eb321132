//! One function: its execution environments, and the calls that wait for one.
//!
//! Environments live in slots. A slot is a task that keeps one process running and starts the next one when it ends; slots are
//! only ever added, when calls would otherwise wait for a busy process. Processes pull: an environment that has polled is idle,
//! and takes the call that has waited longest.
//!
//! A call is answered through its `reply`. To drop that unanswered, wherever it is, is to answer "failed".

use std::{
    collections::VecDeque,
    future,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, anyhow};
use hyper::body::Bytes;
use tokio::{
    sync::{Notify, oneshot},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use super::{LogSink, process::Process};
use crate::template::FunctionDefinition;

/// API Gateway gives an integration 30 seconds, waiting included.
const INTEGRATION_LIMIT: Duration = Duration::from_secs(30);
/// How long a new process may take to ask for work.
const INIT_LIMIT: Duration = Duration::from_secs(20);
/// Calls of one function that may wait; further ones are refused.
const MAX_WAITING: usize = 256;
/// The pause before a process is started again that was of no use, doubled each time in a row.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How a call ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// With this payload.
    Answer(Bytes),
    /// The function reported an error, died, took too long or answered too much.
    Failed,
    /// No environment got to it in time.
    Unavailable,
}

/// A call on its way to a process.
pub(super) struct Invocation {
    pub(super) request_id: Uuid,
    pub(super) payload: Bytes,
    pub(super) deadline: SystemTime,
}

/// What all functions have in common.
pub(super) struct Settings {
    pub(super) binaries: PathBuf,
    pub(super) environment: Vec<(String, String)>,
    pub(super) concurrency: usize,
    pub(super) log: LogSink,
    pub(super) runtime_api: SocketAddr,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
}

/// One function.
pub(super) struct Pool {
    /// Its place among all functions, by which the Runtime API finds it.
    index: usize,
    pub(super) definition: FunctionDefinition,
    pub(super) settings: Arc<Settings>,
    state: Mutex<State>,
}

/// Told once whether the first process of a slot came up.
type StartReport = Option<oneshot::Sender<Result<()>>>;

/// How the life of a process ended.
enum Ending {
    /// We are shutting down.
    Stopped,
    /// It never asked for work.
    NotStarted(String),
    /// It did, and then died or was killed.
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

    /// Queues a call, and adds a slot if it would wait although there may be more.
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

    /// An environment asks for its next call. `None` if it is not one of ours (any more).
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

    /// An environment answers a call. False if it is not running that one.
    pub(super) fn finish(&self, environment: Uuid, request_id: Uuid, outcome: Outcome) -> bool {
        let mut state = self.state();
        let running = state
            .environment(environment)
            .and_then(|environment| environment.running.as_mut());
        let reply = running
            .filter(|running| running.request_id == request_id)
            .and_then(|running| running.reply.take());
        // Whoever asked may be gone: that is no concern of the function's.
        reply.map(|reply| _ = reply.send(outcome)).is_some()
    }

    /// An environment says that it cannot start.
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

    /// One slot: a process, and when that ends the next.
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

    /// At the very start this fails the whole start. Later it fails the calls that wait, unless there is another environment.
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

    /// Runs one process to its end. Also says whether it got any call.
    async fn run_one(&self, report: &mut StartReport) -> (Ending, bool) {
        let id = Uuid::new_v4();
        let (ready, is_ready) = oneshot::channel();
        let begun = Arc::new(Notify::new());
        self.state()
            .environments
            .push(Environment::new(id, ready, Arc::clone(&begun)));
        let mut process = match Process::start(self, &format!("{}/{id}", self.index)) {
            Ok(process) => process,
            Err(error) => return (Ending::NotStarted(format!("{error:#}")), self.forget(id)),
        };
        let ending = self.supervise(&mut process, id, is_ready, &begun, report).await;
        // First, so that its caller does not wait for the burial.
        let was_called = self.forget(id);
        let last_words = process.end().await;
        match ending {
            Ending::NotStarted(message) => (Ending::NotStarted(format!("{message}\n{last_words}")), was_called),
            ending => (ending, was_called),
        }
    }

    /// Waits for the process to end, or for a reason to end it.
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

    /// Returns when the environment's call has run for too long.
    ///
    /// It sleeps until the deadline of a call even if that ends before, and looks again then: the later deadlines of later calls
    /// need no wake-up of their own.
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

    /// Removes an environment, which fails its call. Says whether it ever had one.
    fn forget(&self, id: Uuid) -> bool {
        let mut state = self.state();
        let position = state.environments.iter().position(|environment| environment.id == id);
        position.is_some_and(|position| state.environments.remove(position).was_called)
    }

    /// Nothing panics while it holds the lock; and if it did, a laptop's gateway is better off going on.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// None after a process that was of use.
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
    /// Oldest first: the first idle one is used, so those that were added for a burst stay idle after it.
    environments: Vec<Environment>,
    /// Tasks that keep an environment running, or are about to start one.
    slots: usize,
}

impl State {
    fn environment(&mut self, id: Uuid) -> Option<&mut Environment> {
        self.environments.iter_mut().find(|environment| environment.id == id)
    }

    /// Slots that can take a call without anybody waiting for another call's end: idle, starting, or just done and about to poll.
    fn slots_soon_free(&self) -> usize {
        let busy = self.environments.iter().filter(|environment| environment.is_busy()).count();
        self.slots.saturating_sub(busy)
    }

    /// Gives waiting calls to idle environments.
    fn dispatch(&mut self, limit: Duration) {
        while let Some(idle) = self.environments.iter_mut().find(|environment| environment.poll.is_some()) {
            // Calls that waited too long have been answered already, and are not run after that.
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
    /// Told of its first poll, or of its failure to come that far.
    ready: Option<oneshot::Sender<Result<(), String>>>,
    /// Its unanswered poll: it is idle.
    poll: Option<oneshot::Sender<Invocation>>,
    /// From the start of a call until the poll after it.
    running: Option<Running>,
    /// Told of each new `running`.
    begun: Arc<Notify>,
    was_called: bool,
}

struct Running {
    request_id: Uuid,
    /// Taken when the call is answered.
    reply: Option<oneshot::Sender<Outcome>>,
    /// Holds until the next poll, so that a process that answers but never polls again is replaced too.
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

    /// Answers the poll with the call, which comes back if nobody is polling any more.
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
