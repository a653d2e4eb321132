//! A request's parameters. They are checked in the contract's order, and the first failure is the answer (section
//! 2.5).

use std::collections::BTreeMap;

use crm_domain::{
    ActivityQuestion, CustomerKind, FieldDefinition, Medium, Mode, Question, TenantSettings,
    error::Error,
    model::check_length,
    normal::{digits, is_blank},
};
use crm_service::Session;
use serde_json::Value;

use crate::{
    actor::Actor,
    rules::{self, invalid, refusal},
    sorting::{SortBy, Sorting},
};

/// What a request asks for.
#[derive(Debug)]
pub struct Parameters {
    /// Names and values as they were received, for links.
    pub received: BTreeMap<String, String>,
    /// The attributes to show beside the summary.
    pub attributes: Selection,
    /// The order of the answer.
    pub sorting: Sorting,
    /// The page or range to show.
    pub part: ShownPart,
    /// The criteria; all must be met.
    pub questions: Vec<Question>,
    /// The kind of customer (`type`).
    pub kind: Option<CustomerKind>,
    /// The name of the department (`department`).
    pub department: Option<String>,
}

/// The attributes that an answer shows beside the summary (`$attribute`).
#[derive(Debug, Default)]
pub struct Selection {
    all: bool,
    names: Vec<String>,
}

impl Selection {
    /// Whether everything is shown.
    pub fn is_all(&self) -> bool {
        self.all
    }

    /// Whether an attribute is shown.
    pub fn has(&self, name: &str) -> bool {
        self.all || self.names.iter().any(|one| one == name)
    }

    /// Whether a custom attribute is shown.
    pub fn has_custom(&self, name: &str) -> bool {
        self.has(&format!("{}{name}", rules::CUSTOM))
    }
}

/// The part of the matches that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownPart {
    /// A page; numbers start at 1.
    Page { number: usize, size: usize },
    /// A range; places start at 1.
    Range { start: usize, size: usize },
}

impl ShownPart {
    /// The parameter that limits how many customers the part has.
    pub fn size_parameter(self) -> &'static str {
        match self {
            Self::Page { .. } => rules::PAGE_SIZE,
            Self::Range { .. } => rules::RANGE_SIZE,
        }
    }

    /// How many matches come before the part, and how many it has at most.
    pub fn bounds(self) -> (usize, usize) {
        match self {
            Self::Page { number, size } => ((number - 1).saturating_mul(size), size),
            Self::Range { start, size } => (start - 1, size),
        }
    }
}

/// Reads and checks the parameters of a request.
pub fn read(pairs: Vec<(String, String)>, actor: &Actor, session: &Session) -> Result<Parameters, Error> {
    let settings = &session.grant.settings;
    check_names(&pairs, actor)?;
    let received = once(pairs)?;
    check_families(&received)?;
    let given = |name: &str| received.get(name).map(String::as_str);
    let attributes = selection(given(rules::ATTRIBUTE), actor, settings)?;
    let sorting = sorting(given(rules::SORT), given(rules::ORDER), settings)?;
    let part = part(&received)?;
    let kind = given("type").map(kind).transpose()?;
    let questions = questions(&received, settings)?;
    let read = Parameters {
        attributes,
        sorting,
        part,
        questions,
        kind,
        department: given(rules::DEPARTMENT).map(str::to_owned),
        received,
    };
    check_criteria(&read, actor, settings)?;
    Ok(read)
}

/// Refuses unknown parameters, all of them in one message. Inferred.
fn check_names(pairs: &[(String, String)], actor: &Actor) -> Result<(), Error> {
    let unknown: Vec<&str> = pairs
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !actor.may_send(name))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let details: Vec<(&str, &str)> = unknown.iter().map(|name| (*name, "")).collect();
    Err(refusal(rules::UNSUPPORTED, &[&unknown.join(", ")], &details))
}

/// Refuses parameters that are repeated, empty or too long. Inferred.
fn once(pairs: Vec<(String, String)>) -> Result<BTreeMap<String, String>, Error> {
    let mut received = BTreeMap::new();
    for (name, value) in pairs {
        if received.contains_key(&name) {
            return Err(invalid(&name, "repeated", ""));
        }
        if is_blank(&value) {
            return Err(invalid(&name, "empty", ""));
        }
        let longest = rules::longest_value(&name);
        if check_length(&value, longest).is_err() {
            return Err(invalid(&name, "too-long", &longest.to_string()));
        }
        received.insert(name, value);
    }
    Ok(received)
}

