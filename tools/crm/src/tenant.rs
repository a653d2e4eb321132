//! `crm tenant`: what is set for a tenant.

use clap::{Args, Subcommand};
use shared::store::{Store, TenantRecord};

use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    output::Output,
};

/// What the command line says.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// What to do.
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make the tenant's settings
    Create(Settings),
    /// Show the tenant's settings
    Show,
    /// Change what is given, and leave the rest; running functions follow within a minute
    Set(Settings),
}

#[derive(Debug, Args)]
struct Settings {
    /// What people call the tenant
    #[arg(long)]
    name: Option<String>,
    /// Where telephone numbers without country code are from: an ISO 3166 country code
    #[arg(long, value_name = "COUNTRY")]
    default_region: Option<String>,
    /// Where agents see a customer, with {id} in its place; "" for our own page
    #[arg(long, value_name = "TEMPLATE")]
    customer_link: Option<String>,
    /// Where agents see a case, likewise
    #[arg(long, value_name = "TEMPLATE")]
    case_link: Option<String>,
    /// Whose pages may show ours in a frame: `https` origins with commas between them, `*.` for all hosts of a domain; "" for nobody's
    #[arg(long, value_name = "ORIGINS")]
    frame_origins: Option<String>,
}

impl Settings {
    fn apply(&self, tenant: &mut TenantRecord) {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        if let Some(name) = &self.name {
            tenant.name.clone_from(name);
        }
        if let Some(region) = &self.default_region {
            tenant.default_region = region.to_uppercase();
        }
        if let Some(link) = &self.customer_link {
            tenant.customer_link = given(link);
        }
        if let Some(link) = &self.case_link {
            tenant.case_link = given(link);
        }
        if let Some(origins) = &self.frame_origins {
            let each = origins.split(',').map(str::trim).filter(|origin| !origin.is_empty());
            tenant.frame_origins = each.map(str::to_owned).collect();
        }
    }
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let name = arguments.connection.tenant()?;
    let tenant = wait(async {
        let (_, store) = arguments.connection.open().await?;
        match &arguments.action {
            Action::Create(settings) => create(&store, settings).await,
            Action::Show => existing(&store).await,
            Action::Set(settings) => {
                let mut tenant = existing(&store).await?;
                settings.apply(&mut tenant);
                store.tenant_put(&tenant).await.map_err(failed)?;
                Ok(tenant)
            }
        }
    })?;
    let page = |link: &Option<String>| link.clone().unwrap_or_else(|| "our own page".to_owned());
    output.line(&format!("tenant           {}", name.as_str()));
    output.line(&format!("name             {}", tenant.name));
    output.line(&format!("default region   {}", tenant.default_region));
    output.line(&format!("customer link    {}", page(&tenant.customer_link)));
    output.line(&format!("case link        {}", page(&tenant.case_link)));
    let framed = match tenant.frame_origins.as_slice() {
        [] => "nobody's pages".to_owned(),
        origins => origins.join(", "),
    };
    output.line(&format!("frame origins    {framed}"));
    output.document(&tenant);
    Ok(Exit::Passed)
}

async fn create(store: &Store, settings: &Settings) -> anyhow::Result<TenantRecord> {
    if store.tenant_get().await.map_err(failed)?.is_some() {
        return Err(Misuse("there is such a tenant already: `crm tenant set` changes it".to_owned()).into());
    }
    let mut tenant = TenantRecord::default();
    settings.apply(&mut tenant);
    store.tenant_put(&tenant).await.map_err(failed)?;
    Ok(tenant)
}

async fn existing(store: &Store) -> anyhow::Result<TenantRecord> {
    let tenant = store.tenant_get().await.map_err(failed)?;
    tenant.ok_or_else(|| anyhow::anyhow!("there is no such tenant: `crm tenant create` makes it"))
}
