//! Creating, finding and updating cases (contract section 5).

use super::check::{Check, Severity};
use super::customers::{differences, is_link, links_of};
use super::gateway::Reply;
use super::model::Model;
use super::outcome::{Outcome, Trouble, broken, ensure, ensure_none, not_asked};
use super::visit::{Visit, at_once, id_of, lists};
use serde_json::{Map, Value, json};

const NOT_SAVED: &str = "\"try again\" after pressing save, though the fault is not theirs";
const LOST: &str = "a case that is gone, or not what they entered";

/// The life of a case.
pub const CHECKS: &[Check] = &[
    Check {
        id: "case-create",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "creating a case with customerId, custom fields and an interaction is 201 with an object that has an id",
        agent: NOT_SAVED,
        fix: "answer POST /case with 201 and the whole case; id is a non-empty text",
        run: create,
    },
    Check {
        id: "case-members",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "a case has number, customerId, title, description, created, lastUpdated, status and interactions, as sent",
        agent: LOST,
        fix: "answer with all members of the contract; number is a text, status open or closed, interactions an array",
        run: members,
    },
    Check {
        id: "case-custom-fields",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "a case has its custom fields, with the values that were sent",
        agent: LOST,
        fix: "store the fields of the case model and answer with the populated ones, beside the contract's own members",
        run: custom_fields,
    },
    Check {
        id: "case-link",
        section: "3",
        severity: Severity::Failure,
        writes: true,
        rule: "a case has an absolute http(s) link as linkUrl, and url where present is the same",
        agent: "a case without a working link, or two different ones",
        fix: "answer with linkUrl and url, both the address of the page where an agent sees this case",
        run: link,
    },
    Check {
        id: "case-link-names",
        section: "3",
        severity: Severity::Warning,
        writes: true,
        rule: "a case carries its link under both names, url and linkUrl",
        agent: "perhaps no link: the guide reads linkUrl, the reference shows url",
        fix: "send the same address under both names",
        run: link_names,
    },
    Check {
        id: "case-times",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "created and lastUpdated are ISO 8601 in UTC with Z",
        agent: "wrong times, or \"invalid date\"",
        fix: "write times as 2017-08-07T14:09:00Z",
        run: times,
    },
    Check {
        id: "case-times-seconds",
        section: "5",
        severity: Severity::Warning,
        writes: true,
        rule: "times have seconds precision",
        agent: "probably nothing",
        fix: "leave out fractions of a second",
        run: times_to_the_second,
    },
    Check {
        id: "case-lookup",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "a case is found as soon as its creation has been answered, and equals that answer",
        agent: "\"not found\" for the case that they have just created",
        fix: "read the record itself (a consistent read), not a search index or a replica",
        run: lookup,
    },
    Check {
        id: "case-of-customer",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "a customer's cases include a case as soon as its creation has been answered",
        agent: "no case although they have just created one, so they create another",
        fix: "read a customer's cases consistently: write the relation in the transaction that creates the case",
        run: listed_at_once,
    },
    Check {
        id: "case-custom-id",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "the customer reference may be called customId when a case is created",
        agent: NOT_SAVED,
        fix: "accept customId and customerId in requests (customerId wins), and answer with customerId",
        run: create_small,
    },
    Check {
        id: "case-defaults",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "a case that is created without description, status and interactions has \"\", open and []",
        agent: "a case without a status",
        fix: "fill in the defaults when a case is created",
        run: defaults,
    },
    Check {
        id: "case-number",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "two cases have two numbers",
        agent: "two cases that a customer on the telephone cannot tell apart",
        fix: "make the number unique, by a counter or by a condition when it is written",
        run: numbers_differ,
    },
    Check {
        id: "case-none",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "the cases of a customer without any are 200 with []",
        agent: "an error in place of \"no cases\"",
        fix: "answer 200 with an empty array; not 204, not 404",
        run: no_cases_is_empty,
    },
    Check {
        id: "case-unknown",
        section: "5",
        severity: Severity::Failure,
        writes: false,
        rule: "an unknown case, and the cases of an unknown customer, are 404",
        agent: "an empty or strange record in place of \"not found\"",
        fix: "answer 404 with the error body for GET /case/{id} and GET /customer/{id}/cases of an id that does not exist",
        run: unknown_is_404,
    },
    Check {
        id: "case-update-unknown",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "an update of an unknown case is 404",
        agent: "an edit that seems to be saved but is lost",
        fix: "answer 404 and create nothing when PATCH /case/{id} names no case",
        run: update_unknown_is_404,
    },
    Check {
        id: "case-unknown-customer",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "a case of a customer who does not exist is 422 on customerId",
        agent: "a case that belongs to nobody and is never seen again",
        fix: "look up the customer when a case is created, and answer 422 with fields naming customerId",
        run: unknown_customer_is_422,
    },
    Check {
        id: "case-required",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "a case without a title is 422, and title is named",
        agent: "cases without a title in every list",
        fix: "require a title that is not blank",
        run: title_is_required,
    },
    Check {
        id: "case-unknown-field",
        section: "6",
        severity: Severity::Failure,
        writes: true,
        rule: "a field that the case model does not have is 400 and named",
        agent: "a value that is entered and silently lost",
        fix: "answer 400 with fields: [{\"name\", \"errorMessage\"}] for every member that is neither the contract's nor the model's",
        run: unknown_field_is_400,
    },
    Check {
        id: "case-invalid-all",
        section: "6",
        severity: Severity::Failure,
        writes: true,
        rule: "all fields of a case with invalid values are named in one 422",
        agent: "one error per save, again and again",
        fix: "collect the errors of all fields, the contract's own and the model's, before answering 422",
        run: all_invalid_are_named,
    },
    Check {
        id: "case-update",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "an update is 201 with the whole case, and changes only the members in the request",
        agent: NOT_SAVED,
        fix: "answer PATCH /case/{id} with 201 (not 200 or 204) and the case as it is now; leave absent members unchanged",
        run: update,
    },
    Check {
        id: "case-parallel",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "if two agents edit different members of a case at once, both edits are kept",
        agent: "edits that vanish, now and then",
        fix: "write only the members of the request, or make the write conditional on the version that was read and try again",
        run: parallel_updates,
    },
    Check {
        id: "case-move",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "a case moves to another customer and keeps its id",
        agent: "a case in two places, or in none",
        fix: "accept customerId in PATCH /case/{id}; move the relation in the same transaction, keep id, number and history",
        run: moves,
    },
    Check {
        id: "case-close",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "a case is closed, stays visible, and can be opened again",
        agent: "closed cases that can no longer be found",
        fix: "keep closed cases in GET /customer/{id}/cases; accept status open and closed in both directions",
        run: closes_and_opens,
    },
];

