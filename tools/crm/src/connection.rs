//! Connects to the table: by the usual AWS variables and profiles, or on this machine. A tenant that does not exist is refused, and every
//! writing command names the place, so that nothing is written to the wrong place unnoticed.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::config::Credentials;
use clap::Args;
use crm_domain::{TenantId, error::Error};
use crm_import::suggestion::closest;
use crm_service::Session;
use crm_store::{Database, Store};
use http_client::is_loopback;

use crate::{Misuse, Unreachable, output::Output};

/// The tenant of `make run`.
const LOCAL_TENANT: &str = "demo";
/// How many seconds this machine's clock may differ from the database's, whose time is told in whole seconds.
const CLOCK_MAY_DIFFER: i64 = 3;
/// The least likeness, of at most 1, for a name to be suggested.
const ALIKE: f64 = 0.8;
/// The largest number of pages of the table that are read for a suggestion, which should be cheap.
const PAGES_FOR_SUGGESTION: usize = 20;

/// The table and the tenant.
#[derive(Debug, Clone, Args)]
pub struct Connection {
    /// The DynamoDB table
    #[arg(long, global = true, env = "TABLE_NAME", default_value = "khoros-crm")]
    pub table: String,
    /// The address of DynamoDB, if it is not the region's own; `make run` prints its address
    #[arg(long, global = true, env = "AWS_ENDPOINT_URL_DYNAMODB", value_name = "URL", value_parser = endpoint)]
    pub endpoint_url: Option<String>,
    /// The tenant [on this machine, the default is demo]
    #[arg(long, global = true, env = "CRM_TENANT")]
    pub tenant: Option<String>,
}

fn endpoint(text: &str) -> Result<String, String> {
    if text.starts_with("http://") || text.starts_with("https://") {
        return Ok(text.to_owned());
    }
    Err("write it with its scheme, such as http://127.0.0.1:9001".to_owned())
}

/// What is written gets its time from this machine. With a wrong one, other systems could miss it in the feed of changes.
async fn check_clock(database: &Database) -> anyhow::Result<()> {
    // A database that does not answer is found out by what follows.
    let ahead = database.clock_ahead().await.ok().flatten().unwrap_or_default();
    if ahead.abs() <= CLOCK_MAY_DIFFER {
        return Ok(());
    }
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    anyhow::bail!(
        "the clock of this machine is {} s {way} the database's: set it by a time server. Other systems could miss what is written with a \
         wrong time",
        ahead.abs()
    )
}

impl Connection {
    /// The tenant's name. There is a default on this machine only.
    pub fn tenant(&self) -> Result<TenantId, Misuse> {
        let name = match &self.tenant {
            Some(name) => name.clone(),
            None if self.is_local() => LOCAL_TENANT.to_owned(),
            None => {
                return Err(Misuse(
                    "say which tenant: --tenant NAME, or the variable CRM_TENANT. `crm tenant list` shows the tenants".to_owned(),
                ));
            }
        };
        TenantId::try_from(name).map_err(|why| Misuse(format!("--tenant: {why}")))
    }

    /// The table and the part of an existing tenant.
    pub async fn open(&self) -> anyhow::Result<(Database, Store)> {
        let (database, store) = self.open_any().await?;
        if store.tenant_exists().await.map_err(failed)? {
            return Ok((database, store));
        }
        let wanted = self.tenant()?;
        let names = database.tenants(Some(PAGES_FOR_SUGGESTION)).await.unwrap_or_default();
        let advice = match closest(wanted.as_str(), names.iter().map(String::as_str), ALIKE) {
            Some(name) => format!("did you mean {name}?"),
            None => "`crm tenant list` shows the tenants, `crm tenant create` creates one".to_owned(),
        };
        Err(Misuse(format!(
            "there is no tenant {} in the table {}: {advice}",
            wanted.as_str(),
            self.table
        ))
        .into())
    }

