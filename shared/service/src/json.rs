//! JSON that requests and imported files have in common: it is read into the domain's types, and interactions are written back. All
//! mistakes of a body are collected, so that the client can correct them at once.

use crm_domain::{
    Author, CaseChange, FieldChange, Interaction, ObjectStructure, Status, Timestamp,
    case::{Arrival, merged},
    error::{Error, FieldError},
    model,
    normal::{Region, is_blank},
};
use serde_json::{Map, Value, json};

/// The longest link, in characters.
pub const LINK_LENGTH: usize = 4_096;

/// The largest number of mistakes of a kind that are collected. It exceeds the fields of the largest data model. A list of a hundred
/// thousand empty objects has more mistakes than an answer can hold.
const MOST_NOTED: usize = 500;

/// Mistakes of one request, up to `MOST_NOTED` of a kind. Fields that do not exist outrank wrong values: 400 comes before 422.
#[derive(Debug, Default)]
pub struct Mistakes {
    unknown: Vec<FieldError>,
    invalid: Vec<FieldError>,
}

impl Mistakes {
    /// A field that does not exist, or may not be used here.
    pub fn unknown(&mut self, name: impl Into<String>, message: &str) {
        if self.unknown.len() < MOST_NOTED {
            self.unknown.push(FieldError::new(name, message));
        }
    }

    /// A known field with a value that is not valid.
    pub fn invalid(&mut self, name: impl Into<String>, message: impl Into<String>) {
        if self.invalid.len() < MOST_NOTED {
            self.invalid.push(FieldError::new(name, message));
        }
    }

    /// The value, or `None` and its mistake noted.
    pub fn note<T>(&mut self, name: impl Into<String>, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.invalid(name, message)).ok()
    }

    /// Whether all fields are known, whatever their values.
    pub fn knows_all_fields(&self) -> bool {
        self.unknown.is_empty()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.unknown.is_empty() && self.invalid.is_empty()
    }

    /// All mistakes, unknown fields first.
    pub fn into_fields(self) -> Vec<FieldError> {
        [self.unknown, self.invalid].concat()
    }

    /// One error with all mistakes.
    pub fn into_error(self) -> Error {
        if self.unknown.is_empty() {
            Error::Invalid(self.invalid)
        } else {
            Error::UnknownFields(self.unknown)
        }
    }

    /// `value`, unless something is wrong.
    pub fn or<T>(self, value: T) -> Result<T, Error> {
        if self.is_empty() { Ok(value) } else { Err(self.into_error()) }
    }
}

/// Takes the members that name fields of a model out of a body.
pub fn model_fields<'model>(
    body: &mut Map<String, Value>,
    model: &'model ObjectStructure,
    region: Region,
    mistakes: &mut Mistakes,
) -> Vec<FieldChange<'model>> {
    let mut changes = Vec::new();
    for field in &model.fields {
        if let Some(value) = body.remove(&field.name)
            && let Some(value) = mistakes.note(&field.name, field.read(&value, region))
        {
            changes.push(FieldChange { field, value });
        }
    }
    changes
}

/// Adds required fields that a create leaves out as null, so that they are refused like null.
pub fn require_all(body: &mut Map<String, Value>, model: &ObjectStructure) {
    for field in model.fields.iter().filter(|field| field.required) {
        body.entry(&field.name).or_insert(Value::Null);
    }
}

/// Notes every remaining member of a body as unknown.
pub fn no_others(body: Map<String, Value>, mistakes: &mut Mistakes) {
    for (name, _) in body {
        mistakes.unknown(name, UNKNOWN);
    }
}

/// An object inside a request's body, and its place. Its members must have exactly their types.
struct BodyObject<'a> {
    place: String,
    members: Map<String, Value>,
    mistakes: &'a mut Mistakes,
}

impl<'a> BodyObject<'a> {
    fn open(place: String, value: Value, mistakes: &'a mut Mistakes) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self {
                place,
                members,
                mistakes,
            }),
            other => {
                mistakes.invalid(place, format!("must be an object, not {}", model::json_type(&other)));
                None
            }
        }
    }

    fn name(&self, member: &str) -> String {
        format!("{}.{member}", self.place)
    }

    /// Reads a required text. It may be empty if `blank`.
    fn text(&mut self, member: &str, limit: usize, blank: bool) -> Option<String> {
        let read = match self.members.remove(member) {
            None | Some(Value::Null) => Err(model::REQUIRED.to_owned()),
            Some(Value::String(text)) if text.trim().is_empty() && !blank => Err(model::REQUIRED.to_owned()),
            Some(Value::String(text)) => model::check_length(&text, limit).map(|()| text),
            Some(other) => Err(format!("must be a text, not {}", model::json_type(&other))),
        };
        let name = self.name(member);
        self.mistakes.note(name, read)
    }

    fn flag(&mut self, member: &str) -> Option<bool> {
        let read = match self.members.remove(member) {
            Some(Value::Bool(flag)) => Ok(flag),
            None | Some(Value::Null) => Err(model::REQUIRED.to_owned()),
            Some(_) => Err("must be true or false".to_owned()),
        };
        let name = self.name(member);
        self.mistakes.note(name, read)
    }

    fn close(self) {
        let Self {
            place,
            members,
            mistakes,
        } = self;
        for (member, _) in members {
            mistakes.unknown(format!("{place}.{member}"), "is not part of this object");
        }
    }
}

