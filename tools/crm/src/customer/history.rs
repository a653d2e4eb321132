//! `crm customer history`: who did what to a customer, and to their cases.

use clap::Args;
use crm_domain::{CaseId, Customer};
use crm_store::{Entry, Store};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use super::{named, view};
use crate::{Exit, connection::failed, output::Output};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The customer's id, such as C0SA77REZRPC, or any text by which `crm customer find` finds exactly one customer
    id: String,
    /// Include the customer's cases
    #[arg(long)]
    cases: bool,
    /// The number of entries to show, the newest first
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

/// An entry, with its case if it is not the customer's own.
type Line = (Option<CaseId>, Entry);

pub async fn run(store: &Store, arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let customer = named(store, &arguments.id).await?;
    let limit = usize::from(arguments.limit);
    // One more than is shown, to find out whether there are more.
    let mut lines: Vec<Line> = store
        .customer_history(&customer)
        .take(limit + 1)
        .map_ok(|entry| (None, entry))
        .try_collect()
        .await
        .map_err(failed)?;
    if arguments.cases {
        add_cases(store, &customer, limit + 1, &mut lines).await?;
    }
    let is_cut = lines.len() > limit;
    lines.truncate(limit);
    show(&lines, output);
    if is_cut {
        output.line("there are older entries: --limit shows more");
    }
    let entries: Vec<Value> = lines.iter().map(document).collect();
    output.document(&json!({"customer": customer.id, "entries": entries, "isCut": is_cut}));
    Ok(Exit::Passed)
}

/// Adds the newest entries of every case, and keeps the newest of all.
async fn add_cases(store: &Store, customer: &Customer, most: usize, lines: &mut Vec<Line>) -> anyhow::Result<()> {
    for id in store.customer_case_ids(customer.id).await.map_err(failed)? {
        if store.case_of(customer, id).await.map_err(failed)?.is_none() {
            continue;
        }
        let entries: Vec<Entry> = store.case_history(id).take(most).try_collect().await.map_err(failed)?;
        lines.extend(entries.into_iter().map(|entry| (Some(id), entry)));
        lines.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.at));
        lines.truncate(most);
    }
    Ok(())
}

fn show(lines: &[Line], output: &mut Output) {
    for (case, entry) in lines {
        let interactions = match entry.interactions {
            0 => None,
            1 => Some("1 interaction".to_owned()),
            many => Some(format!("{many} interactions")),
        };
        let fields = (!entry.fields.is_empty()).then(|| entry.fields.join(", "));
        let parts = [
            Some(entry.at.iso_seconds()),
            Some(entry.operation.clone()),
            case.map(|case| case.to_string()),
            Some(format!("by {}", view::who(&entry.by))),
            fields.map(|fields| format!("fields: {fields}")),
            interactions,
        ];
        output.line(&view::printable(&parts.into_iter().flatten().collect::<Vec<_>>().join("  ")));
    }
    if lines.is_empty() {
        output.line("there is no history");
    }
}

fn document((case, entry): &Line) -> Value {
    let mut document = view::entry(entry);
    document["case"] = json!(case);
    document
}
