//! `crm customer delete` and `restore`: deletes a duplicate or a test record, which can be restored within a week.

use crm_domain::{Actor, Change, CustomerId};
use crm_store::{Moved, Store, clock};
use serde_json::json;

use super::{absent, certain_customer_id, find, named};
use crate::{Exit, Misuse, connection::failed, output::Output};

/// Deletes a customer who has no cases.
pub async fn run(store: &Store, text: &str, is_said: bool, output: &mut Output) -> anyhow::Result<Exit> {
    let id = certain_customer_id(store, text).await?;
    let customer = named(store, &id.to_string()).await?;
    output.line(&find::line(&customer));
    if !output.confirm(is_said, "Delete this customer?")? {
        output.line("nothing was deleted");
        return Ok(Exit::Failed);
    }
    match store.customer_set_aside(id, &change("delete")).await.map_err(failed)? {
        Moved::Done(_) => {
            output.line(&format!(
                "{id} is deleted; `crm customer restore {id}` restores it within a week"
            ));
            output.document(&json!({"id": id.to_string(), "deleted": true}));
            Ok(Exit::Passed)
        }
        Moved::HasCases => Err(Misuse(format!(
            "{id} has cases, which would belong to nobody: give them to another customer first. `crm customer show {id}` lists them"
        ))
        .into()),
        Moved::HasMerged => Err(Misuse(format!(
            "other records were merged into {id}, and their ids would lead to nobody: undo the merges first, the latest first. \
             `crm customer show {id}` lists them"
        ))
        .into()),
        Moved::Nobody => Err(absent(store, id).await?),
        Moved::Taken => Err(anyhow::anyhow!(
            "somebody else changed {id} just now: look at it before you repeat the command"
        )),
    }
}

/// Restores a deleted customer.
pub async fn restore(store: &Store, text: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let id =
        CustomerId::parse(text).ok_or_else(|| Misuse("name the deleted customer by the id, such as C0SA77REZRPC".to_owned()))?;
    let settings = store.settings_get().await.map_err(failed)?;
    let moved = store
        .customer_bring_back(id, &settings.customer_model, &change("restore"))
        .await;
    match moved.map_err(failed)? {
        Moved::Done(customer) => {
            output.line(&find::line(&customer));
            output.document(&json!({"id": id.to_string(), "deleted": false}));
            Ok(Exit::Passed)
        }
        Moved::Taken | Moved::HasCases | Moved::HasMerged => Err(anyhow::anyhow!(
            "{id} cannot be restored: the record exists, or another customer has its external id now"
        )),
        Moved::Nobody if store.customer_get(id).await.map_err(failed)?.is_some() => {
            Err(Misuse(format!("{id} is not deleted")).into())
        }
        Moved::Nobody => Err(absent(store, id).await?),
    }
}

/// The actor in the history.
pub fn change(what: &str) -> Change {
    Change {
        at: clock::now(),
        by: Actor {
            agent: Some(format!("crm customer {what}")),
            ..Actor::default()
        },
    }
}
