//! The kind of customer, the contact persons and the timeline in a row.

use std::collections::BTreeMap;

use crm_domain::{
    Activity, Attributes, ContactPerson, Customer, CustomerId, CustomerKind, Event, EventId, Happening, Identifier, Medium, Mode,
    NewContact, NewContactPoint, Role, TenantSettings, Timestamp, User,
    attribute::{self, Attribute, PRIORITY},
    contact_point,
    event::External,
    model::{TEXT_LENGTH, TEXTAREA_LENGTH, check_length, json_type},
    normal::{PhoneParts, Region, check_email, check_phone, check_web_address},
    size::stored_size,
};
use crm_service::json::{LINK_LENGTH, Mistakes};
use crm_store::{MOST_EVENT_BYTES, MOST_EVENTS};
use serde_json::{Map, Value};

use super::{
    reading::text,
    words::{self, Words},
};
use crate::columns::{ATTRIBUTES, BRAND, CONTACTS, DEPARTMENT, EVENTS, KIND, ORGANISATION, PREFERRED_AGENT};

/// The largest number of contact persons of a customer, and of contact points of one of them.
const MOST_CONTACTS: usize = 50;
const MOST_POINTS: usize = 50;

/// The content of a row. Absent parts stay unchanged.
#[derive(Debug, Default)]
pub struct PartyRow {
    kind: Option<CustomerKind>,
    organisation: Option<Value>,
    attributes: Option<Attributes>,
    department: Option<String>,
    /// The brand's id.
    pub brand: Option<String>,
    preferred_agent: Option<User>,
    contacts: Option<Vec<Value>>,
    events: Vec<Value>,
}

/// Takes these columns out of a row. Parts that depend on the customer are read later.
pub fn read(values: &mut Map<String, Value>, settings: &TenantSettings, mistakes: &mut Mistakes) -> PartyRow {
    let departments = settings
        .tenant
        .departments
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str()));
    let department = one_of(values, DEPARTMENT, departments, mistakes);
    let brands = settings
        .tenant
        .brands
        .iter()
        .map(|(id, brand)| (id.as_str(), brand.name.as_str()));
    let brand = one_of(values, BRAND, brands, mistakes);
    let kind = text(values, KIND, mistakes).and_then(|name| {
        let read = Words::new(CustomerKind::ALL.map(CustomerKind::name)).read(&name);
        mistakes.note(KIND, read).and_then(CustomerKind::parse)
    });
    let attributes = values.remove(ATTRIBUTES).and_then(|value| {
        let mut object = RowObject::open(ATTRIBUTES.to_owned(), value, mistakes)?;
        let read = object.attributes(attribute::CUSTOMER);
        object.close();
        Some(read)
    });
    PartyRow {
        kind,
        organisation: values.remove(ORGANISATION),
        attributes,
        department,
        brand,
        preferred_agent: preferred_agent(values, mistakes),
        contacts: list(values, CONTACTS, MOST_CONTACTS, mistakes),
        events: list(values, EVENTS, MOST_EVENTS, mistakes).unwrap_or_default(),
    }
}

/// The id of the tenant's department or brand that a row names.
fn one_of<'settings>(
    values: &mut Map<String, Value>,
    what: &'static str,
    known: impl Iterator<Item = (&'settings str, &'settings str)>,
    mistakes: &mut Mistakes,
) -> Option<String> {
    let name = text(values, what, mistakes)?;
    let mut known = known.peekable();
    let read = if known.peek().is_some() {
        Words::named(known).read(&name).map(str::to_owned)
    } else {
        Err(format!(
            "must be a {what} of the tenant, but there is none: `crm tenant set --{what} 1=Name` adds one"
        ))
    };
    mistakes.note(what, read)
}

fn preferred_agent(values: &mut Map<String, Value>, mistakes: &mut Mistakes) -> Option<User> {
    let value = values.remove(PREFERRED_AGENT).filter(|value| !value.is_null())?;
    let read = serde_json::from_value(value).map_err(|_| "must be an object of id, firstName and lastName".to_owned());
    let read = read.and_then(|agent: User| agent.check().map(|()| agent));
    mistakes.note(PREFERRED_AGENT, read)
}

fn list(values: &mut Map<String, Value>, name: &'static str, most: usize, mistakes: &mut Mistakes) -> Option<Vec<Value>> {
    match values.remove(name)? {
        Value::Null => Some(Vec::new()),
        Value::Array(list) if list.len() <= most => Some(list),
        Value::Array(_) => {
            mistakes.invalid(name, format!("must have at most {most} elements in one row"));
            None
        }
        other => {
            mistakes.invalid(name, format!("must be a list, not {}", json_type(&other)));
            None
        }
    }
}

