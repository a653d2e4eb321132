//! DynamoDB on a laptop: an embedded server, and the template's table in it.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions, Permissions},
    io::Read as _,
    net::SocketAddr,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::create_table::builders::CreateTableFluentBuilder,
    types::{
        AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, Projection, TableDescription,
        TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
    },
};
use serde::{Deserialize, de::IgnoredAny};
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crm_store::Item;

use crate::template::Template;

/// How long [`EmbeddedDatabase::stop`] waits for requests that are still running.
const STOP_LIMIT: Duration = Duration::from_secs(2);
/// How long a new table may take to become active. Only the real DynamoDB needs time.
const ACTIVE_LIMIT: Duration = Duration::from_mins(2);
const ACTIVE_POLL: Duration = Duration::from_millis(500);

/// A DynamoDB that lives in this process and is reached over HTTP, as the functions reach the real one.
///
/// Like other local databases it accepts everybody who can reach its port, so it listens on loopback only.
pub struct EmbeddedDatabase {
    endpoint: String,
    database: dynoxide::Database,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), String>>,
}

impl EmbeddedDatabase {
    /// Serves the database in `file`, or one in memory, on `address`. The port may be 0 for a free one.
    ///
    /// A port that is taken fails with an [`std::io::Error`] of the kind `AddrInUse` in the error's chain.
    pub async fn start(file: Option<&Path>, address: SocketAddr) -> Result<Self> {
        ensure!(
            address.ip().is_loopback(),
            "the database has no passwords and listens on loopback only, not on {address}"
        );
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("the database cannot listen on {address}"))?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let database = open(file)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database.clone(), async {
            // Dropping the sender ends the server, too.
            _ = stopped.await;
        }));
        Ok(Self {
            endpoint,
            database,
            stop,
            server,
        })
    }

    /// The address to give to an SDK, such as `http://127.0.0.1:8000`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Puts many items into a table, all of them or none, over whatever was there. It bypasses HTTP and is many times
    /// as fast.
    pub async fn import(&self, table: &'static str, items: Vec<Item>) -> Result<()> {
        let items = items.into_iter().map(converted_item).collect::<Result<Vec<_>>>()?;
        let database = self.database.clone();
        let work = move || database.import_items(table, items, dynoxide::ImportOptions::default());
        tokio::task::spawn_blocking(work).await?.context("cannot import items")?;
        Ok(())
    }

    /// Ends the server when its running requests are answered. Requests that take too long are cut off.
    pub async fn stop(self) {
        let Self { stop, mut server, .. } = self;
        _ = stop.send(());
        if timeout(STOP_LIMIT, &mut server).await.is_err() {
            server.abort();
        }
    }
}

fn converted_item(item: Item) -> Result<dynoxide::Item> {
    let attributes = item.into_iter();
    attributes.map(|(name, value)| Ok((name, converted(value)?))).collect()
}

/// Converts the SDK's values to the database's, for the types that the store writes.
fn converted(value: AttributeValue) -> Result<dynoxide::AttributeValue> {
    Ok(match value {
        AttributeValue::S(text) => dynoxide::AttributeValue::S(text),
        AttributeValue::N(number) => dynoxide::AttributeValue::N(number),
        AttributeValue::Bool(flag) => dynoxide::AttributeValue::BOOL(flag),
        AttributeValue::L(list) => dynoxide::AttributeValue::L(list.into_iter().map(converted).collect::<Result<_>>()?),
        AttributeValue::M(map) => dynoxide::AttributeValue::M(converted_item(map)?),
        _ => bail!("the store writes no attributes of this type"),
    })
}

fn open(file: Option<&Path>) -> Result<dynoxide::Database> {
    let Some(file) = file else {
        return dynoxide::Database::memory().context("cannot make a database in memory");
    };
    let path = file
        .to_str()
        .with_context(|| format!("the path {} is not UTF-8", file.display()))?;
    if let Some(directory) = file.parent() {
        std::fs::create_dir_all(directory).with_context(|| format!("cannot make the directory {}", directory.display()))?;
    }
    let unopened = || format!("cannot open the database {path}");
    make_private(file).with_context(unopened)?;
    check_is_database(file)?;
    dynoxide::Database::new(path).with_context(unopened)
}

/// Whether the file is empty, or one that the engine can have written.
fn check_is_database(file: &Path) -> Result<()> {
    const BEGINNING: &[u8] = b"SQLite format 3\0";
    let mut head = Vec::new();
    let length = File::open(file)
        .and_then(|opened| opened.take(BEGINNING.len() as u64).read_to_end(&mut head))
        .with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(
        length == 0 || head == BEGINNING,
        "DATA: the file {} is not a database: name another file, or one that does not exist yet",
        file.display()
    );
    Ok(())
}

