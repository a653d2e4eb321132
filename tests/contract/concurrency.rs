//! Several agents work in parallel, and nobody's work is lost.

use contract_tests::client::{at_once, customer, id_of, interaction, over, service_ids, without};
use contract_tests::stack::tenant;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn agent(n: usize) -> String {
    format!("agent{n}@brand.example")
}

#[test]
fn eight_agents_edit_eight_fields_of_a_customer() {
    let tenant = tenant();
    let created = tenant.create_customer(&customer(json!({})));
    let path = format!("/customer/{}", id_of(&created));
    let changes = [
        json!({"email": "jane@example.com"}),
        json!({"phone": "+14155552671"}),
        json!({"twitterHandle": "jane_doe"}),
        json!({"city": "Springfield"}),
        json!({"firstName": "Janet"}),
        json!({"accountNumber": "ACC-1"}),
        json!({"description": "Prefers e-mail."}),
        json!({"lastName": null}),
    ];
    at_once(8, |n| {
        let answer = tenant
            .patch_with(&path, &[("x-sf-user-email", &agent(n))], &changes[n])
            .expect(201);
        for (name, value) in changes[n].as_object().unwrap() {
            assert_eq!(answer.get(name).unwrap_or(&Value::Null), value, "{answer}");
        }
    });
    let wanted = changes[..7]
        .iter()
        .fold(without(created.clone(), &["lastName"]), |all, change| {
            over(all, change.clone())
        });
    assert_eq!(tenant.get(&path).expect(200), wanted);
    let id = id_of(&created);
    for criteria in &changes[..6] {
        tenant.expect_found(criteria, &[&id]);
    }
    tenant.expect_found(&json!({"lastName": "Doe"}), &[]);
}

#[test]
fn two_agents_edit_two_emails() {
    let tenant = tenant();
    let path = format!("/customer/{}", tenant.some_customer());
    at_once(2, |n| {
        let name = ["email", "email2"][n];
        for round in 0..5 {
            tenant
                .patch(&path, &json!({name: format!("{name}{round}@example.com")}))
                .expect(201);
        }
    });
    let stored = tenant.get(&path).expect(200);
    assert_eq!(
        (&stored["email"], &stored["email2"]),
        (&json!("email4@example.com"), &json!("email24@example.com"))
    );
    tenant.expect_found(&json!({"email": "email4@example.com"}), &[&id_of(&stored)]);
    tenant.expect_found(&json!({"email": "email24@example.com"}), &[&id_of(&stored)]);
    tenant.expect_found(&json!({"email": "email3@example.com"}), &[]);
}

#[test]
fn eight_agents_edit_one_field_and_record_and_index_agree() {
    let tenant = tenant();
    let id = tenant.some_customer();
    let path = format!("/customer/{id}");
    let emails: Vec<String> = (0..8).map(|n| format!("jane{n}@example.com")).collect();
    at_once(8, |n| {
        tenant
            .patch(&path, &json!({"email": emails[n], "city": emails[n]}))
            .expect(201)
    });
    let stored = tenant.get(&path).expect(200);
    assert_eq!(stored["email"], stored["city"], "fields of different agents: {stored}");
    for email in &emails {
        let wanted: &[&str] = if stored["email"] == *email { &[&id] } else { &[] };
        tenant.expect_found(&json!({"email": email}), wanted);
    }
}

#[test]
fn one_agent_clears_while_others_fill() {
    let tenant = tenant();
    let created = tenant.create_customer(&customer(json!({"email": "jane@example.com", "phone": "+14155552671"})));
    let path = format!("/customer/{}", id_of(&created));
    let changes = [
        json!({"email": null}),
        json!({"phone": ""}),
        json!({"city": "Springfield"}),
        json!({"email2": "new@example.com"}),
    ];
    at_once(4, |n| tenant.patch(&path, &changes[n]).expect(201));
    let wanted = over(
        without(created, &["email", "phone"]),
        json!({"city": "Springfield", "email2": "new@example.com"}),
    );
    assert_eq!(tenant.get(&path).expect(200), wanted);
    tenant.expect_found(&json!({"email": "new@example.com"}), &[&id_of(&wanted)]);
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[]);
    tenant.expect_found(&json!({"phone": "+14155552671"}), &[]);
}

#[test]
fn eight_agents_edit_a_case() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
    let case = tenant.create_case(&customer_id, json!({"interactions": [interaction(1, json!({}))]}));
    let path = format!("/case/{}", id_of(&case));
    let changes = [
        json!({"title": "Lamp broken"}),
        json!({"description": "It fell."}),
        json!({"status": "closed"}),
        json!({"priority": "urgent"}),
        json!({"product": "Lamp"}),
        json!({"escalated": true}),
        json!({"customerId": other}),
        json!({"interactions": [interaction(2, json!({}))]}),
    ];
    at_once(8, |n| {
        tenant
            .patch_with(&path, &[("x-sf-email", &agent(n))], &changes[n])
            .expect(201)
    });
    let wanted = changes[..7]
        .iter()
        .fold(case.clone(), |all, change| over(all, change.clone()));
    let wanted = over(
        wanted,
        json!({"interactions": [interaction(1, json!({})), interaction(2, json!({}))]}),
    );
    let stored = tenant.get(&path).expect(200);
    assert_eq!(without(stored.clone(), &["lastUpdated"]), without(wanted, &["lastUpdated"]));
    assert_eq!(tenant.cases(&other), [stored]);
    assert_eq!(tenant.cases(&customer_id), Vec::<Value>::new());
}

