//! eGain's JSON of a customer (contract section 4). Absent data are left out. The order of members matters, since XML
//! keeps it.

use std::collections::BTreeMap;

use crm_domain::{
    Actor, Attributes, Change, ContactPerson, Customer, CustomerKind, FieldDefinition, Identifier, Role, TenantSettings, User,
    attribute::{self, Attribute, Form, PRIORITY},
    contact_point,
    normal::phone_parts,
    question::social_id,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::{language::Language, parameters::Selection, rules};

/// The characters that links do not percent-encode. Inferred: everything else is encoded, so that a link can be
/// followed as it is.
const LITERAL: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'$')
    .remove(b',')
    .remove(b':')
    .remove(b'@')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~');

/// How to show customers.
pub struct View<'request> {
    /// The tenant's settings.
    pub settings: &'request TenantSettings,
    /// The language of labels.
    pub language: Language,
    /// The attributes to show beside the summary.
    pub selection: &'request Selection,
    /// Whether the caller is the customer.
    pub is_own: bool,
}

/// A link.
pub fn link(rel: &str, href: &str) -> Value {
    json!({"rel": rel, "href": href})
}

/// The link that repeats a request, its parameters sorted by name. Documented by example.
pub fn request_link(parameters: &BTreeMap<String, String>) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, LITERAL).to_string();
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    format!("{}?{}", rules::PATH, pairs.join("&"))
}

/// The members of an object, in the order in which they are added. Absent values are left out.
#[derive(Default)]
struct Members(Map<String, Value>);

impl Members {
    fn add(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        let is_absent = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        if !is_absent {
            self.0.insert(name.to_owned(), value);
        }
    }

    fn into_value(self) -> Value {
        self.0.into()
    }
}

/// A customer.
pub fn customer(customer: &Customer, view: &View<'_>) -> Value {
    let id = customer.id.number().to_string();
    let (own, cases) = if view.is_own {
        (rules::OWN_PATH.to_owned(), rules::CASES_PATH.to_owned())
    } else {
        (
            format!("{}/{id}", rules::PATH),
            format!("{}?customer={id}", rules::CASES_PATH),
        )
    };
    let party = &customer.party;
    let shown = |name: &str| view.selection.has(name) && may_see(name, view);
    let attributes = |name: &str| {
        let of_this = |attribute: &&Attribute| attribute.name == name && shown(name);
        let attribute = attribute::CUSTOMER.iter().find(of_this)?;
        written(attribute, name, &party.attributes, view.language)
    };
    let mut wire = Members::default();
    wire.add("link", vec![link("self", &own)]);
    wire.add("cases", json!({"link": [link("case", &cases)]}));
    wire.add("customerName", customer.whole_name());
    wire.add("department", department(customer, view));
    wire.add("type", kind(customer, view.language));
    wire.add("level", attributes("level"));
    if shown("preferredAgent") {
        wire.add("preferredAgent", party.preferred_agent.as_ref().map(user));
    }
    wire.add("role", attributes("role"));
    wire.add("pin", attributes("pin"));
    wire.add("howReferred", attributes("howReferred"));
    if shown("created") {
        wire.add("created", customer.created.at.iso_milliseconds());
    }
    if shown("createdBy") {
        wire.add("createdBy", author(&customer.created));
    }
    wire.add("lastModified", customer.updated.at.iso_milliseconds());
    for name in ["industry", "marketSegment", "entitlements"] {
        wire.add(name, attributes(name));
    }
    wire.add("customAttributes", custom_attributes(custom(customer, view)));
    wire.add("contacts", json!({"contact": contacts(customer, view)}));
    if !view.is_own {
        wire.add("notes", vec![link("note", &format!("{}/{id}/notes", rules::PATH))]);
    }
    wire.add("id", id);
    wire.into_value()
}

/// Whether the caller may see an attribute. Documented: `all` shows customers only what they may also name.
fn may_see(name: &str, view: &View<'_>) -> bool {
    !view.is_own || rules::OWN_ATTRIBUTES.contains(&name)
}

