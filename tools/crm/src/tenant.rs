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
    /// Whether departments see their own customers only
    #[arg(long, value_name = "on|off", value_parser = on_or_off)]
    departmentalized: Option<bool>,
    /// A department, its number and name; `999=` removes it. May be given several times
    #[arg(long = "department", value_name = "999=NAME", value_parser = numbered)]
    departments: Vec<(String, String)>,
    /// A brand, likewise
    #[arg(long = "brand", value_name = "1=NAME", value_parser = numbered)]
    brands: Vec<(String, String)>,
    /// An attribute that contact persons have here. May be given several times; those that there are stay
    #[arg(long = "contact-attribute", value_name = "NAME")]
    contact_attributes: Vec<String>,
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("write on or off".to_owned()),
    }
}

fn numbered(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').ok_or("write it as 999=Name")?;
    Ok((parts.0.to_owned(), parts.1.trim().to_owned()))
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
        tenant.departmentalized = self.departmentalized.unwrap_or(tenant.departmentalized);
        for (id, name) in &self.departments {
            if name.is_empty() {
                tenant.departments.remove(id);
            } else {
                tenant.departments.insert(id.clone(), name.clone());
            }
        }
        for (id, name) in &self.brands {
            if name.is_empty() {
                tenant.brands.remove(id);
            } else {
                tenant.brands.entry(id.clone()).or_default().name.clone_from(name);
            }
        }
        tenant.contact_attributes.extend(self.contact_attributes.iter().cloned());
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
    show_names(&tenant, output);
    output.document(&tenant);
    Ok(Exit::Passed)
}

fn show_names(tenant: &TenantRecord, output: &mut Output) {
    let state = if tenant.departmentalized {
        "see their own customers"
    } else {
        "see all customers"
    };
    let departments = tenant.departments.iter().map(|(id, name)| format!("{id}={name}"));
    let brands = tenant.brands.iter().map(|(id, brand)| format!("{id}={}", brand.name));
    for (what, names) in [
        ("departments", departments.collect::<Vec<_>>()),
        ("brands", brands.collect()),
        ("contacts have", tenant.contact_attributes.iter().cloned().collect()),
    ] {
        if !names.is_empty() {
            output.line(&format!("{what:<16} {}", names.join(", ")));
        }
    }
    if !tenant.departments.is_empty() {
        output.line(&format!("{:<16} {state}", ""));
    }
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
