//! The real Lambda binaries behind the local gateway, over an embedded database, on free ports.
#![expect(clippy::expect_used, clippy::panic, reason = "what a test stands on reports by panicking")]

use std::{
    fs::File,
    future::Future,
    net::Ipv4Addr,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use crm_domain::{Actor, Change, KeyRecord, Permission, TenantId, TenantRecord, digest::sha256};
use crm_store::{Store, clock};
use local::{
    database::EmbeddedDatabase,
    stack::{Stack, StackOptions, binaries},
};
use tokio::runtime::Runtime;

use crate::{client::Tenant, fault_proxy::FaultProxy};

/// The secret that signs the links of every stack. Tests sign links of other days with it.
pub const LINK_SECRET: &str = "the-link-secret-of-all-test-stacks";

/// The runtime for all futures of this process. The tests themselves run in plain threads.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime starts"));

/// One stack for all tests of the process that do not need one of their own. Each test has its own tenant.
static SHARED: LazyLock<TestStack> = LazyLock::new(TestStack::lasting);

/// Another one for records of megabytes, because every walk of the table reads them all.
static LARGE_RECORDS: LazyLock<TestStack> = LazyLock::new(TestStack::lasting);

/// Waits for a future.
pub fn wait<T: Send>(work: impl Future<Output = T> + Send) -> T {
    RUNTIME.block_on(work)
}

/// Waits until no other test keeps all cores busy, in this suite or another, and holds the lock until the value is
/// dropped. Several such tests at once would exceed the time limits of requests.
///
/// # Panics
/// If the lock file cannot be created.
pub fn one_at_a_time() -> File {
    let directory = binaries().expect("the functions are built beside the tests");
    let file = File::create(directory.join("one-busy-test.lock")).expect("a file beside the functions is made");
    file.lock().expect("the file is locked");
    file
}

/// A change that nobody makes, at this moment.
pub fn change_now() -> Change {
    let (at, by) = (clock::now(), Actor::default());
    Change { at, by }
}

/// A fresh tenant on the shared stack.
pub fn tenant() -> Tenant {
    SHARED.tenant()
}

/// The shared stack.
pub fn shared_stack() -> &'static TestStack {
    &SHARED
}

/// The stack for tests that store records of megabytes.
pub fn stack_of_large_records() -> &'static TestStack {
    &LARGE_RECORDS
}

/// A running CRM and the output of its functions.
pub struct TestStack {
    endpoint: String,
    stack: Stack,
    log: Arc<Mutex<Vec<String>>>,
}

impl TestStack {
    /// A stack over a database of its own, until the process ends.
    fn lasting() -> Self {
        let database = wait(EmbeddedDatabase::start(None, (Ipv4Addr::LOCALHOST, 0).into())).expect("the database starts");
        let doorkeeper = wait(FaultProxy::start(database.endpoint())).expect("the proxy starts");
        let stack = Self::over(database.endpoint(), Some(doorkeeper.endpoint()));
        std::mem::forget((database, doorkeeper));
        stack
    }

    /// A stack with this database. The functions may reach it at another address.
    ///
    /// # Panics
    /// When it does not start, with the reason.
    pub fn over(endpoint: &str, functions_endpoint: Option<String>) -> Self {
        Self::with_link_secret(endpoint, functions_endpoint, LINK_SECRET)
    }

    /// The same, with another link secret.
    ///
    /// # Panics
    /// When it does not start, with the reason.
    pub fn with_link_secret(endpoint: &str, functions_endpoint: Option<String>, link_secret: &str) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&log);
        let options = StackOptions {
            endpoint: endpoint.to_owned(),
            functions_endpoint,
            metrics: Some("contract-tests".to_owned()),
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            binaries: binaries().expect("the functions are built beside the tests"),
            link_secret: link_secret.to_owned(),
            log: Arc::new(move |_, line| lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned())),
        };
        let stack = wait(Stack::start(options)).unwrap_or_else(|error| panic!("the stack does not start: {error:#}"));
        Self {
            endpoint: endpoint.to_owned(),
            stack,
            log,
        }
    }

    /// A fresh tenant with its own key.
    pub fn tenant(&self) -> Tenant {
        self.tenant_with(|_| {}).0
    }

    /// A fresh tenant and its part of the table. `change` may edit the key before it is stored.
    ///
    /// # Panics
    /// When the key cannot be written.
    pub fn tenant_with(&self, change: impl FnOnce(&mut KeyRecord)) -> (Tenant, Store) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let tenant = TenantId::parse(&format!("tenant-{number:04}")).expect("a valid name");
        let authorization = format!("Bearer key-of-tenant-{number:04}");
        let mut key = KeyRecord::new(tenant.clone(), "test", [Permission::Khoros]);
        change(&mut key);
        self.key_put(&authorization, &key);
        let base = self.stack.base_url();
        (Tenant { base, authorization }, self.stack.database.of(&tenant))
    }

    /// Creates a tenant with the usual settings.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn tenant_put(&self, name: &str) {
        let tenant = TenantId::parse(name).expect("a valid name");
        let put = wait(self.stack.database.of(&tenant).tenant_put(&TenantRecord::default()));
        put.unwrap_or_else(|error| panic!("the tenant cannot be written: {}", error.log_text()));
    }

    /// The address of its database.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The `instanceUrl` to register with Khoros.
    pub fn base_url(&self) -> String {
        self.stack.base_url()
    }

    /// Stops the functions and waits until they have ended.
    pub fn shutdown(self) {
        wait(self.stack.shutdown());
    }

    /// Stores a key.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn key_put(&self, authorization: &str, key: &KeyRecord) {
        let put = wait(self.stack.database.key_put(&sha256(authorization.as_bytes()), key));
        put.unwrap_or_else(|error| panic!("the key cannot be written: {}", error.log_text()));
    }

    /// Sends what is due to the tenants' webhooks, as the schedule does in AWS. Returns whether that succeeded.
    pub fn deliver_changes(&self) -> bool {
        wait(self.stack.deliver_changes())
    }

    /// The output of the functions so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
