//! What is known of a record, under labels: the tenant's own, in the order of its data model.

use shared::domain::{Case, Customer, FieldDefinition, FieldType, FieldValue, Identifier, ObjectStructure, Role};

use crate::{
    network,
    text::{Text, web_link},
};

/// One thing that is known.
#[derive(Debug)]
pub struct Fact {
    /// What it is a mark of; empty for what is no contact point.
    pub mark: &'static str,
    /// What it is.
    pub label: Text,
    /// The thing.
    pub value: Text,
    /// Where it leads.
    pub link: Option<String>,
}

/// Facts that belong together.
#[derive(Debug)]
pub struct Section {
    /// What they are about.
    pub title: &'static str,
    /// The facts.
    pub facts: Vec<Fact>,
}

/// Where a field belongs on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Contact,
    References,
    Details,
    /// In the heading, or among the lines of the address.
    Elsewhere,
}

impl Place {
    fn of(role: Option<Role>) -> Self {
        match role {
            None => Self::Details,
            Some(Role::Email | Role::Phone | Role::Handle | Role::ProfileUrl) => Self::Contact,
            Some(Role::AccountNumber | Role::OrderNumber | Role::CaseNumber) => Self::References,
            Some(_) => Self::Elsewhere,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Contact => "Contact",
            Self::References => "References",
            Self::Details | Self::Elsewhere => "Details",
        }
    }
}

/// How to reach a customer, if that is known.
pub fn contact(customer: &Customer, model: &ObjectStructure) -> Option<Section> {
    let contact = section(Place::Contact, customer, model);
    (!contact.facts.is_empty()).then_some(contact)
}

/// What else is known of a customer, beside name and address.
pub fn other_than_contact(customer: &Customer, model: &ObjectStructure) -> Vec<Section> {
    let [mut references, details] = [Place::References, Place::Details].map(|place| section(place, customer, model));
    let external = customer.external_id.iter();
    references
        .facts
        .extend(external.map(|external| plain("Id in another system", &external.id)));
    let mut sections = vec![references, details];
    sections.retain(|section| !section.facts.is_empty());
    sections
}

/// What belongs in one place. Values of fields that the model has no more stay hidden; contact points that another API brought, and
/// no field of the model shows, follow at the end.
fn section(place: Place, customer: &Customer, model: &ObjectStructure) -> Section {
    let fields = model.fields.iter().filter(|field| Place::of(field.role) == place);
    let shown = fields.filter_map(|field| Some(field_fact(field, &customer.field(field)?, customer)));
    let unbound = customer.identifiers.iter().filter(|one| one.field.is_none());
    let unbound = unbound.filter(|one| Place::of(Some(one.role)) == place).map(identifier_fact);
    Section {
        title: place.title(),
        facts: shown.chain(unbound).collect(),
    }
}

/// What is known of a case by the fields of the model.
pub fn of_case(case: &Case, model: &ObjectStructure) -> Vec<Fact> {
    let shown = |field: &FieldDefinition| Some(plain(&field.label, &readable(field, case.custom.get(&field.name)?)));
    model.fields.iter().filter_map(shown).collect()
}

fn field_fact(field: &FieldDefinition, value: &FieldValue, customer: &Customer) -> Fact {
    let bound = || {
        customer
            .identifiers
            .iter()
            .find(|one| one.field.as_deref() == Some(&field.name))
    };
    match bound() {
        Some(identifier) => Fact {
            label: Text::new(&field.label),
            ..identifier_fact(identifier)
        },
        None => plain(&field.label, &readable(field, value)),
    }
}

fn identifier_fact(identifier: &Identifier) -> Fact {
    let network = identifier.network.as_deref();
    let (mark, link) = match identifier.role {
        Role::Handle => (
            network.map_or("@", network::mark),
            network.and_then(|network| network::profile(network, &identifier.normal)),
        ),
        Role::ProfileUrl => (network::mark_of(identifier.role), web_link(&identifier.value)),
        role if Place::of(Some(role)) == Place::Contact => (network::mark_of(role), None),
        _ => ("", None),
    };
    Fact {
        mark,
        label: Text::new(role_label(identifier.role)),
        value: Text::new(&identifier.value),
        link,
    }
}

/// A fact that leads nowhere.
pub fn plain(label: &str, value: &str) -> Fact {
    Fact {
        mark: "",
        label: Text::new(label),
        value: Text::new(value),
        link: None,
    }
}

/// A value as agents know it: the name of what they chose from a list, yes or no.
fn readable(field: &FieldDefinition, value: &FieldValue) -> String {
    let chosen = || field.list_values.iter().find(|choice| choice.value == value.as_text());
    match value {
        FieldValue::Flag(true) => "Yes".to_owned(),
        FieldValue::Flag(false) => "No".to_owned(),
        FieldValue::Text(text) if field.field_type == FieldType::SingleSelList => {
            chosen().map_or_else(|| text.clone(), |choice| choice.name.clone())
        }
        FieldValue::Text(text) => text.clone(),
    }
}

/// What a contact point is called that no field of the model shows.
fn role_label(role: Role) -> &'static str {
    match role {
        Role::Email => "E-mail",
        Role::Phone => "Phone",
        Role::Handle => "Handle",
        Role::ProfileUrl => "Profile",
        Role::AccountNumber => "Account number",
        Role::OrderNumber => "Order number",
        Role::CaseNumber => "Case number",
        other => other.name(),
    }
}
