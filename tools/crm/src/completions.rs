//! `crm completions`.

use crate::Exit;
use crate::cli::Cli;
use crate::output::Output;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell to write for
    pub shell: Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments, output: &mut Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "crm", &mut script);
    output.text(&String::from_utf8_lossy(&script));
    Exit::Passed
}
