//! A name that thousands of customers share: the cost of a search for it, and how other criteria still find each of
//! them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use contract_tests::{client::id_of, stack::wait};
use crm_domain::{Actor, Change, Customer, CustomerId, FieldChange, ObjectStructure, TenantId, Timestamp, normal::Region};
use crm_store::Database;
use local::stack::{TABLE, client};
use serde_json::{Map, Value, json};

use crate::rig::{Rig, Watched};

/// More customers than one page of an index has.
const NAMESAKES: usize = 1_050;
/// How many share a phone: more customers than a search reads, fewer than one page of an index has.
const COLLEAGUES: usize = 210;
const HOTLINE: &str = "+1 415 555 0100";

/// A number as a word.
fn word(number: usize) -> String {
    let letter = |part: usize| char::from(b'a' + u8::try_from(part % 26).unwrap());
    ['q', letter(number / 676), letter(number / 26), letter(number)]
        .into_iter()
        .collect()
}

fn customer(place: usize, fields: &Value) -> Customer {
    let model = ObjectStructure::default_customer();
    let now = Timestamp::from_milliseconds(1_735_689_600_000).plus_seconds(i64::try_from(place).unwrap());
    let mut customer = Customer::new(
        CustomerId::draw(now, 0),
        Change {
            at: now,
            by: Actor::default(),
        },
    );
    for (name, value) in fields.as_object().unwrap() {
        let field = model.field(name).unwrap();
        let value = field.read(value, Region::US).unwrap();
        customer.apply(&[FieldChange { field, value }], Region::US, now);
    }
    customer
}

/// Two Jane Smiths, created first; then very many Janes, very many Smiths, and some who share a phone.
fn crowd() -> Vec<Customer> {
    let jane = json!({"firstName": "Jane", "lastName": "Smith", "city": "Springfield"});
    let colleague = json!({"firstName": "Pat", "lastName": "Quill", "phone": HOTLINE});
    let janes = (0..NAMESAKES).map(|n| json!({"firstName": "Jane", "lastName": word(n)}));
    let smiths = (0..NAMESAKES).map(|n| json!({"firstName": word(n), "lastName": "Smith", "city": "Springfield"}));
    let colleagues = (0..COLLEAGUES).map(|n| json!({"firstName": word(n), "lastName": "Hotline", "phone": HOTLINE}));
    let all = [jane.clone(), jane, colleague]
        .into_iter()
        .chain(janes)
        .chain(smiths)
        .chain(colleagues);
    all.enumerate().map(|(place, fields)| customer(place, &fields)).collect()
}

/// Puts customers into the tenant's part of the table, bypassing the functions.
fn import(rig: &Rig, tenant: &Watched, customers: &[Customer]) {
    let database = Database::new(wait(client(rig.stack.endpoint())), TABLE.to_owned());
    let store = database.of(&TenantId::parse(&tenant.name).unwrap());
    let model = ObjectStructure::default_customer();
    let items = customers
        .iter()
        .flat_map(|customer| store.customer_items(customer, &model).unwrap());
    wait(rig.database.import(TABLE, items.collect())).unwrap();
}

/// Checks what a search finds, and how many requests of each kind it makes.
fn measured(tenant: &Watched, criteria: &Value) -> (Vec<String>, usize, usize) {
    tenant.faults.forget_calls();
    let found = tenant.search(criteria);
    let (queries, reads) = (tenant.faults.count("Query"), tenant.faults.count("BatchGetItem"));
    assert_eq!(tenant.faults.calls().len(), queries + reads, "there are no other calls");
    (found, queries, reads)
}

/// The fields in both orders.
fn both_orders(criteria: &[(&str, &str)]) -> [Value; 2] {
    let object = |fields: Vec<&(&str, &str)>| {
        let members = fields.into_iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
        Value::Object(members.collect::<Map<_, _>>())
    };
    [object(criteria.iter().collect()), object(criteria.iter().rev().collect())]
}