fn department(customer: &Customer, view: &View<'_>) -> Option<Value> {
    let id = customer
        .party
        .department
        .as_ref()
        .filter(|_| view.settings.tenant.departmentalized)?;
    let name = view.settings.tenant.departments.get(id)?;
    Some(json!({"name": name, "id": id}))
}

fn kind(customer: &Customer, language: Language) -> Value {
    let kind = customer.party.kind;
    let mut wire = word("kind", kind.name(), language);
    if kind != CustomerKind::Individual {
        let namespace = |name: &str| if name == "type" { "group".to_owned() } else { name.to_owned() };
        let facts = attributes(kind.attributes(), namespace, &customer.party.organisation, language);
        if !facts.is_empty() {
            wire[kind.name()] = facts.into();
        }
    }
    wire
}

/// An internal word and its label, if it has one.
fn word(namespace: &str, word: &str, language: Language) -> Value {
    let mut wire = json!({"value": word});
    if let Some(label) = language.label(namespace, word) {
        wire["displayValue"] = label.into();
    }
    wire
}

/// The attributes of a table that have values, in its order.
fn attributes<'table>(
    table: impl IntoIterator<Item = &'table Attribute>,
    namespace: impl Fn(&str) -> String,
    values: &Attributes,
    language: Language,
) -> Map<String, Value> {
    let each = table.into_iter().filter_map(|attribute| {
        let value = written(attribute, &namespace(attribute.name), values, language)?;
        Some((attribute.name.to_owned(), value))
    });
    each.collect()
}

fn written(attribute: &Attribute, namespace: &str, values: &Attributes, language: Language) -> Option<Value> {
    let value = values.get(attribute.name)?;
    Some(match attribute.form {
        // The words "true" and "false" have no label.
        Form::Word(words) if words == ["true", "false"] => value.as_str().into(),
        Form::Word(_) | Form::OpenWord(_) => word(namespace, value, language),
        Form::Text(_) => value.as_str().into(),
        Form::Flag => (value == "true").into(),
        Form::Whole(_) => value.parse::<u32>().ok().into(),
    })
}

fn user(user: &User) -> Value {
    let mut wire = Members::default();
    wire.add("firstName", user.first_name.clone());
    wire.add("lastName", user.last_name.clone());
    wire.add("id", user.id.as_str());
    json!({"user": wire.into_value()})
}

/// Who created a customer: the user of the system that it was imported from, otherwise the agent, by their address.
/// The second is inferred.
fn author(change: &Change) -> Option<Value> {
    let Actor { agent, user: from, .. } = &change.by;
    let of_agent = || {
        agent.as_ref().map(|agent| {
            user(&User {
                id: agent.clone(),
                ..User::default()
            })
        })
    };
    from.as_ref().map(user).or_else(of_agent)
}

/// The customer's custom attributes to show: name, value, and the value's label if it has one.
fn custom(customer: &Customer, view: &View<'_>) -> Vec<(String, String, Option<String>)> {
    let fields = view.settings.customer_model.fields.iter();
    let shown = fields.filter(|field| is_custom(field) && view.selection.has_custom(&field.name));
    let values = shown.filter_map(|field| {
        let value = customer.field(field)?.as_text().to_owned();
        let choice = field.list_values.iter().find(|choice| choice.value == value);
        Some((field.name.clone(), value, choice.map(|choice| choice.name.clone())))
    });
    values.collect()
}

/// Whether a field is a custom attribute. Inferred: it is, if the answer does not show it elsewhere.
fn is_custom(field: &FieldDefinition) -> bool {
    matches!(
        field.role,
        None | Some(Role::AccountNumber | Role::OrderNumber | Role::CaseNumber)
    )
}

fn custom_attributes(values: Vec<(String, String, Option<String>)>) -> Option<Value> {
    let each = values.into_iter().map(|(name, value, label)| {
        let mut wire = json!({"value": value});
        if let Some(label) = label {
            wire["displayValue"] = label.into();
        }
        json!({"attribName": name, "attribValues": {"attribValue": [wire]}})
    });
    let each: Vec<Value> = each.collect();
    (!each.is_empty()).then(|| json!({"customAttribute": each}))
}