/// Takes the contract's members of a case, except for its customer, and the fields of the tenant's model out of a body.
pub fn case_content(
    body: &mut Map<String, Value>,
    model: &ObjectStructure,
    region: Region,
    now: Timestamp,
    mistakes: &mut Mistakes,
) -> CaseChange {
    CaseChange {
        customer: None,
        title: member(body, "title", mistakes, title),
        description: member(body, "description", mistakes, description),
        status: member(body, "status", mistakes, |value| status(&value)),
        interactions: interactions(body, now, mistakes),
        custom: model_fields(body, model, region, mistakes)
            .into_iter()
            .map(|change| (change.field.name.clone(), change.value))
            .collect(),
    }
}

fn member<T>(
    body: &mut Map<String, Value>,
    name: &str,
    mistakes: &mut Mistakes,
    read: impl Fn(Value) -> Result<T, String>,
) -> Option<T> {
    let value = body.remove(name)?;
    mistakes.note(name, read(value))
}

fn title(value: Value) -> Result<String, String> {
    match value {
        Value::Null => Err(model::REQUIRED.to_owned()),
        Value::String(text) if is_blank(&text) => Err(model::REQUIRED.to_owned()),
        Value::String(text) => model::check_length(&text, model::TEXT_LENGTH).map(|()| text),
        other => Err(format!("must be a text, not {}", model::json_type(&other))),
    }
}

fn description(value: Value) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => model::check_length(&text, model::TEXTAREA_LENGTH).map(|()| text),
        other => Err(format!("must be a text, not {}", model::json_type(&other))),
    }
}

fn status(value: &Value) -> Result<Status, String> {
    let status = value.as_str().and_then(Status::parse);
    status.ok_or("must be open or closed".to_owned())
}
/// The message for an unknown member.
pub const UNKNOWN: &str = "is not a field of this CRM's data model";

/// Takes the interactions out of a body.
pub fn interactions(body: &mut Map<String, Value>, now: Timestamp, mistakes: &mut Mistakes) -> Vec<Interaction> {
    match body.remove("interactions") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => {
            let read = (0..)
                .zip(list)
                .filter_map(|(place, value)| read_interaction(Arrival { at: now, place }, value, mistakes));
            // An interaction that occurs twice counts as sent again.
            merged(Vec::new(), read.collect())
        }
        Some(other) => {
            mistakes.invalid("interactions", format!("must be a list, not {}", model::json_type(&other)));
            Vec::new()
        }
    }
}

fn read_interaction(added: Arrival, value: Value, mistakes: &mut Mistakes) -> Option<Interaction> {
    let mut object = BodyObject::open(format!("interactions[{}]", added.place), value, mistakes)?;
    let created = object.text("created", model::TEXT_LENGTH, false).and_then(|text| {
        let name = object.name("created");
        object.mistakes.note(name, Timestamp::read(&text))
    });
    let body = object.text("body", model::TEXTAREA_LENGTH, true);
    let link_url = object.text("linkUrl", LINK_LENGTH, true);
    let service_id = object.text("serviceId", model::TEXT_LENGTH, false);
    let service = object.text("service", model::TEXT_LENGTH, false);
    let content_type = object.text("contentType", model::TEXT_LENGTH, false);
    let author = match object.members.remove("author") {
        None | Some(Value::Null) => Some(None),
        Some(value) => {
            let name = object.name("author");
            read_author(name, value, object.mistakes).map(Some)
        }
    };
    object.close();
    Some(Interaction {
        service: service?,
        service_id: service_id?,
        created: created?,
        body: body?,
        link_url: link_url?,
        content_type: content_type?,
        author: author?,
        added,
    })
}

fn read_author(place: String, value: Value, mistakes: &mut Mistakes) -> Option<Author> {
    let mut object = BodyObject::open(place, value, mistakes)?;
    let service = object.text("service", model::TEXT_LENGTH, false);
    let service_id = object.text("serviceId", model::TEXT_LENGTH, false);
    let handle = object.text("handle", model::TEXT_LENGTH, true);
    let name = object.text("name", model::TEXT_LENGTH, true);
    let brand_owned = object.flag("brandOwned");
    object.close();
    Some(Author {
        service: service?,
        service_id: service_id?,
        handle: handle?,
        name: name?,
        brand_owned: brand_owned?,
    })
}

/// An interaction as the contract has it (section 5), its time written by `time`.
pub fn interaction(interaction: &Interaction, time: fn(Timestamp) -> String) -> Value {
    let mut wire = json!({
        "created": time(interaction.created),
        "body": interaction.body,
        "linkUrl": interaction.link_url,
        "serviceId": interaction.service_id,
        "service": interaction.service,
        "contentType": interaction.content_type,
    });
    if let Some(author) = &interaction.author {
        wire["author"] = json!({
            "service": author.service,
            "serviceId": author.service_id,
            "handle": author.handle,
            "name": author.name,
            "brandOwned": author.brand_owned,
        });
    }
    wire
}