impl PartyRow {
    /// Whether the row has contact persons.
    pub fn has_contacts(&self) -> bool {
        self.contacts.is_some()
    }

    /// Applies the row to the customer. A row with our own id (`is_ours`) may have a network that an export wrote and that is no longer
    /// known.
    pub fn apply(self, customer: &mut Customer, settings: &TenantSettings, now: Timestamp, is_ours: bool, mistakes: &mut Mistakes) {
        if let Some(kind) = self.kind {
            customer.set_kind(kind);
        }
        let party = &mut customer.party;
        if let Some(value) = self.organisation
            && let Some(mut object) = RowObject::open(ORGANISATION.to_owned(), value, mistakes)
        {
            party.organisation = object.attributes(party.kind.attributes());
            object.close();
        }
        if let Some(attributes) = self.attributes {
            party.attributes = attributes;
        }
        party.department = self.department.or(party.department.take());
        party.brand = self.brand.or(party.brand.take());
        party.preferred_agent = self.preferred_agent.or(party.preferred_agent.take());
        if let Some(contacts) = self.contacts {
            let reader = Contacts {
                customer: customer.id,
                settings,
                now,
                is_ours,
            };
            let mut read: Vec<NewContact> = Vec::with_capacity(contacts.len());
            for (at, value) in contacts.into_iter().enumerate() {
                let Some(contact) = reader.contact(at, value, mistakes) else {
                    continue;
                };
                if read.iter().any(|other| other.person.id == contact.person.id) {
                    mistakes.invalid(format!("{CONTACTS}[{at}].id"), "is that of an earlier contact of this row");
                }
                read.push(contact);
            }
            customer.set_contacts(read, &settings.customer_model, settings.default_region, now);
        }
    }

    /// The row's events. Duplicates count once: events are identified by their content, or by their ids if they have them.
    pub fn events(&self, customer: CustomerId, mistakes: &mut Mistakes) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::with_capacity(self.events.len());
        for (at, value) in self.events.iter().cloned().enumerate() {
            let Some(event) = event(customer, at, value, mistakes) else {
                continue;
            };
            match events.iter().find(|earlier| earlier.id == event.id) {
                None => events.push(event),
                Some(earlier) if *earlier == event => {}
                Some(_) => mistakes.invalid(format!("{EVENTS}[{at}].id"), "is that of another event of this row"),
            }
        }
        if events.iter().map(stored_size).sum::<usize>() > MOST_EVENT_BYTES {
            mistakes.invalid(EVENTS, format!("must have at most {MOST_EVENT_BYTES} bytes in one row"));
        }
        events
    }
}

/// Keeps the time of change of contact persons about whom a row says nothing new.
pub fn keep_times(customer: &mut Customer, before: &Customer, now: Timestamp) {
    let points = |customer: &Customer, id: u64| -> Vec<Identifier> {
        let own = customer.identifiers.iter().filter(|one| one.contact == Some(id));
        own.cloned().collect()
    };
    let was = |person: &ContactPerson| {
        let was = before.party.contacts.iter().find(|was| was.id == person.id)?;
        let is_same = ContactPerson {
            changed: now,
            ..was.clone()
        } == *person
            && points(customer, was.id) == points(before, was.id);
        is_same.then_some(was.changed)
    };
    let times: Vec<Option<Timestamp>> = customer.party.contacts.iter().map(was).collect();
    for (person, time) in customer.party.contacts.iter_mut().zip(times) {
        person.changed = time.unwrap_or(person.changed);
    }
}

/// An object inside a row, and its place. Values of other types are read as text where that is possible.
struct RowObject<'a> {
    place: String,
    members: Map<String, Value>,
    mistakes: &'a mut Mistakes,
}

impl<'a> RowObject<'a> {
    fn open(place: String, value: Value, mistakes: &'a mut Mistakes) -> Option<Self> {
        let members = match value {
            Value::Object(members) => members,
            Value::Null => Map::new(),
            other => {
                mistakes.invalid(place, format!("must be an object, not {}", json_type(&other)));
                return None;
            }
        };
        Some(Self {
            place,
            members,
            mistakes,
        })
    }

    fn name(&self, member: &str) -> String {
        format!("{}.{member}", self.place)
    }

