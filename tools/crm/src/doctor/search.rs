//! `POST /customers` (contract section 4).

use super::check::{Check, Severity};
use super::customers::contact;
use super::gateway::Key;
use super::model::{Field, Format};
use super::outcome::{Outcome, Trouble, broken, ensure, ensure_none, not_asked};
use super::visit::{Visit, lists};
use serde_json::{Map, Value, json};

const NOT_FOUND: &str = "no result, and a second customer created for the same person";

/// Writes the same value in another way.
type Respell = fn(&str) -> String;

/// Search.
pub const CHECKS: &[Check] = &[
    Check {
        id: "search-nothing",
        section: "4",
        severity: Severity::Failure,
        writes: false,
        rule: "a search that finds nobody is 204 without a body",
        agent: "an error in place of \"no results\"",
        fix: "answer 204 with no body at all; not 200 with [], not 404",
        run: nothing_is_204,
    },
    Check {
        id: "search-unknown-field",
        section: "4",
        severity: Severity::Failure,
        writes: false,
        rule: "a search by a field that the model does not have is 400 and names it",
        agent: "too many results, as if the field had not been filled in",
        fix: "answer 400 with fields: [{\"name\", \"errorMessage\"}] for criteria that are not in the model; never ignore one",
        run: unknown_field_is_400,
    },
    Check {
        id: "search-unsearchable-field",
        section: "4",
        severity: Severity::Failure,
        writes: false,
        rule: "a search by a field that is not searchable is 400 and names it",
        agent: "results that do not match what was entered",
        fix: "answer 400 with fields: [{\"name\", \"errorMessage\"}] for criteria that are not searchable in the model",
        run: unsearchable_field_is_400,
    },
    Check {
        id: "search-empty",
        section: "4",
        severity: Severity::Warning,
        writes: false,
        rule: "a search without criteria is 400",
        agent: "arbitrary customers",
        fix: "answer 400 to {}: it must not match everybody",
        run: empty_is_400,
    },
    Check {
        id: "search-broad",
        section: "4",
        severity: Severity::Failure,
        writes: false,
        rule: "a search that matches many customers is answered with at most 50 of them",
        agent: "a slow list that nobody reads to the end",
        fix: "cut the result at 50, the most recently updated first",
        run: broad_is_cut,
    },
    Check {
        id: "search-body-not-json",
        section: "6",
        severity: Severity::Failure,
        writes: false,
        rule: "a body that is not a JSON object is 400",
        agent: "an unexplained error",
        fix: "catch parsing errors and answer 400 with the error body",
        run: no_json_is_400,
    },
    Check {
        id: "search-after-create",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "a search finds a new customer at once or within seconds (--patience)",
        agent: NOT_FOUND,
        fix: "update the search index in the same transaction as the record, or right after it",
        run: finds_new_customer,
    },
    Check {
        id: "search-result-whole",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "a search returns whole customers",
        agent: "results without names or links",
        fix: "answer with the objects that GET /customer/{id} shows",
        run: results_are_whole,
    },
    Check {
        id: "search-each-field",
        section: "3",
        severity: Severity::Failure,
        writes: true,
        rule: "every field that the model calls searchable can be searched by",
        agent: NOT_FOUND,
        fix: "index the field, or set searchable: false in the model",
        run: every_field_finds,
    },
    Check {
        id: "search-all-criteria",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "all criteria must match, not just one",
        agent: "strangers among the results",
        fix: "combine criteria with AND",
        run: criteria_are_combined,
    },
    Check {
        id: "search-spelling",
        section: "4",
        severity: Severity::Warning,
        writes: true,
        rule: "another spelling of an e-mail, phone, handle or name finds the same customer",
        agent: "no result unless they type exactly what is stored",
        fix: "compare normal forms: e-mail case-folded, phone as E.164, handle without @ and case-folded, names by word prefix",
        run: spellings_are_equal,
    },
    Check {
        id: "search-after-update",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "after an update a search finds the new value and no longer the old one",
        agent: "a customer who is found by an outdated value",
        fix: "replace the old search terms when the record changes, in one transaction",
        run: follows_updates,
    },
];

