//! `crm tenant`: the settings of tenants.

use clap::{Args, Subcommand};
use crm_domain::{Brand, OutgoingUrl, TenantId, TenantRecord, matching::Strictness};
use crm_store::{Store, clock};
use serde_json::{Value, json};

use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    outgoing_address::OutgoingAddress,
    output::Output,
    webhook::settings::{Planned, PushSettings},
};

/// The command's arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// The subcommand.
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Create the tenant's settings
    Create(Settings),
    /// Show the tenant's settings
    Show,
    /// Change the given settings and keep the others; running functions follow within a minute
    Set(Settings),
    /// List the tenants; reads the whole table
    List,
    /// Delete the tenant, its keys and its settings; customers and cases only with --with-data
    Delete {
        /// Delete its customers and cases, too; the value is the tenant's name again
        #[arg(long, value_name = "NAME")]
        with_data: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Settings {
    /// The name that people use for the tenant
    #[arg(long)]
    name: Option<String>,
    /// The country of telephone numbers without a country code: an ISO 3166 country code
    #[arg(long, value_name = "COUNTRY")]
    default_region: Option<String>,
    /// How sure best match must be before it names a customer. Of 100 answers about samples that it has not seen, 98 to 99 are
    /// right with `careful`, 96 to 99 with `balanced`, and 95 to 99 with `generous`; of 100 strangers, at most 3, 6 and 9 are
    /// answered with somebody. `careful` finds 1 to 5 customers of 100 fewer than `balanced`, `generous` one or two more
    #[arg(long = "match", value_name = "careful|balanced|generous", value_parser = strictness)]
    best_match: Option<Strictness>,
    /// Whether customers learn from conversations under which accounts they write. Best match and search then find them by these. `off`
    /// keeps what was learnt before
    #[arg(long, value_name = "on|off", value_parser = on_or_off)]
    learn_accounts: Option<bool>,
    /// The link to a customer, with {id} in the place of the id; "" for our own page
    #[arg(long, value_name = "TEMPLATE")]
    customer_link: Option<String>,
    /// The link to a case, with {id} in the same way
    #[arg(long, value_name = "TEMPLATE")]
    case_link: Option<String>,
    /// The sites that may show our pages in a frame: `https` origins with commas between them, `*.` for all hosts of a domain; "" for none
    #[arg(long, value_name = "ORIGINS")]
    frame_origins: Option<String>,
    /// Whether each department sees its own customers only
    #[arg(long, value_name = "on|off", value_parser = on_or_off)]
    departmentalized: Option<bool>,
    /// A department, its number and name; `999=` removes it. May be given several times
    #[arg(long = "department", value_name = "999=NAME", value_parser = numbered)]
    departments: Vec<(String, String)>,
    /// The department, by number or name, of customers who have none of their own, such as those that Khoros and Omnidesk create; "" for
    /// none. `crm model backfill --all` gives it to existing customers
    #[arg(long, value_name = "DEPARTMENT")]
    default_department: Option<String>,
    /// A brand, its number and name; `1=` removes it. May be given several times
    #[arg(long = "brand", value_name = "1=NAME", value_parser = numbered)]
    brands: Vec<(String, String)>,
    /// Whether customers of a brand can be found by a contact point if the client's own id is missing
    #[arg(long = "brand-search-by-channels", value_name = "1=on|off", value_parser = numbered)]
    brand_search: Vec<(String, String)>,
    /// The URL that Omnidesk's syncWithCRM asks about a brand's customers; `1=` for none
    #[arg(long = "brand-sync-url", value_name = "1=URL", value_parser = numbered)]
    brand_sync_url: Vec<(String, String)>,
    /// Whether that URL may be http and in a private network (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, `fc00::/7`).
    /// Loopback, link-local and AWS' own addresses are never called. On AWS the functions omnidesk-sync-with-crm and omnidesk-unknown-route
    /// also need a VPC with routes to the CRM and to DynamoDB
    #[arg(long = "brand-sync-private", value_name = "1=on|off", value_parser = numbered)]
    brand_sync_private: Vec<(String, String)>,
    /// The number of one of Omnidesk's channel types, if it is not the usual one; `4=` for the usual one
    #[arg(long = "channel", value_name = "4=NAME", value_parser = numbered)]
    channels: Vec<(String, String)>,
    /// An attribute that contact persons have here. May be given several times; existing ones stay
    #[arg(long = "contact-attribute", value_name = "NAME")]
    contact_attributes: Vec<String>,
    #[command(flatten)]
    push: PushSettings,
}

/// Reads a switch of the command line.
pub fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("write on or off".to_owned()),
    }
}

