//! What each writing operation tells other systems (administrators' contract, section 6).

use contract_tests::{
    client::{id_of, interaction},
    feed::{kinds_after, told},
    stand_in::{self, StandIn},
};
use crm_domain::NoticeKind;
use serde_json::{Value, json};

use crate::account::{Account, ok, opaque};

use NoticeKind::{CaseCreated, CaseErased, CaseMoved, CustomerCreated, CustomerDeleted, CustomerErased, CustomerUpdated};

#[test]
fn each_operation_that_writes_tells_of_it() {
    let crm = StandIn::start();
    let account = Account::new(Some(&crm.url()));
    let mut seen = 0;
    // What was told since the last look.
    let mut news = || {
        let kinds = kinds_after(&account.store, seen);
        seen += kinds.len();
        kinds
    };
    let address = ("customer_link_channel", "ann@quux.example");
    let of = |own_id| [("brand_id", "1"), ("primary_id", own_id), ("channel_id", "email"), address];
    let ann = || account.customer(&of("ann"));
    ann();
    assert_eq!(news(), [CustomerCreated]);
    let number = ann();
    ann();
    assert_eq!(news(), [], "found, and nothing to change");
    let (id, text) = (number.to_string(), opaque(number));
    ok(&account.put(&format!("/{id}"), &[("firstname", "Ann")]));
    assert_eq!(news(), [CustomerUpdated]);
    let update = [("customerID", id.as_str()), ("custom_city", "Ulm")];
    ok(&account.put("", &update));
    assert_eq!(news(), [CustomerUpdated]);
    let by_own_id = [("externalPrimaryID", "ann"), ("brand_id", "1"), ("lastname", "Lee")];
    ok(&account.put("/updateCustomer", &by_own_id));
    assert_eq!(news(), [CustomerUpdated]);
    let more = [("customer_id", id.as_str()), ("extra_email", "ann.lee@quux.example")];
    ok(&account.post("/addChannelOnly", &more));
    assert_eq!(news(), [CustomerUpdated]);
    let event = [("customer_id", id.as_str()), ("message", "Parcel sent.")];
    ok(&account.post("/externalEvent", &event));
    assert_eq!(news(), [CustomerUpdated]);
    assert_eq!(told(&account.store).pop().unwrap().notice.fields, ["timeline"]);
    let channel = account.item(number)["channels"][0]["id"].to_string();
    ok(&account.delete(&format!("/channel/{channel}")));
    assert_eq!(news(), [CustomerUpdated]);
    account.made("strict", &[]);
    assert_eq!(news(), [CustomerCreated]);
    crm.answers(stand_in::json(
        &json!([{"lastname": "Told", "primaryID": "told"}]).to_string(),
    ));
    let sync = [("brandID", "2"), ("channel", "email"), ("address", "told@quux.example")];
    account.post("/syncWithCRM", &sync).expect(200);
    assert_eq!(news(), [CustomerCreated]);

    let case = |title: &str| {
        let conversation = json!({"title": title, "interactions": [interaction(1, json!({}))]});
        id_of(&account.khoros.create_case(&text, conversation))
    };
    let moved = case("One");
    case("Two");
    assert_eq!(news(), [CaseCreated, CaseCreated]);
    let heir = account.made("heir", &[]).to_string();
    assert_eq!(news(), [CustomerCreated]);
    let number_of = |case: &str| crm_domain::CaseId::parse(case).unwrap().number().to_string();
    let ticket = number_of(&moved);
    let given = [("brand_id", "1"), ("primary_id", "heir"), ("ticket_id", ticket.as_str())];
    ok(&account.post("", &given));
    assert_eq!(news(), [CaseMoved]);
    // The other case waits for somebody with an address of hers, who comes.
    ok(&account.delete(&format!("/{id}")));
    assert_eq!(news(), [CustomerDeleted, CaseMoved]);
    let left = told(&account.store).pop().unwrap().notice;
    assert_eq!(
        (left.from.map(|id| id.to_string()), left.customer),
        (Some(text.clone()), None)
    );
    ok(&account.delete(&format!("/purgeData/{heir}")));
    assert_eq!(news(), [CustomerErased, CaseErased]);
    // A deletion that becomes an erasure takes what waits.
    ok(&account.delete(&format!("/purgeData/{id}")));
    assert_eq!(news(), [CustomerErased, CaseErased]);
    let all: Vec<Value> = told(&account.store).iter().map(|told| json!(told.notice)).collect();
    let all = json!(all).to_string();
    for value in ["quux", "Ann", "Lee", "Ulm", "Parcel", "\"Told"] {
        assert!(!all.contains(value), "{value} in {all}");
    }
}
