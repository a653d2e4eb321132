//! Reaching the table: by the usual AWS variables and profiles, or on this machine.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::config::Credentials;
use clap::Args;
use crm_domain::{TenantId, error::Error};
use crm_store::{Database, Store};

use crate::{Misuse, Unreachable, instance_url::is_loopback};

/// Which table, of which tenant.
#[derive(Debug, Clone, Args)]
pub struct Connection {
    /// The DynamoDB table
    #[arg(long, global = true, env = "TABLE_NAME", default_value = "khoros-crm")]
    pub table: String,
    /// Where DynamoDB is, if not where region and profile say: `make run` prints the address of its own
    #[arg(long, global = true, env = "AWS_ENDPOINT_URL_DYNAMODB", value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// The tenant
    #[arg(long, global = true, env = "CRM_TENANT", default_value = "demo")]
    pub tenant: String,
}

impl Connection {
    /// The tenant's name.
    pub fn tenant(&self) -> Result<TenantId, Misuse> {
        TenantId::try_from(self.tenant.clone()).map_err(|why| Misuse(format!("--tenant: {why}")))
    }

    /// Whether the table is in a database on this machine.
    pub fn is_local(&self) -> bool {
        self.endpoint_url.as_deref().is_some_and(is_loopback)
    }

    /// One that no test opens.
    #[cfg(test)]
    pub(crate) fn local() -> Self {
        Self {
            table: "khoros-crm".to_owned(),
            endpoint_url: None,
            tenant: "demo".to_owned(),
        }
    }

    /// The table, and the tenant's part of it.
    pub async fn open(&self) -> anyhow::Result<(Database, Store)> {
        let tenant = self.tenant()?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(endpoint) = &self.endpoint_url {
            loader = loader.endpoint_url(endpoint);
            if is_loopback(endpoint) {
                // A database on this machine takes anybody, but the SDK insists on credentials and a region.
                let anybody = Credentials::new("local", "local", None, None, "local");
                loader = loader.credentials_provider(anybody).region(Region::new("us-east-1"));
            }
        }
        let database = Database::connect_by(loader, self.table.clone()).await;
        let store = database.of(&tenant);
        Ok((database, store))
    }
}

/// A failure in words for whoever typed the command.
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
