//! The pages behind `url`: who may open them, and their status, headers and content. `tests/browser` tests their
//! appearance.

use std::fmt::Write as _;

use contract_tests::{
    client::{Answer, Tenant, ask, at_once, id_of, interaction},
    stack::{LINK_SECRET, shared_stack, tenant, wait},
};
use crm_domain::{TenantId, TenantRecord, Timestamp};
use crm_service::link::LinkKeys;
use crm_store::{Store, clock};
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60;

/// Follows a link as a browser does: without a key.
#[track_caller]
fn follow(url: &str) -> Answer {
    request("GET", url)
}

#[track_caller]
fn request(method: &str, url: &str) -> Answer {
    let after_scheme = url.find("://").expect("a link has a scheme") + 3;
    let path = after_scheme + url[after_scheme..].find('/').expect("a link has a path");
    ask(&url[..path], method, &url[path..], &[], b"")
}

fn link(record: &Value) -> &str {
    record["url"].as_str().expect("a record has a link")
}

/// A fresh tenant and its name, which is part of the links.
fn named_tenant() -> (Tenant, Store, TenantId) {
    let mut name = None;
    let (tenant, store) = shared_stack().tenant_with(|key| name = Some(key.tenant.clone()));
    (tenant, store, name.expect("a key has a tenant"))
}

/// The link to a path as it is signed at another time or with another secret.
fn link_of(path: &str, name: &TenantId, at: Timestamp, secret: &str) -> String {
    let base = shared_stack().base_url();
    let origin = base.trim_end_matches("/api/v1");
    let keys = LinkKeys::read(secret).expect("a secret is long enough");
    format!("{origin}{}", keys.sign(path, name, at))
}

#[track_caller]
fn expect_page(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{answer:?}");
    answer.expect_headers(&[
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "private, no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        ("x-content-type-options", "nosniff"),
    ]);
    let policy = &answer.headers["content-security-policy"];
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    answer.text()
}

/// Monitors and previews request only the head of a page.
#[test]
fn head_returns_the_headers_of_the_page() {
    let tenant = tenant();
    let jane = tenant.create_customer(&json!({"displayName": "Jane"}));
    let case = tenant
        .post("/case", &json!({"customerId": id_of(&jane), "title": "Parcel"}))
        .expect(201);
    let asset = format!(
        "{}/agent/asset/page.css",
        shared_stack().base_url().trim_end_matches("/api/v1")
    );
    for (url, status) in [
        (link(&jane), 200),
        (link(&case), 200),
        (&asset, 200),
        (&link(&jane).replace("access=", "access=x"), 403),
    ] {
        let head = request("HEAD", url);
        assert_eq!((head.status, head.body.len()), (status, 0), "{head:?}");
        let page = follow(url);
        for name in [
            "content-type",
            "cache-control",
            "content-security-policy",
            "x-content-type-options",
        ] {
            assert_eq!(head.headers.get(name), page.headers.get(name), "{name} of {url}");
        }
    }
    request("POST", link(&jane)).error(401, "unauthorized");
}

