//! The operator's command line for a custom CRM at Khoros.
//!
//! One module per subcommand, each with `Arguments` (its command line) and `run` (which returns an [`Exit`]). A new subcommand is such a
//! module, a variant of [`cli::Command`] and a line in [`cli::Command::run`]. Three rules hold everywhere: only [`output`] prints, secrets
//! are passed as [`secret::Secret`], and a wrong command line causes a [`Misuse`].

pub mod best_match;
pub mod cli;
pub mod completions;
pub mod connection;
pub mod customer;
pub mod doctor;
pub mod duplicates;
pub mod exit;
pub mod export;
pub mod import;
pub mod index;
pub mod instance_url;
pub mod keys;
pub mod logs;
pub mod manual;
pub mod model;
pub mod outgoing_address;
pub mod output;
pub mod register;
pub mod secret;
pub mod status;
pub mod tenant;
pub mod webhook;
pub mod whole_file;

pub use exit::{Exit, Misuse, Unreachable};
use std::process::ExitCode;

/// Reads the command line, runs the subcommand, and reports errors.
pub fn main() -> ExitCode {
    let cli = match cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(exit) => return exit.into(),
    };
    let mut output = output::Output::to_terminal(cli.json);
    let exit = cli.command.run(&mut output).unwrap_or_else(|error| {
        let exit = Exit::of(&error);
        output.failure(exit, &format!("{error:#}"));
        exit
    });
    exit.into()
}
