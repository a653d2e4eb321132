//! `crm customer`: what is stored of one person, and its erasure.

mod erase;
mod erase_again;
mod export;
mod history;
mod show;
pub mod view;

use clap::{Args, Subcommand};
use crm_domain::{CaseId, Customer, CustomerId};
use crm_store::Store;

use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    output::Output,
};

const EXAMPLES: &str = "\
Examples:
  Answer a person who asks what is stored:
    crm customer export C0SA77REZRPC --output person.json
  Erase a person, and keep the receipt:
    crm customer erase C0SA77REZRPC --receipt receipt.json
  Erase the cases that Omnidesk's DELETE left of somebody, whose id nobody knows:
    crm customer erase --contact-point email=ann@x.example
  Who changed what:
    crm customer history C0SA77REZRPC --cases";

/// What the command line says.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// What to do.
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the record, its contact points and its cases
    Show {
        /// The customer's id, such as C0SA77REZRPC
        id: String,
    },
    /// Show who did what to the record, and when, the newest first
    History(history::Arguments),
    /// Write all that is stored of the person as one JSON document
    Export(export::Arguments),
    /// Delete all that is stored of the person, and print a receipt
    #[command(long_about = erase::ABOUT)]
    Erase(erase::Arguments),
    /// Erase from a restored table whom the table of before has erased
    #[command(long_about = erase_again::ABOUT)]
    EraseAgain(erase_again::Arguments),
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let tenant = arguments.connection.tenant()?;
    wait(async {
        let (_, store) = arguments.connection.open().await?;
        match &arguments.action {
            Action::Show { id } => show::run(&store, id, output).await,
            Action::History(wanted) => history::run(&store, wanted, output).await,
            Action::Export(wanted) => export::run(&store, &tenant, wanted, output).await,
            Action::Erase(wanted) => erase::run(&store, wanted, output).await,
            Action::EraseAgain(wanted) => erase_again::run(&store, &arguments.connection, wanted, output).await,
        }
    })
}

/// The customer whom the command line names.
async fn named(store: &Store, id: &str) -> anyhow::Result<Customer> {
    let id = customer_id(store, id).await?;
    match store.customer_get(id).await.map_err(failed)? {
        Some(customer) => Ok(customer),
        None => Err(absent(store, id).await?),
    }
}

async fn customer_id(store: &Store, text: &str) -> anyhow::Result<CustomerId> {
    if let Some(id) = CustomerId::parse(text) {
        return Ok(id);
    }
    let what = match CaseId::parse(text) {
        Some(case) => format!("{case} is the id of a case, not of a customer{}", whose(store, case).await?),
        None => {
            "this is not a customer's id, which is a C with 11 digits and capital letters, such as C0SA77REZRPC: Khoros shows it \
                 with the customer, and a search (POST /api/v1/customers) answers with it"
                .to_owned()
        }
    };
    Err(Misuse(what).into())
}

/// Whose case it is, as the end of a sentence.
async fn whose(store: &Store, case: CaseId) -> anyhow::Result<String> {
    let case = store.case_head(case).await.map_err(failed)?;
    let customer = case
        .map(|case| case.customer)
        .filter(|&customer| customer != CustomerId::NOBODY);
    Ok(customer.map_or_else(String::new, |customer| format!("; it belongs to {customer}")))
}

/// Why there is no such customer.
async fn absent(store: &Store, id: CustomerId) -> anyhow::Result<anyhow::Error> {
    if let Some(begun) = store.erasure_get(id).await.map_err(failed)? {
        if begun.is_deletion() {
            return Ok(anyhow::anyhow!(
                "{id} was deleted at {}; its cases wait for somebody else: `crm customer erase {id}` erases them",
                begun.at.iso_seconds()
            ));
        }
        return Ok(anyhow::anyhow!(
            "{id} is being erased since {} (receipt {}): if that broke off, `crm customer erase {id}` completes it",
            begun.at.iso_seconds(),
            begun.number
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