fn check_families(received: &BTreeMap<String, String>) -> Result<(), Error> {
    let among = |names: [&'static str; 2]| names.into_iter().filter(|name| received.contains_key(*name));
    let pages: Vec<&str> = among([rules::PAGE_NUMBER, rules::PAGE_SIZE]).collect();
    let ranges: Vec<&str> = among([rules::RANGE_START, rules::RANGE_SIZE]).collect();
    if !pages.is_empty() && !ranges.is_empty() {
        let all = pages.into_iter().chain(ranges);
        let details: Vec<(&str, &str)> = all.map(|name| (name, received[name].as_str())).collect();
        return Err(refusal(rules::MIXED, &[], &details));
    }
    if received.contains_key(rules::ORDER) && !received.contains_key(rules::SORT) {
        return Err(refusal(rules::ORDER_ALONE, &[], &[]));
    }
    Ok(())
}

fn selection(given: Option<&str>, actor: &Actor, settings: &TenantSettings) -> Result<Selection, Error> {
    let known: &[&str] = match actor {
        Actor::Customer(_) => &rules::OWN_ATTRIBUTES,
        Actor::Client | Actor::User(_) => &rules::ATTRIBUTES,
    };
    let mut selection = Selection::default();
    for name in given.into_iter().flat_map(|names| names.split(',')).map(str::trim) {
        let is_custom = name.strip_prefix(rules::CUSTOM).is_some_and(|name| is_custom(name, settings));
        if name == rules::ALL {
            selection.all = true;
        } else if is_custom || known.contains(&name) {
            selection.names.push(name.to_owned());
        } else {
            let supported = format!("{}, {}, {}<name>", rules::ALL, known.join(", "), rules::CUSTOM);
            return Err(refusal(
                rules::UNKNOWN_ATTRIBUTE,
                &[name, &supported],
                &[(rules::ATTRIBUTE, name)],
            ));
        }
    }
    Ok(selection)
}

/// Whether the tenant's customers or contact persons have a custom attribute of this name.
fn is_custom(name: &str, settings: &TenantSettings) -> bool {
    settings.customer_model.field(name).is_some() || settings.tenant.contact_attributes.contains(name)
}

fn sorting(sort: Option<&str>, order: Option<&str>, settings: &TenantSettings) -> Result<Sorting, Error> {
    let by = match sort {
        None | Some("id") => SortBy::Id,
        Some("type") => SortBy::Type,
        Some("customerName") => SortBy::Name,
        Some(other) => {
            let field = other
                .strip_prefix(rules::CUSTOM)
                .and_then(|name| settings.customer_model.field(name));
            let field = field.ok_or_else(|| {
                let allowed = format!("{}, {}<name>", rules::SORTS.join(", "), rules::CUSTOM);
                refusal(rules::NOT_ALLOWED, &[rules::SORT, &allowed], &[(rules::SORT, other)])
            })?;
            SortBy::Custom(Box::new(field.clone()))
        }
    };
    let is_descending = match order {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => {
            return Err(refusal(
                rules::NOT_ALLOWED,
                &[rules::ORDER, "asc, desc"],
                &[(rules::ORDER, other)],
            ));
        }
    };
    Ok(Sorting { by, is_descending })
}

fn part(received: &BTreeMap<String, String>) -> Result<ShownPart, Error> {
    let positive = |name: &'static str, otherwise: usize| match received.get(name) {
        None => Ok(otherwise),
        Some(text) => {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|number| *number > 0 && is_number);
            number.ok_or_else(|| refusal(rules::NOT_POSITIVE, &[name], &[(name, text)]))
        }
    };
    let size = |name| {
        let size = positive(name, rules::DEFAULT_PAGE_SIZE)?;
        if size > rules::MOST_PAGE_SIZE {
            return Err(invalid(name, "at-most", &rules::MOST_PAGE_SIZE.to_string()));
        }
        Ok(size)
    };
    if received.contains_key(rules::RANGE_START) || received.contains_key(rules::RANGE_SIZE) {
        return Ok(ShownPart::Range {
            start: positive(rules::RANGE_START, 1)?,
            size: size(rules::RANGE_SIZE)?,
        });
    }
    Ok(ShownPart::Page {
        number: positive(rules::PAGE_NUMBER, 1)?,
        size: size(rules::PAGE_SIZE)?,
    })
}

fn kind(text: &str) -> Result<CustomerKind, Error> {
    CustomerKind::parse(text).ok_or_else(|| {
        let allowed = CustomerKind::ALL.map(CustomerKind::name).join(", ");
        refusal(rules::NOT_ALLOWED, &["type", &allowed], &[("type", text)])
    })
}

