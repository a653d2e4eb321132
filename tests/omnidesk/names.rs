//! A person has one name: whichever dialect edits it, all dialects show the same one.

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Map, Value, json};

use crate::account::{Account, account, ok, opaque};

/// The number of the customer who has an address.
fn holder(account: &Account, address: &str) -> u64 {
    account.holders(address, "1")[0]
}

/// The one customer with an address, as eGain shows them.
#[track_caller]
fn egain(account: &Account, address: &str) -> Value {
    account.egain(&format!("email={address}&$attribute=all")).expect(200)["customer"][0].clone()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// All dialects show the same name of an individual, with these parts.
#[track_caller]
fn check_same(account: &Account, address: &str, context: &str) -> (String, String) {
    let number = holder(account, address);
    let omnidesk = account.item(number);
    let parts = (text(&omnidesk["firstname"]), text(&omnidesk["lastname"]));
    let khoros = account.khoros.customer(&opaque(number));
    let own = (text(&khoros["firstName"]), text(&khoros["lastName"]));
    let wanted = if own == ("", "") {
        (text(&khoros["displayName"]), "")
    } else {
        own
    };
    assert_eq!(parts, wanted, "Omnidesk and Khoros {context}");
    let egain = egain(account, address);
    let contact = &egain["contacts"]["contact"][0];
    let said = (text(&contact["firstName"]), text(&contact["lastName"]));
    assert_eq!(said, parts, "eGain's contact {context}");
    let whole = format!("{} {}", parts.0, parts.1);
    assert_eq!(text(&egain["customerName"]), whole.trim(), "customerName {context}");
    (parts.0.to_owned(), parts.1.to_owned())
}

fn noor() -> Value {
    json!({"externalId": "N1", "displayName": "Noor Haddad", "firstName": "Noor", "lastName": "Haddad", "brand": "Fietsen",
        "contacts": [{"id": "3005", "salutation": "Ms.", "firstName": "Noor", "lastName": "Haddad",
            "lastModified": "2024-03-02T10:00:00.000Z", "email": [{"emailAddress": "noor@mail.example"}]}]})
}

#[test]
fn a_name_edited_in_khoros_or_omnidesk_is_the_one_contacts() {
    let account = account();
    account.import(&noor());
    let number = holder(&account, "noor@mail.example");
    check_same(&account, "noor@mail.example", "as imported");
    ok(&account.put(&format!("/{number}"), &[("lastname", "Bos")]));
    let name = check_same(&account, "noor@mail.example", "renamed by Omnidesk");
    assert_eq!(name, ("Noor".to_owned(), "Bos".to_owned()));
    let shown = account.khoros.customer(&opaque(number));
    assert_eq!(shown["displayName"], "Noor Bos", "it was made of the old name");
    let path = format!("/customer/{}", opaque(number));
    account.khoros.patch(&path, &json!({"firstName": "Nora"})).expect(201);
    let name = check_same(&account, "noor@mail.example", "renamed by Khoros");
    assert_eq!(name, ("Nora".to_owned(), "Bos".to_owned()));
    let egain = egain(&account, "noor@mail.example");
    let contact = &egain["contacts"]["contact"][0];
    assert_eq!(
        (&contact["salutation"], &contact["id"]),
        (&json!("Ms."), &json!("3005")),
        "the rest stays"
    );
    assert_ne!(contact["lastModified"], "2024-03-02T10:00:00.000Z");
    let found = |name: &str| account.egain(&format!("customerName={name}")).status;
    assert_eq!((found("nora%20bos"), found("noor")), (200, 204));
}

#[test]
fn a_name_of_the_contact_only_becomes_the_customers() {
    let account = account();
    account.import(&json!({"externalId": "N1", "brand": "Fietsen", "contacts": [
        {"firstName": "Ann", "lastName": "Smith", "email": [{"emailAddress": "ann@mail.example"}]},
        {"firstName": "Bob", "lastName": "Smith", "email": [{"emailAddress": "bob@mail.example"}]}]}));
    let name = check_same(&account, "ann@mail.example", "as imported");
    assert_eq!(name, ("Ann".to_owned(), "Smith".to_owned()));
    let number = holder(&account, "ann@mail.example");
    account
        .khoros
        .expect_found(&json!({"firstName": "ann", "lastName": "smi"}), &[&opaque(number)]);
    assert_eq!(account.listed("?query=ann%20smith"), [number]);
    let egain = egain(&account, "ann@mail.example");
    assert_eq!(
        egain["contacts"]["contact"][1]["firstName"], "Bob",
        "another person has another name"
    );
}

#[test]
fn a_rows_own_columns_take_precedence_over_its_contact() {
    let account = account();
    let mut row = noor();
    row["lastName"] = json!("Bos");
    account.import(&row);
    let name = check_same(&account, "noor@mail.example", "as imported");
    assert_eq!(name, ("Noor".to_owned(), "Bos".to_owned()));
}

#[test]
fn the_contacts_of_a_company_keep_their_names() {
    let account = account();
    account.import(
        &json!({"externalId": "N1", "kind": "corporate", "displayName": "Northwind", "brand": "Fietsen",
        "contacts": [{"firstName": "Ana", "lastName": "Lindqvist", "email": [{"emailAddress": "ana@mail.example"}]}]}),
    );
    let number = holder(&account, "ana@mail.example");
    let check = |name: &str| {
        let shown = egain(&account, "ana@mail.example");
        assert_eq!(shown["customerName"], name);
        let contact = &shown["contacts"]["contact"][1];
        assert_eq!(
            (&contact["firstName"], &contact["lastName"]),
            (&json!("Ana"), &json!("Lindqvist"))
        );
        let item = account.item(number);
        let whole = format!("{} {}", text(&item["firstname"]), text(&item["lastname"]));
        assert_eq!(whole.trim(), name);
        assert_eq!(account.khoros.customer(&opaque(number))["displayName"], name);
    };
    check("Northwind");
    ok(&account.put(&format!("/{number}"), &[("firstname", "Southwind"), ("lastname", "BV")]));
    check("Southwind BV");
    let path = format!("/customer/{}", opaque(number));
    account.khoros.patch(&path, &json!({"displayName": "Eastwind"})).expect(201);
    check("Eastwind");
}

/// An edit of a name in one of the dialects. A part that is `None` is not sent.
#[derive(Debug, Clone)]
enum Edit {
    Khoros([Option<String>; 3]),
    Omnidesk([Option<String>; 2]),
    /// The contact's names, with the row's own.
    Import([Option<String>; 2], [Option<String>; 3]),
}

const FIELDS: [&str; 3] = ["displayName", "firstName", "lastName"];

fn members<const COUNT: usize>(names: [&str; COUNT], values: &[Option<String>; COUNT]) -> Map<String, Value> {
    let given = names
        .iter()
        .zip(values)
        .filter_map(|(name, value)| Some((*name, value.as_ref()?)));
    given.map(|(name, value)| (name.to_owned(), value.as_str().into())).collect()
}

impl Edit {
    fn make(&self, account: &Account, address: &str) {
        match self {
            Self::Khoros(fields) => {
                let path = format!("/customer/{}", opaque(holder(account, address)));
                let body = Value::Object(members(FIELDS, fields));
                account.khoros.patch(&path, &body).expect(201);
            }
            Self::Omnidesk(fields) => {
                let fields = members(["firstname", "lastname"], fields);
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
                ok(&account.put(&format!("/{}", holder(account, address)), &fields));
            }
            Self::Import(contact, own) => {
                let mut contact = members(["firstName", "lastName"], contact);
                contact.insert("email".to_owned(), json!([{"emailAddress": address}]));
                let mut row = members(FIELDS, own);
                row.insert("externalId".to_owned(), "N1".into());
                row.insert("brand".to_owned(), "Fietsen".into());
                row.insert("contacts".to_owned(), json!([contact]));
                account.import(&row.into());
            }
        }
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    // An empty text clears the name in Khoros and changes nothing elsewhere.
    let name = || prop::option::weighted(0.6, prop_oneof![4 => "[A-D]( [a-d])?", 1 => Just(String::new())]);
    prop_oneof![
        3 => [name(), name(), name()].prop_map(Edit::Khoros),
        3 => [name(), name()].prop_map(Edit::Omnidesk),
        1 => ([name(), name()], [name(), name(), name()]).prop_map(|(contact, own)| Edit::Import(contact, own)),
    ]
}

#[test]
fn after_any_edits_all_dialects_show_the_same_name() {
    let config = ProptestConfig {
        cases: 6,
        max_shrink_iters: 30,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let edits = prop::collection::vec(edit(), 1..12);
    let checked = TestRunner::new(config).run(&edits, |edits| {
        let account = account();
        account.import(&noor());
        for (at, edit) in edits.iter().enumerate() {
            edit.make(&account, "noor@mail.example");
            check_same(&account, "noor@mail.example", &format!("after {:?}", &edits[..=at]));
        }
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}
