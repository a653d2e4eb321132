//! Every dialect shows the same people.

use std::collections::BTreeSet;

use serde_json::json;

use crate::world::{caller, id, import, tenant};
use crm_domain::{CustomerId, Permission};

#[test]
fn khoros_and_egain_find_the_same_people() {
    let (khoros, _, name) = tenant("off");
    let client = caller(&khoros, &name, "client", |key| {
        key.permissions = [Permission::EgainClient].into();
    });
    let mut made = BTreeSet::new();
    for fields in [
        json!({"firstName": "Ada", "lastName": "Lovelace", "phone": "(415) 555-2671", "email": "Ada@Example.com"}),
        json!({"displayName": "Zoë Q.", "phone2": "+44 20 7946 0958", "email2": "zoe@example.com", "twitterHandle": "@Zoe_Q"}),
        json!({"displayName": "Rui", "phone": "+55 11 98765-4321", "facebookHandle": "rui.s"}),
        json!({"lastName": "Same", "phone": "415.555.2671", "email": "ada@example.com"}),
    ] {
        made.insert(khoros.create_customer(&fields)["id"].as_str().unwrap().to_owned());
    }
    import(
        &name,
        &[
            json!({"id": id(2001), "kind": "corporate", "displayName": "Northwind", "contacts": [{"firstName": "Ana",
            "email": [{"emailAddress": "ana@example.com"}], "phone": [{"countryCode": "1", "areaCode": "415", "phoneNo": "555 2671"}],
            "social": [{"type": "twitter", "socialId": "anaL"}]}]}),
        ],
    );
    for (question, parameter) in [
        (json!({"phone": "+1 415 555 2671"}), ("phone", "14155552671")),
        (json!({"phone": "+442079460958"}), ("phone", "442079460958")),
        (json!({"phone": "+55 11 8765-4321"}), ("phone", "551187654321")),
        (json!({"phone": "+1 415 555 0000"}), ("phone", "14155550000")),
        (json!({"email": "ADA@example.com"}), ("email", "ADA@example.com")),
        (json!({"email": "zoe@example.com"}), ("email", "zoe@example.com")),
        (json!({"email": "ana@example.com"}), ("email", "ana@example.com")),
        (json!({"twitterHandle": "Zoe_Q"}), ("twitterId", "Zoe_Q")),
        (json!({"twitterHandle": "anaL"}), ("twitterId", "anaL")),
        (json!({"facebookHandle": "rui.s"}), ("facebookId", "rui.s")),
    ] {
        let of_khoros: BTreeSet<String> = khoros.search(&question).into_iter().collect();
        let numbers = client.ids(&[parameter]).into_iter();
        let of_egain: BTreeSet<String> = numbers
            .map(|number| CustomerId::from_number(number).unwrap().to_string())
            .collect();
        assert_eq!(of_egain, of_khoros, "{question} {parameter:?}");
        let nobody = question == json!({"phone": "+1 415 555 0000"});
        assert_eq!(of_khoros.is_empty(), nobody, "{question}");
    }
}

#[test]
fn a_customer_from_khoros_has_a_contact_with_all_known_values() {
    let (khoros, _, name) = tenant("off");
    let client = caller(&khoros, &name, "client", |key| {
        key.permissions = [Permission::EgainClient].into();
    });
    let fields = json!({"firstName": "Ada", "lastName": "Lovelace", "phone": "(415) 555-2671", "email": "ada@example.com",
        "twitterHandle": "@ada", "profileUrl": "https://ada.example/", "city": "London", "zip": "N1", "preferredlang": "English"});
    khoros.create_customer(&fields);
    let body = client.found(&[("email", "ada@example.com"), ("$attribute", "all")]);
    let customer = &body["customer"][0];
    assert_eq!(customer["customerName"], "Ada Lovelace");
    assert_eq!(customer["type"]["value"], "individual");
    let contact = &customer["contacts"]["contact"][0];
    assert_eq!(
        (&contact["firstName"], &contact["lastName"]),
        (&json!("Ada"), &json!("Lovelace"))
    );
    assert_eq!(contact["email"][0]["emailAddress"], "ada@example.com");
    let phone = &contact["phone"][0];
    assert_eq!(
        (&phone["countryCode"], &phone["areaCode"], &phone["phoneNo"]),
        (&json!("1"), &json!("415"), &json!("5552671"))
    );
    assert_eq!(
        (&contact["social"][0]["socialId"], &contact["social"][0]["type"]["value"]),
        (&json!("ada"), &json!("twitter"))
    );
    assert_eq!(contact["website"][0]["url"], "https://ada.example/");
    assert_eq!(
        (&contact["postal"][0]["city"], &contact["postal"][0]["zip"]),
        (&json!("London"), &json!("N1"))
    );
    let again = client.found(&[("email", "ada@example.com"), ("$attribute", "all")]);
    assert_eq!(again, body, "the ids are stable");
}

#[test]
fn an_extension_entered_in_khoros_is_recognised() {
    let (khoros, _, name) = tenant("off");
    let client = caller(&khoros, &name, "client", |key| {
        key.permissions = [Permission::EgainClient].into();
    });
    for (at, (typed, number)) in [
        ("+44 20 7946 0961 ext. 12", ["44", "20", "7946 0961", "12"]),
        ("+44 20 7946 0962 x12", ["44", "20", "7946 0962", "12"]),
        ("+442079460963;ext=12", ["44", "20", "79460963", "12"]),
        ("(415) 555-0134 #7", ["1", "415", "5550134", "7"]),
        ("+44 20 7946 0965 доб. 12", ["44", "20", "7946 0965", "12"]),
    ]
    .into_iter()
    .enumerate()
    {
        khoros.create_customer(&json!({"displayName": format!("Ann {at}"), "phone": typed}));
        let digits = |parts: &[&str]| parts.concat().replace(' ', "");
        let body = client.found(&[("phone", &digits(&number))]);
        assert_eq!(body["paginationInfo"]["count"], 1, "{typed}");
        let shown = &body["customer"][0]["contacts"]["contact"][0]["phone"][0];
        let parts = ["countryCode", "areaCode", "phoneNo", "extension"].map(|part| shown[part].as_str().unwrap());
        assert_eq!(parts, number, "{typed}");
        client.check(&[("phone", &digits(&number[..3]))], &[]);
        let spelled = format!("+{} {}-{}", digits(&number[..1]), digits(&number[1..3]), number[3]);
        assert_eq!(client.ids(&[("phone", &spelled)]).len(), 1, "{spelled}");
    }
    client.check(&[("phone", "442079460961x12")], &[]);
}
