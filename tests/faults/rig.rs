//! A stack whose functions reach the database through the fault proxy, and its helpers.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    ops::Deref,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use contract_tests::{
    client::{Answer, Tenant, case, customer, id_of, interaction, over, split_trace},
    fault_proxy::{FaultProxy, Scope},
    stack::{TestStack, wait},
    table::delete_items_of,
};
use crm_domain::{Actor, Change, Customer, CustomerId, KeyRecord, ObjectStructure, Role, digest::sha256, error::Error};
use crm_store::{Audit, Created, Database, Finding, Store, clock, random};
use local::{
    database::EmbeddedDatabase,
    stack::{TABLE, client},
};
use serde_json::{Value, json};

/// Khoros gives up after this time (contract section 2).
pub const KHOROS_LIMIT: Duration = Duration::from_secs(8);
/// How long a test polls for something that should happen soon.
const PATIENCE: Duration = Duration::from_secs(10);
/// A pause between two looks, which leaves the processor to others.
pub const POLL: Duration = Duration::from_millis(20);

/// One rig for all tests that affect only their own tenant.
static SHARED: LazyLock<Rig> = LazyLock::new(Rig::start);

/// A database, the proxy in front of it, and the functions that use the proxy.
pub struct Rig {
    pub stack: TestStack,
    pub proxy: FaultProxy,
    pub database: EmbeddedDatabase,
}

impl Rig {
    pub fn start() -> Self {
        let database = wait(EmbeddedDatabase::start(None, (Ipv4Addr::LOCALHOST, 0).into())).expect("the database starts");
        let proxy = wait(FaultProxy::start(database.endpoint())).expect("the proxy starts");
        let stack = TestStack::over(database.endpoint(), Some(proxy.endpoint()));
        Self { stack, proxy, database }
    }

    pub fn shared() -> &'static Self {
        &SHARED
    }

    /// A fresh tenant, and the calls to the database that concern it.
    pub fn tenant(&self) -> Watched {
        let mut record = None;
        let (tenant, _) = self.stack.tenant_with(|key| record = Some(key.clone()));
        self.watch(tenant, record.expect("a tenant has a key"))
    }

    /// A tenant, and the calls to the database that concern it.
    pub fn watch(&self, tenant: Tenant, key: KeyRecord) -> Watched {
        let name = key.tenant.as_str().to_owned();
        // The prefixes of keys, as they appear in requests.
        let (own, settings) = (format!("\"{name}#"), format!("\"{name}#settings\""));
        let own_key = format!("\"key#{}\"", sha256(tenant.authorization.as_bytes()));
        Watched {
            faults: self.proxy.scope(&[&own], &[&settings]),
            admission: self.proxy.scope(&[&own_key, &settings], &[]),
            tenant,
            name,
            key,
            endpoint: self.database.endpoint().to_owned(),
            is_shared: std::ptr::eq(self, Self::shared()),
            has_strays: false,
        }
    }

    /// Direct access to the table, without the proxy.
    pub fn table(&self) -> Table {
        Table(wait(client(self.database.endpoint())))
    }

    /// Writes what requests left unfinished long ago: a customer who lacks one term and has a wrong one, and an entry
    /// of the list for a complete customer. No function has seen the tenant's key yet.
    pub fn leave_unfinished(&self, tenant: &Watched) {
        let store = tenant.store();
        let model = ObjectStructure::default_customer();
        let change = Change {
            at: clock::now(),
            by: Actor::default(),
        };
        let audit = Audit {
            operation: "test",
            fields: Vec::new(),
            interactions: 0,
        };
        let [marked, whole] = ["Anna", "Otto"].map(|name| {
            let mut customer = Customer::new(CustomerId::draw(change.at, random::bits()), change.clone());
            customer.profile.insert(Role::FirstName, name.to_owned());
            let made = wait(store.customer_create(customer, &model, None, &audit));
            let Ok(Created::Now(made)) = made else {
                panic!("the customer is made")
            };
            made.id.to_string()
        });
        let (list, partition) = (
            format!("{}#unfinished", tenant.name),
            format!("{}#customer#{marked}", tenant.name),
        );
        let (table, number) = (self.table(), |number: u8| AttributeValue::N(number.to_string()));
        table.put_with(&partition, "customer", [("unsettled", AttributeValue::Bool(true))]);
        table.put_with(&partition, "term#city#ulm", []);
        table.delete(&partition, "term#firstName#anna");
        for id in [marked, whole] {
            let entry = [
                ("id", AttributeValue::S(id.clone())),
                ("at", number(0)),
                ("version", number(1)),
            ];
            table.put_with(&list, &id, entry);
        }
    }

    /// The log line of the request that this error belongs to.
    #[track_caller]
    pub fn log_line_of(&self, answer: &Answer) -> Value {
        let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
        let (_, trace) = split_trace(&message).unwrap_or_else(|| panic!("no trace in {answer:?}"));
        let find = || {
            request_lines(&self.stack.log())
                .into_iter()
                .find(|line| line["trace"] == *trace)
        };
        soon(&format!("a log line with trace {trace}"), find)
    }
}

