//! Signing in and out, and what ends a sign-in.

use std::net::Ipv4Addr;

use contract_tests::{
    client::Answer,
    stack::{LINK_SECRET, TestStack, wait},
};
use crm_domain::{CustomerId, KeyRecord, Permission, Timestamp};
use crm_service::{link::LinkKeys, sign_in::SignIn};
use crm_store::clock;
use local::database::EmbeddedDatabase;

use crate::visitor::{PERSON, SIGN_IN, Visitor, code_of, expect_page};

const COOKIE: &str = "desk";
const NO_KEY: &str = "This key does not open the desk";

/// An edit of a key before it is stored.
type Change = Box<dyn FnOnce(&mut KeyRecord)>;

/// The answer to whoever has not signed in.
#[track_caller]
fn expect_sign_in(answer: &Answer) {
    assert_eq!(answer.status, 303, "{answer:?}");
    assert!(answer.headers["location"].starts_with(SIGN_IN), "{answer:?}");
    assert!(answer.body.is_empty(), "{answer:?}");
}

#[test]
fn a_key_is_exchanged_for_a_cookie() {
    let mut visitor = Visitor::new();
    expect_sign_in(&visitor.get("/desk"));
    let form = visitor.get(SIGN_IN);
    expect_page(&form, 200);
    assert_eq!(
        visitor.get(SIGN_IN).headers.get("set-cookie"),
        None,
        "one word serves several windows"
    );
    let answer = visitor.sign_in();
    assert_eq!((answer.status, answer.headers["location"].as_str()), (303, "/desk"));
    let set = &answer.headers["set-cookie"];
    // The local stack has no TLS. A unit test has a deployment's cookie.
    let attributes = set.split_once(';').unwrap().1;
    assert_eq!(attributes, " Path=/; HttpOnly; SameSite=Strict; Max-Age=28800", "{set}");
    let key = visitor.tenant.authorization.clone();
    assert!(!set.contains(&key) && !set.contains(PERSON), "{set}");
    let page = expect_page(&visitor.get("/desk"), 200);
    assert!(page.contains(PERSON) && page.contains(visitor.key.tenant.as_str()), "{page}");
    assert!(!page.contains(&key), "{page}");
}

#[test]
fn signing_out_ends_it() {
    let mut visitor = Visitor::signed_in();
    expect_page(&visitor.get("/desk/sign-out"), 200);
    let answer = visitor.fill("/desk/sign-out", &[]);
    expect_sign_in(&answer);
    assert_eq!(visitor.cookie(COOKIE), None);
    expect_sign_in(&visitor.get("/desk"));
}

#[test]
fn whatever_is_wrong_with_a_key_the_answer_is_the_same() {
    let now = clock::now();
    let mut told: Vec<String> = Vec::new();
    let no_permission: fn(&mut KeyRecord) = |key| key.permissions = [Permission::Khoros].into();
    let keys: [(&str, Change); 5] = [
        ("no permission", Box::new(no_permission)),
        ("revoked", Box::new(|key| key.revoked = true)),
        ("expired", Box::new(move |key| key.not_after = Some(now.plus_seconds(-1)))),
        ("a department's", Box::new(|key| key.departments = ["1".to_owned()].into())),
        (
            "one customer's",
            Box::new(|key| key.customer = CustomerId::parse("C00000000001")),
        ),
    ];
    for (what, change) in keys {
        let mut visitor = Visitor::with(change);
        let answer = visitor.sign_in();
        let page = expect_page(&answer, 403);
        assert!(page.contains(NO_KEY) && visitor.cookie(COOKIE).is_none(), "{what}: {page}");
        told.push(page.replace(&code_of(&answer), ""));
    }
    let mut visitor = Visitor::new();
    for unknown in ["Bearer nothing", "", "   "] {
        let answer = visitor.sign_in_as(unknown, PERSON);
        told.push(expect_page(&answer, 403).replace(&code_of(&answer), ""));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains(&format!("value=\"{PERSON}\"")),
        "the name need not be typed again: {}",
        told[0]
    );
}

#[test]
fn a_person_says_who_they_are() {
    let mut visitor = Visitor::new();
    let key = visitor.tenant.authorization.clone();
    for (person, wanted) in [
        ("", "Please say who you are"),
        (" \u{202e}\n", "Please say who you are"),
        (&"é".repeat(101), "longer than 100 characters"),
    ] {
        let page = expect_page(&visitor.sign_in_as(&key, person), 422);
        assert!(page.contains(wanted) && visitor.cookie(COOKIE).is_none(), "{page}");
    }
    let answer = visitor.sign_in_as(&format!(" {key}\n"), &"é".repeat(100));
    assert_eq!(answer.status, 303, "spaces around a key are no part of it");
}

