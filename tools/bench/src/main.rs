//! How much the CRM costs and how long it takes: a subcommand for each question, each of which prints Markdown tables.

mod cold;
mod latency;
mod meter;
mod scale;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// How much the CRM costs and how long it takes, in Markdown.
#[derive(Debug, Parser)]
#[command(name = "bench", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// How fast functions start, beside the same endpoints in other languages
    Cold(cold::Arguments),
    /// The same questions among few customers and among many
    Scale(scale::Arguments),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Cold(arguments) => cold::run(&arguments),
        Command::Scale(arguments) => scale::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