/// An interaction like the ones that Khoros sends.
pub fn interaction(visit: &Visit, n: u32, body: &str) -> Value {
    json!({
        "created": format!("2020-02-29T12:00:{:02}Z", n % 60),
        "body": body,
        "linkUrl": format!("https://social.example/{}/status/{n}", visit.mark.handle()),
        "serviceId": format!("{}-{n}", visit.mark.code()),
        "service": "twitter",
        "contentType": "post",
        "author": {
            "service": "twitter", "serviceId": visit.mark.code(), "handle": visit.mark.handle(), "name": visit.mark.text(), "brandOwned": false,
        },
    })
}

fn title(visit: &Visit) -> String {
    format!("{}: a case to look at", visit.mark.text())
}

fn full_body(visit: &Visit, custom: &Map<String, Value>) -> Result<Value, Trouble> {
    let mut body = Map::from_iter([
        ("customerId".to_owned(), json!(visit.customer_id()?)),
        ("title".to_owned(), json!(title(visit))),
        ("description".to_owned(), json!("Made by crm doctor.")),
        (
            "interactions".to_owned(),
            json!([interaction(visit, 1, "Where is my parcel?")]),
        ),
    ]);
    body.extend(custom.clone());
    Ok(Value::Object(body))
}

fn create(visit: &mut Visit) -> Outcome {
    let mut custom = Model::filled(visit.case_model.custom(), &visit.mark);
    let mut reply = visit.create("case", &full_body(visit, &custom)?);
    let disliked = reply.fields_named();
    let can_do_without = matches!(reply.status(), Some(400 | 422)) && disliked.iter().any(|name| custom.contains_key(name));
    if can_do_without {
        custom.retain(|name, _| !disliked.contains(name));
        reply = visit.create("case", &full_body(visit, &custom)?);
    }
    let case = reply.object(201)?;
    ensure(id_of(&case).is_some(), "an id that is a text and can stand in a path", || {
        reply.came()
    })?;
    visit.case = Some(case);
    visit.sent_case = custom;
    Ok(can_do_without.then(|| format!("left out {}, whose values the server refused", disliked.join(", "))))
}

