//! Cases 26 to 37: sorting, pages, ranges of results.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::world::{SHARED, ids, query, world};

#[track_caller]
fn check(parameters: &[(&str, &str)], wanted: &[u64]) {
    world().user.check(&[&[("email", SHARED)], parameters].concat(), wanted);
}

#[track_caller]
fn found(parameters: &[(&str, &str)]) -> Value {
    world().user.found(&[&[("email", SHARED)], parameters].concat())
}

/// The links of a page by their relation, each with its parameters decoded.
fn links(body: &Value) -> Vec<(String, BTreeMap<String, String>)> {
    let links = body["paginationInfo"]["link"].as_array().cloned().unwrap_or_default();
    let each = links.iter().map(|link| {
        let (path, query) = link["href"].as_str().unwrap().split_once('?').unwrap();
        assert_eq!(path, "/core/customermgr/v3/customer");
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        (link["rel"].as_str().unwrap().to_owned(), pairs.collect())
    });
    each.collect()
}

#[test]
fn case_26_customers_are_sorted_by_number_by_default() {
    let body = found(&[]);
    assert_eq!(body["paginationInfo"]["count"], 4);
    check(&[], &[2001, 2002, 2003, 2004]);
}

#[test]
fn case_27_the_last_page_sorted_by_type_descending() {
    let page = [("$sort", "type"), ("$order", "desc"), ("$pagenum", "4"), ("$pagesize", "1")];
    check(&page, &[2001]);
    let body = found(&page);
    assert_eq!(body["paginationInfo"]["count"], 4);
    let links = links(&body);
    assert_eq!((links.len(), links[0].0.as_str()), (1, "prev"));
    assert_eq!(links[0].1["$pagenum"], "3");
}

#[test]
fn case_28_a_link_keeps_the_parameters() {
    let page = [("$pagenum", "2"), ("$pagesize", "2")];
    check(&page, &[2003, 2004]);
    let links = links(&found(&page));
    assert_eq!((links.len(), links[0].0.as_str()), (1, "prev"));
    let wanted = [("$pagenum", "1"), ("$pagesize", "2"), ("email", SHARED)];
    assert_eq!(
        links[0].1,
        wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    );
}

#[test]
fn case_29_a_middle_page_links_to_both_sides() {
    let body = found(&[("$pagenum", "2"), ("$pagesize", "1")]);
    let rels: Vec<String> = links(&body).into_iter().map(|(rel, _)| rel).collect();
    assert_eq!(rels, ["prev", "next"]);
    let own = "/core/customermgr/v3/customer?$pagenum=2&$pagesize=1&email=shared@mail.example";
    assert_eq!(body["link"], json!([{"rel": "self", "href": own}]));
}

#[test]
fn case_30_following_next_shows_every_customer_once() {
    let mut href = format!(
        "/core/customermgr/v3/customer{}",
        query(&[
            ("email", SHARED),
            ("$pagenum", "1"),
            ("$pagesize", "1"),
            ("$sort", "customerName")
        ])
    );
    let mut seen = Vec::new();
    loop {
        let answer = world().user.follow(&href, &[]);
        seen.extend(ids(&answer));
        let body = answer.expect(200);
        assert_eq!(body["paginationInfo"]["count"], 4);
        let links = body["paginationInfo"]["link"].as_array().cloned().unwrap_or_default();
        match links.iter().find(|link| link["rel"] == "next") {
            Some(next) => next["href"].as_str().unwrap().clone_into(&mut href),
            None => break,
        }
    }
    assert_eq!(seen, [2002, 2004, 2003, 2001]);
}

#[test]
fn case_31_a_page_past_the_end_is_empty() {
    check(&[("$pagenum", "3"), ("$pagesize", "2")], &[]);
    check(&[("$pagenum", "18446744073709551615"), ("$pagesize", "75")], &[]);
}

#[test]
fn case_32_a_range_has_no_page() {
    let range = [("$rangestart", "2"), ("$rangesize", "2")];
    check(&range, &[2002, 2003]);
    assert_eq!(found(&range).get("paginationInfo"), None);
}

#[test]
fn case_33_a_range_stops_at_the_last_customer() {
    check(&[("$rangestart", "4"), ("$rangesize", "10")], &[2004]);
    check(&[("$rangestart", "5")], &[]);
}

#[test]
fn case_34_customers_are_sorted_by_name() {
    check(&[("$sort", "customerName")], &[2002, 2004, 2003, 2001]);
}

#[test]
fn case_35_customers_without_the_sorted_attribute_come_last() {
    check(&[("$sort", "custom.preferredlang")], &[2001, 2003, 2002, 2004]);
    check(
        &[("$sort", "custom.preferredlang"), ("$order", "desc")],
        &[2002, 2001, 2003, 2004],
    );
}

#[test]
fn case_36_a_page_has_a_largest_size() {
    check(&[("$pagesize", "75")], &[2001, 2002, 2003, 2004]);
    world()
        .user
        .check_refused(&[("email", SHARED), ("$pagesize", "76")], "400-244");
}

#[test]
fn case_37_invalid_page_numbers_are_refused() {
    for (name, value) in [
        ("$pagenum", "0"),
        ("$pagenum", "-1"),
        ("$pagenum", "x"),
        ("$pagenum", "+1"),
        ("$pagesize", "0"),
    ] {
        world().user.check_refused(&[("email", SHARED), (name, value)], "400-105");
    }
}
