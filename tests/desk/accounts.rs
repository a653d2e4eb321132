//! Accounts that customers learnt from conversations.

use contract_tests::client::{id_of, interaction};
use crm_domain::Permission;
use serde_json::json;

use crate::visitor::{PERSON, Visitor, expect_page};

#[test]
fn an_account_that_is_somebody_elses_is_removed() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let jane = id_of(&visitor.tenant.create_customer(&json!({"firstName": "Jane"})));
    let author = json!({"service": "TWITTER", "serviceId": "9", "handle": "quietharbour42", "name": "Ada", "brandOwned": false});
    let message = |n: usize| json!({"title": format!("Late {n}"), "interactions": [interaction(n, json!({"author": author}))]});
    let record = format!("/desk/people/{jane}");
    let accounts = format!("{record}/accounts");
    let page = expect_page(&visitor.get(&record), 200);
    assert!(!page.contains(&accounts), "there is none yet: {page}");
    visitor.tenant.create_case(&jane, message(1));
    let page = expect_page(&visitor.get(&record), 200);
    assert!(page.contains(&format!("href=\"{accounts}\"")), "{page}");
    let page = expect_page(&visitor.get(&accounts), 200);
    assert!(page.contains("quietharbour42") && page.contains("value=\"9\""), "{page}");
    visitor
        .tenant
        .expect_found(&json!({"screenName": "quietharbour42"}), &[&jane]);

    let form = [("network", "twitter"), ("account", "9")];
    for _ in 0..2 {
        let answer = visitor.fill_at(&accounts, &accounts, &form);
        assert_eq!(
            (answer.status, &answer.headers["location"]),
            (303, &format!("{record}?saved=1"))
        );
    }
    assert!(visitor.tenant.search(&json!({"screenName": "quietharbour42"})).is_empty());
    visitor.tenant.create_case(&jane, message(2));
    let page = expect_page(&visitor.get(&record), 200);
    assert!(
        page.contains("<strong>Account removed</strong>") && page.contains(PERSON) && !page.contains(&accounts),
        "{page}"
    );
    let page = expect_page(&visitor.get(&accounts), 200);
    assert!(page.contains("No account was seen"), "{page}");
    expect_page(&visitor.get("/desk/people/C00000000001/accounts"), 404);
}
