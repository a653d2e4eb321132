//! Cases 1 to 18: each criterion.

use serde_json::{Value, json};

use crate::world::{SHARED, world};

fn custom(elements: &[(&str, &str, &str)]) -> String {
    let element = |(object, name, value): &(&str, &str, &str)| json!({"object": object, "name": name, "value": value});
    elements.iter().map(element).collect::<Value>().to_string()
}

#[test]
fn case_01_an_email_finds_its_customer() {
    let body = world().user.found(&[("email", "ana@northwind.example")]);
    assert_eq!(body["customer"].as_array().unwrap().len(), 1);
    assert_eq!(body["customer"][0]["id"], "2001");
    assert_eq!(body["paginationInfo"], json!({"count": 1, "pagenum": 1, "pagesize": 25}));
}

#[test]
fn case_02_a_domain_is_not_an_address() {
    world().user.get(&[("email", "northwind.example")]).expect_empty(204);
}

#[test]
fn case_03_part_of_an_address_does_not_match() {
    world().user.check(&[("email", "a@northwind.example")], &[]);
}

#[test]
fn case_04_a_number_matches_with_its_extension() {
    world().user.check(&[("phone", "141555501347")], &[2001]);
}

#[test]
fn case_05_part_of_a_number_does_not_match() {
    world().user.check(&[("phone", "5550134")], &[]);
    world().user.check(&[("phone", "14155550134")], &[]);
}

#[test]
fn case_06_a_shared_number_finds_both_customers() {
    world().user.check(&[("phone", "442079460958")], &[2003, 2004]);
}

#[test]
fn case_07_an_id_matches_on_its_network_only() {
    world().user.check(&[("twitterId", "anaL")], &[2001]);
    world().user.check(&[("facebookId", "anaL")], &[]);
    world().user.check(&[("twitterId", "anal")], &[]);
}

#[test]
fn case_08_an_instagram_id_matches() {
    world().user.check(&[("instagramId", "harbor_row")], &[2002]);
}

#[test]
fn case_09_apple_and_youtube_ids_match() {
    world().user.check(&[("appleOpaqueId", "none")], &[]);
    world().user.check(&[("youTubeId", "none")], &[]);
}

#[test]
fn case_10_a_whole_name_matches() {
    world().user.check(&[("customerName", "Northwind Freight")], &[2001]);
}

#[test]
fn case_11_the_beginning_of_a_name_matches() {
    world().user.check(&[("customerName", "noo")], &[2003]);
    world().user.check(&[("customerName", "no")], &[2001, 2003, 2004]);
    world().user.check(&[("customerName", " NORTHWIND   fr")], &[2001]);
    world().user.check(&[("customerName", "Freight")], &[]);
}

#[test]
fn case_12_a_custom_attribute_of_customers_matches() {
    world().user.check(
        &[("custom", &custom(&[("customer", "preferredlang", "English")]))],
        &[2001, 2003],
    );
    world()
        .user
        .check(&[("custom", &custom(&[("customer", "preferredlang", "english")]))], &[]);
}

#[test]
fn case_13_a_custom_attribute_of_contacts_matches() {
    world()
        .user
        .check(&[("custom", &custom(&[("contactPerson", "isprimary", "y")]))], &[2001]);
}

#[test]
fn case_14_two_custom_attributes_must_both_match() {
    let both = custom(&[("customer", "preferredlang", "English"), ("contactPerson", "isprimary", "y")]);
    world().user.check(&[("custom", &both)], &[2001]);
}

#[test]
fn case_15_an_activity_matches() {
    let activity = json!({"type": "email", "isRead": "false", "isSecure": "true", "mode": "outbound",
        "sentDate": "[2024-05-01T00:00:00.000Z,2024-05-01T23:59:59.999Z]"});
    world().user.check(&[("activity", &activity.to_string())], &[2001]);
    let sent = json!({"sentDate": "[2024-05-01T10:00:00.001Z,]"});
    world().user.check(&[("activity", &sent.to_string())], &[2003]);
}

#[test]
fn case_16_one_activity_must_meet_all_conditions() {
    let activity = json!({"mode": "inbound", "isSecure": "true"});
    world().user.check(&[("activity", &activity.to_string())], &[]);
}

#[test]
fn case_17_two_criteria_must_both_match() {
    world()
        .user
        .check(&[("email", SHARED), ("phone", "442079460958")], &[2003, 2004]);
    let read = json!({"isRead": "true"}).to_string();
    world().user.check(&[("email", SHARED), ("activity", &read)], &[2003]);
}

#[test]
fn case_18_a_type_narrows_the_matches() {
    world().user.check(&[("email", SHARED), ("type", "group")], &[2002]);
}
