//! Every dialect shows the same people, and none loses data that another one stored.

use std::collections::BTreeSet;

use contract_tests::client::{Answer, id_of};
use crm_domain::CustomerId;
use serde_json::{Value, json};

use crate::account::{account, ok, opaque};

fn egain_numbers(answer: &Answer) -> BTreeSet<u64> {
    if answer.status == 204 {
        return BTreeSet::new();
    }
    let found = answer.expect(200);
    let found = found["customer"].as_array().unwrap().iter();
    found.map(|one| one["id"].as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn three_dialects_find_the_same_people() {
    let account = account();
    account.made(
        "C-7",
        &[
            ("firstname", "Ada"),
            ("customerChannelType_0", "email"),
            ("customerChannelValue_0", "Ada@Example.com"),
            ("customerChannelType_1", "telephone"),
            ("customerChannelValue_1", "+31612345678"),
            ("customerChannelType_2", "twitter"),
            ("customerChannelValue_2", "ada_l"),
        ],
    );
    let khoros = json!({"firstName": "Zoë", "email2": "ada@example.com", "phone": "06 12345678", "facebookHandle": "zoe.q"});
    account.khoros.create_customer(&khoros);
    account.import(&json!({"externalId": "N1", "displayName": "Northwind", "brand": "Fietsen", "email": "n@example.com"}));
    for (question, parameter, address) in [
        (
            json!({"email": "ADA@example.com"}),
            "email=ADA@example.com",
            "ADA@example.com",
        ),
        (json!({"email": "n@example.com"}), "email=n@example.com", "n@example.com"),
        (json!({"email": "x@example.com"}), "email=x@example.com", "x@example.com"),
        (json!({"phone": "+31 6 12345678"}), "phone=31612345678", "+31612345678"),
        (json!({"twitterHandle": "@ada_l"}), "twitterId=ada_l", "@Ada_L"),
        (json!({"facebookHandle": "zoe.q"}), "facebookId=zoe.q", "zoe.q"),
    ] {
        let of_khoros = account.khoros.search(&question).into_iter();
        let of_khoros: BTreeSet<u64> = of_khoros.map(|id| CustomerId::parse(&id).unwrap().number()).collect();
        let of_egain = egain_numbers(&account.egain(parameter));
        let of_omnidesk: BTreeSet<u64> = account.holders(address, "1").into_iter().collect();
        assert_eq!(of_omnidesk, of_khoros, "{address}");
        assert_eq!(of_egain, of_khoros, "{parameter}");
        assert_eq!(of_khoros.is_empty(), address.starts_with('x'), "{address}");
    }
    let imported = account.post("/SearchByPrimaryExternalID", &[("primary_id", "N1"), ("brand_id", "1")]);
    assert_eq!(imported.expect(200)["item"]["firstname"], "Northwind");
    let taken = account.post("/createCustomerCRUD", &[("primaryID", "N1"), ("brandID", "1")]);
    assert_eq!(taken.status, 400, "{taken:?}");
}

#[test]
fn an_edit_in_one_dialect_shows_in_the_others_at_once() {
    let account = account();
    let number = account.made("C-7", &[("firstname", "Ada")]);
    let path = format!("/{number}");
    let khoros = format!("/customer/{}", opaque(number));
    ok(&account.put(
        &path,
        &[
            ("lastname", "Lovelace"),
            ("customerChannelType_0", "1"),
            ("customerChannelValue_0", "ada@example.com"),
            ("custom_secret", "only here"),
        ],
    ));
    let shown = account.khoros.get(&khoros).expect(200);
    assert_eq!(
        (&shown["firstName"], &shown["lastName"], &shown["email"]),
        (&json!("Ada"), &json!("Lovelace"), &json!("ada@example.com"))
    );
    let edit = json!({"firstName": "Augusta", "phone": "06 12345678", "email": "augusta@example.com"});
    account.khoros.patch(&khoros, &edit).expect(201);
    let item = account.item(number);
    assert_eq!(
        (&item["firstname"], &item["custom_secret"], &item["external_primary_id"]),
        (&json!("Augusta"), &json!("only here"), &json!("C-7"))
    );
    let addresses: BTreeSet<&str> = item["channels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|channel| channel["address"].as_str().unwrap())
        .collect();
    assert_eq!(addresses, BTreeSet::from(["06 12345678", "augusta@example.com"]));
    assert_eq!(account.holders("ada@example.com", "1"), Vec::<u64>::new());
    let of_egain = account.egain("email=augusta@example.com");
    assert_eq!(egain_numbers(&of_egain), BTreeSet::from([number]));
}

#[test]
fn no_edit_loses_data_of_another_dialect() {
    let account = account();
    let corporate = json!({"externalId": "N1", "kind": "corporate", "displayName": "Northwind", "brand": "Fietsen",
        "attributes": {"level": "premium"}, "contacts": [{"firstName": "Ana", "lastName": "Lindqvist", "jobTitle": "Buyer",
            "email": [{"emailAddress": "ana@northwind.example"}],
            "phone": [{"type": "office", "countryCode": "1", "areaCode": "415", "phoneNo": "555 0134", "extension": "7"}]}],
        "events": [{"at": "2024-05-01T10:00:00Z", "type": "email", "mode": "outbound", "isRead": false, "isSecure": true}]});
    account.import(&corporate);
    let number = account.holders("ana@northwind.example", "1")[0];
    let all = "customerName=northwind&$attribute=all";
    let before = account.egain(all).expect(200)["customer"][0].clone();
    ok(&account.put(
        &format!("/{number}"),
        &[
            ("custom_tier", "gold"),
            ("customerChannelType_0", "email"),
            ("customerChannelValue_0", "ana@northwind.example"),
            ("customerChannelType_1", "twitter"),
            ("customerChannelValue_1", "northwind"),
        ],
    ));
    ok(&account.post(
        "/externalEvent",
        &[("external_id", "N1"), ("brand_id", "1"), ("message", "Order 1")],
    ));
    let after = account.egain(all).expect(200)["customer"][0].clone();
    for part in ["customerName", "type", "level"] {
        assert_eq!(after[part], before[part], "{part}");
    }
    let person = |customer: &Value| customer["contacts"]["contact"][0].clone();
    for part in ["firstName", "lastName", "jobTitle", "email", "phone"] {
        assert_eq!(person(&after)[part], person(&before)[part], "{part}");
    }
    assert_eq!(
        account.item(number)["channels"].as_array().unwrap().len(),
        3,
        "an address is stored once"
    );
    let timeline = account
        .get("/timelineByCustomerExternalID?external_id=N1&brand_id=1")
        .expect(200);
    let kinds = timeline["item"]["timeline"].as_array().unwrap().iter();
    let kinds: Vec<&str> = kinds.map(|entry| entry["item_type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["activity", "external_event"]);
    let id = id_of(&account.khoros.customer(&opaque(number)));
    account
        .khoros
        .patch(&format!("/customer/{id}"), &json!({"city": "Rotterdam"}))
        .expect(201);
    let item = account.item(number);
    assert_eq!(
        (&item["custom_tier"], &item["custom_city"]),
        (&json!("gold"), &json!("Rotterdam"))
    );
}

/// eGain customer search, section 9: with departments on, nobody would see customers who have none.
#[test]
fn customers_from_dialects_without_departments_get_the_tenants_default() {
    let account = account();
    account.crm(&[
        "tenant",
        "set",
        "--departmentalized",
        "on",
        "--department",
        "999=Service",
        "--department",
        "1000=Billing",
    ]);
    account.import(&json!({"displayName": "Early", "email": "early@x.example"}));
    account.import(&json!({"displayName": "Billed", "email": "billed@x.example", "department": "Billing"}));
    account.crm(&["tenant", "set", "--default-department", "Service"]);
    account.crm(&["model", "backfill", "--all"]);
    account
        .khoros
        .create_customer(&json!({"displayName": "Khoros", "email": "khoros@x.example"}));
    let address = |address| [("customerChannelType_0", "email"), ("customerChannelValue_0", address)];
    account.made("C-7", &address("omnidesk@x.example"));
    account.made("D-8", &[]);
    account.customer(&[("brand_id", "1"), ("primary_id", "E-9"), ("extra_email", "found@x.example")]);
    account.import(&json!({"displayName": "Late", "email": "late@x.example"}));
    let seen = |address: &str, department: &str| {
        let answer = account.egain(&format!("email={address}@x.example&department={department}"));
        egain_numbers(&answer).len()
    };
    for one in ["early", "khoros", "omnidesk", "found", "late"] {
        assert_eq!((seen(one, "Service"), seen(one, "Billing")), (1, 0), "{one}");
    }
    assert_eq!((seen("billed", "Service"), seen("billed", "Billing")), (0, 1));
    let all = account.egain("created=%5B2024-01-01T00:00:00Z,%5D&department=Service");
    assert_eq!(egain_numbers(&all).len(), 6, "even if only the client's id is known");
}