    /// Reads an optional text. Numbers and flags count as their text.
    fn text(&mut self, member: &str) -> Option<String> {
        let value = match self.members.remove(member)? {
            Value::Null => return None,
            Value::String(text) => text,
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            other => {
                let name = self.name(member);
                self.mistakes
                    .invalid(name, format!("must be a text, not {}", json_type(&other)));
                return None;
            }
        };
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn checked<T>(&mut self, member: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(member)?;
        let name = self.name(member);
        self.mistakes.note(name, read(&text))
    }

    fn required<T>(&mut self, member: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let is_there = self.members.get(member).is_some_and(|value| !value.is_null() && value != "");
        if !is_there {
            let name = self.name(member);
            self.mistakes.invalid(name, "is required");
        }
        self.checked(member, read)
    }

    fn attributes(&mut self, table: &[Attribute]) -> Attributes {
        let read =
            |object: &mut Self, attribute: &Attribute| object.checked(attribute.name, |value| words::attribute(attribute, value));
        let values = table
            .iter()
            .filter_map(|attribute| Some((attribute.name.to_owned(), read(self, attribute)?)));
        values.collect()
    }

    fn elements(&mut self, member: &'static str) -> Vec<(String, Value)> {
        let name = self.name(member);
        match self.members.remove(member) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(list)) if list.len() <= MOST_POINTS => {
                let placed = list.into_iter().enumerate();
                placed.map(|(at, value)| (format!("{name}[{at}]"), value)).collect()
            }
            Some(_) => {
                self.mistakes
                    .invalid(name, format!("must be a list of at most {MOST_POINTS} objects"));
                Vec::new()
            }
        }
    }

    fn close(self) {
        for (member, _) in self.members {
            let name = format!("{}.{member}", self.place);
            self.mistakes.unknown(name, "is not part of this object");
        }
    }
}

fn any(text: &str) -> Result<String, String> {
    check_length(text, TEXT_LENGTH).map(|()| text.to_owned())
}

struct Contacts<'a> {
    customer: CustomerId,
    settings: &'a TenantSettings,
    now: Timestamp,
    is_ours: bool,
}

impl Contacts<'_> {
    fn region(&self) -> Region {
        self.settings.default_region
    }

    fn contact(&self, at: usize, value: Value, mistakes: &mut Mistakes) -> Option<NewContact> {
        let mut object = RowObject::open(format!("{CONTACTS}[{at}]"), value, mistakes)?;
        let id = object.checked("id", |text| {
            let number = text.parse::<u64>().ok().filter(|number| *number < 1 << 53);
            number.ok_or_else(|| "must be a number below 2^53".to_owned())
        });
        let changed = object.checked("lastModified", Timestamp::read).unwrap_or(self.now);
        let attributes = object.attributes(attribute::CONTACT);
        let postal = object.elements("postal");
        let points = POINTS.map(|(member, _)| (member, object.elements(member)));
        let custom = self.custom(&mut object);
        let id = id.unwrap_or_else(|| contact_point::number(self.customer, &[CONTACTS, &at.to_string()]));
        object.close();
        let postal = postal.into_iter().filter_map(|(place, value)| {
            let mut object = RowObject::open(place, value, mistakes)?;
            let read = object.attributes(attribute::POSTAL);
            object.close();
            Some(read)
        });
        let person = ContactPerson {
            id,
            attributes,
            custom,
            postal: postal.collect(),
            changed,
        };
        let mut read = Vec::new();
        for (place, value, open) in POINTS
            .iter()
            .zip(points)
            .flat_map(|((_, open), (_, elements))| elements.into_iter().map(move |(place, value)| (place, value, open)))
        {
            let Some(mut object) = RowObject::open(place, value, mistakes) else {
                continue;
            };
            // Members that exports write and that can be computed from what is stored.
            object.members.remove("id");
            read.extend(open(self, &mut object));
            object.close();
        }
        Some(NewContact { person, points: read })
    }

    fn custom(&self, object: &mut RowObject<'_>) -> BTreeMap<String, String> {
        let Some(value) = object.members.remove("custom") else {
            return BTreeMap::new();
        };
        let Some(mut custom) = RowObject::open(object.name("custom"), value, object.mistakes) else {
            return BTreeMap::new();
        };
        let known = self.settings.tenant.contact_attributes.iter();
        let read = known
            .filter_map(|name| Some((name.clone(), custom.checked(name, any)?)))
            .collect();
        for (member, _) in std::mem::take(&mut custom.members) {
            let name = custom.name(&member);
            let message = format!("is unknown: `crm tenant set --contact-attribute {member}` adds it");
            custom.mistakes.unknown(name, &message);
        }
        read
    }
}

type Reader = fn(&Contacts<'_>, &mut RowObject<'_>) -> Option<NewContactPoint>;