/// Creates the file, if it is missing, so that only its owner can read the personal data. The engine gives the files beside it the same
/// permissions.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    let file = options.append(true).create(true).mode(0o600).open(file)?;
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Creates the template's table under `name`, with its time to live, and waits until it can be used.
///
/// An existing table is left as it is, if it has the template's keys and indexes. The function works against the
/// embedded database, DynamoDB Local and DynamoDB.
///
/// Streams are never enabled: the embedded database scans all their records on each write.
pub async fn create_table(client: &Client, name: &str, template: &Template) -> Result<()> {
    let wanted = TableRequest::deserialize(&template.table).context("the template's table is not a CreateTable request")?;
    let created = wanted.fill(client.create_table().table_name(name))?.send().await;
    match created {
        Err(SdkError::ServiceError(refused)) if !refused.err().is_resource_in_use_exception() => {
            let (code, message) = (refused.err().code(), refused.err().message());
            let reason = [code, message].into_iter().flatten().collect::<Vec<_>>().join(": ");
            bail!("the database does not create the table {name}: {reason}");
        }
        Ok(_) | Err(SdkError::ServiceError(_)) => {}
        // The SDK's own text would be a page of its internals.
        Err(_) => bail!("no DynamoDB answers: AWS_ENDPOINT_URL_DYNAMODB must be the address of one, such as http://127.0.0.1:8000"),
    }
    let table = timeout(ACTIVE_LIMIT, active_table(client, name));
    let table = table
        .await
        .with_context(|| format!("the table {name} is still not active"))??;
    wanted
        .check(&table)
        .with_context(|| format!("there is another table called {name}"))?;
    match &template.time_to_live {
        Some(attribute) => enable_time_to_live(client, name, attribute).await,
        None => Ok(()),
    }
}

async fn active_table(client: &Client, name: &str) -> Result<TableDescription> {
    loop {
        let described = client.describe_table().table_name(name).send().await;
        let described = described.with_context(|| format!("cannot describe the table {name}"))?;
        match described.table {
            Some(table) if table.table_status == Some(TableStatus::Active) => return Ok(table),
            _ => sleep(ACTIVE_POLL).await,
        }
    }
}

/// Enables the time to live. DynamoDB refuses to enable it twice, so its state is read first.
async fn enable_time_to_live(client: &Client, name: &str, attribute: &str) -> Result<()> {
    let described = client.describe_time_to_live().table_name(name).send().await;
    let described = described.with_context(|| format!("cannot describe the time to live of {name}"))?;
    let status = described
        .time_to_live_description
        .and_then(|description| description.time_to_live_status);
    if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder()
        .attribute_name(attribute)
        .enabled(true)
        .build()?;
    let updated = client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(specification)
        .send()
        .await;
    updated.with_context(|| format!("cannot enable the time to live of {name}"))?;
    Ok(())
}