#[test]
fn another_site_cannot_sign_anybody_in() {
    let mut visitor = Visitor::new();
    let key = visitor.tenant.authorization.clone();
    let form = |code: &str| {
        [
            ("form-code", code.to_owned()),
            ("key", key.clone()),
            ("person", "Eve".to_owned()),
        ]
    };
    let own = code_of(&visitor.get(SIGN_IN));
    for code in ["", "guessed"] {
        let form = form(code);
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = expect_page(&visitor.post(SIGN_IN, &fields), 403);
        assert!(page.contains("cookie") && visitor.cookie(COOKIE).is_none(), "{page}");
    }
    // A browser that sends no cookie has not shown the form.
    let mut other = Visitor::new();
    let form = form(&own);
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    expect_page(&other.post(SIGN_IN, &fields), 403);
    assert_eq!(visitor.post(SIGN_IN, &fields).status, 303);
}

#[test]
fn a_sign_in_ends_with_its_key() {
    for change in [
        (|key| key.revoked = true) as fn(&mut KeyRecord),
        |key| key.not_after = Some(clock::now()),
        |key| key.departments = ["1".to_owned()].into(),
    ] {
        let mut visitor = Visitor::signed_in();
        visitor.change_key(change);
        let answer = visitor.get("/desk/people");
        assert!([303, 403].contains(&answer.status), "{answer:?}");
        assert!(!answer.text().contains("form-code"), "{answer:?}");
    }
    let mut visitor = Visitor::signed_in();
    visitor.change_key(|key| key.permissions = [Permission::Khoros].into());
    let page = expect_page(&visitor.get("/desk/people"), 403);
    assert!(page.contains("does not allow this"), "{page}");
}

/// The token of a sign-in as it would be with another time, tenant or secret.
fn token(visitor: &Visitor, secret: &str, change: impl FnOnce(&mut SignIn)) -> String {
    let mut sign_in = SignIn::new(visitor.digest(), visitor.key.tenant.clone(), "Eve".to_owned(), clock::now());
    change(&mut sign_in);
    LinkKeys::read(secret).unwrap().token(&sign_in).unwrap()
}

#[test]
fn only_our_own_token_opens_anything_and_for_a_while_only() {
    let mut visitor = Visitor::new();
    let other = Visitor::new();
    let good = token(&visitor, LINK_SECRET, |_| {});
    visitor.set_cookie(COOKIE, &good);
    expect_page(&visitor.get("/desk"), 200);
    let past = |sign_in: &mut SignIn| sign_in.until = Timestamp::from_milliseconds(clock::now().milliseconds() - 1);
    for (what, token) in [
        ("ended", token(&visitor, LINK_SECRET, past)),
        (
            "another secret",
            token(&visitor, "another-secret-of-enough-characters", |_| {}),
        ),
        (
            "another tenant",
            token(&visitor, LINK_SECRET, |sign_in| sign_in.tenant = other.key.tenant.clone()),
        ),
        (
            "no key",
            token(&visitor, LINK_SECRET, |sign_in| sign_in.digest = "0".repeat(64)),
        ),
        ("cut", good[..good.len() - 2].to_owned()),
        ("the key itself", visitor.tenant.authorization.clone()),
        ("empty", String::new()),
    ] {
        visitor.set_cookie(COOKIE, &token);
        let answer = visitor.get("/desk/people");
        expect_sign_in(&answer);
        assert!(answer.headers["set-cookie"].contains("Max-Age=0"), "{what}: it is taken away");
    }
}

#[test]
fn the_link_of_make_run_signs_in_on_the_local_stack() {
    let mut visitor = Visitor::new();
    let link = format!("/desk?token={}", token(&visitor, LINK_SECRET, |_| {}));
    let answer = visitor.get(&link);
    assert_eq!(
        (answer.status, answer.headers["location"].as_str()),
        (303, "/desk"),
        "{answer:?}"
    );
    expect_page(&visitor.get("/desk"), 200);
}

/// On a stack of its own, since all tests come from one address.
#[test]
fn who_tries_keys_has_to_wait() {
    let database = wait(EmbeddedDatabase::start(None, (Ipv4Addr::LOCALHOST, 0).into())).unwrap();
    let stack = TestStack::over(database.endpoint(), None);
    let mut visitor = Visitor::at(&stack, |_| {});
    for _ in 0..20 {
        expect_page(&visitor.sign_in_as("Bearer guess", PERSON), 403);
    }
    let key = visitor.tenant.authorization.clone();
    for key in ["Bearer guess", &key] {
        let page = expect_page(&visitor.sign_in_as(key, PERSON), 429);
        assert!(page.contains("Please wait") && visitor.cookie(COOKIE).is_none(), "{page}");
    }
    stack.shutdown();
}

#[test]
fn without_a_secret_nobody_signs_in_and_the_page_says_that_it_is_not_their_fault() {
    let database = wait(EmbeddedDatabase::start(None, (Ipv4Addr::LOCALHOST, 0).into())).unwrap();
    let stack = TestStack::with_link_secret(database.endpoint(), None, "");
    let mut visitor = Visitor::at(&stack, |_| {});
    let page = expect_page(&visitor.sign_in(), 500);
    assert!(page.contains("not your fault"), "{page}");
    stack.shutdown();
}
