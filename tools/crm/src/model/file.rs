//! A model file: its content, and all mistakes with their places.
//!
//! There are two kinds of mistakes. Unreadable parts are noted here. Readable parts are then checked by the rules of [`DataModel::check`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crm_domain::{
    DataModel, FieldDefinition, FieldType, ListValue, ObjectStructure, Role,
    model::{Object, Pattern},
};
use serde::{Serialize, de::DeserializeOwned};

use super::document::{self, Content, Member, Node, Position};

/// The members of a field, in the order of the documentation.
pub const MEMBERS: [&str; 11] = [
    "name",
    "label",
    "type",
    "searchable",
    "listValues",
    "role",
    "network",
    "required",
    "maximumLength",
    "pattern",
    "example",
];
/// The required members of a field.
pub const NEEDED: [&str; 3] = ["name", "label", "type"];
/// The members of a list's value, both required.
pub const LIST_VALUE_MEMBERS: [&str; 2] = ["name", "value"];

/// The least likeness for a member's name to be suggested.
const ALIKE: f64 = 0.6;
/// The names of our types in other systems.
const OTHER_NAMES: [(FieldType, &[&str]); 4] = [
    (
        FieldType::Text,
        &[
            "string", "str", "varchar", "input", "email", "phone", "number", "integer", "date", "url",
        ],
    ),
    (FieldType::Textarea, &["longtext", "multiline", "memo", "note"]),
    (
        FieldType::SingleSelList,
        &[
            "select", "list", "dropdown", "picklist", "enum", "option", "options", "radio", "choice",
        ],
    ),
    (FieldType::Checkbox, &["bool", "boolean", "flag", "tick", "yesno"]),
];

/// One mistake of a model file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// The part: `customer[3].listValues[1].value`; empty for the file as a whole.
    pub place: String,
    /// The name of the field that it belongs to.
    pub field: Option<String>,
    /// Its place, if it has one.
    #[serde(flatten)]
    pub at: Option<Position>,
    /// What would be right.
    pub message: String,
}

impl fmt::Display for Mistake {
    /// The mistake as compilers write it, without the file: `14:9: customer[3].type (tier) must be …`.
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self.at {
            Some(at) => write!(out, "{at}: ")?,
            None => out.write_str(" ")?,
        }
        if !self.place.is_empty() {
            write!(out, "{} ", self.place)?;
        }
        if let Some(field) = &self.field {
            write!(out, "({field}) ")?;
        }
        out.write_str(&self.message)
    }
}

/// The model of a file.
#[derive(Serialize)]
pub struct Document<'a> {
    customer: &'a [FieldDefinition],
    case: &'a [FieldDefinition],
}

impl<'a> Document<'a> {
    /// The model in the form of a file.
    pub fn new(model: &'a DataModel) -> Self {
        Self {
            customer: &model.customer.fields,
            case: &model.case.fields,
        }
    }
}

/// Reads a model.
///
/// # Errors
/// All mistakes, in the order of the file.
pub fn read(text: &str) -> Result<DataModel, Vec<Mistake>> {
    let root = document::parse(text).map_err(|unreadable| {
        vec![Mistake {
            place: String::new(),
            field: None,
            at: unreadable.at,
            message: unreadable.why,
        }]
    })?;
    let mut reader = Reader::default();
    let model = reader.model(&root);
    reader.judge(&model);
    if reader.mistakes.is_empty() {
        return Ok(model);
    }
    reader.mistakes.sort_by_key(|mistake| mistake.at);
    Err(reader.mistakes)
}

#[derive(Default)]
struct Reader {
    mistakes: Vec<Mistake>,
    positions: BTreeMap<String, Position>,
    /// Unreadable places, and those that depend on them.
    unread: BTreeSet<String>,
}

impl Reader {
    fn model(&mut self, root: &Node) -> DataModel {
        let [customer, case] = Object::ALL.map(Object::name);
        let members = self.object("", root, &[customer, case], &[customer, case]);
        let mut structure = |name: &str| ObjectStructure {
            fields: members
                .get(name)
                .map(|node| self.list(name, node, Self::field))
                .unwrap_or_default(),
        };
        DataModel {
            customer: structure(customer),
            case: structure(case),
        }
    }

