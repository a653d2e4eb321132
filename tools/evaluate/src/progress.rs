//! The progress of long work, on standard error: a bar on a terminal, a line every few seconds elsewhere.

use std::{
    io::{self, IsTerminal as _},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// Work on a known number of things, by several threads.
pub struct Progress {
    bar: ProgressBar,
    what: &'static str,
    said: Mutex<Instant>,
}

impl Progress {
    /// Work on `total` things. `what` names them, in the plural.
    pub fn new(what: &'static str, total: usize) -> Self {
        let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} {prefix}, {per_sec}, {eta} left");
        let bar = ProgressBar::new(total as u64)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_prefix(what);
        Self {
            bar,
            what,
            said: Mutex::new(Instant::now()),
        }
    }

    /// Counts this many more as done.
    pub fn advance(&self, count: usize) {
        self.bar.inc(count as u64);
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !io::stderr().is_terminal() && said.elapsed() >= PLAIN_EVERY {
            *said = Instant::now();
            eprintln!("{} of {} {}", self.bar.position(), self.bar.length().unwrap_or(0), self.what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
