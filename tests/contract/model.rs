//! A tenant's own data model and settings (section 3): roles map its field names to the contract's.

use contract_tests::client::{Tenant, id_of};
use contract_tests::stack::{shared_stack, wait};
use crm_domain::{DataModel, ObjectStructure, TenantRecord};
use serde_json::{Value, json};

/// The tenant of an airline, with other field names, other types, and two e-mail fields that are not called `email`.
fn airline() -> Tenant {
    tenant_with_model(
        json!([
            {"name": "passenger", "label": "Passenger", "type": "Text", "searchable": true, "role": "displayName"},
            {"name": "contactMail", "label": "Mail", "type": "text", "searchable": true, "role": "email"},
            {"name": "officeMail", "label": "Office mail", "type": "text", "role": "email"},
            {"name": "mobile", "label": "Mobile", "type": "text", "searchable": true, "role": "phone"},
            {"name": "xHandle", "label": "X", "type": "text", "searchable": true, "role": "handle", "network": "twitter"},
            {"name": "frequentFlyer", "label": "Frequent flyer", "type": "text", "searchable": true, "role": "accountNumber"},
            {"name": "tier", "label": "Tier", "type": "Single_sel_list", "searchable": true,
             "listValues": [{"name": "Blue", "value": "B"}, {"name": "Gold", "value": "G"}]},
            {"name": "vegetarian", "label": "Vegetarian", "type": "Checkbox", "searchable": true},
            {"name": "remark", "label": "Remark", "type": "Textarea"},
        ]),
        json!([{"name": "flight", "label": "Flight", "type": "text"}]),
    )
}

fn tenant_with_model(customer: Value, case: Value) -> Tenant {
    let (tenant, store) = shared_stack().tenant_with(|_| {});
    let structure = |fields| serde_json::from_value::<ObjectStructure>(json!({"fields": fields})).unwrap();
    let model = DataModel {
        customer: structure(customer),
        case: structure(case),
    };
    wait(store.model_put(&model, None)).unwrap();
    tenant
}

#[test]
fn the_model_shows_types_in_lower_case_and_no_roles() {
    let tenant = airline();
    let fields = tenant.get("/meta/object/customer").expect(200)["fields"].clone();
    let tier = json!({"name": "tier", "label": "Tier", "type": "single_sel_list", "searchable": true,
        "listValues": [{"name": "Blue", "value": "B"}, {"name": "Gold", "value": "G"}]});
    assert_eq!(fields[0]["name"], "id");
    assert_eq!(fields[1]["name"], "uri");
    assert_eq!(
        fields[2],
        json!({"name": "passenger", "label": "Passenger", "type": "text", "searchable": true})
    );
    assert_eq!(fields[8], tier);
    assert_eq!(fields.as_array().unwrap().len(), 11);
}

#[test]
fn the_openapi_document_has_the_tenants_own_fields() {
    let schemas = airline().get("/openapi.json").expect(200)["components"]["schemas"].take();
    let (answered, changes) = (
        &schemas["CustomerFields"]["properties"],
        &schemas["CustomerChanges"]["properties"],
    );
    assert_eq!(answered["passenger"], json!({"type": "string", "title": "Passenger"}));
    assert_eq!(answered.get("displayName"), None);
    assert_eq!(
        changes["tier"],
        json!({"type": ["string", "null"], "enum": ["B", "G", null], "title": "Tier"})
    );
    assert_eq!(changes["vegetarian"]["type"], json!(["boolean", "null"]));
    assert_eq!(changes["remark"]["maxLength"], 32_768);
    assert_eq!(
        schemas["CustomerCriteria"]["properties"].get("remark"),
        None,
        "not searchable"
    );
    assert_eq!(schemas["CaseChanges"]["properties"]["flight"]["title"], "Flight");
}

#[test]
fn a_tenants_own_fields_are_stored_searched_and_cleared() {
    let tenant = airline();
    let fields = json!({"passenger": "Ana Sá", "contactMail": "ana@x.example", "officeMail": "a.sa@office.example",
        "mobile": "+351 912 345 678", "xHandle": "@anasa", "frequentFlyer": "TP-100 200", "tier": "G", "vegetarian": true,
        "remark": "aisle"});
    let customer = tenant.post("/customer", &fields).expect(201);
    for (name, value) in fields.as_object().unwrap() {
        assert_eq!(&customer[name], value);
    }
    for criteria in [
        json!({"passenger": "sa"}),
        json!({"contactMail": "A.SA@office.example"}),
        json!({"mobile": "+351912345678", "tier": "G"}),
        json!({"xHandle": "AnaSa"}),
        json!({"frequentFlyer": "tp100200"}),
        json!({"vegetarian": true}),
        json!({"vegetarian": "true", "tier": "G"}),
    ] {
        tenant.expect_found(&criteria, &[&id_of(&customer)]);
    }
    let cleared = tenant.patch(
        &format!("/customer/{}", id_of(&customer)),
        &json!({"tier": null, "vegetarian": ""}),
    );
    assert_eq!(cleared.expect(201).get("tier"), None);
    assert_eq!(tenant.post("/customers", &json!({"tier": "G"})).status, 204);
    assert_eq!(tenant.post("/customers", &json!({"vegetarian": true})).status, 204);
}

