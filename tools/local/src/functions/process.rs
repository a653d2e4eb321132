//! The process of a function.

use std::{
    collections::VecDeque,
    ffi::OsString,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use time::{OffsetDateTime, macros::format_description};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::{Child, Command},
    task::JoinSet,
    time::timeout,
};
use uuid::Uuid;

use super::settings::{LogSink, Settings};
use crate::template::FunctionDefinition;

/// The longest line; a longer one is cut into several.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// How many of the last lines are kept for the report of a process that does not start.
const LAST_LINES: usize = 20;
const LAST_LINE_CHARS: usize = 500;
/// How long to wait for the last output of a process that has ended. A child of it may hold the pipes open.
const OUTPUT_LIMIT: Duration = Duration::from_millis(250);

/// The environment variables that functions inherit: those for finding and debugging things, and none that could lead
/// to a real AWS account. `HOME` is not among them, because the SDK would look for credentials there.
const INHERITED: [&str; 8] = [
    "LD_LIBRARY_PATH",
    "LLVM_PROFILE_FILE",
    "PATH",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
];

/// A running process. It ends when this is dropped.
pub(super) struct Process {
    child: Child,
    output: JoinSet<()>,
    last_lines: LastLines,
}

impl Process {
    /// Starts the binary of the function; `environment_path` is where it finds the Runtime API.
    pub(super) fn start(settings: &Settings, function: &FunctionDefinition, environment_path: &str) -> Result<Self> {
        let binary = settings.binaries.join(&function.name);
        let mut command = Command::new(&binary);
        command
            .env_clear()
            .envs(environment(settings, function, environment_path))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // Ctrl-C at a terminal goes to the whole process group. These processes must end when we stop them, not die
        // and be started again.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().with_context(|| format!("cannot run {}", binary.display()))?;

        let (mut output, last_lines) = (JoinSet::new(), LastLines::default());
        let lines = Lines {
            function: function.name.clone(),
            sink: Arc::clone(&settings.log),
            last: last_lines.clone(),
        };
        if let Some(stdout) = child.stdout.take() {
            output.spawn(lines.clone().pass_on(stdout));
        }
        if let Some(stderr) = child.stderr.take() {
            output.spawn(lines.pass_on(stderr));
        }
        Ok(Self {
            child,
            output,
            last_lines,
        })
    }

    /// Waits for the end of the process and says how it ended.
    pub(super) async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }

    /// Kills the process if it still runs, waits until it is gone, and returns the end of its output.
    pub(super) async fn end(mut self) -> String {
        // This fails only for a process that has ended already.
        _ = self.child.kill().await;
        _ = timeout(OUTPUT_LIMIT, async { while self.output.join_next().await.is_some() {} }).await;
        self.last_lines.text()
    }
}

/// The environment variables that Lambda sets, and those of the caller.
fn environment(settings: &Settings, function: &FunctionDefinition, environment_path: &str) -> Vec<(OsString, OsString)> {
    let lambda = [
        // The client accepts a path only after a scheme.
        (
            "AWS_LAMBDA_RUNTIME_API",
            format!("http://{}/{environment_path}", settings.runtime_api),
        ),
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        // This variable is not Lambda's. It tells a test's database which function is calling.
        ("AWS_SDK_UA_APP_ID", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_megabytes.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", function.name)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", log_stream_name()),
        ("LAMBDA_TASK_ROOT", settings.binaries.display().to_string()),
        ("_HANDLER", "bootstrap".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("TZ", ":UTC".to_owned()),
    ];
    let inherited = INHERITED
        .iter()
        .filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)));
    let lambda = lambda.into_iter().map(|(name, value)| (name.into(), value.into()));
    let given = settings.environment.iter().map(|(name, value)| (name.into(), value.into()));
    inherited.chain(lambda).chain(given).collect()
}

/// The name of a log stream, for example `2026/11/22/[$LATEST]3f0d…`.
fn log_stream_name() -> String {
    let day = OffsetDateTime::now_utc()
        .format(format_description!("[year]/[month]/[day]"))
        .unwrap_or_default();
    format!("{day}/[$LATEST]{}", Uuid::new_v4().simple())
}

/// Passes on the lines of one process.
#[derive(Clone)]
struct Lines {
    function: String,
    sink: LogSink,
    last: LastLines,
}

impl Lines {
    async fn pass_on(self, output: impl AsyncRead + Unpin) {
        let mut reader = BufReader::new(output);
        let mut line = Vec::new();
        loop {
            line.clear();
            match (&mut reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {
                    let text = String::from_utf8_lossy(&line);
                    let text = text.trim_end_matches(['\r', '\n']);
                    self.last.add(text);
                    (self.sink)(&self.function, text);
                }
            }
        }
    }
}

/// The last lines of a process, from standard output and standard error: a function logs to the one and panics to the
/// other.
#[derive(Clone, Default)]
struct LastLines(Arc<Mutex<VecDeque<String>>>);

impl LastLines {
    fn add(&self, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LAST_LINES {
            lines.pop_front();
        }
        lines.push_back(line.chars().take(LAST_LINE_CHARS).collect());
    }

    fn text(&self) -> String {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.make_contiguous().join("\n")
    }
}
