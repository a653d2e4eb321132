//! Records as documents: with everything that is stored of them, for operators and for exports.

use crm_domain::{
    Actor, Case, Change, ContactPerson, Customer, Event, FieldValue, Happening, Identifier, Interaction, LearntAccount,
    LearntHandle, Merged, ObjectStructure, Party, Role, TenantSettings, Timestamp,
    normal::{Region, phone_parts},
};
use crm_store::Entry;
use serde_json::{Map, Value, json};

/// A value of a customer with its label.
pub struct Field {
    /// Its name in JSON.
    pub name: String,
    /// Its label in the model, or its name if the model no longer has it.
    pub label: String,
    /// The stored value.
    pub value: FieldValue,
}

/// Every field with a value, in the model's order, and then those that the model no longer has.
pub fn fields(customer: &Customer, model: &ObjectStructure) -> Vec<Field> {
    let known = model.fields.iter().filter_map(|field| {
        Some(Field {
            name: field.name.clone(),
            label: field.label.clone(),
            value: customer.field(field)?,
        })
    });
    let has_no_field = |role: Role| !model.fields.iter().any(|field| field.role == Some(role));
    let of_roles = customer.profile.iter().filter(|&(&role, _)| has_no_field(role));
    let of_roles = of_roles.map(|(&role, value)| unknown(role.name().to_owned(), FieldValue::Text(value.clone())));
    let others = customer.custom.iter().filter(|(name, _)| model.field(name).is_none());
    let others = others.map(|(name, value)| unknown(name.clone(), value.clone()));
    known.chain(of_roles).chain(others).collect()
}

fn unknown(name: String, value: FieldValue) -> Field {
    Field {
        label: name.clone(),
        name,
        value,
    }
}

/// A customer's record with all its values.
pub fn customer(customer: &Customer, settings: &TenantSettings) -> Value {
    let fields = fields(customer, &settings.customer_model);
    let fields = fields
        .iter()
        .map(|field| json!({"name": field.name, "label": field.label, "value": Value::from(&field.value)}));
    json!({
        "id": customer.id,
        "externalId": customer.external_id.as_ref().map(|external| &external.id),
        "merged": customer.merged.iter().map(merged).collect::<Vec<_>>(),
        "version": customer.version,
        "created": change(&customer.created),
        "updated": change(&customer.updated),
        "fields": fields.collect::<Vec<_>>(),
        "identifiers": customer.identifiers.iter().map(identifier).collect::<Vec<_>>(),
        "accounts": customer.learnt.iter().map(account).collect::<Vec<_>>(),
        "kind": customer.party.kind,
        "department": customer.party.department,
        "brand": customer.party.brand,
        "party": party(customer, settings.default_region),
    })
}

/// An account that was learnt from conversations, removed ones included.
fn account(account: &LearntAccount) -> Value {
    let handle = |handle: &LearntHandle| {
        json!({
            "handle": handle.value,
            "first": handle.first.iso_seconds(),
            "last": handle.last.iso_seconds(),
            "passedOn": handle.passed_on.map(Timestamp::iso_seconds),
        })
    };
    json!({
        "network": account.network,
        "account": account.account,
        "name": account.name,
        "handles": account.handles.iter().map(handle).collect::<Vec<_>>(),
        "case": account.case,
        "removed": account.removed.map(Timestamp::iso_seconds),
    })
}

fn merged(merged: &Merged) -> Value {
    json!({
        "id": merged.id,
        "receipt": merged.receipt,
        "at": merged.at.iso_seconds(),
        "externalId": merged.external_id.as_ref().map(|external| &external.id),
    })
}

/// The members of a customer's line that the data model does not have, and that only JSONL can hold.
pub fn party(customer: &Customer, region: Region) -> Map<String, Value> {
    let Party {
        organisation,
        attributes,
        preferred_agent,
        contacts,
        ..
    } = &customer.party;
    let contacts: Vec<Value> = contacts.iter().map(|person| contact(person, customer, region)).collect();
    let members = [
        ("organisation", (!organisation.is_empty()).then(|| json!(organisation))),
        ("attributes", (!attributes.is_empty()).then(|| json!(attributes))),
        ("preferredAgent", preferred_agent.as_ref().map(|agent| json!(agent))),
        ("contacts", (!contacts.is_empty()).then(|| json!(contacts))),
    ];
    let members = members.into_iter();
    members.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// A contact person with its contact points, as an import reads it.
fn contact(person: &ContactPerson, customer: &Customer, region: Region) -> Value {
    let mut members = Map::from_iter([("id".to_owned(), person.id.to_string().into())]);
    members.extend(
        person
            .attributes
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into())),
    );
    members.insert("lastModified".to_owned(), person.changed.iso_milliseconds().into());
    for (name, value) in [("custom", json!(person.custom)), ("postal", json!(person.postal))] {
        if value != json!({}) && value != json!([]) {
            members.insert(name.to_owned(), value);
        }
    }
    for (list, role) in [
        ("email", Role::Email),
        ("phone", Role::Phone),
        ("website", Role::ProfileUrl),
        ("social", Role::Handle),
    ] {
        let own = customer.identifiers_of(role).filter(|one| one.contact == Some(person.id));
        let points: Vec<Value> = own.map(|one| contact_point(one, region)).collect();
        if !points.is_empty() {
            members.insert(list.to_owned(), points.into());
        }
    }
    members.into()
}