fn strictness(text: &str) -> Result<Strictness, String> {
    Strictness::parse(text).ok_or("write careful, balanced or generous".to_owned())
}

fn numbered(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').ok_or("write it as 999=Name")?;
    Ok((parts.0.to_owned(), parts.1.trim().to_owned()))
}

impl Settings {
    fn apply(&self, tenant: &mut TenantRecord, is_local: bool) -> anyhow::Result<()> {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        if let Some(name) = &self.name {
            tenant.name.clone_from(name);
        }
        if let Some(region) = &self.default_region {
            tenant.default_region = region.to_uppercase();
        }
        tenant.best_match = self.best_match.unwrap_or(tenant.best_match);
        tenant.learns_accounts = self.learn_accounts.unwrap_or(tenant.learns_accounts);
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
        for (given, kept) in [
            (&self.departments, &mut tenant.departments),
            (&self.channels, &mut tenant.channels),
        ] {
            for (id, name) in given {
                if name.is_empty() {
                    kept.remove(id);
                } else {
                    kept.insert(id.clone(), name.clone());
                }
            }
        }
        for (id, name) in &self.brands {
            if name.is_empty() {
                tenant.brands.remove(id);
            } else {
                tenant.brands.entry(id.clone()).or_default().name.clone_from(name);
            }
        }
        if let Some(department) = &self.default_department {
            tenant.default_department = default_department(tenant, department)?;
        }
        tenant.contact_attributes.extend(self.contact_attributes.iter().cloned());
        self.apply_to_brands(tenant, is_local)
    }

    fn apply_to_brands(&self, tenant: &mut TenantRecord, is_local: bool) -> anyhow::Result<()> {
        for (id, state) in &self.brand_search {
            brand(tenant, id)?.search_by_contact_points = on_or_off(state).map_err(Misuse)?;
        }
        for (id, url) in &self.brand_sync_url {
            brand(tenant, id)?.sync_url = Some(url.clone()).filter(|url| !url.is_empty());
        }
        for (id, state) in &self.brand_sync_private {
            brand(tenant, id)?.sync_private = on_or_off(state).map_err(Misuse)?;
        }
        for (id, _) in self.brand_sync_url.iter().chain(&self.brand_sync_private) {
            let brand = brand(tenant, id)?;
            let address = OutgoingAddress {
                option: "--brand-sync-url",
                allowing: &format!("--brand-sync-private {id}=on"),
                url: brand.sync_url.as_deref().unwrap_or_default(),
                is_private_allowed: brand.sync_private,
                is_local,
            };
            address.check()?;
        }
        Ok(())
    }
}

/// The number of the department of this number or name; none for an empty text.
fn default_department(tenant: &TenantRecord, wanted: &str) -> Result<Option<String>, Misuse> {
    if wanted.is_empty() {
        return Ok(None);
    }
    let is_it = |(id, name): &(&String, &String)| *name == wanted || *id == wanted;
    let found = tenant.departments.iter().find(is_it).map(|(id, _)| id.clone());
    let unknown = || {
        Misuse(format!(
            "there is no department {wanted}: --department '999={wanted}' adds it"
        ))
    };
    found.ok_or_else(unknown).map(Some)
}

