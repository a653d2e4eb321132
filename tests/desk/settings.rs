//! Settings and the data model.

use contract_tests::stack::wait;
use crm_domain::{Permission, matching::Strictness};

use crate::visitor::{PERSON, Visitor, expect_page};

const EDIT: &str = "/desk/settings/edit";
const FIELDS: &str = "/desk/settings/fields/case";

/// The value of a hidden input.
#[track_caller]
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// The form of the fields of cases as a browser sends it, with these changes.
#[track_caller]
fn form<'a>(before: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let stored = [
        ("before", before),
        ("label-priority", "Priority"),
        ("position-priority", "1"),
        ("choices-priority", "low=Low\r\nhigh=High"),
        ("label-product", "Product"),
        ("position-product", "2"),
        ("label-escalated", "Escalated"),
        ("position-escalated", "3"),
    ];
    let kept = stored
        .into_iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes.iter().copied()).collect()
}

#[test]
fn settings_are_changed_with_the_persons_name() {
    let mut visitor = Visitor::who_may(Permission::Admin);
    let page = expect_page(&visitor.get("/desk/settings"), 200);
    for wanted in ["Balanced", "Display name", "Low, Normal, High", "crm keys", "Nobody yet."] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    assert!(
        !page.contains(&visitor.digest()) && page.contains(&visitor.digest()[..12]),
        "{page}"
    );
    for (name, wrong, says) in [
        ("departments", "Service", "a number, = and a name"),
        ("brands", "1=A\r\n1=B", "has a number twice"),
        ("match", "reckless", "must be one of the three"),
        ("default_department", "7", "department"),
    ] {
        let page = expect_page(&visitor.fill(EDIT, &[(name, wrong)]), 422);
        assert!(
            page.contains(says) && page.contains(&format!("id=\"m-{name}\"")),
            "{name}: {page}"
        );
    }
    let form = [
        ("match", "careful"),
        ("before-match", "balanced"),
        ("departments", "999=Service\r\n"),
        ("default_department", "999"),
        ("brands", "1=Acme"),
    ];
    let answer = visitor.fill(EDIT, &form);
    assert_eq!(answer.headers["location"], "/desk/settings?saved=1", "{answer:?}");
    let stored = wait(visitor.store.tenant_get()).unwrap().unwrap();
    assert_eq!(
        (stored.best_match, stored.default_department.as_deref()),
        (Strictness::Careful, Some("999"))
    );
    assert_eq!(
        (stored.departments["999"].as_str(), stored.brands["1"].name.as_str()),
        ("Service", "Acme")
    );
    let page = expect_page(&visitor.get("/desk/settings?saved=1"), 200);
    for wanted in ["Saved.", "Careful", "Service", "<strong>Settings changed</strong>", PERSON] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
}

#[test]
fn a_change_of_the_model_says_what_it_means_and_is_stored() {
    let mut visitor = Visitor::who_may(Permission::Admin);
    let before = hidden(&expect_page(&visitor.get(FIELDS), 200), "before");
    let changes = [
        ("label-product", "Goods"),
        ("position-product", "0"),
        ("remove-escalated", "1"),
        ("new-name", "channel"),
        ("new-label", "Channel"),
        ("new-type", "single_sel_list"),
        ("new-choices", "web=Web\r\nshop=Shop"),
    ];
    let sent = form(&before, &changes);
    let page = expect_page(&visitor.fill(FIELDS, &sent), 200);
    for wanted in [
        "What it would mean",
        "agents read &#34;Goods&#34;",
        "normal, urgent can no longer be chosen",
        "nothing is deleted",
        "value=\"Goods\"",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    let names = |visitor: &Visitor| -> Vec<String> {
        let model = wait(visitor.store.model_get()).unwrap();
        model.case.fields.into_iter().map(|field| field.name).collect()
    };
    assert_eq!(
        names(&visitor),
        ["priority", "product", "escalated"],
        "looking changes nothing"
    );
    let answer = visitor.fill(FIELDS, &[&sent[..], &[("do", "apply")]].concat());
    assert_eq!(answer.headers["location"], "/desk/settings?saved=1", "{answer:?}");
    assert_eq!(names(&visitor), ["product", "priority", "channel"]);
    let past = wait(visitor.store.models_past()).unwrap();
    assert_eq!(
        past[0].replaced.by.agent.as_deref(),
        Some(PERSON),
        "crm model rollback takes it back"
    );
    let page = expect_page(&visitor.get("/desk/settings"), 200);
    assert!(
        page.contains("<strong>Data model changed</strong>") && page.contains("Goods"),
        "{page}"
    );
    // The form of another window is out of date.
    let page = expect_page(&visitor.fill(FIELDS, &[&sent[..], &[("do", "apply")]].concat()), 409);
    assert!(
        page.contains("Somebody has changed the data model") && page.contains("name=\"label-channel\""),
        "{page}"
    );
}

#[test]
fn a_model_that_is_not_sound_or_needs_an_operator_is_refused() {
    let mut visitor = Visitor::who_may(Permission::Admin);
    let before = hidden(&expect_page(&visitor.get(FIELDS), 200), "before");
    for (changes, input) in [
        (&[("label-product", " ")][..], "label-product"),
        (&[("choices-priority", "")], "choices-priority"),
        (&[("position-product", "first")], "position-product"),
        (&[("new-name", "1st"), ("new-label", "First")], "new-name"),
        (&[("new-name", "first")], "new-label"),
    ] {
        let sent = form(&before, &[changes, &[("do", "apply")]].concat());
        let page = expect_page(&visitor.fill(FIELDS, &sent), 422);
        assert!(page.contains(&format!("id=\"m-{input}\"")), "{input}: {page}");
    }
    let customers = "/desk/settings/fields/customer";
    let page = expect_page(&visitor.get(customers), 200);
    let model = wait(visitor.store.model_get()).unwrap();
    let labels: Vec<(String, &str)> = model
        .customer
        .fields
        .iter()
        .map(|field| (format!("label-{}", field.name), field.label.as_str()))
        .collect();
    let ticks: Vec<String> = model
        .customer
        .fields
        .iter()
        .map(|field| format!("searchable-{}", field.name))
        .collect();
    let before = hidden(&page, "before");
    let mut sent: Vec<(&str, &str)> = vec![("before", &before), ("do", "apply")];
    sent.extend(labels.iter().map(|(name, label)| (name.as_str(), *label)));
    // Of the standard fields only the description is not searchable.
    sent.extend(ticks.iter().map(|name| (name.as_str(), "1")));
    let page = expect_page(&visitor.fill(customers, &sent), 422);
    assert!(
        page.contains("crm model apply") && page.contains("after the backfill"),
        "{page}"
    );
    assert_eq!(wait(visitor.store.model_get()).unwrap(), model);
    expect_page(&visitor.get("/desk/settings/fields/nothing"), 404);
}

#[test]
fn only_an_administrator_changes_settings_and_sees_keys() {
    let mut editor = Visitor::who_may(Permission::DeskEdit);
    let page = expect_page(&editor.get("/desk/settings"), 200);
    assert!(page.contains("Display name"), "{page}");
    for hidden in [EDIT, FIELDS, "crm keys", &editor.digest()[..12]] {
        assert!(!page.contains(hidden), "{hidden} in {page}");
    }
    for path in [EDIT, FIELDS] {
        expect_page(&editor.get(path), 403);
    }
}