#[test]
fn a_name_that_thousands_share_costs_one_page_and_hides_nobody() {
    // It has a stack of its own, because other tests' walks of the table should not meet thousands of customers.
    let rig = &Rig::start();
    let tenant = rig.tenant();
    let crowd = crowd();
    import(rig, &tenant, &crowd);
    let ids = |places: &[usize]| {
        places
            .iter()
            .map(|&place| crowd[place].id.to_string())
            .collect::<BTreeSet<_>>()
    };
    let rare = id_of(&tenant.create_customer(&json!({"firstName": "Jane", "lastName": "Smith", "email": "rare@example.com"})));

    // The search reads one page of keys from each list that may contain the value, and two pages of records, and
    // shows the newest. A first or last name may also be part of a display name.
    for (criteria, lists) in [
        (json!({"lastName": "Smith"}), 2),
        (json!({"firstName": "j"}), 2),
        (json!({"city": "springfield"}), 1),
    ] {
        let (found, queries, reads) = measured(&tenant, &criteria);
        assert_eq!((found.len(), queries, reads), (50, lists, 2), "{criteria}");
    }
    // The most selective criterion is looked up first, whatever the order, and then it is the only one.
    for criteria in both_orders(&[("lastName", "Smith"), ("firstName", "Jane"), ("email", "Rare@Example.com")]) {
        assert_eq!(measured(&tenant, &criteria), (vec![rare.clone()], 1, 1), "{criteria}");
    }
    // Each of the two values is shared by more customers than one page of an index has. A combined key finds those
    // who have both.
    for criteria in both_orders(&[("firstName", "Jane"), ("lastName", "Smith")]) {
        let found = tenant.search(&criteria);
        let oldest = ids(&[0, 1]);
        assert_eq!(found.first(), Some(&rare), "the newest comes first: {criteria}");
        assert_eq!(
            found.into_iter().filter(|id| *id != rare).collect::<BTreeSet<_>>(),
            oldest,
            "{criteria}"
        );
    }
    for criteria in both_orders(&[("firstName", "Jane"), ("city", "Springfield")]) {
        let found: BTreeSet<String> = tenant.search(&criteria).into_iter().collect();
        assert_eq!(found, ids(&[0, 1]), "{criteria}");
    }
    // The other criteria narrow down a phone that too many customers share, whether they are common or not.
    for criteria in both_orders(&[("phone", "(415) 555-0100"), ("lastName", "quill")]) {
        let found: BTreeSet<String> = tenant.search(&criteria).into_iter().collect();
        assert_eq!(found, ids(&[2]), "{criteria}");
    }
}

/// Filling the database in bulk puts the same items as a create, except for history and created-once record.
#[test]
fn an_imported_customer_is_stored_as_one_that_was_created() {
    let rig = Rig::shared();
    let (made, imported) = (rig.tenant(), rig.tenant());
    let fields = json!({"displayName": "Jane O'Neill", "firstName": "Jane", "lastName": "O'Neill", "email": "Jane@Example.com",
        "phone": "(415) 555-2671", "twitterHandle": "@jane", "profileUrl": "https://x.com/jane", "city": "Springfield",
        "zip": "62701", "orderNumber": "A-1", "description": "Prefers e-mail."});
    let id = id_of(&made.create_customer(&fields));
    let database = Database::new(wait(client(rig.stack.endpoint())), TABLE.to_owned());
    let store = database.of(&TenantId::parse(&made.name).unwrap());
    let stored = wait(store.customer_get(CustomerId::parse(&id).unwrap())).unwrap().unwrap();
    import(rig, &imported, &[stored]);
    let items = |tenant: &Watched| -> BTreeMap<String, HashMap<String, AttributeValue>> {
        let own = format!("{}#", tenant.name);
        let neutral = |value: AttributeValue| match value {
            AttributeValue::S(text) => AttributeValue::S(text.replace(&own, "tenant#")),
            other => other,
        };
        let all = rig.table().items(&format!("{own}customer#{id}")).into_iter();
        let by_sort_key = all.map(|item| {
            let attributes = item.into_iter().map(|(name, value)| (name, neutral(value)));
            let attributes: HashMap<_, _> = attributes.collect();
            (attributes["sk"].as_s().unwrap().clone(), attributes)
        });
        by_sort_key.filter(|(sort_key, _)| !sort_key.starts_with("audit#")).collect()
    };
    let wanted = items(&made);
    assert!(wanted.len() > 20, "{wanted:?}");
    assert_eq!(items(&imported), wanted);
}