fn created(visit: &Visit) -> Result<&Value, Trouble> {
    visit.case_id()?;
    visit.case.as_ref().ok_or_else(|| not_asked("there is no case"))
}

fn members(visit: &mut Visit) -> Outcome {
    let case = created(visit)?;
    let mut wrong = Vec::new();
    let wanted = [
        ("customerId", json!(visit.customer_id()?)),
        ("title", json!(title(visit))),
        ("description", json!("Made by crm doctor.")),
        ("status", json!("open")),
    ];
    for (name, value) in wanted {
        if case[name] != value {
            wrong.push(format!("{name}: {}, not {value}", case[name]));
        }
    }
    for name in ["number", "created", "lastUpdated"] {
        if case[name].as_str().is_none_or(str::is_empty) {
            wrong.push(format!("{name}: {}, not a text", case[name]));
        }
    }
    if case["interactions"]
        .as_array()
        .is_none_or(|interactions| interactions.len() != 1)
    {
        wrong.push(format!("interactions: {}, not the one that was sent", case["interactions"]));
    }
    ensure_none(&wrong, "every member of the contract, as sent")?;
    Ok(None)
}

fn custom_fields(visit: &mut Visit) -> Outcome {
    let case = created(visit)?;
    let sent = &visit.sent_case;
    if sent.is_empty() {
        return Err(not_asked("the case model has no fields of its own"));
    }
    ensure_none(&differences(sent, case), "every field as sent")?;
    Ok(Some(format!("{} fields", sent.len())))
}

fn link(visit: &mut Visit) -> Outcome {
    let case = created(visit)?;
    let link = case.get("linkUrl").or_else(|| case.get("url")).unwrap_or(&Value::Null);
    let same = case.get("url").is_none_or(|url| url == link);
    ensure(is_link(link) && same, "linkUrl and url, equal, beginning with http", || {
        links_of(case, ["linkUrl", "url"])
    })?;
    Ok(None)
}

fn link_names(visit: &mut Visit) -> Outcome {
    let case = created(visit)?;
    let both = case.get("linkUrl").is_some() && case.get("url").is_some();
    ensure(both, "linkUrl and url", || links_of(case, ["linkUrl", "url"]))?;
    Ok(None)
}