/// A contact of an answer: a contact person, or a substitute for one.
struct Contact<'customer> {
    person: ContactPerson,
    points: Vec<&'customer Identifier>,
    is_system: bool,
}

/// The contacts of a customer. A company or group has a system contact. A customer without contact persons, such as
/// one that Khoros created, has one contact with the customer's own names, address and contact points.
fn contacts(customer: &Customer, view: &View<'_>) -> Vec<Value> {
    let persons = &customer.party.contacts;
    let is_organisation = customer.party.kind != CustomerKind::Individual;
    let mut shown = Vec::new();
    if is_organisation && !view.is_own {
        shown.push(system_contact(customer, persons.is_empty()));
    }
    if persons.is_empty() && (!is_organisation || view.is_own) {
        shown.push(Contact {
            person: as_person(customer, contact_point::number(customer.id, &["contact"])),
            points: customer.identifiers.iter().collect(),
            is_system: false,
        });
    }
    for (place, person) in persons.iter().enumerate() {
        // Contact points that belong to no person are shown with the first one.
        let is_theirs = |one: &&Identifier| one.contact == Some(person.id) || (place == 0 && one.contact.is_none());
        shown.push(Contact {
            person: ContactPerson {
                attributes: customer.attributes_of(person),
                ..person.clone()
            },
            points: customer.identifiers.iter().filter(is_theirs).collect(),
            is_system: false,
        });
    }
    shown.iter().map(|one| contact(one, customer, view)).collect()
}

fn system_contact(customer: &Customer, has_points: bool) -> Contact<'_> {
    let id = contact_point::number(customer.id, &["system contact"]);
    let number = customer.id.number();
    let mut person = as_person(customer, id);
    person.changed = customer.created.at;
    person.attributes = [
        ("firstName", rules::system_contact_name(number)),
        ("loginId", rules::system_contact_login(number)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let points = customer.identifiers.iter().filter(|_| has_points).collect();
    if !has_points {
        person.postal.clear();
    }
    Contact {
        person,
        points,
        is_system: true,
    }
}

/// A contact person made of the customer's own names and address.
fn as_person(customer: &Customer, id: u64) -> ContactPerson {
    let of = |roles: &[(&str, Role)]| -> Attributes {
        let values = roles
            .iter()
            .filter_map(|(name, role)| Some(((*name).to_owned(), customer.profile.get(role)?.clone())));
        values.collect()
    };
    let (first, last) = customer.name_parts();
    let names = [("firstName", first), ("lastName", last)].into_iter();
    let names = names.filter(|(_, name)| !name.is_empty());
    let names = names.map(|(attribute, name)| (attribute.to_owned(), name.to_owned()));
    let postal = of(&[
        ("address_1", Role::StreetOne),
        ("address_2", Role::StreetTwo),
        ("city", Role::City),
        ("state", Role::State),
        ("zip", Role::Zip),
    ]);
    ContactPerson {
        id,
        attributes: names.collect(),
        custom: BTreeMap::new(),
        postal: Some(postal).filter(|postal| !postal.is_empty()).into_iter().collect(),
        changed: customer.updated.at,
    }
}

/// Where an attribute of a contact person stands in an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ContactPart {
    /// First, in every answer.
    Summary,
    /// After the summary, in a complete answer.
    Details,
    /// After the contact points, in a complete answer: the person's ids in other systems.
    External,
}

impl ContactPart {
    fn of(attribute: &str) -> Self {
        match attribute {
            "salutation" | "firstName" | "middleName" | "lastName" | "loginId" => Self::Summary,
            "externalId" => Self::External,
            _ => Self::Details,
        }
    }
}

