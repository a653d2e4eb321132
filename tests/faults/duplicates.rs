//! Walking through possible duplicates while the database fails: an answer is whole, or an error.

use contract_tests::{
    client::{Answer, ask, eventually, id_of},
    fault_proxy::Fault,
};
use serde_json::{Value, json};

use crate::{
    omnidesk::watched,
    rig::{Rig, Watched, in_time},
};

fn walk(tenant: &Watched) -> Answer {
    let origin = tenant.base.trim_end_matches("/api/v1");
    let headers = [("authorization", tenant.authorization.as_str())];
    in_time(|| ask(origin, "GET", "/admin/v1/duplicates", &headers, b""))
}

#[test]
fn a_page_of_duplicates_is_whole_or_an_error_whatever_fails() {
    let tenant = watched(Rig::shared());
    let twins = ["Ulm", "Bonn"].map(|city| {
        let jane = json!({"firstName": "Jane", "lastName": "Dovzhenko", "email": "jane@dovzhenko.example", "city": city});
        id_of(&tenant.create_customer(&jane))
    });
    tenant.create_customer(&json!({"firstName": "Otto", "lastName": "Braun"}));
    let is_whole = |answer: &Answer| {
        let page = answer.json();
        let shown = page["customers"].as_array().map_or(0, Vec::len);
        answer.status == 200 && shown == 1 && twins.iter().all(|id| page.to_string().contains(id.as_str()))
    };
    let whole = eventually(|| walk(&tenant), is_whole);
    assert!(whole.good, "{:?}", whole.last);
    for operation in ["Query", "BatchGetItem"] {
        for fault in [Fault::THROTTLED, Fault::Dropped, Fault::AnswerCut] {
            tenant.faults.next(2, operation, fault);
            let answer = walk(&tenant);
            assert!(answer.status >= 500 || is_whole(&answer), "{operation} {fault:?}: {answer:?}");
            tenant.faults.heal();
        }
        tenant.faults.always(operation, Fault::INTERNAL);
        let refused: Value = walk(&tenant).refused(&[500, 503]);
        assert!(!refused.to_string().contains("Dovzhenko"), "{refused}");
        tenant.faults.heal();
    }
    assert!(is_whole(&walk(&tenant)));
}
