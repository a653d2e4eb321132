//! The data that the functions are asked about: the sample of `make run`, and one more customer with
//! a case.

use std::{net::Ipv4Addr, sync::Arc};

use anyhow::{Context as _, Result, anyhow};
use crm_domain::{
    Actor, Brand, CaseChange, FieldChange, KeyRecord, Permission, TenantId, TenantRecord, digest::sha256, error::Error,
};
use crm_lambda::key_ring::KeyRing;
use crm_service::{Grant, NewCase, Session, link::LinkKeys};
use crm_store::{Database, OnceKey, clock};
use local::{
    database::{EmbeddedDatabase, create_table},
    link_secret, sample,
    stack::{self, TABLE},
    template::Template,
};
use serde_json::{Map, Value, json};

/// The value of the key, which opens every dialect.
pub const AUTHORIZATION: &str = "Bearer bench-key";
/// The e-mail address of the customer.
pub const EMAIL: &str = "jane.bench@example.com";
const TENANT: &str = "bench";

/// A filled database, and its contents.
pub struct World {
    /// The database.
    pub database: EmbeddedDatabase,
    /// The secret of links to the pages.
    pub link_secret: String,
    /// The customer's id.
    pub customer: String,
    /// The same id in Omnidesk's form.
    pub number: u64,
    /// The id of the customer's case.
    pub case: String,
    /// Signed links to the pages, as path and query.
    pub customer_page: String,
    /// The page of the case.
    pub case_page: String,
}

impl World {
    /// Fills a new database.
    pub async fn new() -> Result<Self> {
        let database = EmbeddedDatabase::start(None, (Ipv4Addr::LOCALHOST, 0).into()).await?;
        let client = stack::client(database.endpoint()).await;
        create_table(&client, TABLE, &Template::read(&stack::template_path())?).await?;
        let table = Database::new(client, TABLE.to_owned());
        let grant = admit(&table).await.map_err(unfilled)?;
        sample::load(Arc::clone(&grant)).await?;
        let link_secret = link_secret::random();
        let links = LinkKeys::read(&link_secret).map_err(anyhow::Error::msg)?;
        let session = Session {
            grant,
            actor: Actor::default(),
            now: clock::now(),
            links: Arc::new(links),
        };
        let fields = fields(&session, jane().as_object().context("a customer is an object")?)?;
        let customer = crm_service::create_customer(&session, &fields, &once("customer")).await;
        let customer = customer.map_err(unfilled)?.id;
        let new_case = NewCase {
            customer,
            content: CaseChange {
                title: Some("A parcel is late".to_owned()),
                ..CaseChange::default()
            },
        };
        let (case, _) = crm_service::create_case(&session, new_case, &once("case"))
            .await
            .map_err(unfilled)?;
        let tenant = &session.grant.key.tenant;
        let page = |path: String| session.links.sign(&path, tenant, session.now);
        Ok(Self {
            customer_page: page(format!("/agent/customer/{customer}")),
            case_page: page(format!("/agent/case/{}", case.id)),
            customer: customer.to_string(),
            number: customer.number(),
            case: case.id.to_string(),
            database,
            link_secret,
        })
    }
}

/// Any customer, as Khoros writes one.
pub fn jane() -> Value {
    json!({
        "displayName": "Jane Bench", "firstName": "Jane", "lastName": "Bench", "email": EMAIL, "phone": "(415) 555-0134",
        "city": "Springfield",
    })
}

/// Creates the key and the settings, and opens a session.
async fn admit(table: &Database) -> Result<Arc<Grant>, Error> {
    let tenant = TenantId::try_from(TENANT.to_owned()).map_err(|why| Error::internal("name the tenant", why))?;
    let opens = [
        Permission::Khoros,
        Permission::EgainClient,
        Permission::CustomerRead,
        Permission::CustomerCud,
    ];
    let key = KeyRecord::new(tenant.clone(), "bench", opens);
    table.key_put(&sha256(AUTHORIZATION.as_bytes()), &key).await?;
    let brand = Brand {
        name: "Bench".to_owned(),
        ..Brand::default()
    };
    let settings = TenantRecord {
        brands: [("1".to_owned(), brand)].into(),
        ..TenantRecord::default()
    };
    table.of(&tenant).tenant_put(&settings).await?;
    KeyRing::new(table.clone()).find(Some(AUTHORIZATION)).await
}

fn fields<'session>(session: &'session Session, values: &Map<String, Value>) -> Result<Vec<FieldChange<'session>>> {
    let read = |(name, value): (&String, &Value)| {
        let field = session
            .customer_model()
            .field(name)
            .with_context(|| format!("no field {name}"))?;
        let value = field.read(value, session.region()).map_err(anyhow::Error::msg)?;
        Ok(FieldChange { field, value })
    };
    values.iter().map(read).collect()
}

fn once(part: &str) -> OnceKey {
    OnceKey::new("bench", "", None, part)
}

#[expect(clippy::needless_pass_by_value, reason = "so that it fits map_err")]
fn unfilled(error: Error) -> anyhow::Error {
    anyhow!("the table cannot be filled: {}", error.log_text())
}