fn brand<'tenant>(tenant: &'tenant mut TenantRecord, id: &str) -> Result<&'tenant mut Brand, Misuse> {
    let brand = tenant.brands.get_mut(id);
    brand.ok_or_else(|| Misuse(format!("there is no brand {id}: --brand '{id}=Name' adds it")))
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let connection = &arguments.connection;
    let settings = wait(async {
        match &arguments.action {
            Action::List => list(connection, output).await.map(|()| None),
            Action::Delete { with_data } => delete(connection, with_data.as_deref(), output).await.map(|()| None),
            Action::Create(settings) => {
                let (database, store) = connection.open_any().await?;
                output.note(&connection.place(&database).await?);
                create(&store, settings, connection.is_local()).await.map(Some)
            }
            Action::Show => {
                let (_, store) = connection.open().await?;
                existing(&store).await.map(Some)
            }
            Action::Set(settings) => {
                let (_, store) = connection.open_to_write(output).await?;
                let mut set = existing(&store).await?;
                settings.apply(&mut set.tenant, connection.is_local())?;
                set.push = settings.push.plan(set.push.target, clock::now(), connection.is_local())?;
                set.write(&store).await?;
                Ok(Some(set))
            }
        }
    })?;
    if let Some(settings) = settings {
        show(&connection.tenant()?, &settings, output);
    }
    Ok(Exit::Passed)
}

async fn list(connection: &Connection, output: &mut Output) -> anyhow::Result<()> {
    let connection = Connection {
        // Any tenant will do to reach the table.
        tenant: connection.tenant.clone().or(Some("none".to_owned())),
        ..connection.clone()
    };
    let (database, _) = connection.open_any().await?;
    let mut tenants = Vec::new();
    for name in database.tenants(None).await.map_err(failed)? {
        let id = TenantId::try_from(name.clone()).map_err(|why| anyhow::anyhow!("{name}: {why}"))?;
        let record = database.of(&id).tenant_get().await.map_err(failed)?;
        let called = record.map(|record| record.name).unwrap_or_default();
        output.line(format!("{name:<20} {called}").trim_end());
        tenants.push(json!({"tenant": name, "name": called}));
    }
    if tenants.is_empty() {
        output.line(&format!(
            "the table {} has no tenants: `crm tenant create` creates one",
            connection.table
        ));
    }
    output.document(&tenants);
    Ok(())
}

/// Deletes the tenant if it has no records, or if the operator typed its name twice.
async fn delete(connection: &Connection, with_data: Option<&str>, output: &mut Output) -> anyhow::Result<()> {
    let tenant = connection.tenant()?;
    let (_, store) = connection.open_to_write(output).await?;
    match with_data {
        Some(name) if name == tenant.as_str() => {}
        Some(name) => {
            return Err(Misuse(format!(
                "--with-data {name}: type the tenant's name, {}, to delete its customers and cases",
                tenant.as_str()
            ))
            .into());
        }
        None => {
            let has_customers = !store.customers_page(None).await.map_err(failed)?.is_empty();
            if has_customers || !store.cases_page(None).await.map_err(failed)?.is_empty() {
                return Err(Misuse(format!(
                    "the tenant {} has customers or cases: --with-data {} deletes them, too, permanently",
                    tenant.as_str(),
                    tenant.as_str()
                ))
                .into());
            }
        }
    }
    let mut count = 0;
    loop {
        match store.tenant_delete_some().await.map_err(failed)? {
            0 => break,
            some => count += some,
        }
    }
    output.line(&format!("the tenant {} is deleted: {count} items", tenant.as_str()));
    output.document(&json!({"tenant": tenant.as_str(), "deleted": true, "items": count}));
    Ok(())
}

/// A tenant's settings, as they are or are about to be.
struct Set {
    tenant: TenantRecord,
    push: Planned,
}

impl Set {
    async fn write(&self, store: &Store) -> anyhow::Result<()> {
        store.tenant_put(&self.tenant).await.map_err(failed)?;
        self.push.write(store).await
    }
}

fn show(name: &TenantId, settings: &Set, output: &mut Output) {
    let Set { tenant, push } = settings;
    let page = |link: &Option<String>| link.clone().unwrap_or_else(|| "our own page".to_owned());
    output.line(&format!("tenant           {}", name.as_str()));
    output.line(&format!("name             {}", tenant.name));
    output.line(&format!("default region   {}", tenant.default_region));
    output.line(&format!("best match       {}", <&str>::from(tenant.best_match)));
    let learns = if tenant.learns_accounts { "from conversations" } else { "off" };
    output.line(&format!("learnt accounts  {learns}"));
    output.line(&format!("customer link    {}", page(&tenant.customer_link)));
    output.line(&format!("case link        {}", page(&tenant.case_link)));
    let framed = match tenant.frame_origins.as_slice() {
        [] => "none".to_owned(),
        origins => origins.join(", "),
    };
    output.line(&format!("frame origins    {framed}"));
    show_names(tenant, output);
    let now = clock::now();
    push.show(now, output);
    let mut document = document(tenant);
    if let Some((member, target)) = push.document(now) {
        document[member] = target;
    }
    output.document(&document);
}