fn questions(received: &BTreeMap<String, String>, settings: &TenantSettings) -> Result<Vec<Question>, Error> {
    let mut questions = Vec::new();
    for (name, value) in received {
        match name.as_str() {
            "phone" => questions.push(Question::Phone(dialled(value))),
            "email" => questions.push(Question::Email(value.clone())),
            "customerName" => questions.push(Question::Name(value.clone())),
            "custom" => questions.extend(custom(value, settings)?),
            "activity" => questions.push(Question::Activity(activity(value)?)),
            "created" => {
                let span = rules::range(value).ok_or_else(|| invalid(name, "range", ""))?;
                questions.push(Question::Created(span));
            }
            _ => {
                let network = rules::NETWORKS.iter().find(|(parameter, _)| parameter == name);
                questions.extend(network.map(|(_, network)| Question::Social(network, value.clone())));
            }
        }
    }
    Ok(questions)
}

/// Reads a telephone number as digits (section 2.1). Signs and spaces do not count; a value with letters has no digits, so
/// that nobody matches it. Inferred.
fn dialled(value: &str) -> String {
    if value.chars().any(char::is_alphabetic) {
        return String::new();
    }
    digits(value)
}

/// Reads `custom` (section 2.2). Inferred: all of its elements must be met.
fn custom(text: &str, settings: &TenantSettings) -> Result<Vec<Question>, Error> {
    let malformed = || invalid("custom", "array", "");
    let Ok(Value::Array(elements)) = serde_json::from_str(text) else {
        return Err(malformed());
    };
    if elements.is_empty() {
        return Err(malformed());
    }
    let mut questions = Vec::new();
    for element in &elements {
        let member = |name: &str| element.get(name).and_then(Value::as_str);
        let has_three = element.as_object().is_some_and(|members| members.len() == 3);
        let (true, Some(object), Some(name), Some(value)) = (has_three, member("object"), member("name"), member("value")) else {
            return Err(malformed());
        };
        let unknown = || invalid("custom", "not-searchable", name);
        questions.push(match object {
            "customer" => {
                let field = settings.customer_model.field(name).filter(|field| is_searchable(field));
                Question::Field(Box::new(field.ok_or_else(unknown)?.clone()), value.to_owned())
            }
            "contactPerson" if settings.tenant.contact_attributes.contains(name) => {
                Question::ContactAttribute(name.to_owned(), value.to_owned())
            }
            "contactPerson" => return Err(unknown()),
            _ => return Err(malformed()),
        });
    }
    Ok(questions)
}

/// Whether an index has the field's values. Inferred: other fields are treated like the vendor's encrypted
/// attributes, which cannot be searched.
fn is_searchable(field: &FieldDefinition) -> bool {
    field.role.is_some() || field.has_own_terms()
}

/// Reads `activity` (section 2.3). Inferred: JSON booleans are accepted beside the strings "true" and "false".
fn activity(text: &str) -> Result<ActivityQuestion, Error> {
    let malformed = || invalid("activity", "activity", "");
    let Ok(Value::Object(members)) = serde_json::from_str(text) else {
        return Err(malformed());
    };
    let mut question = ActivityQuestion::default();
    for (name, value) in &members {
        let text = match value {
            Value::String(text) => text.as_str(),
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            _ => return Err(malformed()),
        };
        let flag = || match text {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(malformed()),
        };
        match name.as_str() {
            "type" => question.medium = Some(Medium::parse(text).ok_or_else(malformed)?),
            "mode" => question.mode = Some(Mode::parse(text).ok_or_else(malformed)?),
            "isRead" => question.is_read = flag()?,
            "isSecure" => question.is_secure = flag()?,
            "sentDate" => question.sent = Some(rules::range(text).ok_or_else(|| invalid("activity", "range", ""))?),
            _ => return Err(malformed()),
        }
    }
    if question == ActivityQuestion::default() {
        return Err(malformed());
    }
    Ok(question)
}

fn check_criteria(read: &Parameters, actor: &Actor, settings: &TenantSettings) -> Result<(), Error> {
    if matches!(actor, Actor::Customer(_)) {
        return Ok(());
    }
    if *actor == Actor::Client && settings.tenant.departmentalized && read.department.is_none() {
        return Err(refusal(rules::MISSING, &[rules::DEPARTMENT], &[(rules::DEPARTMENT, "")]));
    }
    match (read.questions.is_empty(), read.kind) {
        (true, None) => Err(refusal(rules::NO_CRITERION, &[&rules::CRITERIA.join(", ")], &[])),
        (true, Some(_)) => Err(refusal(rules::TYPE_ALONE, &[], &[])),
        (false, _) => Ok(()),
    }
}
