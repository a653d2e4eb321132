//! `crm customer`: the records of one person, and their erasure.

mod account;
mod delete;
mod erase;
mod erase_again;
mod export;
mod find;
mod history;
mod merge;
mod show;
pub mod view;

pub use erase::secret as erasure_secret;

use clap::{Args, Subcommand};
use crm_domain::{CaseId, Customer, CustomerId};
use crm_store::{Store, clock};

use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    output::Output,
};

/// The largest number of customers that are named if a text finds several.
const MOST_NAMED: usize = 10;
const EXAMPLES: &str = "\
Examples:
  Find a customer:
    crm customer find ann@x.example
    crm customer show '+44 20 7946 0018'
  Answer a person who asks what is stored:
    crm customer export C0SA77REZRPC --output person.json
  Erase a person, and keep the receipt:
    crm customer erase C0SA77REZRPC --receipt receipt.json
  Erase the cases that Omnidesk's DELETE left, if nobody knows the customer's id:
    crm customer erase --contact-point email=ann@x.example
  Merge two records of one person, and undo a merge:
    crm customer merge C0SA77REZRPC C0SA77RF0001 --take email --dry-run
    crm customer unmerge MC0SA77RF00013F2A91B0
  Who changed what:
    crm customer history C0SA77REZRPC --cases";

/// The command's arguments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// The subcommand.
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Find customers by an e-mail address, a telephone number, a handle, an id of another system, an account number, or a name
    Find {
        /// An e-mail address, telephone number, handle, id, number or name
        text: String,
    },
    /// Show the record, its contact points, its cases, and other records that may be of the same person
    Show {
        /// The customer's id, such as C0SA77REZRPC, or any text by which `find` finds exactly one customer
        id: String,
    },
    /// Show who did what to the record, and when, the newest first
    History(history::Arguments),
    /// Write everything about the person as one JSON document
    Export(export::Arguments),
    /// Delete a duplicate or a test record without cases. No digest stays, so an import may create it again.
    /// `restore` undoes the deletion within a week. For a person's own request use `erase`
    Delete {
        /// The customer's id, such as C0SA77REZRPC, or any text by which `crm customer find` finds exactly one customer
        id: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Restore a customer who was deleted within a week
    Restore {
        /// The customer's id, such as C0SA77REZRPC
        id: String,
    },
    /// Merge two records of one person into one
    #[command(long_about = merge::ABOUT)]
    Merge(merge::Arguments),
    /// Undo a merge: the second record gets back its id, values, contact points and cases. Later changes stay
    Unmerge(merge::UndoArguments),
    /// Mark two customers as different people, so that nobody merges them, or remove the mark
    Distinct(merge::DistinctArguments),
    /// Remove an account that the CRM learnt from a conversation and that is somebody else's. It is not learnt again
    RemoveAccount(account::Arguments),
    /// Delete everything about the person, and print a receipt
    #[command(long_about = erase::ABOUT)]
    Erase(erase::Arguments),
    /// Repeat in a restored table the erasures of the original table
    #[command(long_about = erase_again::ABOUT)]
    EraseAgain(erase_again::Arguments),
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let tenant = arguments.connection.tenant()?;
    wait(async {
        let connection = &arguments.connection;
        let (_, store) = match &arguments.action {
            Action::Erase(_)
            | Action::Delete { .. }
            | Action::Restore { .. }
            | Action::Merge(_)
            | Action::Unmerge(_)
            | Action::Distinct(_)
            | Action::RemoveAccount(_) => connection.open_to_write(output).await?,
            _ => connection.open().await?,
        };
        match &arguments.action {
            Action::Find { text } => find::run(&store, text, output).await,
            Action::Show { id } => show::run(&store, &tenant, id, output).await,
            Action::History(wanted) => history::run(&store, wanted, output).await,
            Action::Export(wanted) => export::run(&store, &tenant, wanted, output).await,
            Action::Delete { id, yes } => delete::run(&store, id, *yes, output).await,
            Action::Restore { id } => delete::restore(&store, id, output).await,
            Action::Merge(wanted) => Box::pin(merge::run(&store, wanted, output)).await,
            Action::Unmerge(wanted) => merge::undo(&store, wanted, output).await,
            Action::Distinct(wanted) => merge::distinct(&store, wanted, output).await,
            Action::RemoveAccount(wanted) => account::remove(&store, wanted, output).await,
            Action::Erase(wanted) => erase::run(&store, wanted, output).await,
            Action::EraseAgain(wanted) => erase_again::run(&store, &arguments.connection, wanted, output).await,
        }
    })
}

