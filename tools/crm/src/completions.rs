//! `crm completions`.

use crate::Exit;
use crate::output::Output;
use clap::{Args, Command};
use clap_complete::Shell;

/// The command's arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell to write for
    pub shell: Shell,
}

/// Prints the script for the whole command line.
pub fn run(arguments: &Arguments, mut whole: Command, output: &mut Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut whole, "crm", &mut script);
    output.text(&String::from_utf8_lossy(&script));
    Exit::Passed
}
