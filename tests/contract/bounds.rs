//! Long texts, long lists and large records: every request is answered, and everything stored can be shown.

use contract_tests::{
    client::{Answer, Tenant, case, id_of, interaction, over},
    stack::{one_at_a_time, shared_stack, tenant, wait},
};
use crm_domain::{DataModel, ObjectStructure, model::TEXTAREA_LENGTH};
use serde_json::{Map, Value, json};

/// The number of text areas of customers and cases here.
const AREAS: usize = 9;

/// A tenant whose customers and cases have text areas in addition to the usual fields.
fn tenant_with_areas() -> Tenant {
    let (tenant, store) = shared_stack().tenant_with(|_| {});
    let mut model = DataModel {
        customer: ObjectStructure::default_customer(),
        case: ObjectStructure::default_case(),
    };
    for number in 0..AREAS {
        let area = json!({"name": format!("area{number}"), "label": "Area", "type": "textarea"});
        model.case.fields.push(serde_json::from_value(area.clone()).unwrap());
        let searchable = over(area, json!({"searchable": true}));
        model.customer.fields.push(serde_json::from_value(searchable).unwrap());
    }
    wait(store.model_put(&model, None)).unwrap();
    tenant
}

/// This many text areas, full of one letter.
fn areas(count: usize, letter: &str) -> Value {
    let area = |number| (format!("area{number}"), letter.repeat(TEXTAREA_LENGTH).into());
    (0..count).map(area).collect::<Map<_, _>>().into()
}

/// The answer has this status and is within Lambda's limit.
#[track_caller]
fn within(answer: &Answer, status: u16) -> Value {
    answer.expect_within_lambdas_limit();
    answer.expect(status)
}

// Texts

#[test]
fn a_best_match_takes_texts_of_any_length_and_finds_by_the_others() {
    let tenant = tenant();
    let ada = id_of(&tenant.create_customer(&json!({"displayName": "Ada Lovelace", "twitterHandle": "@countess"})));
    let bio = "I count things. ".repeat(60_000);
    let identity = json!({"displayName": "Ada Lovelace", "screenName": "countess", "profileUrl": "https://x.com/countess"});
    tenant.expect_best(&identity, &ada);
    let long_name = format!("Ada Lovelace {}", "counts ".repeat(900));
    let tracked = format!("https://x.com/countess?fbclid={}", "x".repeat(3_000));
    for long in [
        json!({"description": bio}),
        json!({"displayName": long_name}),
        json!({"profileUrl": tracked}),
        json!({"email": "x".repeat(900_000)}),
        json!({"accountNumbers": vec!["9".repeat(9_000); 90]}),
        json!({"addresses": vec![json!({"city": "x".repeat(9_000)}); 90]}),
    ] {
        assert_eq!(
            tenant.best_match(&over(identity.clone(), long.clone())),
            [ada.as_str()],
            "{:.40}",
            long.to_string()
        );
    }
}

#[test]
fn a_best_match_uses_the_beginning_of_a_text_whatever_follows() {
    let tenant = tenant();
    let name = ["ab", "bc", "cd", "de", "ef"].map(|letters| letters.repeat(5_000)).join(" ");
    let stored = ["ab", "bc", "cd", "de", "ef"].map(|letters| letters.repeat(90)).join(" ");
    tenant.create_customer(&json!({"displayName": stored, "phone": "+1 415 555 2671"}));
    let identity = json!({"displayName": name, "phoneNumbers": ["+14155552671"]});
    tenant.post("/customer/bestmatch", &identity).expect(200);
}

#[test]
fn a_criterion_is_as_long_as_a_value_can_be() {
    let tenant = tenant_with_areas();
    let long = "x".repeat(1_000);
    let area = "x".repeat(TEXTAREA_LENGTH);
    let jane = id_of(&tenant.create_customer(&json!({"displayName": "Jane", "city": long, "area0": area})));
    tenant.expect_found(&json!({"city": long, "area0": area}), &[&jane]);
    for name in [
        "displayName",
        "city",
        "email",
        "phone",
        "profileUrl",
        "screenName",
        "accountNumber",
    ] {
        let answer = tenant.post("/customers", &json!({name: format!("{long}x"), "zip": "1"}));
        answer.error(422, "validation_failed");
        answer.expect_fields(&[name]);
        assert!(answer.text().contains("1000"), "{answer:?}");
    }
    let answer = tenant.post(
        "/customers",
        &json!({"area0": format!("{area}x"), "city": "x".repeat(900_000)}),
    );
    answer.error(422, "validation_failed");
    answer.expect_fields(&["area0", "city"]);
}

