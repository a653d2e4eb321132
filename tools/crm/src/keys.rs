//! `crm keys`: the values of the `Authorization` header that a tenant's functions accept (contract section 1).
//!
//! A key's value is shown once, when it is made; the table holds its digest only. Keys are named by the first characters of
//! that digest.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use shared::{
    access::Permission,
    domain::Timestamp,
    store::{Database, KeyRecord, Store, TenantId, sha256},
};

use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    output::Output,
    secret::{Secret, check_header_value},
};

/// How many characters of a digest name a key: enough to keep a tenant's few keys apart.
const NAME_LENGTH: usize = 12;
/// How many random bytes a key of ours has.
const RANDOM_BYTES: usize = 32;
const EXAMPLES: &str = "\
Examples:
  Make a key for Khoros, and register it:
    crm keys create --tenant acme --label 'Khoros production'
  Take over the value that Khoros sends already:
    crm keys create --tenant acme --label 'Khoros, until May' --value 'Basic dXNlcjpwYXNz'
  Replace a key without a failing call:
    crm keys rotate --tenant acme 3f9a2c41d07b
    crm register --update 1234 --auth 'Bearer …'
    crm keys revoke --tenant acme 3f9a2c41d07b";

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
    /// Make a key and show its value, once
    Create(Create),
    /// List the tenant's keys, without their values
    List,
    /// Make a second key with the same rights, and say what to do next
    Rotate {
        /// The key, as `crm keys list` names it
        key: String,
    },
    /// End a key; it stops working within a minute
    Revoke {
        /// The key, as `crm keys list` names it
        key: String,
    },
}

#[derive(Debug, Args)]
struct Create {
    /// What to call it in lists and log lines
    #[arg(long)]
    label: String,
    /// The Khoros companies that may use it; any if none is named
    #[arg(long = "company", value_name = "ID")]
    companies: Vec<i64>,
    /// Not valid before this ISO 8601 time
    #[arg(long, value_parser = time, value_name = "TIME")]
    not_before: Option<Timestamp>,
    /// Not valid from this ISO 8601 time on
    #[arg(long, value_parser = time, value_name = "TIME")]
    expires: Option<Timestamp>,
    /// An existing header value, scheme word included, instead of a new one
    #[arg(long, env = "CRM_AUTH", hide_env_values = true)]
    value: Option<Secret>,
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "write it as 2027-01-31T00:00:00Z".to_owned())
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let tenant = arguments.connection.tenant()?;
    wait(async {
        let (database, store) = arguments.connection.open().await?;
        match &arguments.action {
            Action::Create(wanted) => create(&database, tenant, wanted, output).await,
            Action::List => list(&store, output).await,
            Action::Rotate { key } => rotate(&database, &store, key, output).await,
            Action::Revoke { key } => revoke(&database, &store, key, output).await,
        }
    })
}

async fn create(database: &Database, tenant: TenantId, wanted: &Create, output: &mut Output) -> anyhow::Result<Exit> {
    let imported = wanted.value.is_some();
    let value = match &wanted.value {
        Some(value) => value.clone(),
        None => new_value()?,
    };
    check_header_value("--value", &value)?;
    let digest = sha256(value.reveal().as_bytes());
    if database.key_get(&digest).await.map_err(failed)?.is_some() {
        return Err(Misuse("this value is a key already: `crm keys list` shows it, if it is this tenant's".to_owned()).into());
    }
    let key = KeyRecord {
        companies: wanted.companies.iter().copied().collect(),
        not_before: wanted.not_before,
        not_after: wanted.expires,
        created: Some(Timestamp::now()),
        ..KeyRecord::new(tenant, wanted.label.clone(), [Permission::Khoros])
    };
    database.key_put(&digest, &key).await.map_err(failed)?;
    show_new(&digest, &key, (!imported).then_some(&value), output);
    Ok(Exit::Passed)
}

async fn list(store: &Store, output: &mut Output) -> anyhow::Result<Exit> {
    let keys = store.key_list().await.map_err(failed)?;
    for (digest, key) in &keys {
        output.line(&line(digest, key));
    }
    if keys.is_empty() {
        output.line("this tenant has no keys: `crm keys create` makes one");
    }
    let keys: Vec<Value> = keys.iter().map(|(digest, key)| document(digest, key)).collect();
    output.document(&keys);
    Ok(Exit::Passed)
}

