//! `crm keys`: the values of the `Authorization` header that a tenant's functions accept (contract section 1).
//!
//! A key's value is shown once, when it is created. The table has its digest only. Keys are named by the first characters of that digest.

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use crm_domain::{CustomerId, KeyRecord, Permission, TenantId, Timestamp, digest::sha256};
use crm_service::strength::FEWEST_BITS;
use crm_store::{Database, ListedKey, Store, USE_IS_KNOWN_WITHIN, clock};
use serde_json::{Value, json};
use std::{collections::BTreeSet, io::BufRead as _};

use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    output::Output,
    secret::{Secret, check_header_value},
};

/// The number of characters of a digest that name a key: enough for the few keys of a tenant.
const NAME_LENGTH: usize = 12;
/// The environment variable with a header value, which other commands read.
const AUTH: &str = "CRM_AUTH";
const DAY_SECONDS: i64 = 86_400;
/// The number of random bytes of a generated key.
const RANDOM_BYTES: usize = 32;
const EXAMPLES: &str = "\
Examples:
  Make a key for Khoros, and register it:
    crm keys create --tenant acme --label 'Khoros production'
  Take over the value that Khoros sends already:
    crm keys create --tenant acme --label 'Khoros, until May' --value 'Basic Y3JtOjhmMmNhMWQ0…'
  Replace a key without a failing call:
    crm keys rotate --tenant acme 3f9a2c41d07b
    crm register --update 1234 --auth 'Bearer …'
    crm keys revoke --tenant acme 3f9a2c41d07b";

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
    /// Create a key and show its value, once
    Create(Create),
    /// List the tenant's keys, without their values
    List,
    /// Create a second key with the same permissions and the same end, and print the next steps
    Rotate {
        /// The key, as `crm keys list` names it
        key: String,
        /// The end of its validity, an ISO 8601 time, instead of the first key's
        #[arg(long, value_parser = time, value_name = "TIME")]
        expires: Option<Timestamp>,
    },
    /// Revoke a key; it stops working within a minute
    Revoke {
        /// The key, as `crm keys list` names it
        key: String,
        /// Do not ask, even if the key was used today
        #[arg(long)]
        yes: bool,
    },
    /// Restore a key that was revoked within a week
    Restore {
        /// The key, as `crm keys list` names it
        key: String,
    },
}

#[derive(Debug, Args)]
struct Create {
    /// Its name in lists and log lines
    #[arg(long)]
    label: String,
    /// A permission; may be given several times
    #[arg(long = "permission", value_name = "NAME", value_parser = permission_parser(), default_value = Permission::Khoros.name())]
    permissions: Vec<Permission>,
    /// The number of a Khoros company that may use it; any company if none is given. With a company, every request needs the header
    /// x-sf-company-id with its number. May be given several times
    #[arg(long = "company", value_name = "ID", value_parser = clap::value_parser!(i64).range(0..))]
    companies: Vec<i64>,
    /// A department whose customers an agent with this key sees, by its name or number; may be given several times
    #[arg(long = "department", value_name = "NAME")]
    departments: Vec<String>,
    /// The customer who uses the key to see their own record
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// The beginning of its validity, an ISO 8601 time
    #[arg(long, value_parser = time, value_name = "TIME")]
    not_before: Option<Timestamp>,
    /// The end of its validity, an ISO 8601 time
    #[arg(long, value_parser = time, value_name = "TIME")]
    expires: Option<Timestamp>,
    /// An existing header value, scheme word included, instead of a new one; `-` reads it from standard input.
    ///
    /// A value below an estimate of 64 bits is refused, and one below 128 causes a warning. The estimate is the length times the bits of a
    /// character: the logarithm of 10 digits, of 16 hexadecimal digits, or of the sum of 26 small letters, 26 capitals, 10 digits and 33
    /// others, as they occur. No character counts more than eight times. The scheme word does not count, and of Basic the password counts
    /// alone.
    #[arg(long)]
    value: Option<Secret>,
    /// Accept an existing value even if it can be guessed
    #[arg(long)]
    weak: bool,
}