    /// A session of the tenant, for what the service answers.
    pub async fn session(&self) -> anyhow::Result<Session> {
        let (_, store) = self.open().await?;
        let settings = store.settings_get().await.map_err(failed)?;
        Ok(Session::of_program(self.tenant()?, settings, store))
    }

    /// The same for a command that writes. It prints the place.
    pub async fn open_to_write(&self, output: &mut Output) -> anyhow::Result<(Database, Store)> {
        let (database, store) = self.open().await?;
        check_clock(&database).await?;
        output.note(&self.place(&database).await?);
        Ok((database, store))
    }

    /// The place in use: the account and region, or the address of a database that is not AWS'; the table; the
    /// tenant.
    pub async fn place(&self, database: &Database) -> Result<String, Misuse> {
        let (table, tenant) = (&self.table, self.tenant()?);
        let part = format!("table {table}, tenant {}", tenant.as_str());
        if let Some(endpoint) = &self.endpoint_url {
            return Ok(format!("at {endpoint}: {part}"));
        }
        // A caller may lack the right to describe the table and still write to it.
        let arn = database.whereabouts().await.map(|place| place.arn).unwrap_or_default();
        let parts: Vec<&str> = arn.split(':').collect();
        Ok(match parts.get(3..5) {
            Some([region, account]) => format!("in account {account}, region {region}: {part}"),
            _ => format!("in the account and region of these credentials: {part}"),
        })
    }

    /// Whether the table is in a database on this machine.
    pub fn is_local(&self) -> bool {
        self.endpoint_url.as_deref().is_some_and(is_loopback)
    }

    /// A connection that no test opens.
    #[cfg(test)]
    pub(crate) fn local() -> Self {
        Self {
            table: "khoros-crm".to_owned(),
            endpoint_url: None,
            tenant: Some(LOCAL_TENANT.to_owned()),
        }
    }

    /// The table and the tenant's part of it, whether or not the tenant exists.
    pub async fn open_any(&self) -> anyhow::Result<(Database, Store)> {
        let tenant = self.tenant()?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(endpoint) = &self.endpoint_url {
            loader = loader.endpoint_url(endpoint);
            if is_loopback(endpoint) {
                // A database on this machine accepts any credentials, but the SDK insists on credentials and a region.
                let anybody = Credentials::new("local", "local", None, None, "local");
                loader = loader.credentials_provider(anybody).region(Region::new("us-east-1"));
            }
        }
        let database = Database::connect_by(loader, self.table.clone()).await;
        let store = database.of(&tenant);
        Ok((database, store))
    }
}

/// A failure, worded for the operator.
#[expect(clippy::needless_pass_by_value, reason = "so that it fits map_err")]
pub fn failed(error: Error) -> anyhow::Error {
    match &error {
        Error::Invalid(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{} {}", field.name, field.message))
                .collect();
            Misuse(fields.join("; ")).into()
        }
        Error::Unreachable { .. } => Unreachable(error.log_text()).into(),
        Error::Timeout => Unreachable("the database does not answer: check --endpoint-url, region and network".to_owned()).into(),
        other => anyhow::anyhow!("{}", other.log_text()),
    }
}

/// Runs asynchronous work to its end.
pub fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_implied_on_this_machine_only() {
        let at = |endpoint: Option<&str>| Connection {
            tenant: None,
            endpoint_url: endpoint.map(str::to_owned),
            ..Connection::local()
        };
        assert_eq!(at(Some("http://127.0.0.1:9001")).tenant().unwrap().as_str(), "demo");
        for elsewhere in [None, Some("https://dynamodb.eu-west-1.amazonaws.com")] {
            assert!(at(elsewhere).tenant().unwrap_err().0.contains("--tenant NAME"));
        }
    }

    #[test]
    fn an_address_has_a_scheme() {
        assert!(endpoint("127.0.0.1:9001").is_err());
        assert!(endpoint("http://127.0.0.1:9001").is_ok());
    }
}