/// A searchable text field for a search that finds nobody.
fn stranger(visit: &Visit) -> Result<Value, Trouble> {
    let model = &visit.customer_model;
    let texts = || model.fillable().filter(|field| field.searchable && field.is_text());
    let field = texts()
        .find(|field| field.format() == Format::Email)
        .or_else(|| texts().next());
    let name = &field.ok_or_else(|| not_asked("no text field is searchable"))?.name;
    Ok(json!({name.as_str(): visit.mark.email("stranger")}))
}

fn nothing_is_204(visit: &mut Visit) -> Outcome {
    let reply = visit.gateway.post("/customers", &stranger(visit)?);
    reply.expect(204)?;
    let empty = reply.result.as_ref().is_ok_and(|answer| answer.body.is_empty());
    ensure(empty, "204 without a body", || reply.came())?;
    Ok(None)
}

fn unknown_field_is_400(visit: &mut Visit) -> Outcome {
    let reply = visit.gateway.post("/customers", &json!({"crmDoctorUnknown": "x"}));
    reply.refused(400, &["crmDoctorUnknown"])?;
    Ok(None)
}

fn unsearchable_field_is_400(visit: &mut Visit) -> Outcome {
    let field = visit.customer_model.fillable().find(|field| !field.searchable);
    let field = field.ok_or_else(|| not_asked("every field of the customer model is searchable"))?;
    let value = field.sample(&visit.mark).unwrap_or_else(|| json!("x"));
    let reply = visit.gateway.post("/customers", &json!({field.name.as_str(): value}));
    reply.refused(400, &[field.name.as_str()])?;
    Ok(None)
}

fn empty_is_400(visit: &mut Visit) -> Outcome {
    visit.gateway.post("/customers", &json!({})).expect(400)?;
    Ok(None)
}

/// Values that many customers may have: list values, checkboxes and single letters.
fn broad_is_cut(visit: &mut Visit) -> Outcome {
    const MOST_ASKED: usize = 8;
    const MOST_FOUND: usize = 50;
    let is_name = |field: &Field| field.is_text() && field.format() == Format::Name;
    let values = |field: &Field| match (is_name(field), field.sample(&visit.mark)) {
        (true, _) => ["a", "s"].map(|letter| json!(letter)).to_vec(),
        (false, Some(sample)) if !field.is_text() => vec![sample],
        _ => Vec::new(),
    };
    let searchable = visit.customer_model.fillable().filter(|field| field.searchable);
    let questions = searchable.flat_map(|field| values(field).into_iter().map(|value| json!({field.name.as_str(): value})));
    let (mut most, mut wrong) = (0, Vec::new());
    for criteria in questions.take(MOST_ASKED) {
        let reply = visit.gateway.post("/customers", &criteria);
        let found = reply.json().as_array().map_or(0, Vec::len);
        if found > MOST_FOUND {
            wrong.push(format!("{criteria}: {found} customers"));
        }
        most = most.max(found);
    }
    ensure_none(&wrong, "200 with at most 50 customers, or 204")?;
    Ok(Some(format!("{most} customers at most")))
}

fn no_json_is_400(visit: &mut Visit) -> Outcome {
    for body in ["{\"a\": ", "[]", "\"text\""] {
        visit
            .gateway
            .send(Key::Registered, "POST", "/customers", &[], Some(body.as_bytes()))
            .expect(400)?;
    }
    Ok(None)
}

fn finds_new_customer(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    let criteria = Value::Object(visit.mark_criteria()?);
    let lag = visit
        .finds(&criteria, &id)
        .map_err(|reply| broken(format!("200 with customer {id}, for {criteria}"), reply.came()))?;
    visit.search_lag = Some(lag);
    Ok(Some(format!("found after {:.2} s", lag.as_secs_f64())))
}

fn results_are_whole(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    let reply = visit.gateway.post("/customers", &Value::Object(visit.mark_criteria()?));
    let found = reply.list(200)?;
    let stored = visit.stored_customer()?;
    let result = found.iter().find(|customer| customer["id"] == id);
    if result.is_none() {
        return Err(not_asked("the customer is not found: see search-after-create"));
    }
    ensure(result == Some(&stored), "the object that GET /customer/{id} shows", || {
        reply.came()
    })?;
    Ok(None)
}