fn permission_parser() -> impl TypedValueParser<Value = Permission> {
    PossibleValuesParser::new(Permission::ALL.map(Permission::name))
        .try_map(|name| Permission::parse(&name).ok_or("is not a permission"))
}

/// Reads a time of the command line.
pub fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "write it as 2027-01-31T00:00:00Z".to_owned())
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let tenant = arguments.connection.tenant()?;
    wait(async {
        let connection = &arguments.connection;
        let (database, store) = match &arguments.action {
            Action::List => connection.open().await?,
            _ => connection.open_to_write(output).await?,
        };
        match &arguments.action {
            Action::Create(wanted) => create(&database, &store, tenant, wanted, output).await,
            Action::List => list(&store, output).await,
            Action::Rotate { key, expires } => rotate(&database, &store, key, *expires, output).await,
            Action::Revoke { key, yes } => revoke(&database, &store, key, *yes, output).await,
            Action::Restore { key } => restore(&database, &store, key, output).await,
        }
    })
}

async fn create(
    database: &Database,
    store: &Store,
    tenant: TenantId,
    wanted: &Create,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let imported = wanted.value.is_some();
    let permissions: BTreeSet<Permission> = wanted.permissions.iter().copied().collect();
    check_time(wanted.not_before, wanted.expires, clock::now())?;
    let value = match &wanted.value {
        Some(value) if value.reveal() == "-" => typed_value()?,
        Some(value) => value.clone(),
        None => new_value_for(&permissions)?,
    };
    if !imported && std::env::var_os(AUTH).is_some() {
        output.note(&format!(
            "{AUTH} is set but not used: --value - reads an existing value from standard input"
        ));
    }
    check_header_value("--value", &value)?;
    if imported {
        check_strength(&value, wanted.weak, output)?;
    }
    check_companies(&wanted.companies, &permissions)?;
    let digest = sha256(value.reveal().as_bytes());
    if database.key_get(&digest).await.map_err(failed)?.is_some() {
        return Err(
            Misuse("this value is already a key: `crm keys list` shows it, if it belongs to this tenant".to_owned()).into(),
        );
    }
    if permissions.contains(&Permission::EgainCustomer) && wanted.customer.is_none() {
        return Err(Misuse("--permission egain:customer needs --customer, whose record the key shows".to_owned()).into());
    }
    let key = KeyRecord {
        companies: wanted.companies.iter().copied().collect(),
        departments: departments(store, &wanted.departments).await?,
        customer: wanted.customer.as_deref().map(customer).transpose()?,
        not_before: wanted.not_before,
        not_after: wanted.expires,
        created: Some(clock::now()),
        ..KeyRecord::new(tenant, wanted.label.clone(), permissions)
    };
    database.key_put(&digest, &key).await.map_err(failed)?;
    show_new(&unused(digest, key), (!imported).then_some(&value), output);
    Ok(Exit::Passed)
}