fn all_times(case: &Value) -> Vec<(String, String)> {
    let own = ["created", "lastUpdated"].map(|name| (name.to_owned(), &case[name]));
    let interactions = case["interactions"].as_array().into_iter().flatten();
    let theirs = interactions
        .enumerate()
        .map(|(n, interaction)| (format!("interactions[{n}].created"), &interaction["created"]));
    own.into_iter()
        .chain(theirs)
        .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

/// Whether a text is `2017-08-07T14:09:00Z`, perhaps with a fraction.
fn is_utc_time(text: &str) -> bool {
    let Some(text) = text.strip_suffix('Z') else { return false };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let pattern = "0000-00-00T00:00:00";
    let fits = |(c, p): (char, char)| if p == '0' { c.is_ascii_digit() } else { c == p };
    whole.len() == pattern.len() && whole.chars().zip(pattern.chars()).all(fits) && fraction.chars().all(|c| c.is_ascii_digit())
}

fn times(visit: &mut Visit) -> Outcome {
    let times = all_times(created(visit)?).into_iter().filter(|(_, time)| !is_utc_time(time));
    let wrong: Vec<String> = times.map(|(name, time)| format!("{name}: {time:?}")).collect();
    ensure_none(&wrong, "times like 2017-08-07T14:09:00Z")?;
    Ok(None)
}

fn times_to_the_second(visit: &mut Visit) -> Outcome {
    let times = all_times(created(visit)?).into_iter().filter(|(_, time)| time.contains('.'));
    let wrong: Vec<String> = times.map(|(name, time)| format!("{name}: {time:?}")).collect();
    ensure_none(&wrong, "times like 2017-08-07T14:09:00Z")?;
    Ok(None)
}

fn lookup(visit: &mut Visit) -> Outcome {
    // A case of its own, so that nothing happens between its creation and the read.
    let body = json!({"customerId": visit.customer_id()?, "title": format!("{}: looked up at once", visit.mark.text())});
    let case = visit.create("case", &body).object(201)?;
    let id = id_of(&case).ok_or_else(|| not_asked("the case has no id: see case-create"))?;
    let reply = visit.gateway.get(&format!("/case/{id}"));
    let stored = reply.object(200)?;
    ensure(stored == case, "the object that the creation answered with", || reply.came())?;
    Ok(None)
}

fn listed_at_once(visit: &mut Visit) -> Outcome {
    let customer = visit.customer_id()?;
    let body = json!({"customerId": customer, "title": format!("{}: listed at once", visit.mark.text())});
    let case = visit.create("case", &body).object(201)?;
    let id = id_of(&case).ok_or_else(|| not_asked("the case has no id: see case-create"))?;
    let reply = visit.gateway.get(&format!("/customer/{customer}/cases"));
    let listed = reply.list(200)?;
    ensure(
        listed.contains(&case),
        &format!("200 with case {id}, as its creation showed it"),
        || reply.came(),
    )?;
    Ok(None)
}

fn create_small(visit: &mut Visit) -> Outcome {
    let customer = visit.customer_id()?;
    let body = json!({"customId": customer, "title": format!("{}: only a title", visit.mark.text())});
    let reply = visit.create("case", &body);
    let case = reply.object(201)?;
    ensure(
        case["customerId"] == customer,
        &format!("201 with customerId {customer}"),
        || reply.came(),
    )?;
    visit.small_case = Some(case);
    Ok(None)
}

fn small_case(visit: &Visit) -> Result<&Value, Trouble> {
    visit
        .small_case
        .as_ref()
        .ok_or_else(|| not_asked("needs a case with nothing but a title: see case-custom-id"))
}

fn defaults(visit: &mut Visit) -> Outcome {
    let case = small_case(visit)?;
    let good = case["description"] == "" && case["status"] == "open" && case["interactions"] == json!([]);
    ensure(good, "description \"\", status open, interactions []", || case.to_string())?;
    Ok(None)
}

fn numbers_differ(visit: &mut Visit) -> Outcome {
    let (one, two) = (&created(visit)?["number"], &small_case(visit)?["number"]);
    ensure(one != two, "two numbers", || format!("{one} twice"))?;
    Ok(Some(format!("such as {one}")))
}

fn no_cases_is_empty(visit: &mut Visit) -> Outcome {
    let body = visit.marked(&[])?;
    let customer = visit.create("customer", &body);
    let id = id_of(&customer.json()).filter(|_| customer.is_success());
    let id = id.ok_or_else(|| not_asked("needs a new customer, which could not be made: see customer-create"))?;
    visit.second = Some(customer.json());
    let reply = visit.gateway.get(&format!("/customer/{id}/cases"));
    let cases = reply.list(200)?;
    ensure(cases.is_empty(), "200 with []", || reply.came())?;
    Ok(None)
}

fn unknown_is_404(visit: &mut Visit) -> Outcome {
    let id = visit.mark.unknown_id();
    visit.gateway.get(&format!("/case/{id}")).expect(404)?;
    visit.gateway.get(&format!("/customer/{id}/cases")).expect(404)?;
    Ok(None)
}

fn update_unknown_is_404(visit: &mut Visit) -> Outcome {
    let body = json!({"title": title(visit)});
    let reply = visit.gateway.patch(&format!("/case/{}", visit.mark.unknown_id()), &body);
    visit.remember("case", &reply);
    reply.expect(404)?;
    Ok(None)
}

fn unknown_customer_is_422(visit: &mut Visit) -> Outcome {
    let body = json!({"customerId": visit.mark.unknown_id(), "title": title(visit)});
    let reply = visit.create("case", &body);
    reply.expect(422)?;
    let named = reply.fields_named();
    let good = named.iter().any(|name| name == "customerId" || name == "customId");
    ensure(good, "422 with \"fields\" naming customerId", || reply.came())?;
    Ok(None)
}

fn title_is_required(visit: &mut Visit) -> Outcome {
    let body = json!({"customerId": visit.customer_id()?, "description": visit.mark.text()});
    visit.create("case", &body).refused(422, &["title"])?;
    Ok(None)
}

fn unknown_field_is_400(visit: &mut Visit) -> Outcome {
    let body = json!({"customerId": visit.customer_id()?, "title": title(visit), "crmDoctorUnknown": "x"});
    visit.create("case", &body).refused(400, &["crmDoctorUnknown"])?;
    Ok(None)
}

fn all_invalid_are_named(visit: &mut Visit) -> Outcome {
    let mut body = Map::from_iter([
        ("customerId".to_owned(), json!(visit.customer_id()?)),
        ("title".to_owned(), json!({"not": "a text"})),
        ("status".to_owned(), json!("crm-doctor: no such status")),
    ]);
    for kind in ["single_sel_list", "checkbox"] {
        if let Some(field) = visit.case_model.custom().find(|field| field.kind == kind) {
            body.insert(field.name.clone(), field.nonsense());
        }
    }
    let names: Vec<String> = body.keys().filter(|name| *name != "customerId").cloned().collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    visit.create("case", &Value::Object(body)).refused(422, &names)?;
    Ok(Some(format!("{} fields", names.len())))
}

fn patch(visit: &Visit, body: &Value) -> Result<Reply, Trouble> {
    Ok(visit.gateway.patch(&format!("/case/{}", visit.case_id()?), body))
}

fn update(visit: &mut Visit) -> Outcome {
    let before = visit.stored_case()?;
    let title = format!("{}: a new title", visit.mark.text());
    let reply = patch(visit, &json!({"title": title}))?;
    let after = reply.object(201)?;
    let mut expected = before;
    expected["title"] = json!(title);
    expected["lastUpdated"] = after["lastUpdated"].clone();
    ensure(after == expected, &format!("201 with {expected}"), || reply.came())?;
    let stored = visit.stored_case()?;
    ensure(stored == after, "GET shows what PATCH answered", || stored.to_string())?;
    Ok(None)
}

fn parallel_updates(visit: &mut Visit) -> Outcome {
    const ROUNDS: usize = 4;
    let path = format!("/case/{}", visit.case_id()?);
    let mut wrong = Vec::new();
    for round in 0..ROUNDS {
        let texts = [
            format!("{}: title {round}", visit.mark.text()),
            format!("Description {round}."),
        ];
        let send = |name: &str, text: &str| visit.gateway.patch(&path, &json!({name: text}));
        at_once(|| send("title", &texts[0]), || send("description", &texts[1]));
        let stored = visit.stored_case()?;
        if stored["title"] != texts[0] || stored["description"] != texts[1] {
            wrong.push(format!("title {}, description {}", stored["title"], stored["description"]));
        }
    }
    ensure_none(&wrong, "both values, in every round")?;
    Ok(Some(format!("{ROUNDS} rounds")))
}

fn moves(visit: &mut Visit) -> Outcome {
    let (from, to, case) = (visit.customer_id()?, visit.second_id()?, visit.case_id()?);
    let before = visit.stored_case()?;
    let reply = patch(visit, &json!({"customerId": to}))?;
    let after = reply.object(201)?;
    let itself = ["id", "number", "created", "interactions"]
        .iter()
        .all(|name| after[*name] == before[*name]);
    ensure(
        after["customerId"] == to && itself,
        &format!("201 with customerId {to} and everything else unchanged"),
        || reply.came(),
    )?;
    let old = visit.gateway.get(&format!("/customer/{from}/cases"));
    let new = visit.gateway.get(&format!("/customer/{to}/cases"));
    patch(visit, &json!({"customerId": from}))?;
    ensure(!lists(&old, &case), &format!("the list without case {case}"), || old.came())?;
    ensure(lists(&new, &case), &format!("case {case}"), || new.came())?;
    Ok(None)
}

fn closes_and_opens(visit: &mut Visit) -> Outcome {
    let case = visit.case_id()?;
    let path = format!("/customer/{}/cases", visit.customer_id()?);
    for status in ["closed", "open"] {
        let reply = patch(visit, &json!({"status": status}))?;
        let after = reply.object(201)?;
        ensure(after["status"] == status, &format!("201 with status {status}"), || {
            reply.came()
        })?;
        let listed = visit.gateway.get(&path);
        if !lists(&listed, &case) {
            return Err(broken(
                format!("the {status} case {case} among the customer's"),
                listed.came(),
            ));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_utc_are_told_from_others() {
        for good in ["2017-08-07T14:09:00Z", "2017-08-07T14:09:00.123Z"] {
            assert!(is_utc_time(good), "{good}");
        }
        for bad in [
            "",
            "2017-08-07",
            "2017-08-07T14:09:00",
            "2017-08-07T14:09:00+00:00",
            "2017-08-07 14:09:00Z",
            "1502114940",
        ] {
            assert!(!is_utc_time(bad), "{bad}");
        }
    }
}
