//! Tests that compare the files in infra/models with the code.

use std::collections::BTreeSet;

use crm_domain::{
    FieldType, Role,
    model::{MOST_FIELDS, MOST_LIST_VALUES, NAME_LENGTH, TEXTAREA_LENGTH},
};
use serde_json::Value;

use super::file::{LIST_VALUE_MEMBERS, MEMBERS, NEEDED, read};

const SCHEMA: &str = include_str!("../../../../infra/models/model.schema.json");
const EXAMPLES: [(&str, &str); 3] = [
    ("retail", include_str!("../../../../infra/models/retail.yaml")),
    ("telecom", include_str!("../../../../infra/models/telecom.yaml")),
    ("airline", include_str!("../../../../infra/models/airline.yaml")),
];

fn schema(pointer: &str) -> Value {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    schema.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}")).clone()
}

#[track_caller]
fn check_members(object: &str, members: &[&str], needed: &[&str]) {
    let properties = schema(&format!("{object}/properties"));
    let named: BTreeSet<&str> = properties.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(named, members.iter().copied().collect());
    assert_eq!(schema(&format!("{object}/required")), Value::from(needed));
    assert_eq!(schema(&format!("{object}/additionalProperties")), false);
}

#[test]
fn the_schema_has_the_members_that_are_read() {
    check_members("", &["customer", "case"], &["customer", "case"]);
    check_members("/$defs/field", &MEMBERS, &NEEDED);
    let list_value = "/$defs/field/properties/listValues/items";
    check_members(list_value, &LIST_VALUE_MEMBERS, &LIST_VALUE_MEMBERS);
}

#[test]
fn the_schema_has_the_types_roles_and_limits_of_the_code() {
    let field = |member: &str| schema(&format!("/$defs/field/properties/{member}"));
    assert_eq!(field("type/enum"), Value::from(FieldType::ALL.map(FieldType::name).to_vec()));
    assert_eq!(field("role/enum"), Value::from(Role::ALL.map(Role::name).to_vec()));
    assert_eq!(field("name/maxLength"), NAME_LENGTH);
    assert_eq!(field("maximumLength/maximum"), TEXTAREA_LENGTH);
    assert_eq!(field("listValues/maxItems"), MOST_LIST_VALUES);
    for object in ["customer", "case"] {
        assert_eq!(schema(&format!("/properties/{object}/maxItems")), MOST_FIELDS);
    }
}

#[test]
fn the_examples_are_sound_and_name_their_schema() {
    for (name, text) in EXAMPLES {
        assert_eq!(read(text).err(), None, "{name}");
        assert!(
            text.starts_with("# yaml-language-server: $schema=model.schema.json\n"),
            "{name}"
        );
    }
}
