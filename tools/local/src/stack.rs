//! The whole stack: a database, its table, and the gateway with the functions.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::{Client, config::Credentials};
use crm_lambda::{
    local::{IS_LOCAL, LOCAL_STACK},
    tasks::DELIVER_CHANGES,
};
use crm_service::link::LINK_SECRET;
use crm_store::Database;
use tokio::task::JoinHandle;

use crate::{
    LogSink,
    database::create_table,
    gateway::{Gateway, GatewayOptions},
    home::Home,
    template::Template,
};

/// The name of the table on a laptop.
pub const TABLE: &str = "khoros-crm";

/// How often changes are sent on a laptop. In AWS the table's stream also wakes the function.
const DELIVERED_EVERY: Duration = Duration::from_secs(1);

/// A running CRM over an existing database.
pub struct Stack {
    /// The table, for keys, settings and samples.
    pub database: Database,
    gateway: Gateway,
}

/// What a stack needs to start.
pub struct StackOptions {
    /// Where the database is: an embedded one, DynamoDB Local, or AWS.
    pub endpoint: String,
    /// Where the functions find it, if not at the same address: a proxy that injects faults.
    pub functions_endpoint: Option<String>,
    /// The namespace of the metrics in the functions' lines. `make run` has none, because people read its lines.
    pub metrics: Option<String>,
    /// Where to listen; the port may be 0 for a free one.
    pub address: SocketAddr,
    /// The directory of the functions' binaries.
    pub binaries: PathBuf,
    /// The secret that signs the links to agent pages.
    pub link_secret: String,
    /// Receives the lines that the functions write.
    pub log: LogSink,
}

impl Stack {
    /// Creates the table if it is missing, and starts one process of each function of the template.
    pub async fn start(options: StackOptions) -> Result<Self> {
        let template = Template::read(&template_path())?;
        let client = client(&options.endpoint).await;
        create_table(&client, TABLE, &template).await?;
        let mut environment = environment(
            options.functions_endpoint.as_deref().unwrap_or(&options.endpoint),
            &options.link_secret,
        );
        environment.extend(options.metrics.map(|namespace| ("METRICS_NAMESPACE".to_owned(), namespace)));
        let gateway = Gateway::start(GatewayOptions {
            address: options.address,
            functions: template.functions,
            binaries: options.binaries,
            environment,
            concurrency: GatewayOptions::DEFAULT_CONCURRENCY,
            log: options.log,
        })
        .await?;
        Ok(Self {
            database: Database::new(client, TABLE.to_owned()),
            gateway,
        })
    }

    /// The base URL to register with Khoros.
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.gateway.address())
    }

    /// Shows this page at `/`.
    pub fn show(&self, home: Home) {
        self.gateway.show(home);
    }

    /// Sends what is due to the tenants' webhooks once, as the schedule does in AWS. Returns whether that succeeded.
    pub async fn deliver_changes(&self) -> bool {
        self.gateway.call(DELIVER_CHANGES.function).await
    }

    /// Does so every second, until the task is aborted.
    pub fn keep_delivering(&self) -> JoinHandle<()> {
        self.gateway.call_every(DELIVER_CHANGES.function, DELIVERED_EVERY)
    }

    /// Ends the functions and the gateway.
    pub async fn shutdown(self) {
        self.gateway.shutdown().await;
    }
}

/// The root of the workspace. This tool runs from its own source tree only.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The SAM template, which defines the table and the routes.
pub fn template_path() -> PathBuf {
    root().join("infra/template.yaml")
}

/// A client with region and credentials of the environment, or with defaults: the embedded database accepts any.
pub async fn client(endpoint: &str) -> Client {
    let mut configuration = aws_config::defaults(BehaviorVersion::latest()).endpoint_url(endpoint);
    if std::env::var_os("AWS_REGION").is_none() {
        configuration = configuration.region(Region::new(REGION));
    }
    if std::env::var_os("AWS_ACCESS_KEY_ID").is_none() {
        configuration = configuration.credentials_provider(Credentials::new(ANYBODY, ANYBODY, None, None, "local"));
    }
    Client::new(&configuration.load().await)
}

const REGION: &str = "us-east-1";
const ANYBODY: &str = "local";

/// The environment variables of every function.
pub fn environment(endpoint: &str, link_secret: &str) -> Vec<(String, String)> {
    let or = |name: &str, default: &str| (name.to_owned(), std::env::var(name).unwrap_or_else(|_| default.to_owned()));
    let mut environment = vec![
        ("TABLE_NAME".to_owned(), TABLE.to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), endpoint.to_owned()),
        (LOCAL_STACK.to_owned(), IS_LOCAL.to_owned()),
        (LINK_SECRET.to_owned(), link_secret.to_owned()),
        or("AWS_REGION", REGION),
        or("AWS_ACCESS_KEY_ID", ANYBODY),
        or("AWS_SECRET_ACCESS_KEY", ANYBODY),
        or("LOG_LEVEL", "info"),
    ];
    // The second is where event buses are, if not at AWS: a stand-in for tests and to play with.
    for name in ["AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_EVENTBRIDGE"] {
        environment.extend(std::env::var(name).ok().map(|value| (name.to_owned(), value)));
    }
    environment
}

/// The directory of this program, in which the functions are built as well.
pub fn binaries() -> Result<PathBuf> {
    let program = std::env::current_exe().context("cannot find this program's own directory")?;
    let mut directory = program.parent().context("this program has no directory")?;
    if directory.ends_with("deps") {
        // A test's program is one level deeper.
        directory = directory.parent().context("this program has no directory")?;
    }
    Ok(directory.to_owned())
}