#[test]
fn a_name_of_very_many_words_is_found_by_all_of_them() {
    let tenant = tenant();
    let words: Vec<String> = (0..160).map(|number| format!("w{number:03}x")).collect();
    let jane = id_of(&tenant.create_customer(&json!({"displayName": words.join(" ")})));
    tenant.expect_found(&json!({"displayName": words.join(" ")}), &[&jane]);
    tenant.expect_found(&json!({"displayName": "w000x w159"}), &[&jane]);
    tenant.expect_found(&json!({"displayName": "w000x w160"}), &[]);
}

// Errors

#[test]
fn an_error_lists_many_mistakes_and_does_not_grow_with_the_request() {
    let tenant = tenant();
    let customer = tenant.some_customer();
    let empty = case(&customer, json!({"interactions": vec![json!({}); 150_000]}));
    let unknown: Map<String, Value> = (0..60_000).map(|n| (format!("unknown{n}"), json!(1))).collect();
    let odd = json!({"\u{1}".repeat(150_000): 1});
    for (path, body, status, name) in [
        ("/case", &empty, 422, "validation_failed"),
        ("/case", &Value::Object(unknown.clone()), 400, "invalid_field"),
        ("/customer", &odd, 400, "invalid_field"),
        ("/customers", &Value::Object(unknown.clone()), 400, "invalid_field"),
        ("/customer/bestmatch", &Value::Object(unknown), 400, "invalid_field"),
        ("/customer/bestmatch", &json!({"addresses": [odd]}), 400, "invalid_field"),
    ] {
        let answer = tenant.post(path, body);
        answer.error(status, name);
        assert!(answer.body.len() < 300_000, "{path}: {} bytes", answer.body.len());
    }
}

// Answers

/// Interactions of 32,000 quotation marks, each of which takes two bytes in JSON.
fn quotations(numbers: std::ops::Range<usize>) -> Vec<Value> {
    numbers
        .map(|number| interaction(number, json!({"body": "\"".repeat(32_000)})))
        .collect()
}

#[test]
fn a_case_of_quotation_marks_can_be_changed_and_shown() {
    let tenant = tenant();
    let customer = tenant.some_customer();
    let created = tenant.create_case(&customer, json!({"interactions": quotations(0..12)}));
    let path = format!("/case/{}", id_of(&created));
    let numbers = |case: &Value| -> Vec<Value> {
        let interactions = case["interactions"].as_array().unwrap().iter();
        interactions.map(|one| one["serviceId"].clone()).collect()
    };
    for from in [12, 24, 36, 48] {
        let changed = within(
            &tenant.patch(&path, &json!({"interactions": quotations(from..from + 12)})),
            201,
        );
        assert_eq!(
            numbers(&changed).last(),
            Some(&interaction(from + 11, json!({}))["serviceId"])
        );
    }
    let shown = within(&tenant.get(&path), 200);
    let all: Vec<Value> = quotations(0..60).iter().map(|one| one["serviceId"].clone()).collect();
    let newest = numbers(&shown);
    assert!(
        (40..60).contains(&newest.len()) && all.ends_with(&newest),
        "{} interactions",
        newest.len()
    );
    let cases = within(&tenant.get(&format!("/customer/{customer}/cases")), 200);
    assert_eq!(cases, json!([shown]));
    tenant.patch(&path, &json!({"status": "closed"})).expect(201);
}

#[test]
fn as_many_large_cases_as_fit_are_shown_newest_first() {
    let tenant = tenant_with_areas();
    let customer = tenant.some_customer();
    let large = over(areas(7, "\""), json!({"interactions": [interaction(1, json!({}))]}));
    let created =
        (0..10).map(|number| tenant.create_case(&customer, over(large.clone(), json!({"title": format!("Case {number}")}))));
    let ids: Vec<String> = created.map(|case| id_of(&case)).collect();
    let shown = within(&tenant.get(&format!("/customer/{customer}/cases")), 200);
    let shown = shown.as_array().unwrap();
    assert!((4..10).contains(&shown.len()), "{} cases", shown.len());
    for one in shown {
        assert!(ids.contains(&id_of(one)) && one["area6"].as_str().unwrap().len() == TEXTAREA_LENGTH);
    }
}

