//! What all functions share.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Receives each line that a function writes: the function's name, and the line.
pub type LogSink = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// The settings that all functions share.
pub(super) struct Settings {
    pub(super) binaries: PathBuf,
    pub(super) environment: Vec<(String, String)>,
    pub(super) concurrency: usize,
    pub(super) log: LogSink,
    pub(super) runtime_api: SocketAddr,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
}
