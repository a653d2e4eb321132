//! The one place that prints: results to standard output, problems and progress to standard error.
//!
//! With `--json` a subcommand prints exactly one document, by [`Output::document`], and its plain lines are dropped. A closed pipe is not
//! an error, since the reader has had enough.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, BufRead, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::{Exit, Misuse};

/// How often the progress of long work is printed where no bar can be drawn.
const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// Where a subcommand's results go.
pub struct Output {
    json: bool,
    progress: bool,
    colour: bool,
    /// The number of documents that were printed, which may be one.
    documents: u32,
    out: Box<dyn Write>,
    err: Box<dyn Write>,
}

/// How a word is highlighted, if the terminal can do that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Worth a look.
    Careful,
    /// Wrong.
    Bad,
    /// Less important than the rest.
    Quiet,
}

impl Output {
    /// Standard output and error. Colour and progress are for people: not in a pipe, and no colour with `NO_COLOR`.
    pub fn to_terminal(json: bool) -> Self {
        Self {
            json,
            progress: !json && io::stderr().is_terminal(),
            colour: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            documents: 0,
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
        }
    }

    /// Writers for tests.
    pub fn to_writers(json: bool, out: Box<dyn Write>, err: Box<dyn Write>) -> Self {
        Self {
            json,
            progress: false,
            colour: false,
            documents: 0,
            out,
            err,
        }
    }

    /// Whether the result is one document.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// A line for people.
    pub fn line(&mut self, text: &str) {
        if !self.json {
            let _ = writeln!(self.out, "{text}");
        }
    }

    /// Prints text unchanged, even with `--json`, for a script that another program reads.
    pub fn text(&mut self, text: &str) {
        let _ = write!(self.out, "{text}");
    }

    /// Standard output itself, for a document that is too large for memory.
    pub fn stream(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Whether a person can answer questions.
    pub fn can_ask(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// Asks, and reads a line; `""` at the end of input.
    pub fn ask(&mut self, question: &str) -> String {
        let _ = write!(self.err, "{question}");
        let _ = self.err.flush();
        let mut answer = String::new();
        let _ = io::stdin().lock().read_line(&mut answer);
        answer.trim().to_owned()
    }

    /// Whether the operator confirms something that is not easily undone, by `--yes` or by an answer.
    ///
    /// # Errors
    /// Nobody can be asked.
    pub fn confirm(&mut self, is_said: bool, question: &str) -> Result<bool, Misuse> {
        if is_said {
            return Ok(true);
        }
        if !self.can_ask() {
            return Err(Misuse(format!("{question} There is nobody to ask: --yes confirms it")));
        }
        let answer = self.ask(&format!("{question} [y/N] ")).to_lowercase();
        Ok(["y", "yes"].contains(&answer.as_str()))
    }

    /// Prints a note beside the results, on standard error.
    pub fn note(&mut self, text: &str) {
        if !self.json {
            self.progress("");
            let _ = writeln!(self.err, "crm: {text}");
        }
    }

    /// The document of `--json`.
    pub fn document(&mut self, document: &impl Serialize) {
        if self.json {
            self.documents += 1;
            let text = serde_json::to_string_pretty(document).unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"));
            let _ = writeln!(self.out, "{text}");
        }
    }

    /// Prints why the program ends without a result. With `--json` it is the document, unless there is one already.
    pub fn failure(&mut self, exit: Exit, message: &str) {
        self.problem(message);
        if self.documents == 0 {
            self.document(&failure(exit, message));
        }
    }

    /// Prints why a part of the result is missing, or a remark about it.
    pub fn problem(&mut self, text: &str) {
        self.progress("");
        let _ = writeln!(self.err, "crm: {text}");
    }

    /// Replaces the progress line, on a terminal; `""` removes it.
    pub fn progress(&mut self, text: &str) {
        if self.progress {
            let _ = write!(self.err, "\r\x1b[K{text}");
            let _ = self.err.flush();
        }
    }

    /// The text in the colour of its tone, if there are colours.
    pub fn tinted(&self, tone: Tone, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => 32,
            Tone::Careful => 33,
            Tone::Bad => 31,
            Tone::Quiet => 2,
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// The document of a failure. Scripts branch on the codes, so they never change.
fn failure(exit: Exit, message: &str) -> Value {
    json!({"error": {"code": exit.name(), "message": message}})
}

/// The progress of long work: a bar on a terminal, a plain line every few seconds elsewhere, nothing with `--json`. It is always on
/// standard error.
pub struct Progress {
    bar: ProgressBar,
    plain: bool,
    said: Instant,
    what: &'static str,
    note: &'static str,
}

impl Progress {
    /// Work on `total` things, if that is known. `what` names them in the plural.
    pub fn new(output: &Output, what: &'static str, total: Option<u64>) -> Self {
        let target = if output.progress {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let template = match total {
            Some(_) => "{wide_bar} {human_pos} of {human_len} {prefix}, {per_sec}, {eta} left{msg}",
            None => "{spinner} {human_pos} {prefix}, {per_sec}{msg}",
        };
        // Only a wrong template fails, and then the plain style is used.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(total, target)
            .with_style(style)
            .with_prefix(what);
        Self {
            bar,
            plain: !output.progress && !output.json,
            said: Instant::now(),
            what,
            note: "",
        }
    }

    /// A remark beside the number; `""` if there is none.
    pub fn note(&mut self, note: &'static str) {
        if note != self.note {
            self.note = note;
            self.bar.set_message(self.noted());
        }
    }

    fn noted(&self) -> String {
        if self.note.is_empty() {
            String::new()
        } else {
            format!("; {}", self.note)
        }
    }

    /// Adds to the number of things that are done.
    pub fn advance(&mut self, by: u64) {
        self.bar.inc(by);
        if self.plain && self.said.elapsed() >= PLAIN_EVERY {
            self.said = Instant::now();
            let of = self.bar.length().map(|total| format!(" of {total}")).unwrap_or_default();
            let _ = writeln!(io::stderr(), "crm: {}{of} {}{}", self.bar.position(), self.what, self.noted());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Sets the number of things that are done.
pub fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Clap's own answers: help and version.
pub fn help(answer: &clap::Error) {
    let _ = answer.print();
}

/// Prints what is wrong with the command line, in clap's words.
pub fn misuse(answer: &clap::Error, json: bool) {
    help(answer);
    if json {
        let text = answer.render().to_string();
        let message = text.trim().strip_prefix("error: ").unwrap_or(text.trim());
        let _ = writeln!(io::stdout(), "{:#}", failure(Exit::Misused, message));
    }
}

/// A problem that shows before there is an [`Output`].
pub fn problem(text: &str, json: bool) {
    let _ = writeln!(io::stderr(), "crm: {text}");
    if json {
        let _ = writeln!(io::stdout(), "{:#}", failure(Exit::Misused, text));
    }
}