#[test]
fn a_search_shows_as_many_large_customers_as_fit_last_updated_first() {
    let _alone = one_at_a_time();
    let tenant = tenant_with_areas();
    let large = over(areas(8, "\""), json!({"lastName": "Large", "phone": "+1 415 555 2671"}));
    let ids: Vec<String> = (0..15)
        .map(|number| id_of(&tenant.create_customer(&over(large.clone(), json!({"firstName": format!("N{number}")})))))
        .collect();
    let last = tenant
        .patch(&format!("/customer/{}", ids[3]), &json!({"city": "Ulm"}))
        .expect(201);
    let found = within(&tenant.post("/customers", &json!({"lastName": "large"})), 200);
    let found = found.as_array().unwrap();
    assert!((4..15).contains(&found.len()), "{} customers", found.len());
    assert_eq!(found[0], last);
}

#[test]
fn a_best_match_shows_as_many_large_customers_as_fit() {
    let _alone = one_at_a_time();
    let tenant = tenant_with_areas();
    // A control character takes seven bytes in an answer, so five such customers are more than an answer holds.
    let odd = "\u{1}".repeat(TEXTAREA_LENGTH - 1);
    for number in 0..5 {
        let fields = json!({"displayName": format!("N{number} Twin"), "email": "twins@x.example"});
        let created = tenant.create_customer(&fields);
        // As many in one request as a body of a megabyte holds.
        for some in [0..4, 4..8] {
            let change: Map<String, Value> = some.map(|area| (format!("area{area}"), json!(format!("a{odd}")))).collect();
            within(&tenant.patch(&format!("/customer/{}", id_of(&created)), &json!(change)), 201);
        }
    }
    let best = within(&tenant.post("/customer/bestmatch", &json!({"email": "twins@x.example"})), 200);
    assert!((2..5).contains(&best.as_array().unwrap().len()));
}

// Records

#[test]
fn a_case_too_large_for_an_item_is_refused_with_its_largest_fields() {
    let tenant = tenant_with_areas();
    let customer = tenant.some_customer();
    let refuse = |answer: &Answer| {
        answer.error(422, "validation_failed");
        assert!(answer.text().contains("300000"), "{answer:?}");
        let names = answer.field_names();
        assert!(
            !names.is_empty() && names.iter().all(|name| name.starts_with("area")),
            "{names:?}"
        );
    };
    for letter in ["語", "🦊"] {
        refuse(&tenant.post("/case", &case(&customer, areas(if letter == "語" { 5 } else { 4 }, letter))));
    }
    assert_eq!(tenant.cases(&customer), Vec::<Value>::new());
    let created = tenant.create_case(&customer, areas(2, "語"));
    let path = format!("/case/{}", id_of(&created));
    let more = over(areas(5, "語"), json!({"title": "Changed", "interactions": interactions(120)}));
    refuse(&tenant.patch(&path, &more));
    assert_eq!(tenant.case(&id_of(&created)), created, "a refused change leaves nothing");
    tenant
        .patch(&path, &json!({"area0": null, "area2": "語".repeat(TEXTAREA_LENGTH)}))
        .expect(201);
}

fn interactions(count: usize) -> Vec<Value> {
    (0..count).map(|number| interaction(number, json!({}))).collect()
}

#[test]
fn a_customer_too_large_for_an_item_is_refused_with_its_largest_fields() {
    let tenant = tenant_with_areas();
    let answer = tenant.post("/customer", &over(areas(5, "語"), json!({"displayName": "Jane"})));
    answer.error(422, "validation_failed");
    assert!(answer.field_names().iter().all(|name| name.starts_with("area")), "{answer:?}");
    let jane = tenant.create_customer(&over(areas(2, "語"), json!({"displayName": "Jane"})));
    let path = format!("/customer/{}", id_of(&jane));
    let answer = tenant.patch(&path, &over(areas(5, "語"), json!({"displayName": "Janet"})));
    answer.error(422, "validation_failed");
    assert_eq!(tenant.customer(&id_of(&jane)), jane);
}

#[test]
fn a_customer_whose_normal_forms_are_too_large_for_an_item_is_refused() {
    let (tenant, store) = shared_stack().tenant_with(|_| {});
    let mut model = DataModel {
        customer: ObjectStructure::default_customer(),
        case: ObjectStructure::default_case(),
    };
    for number in 0..30 {
        let field = json!({"name": format!("n{number}"), "label": "N", "type": "text", "role": "accountNumber"});
        model.customer.fields.push(serde_json::from_value(field).unwrap());
    }
    wait(store.model_put(&model, None)).unwrap();
    // One of these letters has a compatibility form of eighteen letters.
    let numbers = |count: usize| -> Value {
        (0..count)
            .map(|n| (format!("n{n}"), "ﷺ".repeat(1_000).into()))
            .collect::<Map<_, _>>()
            .into()
    };
    let answer = tenant.post("/customer", &numbers(30));
    answer.error(422, "validation_failed");
    tenant.create_customer(&numbers(5));
}