    fn field(&mut self, place: &str, node: &Node) -> FieldDefinition {
        let members = self.object(place, node, &MEMBERS, &NEEDED);
        let part = |name: &'static str| (format!("{place}.{name}"), members.get(name).copied());
        FieldDefinition {
            name: self.part(part("name"), text).unwrap_or_default(),
            label: self.part(part("label"), text).unwrap_or_default(),
            field_type: self.part(part("type"), field_type).unwrap_or_else(|| {
                self.depends(place, &["listValues", "role", "maximumLength", "pattern"]);
                FieldType::Text
            }),
            searchable: self.part(part("searchable"), flag).unwrap_or_default(),
            list_values: members
                .get("listValues")
                .map(|node| self.list(&format!("{place}.listValues"), node, Self::list_value))
                .unwrap_or_default(),
            role: self.part(part("role"), role),
            network: self.part(part("network"), text),
            required: self.part(part("required"), flag).unwrap_or_default(),
            maximum_length: self.part(part("maximumLength"), whole_number),
            pattern: self.part(part("pattern"), pattern),
            example: self.part(part("example"), text),
        }
    }

    fn list_value(&mut self, place: &str, node: &Node) -> ListValue {
        let members = self.object(place, node, &LIST_VALUE_MEMBERS, &LIST_VALUE_MEMBERS);
        let part = |name: &'static str| (format!("{place}.{name}"), members.get(name).copied());
        ListValue {
            name: self.part(part("name"), text).unwrap_or_default(),
            value: self.part(part("value"), text).unwrap_or_default(),
        }
    }

    /// The members of an object. Unknown and missing ones are noted as mistakes.
    fn object<'a>(&mut self, place: &str, node: &'a Node, known: &[&str], needed: &[&str]) -> BTreeMap<&'a str, &'a Node> {
        self.positions.insert(place.to_owned(), node.at);
        let Content::Object(members) = &node.content else {
            self.note(place, node.at, format!("must be an object with {}", known.join(", ")));
            return BTreeMap::new();
        };
        for name in needed
            .iter()
            .filter(|name| !members.iter().any(|member| member.name == **name))
        {
            let mut missing = format!("has no {name}");
            if place.is_empty() {
                missing.push_str(": [] stands for no fields");
            }
            self.unread.insert(joined(place, name));
            self.say(place, node.at, missing);
        }
        let mut found = BTreeMap::new();
        for Member { name, at, value } in members {
            if known.contains(&name.as_str()) {
                found.insert(name.as_str(), value);
            } else {
                self.say(
                    &joined(place, name),
                    *at,
                    format!("is not known here{}", suggestion(name, known)),
                );
            }
        }
        found
    }

    fn list<T>(&mut self, place: &str, node: &Node, read: impl Fn(&mut Self, &str, &Node) -> T) -> Vec<T> {
        self.positions.insert(place.to_owned(), node.at);
        let Content::List(elements) = &node.content else {
            self.note(place, node.at, "must be a list".to_owned());
            return Vec::new();
        };
        (0..)
            .zip(elements)
            .map(|(at, element)| read(self, &format!("{place}[{at}]"), element))
            .collect()
    }

    /// The value of a member, if it exists and is readable.
    fn part<T>(&mut self, (place, node): (String, Option<&Node>), read: fn(&Node) -> Result<T, String>) -> Option<T> {
        let node = node?;
        self.positions.insert(place.clone(), node.at);
        read(node).map_err(|message| self.note(&place, node.at, message)).ok()
    }

    /// Notes that a part cannot be read.
    fn note(&mut self, place: &str, at: Position, message: String) {
        self.unread.insert(place.to_owned());
        if let Some(field) = place.strip_suffix(".pattern") {
            self.depends(field, &["example"]);
        }
        if let Some(field) = place.strip_suffix(".role") {
            self.depends(field, &["network"]);
        }
        self.say(place, at, message);
    }

    fn say(&mut self, place: &str, at: Position, message: String) {
        self.mistakes.push(Mistake {
            place: place.to_owned(),
            field: None,
            at: Some(at),
            message,
        });
    }

    fn depends(&mut self, place: &str, members: &[&str]) {
        self.unread.extend(members.iter().map(|member| joined(place, member)));
    }

    /// Adds the mistakes in readable parts, and the field's name to every mistake.
    fn judge(&mut self, model: &DataModel) {
        for wrong in model.check().err().unwrap_or_default() {
            if self.unread.iter().any(|unread| is_inside(&wrong.name, unread)) {
                continue;
            }
            let at = self.position(&wrong.name);
            self.mistakes.push(Mistake {
                place: wrong.name,
                field: None,
                at,
                message: wrong.message,
            });
        }
        for mistake in &mut self.mistakes {
            mistake.field = field_name(model, &mistake.place);
        }
    }

    /// The place of a part, or of the part around it.
    fn position(&self, place: &str) -> Option<Position> {
        let mut place = place;
        loop {
            if let Some(at) = self.positions.get(place) {
                return Some(*at);
            }
            place = &place[..place.rfind(['.', '['])?];
        }
    }
}