/// The lines that say how a request ended.
pub fn request_lines(log: &[String]) -> Vec<Value> {
    let lines = log.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| {
            ["answered", "refused", "failed"]
                .iter()
                .any(|message| line["message"] == *message)
        })
        .collect()
}

/// A tenant, and the scopes of its calls to the database.
pub struct Watched {
    pub tenant: Tenant,
    /// The prefix of the tenant's keys in the table, before a `#`.
    pub name: String,
    pub key: KeyRecord,
    /// Calls about the tenant's records.
    pub faults: Scope,
    /// Calls for its key and settings. A function repeats them only after a while.
    pub admission: Scope,
    /// The address of the database, without the proxy.
    endpoint: String,
    /// Whether other tests use the table, too.
    is_shared: bool,
    has_strays: bool,
}

impl Watched {
    /// The tenant's part of the table, without the proxy.
    pub fn store(&self) -> Store {
        Database::new(wait(client(&self.endpoint)), TABLE.to_owned()).of(&self.key.tenant)
    }

    /// For tests that put stray items into the table themselves. Their end is not checked.
    pub fn with_strays(mut self) -> Self {
        self.has_strays = true;
        self
    }

    /// The tenant's items that do not belong together. Items of erasures, of requests that may be in progress, and of
    /// work that the next request completes do not count.
    pub fn strays(&self) -> Vec<Finding> {
        let store = self.store();
        let walk = async {
            let settings = store.settings_get().await?;
            let mut walk = store.check(&settings, false);
            let mut findings = Vec::new();
            while let Some(page) = walk.next().await? {
                findings.extend(page.findings);
            }
            Ok::<_, Error>(findings)
        };
        wait(walk).unwrap_or_else(|error| panic!("{}", error.log_text()))
    }
}

/// Each test ends with a check of the whole table: nothing that was interrupted left a stray item. Correct items are
/// then deleted, because the checks of other tests would read them.
impl Drop for Watched {
    fn drop(&mut self) {
        if !self.has_strays && !thread::panicking() {
            let strays = self.strays();
            assert!(strays.is_empty(), "left in the table: {strays:?}");
            if self.is_shared {
                delete_items_of(&self.endpoint, &self.name);
            }
        }
    }
}

impl Deref for Watched {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

/// Direct access to the table, for what no function writes or shows.
pub struct Table(Client);

impl Table {
    pub fn put(&self, attributes: &[(&str, &str)]) {
        let item: HashMap<String, AttributeValue> = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), AttributeValue::S((*value).to_owned())))
            .collect();
        wait(self.0.put_item().table_name(TABLE).set_item(Some(item)).send()).expect("the item is put");
    }

    /// Sets an attribute of an item to a text.
    pub fn change(&self, partition: &str, sort: &str, attribute: &str, value: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let update = self
            .0
            .update_item()
            .table_name(TABLE)
            .key("pk", text(partition))
            .key("sk", text(sort))
            .update_expression("SET #attribute = :value")
            .expression_attribute_names("#attribute", attribute)
            .expression_attribute_values(":value", text(value));
        wait(update.send()).expect("the item is changed");
    }

    /// Puts an item, or overwrites the existing one.
    pub fn put_with(&self, partition: &str, sort: &str, attributes: impl IntoIterator<Item = (&'static str, AttributeValue)>) {
        let mut items = self.items(partition).into_iter();
        let is_it = |item: &HashMap<String, AttributeValue>| item.get("sk") == Some(&AttributeValue::S(sort.to_owned()));
        let mut item = items.find(is_it).unwrap_or_default();
        item.insert("pk".to_owned(), AttributeValue::S(partition.to_owned()));
        item.insert("sk".to_owned(), AttributeValue::S(sort.to_owned()));
        item.extend(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)));
        wait(self.0.put_item().table_name(TABLE).set_item(Some(item)).send()).expect("the item is put");
    }

    /// Deletes an existing item.
    pub fn delete(&self, partition: &str, sort: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let delete = self.0.delete_item().table_name(TABLE).key("pk", text(partition));
        let delete = delete.key("sk", text(sort)).condition_expression("attribute_exists(pk)");
        wait(delete.send()).expect("the item was there");
    }

    /// Makes an entry of the list of unfinished work older by this many minutes.
    pub fn age(&self, tenant: &Watched, id: &str, minutes: i64) {
        let partition = format!("{}#unfinished", tenant.name);
        self.replace(&partition, id, "at", |at| {
            let at: i64 = at.as_n().expect("a time").parse().expect("a number");
            AttributeValue::N((at - minutes * 60_000).to_string())
        });
    }

    /// Replaces an existing attribute of an item.
    pub fn replace(&self, partition: &str, sort: &str, attribute: &str, with: impl Fn(&AttributeValue) -> AttributeValue) {
        let mut items = self.items(partition).into_iter();
        let is_it =
            |item: &HashMap<String, AttributeValue>| item.get("sk").and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk == sort);
        let mut item = items.find(is_it).expect("the item is there");
        let replaced = with(item.get(attribute).expect("the item has the attribute"));
        item.insert(attribute.to_owned(), replaced);
        wait(self.0.put_item().table_name(TABLE).set_item(Some(item)).send()).expect("the item is put");
    }

    /// The items of a partition.
    pub fn items(&self, partition: &str) -> Vec<HashMap<String, AttributeValue>> {
        let query = self
            .0
            .query()
            .table_name(TABLE)
            .key_condition_expression("pk = :partition")
            .expression_attribute_values(":partition", AttributeValue::S(partition.to_owned()));
        wait(query.send()).expect("the partition is read").items.unwrap_or_default()
    }

    /// How many items of a partition have sort keys with this prefix.
    pub fn count(&self, partition: &str, beginning: &str) -> usize {
        let query = self
            .0
            .query()
            .table_name(TABLE)
            .key_condition_expression("pk = :partition AND begins_with(sk, :beginning)")
            .expression_attribute_values(":partition", AttributeValue::S(partition.to_owned()))
            .expression_attribute_values(":beginning", AttributeValue::S(beginning.to_owned()));
        wait(query.send()).expect("the partition is read").items().len()
    }
}

