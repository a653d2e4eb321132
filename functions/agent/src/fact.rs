//! The labelled facts of a record, in the order of the tenant's data model.

use crm_domain::{
    Attributes, Case, Customer, CustomerKind, FieldDefinition, FieldType, FieldValue, Identifier, LearntAccount, ObjectStructure,
    Role, TenantSettings, User, normal,
};

use crate::{
    network,
    text::{Text, web_link},
};

/// One labelled value.
#[derive(Debug)]
pub struct Fact {
    /// The mark of its network or kind; empty for anything but a contact point.
    pub mark: &'static str,
    /// Its label.
    pub label: Text,
    /// Its value.
    pub value: Text,
    /// How it is known, if nobody entered it.
    pub note: Option<Text>,
    /// The address that it links to, if any.
    pub link: Option<String>,
}

/// Facts that are shown together.
#[derive(Debug)]
pub struct Section {
    /// Their heading.
    pub title: &'static str,
    /// The facts.
    pub facts: Vec<Fact>,
}

/// The place of a field on a page.
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

/// The customer's contact points.
pub fn contact(customer: &Customer, model: &ObjectStructure) -> Option<Section> {
    let contact = section(Place::Contact, customer, model);
    (!contact.facts.is_empty()).then_some(contact)
}

/// The other facts of a customer, without name and address.
pub fn other_than_contact(customer: &Customer, settings: &TenantSettings) -> Vec<Section> {
    let model = &settings.customer_model;
    let [mut references, details] = [Place::References, Place::Details].map(|place| section(place, customer, model));
    let external = customer.external_ids();
    references
        .facts
        .extend(external.map(|external| plain("Id in another system", &external.id)));
    let accounts = Section {
        title: "Seen in conversations",
        facts: customer.accounts().filter_map(account).collect(),
    };
    let mut sections = vec![accounts, of_party(customer, settings), references, details];
    sections.retain(|section| !section.facts.is_empty());
    sections
}

/// An account that was learnt from a conversation: its last handle, and how it is known. It is the CRM's observation, which
/// the words say, so nobody takes it for an entered value.
pub fn account(account: &LearntAccount) -> Option<Fact> {
    let (last, earlier) = account.handles.split_last()?;
    let name = Some(&account.name).filter(|name| !name.is_empty() && **name != last.value);
    let name = name.map_or_else(String::new, |name| format!("{name}, "));
    let seen = format!("seen in case {} since {}", account.case.case_number(), last.first.iso_date());
    let passed_on = if last.counts() { "" } else { "; now somebody else’s" };
    let earlier = earlier.iter().rev();
    let earlier = earlier.map(|handle| format!("; before {} as {}", handle.last.iso_date(), handle.value));
    Some(Fact {
        mark: network::mark(&account.network),
        label: Text::new(network::title(&account.network)),
        value: Text::new(&last.value),
        note: Some(Text::new(&format!("{name}{seen}{passed_on}{}", earlier.collect::<String>()))),
        link: network::profile(&account.network, &normal::handle(&last.value)),
    })
}

/// A customer's kind, department, brand and contact persons. Departments and brands that the tenant has removed stay
/// hidden, and so do values that identify a caller on the telephone.
fn of_party(customer: &Customer, settings: &TenantSettings) -> Section {
    let party = &customer.party;
    let kind = match party.kind {
        CustomerKind::Individual => None,
        CustomerKind::Corporate => Some("Company"),
        CustomerKind::Group => Some("Group"),
    };
    let brand = party.brand.as_ref().and_then(|id| settings.tenant.brands.get(id));
    let department = party.department.as_ref().and_then(|id| settings.tenant.departments.get(id));
    let known = [
        kind.map(|kind| plain("Kind", kind)),
        brand.map(|brand| plain("Brand", &brand.name)),
        department.map(|name| plain("Department", name)),
        party
            .preferred_agent
            .as_ref()
            .map(|agent| plain("Preferred agent", &name_of(agent))),
    ];
    let contacts = party
        .contacts
        .iter()
        .filter_map(|person| Some(plain("Contact", &spoken_name(&customer.attributes_of(person))?)));
    let attributes = party.organisation.iter().chain(&party.attributes);
    let attributes = attributes.filter(|(name, _)| name.as_str() != "pin");
    Section {
        title: "Customer",
        facts: known
            .into_iter()
            .flatten()
            .chain(contacts)
            .chain(attributes.map(|(name, value)| plain(&in_words(name), &in_words(value))))
            .collect(),
    }
}

fn name_of(agent: &User) -> String {
    let parts: Vec<&str> = [&agent.first_name, &agent.last_name]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if parts.is_empty() { agent.id.clone() } else { parts.join(" ") }
}

fn spoken_name(attributes: &Attributes) -> Option<String> {
    let parts = ["salutation", "firstName", "middleName", "lastName"];
    let parts: Vec<&str> = parts
        .iter()
        .filter_map(|part| attributes.get(*part))
        .map(String::as_str)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A readable form of an internal word: `numberOfEmployees` becomes `Number of employees`, `joint_account`
/// `Joint account`.
fn in_words(name: &str) -> String {
    let is_internal = name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_')
        && name.starts_with(|first: char| first.is_ascii_lowercase());
    if !is_internal {
        return name.to_owned();
    }
    let mut words = String::with_capacity(name.len() + 4);
    for (place, letter) in name.chars().enumerate() {
        match letter {
            '_' => words.push(' '),
            capital if capital.is_ascii_uppercase() => {
                words.push(' ');
                words.push(capital.to_ascii_lowercase());
            }
            small if place == 0 => words.push(small.to_ascii_uppercase()),
            small => words.push(small),
        }
    }
    words
}

/// The facts of one place. Values of fields that are no longer in the model stay hidden. Contact points that no field
/// of the model shows, because another API added them, follow at the end.
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

/// The facts of a case: the fields of the model.
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
        note: None,
        link,
    }
}

/// A fact without a link.
pub fn plain(label: &str, value: &str) -> Fact {
    Fact {
        mark: "",
        label: Text::new(label),
        value: Text::new(value),
        note: None,
        link: None,
    }
}

/// The value as agents know it: the name of a list's choice, or yes and no.
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

/// The label of a contact point that no field of the model shows.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_words_are_written_as_people_do() {
        for (name, words) in [
            ("numberOfEmployees", "Number of employees"),
            ("joint_account", "Joint account"),
            ("EUR", "EUR"),
            ("12-40", "12-40"),
        ] {
            assert_eq!(in_words(name), words);
        }
    }
}