fn joined(place: &str, member: &str) -> String {
    if place.is_empty() {
        member.to_owned()
    } else {
        format!("{place}.{member}")
    }
}

/// Whether `place` is this part or inside it.
fn is_inside(place: &str, part: &str) -> bool {
    place
        .strip_prefix(part)
        .is_some_and(|rest| part.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The name of the field at `customer[3]…`.
fn field_name(model: &DataModel, place: &str) -> Option<String> {
    let (object, rest) = place.split_once('[')?;
    let object = Object::ALL.into_iter().find(|one| one.name() == object)?;
    let at: usize = rest.split_once(']')?.0.parse().ok()?;
    let name = &model.of(object).fields.get(at)?.name;
    (!name.is_empty()).then(|| name.clone())
}

fn text(node: &Node) -> Result<String, String> {
    match &node.content {
        Content::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") => {
            Err("has no value: give it one, or leave it out".to_owned())
        }
        Content::Scalar { text, plain: true } if is_flag_or_number(text) => {
            Err(format!("must be a text: put it in quotes, \"{text}\""))
        }
        Content::Scalar { text, .. } => Ok(text.clone()),
        Content::List(_) => Err("must be a text, not a list".to_owned()),
        Content::Object(_) => Err("must be a text, not an object".to_owned()),
    }
}

/// Whether YAML means something other than a text by it.
fn is_flag_or_number(plain: &str) -> bool {
    let number = plain.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.'));
    to_flag(plain).is_some() || number && plain.parse::<f64>().is_ok() || plain.starts_with("0x") || plain.starts_with("0o")
}

fn to_flag(plain: &str) -> Option<bool> {
    match plain {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

fn flag(node: &Node) -> Result<bool, String> {
    let read = match &node.content {
        Content::Scalar { text, plain: true } => to_flag(text),
        _ => None,
    };
    read.ok_or_else(|| "must be true or false, without quotes".to_owned())
}

fn whole_number(node: &Node) -> Result<usize, String> {
    let read = match &node.content {
        Content::Scalar { text, plain: true } => text.parse().ok(),
        _ => None,
    };
    read.ok_or_else(|| "must be a whole number, without quotes".to_owned())
}

fn pattern(node: &Node) -> Result<Pattern, String> {
    Pattern::parse(&text(node)?)
}

fn field_type(node: &Node) -> Result<FieldType, String> {
    one_of(node, &FieldType::ALL.map(FieldType::name), |word| {
        let other = |(_, names): &&(FieldType, &[&str])| names.contains(&word);
        OTHER_NAMES.iter().find(other).map(|(meant, _)| meant.name())
    })
}

fn role(node: &Node) -> Result<Role, String> {
    one_of(node, &Role::ALL.map(Role::name), |_| None)
}

/// One of several words, as configuration may write them. `other` returns the word for another name.
fn one_of<T: DeserializeOwned>(
    node: &Node,
    names: &[&'static str],
    other: impl Fn(&str) -> Option<&'static str>,
) -> Result<T, String> {
    let word = text(node)?;
    serde_json::from_value(word.as_str().into()).map_err(|_| {
        let choices = names.join(", ");
        match other(&word.to_ascii_lowercase()) {
            Some(meant) => format!("must be one of {choices}: did you mean {meant}?"),
            None => format!("must be one of {choices}{}", suggestion(&word, names)),
        }
    })
}

/// The most similar name as the end of a sentence; empty if there is none.
fn suggestion(word: &str, names: &[&str]) -> String {
    let likeness = |name: &str| strsim::normalized_damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase());
    let best = names.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    best.filter(|name| likeness(name) >= ALIKE)
        .map_or_else(String::new, |name| format!(": did you mean {name}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, wanted: &[&str]) {
        let mistakes = read(text).err().unwrap_or_default();
        let shown: Vec<String> = mistakes
            .iter()
            .map(|one| {
                let at = one.at.map_or("-".to_owned(), |at| at.to_string());
                format!("{at} {} {}", one.place, one.message)
            })
            .collect();
        assert_eq!(shown.len(), wanted.len(), "{shown:#?}");
        for (shown, wanted) in shown.iter().zip(wanted) {
            assert!(shown.contains(wanted), "{shown} is not {wanted}");
        }
    }

    /// Fields of customers, one of them sound, and none of cases.
    #[track_caller]
    fn check_customer(fields: &str, wanted: &[&str]) {
        check(
            &format!("case: []\ncustomer:\n  - {{name: a, label: A, type: text}}\n{fields}"),
            wanted,
        );
    }

    #[test]
    fn a_sound_model_is_read_in_both_forms() {
        let yaml =
            "customer:\n  - {name: tier, label: Tier, type: Single_sel_list, listValues: [{name: One, value: '1'}]}\ncase: []\n";
        let model = read(yaml).unwrap();
        assert_eq!(model.customer.fields[0].field_type, FieldType::SingleSelList);
        let document = Document::new(&model);
        assert_eq!(read(&serde_json::to_string_pretty(&document).unwrap()).unwrap(), model);
        assert_eq!(read(&serde_norway::to_string(&document).unwrap()).unwrap(), model);
    }

    #[test]
    fn every_part_of_the_default_model_survives_both_forms() {
        let model = DataModel {
            customer: ObjectStructure::default_customer(),
            case: ObjectStructure::default_case(),
        };
        let document = Document::new(&model);
        assert_eq!(read(&serde_json::to_string(&document).unwrap()).unwrap(), model);
        assert_eq!(read(&serde_norway::to_string(&document).unwrap()).unwrap(), model);
    }

    #[test]
    fn awkward_texts_survive_both_forms() {
        for awkward in [
            "yes",
            "007",
            "1e3",
            "null",
            "a: b",
            "# c",
            "é ✨",
            "\"'",
            "\\d{2}\\.",
            "- x",
            " x ",
            "true",
        ] {
            let mut model = read("customer: [{name: a, label: A, type: text}]\ncase: []").unwrap();
            let field = &mut model.customer.fields[0];
            awkward.clone_into(&mut field.label);
            field.example = Some(awkward.to_owned());
            field.pattern = Some(Pattern::parse(".*").unwrap());
            let document = Document::new(&model);
            assert_eq!(read(&serde_json::to_string(&document).unwrap()).unwrap(), model, "{awkward}");
            assert_eq!(
                read(&serde_norway::to_string(&document).unwrap()).unwrap(),
                model,
                "{awkward}"
            );
        }
    }

    #[test]
    fn what_is_no_model() {
        check("", &["is empty"]);
        check("[]", &["1:1  must be an object with customer, case"]);
        check(
            "customer: x",
            &["1:1  has no case: [] stands for no fields", "1:11 customer must be a list"],
        );
        check("customer: [\n", &["2:"]);
        check(
            "customers: []\ncase: []",
            &[
                "1:1  has no customer",
                "1:1 customers is not known here: did you mean customer?",
            ],
        );
    }

    #[test]
    fn members_and_types() {
        check_customer(
            "  - name: b\n    lable: B\n    type: select\n    searchble: true\n    colour: red\n",
            &[
                "4:5 customer[1] has no label",
                "5:5 customer[1].lable is not known here: did you mean label?",
                "6:11 customer[1].type must be one of text, textarea, single_sel_list, checkbox: did you mean single_sel_list?",
                "7:5 customer[1].searchble is not known here: did you mean searchable?",
                "8:5 customer[1].colour is not known here",
            ],
        );
        check_customer(
            "  - {name: b, label: 1, type: txt, searchable: 'true', required: 1, role: mail, maximumLength: 1.5, pattern: '('}",
            &[
                "customer[1].label must be a text: put it in quotes",
                "customer[1].type must be one of text, textarea, single_sel_list, checkbox: did you mean text?",
                "customer[1].searchable must be true or false",
                "customer[1].required must be true or false",
                "customer[1].role must be one of displayName",
                "customer[1].maximumLength must be a whole number",
                "customer[1].pattern must be a regular expression: ",
            ],
        );
        check_customer(
            "  - x\n  - [y]\n",
            &["customer[1] must be an object", "customer[2] must be an object"],
        );
        check_customer("  - {name: b, label: , type: text}", &["customer[1].label has no value"]);
    }

    #[test]
    fn what_can_be_read_is_judged_beside_what_cannot() {
        check_customer(
            "  - {name: id, label: B, type: text, role: nonsense, network: x}\n  - {name: A, label: '', type: wrong, listValues: [{name: X, value: x}]}\n  \
             - {name: c, label: C, type: single_sel_list, listValues: [{name: X, value: x}, {name: Y, value: x}, {name: Z}]}",
            &[
                "4:12 customer[1].name is reserved",
                "customer[1].role must be one of",
                "5:12 customer[2].name is the name of customer[0] already",
                "customer[2].label must not be empty",
                "customer[2].type must be one of",
                "6:99 customer[3].listValues[1].value is in this list twice",
                "customer[3].listValues[2] has no value",
            ],
        );
    }

    #[test]
    fn a_mistake_names_its_field() {
        let mistakes = read("customer: [{name: tier, label: '', type: text}]\ncase: []").unwrap_err();
        assert_eq!(mistakes[0].field.as_deref(), Some("tier"));
    }
}
