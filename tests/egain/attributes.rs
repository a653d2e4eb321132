//! Cases 38 to 43: attributes and shape.

use contract_tests::client::members;
use serde_json::{Value, json};

use crm_domain::Permission;

use crate::world::{SHARED, caller, import, tenant, world};

/// Northwind Freight with these attributes.
#[track_caller]
fn northwind(attributes: Option<&str>) -> Value {
    let attributes = attributes.map(|names| ("$attribute", names));
    let parameters: Vec<(&str, &str)> = [("phone", "141555501347")].into_iter().chain(attributes).collect();
    world().user.found(&parameters)["customer"][0].clone()
}

#[test]
fn case_38_every_answer_has_the_summary() {
    let customer = northwind(None);
    let wanted = [
        "cases",
        "contacts",
        "customerName",
        "id",
        "lastModified",
        "link",
        "notes",
        "type",
    ];
    assert_eq!(members(&customer), wanted);
    let kind = json!({"value": "corporate", "displayValue": "Corporate",
        "corporate": {"region": "Europe", "numberOfEmployees": "75", "sector": "Logistics"}});
    assert_eq!(customer["type"], kind);
    let contact = &customer["contacts"]["contact"][1];
    let phone = &contact["phone"][0];
    assert_eq!(
        (
            &phone["phoneNo"],
            &phone["countryCode"],
            &phone["areaCode"],
            &phone["extension"]
        ),
        (&json!("555 0134"), &json!("1"), &json!("415"), &json!("7"))
    );
    assert_eq!(
        phone["type"],
        json!({"value": "office", "displayValue": "Office phone number"})
    );
    let availability = json!({"days": {"value": "weekdays", "displayValue": "Weekdays"},
        "times": {"value": "mornings", "displayValue": "Mornings"}});
    assert_eq!(phone["availability"], availability);
    assert_eq!(
        contact["social"][0]["type"],
        json!({"value": "twitter", "displayValue": "Twitter"})
    );
    assert_eq!(contact.get("jobTitle"), None);
}

#[test]
fn case_39_named_attributes_are_added() {
    let customer = northwind(Some("level,custom.preferredlang"));
    assert_eq!(customer["level"], json!({"value": "premium", "displayValue": "Premium"}));
    let wanted =
        json!({"customAttribute": [{"attribName": "preferredlang", "attribValues": {"attribValue": [{"value": "English"}]}}]});
    assert_eq!(customer["customAttributes"], wanted);
    assert_eq!(customer.get("role"), None);
    for contact in customer["contacts"]["contact"].as_array().unwrap() {
        assert_eq!(contact.get("customAttributes"), None);
    }
}

#[test]
fn case_40_all_selects_every_attribute() {
    let customer = northwind(Some("all"));
    assert_eq!(customer["role"], json!({"value": "partner", "displayValue": "Partner"}));
    assert_eq!(customer["pin"], "4411");
    assert_eq!(customer["created"], "2024-01-10T08:00:00.000Z");
    let user = json!({"user": {"firstName": "Ida", "lastName": "Berg", "id": "502"}});
    assert_eq!(customer["createdBy"], user);
    let contact = &customer["contacts"]["contact"][1];
    assert_eq!(contact["customAttributes"]["customAttribute"][0]["attribName"], "isprimary");
    assert_eq!(contact["jobTitle"], "Buyer");
}

#[test]
fn case_41_absent_values_are_left_out() {
    let body = world().user.found(&[("instagramId", "harbor_row"), ("$attribute", "level")]);
    assert_eq!(body["customer"][0].get("level"), None);
    assert!(!body.to_string().contains("null"));
}

#[test]
fn case_42_an_unknown_attribute_is_refused() {
    let parameters = [("phone", "141555501347"), ("$attribute", "colour")];
    world().user.check_refused(&parameters, "400-116");
    let parameters = [("phone", "141555501347"), ("$attribute", "custom.colour")];
    world().user.check_refused(&parameters, "400-116");
}

#[test]
fn case_43_the_system_contact_comes_first() {
    let contacts = &northwind(Some("all"))["contacts"]["contact"];
    assert_eq!(contacts[0]["systemCreated"], true);
    assert_eq!(contacts[0]["firstName"], "#*Default CP#2001*#");
    assert_eq!(contacts[0]["loginId"], "##login_default_cp#2001***");
    assert_eq!(
        (&contacts[1]["systemCreated"], &contacts[1]["id"]),
        (&json!(false), &json!("3002"))
    );
    let body = world().user.found(&[("email", SHARED), ("$attribute", "all")]).to_string();
    assert!(!body.contains("contactPersons") && !body.contains("contactPoints"));
}

/// Section 9: as in the vendor's own document.
#[test]
fn labels_are_those_of_the_vendor() {
    let (khoros, _, name) = tenant("off");
    let client = caller(&khoros, &name, "client", |key| {
        key.permissions = [Permission::EgainClient].into();
    });
    import(
        &name,
        &[
            json!({"kind": "group", "displayName": "Lee", "organisation": {"type": "joint_account"}, "contacts": [{
            "educationLevel": "post graduate", "postal": [{"type": "billto", "city": "Ulm"}],
            "phone": [{"countryCode": "1", "areaCode": "415", "phoneNo": "555 0134", "times": "anytime"}]}]}),
        ],
    );
    let body = client.found(&[("customerName", "lee"), ("$attribute", "all")]);
    let customer = &body["customer"][0];
    let contact = &customer["contacts"]["contact"][1];
    for (shown, value, label) in [
        (&customer["type"]["group"]["type"], "joint_account", "Joint Account"),
        (&contact["educationLevel"], "post graduate", "Post graduate"),
        (&contact["postal"][0]["type"], "billto", "Bill-to address"),
        (&contact["phone"][0]["availability"]["times"], "anytime", "Anytime"),
    ] {
        assert_eq!(*shown, json!({"value": value, "displayValue": label}));
    }
}
