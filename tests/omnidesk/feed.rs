//! What each writing operation tells other systems (administrators' contract, section 6).

use contract_tests::{
    client::{id_of, interaction},
    feed::{kinds_after, told},
    stand_in::{self, StandIn},
};
use crm_domain::NoticeKind;
use serde_json::{Value, json};

use crate::account::{Account, ok, opaque};

use NoticeKind::{
    CaseCreated, CaseErased, CaseMoved, CustomerCreated, CustomerDeleted, CustomerErased, CustomerUpdated,
};

#[test]
fn each_operation_that_writes_tells_of_it() {
    let crm = StandIn::start();
    let account = Account::new(Some(&crm.url()));
    let tells = |work: &dyn Fn()| {
        let before = told(&account.store).len();
        work();
        kinds_after(&account.store, before)
    };
    let address = ("customer_link_channel", "ann@quux.example");
    let of = |own_id| [("brand_id", "1"), ("primary_id", own_id), ("channel_id", "email"), address];
    let ann = || account.customer(&of("ann"));
    assert_eq!(tells(&|| drop(ann())), [CustomerCreated]);
    let number = ann();
    assert_eq!(tells(&|| drop(ann())), [], "found, and nothing to change");
    let (id, text) = (number.to_string(), opaque(number));
    assert_eq!(tells(&|| drop(ok(&account.put(&format!("/{id}"), &[("firstname", "Ann")])))), [CustomerUpdated]);
    let update = [("customerID", id.as_str()), ("custom_city", "Ulm")];
    assert_eq!(tells(&|| drop(ok(&account.put("", &update)))), [CustomerUpdated]);
    let by_own_id = [("externalPrimaryID", "ann"), ("brand_id", "1"), ("lastname", "Lee")];
    assert_eq!(tells(&|| drop(ok(&account.put("/updateCustomer", &by_own_id)))), [CustomerUpdated]);
    let more = [("customer_id", id.as_str()), ("extra_email", "ann.lee@quux.example")];
    assert_eq!(tells(&|| drop(ok(&account.post("/addChannelOnly", &more)))), [CustomerUpdated]);
    let event = [("customer_id", id.as_str()), ("message", "Parcel sent.")];
    assert_eq!(tells(&|| drop(ok(&account.post("/externalEvent", &event)))), [CustomerUpdated]);
    assert_eq!(told(&account.store).pop().unwrap().notice.fields, ["timeline"]);
    let channel = account.item(number)["channels"][0]["id"].to_string();
    assert_eq!(tells(&|| drop(ok(&account.delete(&format!("/channel/{channel}"))))), [CustomerUpdated]);
    assert_eq!(tells(&|| drop(account.made("strict", &[]))), [CustomerCreated]);
    crm.answers(stand_in::json(&json!([{"lastname": "Told", "primaryID": "told"}]).to_string()));
    let sync = [("brandID", "2"), ("channel", "email"), ("address", "told@quux.example")];
    assert_eq!(tells(&|| drop(account.post("/syncWithCRM", &sync).expect(200))), [CustomerCreated]);

    let case = |title: &str| {
        let conversation = json!({"title": title, "interactions": [interaction(1, json!({}))]});
        id_of(&account.khoros.create_case(&text, conversation))
    };
    let moved = case("One");
    assert_eq!(tells(&|| drop(case("Two"))), [CaseCreated]);
    let heir = account.made("heir", &[]).to_string();
    let number_of = |case: &str| crm_domain::CaseId::parse(case).unwrap().number().to_string();
    let ticket = number_of(&moved);
    let given = [("brand_id", "1"), ("primary_id", "heir"), ("ticket_id", ticket.as_str())];
    assert_eq!(tells(&|| drop(ok(&account.post("", &given)))), [CaseMoved]);
    // The other case waits for somebody with an address of hers, who comes.
    assert_eq!(tells(&|| drop(ok(&account.delete(&format!("/{id}"))))), [CustomerDeleted, CaseMoved]);
    let left = told(&account.store).pop().unwrap().notice;
    assert_eq!((left.from.map(|id| id.to_string()), left.customer), (Some(text.clone()), None));
    let purge = || drop(ok(&account.delete(&format!("/purgeData/{heir}"))));
    assert_eq!(tells(&purge), [CustomerErased, CaseErased]);
    // A deletion that becomes an erasure takes what waits.
    assert_eq!(
        tells(&|| drop(ok(&account.delete(&format!("/purgeData/{id}"))))),
        [CustomerErased, CaseErased]
    );
    let all: Vec<Value> = told(&account.store).iter().map(|told| json!(told.notice)).collect();
    let all = json!(all).to_string();
    for value in ["quux", "Ann", "Lee", "Ulm", "Parcel", "\"Told"] {
        assert!(!all.contains(value), "{value} in {all}");
    }
}