/// A `CreateTable` request in JSON. The SDK's own types cannot be deserialised.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TableRequest {
    attribute_definitions: Vec<Attribute>,
    key_schema: Vec<Key>,
    #[serde(default)]
    global_secondary_indexes: Vec<Index>,
    billing_mode: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Attribute {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Key {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Index {
    #[serde(rename = "IndexName")]
    name: String,
    key_schema: Vec<Key>,
    projection: IndexProjection,
    /// A database on this machine is always warm.
    #[serde(rename = "WarmThroughput", default)]
    _warm_throughput: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct IndexProjection {
    projection_type: String,
    non_key_attributes: Option<Vec<String>>,
}

impl TableRequest {
    fn fill(&self, request: CreateTableFluentBuilder) -> Result<CreateTableFluentBuilder> {
        let attributes: Vec<_> = self
            .attribute_definitions
            .iter()
            .map(Attribute::to_sdk)
            .collect::<Result<_>>()?;
        let indexes: Vec<_> = self
            .global_secondary_indexes
            .iter()
            .map(Index::to_sdk)
            .collect::<Result<_>>()?;
        Ok(request
            .set_attribute_definitions(Some(attributes))
            .set_key_schema(Some(keys_to_sdk(&self.key_schema)?))
            .set_global_secondary_indexes((!indexes.is_empty()).then_some(indexes))
            .billing_mode(BillingMode::from(self.billing_mode.as_str())))
    }

    /// Checks keys and indexes of an existing table. A data file from before a change of the template would otherwise
    /// fail much later, in some function's query.
    fn check(&self, table: &TableDescription) -> Result<()> {
        ensure!(
            table.key_schema() == keys_to_sdk(&self.key_schema)?,
            "its keys are not the template's"
        );
        let present: BTreeSet<_> = table
            .global_secondary_indexes()
            .iter()
            .filter_map(|index| index.index_name())
            .collect();
        let missing = self
            .global_secondary_indexes
            .iter()
            .find(|index| !present.contains(index.name.as_str()));
        missing.map_or(Ok(()), |index| Err(anyhow!("it lacks the index {}", index.name)))
    }
}

impl Attribute {
    fn to_sdk(&self) -> Result<AttributeDefinition> {
        let builder = AttributeDefinition::builder().attribute_name(&self.attribute_name);
        Ok(builder.attribute_type(self.attribute_type.as_str().into()).build()?)
    }
}

impl Index {
    fn to_sdk(&self) -> Result<GlobalSecondaryIndex> {
        let projection = Projection::builder()
            .projection_type(self.projection.projection_type.as_str().into())
            .set_non_key_attributes(self.projection.non_key_attributes.clone());
        let builder = GlobalSecondaryIndex::builder()
            .index_name(&self.name)
            .projection(projection.build());
        Ok(builder.set_key_schema(Some(keys_to_sdk(&self.key_schema)?)).build()?)
    }
}

fn keys_to_sdk(keys: &[Key]) -> Result<Vec<KeySchemaElement>> {
    let to_sdk = |key: &Key| {
        let builder = KeySchemaElement::builder().attribute_name(&key.attribute_name);
        Ok(builder.key_type(key.key_type.as_str().into()).build()?)
    };
    keys.iter().map(to_sdk).collect()
}

#[cfg(test)]
mod tests {
    use std::io;

    use aws_sdk_dynamodb::{
        config::{BehaviorVersion, Credentials, Region},
        types::AttributeValue,
    };
    use serde_json::json;

    use super::*;

    const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

    fn client(database: &EmbeddedDatabase) -> Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "test"))
            .endpoint_url(database.endpoint());
        Client::from_conf(config.build())
    }

    fn template() -> Template {
        let table = json!({
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "email", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [{
                "IndexName": "email-index",
                "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name"]},
            }],
            "BillingMode": "PAY_PER_REQUEST",
        });
        Template {
            table,
            time_to_live: Some("expires".to_owned()),
            functions: Vec::new(),
        }
    }

    #[tokio::test]
    async fn table_is_made_once_with_time_to_live() {
        let database = EmbeddedDatabase::start(None, ANY_PORT).await.unwrap();
        let client = client(&database);
        create_table(&client, "crm", &template()).await.unwrap();
        create_table(&client, "crm", &template()).await.unwrap();

        let table = client.describe_table().table_name("crm").send().await.unwrap().table.unwrap();
        assert_eq!(
            table.global_secondary_indexes()[0].projection().unwrap().non_key_attributes(),
            ["name"]
        );
        let described = client.describe_time_to_live().table_name("crm").send().await.unwrap();
        let described = described.time_to_live_description.unwrap();
        assert_eq!(described.attribute_name.as_deref(), Some("expires"));
        assert_eq!(described.time_to_live_status, Some(TimeToLiveStatus::Enabled));
        database.stop().await;
    }

    #[tokio::test]
    async fn another_table_of_that_name_is_refused() {
        let database = EmbeddedDatabase::start(None, ANY_PORT).await.unwrap();
        let client = client(&database);
        create_table(&client, "crm", &template()).await.unwrap();

        let mut changed = template();
        changed.table["GlobalSecondaryIndexes"][0]["IndexName"] = json!("phone-index");
        let error = create_table(&client, "crm", &changed).await.unwrap_err();
        assert!(format!("{error:#}").contains("it lacks the index phone-index"), "{error:#}");
        database.stop().await;
    }

    #[tokio::test]
    async fn a_file_keeps_its_items() {
        let directory = std::env::temp_dir().join(format!("local-database-{}", uuid::Uuid::new_v4()));
        let file = directory.join("crm.db");
        for round in 0..2 {
            let database = EmbeddedDatabase::start(Some(&file), ANY_PORT).await.unwrap();
            let client = client(&database);
            create_table(&client, "crm", &template()).await.unwrap();
            let key = AttributeValue::S("one".to_owned());
            if round == 0 {
                client.put_item().table_name("crm").item("pk", key).send().await.unwrap();
            } else {
                assert!(
                    client
                        .get_item()
                        .table_name("crm")
                        .key("pk", key)
                        .send()
                        .await
                        .unwrap()
                        .item
                        .is_some()
                );
            }
            drop(client);
            database.stop().await;
        }
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[tokio::test]
    async fn a_taken_port_can_be_recognised() {
        let taken = TcpListener::bind(ANY_PORT).await.unwrap();
        let error = EmbeddedDatabase::start(None, taken.local_addr().unwrap())
            .await
            .err()
            .unwrap();
        assert_eq!(error.downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::AddrInUse);
    }
}
