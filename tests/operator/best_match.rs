//! `crm match`, and the explanation over HTTP.

use contract_tests::client::id_of;
use serde_json::json;

use crate::rig::{check_refused, crm, document, fresh_tenant, khoros};

#[test]
fn an_answer_is_explained_without_personal_data() {
    let tenant = fresh_tenant();
    let key = |permissions: &[&str]| {
        let words = ["keys", "create", "--label", "x"]
            .iter()
            .chain(permissions)
            .copied()
            .collect::<Vec<_>>();
        khoros(document(&tenant, &words)["value"].as_str().unwrap())
    };
    let (agent, admin) = (key(&[]), key(&["--permission", "khoros", "--permission", "admin"]));
    let jane = id_of(&agent.create_customer(&json!({"firstName": "Robert", "lastName": "Lovelace", "twitterHandle": "bob_l"})));
    let other = id_of(&agent.create_customer(&json!({"firstName": "Ada", "lastName": "Lovelace", "twitterHandle": "ada_l"})));
    let identity = json!({"displayName": "Bob Lovelace", "screenName": "bob_l", "profileUrl": "https://x.com/bob_l"});
    assert_eq!(agent.best_match(&identity), std::slice::from_ref(&jane));

    agent
        .post("/customer/bestmatch?explain=1", &identity)
        .error(401, "unauthorized");
    let explained = admin.post("/customer/bestmatch?explain=1", &identity);
    assert!(!explained.text().to_lowercase().contains("lovelace"), "{explained:?}");
    let explained = explained.expect(200);
    let first = &explained["candidates"][0];
    assert_eq!((&first["id"], &first["shown"]), (&json!(jane), &json!(true)));
    let fields: Vec<&str> = first["observations"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["field"].as_str())
        .collect();
    assert!(fields.contains(&"displayName") && fields.contains(&"screenName"), "{first}");
    let total: f64 = first["observations"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["weight"].as_f64())
        .sum();
    assert!(
        total > first["score"].as_f64().unwrap(),
        "the threshold is part of the score: {first}"
    );

    let words = [
        "match",
        "--display-name",
        "Bob Lovelace",
        "--screen-name",
        "bob_l",
        "--profile-url",
        "https://x.com/bob_l",
    ];
    let candidates = document(&tenant, &words)["candidates"].clone();
    assert_eq!(
        (candidates.as_array().unwrap().len(), &candidates[0]["id"]),
        (1, &json!(jane))
    );
    let all = crm(&tenant, &[&words[..], &["--explain"]].concat());
    let said = String::from_utf8_lossy(&all.stdout).into_owned();
    assert!(said.contains(&other) && said.contains("not shown"), "{said}");
    check_refused(&tenant, &["match"], 2, "--display-name");
}
