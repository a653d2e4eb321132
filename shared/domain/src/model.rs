//! The tenant's data model: which fields customers and cases have (contract section 3).

mod check;
pub mod difference;
mod pattern;

use std::collections::BTreeMap;
use std::ops::Not;

pub use check::{MOST_BYTES, MOST_FIELDS, MOST_LIST_VALUES, NAME_LENGTH, is_reserved};
pub use pattern::Pattern;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{EnumCount, EnumString, IntoStaticStr, VariantArray};

use crate::normal::{self, Region};

/// The longest `text`, in characters.
pub const TEXT_LENGTH: usize = 1_000;
/// The longest `textarea` and interaction body, in characters: far below DynamoDB's 400 KB for an item in any script.
pub const TEXTAREA_LENGTH: usize = 32_768;

/// The error message for a missing value.
pub const REQUIRED: &str = "is required";

/// The values of fields without a role, by the fields' names in the model.
pub type CustomFields = BTreeMap<String, FieldValue>;

/// The kind of input of a field. Configuration may write it in lower case, as on the wire, or capitalised, as Khoros' guide does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumCount, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FieldType {
    /// One line.
    #[serde(alias = "Text")]
    Text,
    /// Several lines.
    #[serde(alias = "Textarea")]
    Textarea,
    /// One of the field's list values.
    #[serde(alias = "Single_sel_list")]
    SingleSelList,
    /// Yes or no.
    #[serde(alias = "Checkbox")]
    Checkbox,
}

impl Role {
    /// Whether a customer can have several values of this role. That holds for contact points and references.
    pub fn is_identifier(self) -> bool {
        use Role::{AccountNumber, CaseNumber, Email, Handle, OrderNumber, Phone, ProfileUrl};
        matches!(
            self,
            Email | Phone | Handle | ProfileUrl | AccountNumber | OrderNumber | CaseNumber
        )
    }

    /// Whether values are compared word by word, by prefixes.
    pub fn is_name(self) -> bool {
        matches!(self, Self::DisplayName | Self::FirstName | Self::LastName)
    }

    /// The normal form in which a value of this role is stored. The network of a handle matters if it is known.
    pub fn normal_on(self, raw: &str, network: Option<&str>, region: Region) -> String {
        match self {
            Self::Handle => normal::handle_on(raw, network),
            _ => self.normal(raw, region),
        }
    }

    /// The normal form of a value of this role.
    pub fn normal(self, raw: &str, region: Region) -> String {
        match self {
            Self::Email => normal::email(raw),
            Self::Phone => normal::phone(raw, region),
            Self::Handle => normal::handle(raw),
            Self::ProfileUrl => normal::web_address(raw),
            _ => self.normal_text(raw),
        }
    }

    /// The normal form of a value, for roles whose normal form is the same in every region.
    pub fn normal_text(self, raw: &str) -> String {
        match self {
            Self::AccountNumber | Self::OrderNumber | Self::CaseNumber | Self::Zip => normal::reference(raw),
            Self::City | Self::State => normal::place(raw),
            _ => normal::text(raw),
        }
    }
}

impl FieldType {
    /// The largest length of a typed value, in characters; `None` for types where agents choose from values.
    pub fn limit(self) -> Option<usize> {
        match self {
            Self::Text => Some(TEXT_LENGTH),
            Self::Textarea => Some(TEXTAREA_LENGTH),
            Self::SingleSelList | Self::Checkbox => None,
        }
    }
}

/// The meaning of a field. Search and best match choose the normal form and the weight by it. It is never on the wire.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumCount,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the contract's own")]
pub enum Role {
    DisplayName,
    FirstName,
    LastName,
    Email,
    Phone,
    Handle,
    ProfileUrl,
    StreetOne,
    StreetTwo,
    City,
    State,
    Zip,
    AccountNumber,
    OrderNumber,
    CaseNumber,
}

/// One choice of a `single_sel_list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListValue {
    /// The text that agents read.
    pub name: String,
    /// The value that is stored and sent.
    pub value: String,
}

/// A populated field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// The value of a checkbox.
    Flag(bool),
    /// The value of every other type.
    Text(String),
}

impl FieldValue {
    /// The value as text; a checkbox is `true` or `false`.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }
}

impl From<&FieldValue> for Value {
    fn from(value: &FieldValue) -> Self {
        match value {
            FieldValue::Flag(flag) => Self::Bool(*flag),
            FieldValue::Text(text) => Self::String(text.clone()),
        }
    }
}

