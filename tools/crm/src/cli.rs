//! The command line itself.

use crate::output::Output;
use crate::{
    Exit, best_match, completions, customer, doctor, duplicates, export, import, index, keys, logs, manual, model, output,
    register, status, tenant, webhook,
};
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};
use std::ffi::OsString;

const EXAMPLES: &str = "\
Examples:
  crm doctor https://crm.example.com/api/v1 --auth 'Bearer 8f2c…' --read-only
  KHOROS_TOKEN=… crm register --name 'Our CRM' --url https://crm.example.com/api/v1 --auth 'Bearer 8f2c…'
  crm completions bash > /etc/bash_completion.d/crm

Exit codes:
  0  done; a check may have warned
  1  a check failed, or Khoros refused
  2  the command line is wrong
  3  the other side could not be reached at all";

/// The operator's tool for a custom CRM at Khoros.
#[derive(Debug, Parser)]
#[command(name = "crm", version, after_help = EXAMPLES, max_term_width = 110)]
pub struct Cli {
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands, each in the module of its name.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play Khoros against a deployment, and report where it breaks the contract
    #[command(long_about = doctor::ABOUT)]
    Doctor(doctor::Arguments),
    /// Register the CRM with Khoros, or change its registration
    Register(register::Arguments),
    /// Create, list, replace and revoke the keys that a tenant's functions accept
    Keys(keys::Arguments),
    /// Show the account, table and tenant in use, and what is unfinished there
    Status(status::Arguments),
    /// Show the functions' log lines of a request, or follow them live
    Logs(logs::Arguments),
    /// Create, list, show, change and delete tenants
    Tenant(Box<tenant::Arguments>),
    /// Try a tenant's webhook or event bus, show its delivery, and send changes again
    Webhook(webhook::Arguments),
    /// Show, check and change the fields of a tenant's customers and cases
    Model(model::Arguments),
    /// Show, export, merge and erase the records of one person
    Customer(customer::Arguments),
    /// Import customers and cases from a file
    #[command(long_about = import::ABOUT)]
    Import(import::Arguments),
    /// Import what has changed in another system since its last extract
    #[command(long_about = import::SYNC_ABOUT)]
    Sync(Box<import::SyncArguments>),
    /// Export all customers or cases to a file that an import reads
    #[command(long_about = export::ABOUT)]
    Export(export::Arguments),
    /// Find and repair inconsistent items in the table
    Index(index::Arguments),
    /// Ask for a best match as Khoros does, and see the reasons
    Match(best_match::Arguments),
    /// List records that may be of one person, and see why
    #[command(long_about = duplicates::ABOUT)]
    Duplicates(duplicates::Arguments),
    /// Write the manual as man pages into a folder
    Manual(manual::Arguments),
    /// Print a script that completes this program's commands in a shell
    Completions(completions::Arguments),
}

impl Command {
    /// Runs the subcommand.
    pub fn run(&self, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Doctor(arguments) => doctor::run(arguments, output),
            Self::Register(arguments) => register::run(arguments, output),
            Self::Keys(arguments) => keys::run(arguments, output),
            Self::Status(arguments) => status::run(arguments, output),
            Self::Logs(arguments) => logs::run(arguments, output),
            Self::Tenant(arguments) => tenant::run(arguments, output),
            Self::Webhook(arguments) => webhook::run(arguments, output),
            Self::Model(arguments) => model::run(arguments, output),
            Self::Customer(arguments) => customer::run(arguments, output),
            Self::Import(arguments) => import::run(arguments, output),
            Self::Sync(arguments) => import::sync(arguments, output),
            Self::Export(arguments) => export::run(arguments, output),
            Self::Index(arguments) => index::run(arguments, output),
            Self::Match(arguments) => best_match::run(arguments, output),
            Self::Duplicates(arguments) => duplicates::run(arguments, output),
            Self::Manual(arguments) => manual::run(arguments, Cli::command(), output),
            Self::Completions(arguments) => Ok(completions::run(arguments, Cli::command(), output)),
        }
    }
}

/// Reads the command line. Help and version are answered here, and so are mistakes.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, Exit> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    Cli::try_parse_from(&arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            output::help(&error);
            Exit::Passed
        }
        ErrorKind::UnknownArgument if has_unquoted_scheme(&arguments) => {
            // Clap would print the extra word, which is the key.
            output::problem(
                "the value of --auth has two words: put it in quotes, as in --auth 'Bearer …'",
                json,
            );
            Exit::Misused
        }
        _ => {
            output::misuse(&error, json);
            Exit::Misused
        }
    })
}

/// Whether `--auth Bearer …` was typed without quotes, which made the key an argument of its own.
fn has_unquoted_scheme(arguments: &[OsString]) -> bool {
    arguments.windows(2).any(|pair| {
        let option = pair[0].to_string_lossy();
        let scheme = match option.strip_prefix("--auth=") {
            Some(value) => value.to_owned(),
            None if option == "--auth" => pair[1].to_string_lossy().into_owned(),
            None => return false,
        };
        !scheme.contains(' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_unquoted_key_is_noticed() {
        assert!(has_unquoted_scheme(&words("crm doctor u --auth Bearer abc")));
        assert!(has_unquoted_scheme(&words("crm doctor u --auth=Bearer abc")));
        assert!(!has_unquoted_scheme(&words("crm doctor u --nonsense")));
    }

    #[test]
    fn a_secret_does_not_show_in_the_parsed_command_line() {
        let cli = read(words("crm doctor http://127.0.0.1/api/v1 --auth s3cret")).unwrap();
        assert!(!format!("{cli:?}").contains("s3cret"));
    }
}
