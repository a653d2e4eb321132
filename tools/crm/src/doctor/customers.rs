//! Creating, finding and updating customers (contract section 4).

use super::check::{Check, Severity};
use super::gateway::Reply;
use super::model::{Field, Format, Model};
use super::outcome::{Outcome, Trouble, broken, ensure, ensure_none, not_asked};
use super::visit::{Visit, at_once, id_of, is_same_value};
use serde_json::{Map, Value, json};

const NOT_SAVED: &str = "\"try again\" after pressing save, though the fault is not theirs";
const WRONG_DATA: &str = "data other than what they entered";

/// The life of a customer.
pub const CHECKS: &[Check] = &[
    Check {
        id: "customer-create",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "creating a customer is 201 with an object that has an id",
        agent: NOT_SAVED,
        fix: "answer POST /customer with 201 and the whole customer; id is a non-empty text",
        run: create,
    },
    Check {
        id: "customer-create-values",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "the created customer has every field that was sent, with its value",
        agent: WRONG_DATA,
        fix: "store every field of the model, and answer with all populated fields (normalised spellings are fine)",
        run: created_values,
    },
    Check {
        id: "customer-find",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "a customer is found as soon as its creation has been answered, and equals that answer",
        agent: "\"not found\" for the customer that they have just created",
        fix: "read the record itself (a consistent read), not a search index or a replica",
        run: find,
    },
    Check {
        id: "customer-link",
        section: "3",
        severity: Severity::Failure,
        writes: true,
        rule: "a customer has an absolute http(s) link as uri, and url where present is the same",
        agent: "a customer without a working link, or two different ones",
        fix: "answer with uri and url, both the address of the page where an agent sees this customer",
        run: link,
    },
    Check {
        id: "customer-link-names",
        section: "3",
        severity: Severity::Warning,
        writes: true,
        rule: "a customer carries its link under both names, url and uri",
        agent: "perhaps no link: the guide reads uri, the reference shows url",
        fix: "send the same address under both names",
        run: link_names,
    },
    Check {
        id: "customer-no-null",
        section: "4",
        severity: Severity::Warning,
        writes: true,
        rule: "unpopulated fields are left out, not null",
        agent: "perhaps the word null in a form",
        fix: "leave out members without a value",
        run: no_null,
    },
    Check {
        id: "customer-update",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "an update is 201 with the whole customer, changed",
        agent: NOT_SAVED,
        fix: "answer PATCH /customer/{id} with 201 (not 200 or 204) and the customer as it is now",
        run: update,
    },
    Check {
        id: "customer-update-keeps",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "fields that an update does not name are unchanged",
        agent: "fields that become empty when another one is edited",
        fix: "change only the members of the request: Khoros sends those that the agent's form has",
        run: update_keeps,
    },
    Check {
        id: "customer-update-clear",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "null and \"\" clear a field",
        agent: "a value that cannot be deleted",
        fix: "treat null and the empty text in a PATCH as \"remove this value\", and leave the field out of answers",
        run: clear,
    },
    Check {
        id: "customer-update-own-id",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "id, url and uri in an update are ignored where they are the customer's own",
        agent: NOT_SAVED,
        fix: "accept the record's own id, url and uri in a PATCH without doing anything",
        run: own_id_is_ignored,
    },
    Check {
        id: "customer-update-other-id",
        section: "4",
        severity: Severity::Warning,
        writes: true,
        rule: "another id in an update is 422",
        agent: "nothing, unless a client has a bug",
        fix: "compare an id in the body with the path's and refuse another one with 422",
        run: other_id_is_422,
    },
    Check {
        id: "customer-unicode",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "texts in any script come back as they were sent",
        agent: "question marks and boxes in place of names",
        fix: "use UTF-8 from the request to the store and back (four-byte characters too)",
        run: unicode,
    },
    Check {
        id: "customer-parallel",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "if two agents edit different fields at once, both edits are kept",
        agent: "edits that vanish, now and then",
        fix: "write only the fields of the request, or make the write conditional on the version that was read and try again",
        run: parallel_updates,
    },
    Check {
        id: "customer-unknown",
        section: "4",
        severity: Severity::Failure,
        writes: false,
        rule: "an unknown customer is 404",
        agent: "an empty or strange record in place of \"not found\"",
        fix: "answer 404 with the error body for GET /customer/{id} of an id that does not exist",
        run: unknown_is_404,
    },
    Check {
        id: "customer-update-unknown",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "an update of an unknown customer is 404",
        agent: "an edit that seems to be saved but is lost",
        fix: "answer 404 and create nothing when PATCH /customer/{id} names no customer",
        run: update_unknown_is_404,
    },
    Check {
        id: "customer-unknown-field",
        section: "6",
        severity: Severity::Failure,
        writes: true,
        rule: "a field that the model does not have is 400 and named",
        agent: "a value that is entered and silently lost",
        fix: "answer 400 with fields: [{\"name\", \"errorMessage\"}] for every member that is not in the model, and store nothing",
        run: unknown_field_is_400,
    },
    Check {
        id: "customer-invalid-value",
        section: "6",
        severity: Severity::Failure,
        writes: true,
        rule: "a value of the wrong type is 422 and its field is named",
        agent: "no hint which field is wrong, or nonsense in the record",
        fix: "check every value against its field's type and list, and answer 422 with fields: [{\"name\", \"errorMessage\"}]",
        run: invalid_value_is_422,
    },
    Check {
        id: "customer-invalid-all",
        section: "6",
        severity: Severity::Failure,
        writes: true,
        rule: "all fields with invalid values are named in one answer",
        agent: "one error per save, again and again",
        fix: "collect the errors of all fields before answering 422",
        run: all_invalid_are_named,
    },
    Check {
        id: "customer-create-empty",
        section: "4",
        severity: Severity::Warning,
        writes: true,
        rule: "creating a customer without any value is 422",
        agent: "empty customers in search results",
        fix: "require at least one populated field",
        run: empty_create_is_422,
    },
];

