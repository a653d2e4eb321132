//! `GET /meta/object/{type}`.

use contract_tests::client::{list, members};
use contract_tests::stack::tenant;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::spelling::FIELDS;

fn fields(object: &str) -> Vec<Value> {
    list(tenant().get(&format!("/meta/object/{object}")).expect(200)["fields"].clone())
}

#[track_caller]
fn field(object: &str, name: &str) -> Value {
    let fields = fields(object);
    fields
        .iter()
        .find(|field| field["name"] == name)
        .unwrap_or_else(|| panic!("no {name} among {fields:?}"))
        .clone()
}

#[track_caller]
fn check_unknown_type(name: &str) {
    tenant().get(&format!("/meta/object/{name}")).refused(&[400]);
}

#[test]
fn customer_model_has_name_and_fields_and_nothing_else() {
    let model = tenant().get("/meta/object/customer").expect(200);
    assert_eq!(members(&model), ["fields", "name"]);
    assert_eq!(model["name"], "customer");
}

#[test]
fn case_model_has_name_and_fields_and_nothing_else() {
    let model = tenant().get("/meta/object/case").expect(200);
    assert_eq!(members(&model), ["fields", "name"]);
    assert_eq!(model["name"], "case");
}

#[test]
fn customer_model_lists_id_and_uri() {
    for name in ["id", "uri"] {
        assert_eq!(field("customer", name)["type"], "text");
    }
}

#[test]
fn case_model_lists_id_link_url_and_created() {
    for name in ["id", "linkUrl", "created"] {
        assert_eq!(field("case", name)["type"], "text");
    }
}

#[test]
fn standard_customer_fields_are_searchable_text() {
    let fields = fields("customer");
    for name in FIELDS {
        let field = fields
            .iter()
            .find(|field| field["name"] == name)
            .unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(
            (&field["type"], &field["searchable"]),
            (&json!("text"), &json!(true)),
            "{name}"
        );
    }
}

#[test]
fn description_of_a_customer_is_a_textarea_and_not_searchable() {
    let description = field("customer", "description");
    assert_eq!(
        (&description["type"], &description["searchable"]),
        (&json!("textarea"), &json!(false))
    );
}

#[test]
fn default_customer_model_has_only_the_standard_fields() {
    let mut wanted = BTreeSet::from(FIELDS.map(str::to_owned));
    wanted.extend(["id", "uri", "description"].map(str::to_owned));
    let named: BTreeSet<String> = fields("customer")
        .iter()
        .map(|field| field["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(named, wanted);
}

#[test]
fn priority_is_a_list_of_four_values() {
    let priority = field("case", "priority");
    assert_eq!(priority["type"], "single_sel_list");
    let values: Vec<Value> = list(priority["listValues"].clone())
        .iter()
        .map(|value| value["value"].clone())
        .collect();
    assert_eq!(values, ["low", "normal", "high", "urgent"]);
}

#[test]
fn product_is_text_and_escalated_is_a_checkbox() {
    assert_eq!(field("case", "product")["type"], "text");
    assert_eq!(field("case", "escalated")["type"], "checkbox");
}

#[test]
fn case_fields_are_not_searchable() {
    for field in fields("case") {
        assert_eq!(field["searchable"], false, "{field}");
    }
}

#[test]
fn a_field_has_the_documented_members_only() {
    for field in fields("customer").into_iter().chain(fields("case")) {
        let wanted: &[&str] = if field["type"] == "single_sel_list" {
            &["label", "listValues", "name", "searchable", "type"]
        } else {
            &["label", "name", "searchable", "type"]
        };
        assert_eq!(members(&field), wanted, "{field}");
    }
}

#[test]
fn a_list_value_has_a_name_and_a_value() {
    for value in list(field("case", "priority")["listValues"].clone()) {
        assert_eq!(members(&value), ["name", "value"]);
        assert!(value["name"].as_str().is_some_and(|name| !name.is_empty()), "{value}");
    }
}

#[test]
fn types_are_in_lower_case_and_labels_are_filled() {
    for field in fields("customer").into_iter().chain(fields("case")) {
        let kind = field["type"].as_str().unwrap();
        assert!(["text", "textarea", "single_sel_list", "checkbox"].contains(&kind), "{field}");
        assert!(field["label"].as_str().is_some_and(|label| !label.is_empty()), "{field}");
        assert!(field["searchable"].is_boolean(), "{field}");
    }
}

#[test]
fn field_names_are_unique() {
    for object in ["customer", "case"] {
        let names: Vec<String> = fields(object).iter().map(|field| field["name"].to_string()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    }
}

#[test]
fn another_type_is_400() {
    for name in ["interaction", "customers", "cases", "contact", "x"] {
        check_unknown_type(name);
    }
}

#[test]
fn a_type_is_case_sensitive() {
    check_unknown_type("Customer");
    check_unknown_type("CASE");
}

#[test]
fn a_strange_type_is_400() {
    for name in [
        "%00",
        "%FF",
        "customer%20",
        "customer%2F..",
        "%F0%9F%A6%8A",
        &"x".repeat(2000),
    ] {
        check_unknown_type(name);
    }
}

#[test]
fn the_model_does_not_change_with_data() {
    let tenant = tenant();
    let before = tenant.get("/meta/object/customer").expect(200);
    tenant.some_customer();
    assert_eq!(tenant.get("/meta/object/customer").expect(200), before);
}
