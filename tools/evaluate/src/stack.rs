//! The CRM for the questions, unless another one is given: the real functions over an embedded database.

use std::{net::Ipv4Addr, path::Path, sync::Arc};

use anyhow::{Context as _, Result, anyhow};
use crm_domain::{KeyRecord, Permission, TenantId, digest::sha256};
use crm_store::Store;
use local::{
    database::EmbeddedDatabase,
    link_secret,
    stack::{Stack, StackOptions, binaries},
};
use tokio::runtime::Runtime;

use crate::{client::Client, load, sample::Customer};

/// The tenant of the customers.
pub const TENANT: &str = "evaluation";
const AUTHORIZATION: &str = "Bearer evaluation";

/// A running CRM, empty at first.
pub struct OwnStack {
    runtime: Runtime,
    stacks: Vec<Stack>,
    database: EmbeddedDatabase,
    store: Store,
}

impl OwnStack {
    /// Starts it from the binaries beside this program. The data are in a file, or else in memory.
    pub fn start(file: Option<&Path>) -> Result<Self> {
        let runtime = Runtime::new()?;
        let (database, stack, store) = runtime.block_on(start(file))?;
        Ok(Self {
            runtime,
            stacks: vec![stack],
            database,
            store,
        })
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        client(&self.stacks[0])
    }

    /// A client of a second set of functions, which reach the same database through another endpoint.
    pub fn client_through(&mut self, functions_endpoint: String) -> Result<Client> {
        let options = options(&self.database, Some(functions_endpoint))?;
        let stack = self.runtime.block_on(Stack::start(options))?;
        let client = client(&stack);
        self.stacks.push(stack);
        Ok(client)
    }

    /// The address of the database.
    pub fn database_endpoint(&self) -> &str {
        self.database.endpoint()
    }

    /// Runs a future on its runtime.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Loads customers in bulk, bypassing the functions, and returns their ids. `first` is the place of the first one in
    /// the sample.
    pub fn load(&self, customers: &[Customer], first: usize) -> Result<Vec<String>> {
        self.wait(load::load(&self.database, &self.store, customers, first))
    }

    /// Ends it.
    pub fn stop(self) {
        self.runtime.block_on(async {
            for stack in self.stacks {
                stack.shutdown().await;
            }
            self.database.stop().await;
        });
    }
}

fn client(stack: &Stack) -> Client {
    Client::new(&stack.base_url(), AUTHORIZATION)
}

async fn start(file: Option<&Path>) -> Result<(EmbeddedDatabase, Stack, Store)> {
    let database = EmbeddedDatabase::start(file, (Ipv4Addr::LOCALHOST, 0).into()).await?;
    let stack = Stack::start(options(&database, None)?).await?;
    let tenant = TenantId::parse(TENANT).context("a tenant has a valid name")?;
    let opens = [Permission::Khoros, Permission::EgainClient, Permission::CustomerRead];
    let key = KeyRecord::new(tenant.clone(), "evaluation", opens);
    let put = stack.database.key_put(&sha256(AUTHORIZATION.as_bytes()), &key).await;
    put.map_err(|error| anyhow!("the key cannot be written: {}", error.log_text()))?;
    let store = stack.database.of(&tenant);
    Ok((database, stack, store))
}

fn options(database: &EmbeddedDatabase, functions_endpoint: Option<String>) -> Result<StackOptions> {
    Ok(StackOptions {
        endpoint: database.endpoint().to_owned(),
        functions_endpoint,
        metrics: None,
        address: (Ipv4Addr::LOCALHOST, 0).into(),
        binaries: binaries()?,
        link_secret: link_secret::random(),
        log: Arc::new(|_, _| {}),
    })
}