/// Fills every field. A server may check formats that the contract does not know; what it names in a refusal is left out once.
fn create(visit: &mut Visit) -> Outcome {
    let mark_field = visit.mark_field()?.name;
    let mut fields = Model::filled(visit.customer_model.fillable(), &visit.mark);
    fields.insert(mark_field.clone(), json!(visit.mark.text()));
    let mut reply = visit.create("customer", &Value::Object(fields.clone()));
    let disliked: Vec<String> = match reply.status() {
        Some(400 | 422) => reply.fields_named().into_iter().filter(|name| *name != mark_field).collect(),
        _ => Vec::new(),
    };
    if !disliked.is_empty() {
        fields.retain(|name, _| !disliked.contains(name));
        reply = visit.create("customer", &Value::Object(fields.clone()));
    }
    let customer = reply.object(201)?;
    ensure(
        id_of(&customer).is_some(),
        "an id that is a text and can stand in a path",
        || reply.came(),
    )?;
    visit.sent = fields;
    visit.customer = Some(customer);
    Ok((!disliked.is_empty()).then(|| format!("left out {}, whose values the server refused", disliked.join(", "))))
}

fn created(visit: &Visit) -> Result<&Value, Trouble> {
    visit.customer_id()?;
    visit.customer.as_ref().ok_or_else(|| not_asked("there is no customer"))
}

/// The values of `sent` that are missing or different in `shown`.
pub fn differences(sent: &Map<String, Value>, shown: &Value) -> Vec<String> {
    let differs = |(name, value): &(&String, &Value)| !is_same_value(value, &shown[name.as_str()]);
    let describe = |(name, value): (&String, &Value)| match shown.get(name) {
        Some(other) => format!("{name}: sent {value}, shown {other}"),
        None => format!("{name}: sent {value}, not shown"),
    };
    sent.iter().filter(differs).map(describe).collect()
}

fn created_values(visit: &mut Visit) -> Outcome {
    let customer = created(visit)?;
    ensure_none(&differences(&visit.sent, customer), "every field as sent")?;
    Ok(Some(format!("{} fields", visit.sent.len())))
}

fn find(visit: &mut Visit) -> Outcome {
    let reply = visit.gateway.get(&format!("/customer/{}", visit.customer_id()?));
    let stored = reply.object(200)?;
    ensure(
        Some(&stored) == visit.customer.as_ref(),
        "the object that the creation answered with",
        || reply.came(),
    )?;
    Ok(None)
}

/// Whether a browser can open the link.
pub fn is_link(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|url| url.starts_with("https://") || url.starts_with("http://"))
}