/// The mark and one more criterion.
fn with_mark(visit: &Visit, name: &str, value: &Value) -> Result<Value, Trouble> {
    let mut criteria: Map<String, Value> = visit.mark_criteria()?;
    criteria.insert(name.to_owned(), value.clone());
    Ok(Value::Object(criteria))
}

fn every_field_finds(visit: &mut Visit) -> Outcome {
    const MOST: usize = 60;
    let id = visit.customer_id()?;
    let stored = visit.stored_customer()?;
    let fields: Vec<&str> = visit
        .customer_model
        .fillable()
        .filter(|field| field.searchable)
        .map(|field| field.name.as_str())
        .collect();
    let filled: Vec<&str> = fields
        .into_iter()
        .filter(|name| stored.get(*name).is_some_and(|value| value != ""))
        .take(MOST)
        .collect();
    let mut wrong = Vec::new();
    for name in &filled {
        if let Err(reply) = visit.finds(&with_mark(visit, name, &stored[*name])?, &id) {
            wrong.push(format!("{name} = {}: {}", stored[*name], reply.came()));
        }
        if wrong.len() > 3 {
            break; // each of them may have taken as long as the patience lasts
        }
    }
    ensure_none(&wrong, &format!("200 with customer {id} for each"))?;
    Ok(Some(format!("{} fields", filled.len())))
}

fn criteria_are_combined(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    let mark = visit.mark_field()?.name;
    let other = visit.customer_model.fillable().find(|field| {
        let fits = field.searchable && field.is_text() && field.name != mark;
        fits && visit.sent.contains_key(&field.name) && field.format() != Format::Name
    });
    let other = other.ok_or_else(|| not_asked("only one text field is searchable"))?;
    let criteria = with_mark(visit, &other.name, &json!("crm-doctor-somebody-else@example.com"))?;
    let reply = visit.gateway.post("/customers", &criteria);
    ensure(
        reply.is_success() && !lists(&reply, &id),
        "204, or 200 without the marked customer",
        || reply.came(),
    )?;
    Ok(None)
}

fn spellings_are_equal(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    let mut asked = Vec::new();
    let formats: [(Format, Respell); 3] = [
        (Format::Email, str::to_uppercase),
        (Format::Phone, |phone| phone.replace(' ', "-")),
        (Format::Handle, |handle| format!("@{}", handle.to_uppercase())),
    ];
    for (format, respell) in formats {
        if let Ok((name, Value::String(value))) = contact(visit, format) {
            asked.push((name, respell(&value)));
        }
    }
    let mark = visit.mark_field()?;
    if mark.format() == Format::Name {
        asked.push((mark.name, visit.mark.text().to_uppercase()));
    }
    let mut wrong = Vec::new();
    for (name, value) in asked {
        let searchable = visit.customer_model.field(&name).is_some_and(|field| field.searchable);
        let reply = visit.gateway.post("/customers", &json!({name.as_str(): value}));
        if searchable && !lists(&reply, &id) {
            wrong.push(format!("{name} = {value:?}: {}", reply.came()));
        }
    }
    ensure_none(&wrong, "200 with the marked customer for each")?;
    Ok(None)
}

fn follows_updates(visit: &mut Visit) -> Outcome {
    let id = visit.customer_id()?;
    let (name, old) = contact(visit, Format::Email)?;
    let new = json!(visit.mark.email("changed"));
    visit
        .gateway
        .patch(&format!("/customer/{id}"), &json!({name.as_str(): new}))
        .object(201)?;
    let found = visit.finds(&json!({name.as_str(): new}), &id);
    let old_criteria = json!({name.as_str(): old});
    let gone = visit.eventually(
        |gateway| gateway.post("/customers", &old_criteria),
        |reply| reply.is_success() && !lists(reply, &id),
    );
    visit.gateway.patch(&format!("/customer/{id}"), &old_criteria).object(201)?;
    found.map_err(|reply| broken("the customer, by the new address", reply.came()))?;
    gone.map_err(|reply| broken("nobody, by the old address", reply.came()))?;
    Ok(None)
}
