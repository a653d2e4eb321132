//! `POST /customer/bestmatch`: the first call when an agent opens an identity (contract section 4.1).

use super::check::{Check, Severity};
use super::customers::contact;
use super::model::Format;
use super::outcome::{Outcome, Trouble, broken, ensure, not_asked};
use super::visit::{Visit, lists};
use serde_json::{Value, json};

const STRANGER: &str = "somebody else's data beside an unknown identity";
const NO_MATCH: &str = "\"no match\" for a customer who is in the CRM";

/// Best match.
pub const CHECKS: &[Check] = &[
    Check {
        id: "bestmatch-stranger",
        section: "4.1",
        severity: Severity::Failure,
        writes: false,
        rule: "the best match for a stranger is 200 with []",
        agent: STRANGER,
        fix: "answer 200 with an empty array when nothing fits well; not 204, not 404, not the least unlikely customer",
        run: nobody_for_a_stranger,
    },
    Check {
        id: "bestmatch-members",
        section: "4.1",
        severity: Severity::Failure,
        writes: false,
        rule: "every member that the contract names is accepted, whatever the customer model calls its fields",
        agent: "an error at every identity they open",
        fix: "accept displayName, screenName, description, profileUrl, email, phoneNumbers, addresses, orderNumbers, caseNumbers and \
              accountNumbers, each optional; what you cannot use, ignore",
        run: every_member_is_accepted,
    },
    Check {
        id: "bestmatch-empty",
        section: "4.1",
        severity: Severity::Failure,
        writes: false,
        rule: "a request with nothing usable is 200 with []",
        agent: "an error at identities without a name",
        fix: "answer 200 with an empty array to {}",
        run: nothing_usable_is_empty,
    },
    Check {
        id: "bestmatch-unknown-member",
        section: "4.1",
        severity: Severity::Warning,
        writes: false,
        rule: "an unknown member, or one of the wrong type, is 400",
        agent: "nothing, unless a client has a bug",
        fix: "answer 400 and name the member",
        run: unknown_member_is_400,
    },
    Check {
        id: "bestmatch-handle",
        section: "4.1",
        severity: Severity::Failure,
        writes: true,
        rule: "the best match by screenName is the customer with this handle",
        agent: NO_MATCH,
        fix: "compare screenName with all handles of a customer, without @ and ignoring case",
        run: by_handle,
    },
    Check {
        id: "bestmatch-email",
        section: "4.1",
        severity: Severity::Failure,
        writes: true,
        rule: "the best match by email is the customer with this address",
        agent: NO_MATCH,
        fix: "compare email with all addresses of a customer, case-folded",
        run: by_email,
    },
    Check {
        id: "bestmatch-profile-url",
        section: "4.1",
        severity: Severity::Warning,
        writes: true,
        rule: "the best match by profileUrl is the customer with this profile",
        agent: NO_MATCH,
        fix: "compare profileUrl without scheme, www. and trailing slash",
        run: by_profile_url,
    },
    Check {
        id: "bestmatch-phone",
        section: "4.1",
        severity: Severity::Warning,
        writes: true,
        rule: "the customer with a telephone number is among the best matches by it",
        agent: NO_MATCH,
        fix: "compare phoneNumbers with all numbers of a customer, as E.164",
        run: by_phone,
    },
    Check {
        id: "bestmatch-result-whole",
        section: "4.1",
        severity: Severity::Failure,
        writes: true,
        rule: "best matches are whole customers",
        agent: "a match without name or link",
        fix: "answer with the objects that GET /customer/{id} shows",
        run: results_are_whole,
    },
];

fn nobody(visit: &Visit, identity: &Value) -> Outcome {
    let reply = visit.gateway.post("/customer/bestmatch", identity);
    let matches = reply.list(200)?;
    ensure(matches.is_empty(), "200 with []", || reply.came())?;
    Ok(None)
}

fn nobody_for_a_stranger(visit: &mut Visit) -> Outcome {
    let code = visit.mark.code();
    let identity = json!({
        "displayName": format!("Xqz{code} Stranger{code}"),
        "screenName": format!("@stranger_{code}"),
        "profileUrl": format!("https://social.example/stranger-{code}"),
    });
    nobody(visit, &identity)
}

fn every_member_is_accepted(visit: &mut Visit) -> Outcome {
    let code = visit.mark.code();
    let identity = json!({
        "displayName": format!("Xqz{code} Stranger{code}"),
        "screenName": format!("stranger_{code}"),
        "description": "Likes to stay unknown.",
        "profileUrl": format!("https://social.example/stranger-{code}"),
        "email": format!("stranger-{code}@example.com"),
        "phoneNumbers": [],
        "addresses": [{"streetOne": format!("{code} Nowhere Street"), "streetTwo": code, "city": format!("Nowhere{code}"), "state": "ZZ", "zip": code}],
        "orderNumbers": [format!("O-{code}")],
        "caseNumbers": [format!("K-{code}")],
        "accountNumbers": [format!("A-{code}")],
    });
    nobody(visit, &identity)
}

fn nothing_usable_is_empty(visit: &mut Visit) -> Outcome {
    nobody(visit, &json!({}))
}

fn unknown_member_is_400(visit: &mut Visit) -> Outcome {
    for identity in [json!({"crmDoctorUnknown": "x"}), json!({"phoneNumbers": "not a list"})] {
        visit.gateway.post("/customer/bestmatch", &identity).expect(400)?;
    }
    Ok(None)
}

fn by_handle(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    contact(visit, Format::Handle)?;
    let identity = json!({"displayName": "Somebody Online", "screenName": format!("@{}", visit.mark.handle())});
    visit.matches_first(&identity, &id)
}

fn by_email(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    let (_, email) = contact(visit, Format::Email)?;
    visit.matches_first(&json!({"email": email}), &id)
}

fn by_profile_url(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    let (_, url) = contact(visit, Format::Url)?;
    visit.matches_first(&json!({"displayName": "Somebody Online", "profileUrl": url}), &id)
}

fn by_phone(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    let (_, phone) = contact(visit, Format::Phone)?;
    let identity = json!({"phoneNumbers": [phone]});
    let found = visit.eventually(
        |gateway| gateway.post("/customer/bestmatch", &identity),
        |reply| lists(reply, &id),
    );
    found.map_err(|reply| broken(format!("200 with customer {id}, for {identity}"), reply.came()))?;
    Ok(None)
}

fn results_are_whole(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    let identity = identity(visit)?;
    let reply = visit.gateway.post("/customer/bestmatch", &identity);
    let matches = reply.list(200)?;
    let stored = visit.stored_customer()?;
    let result = matches.iter().find(|customer| customer["id"] == id);
    if result.is_none() {
        return Err(not_asked("the customer is not found: see the other best-match checks"));
    }
    ensure(result == Some(&stored), "the object that GET /customer/{id} shows", || {
        reply.came()
    })?;
    Ok(None)
}

/// The e-mail or the handle, whichever the model has.
fn identity(visit: &Visit) -> Result<Value, Trouble> {
    match contact(visit, Format::Email) {
        Ok((_, email)) => Ok(json!({"email": email})),
        Err(_) => contact(visit, Format::Handle).map(|(_, handle)| json!({"screenName": handle})),
    }
}