fn contact_point(one: &Identifier, region: Region) -> Value {
    let mut members: Map<String, Value> = Map::new();
    members.extend(
        one.attributes
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into())),
    );
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value.into());
        }
    };
    match one.role {
        Role::Phone => {
            let parts = phone_parts(&one.value, region);
            add("countryCode", parts.country_code.as_deref());
            add("areaCode", parts.area_code.as_deref());
            add("phoneNo", Some(&parts.number));
            add("extension", parts.extension.as_deref());
        }
        Role::Handle => {
            add("type", one.network.as_deref());
            add("socialId", Some(&one.value));
        }
        Role::ProfileUrl => add("url", Some(&one.value)),
        _ => add("emailAddress", Some(&one.value)),
    }
    members.into()
}

/// An event of a timeline, as an import reads it.
pub fn event(event: &Event) -> Value {
    let mut members = match &event.what {
        Happening::Activity(activity) => json!(activity),
        Happening::External(external) => json!(external),
    };
    members["id"] = json!(event.id);
    members["at"] = event.at.iso_milliseconds().into();
    members
}

fn identifier(identifier: &Identifier) -> Value {
    json!({
        "role": identifier.role,
        "value": identifier.value,
        "normal": identifier.normal,
        "network": identifier.network,
        "field": identifier.field,
        "since": identifier.added.iso_seconds(),
    })
}

/// A case without its interactions.
pub fn case(case: &Case) -> Value {
    let fields: Map<String, Value> = case.custom.iter().map(|(name, value)| (name.clone(), value.into())).collect();
    json!({
        "id": case.id,
        "externalId": case.external_id.as_ref().map(|external| &external.id),
        "number": case.id.case_number(),
        "status": case.status.name(),
        "title": case.title,
        "description": case.description,
        "version": case.version,
        "created": change(&case.created),
        "updated": change(&case.updated),
        "fields": fields,
    })
}

/// An interaction.
pub fn interaction(interaction: &Interaction) -> Value {
    let author = interaction.author.as_ref().map(|author| {
        json!({
            "service": author.service,
            "serviceId": author.service_id,
            "handle": author.handle,
            "name": author.name,
            "brandOwned": author.brand_owned,
        })
    });
    json!({
        "service": interaction.service,
        "serviceId": interaction.service_id,
        "created": interaction.created.iso_seconds(),
        "added": interaction.added.at.iso_seconds(),
        "contentType": interaction.content_type,
        "linkUrl": interaction.link_url,
        "body": interaction.body,
        "author": author,
    })
}

/// An entry of a history.
pub fn entry(entry: &Entry) -> Value {
    json!({
        "at": entry.at.iso_seconds(),
        "by": actor(&entry.by),
        "operation": entry.operation,
        "fields": entry.fields,
        "interactions": entry.interactions,
    })
}

/// The time and the actor of a change.
pub fn change(change: &Change) -> Value {
    json!({"at": change.at.iso_seconds(), "by": actor(&change.by)})
}

fn actor(actor: &Actor) -> Value {
    let mut members = json!({"agent": actor.agent, "initiative": actor.initiative, "company": actor.company});
    if let Some(user) = &actor.user {
        members["user"] = json!(user);
    }
    members
}

#[cfg(test)]
mod tests {
    use crm_domain::{CustomerId, Timestamp};

    use super::*;

    #[test]
    fn fields_that_the_model_does_not_have_are_shown_by_name() {
        let change = Change {
            at: Timestamp::from_milliseconds(0),
            by: Actor::default(),
        };
        let mut customer = Customer::new(CustomerId::NOBODY, change);
        customer.profile = [(Role::City, "Paris".to_owned()), (Role::LastName, "Doe".to_owned())].into();
        customer.custom = [("tier".to_owned(), FieldValue::Text("gold".to_owned()))].into();
        let mut model = ObjectStructure::default_customer();
        model.fields.retain(|field| field.name != "city");
        let shown: Vec<(String, String)> = fields(&customer, &model)
            .into_iter()
            .map(|field| (field.label, field.value.as_text().to_owned()))
            .collect();
        let wanted = [("Last name", "Doe"), ("city", "Paris"), ("tier", "gold")];
        assert_eq!(shown, wanted.map(|(label, value)| (label.to_owned(), value.to_owned())));
    }
}