/// One operation of the contract with a request that succeeds.
#[derive(Clone, Debug)]
pub struct Operation {
    pub name: &'static str,
    pub method: &'static str,
    pub path: String,
    pub body: Option<Value>,
    pub success: u16,
}

impl Operation {
    pub fn ask(&self, tenant: &Tenant) -> Answer {
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        in_time(|| tenant.send(self.method, &self.path, &[], body.as_bytes()))
    }

    pub fn writes(&self) -> bool {
        self.success == 201
    }
}

/// The nine operations that need the database, for a customer and a case that this function creates.
pub fn operations(tenant: &Tenant) -> Vec<Operation> {
    let jane = customer(json!({"email": "jane@example.com", "phone": "+1 415-555-2671"}));
    let customer_id = id_of(&tenant.create_customer(&jane));
    let conversation = json!({"interactions": [interaction(1, json!({}))]});
    let case_id = id_of(&tenant.create_case(&customer_id, conversation));
    let reading = |name, path: String| Operation {
        name,
        method: "GET",
        path,
        body: None,
        success: 200,
    };
    let asking = |name, path: &str, success, body| Operation {
        name,
        method: "POST",
        path: path.to_owned(),
        body: Some(body),
        success,
    };
    let changing = |name, path: String, body| Operation {
        name,
        method: "PATCH",
        path,
        body: Some(body),
        success: 201,
    };
    let new_case = case(
        &customer_id,
        json!({"title": "Another", "interactions": [interaction(1, json!({}))]}),
    );
    vec![
        asking("searchCustomers", "/customers", 200, jane.clone()),
        asking(
            "bestmatchCustomers",
            "/customer/bestmatch",
            200,
            json!({"email": "jane@example.com", "displayName": "Jane Doe"}),
        ),
        reading("findCustomer", format!("/customer/{customer_id}")),
        reading("findCases", format!("/customer/{customer_id}/cases")),
        asking("createCustomer", "/customer", 201, over(jane, json!({"firstName": "Joan"}))),
        changing(
            "updateCustomer",
            format!("/customer/{customer_id}"),
            json!({"city": "Springfield"}),
        ),
        asking("createCase", "/case", 201, new_case),
        reading("lookupCase", format!("/case/{case_id}")),
        changing(
            "updateCase",
            format!("/case/{case_id}"),
            json!({"status": "closed", "interactions": [interaction(2, json!({}))]}),
        ),
    ]
}

/// Makes a call, which must end within Khoros' limit.
#[track_caller]
pub fn in_time<T>(work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    let took = begun.elapsed();
    assert!(took < KHOROS_LIMIT, "Khoros would have given up: it took {took:?}");
    done
}

/// Stops the threads of a test, whether it passes or fails.
pub struct SetAtTheEnd<'flag>(pub &'flag AtomicBool);

impl Drop for SetAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Polls until there is a result.
#[track_caller]
pub fn soon<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look)
}

/// Polls until there is a result, for at most this long.
#[track_caller]
pub fn within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        thread::sleep(POLL);
    }
}