#[test]
fn a_link_opens_its_page() {
    let tenant = tenant();
    let jane = tenant.create_customer(&json!({
        "displayName": "Jane D.", "firstName": "Jane", "lastName": "Doe", "email": "jane@example.com", "twitterHandle": "@jane",
        "streetOne": "1 High Street", "city": "Leeds", "accountNumber": "A-77", "description": "Prefers mornings"
    }));
    let new = json!({
        "customerId": id_of(&jane), "title": "Parcel is late", "priority": "high",
        "interactions": [interaction(1, json!({"body": "Where is it?"}))],
    });
    let case = tenant
        .post_with("/case", &[("x-sf-user-email", "ann@brand.example")], &new)
        .expect(201);
    let page = expect_page(&follow(link(&jane)), 200);
    for shown in [
        "Jane D.",
        "Jane Doe",
        "jane@example.com",
        "@jane",
        "1 High Street",
        "Leeds",
        "A-77",
        "Prefers mornings",
        "Parcel is late",
        "Where is it?",
        case["number"].as_str().unwrap(),
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let page = expect_page(&follow(link(&case)), 200);
    for shown in [
        "Parcel is late",
        "Where is it?",
        "High",
        "ann@brand.example",
        case["number"].as_str().unwrap(),
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[test]
fn every_invalid_link_gets_the_same_answer() {
    let (tenant, _, name) = named_tenant();
    let (jane, other) = (
        tenant.some_customer(),
        id_of(&tenant.create_customer(&json!({"firstName": "Other"}))),
    );
    let (path, now) = (format!("/agent/customer/{jane}"), clock::now());
    let good = link_of(&path, &name, now, LINK_SECRET);
    expect_page(&follow(&good), 200);
    expect_page(&follow(&link_of(&path, &name, now.plus_seconds(-DAY), LINK_SECRET)), 200);
    let nobody = TenantId::parse("nobody").unwrap();
    let secret = "another-secret-of-at-least-32-characters";
    let mut texts = Vec::new();
    for dead in [
        link_of(&path, &name, now.plus_seconds(-2 * DAY), LINK_SECRET),
        link_of(&path, &name, now, secret),
        link_of(&path, &nobody, now, secret),
        link_of("/agent/customer/C00000000001", &name, now, secret),
        link_of("/agent/customer/none", &name, now, secret),
        good.replace(&jane, &other),
        good.replace(name.as_str(), "nobody"),
        good.replace("/customer/", "/case/"),
        good.split_once('?').unwrap().0.to_owned(),
        format!("{good}0"),
        format!("{}?access=..", good.split_once('?').unwrap().0),
    ] {
        let page = expect_page(&follow(&dead), 403);
        let (before, trace) = page
            .split_once("<span class=\"code\">")
            .expect("there is a code for the administrator");
        texts.push(format!("{before}{}", trace.split_once("</span>").unwrap().1));
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(!texts[0].contains(&jane) && !texts[0].contains(name.as_str()));
}

#[test]
fn a_valid_link_to_a_missing_record_says_so() {
    let (_, _, name) = named_tenant();
    for path in [
        "/agent/customer/C00000000001",
        "/agent/case/K000000001",
        "/agent/customer/none",
    ] {
        expect_page(&follow(&link_of(path, &name, clock::now(), LINK_SECRET)), 404);
    }
}

#[test]
fn a_link_shows_its_own_tenant_only() {
    let ((tenant, ..), (_, _, other)) = (named_tenant(), named_tenant());
    let path = format!("/agent/customer/{}", tenant.some_customer());
    expect_page(&follow(&link_of(&path, &other, clock::now(), LINK_SECRET)), 404);
}

#[test]
fn links_and_keys_do_not_replace_each_other() {
    let tenant = tenant();
    let jane = tenant.create_customer(&json!({"firstName": "Jane"}));
    let (_, access) = link(&jane).split_once('?').unwrap();
    ask(&tenant.base, "GET", &format!("/customer/{}?{access}", id_of(&jane)), &[], b"").error(401, "unauthorized");
    let origin = tenant.base.trim_end_matches("/api/v1");
    let key = [("authorization", tenant.authorization.as_str())];
    let answer = ask(origin, "GET", &format!("/agent/customer/{}", id_of(&jane)), &key, b"");
    expect_page(&answer, 403);
}

#[test]
fn yesterdays_link_may_be_sent_back() {
    let (tenant, _, name) = named_tenant();
    let id = tenant.some_customer();
    let path = format!("/agent/customer/{id}");
    let yesterday = link_of(&path, &name, clock::now().plus_seconds(-DAY), LINK_SECRET);
    let case = tenant.create_case(&id, json!({}));
    tenant
        .patch(
            &format!("/customer/{id}"),
            &json!({"url": yesterday, "uri": yesterday, "city": "Leeds"}),
        )
        .expect(201);
    let echoed = json!({"linkUrl": link(&case), "status": "closed"});
    tenant.patch(&format!("/case/{}", id_of(&case)), &echoed).expect(201);
    let other = yesterday.replace(&id, "C00000000001");
    tenant
        .patch(&format!("/customer/{id}"), &json!({"url": other}))
        .error(422, "validation_failed");
}

#[test]
fn pages_are_off_where_a_tenant_has_its_own() {
    let (tenant, store, name) = named_tenant();
    let id = tenant.some_customer();
    let case = id_of(&tenant.create_case(&id, json!({})));
    wait(store.tenant_put(&TenantRecord {
        customer_link: Some("https://crm.example/{id}".to_owned()),
        ..TenantRecord::default()
    }))
    .unwrap();
    let open = |path: String| follow(&link_of(&path, &name, clock::now(), LINK_SECRET));
    expect_page(&open(format!("/agent/customer/{id}")), 403);
    let page = expect_page(&open(format!("/agent/case/{case}")), 200);
    assert!(
        page.contains(&format!("https://crm.example/{id}")),
        "the case still leads to its customer: {page}"
    );
}

#[test]
fn only_configured_origins_may_frame_a_page() {
    let (tenant, store, name) = named_tenant();
    let jane = tenant.create_customer(&json!({"firstName": "Jane"}));
    let ancestors = |answer: &Answer| {
        let (_, ancestors) = answer.headers["content-security-policy"]
            .split_once("frame-ancestors ")
            .unwrap();
        ancestors.to_owned()
    };
    let dead = link_of(
        "/agent/case/K000000001",
        &name,
        clock::now(),
        "another-secret-of-at-least-32-characters",
    );
    assert_eq!(ancestors(&follow(&dead)), "'none'");
    wait(store.tenant_put(&TenantRecord {
        frame_origins: vec!["https://care.example.com".to_owned(), "https://*.khoros.example".to_owned()],
        ..TenantRecord::default()
    }))
    .unwrap();
    assert_eq!(
        ancestors(&follow(link(&jane))),
        "https://care.example.com https://*.khoros.example"
    );
}

#[test]
fn assets_are_cached_for_ever_and_contain_no_data() {
    let tenant = tenant();
    let jane = tenant.create_customer(&json!({"firstName": "Jane"}));
    let page = follow(link(&jane)).text();
    let origin = tenant.base.trim_end_matches("/api/v1");
    let asset = |path: &str| ask(origin, "GET", path, &[], b"");
    let names: Vec<&str> = page.split('"').filter(|part| part.starts_with("/agent/asset/")).collect();
    assert_eq!(names.len(), 3, "{page}");
    for name in names {
        let answer = asset(name);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.headers["cache-control"], "public, max-age=31536000, immutable");
        let (_, stem) = name.rsplit_once('/').unwrap().1.split_once('-').unwrap();
        let other = asset(&format!("/agent/asset/000000000000-{stem}"));
        assert_eq!(
            (other.status, other.headers["cache-control"].as_str()),
            (200, "no-store"),
            "a name of another version"
        );
        assert_eq!(other.body, answer.body);
    }
    assert_eq!(asset("/agent/asset/none").status, 404);
    assert_eq!(asset("/agent/asset/..%2Fpage.css").status, 404);
}

#[test]
fn markup_in_values_is_shown_as_text() {
    let tenant = tenant();
    let markup = "\"'><script>alert(1)</script>&amp;\u{202E}";
    let fields = json!({"displayName": markup, "city": markup, "description": markup, "screenName": markup, "orderNumber": markup});
    let jane = tenant.create_customer(&fields);
    let author = json!({"service": markup, "serviceId": markup, "handle": markup, "name": markup, "brandOwned": true});
    let piece =
        json!({"body": markup, "linkUrl": "javascript:alert(1)", "service": markup, "contentType": markup, "author": author});
    let case = tenant.create_case(
        &id_of(&jane),
        json!({"title": markup, "description": markup, "interactions": [interaction(1, piece)]}),
    );
    for url in [link(&jane), link(&case)] {
        let page = expect_page(&follow(url), 200);
        assert!(page.contains("&#60;script&#62;alert(1)&#60;/script&#62;&#38;amp;"), "{page}");
        assert!(
            !page.contains("<script>") && !page.contains("javascript:") && !page.contains('\u{202E}'),
            "{page}"
        );
    }
}

#[test]
fn many_cases_are_listed_in_pages_with_open_ones_first() {
    let tenant = tenant();
    let id = tenant.some_customer();
    for number in 0..45 {
        let status = if number % 9 == 0 { "open" } else { "closed" };
        tenant.create_case(&id, json!({"title": format!("case number {number}."), "status": status}));
    }
    let jane = tenant.customer(&id);
    let mut pages = String::new();
    for part in 1..=3 {
        let page = expect_page(&follow(&format!("{}&cases={part}", link(&jane))), 200);
        let (list, _) = page.split_once("id=\"conversation\"").unwrap();
        write!(pages, "{list}").unwrap();
    }
    let titles: Vec<usize> = pages
        .split("case number ")
        .skip(1)
        .filter_map(|rest| rest.split_once('.')?.0.parse().ok())
        .collect();
    assert_eq!(titles.len(), 45, "{titles:?}");
    let mut open: Vec<usize> = titles[..5].to_vec();
    open.sort_unstable();
    assert_eq!(open, [0, 9, 18, 27, 36], "open ones come first");
}

#[test]
fn cases_beyond_the_first_page_are_counted_and_reachable() {
    let tenant = tenant();
    let id = tenant.some_customer();
    tenant.create_case(
        &id,
        json!({"title": "the oldest one", "interactions": [interaction(1, json!({}))]}),
    );
    // Each is different, because an equal create would return the same case.
    at_once(6, |worker| {
        for number in 0..34 {
            tenant.create_case(
                &id,
                json!({"title": format!("a later one, {worker}-{number}"), "status": "closed"}),
            );
        }
    });
    let page = expect_page(&follow(link(&tenant.customer(&id))), 200);
    assert!(page.contains("1 open of 205"), "{page}");
    let (list, _) = page.split_once("id=\"conversation\"").unwrap();
    assert!(
        list.find("the oldest one") < list.find("a later one"),
        "the open one comes first"
    );
    assert!(page.contains("189 older cases, which the list above has"), "{page}");
}

#[test]
fn the_page_of_a_case_names_the_customer() {
    let tenant = tenant();
    let jane = tenant.create_customer(&json!({"firstName": "Jane", "lastName": "Doe"}));
    let case = tenant.create_case(&id_of(&jane), json!({}));
    let page = expect_page(&follow(link(&case)), 200);
    assert!(page.contains("All about <bdi>Jane Doe</bdi>"), "{page}");
}
