//! A CRM of our own to ask, where no other is named: the real functions over an embedded database in memory.

use std::{net::Ipv4Addr, sync::Arc};

use anyhow::{Context as _, Result, anyhow};
use local::{
    database::EmbeddedDatabase,
    stack::{Stack, StackOptions, binaries},
};
use shared::{
    access::Permission,
    store::{KeyRecord, TenantId, sha256},
};
use tokio::runtime::Runtime;

use crate::client::Client;

const TENANT: &str = "evaluation";
const AUTHORIZATION: &str = "Bearer evaluation";

/// A running CRM, empty at first.
pub struct OwnStack {
    runtime: Runtime,
    stack: Stack,
    database: EmbeddedDatabase,
}

impl OwnStack {
    /// Starts it from the binaries beside this program.
    pub fn start() -> Result<Self> {
        let runtime = Runtime::new()?;
        let (database, stack) = runtime.block_on(start())?;
        Ok(Self {
            runtime,
            stack,
            database,
        })
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client::new(&self.stack.base_url(), AUTHORIZATION)
    }

    /// Ends it.
    pub fn stop(self) {
        self.runtime.block_on(async {
            self.stack.shutdown().await;
            self.database.stop().await;
        });
    }
}

async fn start() -> Result<(EmbeddedDatabase, Stack)> {
    let anywhere = (Ipv4Addr::LOCALHOST, 0).into();
    let database = EmbeddedDatabase::start(None, anywhere).await?;
    let stack = Stack::start(StackOptions {
        endpoint: database.endpoint().to_owned(),
        functions_endpoint: None,
        address: anywhere,
        binaries: binaries()?,
        log: Arc::new(|_, _| {}),
    })
    .await?;
    let tenant = TenantId::parse(TENANT).context("a tenant has a valid name")?;
    let key = KeyRecord::new(tenant, "evaluation", [Permission::Khoros]);
    let put = stack.database.key_put(&sha256(AUTHORIZATION.as_bytes()), &key).await;
    put.map_err(|error| anyhow!("the key cannot be written: {}", error.log_text()))?;
    Ok((database, stack))
}
