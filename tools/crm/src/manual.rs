//! `crm manual`.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::{Args, Command};
use serde_json::json;

use crate::{Exit, output::Output};

/// The command's arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder, such as ~/.local/share/man/man1
    folder: PathBuf,
}

/// Writes a page for the program, whose command line this is, and a page for each of its commands.
pub fn run(arguments: &Arguments, whole: Command, output: &mut Output) -> anyhow::Result<Exit> {
    let folder = &arguments.folder;
    let problem = || format!("the manual cannot be written to {}", folder.display());
    fs::create_dir_all(folder).with_context(problem)?;
    clap_mangen::generate_to(whole, folder).with_context(problem)?;
    output.line(&format!("the manual is in {}", folder.display()));
    output.document(&json!({"folder": folder.display().to_string()}));
    Ok(Exit::Passed)
}
