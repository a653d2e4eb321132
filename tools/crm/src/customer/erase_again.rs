//! `crm customer erase-again`: repeats, in a restored table, the erasures of the original table.

use clap::Args;
use crm_domain::CustomerId;
use crm_store::{Begun, Erased, Manner, Store};
use serde_json::json;

use super::{delete::change, erase};
use crate::{
    Exit, Misuse,
    connection::{Connection, failed},
    output::{Output, Progress},
};

pub const ABOUT: &str = "\
Repeat in a restored table the erasures of the original table

A table that is restored to an earlier time contains everybody again who was erased since. The original table still has their \
digests. This command reads every customer of the restored table, looks each of them up in the original table, and erases those \
who were erased there, with their cases. If it is interrupted, run it again.

It finds everybody who had a record, whether erased by the customer's id or purged by Omnidesk. Repeat erasures by a contact point \
with `crm customer erase --contact-point`.";

#[derive(Debug, Args)]
pub struct Arguments {
    /// The original table, in which the erasures took place
    #[arg(long, value_name = "TABLE")]
    as_in: String,
    /// Erase them; without this option they are only listed
    #[arg(long)]
    yes: bool,
    /// Keep the cases without a customer, as `crm customer erase --keep-cases` does
    #[arg(long)]
    keep_cases: bool,
}

pub async fn run(restored: &Store, connection: &Connection, arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    if arguments.as_in == connection.table {
        return Err(Misuse("--as-in names the original table, and --table the restored one: these are the same".to_owned()).into());
    }
    let before = Connection {
        table: arguments.as_in.clone(),
        ..connection.clone()
    };
    let (_, before) = before.open().await?;
    let back = who_is_back(restored, &before, output).await?;
    for (id, erased) in &back {
        let (at, number) = (erased.at.iso_seconds(), &erased.number);
        output.line(&format!("{id} was erased at {at} (receipt {number}), and is back"));
    }
    if arguments.yes {
        for (id, _) in &back {
            erase_one(restored, *id, arguments, output).await?;
        }
    } else if !back.is_empty() {
        output.line(&format!("{} to erase again: add --yes", back.len()));
    }
    let ids: Vec<String> = back.iter().map(|(id, _)| id.to_string()).collect();
    output.line(&format!("{} people were erased before and are back", ids.len()));
    output.document(&json!({"back": ids, "erased": arguments.yes}));
    Ok(Exit::Passed)
}

/// The customers of the restored table, including deleted ones, that were erased in the original table or whose erasure was interrupted there.
async fn who_is_back(restored: &Store, before: &Store, output: &mut Output) -> anyhow::Result<Vec<(CustomerId, Erased)>> {
    let mut progress = Progress::new(output, "customers", None);
    let (mut back, mut from) = (Vec::new(), None);
    loop {
        let (ids, next) = restored.customer_ids(from).await.map_err(failed)?;
        for id in ids {
            if let Some(erased) = before.erased_get(id).await.map_err(failed)? {
                back.push((id, erased));
            }
            progress.advance(1);
        }
        if next.is_none() {
            return Ok(back);
        }
        from = next;
    }
}

async fn erase_one(store: &Store, id: CustomerId, arguments: &Arguments, output: &mut Output) -> anyhow::Result<()> {
    let manner = if arguments.keep_cases {
        Manner::EraseButCases
    } else {
        Manner::Erase
    };
    let begun = store
        .erasure_begin(id, manner, &erase::secret()?, &change("erase-again"))
        .await;
    let Some(Begun { mut erasure, .. }) = begun.map_err(failed)? else {
        return Ok(());
    };
    store.customer_keys_end(id).await.map_err(failed)?;
    erase::complete(store, &mut erasure, "the same command", output).await?;
    store.erasure_end(&erasure).await.map_err(failed)
}