#[test]
fn lists_and_checkboxes_are_validated_together_with_the_rest() {
    let tenant = airline();
    let wrong = json!({"passenger": 1, "contactMail": "x", "tier": "Gold", "vegetarian": "yes", "remark": "ok"});
    let answer = tenant.post("/customer", &wrong);
    answer.error(422, "validation_failed");
    answer.expect_fields(&["contactMail", "passenger", "tier", "vegetarian"]);
}

#[test]
fn fields_of_the_default_model_do_not_exist_in_another() {
    let tenant = airline();
    tenant
        .post("/customer", &json!({"firstName": "Ana"}))
        .error(400, "invalid_field");
    tenant
        .post("/customers", &json!({"email": "ana@x.example"}))
        .error(400, "invalid_field");
    tenant
        .post("/customers", &json!({"officeMail": "a@x.example"}))
        .error(400, "invalid_field");
    let customer = id_of(&tenant.post("/customer", &json!({"passenger": "Ana Sá"})).expect(201));
    let case = json!({"customerId": customer, "title": "Lost bag", "flight": "TP 1"});
    assert_eq!(tenant.post("/case", &case).expect(201)["flight"], "TP 1");
    let case = json!({"customerId": customer, "title": "Lost bag", "priority": "low"});
    tenant.post("/case", &case).error(400, "invalid_field");
}

#[test]
fn best_match_keeps_the_contracts_names_whatever_the_model_calls_its_fields() {
    let tenant = airline();
    let body = json!({"passenger": "Ana Sá", "xHandle": "@anasa", "frequentFlyer": "TP-100 200"});
    let customer = tenant.post("/customer", &body).expect(201);
    for identity in [
        json!({"displayName": "Ana Sa"}),
        json!({"screenName": "anasa"}),
        json!({"accountNumbers": ["TP100200"]}),
    ] {
        let best = tenant.post("/customer/bestmatch", &identity).expect(200);
        assert_eq!(best[0]["id"], customer["id"], "{identity}");
    }
    tenant
        .post("/customer/bestmatch", &json!({"passenger": "Ana Sá"}))
        .error(400, "invalid_field");
}

#[test]
fn a_phone_without_country_code_is_from_the_tenants_region() {
    let (tenant, store) = shared_stack().tenant_with(|_| {});
    wait(store.tenant_put(&TenantRecord {
        default_region: "GB".to_owned(),
        ..TenantRecord::default()
    }))
    .unwrap();
    let customer = tenant
        .post("/customer", &json!({"firstName": "Tom", "phone": "020 7946 0958"}))
        .expect(201);
    for phone in ["+44 20 7946 0958", "00442079460958", "(020) 7946-0958"] {
        tenant.expect_found(&json!({"phone": phone}), &[&id_of(&customer)]);
    }
}

#[test]
fn links_can_lead_into_the_tenants_own_system() {
    let (tenant, store) = shared_stack().tenant_with(|_| {});
    wait(store.tenant_put(&TenantRecord {
        customer_link: Some("https://crm.example/people/{id}?from=khoros".to_owned()),
        case_link: Some("https://crm.example/cases/{id}".to_owned()),
        ..TenantRecord::default()
    }))
    .unwrap();
    let customer = tenant.create_customer(&json!({"firstName": "Tom"}));
    let id = id_of(&customer);
    assert_eq!(customer["url"], format!("https://crm.example/people/{id}?from=khoros"));
    assert_eq!(customer["uri"], customer["url"]);
    let case = tenant.create_case(&id, json!({}));
    assert_eq!(case["linkUrl"], format!("https://crm.example/cases/{}", id_of(&case)));
    let echoed = json!({"url": customer["url"], "lastName": "Lee"});
    tenant.patch(&format!("/customer/{id}"), &echoed).expect(201);
}

#[test]
fn settings_that_functions_cannot_work_with_are_refused() {
    let (_, store) = shared_stack().tenant_with(|_| {});
    for wrong in [
        json!({"default_region": "Europe"}),
        json!({"default_region": "XX"}),
        json!({"default_region": "US", "customer_link": "http://crm.example/{id}"}),
        json!({"default_region": "US", "case_link": "https://crm.example/cases"}),
    ] {
        let record: TenantRecord = serde_json::from_value(wrong.clone()).unwrap();
        assert!(wait(store.tenant_put(&record)).is_err(), "{wrong}");
    }
}