/// The lists of contact points, by the names that eGain gives them.
const POINTS: [(&str, Reader); 4] = [("email", email), ("phone", phone), ("website", website), ("social", social)];

fn point(role: Role, value: Option<String>, attributes: Attributes) -> Option<NewContactPoint> {
    let value = value?;
    Some(NewContactPoint {
        role,
        value,
        network: None,
        attributes,
    })
}

fn email(_: &Contacts<'_>, object: &mut RowObject<'_>) -> Option<NewContactPoint> {
    let attributes = object.attributes(&[PRIORITY]);
    let address = object.required("emailAddress", |text| check_email(text).map(|()| text.to_owned()));
    point(Role::Email, address, attributes)
}

fn phone(contacts: &Contacts<'_>, object: &mut RowObject<'_>) -> Option<NewContactPoint> {
    let attributes = object.attributes(&[attribute::PHONE, &[PRIORITY]].concat());
    let digits = |text: &str| {
        let digits = text.trim_start_matches('+');
        let is = !digits.is_empty() && digits.len() <= 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is.then(|| digits.to_owned())
            .ok_or_else(|| "must have digits only, at most 10".to_owned())
    };
    let parts = PhoneParts {
        country_code: object.checked("countryCode", digits),
        area_code: object.checked("areaCode", digits),
        extension: object.checked("extension", digits),
        number: object.required("phoneNo", any)?,
    };
    let written = parts.written();
    if let Err(wrong) = check_phone(&written, contacts.region()) {
        let name = object.name("phoneNo");
        object.mistakes.invalid(name, wrong);
        return None;
    }
    point(Role::Phone, Some(written), attributes)
}

fn website(_: &Contacts<'_>, object: &mut RowObject<'_>) -> Option<NewContactPoint> {
    let attributes = object.attributes(&[attribute::WEBSITE, &[PRIORITY]].concat());
    let address = object.required("url", |text| check_web_address(text).map(|()| text.to_owned()));
    point(Role::ProfileUrl, address, attributes)
}

fn social(contacts: &Contacts<'_>, object: &mut RowObject<'_>) -> Option<NewContactPoint> {
    let attributes = object.attributes(&[PRIORITY]);
    let network = object.checked("type", |text| match words::network(text, contacts.settings) {
        // As an export wrote it.
        Err(_) if contacts.is_ours => any(text),
        read => read,
    });
    let id = object.required("socialId", any);
    Some(NewContactPoint {
        network,
        ..point(Role::Handle, id, attributes)?
    })
}

fn event(customer: CustomerId, at: usize, value: Value, mistakes: &mut Mistakes) -> Option<Event> {
    let mut object = RowObject::open(format!("{EVENTS}[{at}]"), value, mistakes)?;
    let id = object.checked("id", |text| {
        EventId::parse(text).ok_or_else(|| "must be an event's id as an export writes it".to_owned())
    });
    let at = object.required("at", Timestamp::read);
    let mut members = std::mem::take(&mut object.members);
    let is_told = members.contains_key("message");
    for (name, words) in [
        ("type", Words::new(Medium::ALL.map(Medium::name))),
        ("mode", Words::new(Mode::ALL.map(Mode::name))),
    ] {
        let spelled = words::spell(&mut members, name, &words);
        let name = object.name(name);
        object.mistakes.note(name, spelled)?;
    }
    let content = Value::Object(members);
    let words = content.to_string();
    let read = if is_told {
        serde_json::from_value::<External>(content)
            .map_err(|_| "must have message, initiatedBy and perhaps sourceUrl")
            .map(Happening::External)
    } else {
        serde_json::from_value::<Activity>(content)
            .map_err(|_| "must have a type, a mode and perhaps isRead and isSecure, or a message")
            .map(Happening::Activity)
    };
    let place = object.place.clone();
    let what = object.mistakes.note(&place, read.map_err(str::to_owned))?;
    if let Happening::External(External {
        message,
        initiated_by,
        source_url,
    }) = &what
    {
        let others = [Some(initiated_by), source_url.as_ref()].into_iter().flatten();
        let checked = others.fold(check_length(message, TEXTAREA_LENGTH), |checked, text| {
            checked.and_then(|()| check_length(text, LINK_LENGTH))
        });
        object.mistakes.note(place, checked)?;
    }
    let at = at?;
    // If the same event is imported again, it gets the same id.
    let id = id.unwrap_or_else(|| EventId::draw(at, contact_point::number(customer, &[EVENTS, &words])));
    Some(Event { id, at, what })
}
