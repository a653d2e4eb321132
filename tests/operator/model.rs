//! `crm model`.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use aws_sdk_dynamodb::types::AttributeValue;
use contract_tests::{
    client::{Tenant, id_of},
    stack::{shared_stack, wait},
};
use crm_domain::{Term, TermKind};
use crm_store::Store;
use local::stack::{TABLE, client};
use serde_json::{Value, json};

use crate::rig::{check_refused, command, crm, document, fresh_tenant, khoros};

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/models");

/// A file for one test.
fn file(text: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("model-{}.yaml", COUNT.fetch_add(1, Ordering::Relaxed));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A model with a name and these fields for customers, and none for cases.
fn model(fields: &Value) -> String {
    let mut all = vec![json!({"name": "name", "label": "Name", "type": "text", "searchable": true, "role": "displayName"})];
    all.extend(fields.as_array().unwrap().clone());
    json!({"customer": all, "case": []}).to_string()
}

fn apply(tenant: &str, model: &str) -> Value {
    document(tenant, &["model", "apply", "--no-wait", "--yes", &file(model)])
}

/// Khoros with a key that no function has seen yet, so it gets the current model.
fn khoros_now(tenant: &str) -> Tenant {
    let key = document(tenant, &["keys", "create", "--label", "x"]);
    khoros(key["value"].as_str().unwrap())
}

/// A tenant with a known name, and its part of the table.
fn tenant_and_store() -> (String, Store) {
    let mut name = String::new();
    let (_, store) = shared_stack().tenant_with(|key| key.tenant.as_str().clone_into(&mut name));
    (name, store)
}

/// An `apply` that was stopped while it waited. The model is stored, and no customer is adapted to it.
fn interrupted_apply(tenant: &str, model: &str) {
    let mut running: Child = command(tenant, &["model", "apply", "--yes", &file(model)])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let waits = lines.map(Result::unwrap).any(|line| line.contains("the backfill begins in"));
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(waits, "it did not wait for the functions to use the model");
}

fn shown(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_shown_model_is_accepted_unchanged() {
    let tenant = fresh_tenant();
    let airline = format!("{MODELS}/airline.yaml");
    document(&tenant, &["model", "apply", "--no-wait", "--yes", &airline]);
    let yaml = shown(&crm(&tenant, &["model", "show"]));
    let json = document(&tenant, &["model", "show"]);
    assert_eq!(json["customer"][0]["name"], "passenger");
    for text in [yaml, json.to_string()] {
        let path = file(&text);
        assert_eq!(document(&tenant, &["model", "check", &path]), json!({"mistakes": []}));
        assert_eq!(
            document(&tenant, &["model", "diff", &path]),
            json!({"changes": [], "backfill": null})
        );
        let applied = document(&tenant, &["model", "apply", "--yes", &path]);
        assert_eq!(applied, json!({"changes": [], "applied": true, "backfill": null}));
    }
}

#[test]
fn a_replaced_model_is_kept_and_can_be_restored() {
    let tenant = fresh_tenant();
    check_refused(&tenant, &["model", "rollback"], 2, "`crm model log`");
    let first = document(&tenant, &["model", "show"]);
    apply(
        &tenant,
        &model(&json!([{"name": "remark", "label": "Remark", "type": "text"}])),
    );
    let hides = file(&model(&json!([])));
    check_refused(
        &tenant,
        &["model", "apply", "--no-wait", &hides],
        2,
        "Agents will no longer see remark",
    );
    let log = document(&tenant, &["model", "log"]);
    assert_eq!(log.as_array().map(Vec::len), Some(1), "{log}");
    assert!(log[0]["by"].as_str().unwrap().starts_with("crm model, "), "{log}");
    document(&tenant, &["model", "rollback", "--yes", "--no-wait"]);
    assert_eq!(document(&tenant, &["model", "show"]), first);
    let time = log[0]["replaced"].as_str().unwrap();
    document(&tenant, &["model", "rollback", time, "--yes", "--no-wait"]);
    assert_eq!(document(&tenant, &["model", "log"]).as_array().map(Vec::len), Some(2));
}

#[test]
fn the_doctor_fills_in_what_a_model_requires() {
    let tenant = fresh_tenant();
    let key = document(&tenant, &["keys", "create", "--label", "Khoros"]);
    let retail = format!("{MODELS}/retail.yaml");
    document(&tenant, &["model", "apply", "--no-wait", "--yes", &retail]);
    let words = ["doctor", &shared_stack().base_url(), "--auth", key["value"].as_str().unwrap()];
    // A failing check ends it with another exit code.
    document(&tenant, &words);
}

#[test]
fn the_examples_work() {
    for name in ["retail", "telecom", "airline"] {
        let tenant = fresh_tenant();
        let path = format!("{MODELS}/{name}.yaml");
        assert_eq!(document(&tenant, &["model", "check", &path]), json!({"mistakes": []}));
        document(&tenant, &["model", "apply", "--no-wait", "--yes", &path]);
        let model = document(&tenant, &["model", "show"]);
        for (object, assigned) in [("customer", 2), ("case", 3)] {
            let wire = khoros_now(&tenant).get(&format!("/meta/object/{object}")).expect(200);
            let wire = &wire["fields"].as_array().unwrap()[assigned..];
            assert_eq!(wire.len(), model[object].as_array().unwrap().len());
            for (wire, stored) in wire.iter().zip(model[object].as_array().unwrap()) {
                assert_eq!((&wire["name"], &wire["type"]), (&stored["name"], &stored["type"]));
                for own in ["role", "network", "required", "maximumLength", "pattern", "example"] {
                    assert_eq!(wire.get(own), None, "{name}: {own} must not be on the wire");
                }
            }
        }
    }
}

#[test]
fn every_mistake_is_reported_with_its_position_and_nothing_is_applied() {
    let tenant = fresh_tenant();
    let before = document(&tenant, &["model", "show"]);
    let path = file(
        "customer:\n  - {name: id, label: Id, type: text}\n  - name: tier\n    label: Tier\n    type: select\n    searchble: true\n\
         case:\n  - {name: flight, label: '', type: text, maximumLength: 0}\n",
    );
    for action in ["check", "diff", "apply"] {
        let output = crm(&tenant, &["model", action, &path]);
        assert_eq!(output.status.code(), Some(1), "{action}");
        let shown = shown(&output);
        for mistake in [
            ":2:12: customer[0].name (id) is reserved",
            ":5:11: customer[1].type (tier) must be one of text, textarea, single_sel_list, checkbox: did you mean single_sel_list?",
            ":6:5: customer[1].searchble (tier) is not known here: did you mean searchable?",
            ":8:27: case[0].label (flight) must not be empty",
            ":8:58: case[0].maximumLength (flight) must be 1 to 1000",
        ] {
            assert!(
                shown.contains(&format!("{path}{mistake}")),
                "{action}: {mistake} is not in\n{shown}"
            );
        }
        assert_eq!(shown.lines().count(), 5, "{shown}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("has 5 mistakes"));
    }
    assert_eq!(document(&tenant, &["model", "show"]), before);
    let output = crm(&tenant, &["model", "check", &file("customer: [\n"), "--json"]);
    let mistakes: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(mistakes["mistakes"][0]["line"].is_u64(), "{mistakes}");
    check_refused(&tenant, &["model", "check", "/no/such/file"], 2, "cannot be opened");
}

#[test]
fn a_new_field_takes_effect_without_a_deployment() {
    let tenant = fresh_tenant();
    let field = json!([{"name": "seat", "label": "Seat", "type": "text"}]);
    khoros_now(&tenant)
        .post("/customer", &json!({"seat": "12A"}))
        .error(400, "invalid_field");
    let changes = document(&tenant, &["model", "diff", &file(&model(&field))])["changes"].clone();
    let added = changes
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["field"] == "seat")
        .unwrap();
    assert_eq!((&added["object"], &added["change"]), (&json!("customer"), &json!("added")));
    let applied = apply(&tenant, &model(&field));
    assert_eq!((&applied["changes"], &applied["applied"]), (&changes, &json!(true)));
    khoros_now(&tenant).create_customer(&json!({"seat": "12A"}));
}

#[test]
fn constraints_apply_to_edits() {
    let tenant = fresh_tenant();
    let fields = json!([
        {"name": "seat", "label": "Seat", "type": "text", "required": true, "maximumLength": 3},
        {"name": "booking", "label": "Booking", "type": "text", "searchable": true, "pattern": "[A-Z0-9]{6}", "example": "QX7T2P"},
        {"name": "meal", "label": "Meal", "type": "checkbox", "required": true},
    ]);
    let case = json!([{"name": "flight", "label": "Flight", "type": "text", "required": true, "pattern": "[A-Z]{2}[0-9]+"}]);
    let mut both: Value = serde_json::from_str(&model(&fields)).unwrap();
    both["case"] = case;
    apply(&tenant, &both.to_string());
    let khoros = khoros_now(&tenant);

    let refused = |answer: contract_tests::client::Answer, fields: &[&str]| {
        answer.error(422, "validation_failed");
        answer.expect_fields(fields);
    };
    refused(khoros.post("/customer", &json!({"name": "Jane"})), &["meal", "seat"]);
    let wrong = json!({"seat": "1234", "booking": "qx7t2p", "meal": null});
    refused(khoros.post("/customer", &wrong), &["booking", "meal", "seat"]);
    let unknown = khoros.post("/customer", &json!({"nonsense": 1}));
    unknown.error(400, "invalid_field");
    unknown.expect_fields(&["nonsense"]);

    let customer = id_of(&khoros.create_customer(&json!({"seat": "12A", "booking": "QX7T2P", "meal": false})));
    let path = format!("/customer/{customer}");
    refused(khoros.patch(&path, &json!({"seat": "", "meal": null})), &["meal", "seat"]);
    let clears = khoros.patch(&path, &json!({"booking": "", "name": "Jane"})).expect(201);
    assert_eq!((&clears["seat"], clears.get("booking")), (&json!("12A"), None));
    assert_eq!(khoros.post("/customers", &json!({"booking": "anything at all"})).status, 204);

    let case = |more: Value| {
        let mut case = json!({"customerId": customer, "title": "Late"});
        case.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        case
    };
    refused(khoros.post("/case", &case(json!({}))), &["flight"]);
    refused(
        khoros.post("/case", &case(json!({"flight": "12", "title": ""}))),
        &["flight", "title"],
    );
    let made = id_of(&khoros.post("/case", &case(json!({"flight": "KA1"}))).expect(201));
    refused(khoros.patch(&format!("/case/{made}"), &json!({"flight": null})), &["flight"]);
    khoros
        .patch(&format!("/case/{made}"), &json!({"status": "closed"}))
        .expect(201);
}

#[test]
fn stored_values_survive_new_constraints() {
    let tenant = fresh_tenant();
    let field = |more: Value| {
        let mut field = json!({"name": "seat", "label": "Seat", "type": "text"});
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        model(&json!([field]))
    };
    apply(&tenant, &field(json!({})));
    let khoros = khoros_now(&tenant);
    let with = id_of(&khoros.create_customer(&json!({"seat": "by the window"})));
    let without = id_of(&khoros.create_customer(&json!({"name": "Jane"})));
    apply(&tenant, &field(json!({"required": true, "pattern": "[0-9]+[A-F]"})));
    let khoros = khoros_now(&tenant);
    assert_eq!(khoros.customer(&with)["seat"], "by the window");
    for customer in [with, without] {
        let path = format!("/customer/{customer}");
        khoros.patch(&path, &json!({"name": "Jane Roe"})).expect(201);
        khoros.patch(&path, &json!({"seat": "aisle"})).error(422, "validation_failed");
    }
}

#[test]
fn a_removed_field_is_hidden_and_returns_with_its_values() {
    let tenant = fresh_tenant();
    let fields = json!([
        {"name": "seat", "label": "Seat", "type": "text", "searchable": true},
        {"name": "mobile", "label": "Mobile", "type": "text", "searchable": true, "role": "phone"},
    ]);
    apply(&tenant, &model(&fields));
    let before = khoros_now(&tenant);
    let whole = before.create_customer(&json!({"name": "Jane", "seat": "12A", "mobile": "+1 415 555 2671"}));
    let customer = id_of(&whole);
    let applied = apply(&tenant, &model(&json!([])));
    let removed: Vec<&Value> = applied["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["change"])
        .collect();
    assert_eq!(removed, ["removed", "removed"]);
    let without = khoros_now(&tenant);
    let hidden = without.customer(&customer);
    assert_eq!((hidden.get("seat"), hidden.get("mobile")), (None, None));
    without
        .post("/customers", &json!({"seat": "12A"}))
        .error(400, "invalid_field");
    without
        .patch(&format!("/customer/{customer}"), &json!({"name": "Jane Roe"}))
        .expect(201);
    apply(&tenant, &model(&fields));
    let again = khoros_now(&tenant);
    assert_eq!(again.customer(&customer)["seat"], "12A");
    assert_eq!(again.customer(&customer)["mobile"], whole["mobile"]);
    again.expect_found(&json!({"seat": "12a"}), &[&customer]);
    again.expect_found(&json!({"mobile": "(415) 555-2671"}), &[&customer]);
}

fn seat(searchable: bool) -> String {
    model(&json!([{"name": "seat", "label": "Seat", "type": "text", "searchable": searchable}]))
}

#[test]
fn a_field_made_searchable_finds_existing_customers() {
    let (tenant, store) = tenant_and_store();
    apply(&tenant, &seat(false));
    let before = khoros_now(&tenant);
    let jane = id_of(&before.create_customer(&json!({"name": "Jane", "seat": "12A"})));
    let john = id_of(&before.create_customer(&json!({"name": "John", "seat": "12b"})));
    before.create_customer(&json!({"name": "Jim"}));
    let updated = before.customer(&jane);
    let applied = apply(&tenant, &seat(true));
    assert_eq!(applied["backfill"], json!({"seen": 3, "written": 2, "finished": true}));
    let after = khoros_now(&tenant);
    after.expect_found(&json!({"seat": "12a"}), &[&jane]);
    after.expect_found(&json!({"seat": "12B"}), &[&john]);
    assert_eq!(after.customer(&jane), updated, "nobody has edited the customer");
    let again = document(&tenant, &["model", "backfill"]);
    assert_eq!(again, json!({"backfill": null}));
    // A field that is changed while it is not searchable is found by its current value afterwards.
    apply(&tenant, &seat(false));
    khoros_now(&tenant)
        .patch(&format!("/customer/{jane}"), &json!({"seat": "30F"}))
        .expect(201);
    apply(&tenant, &seat(true));
    let after = khoros_now(&tenant);
    after.expect_found(&json!({"seat": "30F"}), &[&jane]);
    after.expect_found(&json!({"seat": "12A"}), &[]);
    let old = Term::new(TermKind::Custom("seat".to_owned()), "12a");
    let proposed = wait(store.customer_find(&[old], 10)).unwrap();
    assert_eq!(proposed[0].ids.len(), 0, "the index has lost the former value");
}

#[test]
fn stored_values_follow_a_new_role() {
    let tenant = fresh_tenant();
    let contact = |role: Option<&str>| {
        let mut field = json!({"name": "contact", "label": "Contact", "type": "text", "searchable": true});
        if let Some(role) = role {
            field["role"] = role.into();
        }
        model(&json!([field]))
    };
    apply(&tenant, &contact(None));
    let jane = id_of(&khoros_now(&tenant).create_customer(&json!({"contact": "(415) 555-2671"})));
    interrupted_apply(&tenant, &contact(Some("phone")));
    assert_eq!(
        khoros_now(&tenant).customer(&jane)["contact"],
        "(415) 555-2671",
        "it is also shown before the backfill"
    );
    document(&tenant, &["model", "backfill", "--no-wait"]);
    let after = khoros_now(&tenant);
    after.expect_found(&json!({"contact": "+1 415-555-2671"}), &[&jane]);
    assert_eq!(after.customer(&jane)["contact"], "(415) 555-2671");
    apply(&tenant, &contact(None));
    let back = khoros_now(&tenant);
    back.expect_found(&json!({"contact": "(415) 555-2671"}), &[&jane]);
    back.expect_found(&json!({"contact": "+1 415-555-2671"}), &[]);
}

#[test]
fn a_change_that_would_hide_values_is_refused() {
    let tenant = fresh_tenant();
    let before = seat(true);
    apply(&tenant, &before);
    let town = model(&json!([{"name": "seat", "label": "Seat", "type": "text", "searchable": true, "role": "city"}]));
    let tick = model(&json!([{"name": "seat", "label": "Seat", "type": "checkbox", "searchable": true}]));
    for refused in [town, tick] {
        let path = file(&refused);
        check_refused(&tenant, &["model", "apply", &path], 1, "nothing was applied");
        assert_eq!(crm(&tenant, &["model", "diff", &path]).status.code(), Some(1));
    }
    assert_eq!(
        document(&tenant, &["model", "diff", &file(&before)]),
        json!({"changes": [], "backfill": null})
    );
}

#[test]
fn an_interrupted_backfill_continues() {
    let tenant = fresh_tenant();
    apply(&tenant, &seat(false));
    let before = khoros_now(&tenant);
    let jane = id_of(&before.create_customer(&json!({"name": "Jane", "seat": "12A"})));
    interrupted_apply(&tenant, &seat(true));
    let during = khoros_now(&tenant);
    assert_eq!(
        during.post("/customers", &json!({"seat": "12A"})).status,
        204,
        "the backfill has not begun"
    );
    let john = id_of(&during.create_customer(&json!({"name": "John", "seat": "30F"})));
    during.expect_found(&json!({"seat": "30F"}), &[&john]);
    // The same file, whose model is stored already, completes the backfill.
    let again = apply(&tenant, &seat(true));
    assert_eq!(again["changes"], json!([]));
    assert_eq!(again["backfill"], json!({"seen": 2, "written": 1, "finished": true}));
    during.expect_found(&json!({"seat": "12A"}), &[&jane]);
}

/// Deletes a customer's name terms, as if an earlier version had stored the customer. Returns how many there were.
fn forget_names(tenant: &str, id: &str) -> usize {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let client = wait(client(shared_stack().endpoint()));
    let terms = client
        .query()
        .table_name(TABLE)
        .key_condition_expression("pk = :partition AND begins_with(sk, :names)")
        .expression_attribute_values(":partition", text(&format!("{tenant}#customer#{id}")))
        .expression_attribute_values(":names", text("term#name"));
    let found = wait(terms.send()).unwrap();
    for item in found.items() {
        let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone()));
        let delete = client.delete_item().table_name(TABLE).set_key(Some(key.into()));
        wait(delete.send()).unwrap();
    }
    found.items().len()
}

#[test]
fn customers_of_an_earlier_version_get_todays_terms() {
    let (tenant, _) = tenant_and_store();
    let khoros = khoros_now(&tenant);
    let ids = ["Ada Lovelace", "Zuse Konradson"].map(|name| id_of(&khoros.create_customer(&json!({"displayName": name}))));
    let stored = khoros.customer(&ids[0]);
    let keys = forget_names(&tenant, &ids[0]);
    assert!(keys > 2, "{keys}");
    assert_eq!(document(&tenant, &["model", "backfill"]), json!({"backfill": null}));
    let unfinished = || document(&tenant, &["status"])["unfinished"].clone();
    assert_eq!(
        unfinished()[0]["what"],
        "1 of 2 sampled customers have the search terms of an earlier version"
    );
    for written in [1, 0] {
        let done = document(&tenant, &["model", "backfill", "--all"]);
        assert_eq!(done["backfill"], json!({"seen": 2, "written": written, "finished": true}));
    }
    assert_eq!(unfinished(), json!([]));
    assert_eq!(khoros.customer(&ids[0]), stored, "nobody has edited the customer");
    assert_eq!(forget_names(&tenant, &ids[0]), keys, "not all of them are back");
}

#[test]
fn a_backfill_continues_where_it_stopped() {
    let (tenant, store) = tenant_and_store();
    apply(&tenant, &seat(false));
    let before = khoros_now(&tenant);
    for seat in 1..=5 {
        before.create_customer(&json!({"name": "Jane", "seat": format!("{seat}A")}));
    }
    interrupted_apply(&tenant, &seat(true));
    let first = wait(store.customers_page(None)).unwrap();
    let mut stood = wait(store.backfill_get()).unwrap().unwrap();
    stood.after = Some(first[0].id);
    stood.seen = 1;
    assert!(wait(store.backfill_save(&mut stood)).unwrap());
    let done = document(&tenant, &["model", "backfill", "--no-wait"]);
    assert_eq!(done["backfill"], json!({"seen": 5, "written": 4, "finished": true}));
    let mut overtaken = stood.clone();
    assert!(
        !wait(store.backfill_save(&mut overtaken)).unwrap(),
        "only one may continue it"
    );
}

#[test]
fn a_walk_reads_every_customer_of_the_tenant_once() {
    let (tenant, store) = tenant_and_store();
    let khoros = khoros_now(&tenant);
    let customer = |at| id_of(&khoros.create_customer(&json!({"firstName": "Jane", "description": format!("{at}")})));
    let mut made: Vec<String> = (0..12).map(customer).collect();
    let mut seen = Vec::new();
    let mut after = None;
    // From each customer to the next, as if every page contained one customer.
    while let Some(next) = wait(store.customers_page(after)).unwrap().first() {
        after = Some(next.id);
        seen.push(next.id.to_string());
        assert!(seen.len() <= made.len(), "the walk returned to an earlier position: {seen:?}");
    }
    made.sort();
    seen.sort();
    assert_eq!(seen, made);
}

#[test]
fn edits_during_a_backfill_are_not_lost() {
    const AGENTS: usize = 4;
    let tenant = fresh_tenant();
    let with = |contact: Value| {
        let note = |agent| json!({"name": format!("note{agent}"), "label": "Note", "type": "text"});
        let fields: Vec<Value> = (0..AGENTS).map(note).chain([contact]).collect();
        model(&fields.into())
    };
    let contact = json!({"name": "contact", "label": "Contact", "type": "text", "searchable": true});
    let phone = json!({"name": "contact", "label": "Contact", "type": "text", "searchable": true, "role": "phone"});
    apply(&tenant, &with(contact));
    let before = khoros_now(&tenant);
    let customers: Vec<String> = (10..50)
        .map(|at| id_of(&before.create_customer(&json!({"contact": format!("(415) 555-26{at}")}))))
        .collect();
    interrupted_apply(&tenant, &with(phone));
    let khoros = khoros_now(&tenant);
    let write = |agent: usize| {
        // Each starts at another customer, so that there are writers ahead of the backfill and behind it.
        for at in 0..customers.len() {
            let customer = &customers[(at + agent * customers.len() / AGENTS) % customers.len()];
            let note = json!({format!("note{agent}"): "seen"});
            khoros.patch(&format!("/customer/{customer}"), &note).expect(201);
        }
    };
    let backfill = thread::scope(|scope| {
        for agent in 0..AGENTS {
            let write = &write;
            scope.spawn(move || write(agent));
        }
        document(&tenant, &["model", "backfill", "--no-wait"])
    });
    assert_eq!(backfill["backfill"], json!({"seen": 40, "written": 40, "finished": true}));
    for (at, customer) in (10..).zip(&customers) {
        let shown = khoros.customer(customer);
        for agent in 0..AGENTS {
            assert_eq!(shown[format!("note{agent}")], "seen", "an edit of {customer} was lost");
        }
        khoros.expect_found(&json!({"contact": format!("+1 415-555-26{at}")}), &[customer]);
    }
}
