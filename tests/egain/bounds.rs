//! More matches than can be counted and sorted.

use crm_domain::Permission;
use serde_json::{Value, json};

use crate::world::{caller, import, tenant};

#[test]
fn too_many_matches_are_reported_and_another_criterion_helps() {
    let (khoros, _, name) = tenant("off");
    let client = caller(&khoros, &name, "client", |key| {
        key.permissions = [Permission::EgainClient].into();
    });
    let rows: Vec<Value> = (0..1_001)
        .map(|at| {
            let mode = if at % 2 == 0 { "inbound" } else { "outbound" };
            json!({"displayName": format!("Smith {at:04}"), "email": format!("s{}@x.example", at % 500), "created": "2024-01-01T00:00:00Z",
                "preferredlang": if at < 150 { "Welsh" } else { "English" },
                "events": [{"at": "2024-05-01T00:00:00Z", "type": "chat", "mode": mode}]})
        })
        .collect();
    import(&name, &rows);
    let body = client.check_refused(&[("customerName", "smith")], "400-244");
    let message = body["developerMessage"].as_str().unwrap();
    assert!(message.contains("customerName") && message.contains("1000"), "{message}");
    client.check_refused(&[("created", "[2024-01-01T00:00:00Z,2024-01-01T00:00:00Z]")], "400-244");
    let all = r#"{"type":"chat"}"#;
    client.check_refused(&[("activity", all)], "400-244");
    let count = |parameters: &[(&str, &str)]| client.found(parameters)["paginationInfo"]["count"].clone();
    assert_eq!(count(&[("customerName", "smith 00")]), 100);
    assert_eq!(
        count(&[("customerName", "smith"), ("email", "s7@x.example")]),
        2,
        "the address is looked up first"
    );
    assert_eq!(
        count(&[("customerName", "smith"), ("activity", r#"{"mode":"inbound"}"#)]),
        501,
        "the activity is looked up first"
    );
    let read = r#"{"type":"chat","mode":"outbound"}"#;
    assert_eq!(
        count(&[("customerName", "smith 00"), ("activity", read)]),
        50,
        "timelines are read"
    );
    let welsh = json!([{"object": "customer", "name": "preferredlang", "value": "Welsh"}]).to_string();
    assert_eq!(count(&[("custom", &welsh), ("activity", read)]), 75, "two indexes");
}

/// Section 9: the bound applies to the matches that remain after department, type and all other criteria.
#[test]
fn an_agent_of_a_department_learns_nothing_about_others() {
    let (khoros, _, name) = tenant("on");
    let user = caller(&khoros, &name, "user", |key| {
        key.permissions = [Permission::EgainUser].into();
        key.departments = ["999".to_owned()].into();
    });
    let client = caller(&khoros, &name, "client", |key| {
        key.permissions = [Permission::EgainClient].into();
    });
    let rows: Vec<Value> = (0..1_060)
        .map(|at| {
            let (department, kind) = if at < 55 {
                ("Service", "corporate")
            } else {
                ("Billing", "individual")
            };
            json!({"displayName": "Smith", "department": department, "kind": if at % 5 == 0 { kind } else { "group" },
                "email": "smith@x.example", "phone": "+44 20 7946 0958", "twitterHandle": "smith", "preferredlang": "Welsh",
                "created": "2024-01-01T00:00:00Z", "contacts": [{"custom": {"isprimary": "y"}}],
                "events": [{"at": "2024-05-01T00:00:00Z", "type": "chat", "mode": "inbound"}]})
        })
        .collect();
    import(&name, &rows);
    let custom = |object: &str, name: &str, value: &str| json!([{"object": object, "name": name, "value": value}]).to_string();
    let count = |answer: Value| answer["paginationInfo"]["count"].clone();
    for criterion in [
        ("customerName", "smi"),
        ("email", "smith@x.example"),
        ("phone", "442079460958"),
        ("twitterId", "smith"),
        ("created", "[2024-01-01T00:00:00Z,2024-01-01T00:00:00Z]"),
        ("activity", r#"{"type":"chat"}"#),
        ("custom", &custom("customer", "preferredlang", "Welsh")),
        ("custom", &custom("contactPerson", "isprimary", "y")),
    ] {
        assert_eq!(count(user.found(&[criterion])), 55, "{criterion:?}");
    }
    let of = |department| [("email", "smith@x.example"), ("department", department)];
    assert_eq!(count(client.found(&of("Service"))), 55);
    client.check(&of("Nowhere"), &[]);
    let message = client.check_refused(&of("Billing"), "400-244")["developerMessage"].to_string();
    assert!(message.contains("more than 1000"), "{message}");
    let individuals = [&of("Billing")[..], &[("type", "individual")]].concat();
    assert_eq!(count(client.found(&individuals)), 201);
    let both = [("customerName", "smith"), ("activity", r#"{"mode":"inbound"}"#)];
    assert_eq!(count(user.found(&both)), 55);
}

#[test]
fn an_answer_that_would_be_too_large_says_how_many_customers_to_ask_for() {
    let (khoros, _, name) = tenant("off");
    let client = caller(&khoros, &name, "client", |key| {
        key.permissions = [Permission::EgainClient].into();
    });
    let text = "語".repeat(32_768);
    let rows: Vec<Value> = (0..60)
        .map(|at| json!({"displayName": format!("Long {at:02}"), "description": text}))
        .collect();
    import(&name, &rows);
    let all = [("customerName", "long"), ("$attribute", "all")];
    let body = client.check_refused(&[&all[..], &[("$pagesize", "75")]].concat(), "400-244");
    assert_eq!(body["details"][0]["key"], "$pagesize");
    assert!(body["developerMessage"].as_str().unwrap().contains("30"), "{body}");
    assert_eq!(client.ids(&[&all[..], &[("$pagesize", "30")]].concat()).len(), 30);
    assert_eq!(
        client.ids(&[("customerName", "long"), ("$pagesize", "75")]).len(),
        60,
        "the summary fits"
    );
}

#[test]
fn the_size_counts_escaped_characters() {
    let (khoros, _, name) = tenant("off");
    let client = caller(&khoros, &name, "client", |key| {
        key.permissions = [Permission::EgainClient].into();
    });
    let text = "\"".repeat(32_768);
    let rows: Vec<Value> = (0..60)
        .map(|at| json!({"displayName": format!("Quoted {at:02}"), "description": text}))
        .collect();
    import(&name, &rows);
    let all = [("customerName", "quoted"), ("$attribute", "all"), ("$pagesize", "75")];
    for accept in ["application/json", "application/xml"] {
        let answer = client.get_with(&all, &[("accept", accept)]);
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(
            answer.text().contains("400-244") && answer.text().contains("30"),
            "{answer:?}"
        );
        for size in ["30", "15"] {
            let fewer = [&all[..2], &[("$pagesize", size)]].concat();
            let answer = client.get_with(&fewer, &[("accept", accept)]);
            if answer.status == 200 {
                answer.expect_within_lambdas_limit();
            } else {
                assert!(size == "30" && answer.text().contains("400-244"), "{answer:?}");
            }
        }
    }
}

#[test]
fn the_length_of_a_value_is_limited() {
    let (khoros, _, name) = tenant("off");
    let client = caller(&khoros, &name, "client", |key| {
        key.permissions = [Permission::EgainClient].into();
    });
    let long = "x".repeat(1_001);
    for parameter in ["phone", "email", "twitterId", "customerName", "department", "created", "type"] {
        let parameters = [("email", "a@x.example"), (parameter, long.as_str())];
        let body = client.check_refused(&parameters[usize::from(parameter == "email")..], "400-244");
        assert_eq!(body["details"][0]["key"], parameter);
        assert!(body["developerMessage"].as_str().unwrap().contains("1000"), "{body}");
    }
    assert_eq!(client.ids(&[("customerName", &long[..1_000])]), Vec::<u64>::new());
    let field = json!({"object": "customer", "name": "preferredlang", "value": "x"});
    let many = Value::from(vec![field; 60]).to_string();
    assert_eq!(client.ids(&[("custom", &many)]), Vec::<u64>::new());
}