/// One field of the model. The last four members are constraints of this CRM, which Khoros does not see. They apply to edits. Stored values
/// that break them stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldDefinition {
    /// Its name in JSON.
    pub name: String,
    /// The text that agents see in place of the name.
    pub label: String,
    /// The kind of input.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Whether customers can be searched by it.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    pub searchable: bool,
    /// The choices of a `single_sel_list`; empty for every other type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list_values: Vec<ListValue>,
    /// Its meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The network of a handle, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// Whether a new record must have a value. Edits cannot clear it.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    pub required: bool,
    /// The largest length of a value in characters, if it is smaller than the type's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_length: Option<usize>,
    /// The pattern that a value must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    /// A value that matches the pattern, as an example for agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

impl FieldDefinition {
    /// A field without choices, meaning and constraints, by which nobody searches.
    pub fn new(name: &str, label: &str, field_type: FieldType) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            field_type,
            searchable: false,
            list_values: Vec::new(),
            role: None,
            network: None,
            required: false,
            maximum_length: None,
            pattern: None,
            example: None,
        }
    }

    /// Whether its values have search terms under the field's name. Values with a role have terms under the role instead, whether or not
    /// they are searchable.
    pub fn has_own_terms(&self) -> bool {
        self.searchable && self.role.is_none()
    }

    /// Whether its values are kept under its name. That holds for all fields except those whose role a customer has once.
    pub fn is_kept_by_name(&self) -> bool {
        self.role.is_none_or(Role::is_identifier)
    }

    /// Reads a request's value of this field. `null` and blank text are `None`: absent on a create, cleared by an update.
    ///
    /// # Errors
    /// A sentence for the agent that says what would be right.
    pub fn read(&self, value: &Value, region: Region) -> Result<Option<FieldValue>, String> {
        let value = match self.read_type(value)? {
            Some(FieldValue::Text(text)) if normal::is_blank(&text) => None,
            other => other,
        };
        match &value {
            None if self.required => return Err(REQUIRED.to_owned()),
            Some(FieldValue::Text(text)) => self.check_text(text, region)?,
            _ => {}
        }
        Ok(value)
    }

    /// Reads a searched value of this field. Any text of the field's type is accepted, whatever the constraints are.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_criterion(&self, value: &Value) -> Result<Option<FieldValue>, String> {
        let read = self.read_type(value)?;
        if let Some(FieldValue::Text(text)) = &read {
            check_length(text, self.longest_criterion())?;
        }
        Ok(read.filter(|value| !normal::is_blank(value.as_text())))
    }

    /// The largest length of a searched text, in characters.
    pub fn longest_criterion(&self) -> usize {
        self.field_type.limit().unwrap_or(TEXT_LENGTH)
    }

    /// Checks the JSON type only, and not length, list or format.
    fn read_type(&self, value: &Value) -> Result<Option<FieldValue>, String> {
        match (self.field_type, value) {
            (_, Value::Null) => Ok(None),
            (FieldType::Checkbox, Value::Bool(flag)) => Ok(Some(FieldValue::Flag(*flag))),
            (FieldType::Checkbox, Value::String(text)) => match text.trim() {
                "" => Ok(None),
                "true" => Ok(Some(FieldValue::Flag(true))),
                "false" => Ok(Some(FieldValue::Flag(false))),
                _ => Err("must be true or false".to_owned()),
            },
            (FieldType::Checkbox, _) => Err("must be true or false".to_owned()),
            (_, Value::String(text)) => Ok(Some(FieldValue::Text(text.clone()))),
            (FieldType::SingleSelList, _) => Err(self.list_choices()),
            (FieldType::Text | FieldType::Textarea, other) => Err(format!("must be a text, not {}", json_type(other))),
        }
    }

    fn check_text(&self, text: &str, region: Region) -> Result<(), String> {
        let Some(limit) = self.field_type.limit() else {
            let known = self.list_values.iter().any(|choice| choice.value == text);
            return if known { Ok(()) } else { Err(self.list_choices()) };
        };
        check_length(text, self.maximum_length.map_or(limit, |own| own.min(limit)))?;
        self.check_role(text, region)?;
        match &self.pattern {
            Some(pattern) if !pattern.is_matched_by(text) => Err(self.form(pattern)),
            _ => Ok(()),
        }
    }

    fn check_role(&self, text: &str, region: Region) -> Result<(), String> {
        match self.role {
            Some(Role::Email) => normal::check_email(text),
            Some(Role::Phone) => normal::check_phone(text, region),
            Some(Role::ProfileUrl) => normal::check_web_address(text),
            Some(Role::Handle) => normal::check_handle(text),
            Some(Role::AccountNumber | Role::OrderNumber | Role::CaseNumber) => normal::check_reference(text),
            _ => Ok(()),
        }
    }

    fn form(&self, pattern: &Pattern) -> String {
        match &self.example {
            Some(example) => format!("must look like {example}"),
            None => format!("must have the form {}", pattern.as_str()),
        }
    }

    fn list_choices(&self) -> String {
        let choices: Vec<&str> = self.list_values.iter().map(|choice| choice.value.as_str()).collect();
        format!("must be one of: {}", choices.join(", "))
    }
}

