//! `crm customer remove-account`: removes an account that was learnt from a conversation.

use clap::Args;
use crm_store::Store;
use serde_json::json;

use super::{customer_id, delete::change, view};
use crate::{Exit, Misuse, connection::failed, output::Output};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The customer's id, such as C0SA77REZRPC
    id: String,
    /// The network, as `crm customer show` prints it
    network: String,
    /// The account's id on the network, as `crm customer show` prints it
    account: String,
}

pub async fn remove(store: &Store, arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let Arguments { id, network, account } = arguments;
    let id = customer_id(store, id).await?;
    let settings = store.settings_get().await.map_err(failed)?;
    let removed = store
        .account_remove(id, network, account, &settings.customer_model, &change("remove-account"))
        .await;
    match removed.map_err(failed)? {
        None => return Err(super::absent(store, id).await?),
        Some(false) => {
            let [network, account] = [network, account].map(|text| view::printable(text));
            return Err(Misuse(format!(
                "{id} has no account {account} on {network}: `crm customer show {id}` lists the accounts"
            ))
            .into());
        }
        Some(true) => {}
    }
    output.line("removed; it is not learnt again for this customer");
    output.document(&json!({"customer": id, "network": network, "account": account, "removed": true}));
    Ok(Exit::Passed)
}