fn contact(one: &Contact<'_>, customer: &Customer, view: &View<'_>) -> Value {
    let person = &one.person;
    let is_all = view.selection.is_all();
    let in_part = |part: ContactPart, namespace: fn(&str) -> String| {
        let table = attribute::CONTACT.iter();
        let table = table.filter(|attribute| ContactPart::of(attribute.name) == part);
        attributes(table, namespace, &person.attributes, view.language)
    };
    let mut wire = Members::default();
    if !view.is_own {
        wire.add("systemCreated", one.is_system);
    }
    let mut summary = in_part(ContactPart::Summary, str::to_owned);
    if view.is_own {
        // Documented by example: customers see their own first and last name, and no login.
        summary.retain(|name, _| matches!(name.as_str(), "firstName" | "lastName") || is_all && name != "loginId");
    } else {
        summary
            .entry("loginId")
            .or_insert_with(|| rules::contact_login(person.id).into());
    }
    wire.0.extend(summary);
    wire.add("lastModified", person.changed.iso_milliseconds());
    if is_all {
        let of_contact = |name: &str| {
            if name == "type" {
                "contact".to_owned()
            } else {
                name.to_owned()
            }
        };
        wire.0.extend(in_part(ContactPart::Details, of_contact));
        let custom = person.custom.iter().map(|(name, value)| (name.clone(), value.clone(), None));
        wire.add("customAttributes", custom_attributes(custom.collect()));
    }
    let of_role = |role| one.points.iter().filter(move |point| point.role == role);
    let points = |role| -> Vec<Value> { of_role(role).map(|point| channel(point, customer, view)).collect() };
    wire.add("email", points(Role::Email));
    wire.add("postal", postal(person, customer, view));
    wire.add("phone", points(Role::Phone));
    wire.add("website", points(Role::ProfileUrl));
    wire.add("social", points(Role::Handle));
    if is_all {
        wire.0.extend(in_part(ContactPart::External, str::to_owned));
    }
    wire.add("id", person.id.to_string());
    if view.is_own {
        wire.add("self", "yes");
    }
    wire.into_value()
}

fn postal(person: &ContactPerson, customer: &Customer, view: &View<'_>) -> Vec<Value> {
    let address = |(place, address): (usize, &Attributes)| {
        let of_postal = |name: &str| {
            if name == "type" {
                "postal".to_owned()
            } else {
                name.to_owned()
            }
        };
        let mut wire = attributes(attribute::POSTAL, of_postal, address, view.language);
        let id = contact_point::number(customer.id, &["postal", &person.id.to_string(), &place.to_string()]);
        wire.insert("lastModified".to_owned(), person.changed.iso_milliseconds().into());
        wire.insert("id".to_owned(), id.to_string().into());
        Value::from(wire)
    };
    person.postal.iter().enumerate().map(address).collect()
}

/// A contact point as an element of its channel array.
fn channel(point: &Identifier, customer: &Customer, view: &View<'_>) -> Value {
    let language = view.language;
    let mut wire = Members::default();
    let known = |name: &str, namespace: &str| {
        let value = point.attributes.get(name)?;
        Some(word(namespace, value, language))
    };
    match point.role {
        Role::Phone => {
            let parts = phone_parts(&point.value, view.settings.default_region);
            wire.add("type", known("type", "phone"));
            wire.add("phoneNo", parts.number);
            wire.add("countryCode", parts.country_code);
            wire.add("areaCode", parts.area_code);
            wire.add("extension", parts.extension);
            let mut availability = Members::default();
            availability.add("days", known("days", "days"));
            availability.add("times", known("times", "times"));
            wire.add("availability", availability.into_value());
        }
        Role::Handle => {
            let network = point.network.as_deref().unwrap_or_default();
            let shown = if rules::SOCIAL_TYPES.contains(&network) {
                network
            } else {
                "other"
            };
            wire.add("type", word("social", shown, language));
            wire.add("socialId", social_id(&point.value));
        }
        Role::ProfileUrl => {
            wire.add("url", point.value.as_str());
            wire.add("websiteType", known("websiteType", "website"));
        }
        _ => wire.add("emailAddress", point.value.trim()),
    }
    wire.add("lastModified", point.added.iso_milliseconds());
    if view.selection.is_all() {
        wire.add("priority", known(PRIORITY.name, PRIORITY.name));
    }
    wire.add("id", point.number(customer.id).to_string());
    wire.into_value()
}