/// Checks that a text has at most this many characters.
///
/// # Errors
/// A sentence for the agent.
pub fn check_length(text: &str, limit: usize) -> Result<(), String> {
    // Compare bytes first: most texts are short, and counting characters reads the whole text.
    if text.len() <= limit || text.chars().count() <= limit {
        Ok(())
    } else {
        Err(format!("must be at most {limit} characters long"))
    }
}

/// The JSON type of a value, with its article, for error texts.
pub fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The fields of customers or of cases, without those that the CRM itself assigns (`id`, `url`, …).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectStructure {
    /// In the order in which agents see them.
    pub fields: Vec<FieldDefinition>,
}

/// The data model of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataModel {
    /// The fields of customers.
    pub customer: ObjectStructure,
    /// The fields of cases, beside those that every case has.
    pub case: ObjectStructure,
}

/// The kind of object that a structure describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, EnumCount, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum Object {
    /// Customers.
    Customer,
    /// Cases.
    Case,
}

impl DataModel {
    /// The fields of one object.
    pub fn of(&self, object: Object) -> &ObjectStructure {
        match object {
            Object::Customer => &self.customer,
            Object::Case => &self.case,
        }
    }
}

impl ObjectStructure {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&FieldDefinition> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields of customers for a tenant that has not defined its own (contract section 3, "standard customer fields").
    pub fn default_customer() -> Self {
        let handle_on = |name, label, network: &str| FieldDefinition {
            network: Some(network.to_owned()),
            ..searchable(name, label, Role::Handle)
        };
        Self {
            fields: vec![
                searchable("displayName", "Display name", Role::DisplayName),
                searchable("firstName", "First name", Role::FirstName),
                searchable("lastName", "Last name", Role::LastName),
                searchable("email", "E-mail", Role::Email),
                searchable("email2", "Second e-mail", Role::Email),
                searchable("phone", "Phone", Role::Phone),
                searchable("phone2", "Second phone", Role::Phone),
                searchable("screenName", "Screen name", Role::Handle),
                searchable("profileUrl", "Profile URL", Role::ProfileUrl),
                handle_on("twitterHandle", "Twitter handle", "twitter"),
                handle_on("facebookHandle", "Facebook handle", "facebook"),
                handle_on("instagramHandle", "Instagram handle", "instagram"),
                searchable("streetOne", "Street", Role::StreetOne),
                searchable("streetTwo", "Street, second line", Role::StreetTwo),
                searchable("city", "City", Role::City),
                searchable("state", "State", Role::State),
                searchable("zip", "Postcode", Role::Zip),
                searchable("accountNumber", "Account number", Role::AccountNumber),
                searchable("orderNumber", "Order number", Role::OrderNumber),
                searchable("caseNumber", "Case number", Role::CaseNumber),
                FieldDefinition::new("description", "Description", FieldType::Textarea),
            ],
        }
    }

    /// The fields of cases for a tenant that has not defined its own. Title, description, status and interactions are not among them, since
    /// every case has them.
    pub fn default_case() -> Self {
        let priorities = ["low", "normal", "high", "urgent"];
        Self {
            fields: vec![
                FieldDefinition {
                    list_values: priorities.iter().map(|value| choice(value)).collect(),
                    ..FieldDefinition::new("priority", "Priority", FieldType::SingleSelList)
                },
                FieldDefinition::new("product", "Product", FieldType::Text),
                FieldDefinition::new("escalated", "Escalated", FieldType::Checkbox),
            ],
        }
    }
}

fn searchable(name: &str, label: &str, role: Role) -> FieldDefinition {
    FieldDefinition {
        searchable: true,
        role: Some(role),
        ..FieldDefinition::new(name, label, FieldType::Text)
    }
}