fn link(visit: &mut Visit) -> Outcome {
    let customer = created(visit)?;
    let link = customer.get("uri").or_else(|| customer.get("url")).unwrap_or(&Value::Null);
    let same = customer.get("url").is_none_or(|url| url == link);
    ensure(is_link(link) && same, "uri and url, equal, beginning with http", || {
        links_of(customer, ["uri", "url"])
    })?;
    Ok(None)
}

fn link_names(visit: &mut Visit) -> Outcome {
    let customer = created(visit)?;
    let both = customer.get("uri").is_some() && customer.get("url").is_some();
    ensure(both, "uri and url", || links_of(customer, ["uri", "url"]))?;
    Ok(None)
}

/// The record's links, for people.
pub fn links_of(record: &Value, names: [&str; 2]) -> String {
    names
        .map(|name| format!("{name}: {}", record.get(name).map_or("absent".to_owned(), Value::to_string)))
        .join(", ")
}

fn no_null(visit: &mut Visit) -> Outcome {
    let customer = created(visit)?;
    let members = customer.as_object().into_iter().flatten();
    let nulls: Vec<String> = members
        .filter(|(_, value)| value.is_null())
        .map(|(name, _)| format!("{name} is null"))
        .collect();
    ensure_none(&nulls, "no null members")?;
    Ok(None)
}

fn patch(visit: &Visit, body: &Value) -> Result<Reply, Trouble> {
    Ok(visit.gateway.patch(&format!("/customer/{}", visit.customer_id()?), body))
}

fn update(visit: &mut Visit) -> Outcome {
    let field = visit.free_texts(1)?.remove(0);
    let text = format!("{} changed", visit.mark.text());
    let reply = patch(visit, &json!({field.as_str(): text}))?;
    let answer = reply.object(201)?;
    let whole = answer["id"] == json!(visit.customer_id()?) && answer[field.as_str()] == json!(text);
    ensure(whole, &format!("201 with the customer, {field} being {text:?}"), || {
        reply.came()
    })?;
    let stored = visit.stored_customer()?;
    ensure(stored == answer, "GET shows what PATCH answered", || stored.to_string())?;
    Ok(None)
}

fn update_keeps(visit: &mut Visit) -> Outcome {
    let field = visit.free_texts(1)?.remove(0);
    let reply = patch(visit, &json!({field.as_str(): visit.mark.text()}))?;
    ensure(reply.is_success(), "an accepted update", || reply.came())?;
    let after = visit.stored_customer()?;
    // Compared with what was created, since an earlier update may have done the damage.
    let mut expected = visit.sent.clone();
    expected.remove(&field);
    ensure_none(&differences(&expected, &after), &format!("only {field} changes"))?;
    Ok(None)
}

fn clear(visit: &mut Visit) -> Outcome {
    let field = visit.free_texts(1)?.remove(0);
    let mut wrong = Vec::new();
    for empty in [Value::Null, json!("")] {
        patch(visit, &json!({field.as_str(): visit.mark.text()}))?;
        let reply = patch(visit, &json!({field.as_str(): empty}))?;
        let shown = visit.stored_customer()?.get(&field).cloned().unwrap_or_default();
        let gone = shown.is_null() || shown == "";
        if !reply.is_success() || !gone {
            wrong.push(format!("{{\"{field}\": {empty}}}: {}, then {field} is {shown}", reply.came()));
        }
    }
    ensure_none(&wrong, &format!("201, and {field} gone"))?;
    Ok(None)
}

fn own_id_is_ignored(visit: &mut Visit) -> Outcome {
    let stored = visit.stored_customer()?;
    let own: Map<String, Value> = ["id", "url", "uri"]
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), stored.get(*name)?.clone())))
        .collect();
    let mut body = own;
    body.insert(visit.mark_field()?.name, json!(visit.mark.text()));
    patch(visit, &Value::Object(body))?.expect(201)?;
    Ok(None)
}

fn other_id_is_422(visit: &mut Visit) -> Outcome {
    patch(visit, &json!({"id": visit.mark.unknown_id()}))?.expect(422)?;
    Ok(None)
}

fn unicode(visit: &mut Visit) -> Outcome {
    let field = visit.free_texts(1)?.remove(0);
    let text = "Zoë Ünal 李 \u{1F98A} \"quoted\" \\ <b>";
    patch(visit, &json!({field.as_str(): text}))?.object(201)?;
    let stored = visit.stored_customer()?;
    ensure(stored[field.as_str()] == text, text, || stored[field.as_str()].to_string())?;
    Ok(None)
}