/// The members are named as in all other documents. The table has other names.
fn document(tenant: &TenantRecord) -> Value {
    match serde_json::to_value(tenant) {
        Ok(Value::Object(members)) => members.into_iter().map(|(name, value)| (camel_case(&name), value)).collect(),
        _ => Value::Null,
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (letter, rest) = word.split_at(word.len().min(1));
        format!("{name}{}{rest}", letter.to_uppercase())
    })
}

fn show_names(tenant: &TenantRecord, output: &mut Output) {
    let state = if tenant.departmentalized {
        "see their own customers"
    } else {
        "see all customers"
    };
    let departments = tenant.departments.iter().map(|(id, name)| format!("{id}={name}"));
    let brands = tenant.brands.iter().map(|(id, brand)| format!("{id}={}", brand.name));
    let channels = tenant.channels.iter().map(|(id, name)| format!("{id}={name}"));
    for (what, names) in [
        ("departments", departments.collect::<Vec<_>>()),
        ("brands", brands.collect()),
        ("channels", channels.collect()),
        ("contacts have", tenant.contact_attributes.iter().cloned().collect()),
    ] {
        if !names.is_empty() {
            output.line(&format!("{what:<16} {}", names.join(", ")));
        }
    }
    if !tenant.departments.is_empty() {
        output.line(&format!("{:<16} {state}", ""));
        let newcomers = tenant.default_department.as_ref().and_then(|id| tenant.departments.get(id));
        let newcomers = newcomers.map_or("no department", String::as_str);
        output.line(&format!("{:<16} {newcomers}", "newcomers get"));
    }
    for (id, brand) in &tenant.brands {
        for what in shown(brand) {
            output.line(&format!("{:<16} {what}", format!("brand {id}")));
        }
    }
}

/// The settings of a brand. Only the host of a URL is shown, since the rest may hold a secret.
fn shown(brand: &Brand) -> Vec<String> {
    let search = brand
        .search_by_contact_points
        .then(|| "finds customers by channels".to_owned());
    let network = if brand.sync_private {
        ", also in a private network"
    } else {
        ""
    };
    let sync = brand
        .sync_url
        .as_ref()
        .map(|url| format!("asks the CRM at {}{network}", OutgoingUrl(url).host()));
    search.into_iter().chain(sync).collect()
}

async fn create(store: &Store, settings: &Settings, is_local: bool) -> anyhow::Result<Set> {
    if store.tenant_get().await.map_err(failed)?.is_some() {
        return Err(Misuse("this tenant already exists: `crm tenant set` changes it".to_owned()).into());
    }
    let mut tenant = TenantRecord::default();
    settings.apply(&mut tenant, is_local)?;
    let push = settings.push.plan(None, clock::now(), is_local)?;
    let set = Set { tenant, push };
    set.write(store).await?;
    Ok(set)
}

async fn existing(store: &Store) -> anyhow::Result<Set> {
    let tenant = store.tenant_get().await.map_err(failed)?;
    let tenant = tenant.ok_or_else(|| anyhow::anyhow!("this tenant has no settings: `crm tenant create` creates them"))?;
    let target = store.push_target_get().await.map_err(failed)?;
    let push = Planned::unchanged(target);
    Ok(Set { tenant, push })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_brand_holds_no_secret() {
        let brand = Brand {
            name: "Boeken".to_owned(),
            search_by_contact_points: true,
            sync_url: Some("https://secret:secret@crm.example:8443/lookup/secret?key=secret".to_owned()),
            sync_private: false,
        };
        assert_eq!(
            shown(&brand),
            ["finds customers by channels", "asks the CRM at crm.example:8443"]
        );
        assert_eq!(shown(&Brand::default()), Vec::<String>::new());
    }
}
