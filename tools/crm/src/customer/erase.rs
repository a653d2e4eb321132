//! `crm customer erase`: deletes all that is stored of one person, and says what it was.

use std::{io::Write as _, path::PathBuf};

use clap::Args;
use serde_json::{Value, json};
use shared::{
    domain::{Customer, CustomerId, Role, Timestamp},
    store::{Erased, Erasure, Manner, Part, Parts, Store},
};

use super::{absent, customer_id, view};
use crate::{
    Exit, Misuse,
    connection::failed,
    output::{Output, Progress},
    whole_file::WholeFile,
};

pub const ABOUT: &str = "\
Deletes all that is stored of the person: the record and everything that it is found by, its cases with their interactions, the \
histories of both, and what remembers their creation. From the first moment nobody finds the person any more. If the command \
breaks off, the same command again completes it.

What stays are keyed digests of what names the person, without any value, by which `crm import` notices that it would bring the \
person back. Backups, the table's point-in-time recovery, logs and Khoros' own copies are not touched.";

#[derive(Debug, Args)]
pub struct Arguments {
    /// The customer's id, such as C0SA77REZRPC
    id: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Keep the cases as nobody's, with number, status, times, agents, lists and checkboxes, and without anything that somebody wrote
    #[arg(long)]
    keep_cases: bool,
    /// Write the receipt to this file, too, as JSON
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
}

pub async fn run(store: &Store, arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let id = customer_id(store, &arguments.id).await?;
    let begun = store.erasure_get(id).await.map_err(failed)?;
    if let Some(begun) = &begun {
        check_same(begun, arguments)?;
        output.line(&format!("{id}: completing the erasure of {}", begun.at.iso_seconds()));
    } else if let Some(customer) = store.customer_get(id).await.map_err(failed)? {
        if !arguments.yes && !is_confirmed(store, &customer, arguments.keep_cases, output).await? {
            output.line("nothing was erased");
            return Ok(Exit::Failed);
        }
    } else {
        return match store.erased_get(id).await.map_err(failed)? {
            Some(erased) => Ok(show_earlier(id, &erased, output)),
            None => Err(absent(store, id).await?),
        };
    }
    // Before anything is deleted: a receipt that cannot be written is known in time.
    let file = arguments.receipt.as_deref().map(WholeFile::create).transpose()?;
    let Some(mut erasure) = begin(store, id, arguments.keep_cases).await? else {
        return Err(absent(store, id).await?);
    };
    complete(store, &mut erasure, output).await?;
    if let Some(mut file) = file {
        writeln!(file, "{:#}", document(&erasure))?;
        file.finish()?;
    }
    show(&erasure, output);
    // Last: whoever has no receipt yet can run the command again.
    store.erasure_end(&erasure).await.map_err(failed)?;
    Ok(Exit::Passed)
}

/// An erasure goes on as it was begun.
fn check_same(begun: &Erasure, arguments: &Arguments) -> Result<(), Misuse> {
    match (begun.keeps_cases, arguments.keep_cases) {
        (false, true) => Err(Misuse("this erasure was begun without --keep-cases: leave it out".to_owned())),
        (true, false) => Err(Misuse("this erasure was begun with --keep-cases: add it".to_owned())),
        _ => Ok(()),
    }
}

async fn is_confirmed(store: &Store, customer: &Customer, keep_cases: bool, output: &mut Output) -> anyhow::Result<bool> {
    let id = customer.id;
    if !output.can_ask() {
        return Err(Misuse("nobody is there to be asked: --yes erases without asking".to_owned()).into());
    }
    let mut parts = store.erasure_preview(id).await.map_err(failed)?;
    if keep_cases && let Some(cases) = parts.remove(&Part::Cases) {
        parts.insert(Part::KeptCases, cases);
    }
    output.line(&format!("This erases {id}{} for good:", name(customer)));
    show_parts(&parts, output);
    Ok(output.ask("Type the customer's id to go on: ") == id.to_string())
}

/// What people call the customer, in parentheses: an id alone is easily mistaken.
fn name(customer: &Customer) -> String {
    let names = [Role::DisplayName, Role::FirstName, Role::LastName];
    let names: Vec<&str> = names
        .iter()
        .filter_map(|role| customer.profile.get(role))
        .map(String::as_str)
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" ({})", view::printable(&names.join(", ")))
}

async fn begin(store: &Store, id: CustomerId, keep_cases: bool) -> anyhow::Result<Option<Erasure>> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("no randomness for a key: {error}"))?;
    let manner = if keep_cases { Manner::EraseButCases } else { Manner::Erase };
    store
        .erasure_begin(id, manner, &secret, Timestamp::now())
        .await
        .map_err(failed)
}

async fn complete(store: &Store, erasure: &mut Erasure, output: &mut Output) -> anyhow::Result<()> {
    output.line("Nobody finds the person any more. The rest takes ten seconds or more: requests under way are waited for.");
    let mut progress = Progress::new(output, "items", None);
    let completed = store.erasure_complete(erasure, |items| progress.advance(items)).await;
    completed.map_err(|error| {
        let again = format!(
            "the erasure broke off, and `crm customer erase {}` completes it",
            erasure.customer
        );
        failed(error).context(again)
    })
}

fn show_earlier(id: CustomerId, erased: &Erased, output: &mut Output) -> Exit {
    let at = erased.at.iso_seconds();
    output.line(&format!("{id} was erased at {at} (receipt {})", erased.number));
    output.document(&json!({"receipt": erased.number, "at": at, "wasErasedBefore": true}));
    Exit::Passed
}

/// The receipt. It names nobody.
fn show(erasure: &Erasure, output: &mut Output) {
    output.line(&format!("receipt {}, {}", erasure.number, erasure.at.iso_seconds()));
    output.line("erased:");
    show_parts(&erasure.parts, output);
    output.line(&format!(
        "{} keyed digests stay, by which an import notices the person; backups, logs and Khoros' own copies are not touched",
        erasure.digests
    ));
    output.document(&document(erasure));
}

fn document(erasure: &Erasure) -> Value {
    let count = |part| (part, erasure.parts.get(&part).copied().unwrap_or_default());
    json!({
        "receipt": erasure.number,
        "at": erasure.at.iso_seconds(),
        "erased": Part::ALL.into_iter().map(count).collect::<Parts>(),
        "digests": erasure.digests,
        "wasErasedBefore": false,
    })
}

fn show_parts(parts: &Parts, output: &mut Output) {
    for (&part, &count) in parts.iter().filter(|(_, count)| **count > 0) {
        let kept = if part == Part::KeptCases { " kept, as nobody's" } else { "" };
        output.line(&format!("{count:>8} {}{kept}", words(part, count)));
    }
}

fn words(part: Part, count: u64) -> &'static str {
    let (one, many) = match part {
        Part::Records => ("record", "records"),
        Part::Identifiers => (
            "contact point or reference in the record",
            "contact points and references in the record",
        ),
        Part::Terms => ("search term", "search terms"),
        Part::CasePointers => ("pointer to a case", "pointers to cases"),
        Part::Cases | Part::KeptCases => ("case", "cases"),
        Part::Interactions => ("interaction", "interactions"),
        Part::HistoryEntries => ("history entry", "history entries"),
        Part::Events => ("event", "events"),
        Part::OnceRecords => ("record of a create", "records of creates"),
        Part::Others => ("other item", "other items"),
    };
    if count == 1 { one } else { many }
}
