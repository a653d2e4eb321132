//! The process of a function, with the processor time of all its threads and its peak memory.

use std::{
    ffi::OsString,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use nix::{
    time::{ClockId, clock_getcpuclockid},
    unistd::Pid,
};
use tokio::process::{Child, Command};

use crate::memory::peak_memory;

/// The program to start.
#[derive(Debug, Clone)]
pub struct Program {
    /// The executable and its arguments.
    pub command: Vec<OsString>,
    /// Environment variables beyond those of every function.
    pub environment: Vec<(String, String)>,
    /// The size of its zip in bytes, if it is one.
    pub zip_bytes: Option<u64>,
}

/// A running function. It ends when this is dropped.
#[derive(Debug)]
pub struct Process {
    /// When it was started.
    pub began: Instant,
    child: Child,
    clock: ClockId,
    id: u32,
}

impl Process {
    /// Starts a program with these environment variables and no others.
    pub fn start(program: &Program, environment: &[(String, String)]) -> Result<Self> {
        let [executable, arguments @ ..] = program.command.as_slice() else {
            anyhow::bail!("a program has an executable");
        };
        let began = Instant::now();
        let child = Command::new(executable)
            .args(arguments)
            .env_clear()
            .envs(
                environment
                    .iter()
                    .chain(&program.environment)
                    .map(|(name, value)| (name, value)),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", Path::new(executable).display()))?;
        let id = child.id().context("the process has ended")?;
        Ok(Self {
            began,
            child,
            clock: clock_getcpuclockid(Pid::from_raw(i32::try_from(id)?))?,
            id,
        })
    }

    /// The processor time since its start.
    pub fn processor_time(&self) -> Result<Duration> {
        Ok(self.clock.now()?.into())
    }

    /// The processor time since an earlier reading.
    pub fn processor_time_since(&self, before: Duration) -> Result<Duration> {
        Ok(self.processor_time()?.saturating_sub(before))
    }

    /// Its peak memory so far, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        peak_memory(self.id)
    }

    /// Ends it.
    pub async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