async fn rotate(database: &Database, store: &Store, name: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let (old, key) = find(store, name).await?;
    let value = new_value()?;
    let digest = sha256(value.reveal().as_bytes());
    let successor = KeyRecord {
        not_before: None,
        not_after: None,
        revoked: false,
        created: Some(Timestamp::now()),
        ..key
    };
    database.key_put(&digest, &successor).await.map_err(failed)?;
    show_new(&digest, &successor, Some(&value), output);
    output.line("Both keys work now. Next:");
    output.line("  1. crm register --update CRM_ID --auth '…'   so that Khoros sends the new one");
    output.line(&format!(
        "  2. crm keys revoke {}               once no call carries the old one",
        short(&old)
    ));
    Ok(Exit::Passed)
}

async fn revoke(database: &Database, store: &Store, name: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let (digest, key) = find(store, name).await?;
    let key = KeyRecord { revoked: true, ..key };
    database.key_put(&digest, &key).await.map_err(failed)?;
    output.line(&format!(
        "{} is revoked; functions that have seen it follow within a minute",
        short(&digest)
    ));
    output.document(&document(&digest, &key));
    Ok(Exit::Passed)
}

/// The one key of the tenant whose digest begins so.
async fn find(store: &Store, name: &str) -> anyhow::Result<(String, KeyRecord)> {
    let mut named = store.key_list().await.map_err(failed)?;
    named.retain(|(digest, _)| !name.is_empty() && digest.starts_with(name));
    match named.len() {
        1 => Ok(named.remove(0)),
        0 => Err(Misuse(format!("this tenant has no key {name}: `crm keys list` shows those it has")).into()),
        _ => Err(Misuse(format!("several keys begin with {name}: write more of it")).into()),
    }
}

/// `Bearer` and 256 random bits.
fn new_value() -> anyhow::Result<Secret> {
    let mut bytes = [0_u8; RANDOM_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness for a key: {error}"))?;
    // Hashed only for its spelling: 64 characters that every header can carry.
    Ok(Secret::from(format!("Bearer {}", sha256(&bytes))))
}

fn show_new(digest: &str, key: &KeyRecord, value: Option<&Secret>, output: &mut Output) {
    output.line(&line(digest, key));
    let mut shown = document(digest, key);
    if let Some(value) = value {
        output.line("The whole Authorization value, shown this once:");
        output.line(value.reveal());
        shown["value"] = json!(value.reveal());
    }
    output.document(&shown);
}

fn line(digest: &str, key: &KeyRecord) -> String {
    let companies: Vec<String> = key.companies.iter().map(i64::to_string).collect();
    let parts = [
        Some(format!("{}  {:<8}{}", short(digest), state(key, Timestamp::now()), key.label)),
        key.not_before.map(|from| format!("from {}", from.iso_seconds())),
        key.not_after.map(|until| format!("until {}", until.iso_seconds())),
        (!companies.is_empty()).then(|| format!("companies {}", companies.join(", "))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

fn document(digest: &str, key: &KeyRecord) -> Value {
    json!({
        "key": short(digest),
        "label": key.label,
        "tenant": key.tenant.as_str(),
        "state": state(key, Timestamp::now()),
        "permissions": key.permissions.iter().map(|permission| permission.name()).collect::<Vec<_>>(),
        "companies": key.companies,
        "created": key.created.map(Timestamp::iso_seconds),
        "notBefore": key.not_before.map(Timestamp::iso_seconds),
        "expires": key.not_after.map(Timestamp::iso_seconds),
    })
}

fn state(key: &KeyRecord, now: Timestamp) -> &'static str {
    if key.revoked {
        "revoked"
    } else if key.not_after.is_some_and(|until| until <= now) {
        "expired"
    } else if key.not_before.is_some_and(|from| now < from) {
        "waiting"
    } else {
        "live"
    }
}

fn short(digest: &str) -> &str {
    digest.get(..NAME_LENGTH).unwrap_or(digest)
}
