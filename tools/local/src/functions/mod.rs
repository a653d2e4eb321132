//! The Lambda service: runs the functions' binaries as child processes and gives them one call at a time.
//!
//! As in Lambda, a process polls the Runtime API for its next call and posts the answer there ([`runtime_api`]). The
//! waiting calls and the environments of a function are in its [`pool`]; the processes themselves are in [`process`].

mod pool;
mod process;
mod runtime_api;
mod settings;

use std::{net::Ipv4Addr, path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use futures::{StreamExt as _, TryStreamExt as _, future, stream};
use hyper::body::Bytes;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use pool::Outcome;
pub(crate) use runtime_api::trace_id;
pub use settings::LogSink;

use crate::{
    http::{self, Clients},
    template::FunctionDefinition,
};
use pool::Pool;
use settings::Settings;

/// How many functions start at the same time. With more, each would wait so long for the processor that its first
/// connection to the table could take too long.
const STARTS_AT_ONCE: usize = 16;

/// The settings of the functions.
pub(crate) struct FunctionsOptions {
    pub(crate) functions: Vec<FunctionDefinition>,
    /// The directory of the binaries, each named after its function.
    pub(crate) binaries: PathBuf,
    /// Environment variables of every function. They override those that Lambda sets.
    pub(crate) environment: Vec<(String, String)>,
    /// The most processes that one function may have.
    pub(crate) concurrency: usize,
    pub(crate) log: LogSink,
}

/// All functions, running.
pub(crate) struct Functions {
    pools: Arc<[Arc<Pool>]>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Functions {
    /// Starts one process of each function, and waits until all of them have polled, so that no caller waits for a
    /// start.
    pub(crate) async fn start(options: FunctionsOptions) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("the Runtime API cannot listen")?;
        let address = listener.local_addr()?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let settings = Arc::new(Settings {
            binaries: options.binaries,
            environment: options.environment,
            concurrency: options.concurrency.max(1),
            log: options.log,
            runtime_api: address,
            stop: stop.clone(),
            tasks: tasks.clone(),
        });
        let pools = options.functions.into_iter().enumerate();
        let pools: Arc<[_]> = pools
            .map(|(index, function)| Arc::new(Pool::new(index, function, Arc::clone(&settings))))
            .collect();

        let served = Arc::clone(&pools);
        tasks.spawn(http::serve(listener, Clients::Functions, stop.clone(), move |_, request| {
            runtime_api::answer(Arc::clone(&served), request)
        }));
        let functions = Self { pools, tasks, stop };
        let starts = stream::iter(&*functions.pools).map(Pool::start);
        match starts
            .buffer_unordered(STARTS_AT_ONCE)
            .try_for_each(|()| future::ready(Ok(())))
            .await
        {
            Ok(()) => Ok(functions),
            Err(error) => {
                functions.shutdown().await;
                Err(error)
            }
        }
    }

    /// Calls the function at this place of the list that was given to [`Functions::start`].
    pub(crate) async fn invoke(&self, function: usize, payload: Bytes) -> Outcome {
        match self.pools.get(function) {
            Some(pool) => pool.invoke(payload).await,
            None => Outcome::Unavailable,
        }
    }

    /// Calls the function of this name.
    pub(crate) async fn invoke_named(&self, function: &str, payload: Bytes) -> Outcome {
        match self.pools.iter().find(|pool| pool.definition.name == function) {
            Some(pool) => pool.invoke(payload).await,
            None => Outcome::Unavailable,
        }
    }

    /// Ends every process and waits until they are gone. Calls that are still running fail.
    pub(crate) async fn shutdown(&self) {
        self.stop.cancel();
        self.pools.iter().for_each(|pool| pool.abandon_calls());
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Without [`Functions::shutdown`] the processes end as well, but later.
impl Drop for Functions {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