fn parallel_updates(visit: &mut Visit) -> Outcome {
    const ROUNDS: usize = 4;
    let fields = visit.free_texts(2)?;
    let path = format!("/customer/{}", visit.customer_id()?);
    let mut wrong = Vec::new();
    for round in 0..ROUNDS {
        let texts = [
            format!("{} one {round}", visit.mark.text()),
            format!("{} two {round}", visit.mark.text()),
        ];
        let send = |n: usize| visit.gateway.patch(&path, &json!({fields[n].as_str(): texts[n]}));
        let (one, two) = at_once(|| send(0), || send(1));
        let stored = visit.stored_customer()?;
        for (n, reply) in [one, two].into_iter().enumerate() {
            let accepted = reply.as_ref().is_some_and(Reply::is_success);
            if !accepted || stored[fields[n].as_str()] != texts[n] {
                let came = reply.map_or_else(|| "nothing".to_owned(), |reply| reply.came());
                wrong.push(format!("{} is {} after {came}", fields[n], stored[fields[n].as_str()]));
            }
        }
    }
    ensure_none(&wrong, "both values, in every round")?;
    Ok(Some(format!("{ROUNDS} rounds")))
}

fn unknown_is_404(visit: &mut Visit) -> Outcome {
    visit
        .gateway
        .get(&format!("/customer/{}", visit.mark.unknown_id()))
        .expect(404)?;
    Ok(None)
}

fn update_unknown_is_404(visit: &mut Visit) -> Outcome {
    let body = visit.marked(&[])?;
    let reply = visit.gateway.patch(&format!("/customer/{}", visit.mark.unknown_id()), &body);
    visit.remember("customer", &reply);
    reply.expect(404)?;
    Ok(None)
}

fn unknown_field_is_400(visit: &mut Visit) -> Outcome {
    let body = visit.marked(&[("crmDoctorUnknown", json!("x"))])?;
    visit.create("customer", &body).refused(400, &["crmDoctorUnknown"])?;
    Ok(None)
}

/// Up to four fields of different types, with values that none of them can take.
fn nonsense(visit: &Visit) -> Result<Vec<(String, Value)>, Trouble> {
    let mark = visit.mark_field()?.name;
    let fields: Vec<&Field> = visit.customer_model.fillable().filter(|field| field.name != mark).collect();
    let of = |kinds: &[&str], n: usize| {
        fields
            .iter()
            .filter(|field| kinds.contains(&field.kind.as_str()))
            .take(n)
            .copied()
            .collect::<Vec<_>>()
    };
    let chosen = [
        of(&["text", "textarea"], 2),
        of(&["single_sel_list"], 1),
        of(&["checkbox"], 1),
    ]
    .concat();
    if chosen.is_empty() {
        return Err(not_asked("the customer model has no other field than the mark's"));
    }
    Ok(chosen.iter().map(|field| (field.name.clone(), field.nonsense())).collect())
}

fn refuse(visit: &mut Visit, values: &[(String, Value)]) -> Result<Reply, Trouble> {
    let fields: Vec<(&str, Value)> = values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let body = visit.marked(&fields)?;
    Ok(visit.create("customer", &body))
}

fn invalid_value_is_422(visit: &mut Visit) -> Outcome {
    let values = nonsense(visit)?;
    for one in values.chunks(1) {
        refuse(visit, one)?.refused(422, &[one[0].0.as_str()])?;
    }
    Ok(Some(format!("{} fields", values.len())))
}

fn all_invalid_are_named(visit: &mut Visit) -> Outcome {
    let values = nonsense(visit)?;
    if values.len() < 2 {
        return Err(not_asked("the customer model has fewer than two fields to get wrong"));
    }
    let reply = refuse(visit, &values)?;
    let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    reply.refused(422, &names)?;
    Ok(None)
}

fn empty_create_is_422(visit: &mut Visit) -> Outcome {
    let reply = visit.create("customer", &json!({}));
    if reply.is_success() {
        return Err(broken("status 422", reply.came()));
    }
    reply.expect(422)?;
    Ok(None)
}

/// The first e-mail field that was filled, and its value.
pub fn contact(visit: &Visit, format: Format) -> Result<(String, Value), Trouble> {
    let field = visit.customer_model.first(format);
    field
        .and_then(|field| Some((field.name.clone(), visit.sent.get(&field.name)?.clone())))
        .ok_or_else(|| not_asked(format!("the customer has no field that looks like {format:?}")))
}
