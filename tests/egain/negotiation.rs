//! Cases 66 to 73: formats and languages.

use contract_tests::client::Answer;
use serde_json::Value;

use crate::world::{SHARED, ids, refused, world};

fn shared(headers: &[(&str, &str)]) -> Answer {
    world().user.get_with(&[("email", SHARED), ("$attribute", "all")], headers)
}

/// The `displayValue` of the first customer's type.
#[track_caller]
fn label(language: Option<&str>) -> String {
    let headers: Vec<(&str, &str)> = language.map(|tag| ("accept-language", tag)).into_iter().collect();
    let body = shared(&headers).expect(200);
    body["customer"][0]["type"]["displayValue"].as_str().unwrap().to_owned()
}

#[track_caller]
fn check_xml(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(answer.headers["content-type"].starts_with("application/xml"), "{answer:?}");
    assert!(
        answer.text().starts_with(r#"<?xml version="1.0" encoding="UTF-8"?><"#),
        "{answer:?}"
    );
    answer.text()
}

#[test]
fn case_66_an_answer_can_be_xml() {
    let text = check_xml(&shared(&[("accept", "application/xml")]), 200);
    assert!(
        text.contains("?><customers xmlns=") && text.ends_with("</customers>"),
        "{text}"
    );
    for number in 2001..=2004 {
        assert_eq!(text.matches(&format!("<customer id=\"{number}\">")).count(), 1);
    }
    assert!(text.contains("<emailAddress>shared@mail.example</emailAddress>"));
    assert!(text.contains(r#"<notes rel="note" href="/core/customermgr/v3/customer/2001/notes"/>"#));
}

#[test]
fn case_67_json_is_the_default_unless_xml_is_preferred() {
    for accept in ["*/*", "application/*", "application/json"] {
        shared(&[("accept", accept)]).expect(200);
    }
    shared(&[]).expect(200);
    check_xml(&shared(&[("accept", "application/xml;q=0.9, application/json;q=0.1")]), 200);
}

#[test]
fn case_68_other_types_than_json_and_xml_are_refused() {
    refused(&shared(&[("accept", "text/html")]), "406-101");
}

#[test]
fn case_69_an_unknown_language_is_refused() {
    refused(&shared(&[("accept-language", "xx-YY")]), "406-100");
    assert_eq!(label(None), "Corporate");
}

/// A body without labels.
fn without_labels(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let each = members.iter().filter(|(name, _)| *name != "displayValue");
            each.map(|(name, value)| (name.clone(), without_labels(value))).collect()
        }
        Value::Array(list) => list.iter().map(without_labels).collect(),
        other => other.clone(),
    }
}

#[test]
fn case_70_only_labels_depend_on_the_language() {
    let english = shared(&[]).expect(200);
    let german = shared(&[("accept-language", "de-DE")]).expect(200);
    assert_ne!(english, german);
    assert_eq!(without_labels(&english), without_labels(&german));
}

#[test]
fn case_71_the_preferred_language_is_used() {
    assert_eq!(label(Some("fr-FR;q=0.4, de-DE;q=0.9")), "Unternehmen");
    assert_eq!(label(Some("en-GB, *;q=0.1")), "Corporate");
}

#[test]
fn case_72_errors_have_the_requested_format_and_language() {
    let headers = [("accept", "application/xml"), ("accept-language", "de-DE")];
    let text = check_xml(&world().user.get_with(&[("foo", "1")], &headers), 400);
    assert!(
        text.contains("?><error xmlns=") && text.contains("<code>400-101</code>"),
        "{text}"
    );
    assert!(text.contains("Hier nicht unterstützt: foo"), "{text}");
}

#[test]
fn case_73_an_empty_answer_has_no_content_type() {
    for accept in ["application/json", "application/xml"] {
        let answer = world().user.get_with(&[("email", "nobody@x.example")], &[("accept", accept)]);
        assert_eq!(ids(&answer), Vec::<u64>::new());
    }
}

#[test]
fn every_answer_has_a_vary_header() {
    for answer in [shared(&[]), world().user.get(&[("foo", "1")])] {
        assert_eq!(answer.headers["vary"], "Authorization, Accept, Accept-Language");
        assert_eq!(answer.headers["content-language"], "en-US");
    }
}
