//! Measures costs and durations of the CRM. Each question has a subcommand, which prints Markdown tables.

mod cold;
mod comparison;
mod data_file;
mod duplicates;
mod latency;
mod memory;
mod meter;
mod scale;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measure costs and durations of the CRM, and print them as Markdown
#[derive(Debug, Parser)]
#[command(name = "bench", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// How long best match takes without the database, and one comparison of it
    Match(comparison::Arguments),
    /// How fast functions start, compared with the same endpoints in other languages
    Cold(cold::Arguments),
    /// What a walk over all customers for duplicates takes, and how well it recognises them
    Duplicates(duplicates::Arguments),
    /// Whether the number of customers affects costs and latencies
    Scale(scale::Arguments),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Match(arguments) => comparison::run(&arguments),
        Command::Cold(arguments) => cold::run(&arguments),
        Command::Duplicates(arguments) => duplicates::run(&arguments),
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