/// The customer that the command line names.
async fn named(store: &Store, id: &str) -> anyhow::Result<Customer> {
    let id = customer_id(store, id).await?;
    match store.customer_get(id).await.map_err(failed)? {
        Some(customer) => Ok(customer),
        None => Err(absent(store, id).await?),
    }
}

async fn customer_id(store: &Store, text: &str) -> anyhow::Result<CustomerId> {
    if let Some(id) = CustomerId::parse(text) {
        // The id of a merged record leads to the survivor.
        let customer = store.customer_get(id).await.map_err(failed)?;
        return Ok(customer.map_or(id, |customer| customer.id));
    }
    if let Some(case) = CaseId::parse(text) {
        let whose = whose(store, case).await?;
        return Err(Misuse(format!("{case} is the id of a case, not of a customer{whose}")).into());
    }
    let (found, _) = find::find(store, text).await?;
    match found.as_slice() {
        [customer] => Ok(customer.id),
        [] => Err(Misuse(
            "no customer matches this. An id is a C with 11 digits and capital letters, such as C0SA77REZRPC; an e-mail address, a \
             telephone number, a handle, an id of another system or a name will do, too"
                .to_owned(),
        )
        .into()),
        several => {
            let lines: Vec<String> = several.iter().take(MOST_NAMED).map(find::line).collect();
            let more = several.len().saturating_sub(MOST_NAMED);
            let more = if more > 0 { format!("\n  and {more} others") } else { String::new() };
            Err(Misuse(format!("several customers match this: name one by its id\n  {}{more}", lines.join("\n  "))).into())
        }
    }
}

/// The customer for a command that cannot be undone. A name is not accepted, because several people may have it.
async fn certain_customer_id(store: &Store, text: &str) -> anyhow::Result<CustomerId> {
    if CustomerId::parse(text).is_none() && CaseId::parse(text).is_none() {
        let (found, by) = find::find(store, text).await?;
        if let ([customer], find::By::Name) = (found.as_slice(), by) {
            let line = find::line(customer);
            return Err(Misuse(format!(
                "several people may have a name: if this is the right customer, use the id\n  {line}"
            ))
            .into());
        }
    }
    customer_id(store, text).await
}

/// The customer of a case, as the end of a sentence.
async fn whose(store: &Store, case: CaseId) -> anyhow::Result<String> {
    let case = store.case_head(case).await.map_err(failed)?;
    let customer = case
        .map(|case| case.customer)
        .filter(|&customer| customer != CustomerId::NOBODY);
    Ok(customer.map_or_else(String::new, |customer| format!("; it belongs to {customer}")))
}

/// The message that there is no such customer.
async fn absent(store: &Store, id: CustomerId) -> anyhow::Result<anyhow::Error> {
    if let Some(begun) = store.erasure_get(id).await.map_err(failed)? {
        if begun.is_deletion() {
            return Ok(anyhow::anyhow!(
                "{id} was deleted at {}; the cases are left: `crm customer erase {id}` erases them",
                begun.at.iso_seconds()
            ));
        }
        return Ok(anyhow::anyhow!(
            "{id} is being erased since {} (receipt {}): if the erasure was interrupted, `crm customer erase {id}` completes it",
            begun.at.iso_seconds(),
            begun.number
        ));
    }
    if let Some(kept) = store.customer_set_aside_get(id, clock::now()).await.map_err(failed)? {
        return Ok(anyhow::anyhow!(
            "{id} was deleted at {}: `crm customer restore {id}` restores the record, `crm customer erase {id}` erases it for good",
            kept.deleted.at.iso_seconds()
        ));
    }
    if let Some(erased) = store.erased_get(id).await.map_err(failed)? {
        return Ok(anyhow::anyhow!(
            "{id} was erased at {} (receipt {})",
            erased.at.iso_seconds(),
            erased.number
        ));
    }
    Ok(anyhow::anyhow!(
        "there is no customer {id}: compare the id, and --tenant and --table"
    ))
}