fn choice(value: &str) -> ListValue {
    let mut name = value.to_owned();
    name[..1].make_ascii_uppercase();
    ListValue {
        name,
        value: value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(field: &str, value: &Value, wanted: Result<Option<&str>, &str>) {
        let models = [ObjectStructure::default_customer(), ObjectStructure::default_case()];
        let field = models.iter().find_map(|model| model.field(field)).unwrap();
        let read = field.read(value, Region::US);
        let read = read
            .as_ref()
            .map(|value| value.as_ref().map(FieldValue::as_text))
            .map_err(String::as_str);
        assert_eq!(read, wanted, "{value}");
    }

    #[test]
    fn values() {
        check("firstName", &json!(" Jane "), Ok(Some(" Jane ")));
        check("firstName", &json!(null), Ok(None));
        check("firstName", &json!("  "), Ok(None));
        check("firstName", &json!(7), Err("must be a text, not a number"));
        check("firstName", &json!("é".repeat(1000)), Ok(Some(&"é".repeat(1000))));
        check(
            "firstName",
            &json!("é".repeat(1001)),
            Err("must be at most 1000 characters long"),
        );
        check("escalated", &json!("true"), Ok(Some("true")));
        check("escalated", &json!(false), Ok(Some("false")));
        check("escalated", &json!(""), Ok(None));
        check("escalated", &json!(1), Err("must be true or false"));
        check("priority", &json!("high"), Ok(Some("high")));
        check("priority", &json!("High"), Err("must be one of: low, normal, high, urgent"));
        check("priority", &json!(["high"]), Err("must be one of: low, normal, high, urgent"));
    }

    #[track_caller]
    fn check_constraint(field: &FieldDefinition, value: &Value, wanted: Result<(), &str>) {
        let read = field.read(value, Region::US);
        assert_eq!(read.as_ref().map(drop).map_err(String::as_str), wanted, "{value}");
    }

    #[test]
    fn a_required_field_is_neither_left_out_nor_cleared() {
        let required = FieldDefinition {
            required: true,
            ..FieldDefinition::new("seat", "Seat", FieldType::Text)
        };
        for nothing in [json!(null), json!(""), json!(" ")] {
            check_constraint(&required, &nothing, Err("is required"));
        }
        check_constraint(&required, &json!("12A"), Ok(()));
        let box_to_tick = FieldDefinition {
            field_type: FieldType::Checkbox,
            ..required
        };
        check_constraint(&box_to_tick, &json!(null), Err("is required"));
        check_constraint(&box_to_tick, &json!(false), Ok(()));
    }

    #[test]
    fn a_length_counts_characters_and_never_exceeds_the_types() {
        let short = FieldDefinition {
            maximum_length: Some(3),
            ..FieldDefinition::new("seat", "Seat", FieldType::Text)
        };
        check_constraint(&short, &json!("éàü"), Ok(()));
        check_constraint(&short, &json!("éàü1"), Err("must be at most 3 characters long"));
        let endless = FieldDefinition {
            maximum_length: Some(9_999),
            ..short
        };
        check_constraint(
            &endless,
            &json!("x".repeat(1_001)),
            Err("must be at most 1000 characters long"),
        );
    }

    #[test]
    fn a_pattern_is_shown_by_its_example() {
        let reference = FieldDefinition {
            pattern: Some(Pattern::parse("[A-Z0-9]{6}").unwrap()),
            ..FieldDefinition::new("booking", "Booking", FieldType::Text)
        };
        check_constraint(&reference, &json!("QX7T2P"), Ok(()));
        check_constraint(&reference, &json!(""), Ok(()));
        check_constraint(&reference, &json!("QX7T2PX"), Err("must have the form [A-Z0-9]{6}"));
        let shown = FieldDefinition {
            example: Some("QX7T2P".to_owned()),
            ..reference
        };
        check_constraint(&shown, &json!("?"), Err("must look like QX7T2P"));
        assert!(shown.read_criterion(&json!("?")).is_ok(), "a search may ask for anything");
    }

    #[test]
    fn formats_by_role() {
        check("email2", &json!("jane@example.com"), Ok(Some("jane@example.com")));
        check(
            "email2",
            &json!("jane"),
            Err("must be an e-mail address such as jane@example.com: it has no @"),
        );
        check(
            "phone",
            &json!("no number"),
            Err("must be a telephone number such as +1 415 555 2671"),
        );
        check(
            "profileUrl",
            &json!("javascript:alert(1)"),
            Err("must be a web address such as https://x.com/jane: it begins with javascript:"),
        );
        check("twitterHandle", &json!("@"), Err("must be a handle such as @jane"));
    }
}
