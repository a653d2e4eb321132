//! Cases 56 to 65: actors and departments.

use contract_tests::{
    client::{id_of, members},
    stack::{change_now, wait},
};
use crm_domain::{CustomerId, Permission};
use crm_store::Manner;
use serde_json::json;

use crate::world::{SHARED, caller, divided_world, query, refused, tenant, world};

#[test]
fn case_56_a_missing_or_invalid_token_is_refused() {
    let user = &world().user;
    refused(&user.get_as(None, &[("email", SHARED)]), "401-104");
    refused(&user.get_as(Some("Basic eDp5"), &[("email", SHARED)]), "401-104");
    refused(&user.get_as(Some("Bearer garbage"), &[("email", SHARED)]), "401-101");
}

#[test]
fn case_57_a_key_without_the_action_is_refused() {
    let body = refused(&world().no_agent.get(&[("email", SHARED)]), "403-178");
    assert!(body["developerMessage"].as_str().unwrap().contains("View Agent Console"));
}

#[test]
fn case_58_a_customer_sees_their_own_profile() {
    let body = world().own.found(&[]);
    assert_eq!(members(&body), ["customer"]);
    let customer = &body["customer"][0];
    assert_eq!(
        members(customer),
        ["cases", "contacts", "customerName", "id", "lastModified", "link", "type"]
    );
    assert_eq!(customer["id"], "2003");
    assert_eq!(customer["link"], json!([{"rel": "self", "href": "/core/customermgr/v3"}]));
    assert_eq!(
        customer["cases"],
        json!({"link": [{"rel": "case", "href": "/core/casemgr/v3/case"}]})
    );
    let contact = &customer["contacts"]["contact"][0];
    assert_eq!(
        members(contact),
        [
            "email",
            "firstName",
            "id",
            "lastModified",
            "lastName",
            "phone",
            "self",
            "social"
        ]
    );
    assert_eq!(contact["self"], "yes");
}

#[test]
fn case_59_a_customer_may_select_some_attributes() {
    let body = world().own.found(&[("$attribute", "all")]);
    assert_eq!(
        body["customer"][0]["industry"],
        json!({"value": "telecom", "displayValue": "Telecommunications"})
    );
    assert_eq!(body["customer"][0].get("created"), None);
    world().own.check_refused(&[("$attribute", "level")], "400-116");
}

#[test]
fn case_60_a_customer_may_not_search() {
    world().own.check_refused(&[("email", "noor@mail.example")], "400-101");
    world().own.check_refused(&[("$sort", "id")], "400-101");
}

#[test]
fn case_61_an_agent_may_not_name_a_department() {
    world()
        .user
        .check_refused(&[("email", SHARED), ("department", "Service")], "400-101");
}

#[test]
fn case_62_a_client_application_must_name_a_department() {
    let client = &divided_world().client;
    client.check_refused(&[("email", SHARED)], "400-112");
    let parameters = [("email", SHARED), ("department", "Service")];
    client.check(&parameters, &[2001, 2003, 2004]);
    for customer in client.found(&parameters)["customer"].as_array().unwrap() {
        assert_eq!(customer["department"], json!({"name": "Service", "id": "999"}));
    }
}

#[test]
fn case_63_an_agent_sees_the_customers_of_their_departments() {
    let user = &divided_world().user;
    user.check(&[("email", SHARED)], &[2001, 2003, 2004]);
    assert_eq!(user.found(&[("email", SHARED)])["paginationInfo"]["count"], 3);
    user.check(&[("instagramId", "harbor_row")], &[]);
}

#[test]
fn case_64_without_departmentalization_departments_are_ignored() {
    let client = &world().client;
    let body = client.found(&[("email", "tom@harbor.example")]);
    assert_eq!(body["customer"][0].get("department"), None);
    client.check(&[("email", "tom@harbor.example"), ("department", "Service")], &[2002]);
}

#[test]
fn case_65_a_department_alone_is_no_criterion() {
    let client = &divided_world().client;
    client.check_refused(&[("department", "Service")], "400-245");
    client.check_refused(&[("department", "Service"), ("type", "group")], "400-614");
    client.check(&[("department", "Nowhere"), ("email", SHARED)], &[]);
}

#[test]
fn customers_see_themselves_whatever_the_departments() {
    divided_world().own.check(&[], &[2003]);
}

/// Section 9: the vendor's SDK uses this path, and reads `customer[0]`.
#[test]
fn the_internal_path_answers_as_well() {
    let path = "/core/customermgr/v3/internal/customer";
    let headers = [("accept-language", "en-us"), ("content-type", "application/json")];
    let own = world().own.follow(&format!("{path}?$attribute=all"), &headers).expect(200);
    assert_eq!(own["customer"][0]["id"], "2003");
    assert_eq!(own, world().own.found(&[("$attribute", "all")]));
    let shared = format!("{path}{}", query(&[("email", SHARED)]));
    assert_eq!(
        world().user.follow(&shared, &[]).expect(200),
        world().user.found(&[("email", SHARED)])
    );
    refused(&world().no_agent.follow(&shared, &[]), "403-178");
    refused(&world().user.follow(path, &[]), "400-245");
}

/// The key stops working at once, although a function remembers the key itself for longer.
#[test]
fn a_customers_key_ends_with_the_record() {
    for manner in [Manner::Erase, Manner::Delete { default_brand: None }] {
        let (khoros, store, name) = tenant("off");
        let id = CustomerId::parse(&id_of(&khoros.create_customer(&json!({"firstName": "Noor"})))).unwrap();
        let own = caller(&khoros, &name, "own", |key| {
            key.permissions = [Permission::EgainCustomer].into();
            key.customer = Some(id);
        });
        assert_eq!(own.ids(&[]), [id.number()]);
        let begun = wait(store.erasure_begin(id, manner, &[7; 32], &change_now()));
        assert!(begun.is_ok_and(|begun| begun.is_some_and(|begun| begun.is_own)));
        refused(&own.get(&[]), "401-101");
        refused(&own.get(&[("$attribute", "all")]), "401-101");
    }
}