/// The value on standard input, where no process list shows it.
fn typed_value() -> anyhow::Result<Secret> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(Secret::from(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A key that would never be valid is a mistake.
fn check_time(from: Option<Timestamp>, until: Option<Timestamp>, now: Timestamp) -> Result<(), Misuse> {
    match (from, until) {
        (_, Some(until)) if until <= now => Err(Misuse(format!("--expires {}: that is in the past", until.iso_seconds()))),
        (Some(from), Some(until)) if until <= from => Err(Misuse("--expires must be after --not-before".to_owned())),
        _ => Ok(()),
    }
}

/// An imported value may be short, or a word.
fn check_strength(value: &Secret, may_be_weak: bool, output: &mut Output) -> Result<(), Misuse> {
    if !may_be_weak && value.bits() < FEWEST_BITS {
        return Err(Misuse(format!(
            "--value can be guessed: {}, and fewer than {FEWEST_BITS} are refused. Leave it out for a new value, or add --weak",
            value.strength()
        )));
    }
    if let Some(warning) = value.weakness("--value") {
        output.problem(&warning);
    }
    Ok(())
}

/// Only Khoros sends a company number.
fn check_companies(companies: &[i64], permissions: &BTreeSet<Permission>) -> Result<(), Misuse> {
    let other = permissions
        .iter()
        .find(|permission| !matches!(permission, Permission::Khoros | Permission::Admin));
    match other {
        Some(other) if !companies.is_empty() => Err(Misuse(format!(
            "--company needs the header x-sf-company-id, which callers with {} do not send: make a separate key for them",
            other.name()
        ))),
        _ => Ok(()),
    }
}

async fn departments(store: &Store, names: &[String]) -> anyhow::Result<BTreeSet<String>> {
    let settings = store.settings_get().await.map_err(failed)?;
    let id = |name: &String| {
        let id = settings.department(name).map(str::to_owned);
        id.ok_or_else(|| {
            Misuse(format!(
                "--department: there is no department {name}: `crm tenant set --department 1=Name` adds one"
            ))
            .into()
        })
    };
    names.iter().map(id).collect()
}

fn customer(id: &str) -> anyhow::Result<CustomerId> {
    CustomerId::parse(id)
        .ok_or_else(|| Misuse(format!("--customer: {id} is not the id of a customer, such as C0SA77REZRPC")).into())
}

async fn list(store: &Store, output: &mut Output) -> anyhow::Result<Exit> {
    let keys = store.key_list().await.map_err(failed)?;
    let owners: Vec<CustomerId> = keys.iter().filter_map(|key| key.record.customer).collect();
    let owners = store.customer_get_many(owners).await.map_err(failed)?;
    let is_orphan = |key: &&ListedKey| {
        let owner = key.record.customer;
        owner.is_some_and(|owner| !owners.iter().any(|customer| customer.is_of(owner)))
    };
    for key in &keys {
        output.line(&line(key));
    }
    if keys.is_empty() {
        output.line("this tenant has no keys: `crm keys create` creates one");
    }
    for key in keys.iter().filter(is_orphan) {
        output.line(&format!(
            "{} is of no use to its customer, who has no record: `crm keys revoke` revokes it",
            short(&key.digest)
        ));
    }
    output.document(&keys.iter().map(document).collect::<Vec<Value>>());
    Ok(Exit::Passed)
}

async fn rotate(
    database: &Database,
    store: &Store,
    name: &str,
    expires: Option<Timestamp>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let old = find(store, name).await?;
    let now = clock::now();
    let state = state(&old.record, now);
    if ["revoked", "expired"].contains(&state) {
        return Err(Misuse(format!(
            "{} is {state}: `crm keys create` creates a new key",
            short(&old.digest)
        ))
        .into());
    }
    check_time(None, expires, now)?;
    let value = new_value_for(&old.record.permissions)?;
    let digest = sha256(value.reveal().as_bytes());
    let successor = KeyRecord {
        not_before: None,
        not_after: expires.or(old.record.not_after),
        created: Some(now),
        ..old.record
    };
    database.key_put(&digest, &successor).await.map_err(failed)?;
    show_new(&unused(digest, successor), Some(&value), output);
    output.line("Both keys work now. Next:");
    output.line("  1. crm register --update CRM_ID --auth '…'   so that Khoros sends the new one");
    output.line(&format!(
        "  2. crm keys list                             until {} is no longer used (known within {} minutes)",
        short(&old.digest),
        USE_IS_KNOWN_WITHIN.as_secs() / 60
    ));
    output.line(&format!("  3. crm keys revoke {}", short(&old.digest)));
    Ok(Exit::Passed)
}

async fn revoke(database: &Database, store: &Store, name: &str, is_said: bool, output: &mut Output) -> anyhow::Result<Exit> {
    let key = find(store, name).await?;
    let name = short(&key.digest);
    if key.record.revoked {
        return Err(Misuse(format!("{name} is already revoked")).into());
    }
    let day_ago = clock::now().plus_seconds(-DAY_SECONDS);
    if let Some(at) = key.last_used.filter(|at| *at > day_ago) {
        let question = format!(
            "{name} \"{}\" was last used at {}. Its users will be refused from now on. Revoke it?",
            key.record.label,
            at.iso_seconds()
        );
        if !output.confirm(is_said, &question)? {
            output.line("nothing was revoked");
            return Ok(Exit::Failed);
        }
    }
    let key = end(database, store, &key.digest).await?;
    let name = short(&key.digest);
    let used = key
        .last_used
        .map_or_else(|| "never used".to_owned(), |at| format!("last used {}", at.iso_seconds()));
    output.line(&format!(
        "{name} is revoked ({used}); functions that have seen it follow within a minute. `crm keys restore {name}` restores it for a week"
    ));
    output.document(&document(&key));
    Ok(Exit::Passed)
}

async fn restore(database: &Database, store: &Store, name: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let mut key = find(store, name).await?;
    let name = short(&key.digest).to_owned();
    let refused = |why: &str| Misuse(format!("{name} {why}"));
    if !key.record.revoked {
        return Err(refused("is not revoked").into());
    }
    let week_ago = clock::now().plus_seconds(-7 * DAY_SECONDS);
    if key.record.revoked_at.is_none_or(|at| at < week_ago) {
        return Err(refused("was revoked more than a week ago: `crm keys create` creates a new key").into());
    }
    (key.record.revoked, key.record.revoked_at) = (false, None);
    database.key_put(&key.digest, &key.record).await.map_err(failed)?;
    output.line(&format!(
        "{name} works again; functions that saw it revoked follow within a minute"
    ));
    output.line(&line(&key));
    output.document(&document(&key));
    Ok(Exit::Passed)
}

async fn end(database: &Database, store: &Store, name: &str) -> anyhow::Result<ListedKey> {
    let mut key = find(store, name).await?;
    key.record.revoked = true;
    key.record.revoked_at = Some(clock::now());
    database.key_put(&key.digest, &key.record).await.map_err(failed)?;
    Ok(key)
}

/// The only key of the tenant whose digest begins with this.
async fn find(store: &Store, name: &str) -> anyhow::Result<ListedKey> {
    let mut named = store.key_list().await.map_err(failed)?;
    named.retain(|key| !name.is_empty() && key.digest.starts_with(name));
    match named.len() {
        1 => Ok(named.remove(0)),
        0 => Err(Misuse(format!("this tenant has no key {name}: `crm keys list` shows its keys")).into()),
        _ => Err(Misuse(format!("several keys begin with {name}: give more characters")).into()),
    }
}

/// Stores a key for Khoros. Its value is sent to Khoros only.
pub fn store_for_khoros(connection: &Connection, label: &str, value: &Secret, output: &mut Output) -> anyhow::Result<()> {
    wait(async {
        let (database, _) = connection.open_to_write(output).await?;
        let key = KeyRecord {
            created: Some(clock::now()),
            ..KeyRecord::new(connection.tenant()?, label, [Permission::Khoros])
        };
        let digest = sha256(value.reveal().as_bytes());
        database.key_put(&digest, &key).await.map_err(failed)
    })
}

/// Revokes a key that Khoros refused.
pub fn withdraw(connection: &Connection, value: &Secret) -> anyhow::Result<()> {
    wait(async {
        let (database, store) = connection.open().await?;
        let digest = sha256(value.reveal().as_bytes());
        end(&database, &store, &digest).await.map(drop)
    })
}

/// `Bearer` and 256 random bits.
pub fn new_value() -> anyhow::Result<Secret> {
    Ok(Secret::from(format!("Bearer {}", random()?)))
}

/// The same, without the scheme word if the key is for Omnidesk alone, whose header `apiKey` has none.
fn new_value_for(permissions: &BTreeSet<Permission>) -> anyhow::Result<Secret> {
    if is_for_omnidesk(permissions) {
        random().map(Secret::from)
    } else {
        new_value()
    }
}

fn is_for_omnidesk(permissions: &BTreeSet<Permission>) -> bool {
    let is_omnidesk = |permission: &Permission| matches!(permission, Permission::CustomerRead | Permission::CustomerCud);
    !permissions.is_empty() && permissions.iter().all(is_omnidesk)
}

fn random() -> anyhow::Result<String> {
    let mut bytes = [0_u8; RANDOM_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system has no random bytes for a key: {error}"))?;
    // Hashed for its form only: 64 characters that every header can carry.
    Ok(sha256(&bytes))
}

/// A key that was just created.
fn unused(digest: String, record: KeyRecord) -> ListedKey {
    ListedKey {
        digest,
        record,
        last_used: None,
    }
}

fn show_new(key: &ListedKey, value: Option<&Secret>, output: &mut Output) {
    output.line(&line(key));
    let mut shown = document(key);
    if let Some(value) = value {
        let header = if is_for_omnidesk(&key.record.permissions) {
            "The value of the header apiKey, shown only once:"
        } else {
            "The whole Authorization value, shown only once:"
        };
        output.line(header);
        output.line(value.reveal());
        shown["value"] = json!(value.reveal());
    }
    output.document(&shown);
}

/// A key in one line.
pub fn line(key: &ListedKey) -> String {
    let record = &key.record;
    let companies: Vec<String> = record.companies.iter().map(i64::to_string).collect();
    let departments: Vec<&str> = record.departments.iter().map(String::as_str).collect();
    let last_used = match key.last_used {
        Some(at) => format!("last used {}", at.iso_seconds()),
        None => "never used".to_owned(),
    };
    let parts = [
        Some(format!(
            "{}  {:<8}{}",
            short(&key.digest),
            state(record, clock::now()),
            record.label
        )),
        Some(permission_names(record).join(", ")),
        Some(last_used),
        record.not_before.map(|from| format!("from {}", from.iso_seconds())),
        record.not_after.map(|until| format!("until {}", until.iso_seconds())),
        (!companies.is_empty()).then(|| format!("companies {}", companies.join(", "))),
        (!departments.is_empty()).then(|| format!("departments {}", departments.join(", "))),
        record.customer.map(|customer| format!("customer {customer}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

/// A key for `--json`.
pub fn document(key: &ListedKey) -> Value {
    let record = &key.record;
    json!({
        "key": short(&key.digest),
        "label": record.label,
        "tenant": record.tenant.as_str(),
        "state": state(record, clock::now()),
        "permissions": permission_names(record),
        "companies": record.companies,
        "departments": record.departments,
        "customer": record.customer,
        "created": record.created.map(Timestamp::iso_seconds),
        "notBefore": record.not_before.map(Timestamp::iso_seconds),
        "expires": record.not_after.map(Timestamp::iso_seconds),
        "lastUsed": key.last_used.map(Timestamp::iso_seconds),
    })
}

fn permission_names(record: &KeyRecord) -> Vec<&'static str> {
    record.permissions.iter().map(|permission| permission.name()).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_time() {
        let now = Timestamp::from_milliseconds(1_000_000);
        let key = |from: Option<i64>, until: Option<i64>, revoked| KeyRecord {
            not_before: from.map(Timestamp::from_milliseconds),
            not_after: until.map(Timestamp::from_milliseconds),
            revoked,
            ..KeyRecord::new(TenantId::parse("acme").unwrap(), "x", [])
        };
        for (record, wanted) in [
            (key(None, None, false), "live"),
            (key(Some(2_000_000), None, false), "waiting"),
            (key(None, Some(1_000_000), false), "expired"),
            (key(None, Some(1_000_001), false), "live"),
            (key(None, None, true), "revoked"),
        ] {
            assert_eq!(state(&record, now), wanted);
        }
        let at = |milliseconds| Some(Timestamp::from_milliseconds(milliseconds));
        assert!(
            check_time(None, at(1_000_000), now)
                .unwrap_err()
                .0
                .contains("that is in the past")
        );
        assert!(
            check_time(at(3_000_000), at(2_000_000), now)
                .unwrap_err()
                .0
                .contains("after --not-before")
        );
        check_time(at(2_000_000), at(3_000_000), now).unwrap();
    }
}