#[test]
fn eight_agents_write_into_a_case() {
    let tenant = tenant();
    let case = tenant.create_case(&tenant.some_customer(), json!({"interactions": [interaction(0, json!({}))]}));
    let path = format!("/case/{}", id_of(&case));
    at_once(8, |agent| {
        for n in 0..5 {
            let number = 1 + agent * 5 + n;
            let answer = tenant
                .patch(&path, &json!({"interactions": [interaction(number, json!({}))]}))
                .expect(201);
            assert!(
                service_ids(&answer).contains(&format!("status-{number}").as_str()),
                "{answer}"
            );
        }
    });
    let wanted: Vec<Value> = (0..=40).map(|n| interaction(n, json!({}))).collect();
    assert_eq!(tenant.get(&path).expect(200)["interactions"], json!(wanted));
}

#[test]
fn eight_agents_write_the_same_into_a_case() {
    let tenant = tenant();
    let case = tenant.create_case(&tenant.some_customer(), json!({}));
    let path = format!("/case/{}", id_of(&case));
    let same = json!({"interactions": [interaction(1, json!({})), interaction(2, json!({}))]});
    at_once(8, |_| tenant.patch(&path, &same).expect(201));
    assert_eq!(tenant.get(&path).expect(200)["interactions"], same["interactions"]);
}

#[test]
fn some_write_while_others_edit() {
    let tenant = tenant();
    let case = tenant.create_case(&tenant.some_customer(), json!({}));
    let path = format!("/case/{}", id_of(&case));
    at_once(4, |agent| {
        for n in 0..5 {
            let change = match agent {
                0 => json!({"title": format!("title {n}")}),
                1 => json!({"product": format!("product {n}")}),
                _ => json!({"interactions": [interaction(agent * 10 + n, json!({}))]}),
            };
            tenant.patch(&path, &change).expect(201);
        }
    });
    let stored = tenant.get(&path).expect(200);
    assert_eq!(
        (&stored["title"], &stored["product"]),
        (&json!("title 4"), &json!("product 4"))
    );
    assert_eq!(service_ids(&stored).len(), 10);
}

#[test]
fn a_case_moved_by_two_agents_ends_with_one_customer() {
    let tenant = tenant();
    let customers = ["Ann", "Bea", "Cid"].map(|name| id_of(&tenant.create_customer(&json!({"firstName": name}))));
    let case = tenant.create_case(&customers[0], json!({"interactions": [interaction(1, json!({}))]}));
    let path = format!("/case/{}", id_of(&case));
    for _ in 0..3 {
        at_once(3, |n| tenant.patch(&path, &json!({"customerId": customers[n]})).expect(201));
        let stored = tenant.get(&path).expect(200);
        for customer_id in &customers {
            let wanted = if stored["customerId"] == *customer_id {
                vec![stored.clone()]
            } else {
                vec![]
            };
            assert_eq!(tenant.cases(customer_id), wanted, "cases of {customer_id}");
        }
    }
}

#[test]
fn eight_customers_with_one_email_are_all_found() {
    let tenant = tenant();
    let ids = at_once(8, |n| {
        id_of(&tenant.create_customer(&json!({"firstName": format!("Jane{n}"), "email": "family@example.com"})))
    });
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 8, "{ids:?}");
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    tenant.expect_found(&json!({"email": "family@example.com"}), &ids);
}

#[test]
fn eight_customers_are_given_one_email_and_all_found() {
    let tenant = tenant();
    let ids: Vec<String> = (0..8)
        .map(|n| id_of(&tenant.create_customer(&json!({"firstName": format!("Jane{n}")}))))
        .collect();
    at_once(8, |n| {
        tenant
            .patch(&format!("/customer/{}", ids[n]), &json!({"email": "family@example.com"}))
            .expect(201)
    });
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    tenant.expect_found(&json!({"email": "family@example.com"}), &ids);
}

#[test]
fn eight_cases_of_one_customer_are_all_found() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let cases = at_once(8, |n| tenant.create_case(&customer_id, json!({"title": format!("case {n}")})));
    let numbers: BTreeSet<String> = cases.iter().map(|case| case["number"].to_string()).collect();
    assert_eq!(numbers.len(), 8, "{numbers:?}");
    let found = tenant.cases(&customer_id);
    assert_eq!(found.len(), 8);
    assert!(cases.iter().all(|case| found.contains(case)), "{found:?}");
}

#[test]
fn a_reader_sees_whole_records_only() {
    let tenant = tenant();
    let path = format!("/customer/{}", tenant.some_customer());
    tenant.patch(&path, &json!({"city": "0", "state": "0"})).expect(201);
    at_once(4, |n| {
        for round in 1..=8 {
            if n == 0 {
                tenant
                    .patch(&path, &json!({"city": round.to_string(), "state": round.to_string()}))
                    .expect(201);
            } else {
                let seen = tenant.get(&path).expect(200);
                assert_eq!(seen["city"], seen["state"], "{seen}");
            }
        }
    });
}
