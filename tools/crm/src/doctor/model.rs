//! The data model that the server publishes, and values that fit it (contract section 3).

use super::mark::VisitMark;
use serde_json::{Map, Value, json};

/// Members that the server fills, whatever the model says about them.
const RESERVED: [&str; 9] = [
    "id",
    "uri",
    "url",
    "linkUrl",
    "created",
    "lastUpdated",
    "number",
    "customerId",
    "interactions",
];
/// Members of a case that the contract itself defines, so that they are not custom fields.
const OF_EVERY_CASE: [&str; 4] = ["title", "description", "status", "customId"];

/// The fields of customers or cases.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// In the model's order.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in JSON.
    pub name: String,
    /// Its type, in lower case.
    pub kind: String,
    /// Whether it is searchable.
    pub searchable: bool,
    /// The values of a list.
    pub values: Vec<String>,
}

/// The probable content of a text field, judged by its name. The contract has no formats, but servers may check them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Anything.
    Free,
    /// A name of a person.
    Name,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A name on a network.
    Handle,
    /// A web address.
    Url,
    /// A day.
    Date,
    /// A postal code.
    Zip,
    /// A state of the USA.
    State,
    /// A country.
    Country,
    /// An account's, order's or other number.
    Number,
}

impl Model {
    /// Reads a model and leaves out what is invalid, which another check reports.
    pub fn read(body: &Value) -> Self {
        let fields = body["fields"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Field::read)
            .collect();
        Self { fields }
    }

    /// The fields that a client may fill.
    pub fn fillable(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !RESERVED.contains(&field.name.as_str()))
    }

    /// The fields of a case that are not the contract's own.
    pub fn custom(&self) -> impl Iterator<Item = &Field> {
        self.fillable().filter(|field| !OF_EVERY_CASE.contains(&field.name.as_str()))
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field for the doctor's mark: a name if there is one, preferably searchable.
    pub fn mark_field(&self) -> Option<&Field> {
        let named = ["lastName", "displayName", "name", "firstName"]
            .iter()
            .filter_map(|name| self.field(name));
        let free = self
            .fillable()
            .filter(|field| matches!(field.format(), Format::Free | Format::Name));
        let candidates: Vec<&Field> = named.chain(free).filter(|field| field.is_text()).collect();
        let searchable = candidates.iter().find(|field| field.searchable);
        searchable.or(candidates.first()).copied()
    }

    /// Text fields without a format, except for the mark's, to be changed back and forth.
    pub fn free_texts(&self) -> Vec<&Field> {
        let mark = self.mark_field().map(|field| field.name.as_str());
        self.fillable()
            .filter(|field| field.is_text() && Some(field.name.as_str()) != mark)
            .filter(|field| matches!(field.format(), Format::Free | Format::Name))
            .collect()
    }

    /// The first fillable text of this format.
    pub fn first(&self, format: Format) -> Option<&Field> {
        self.fillable().find(|field| field.is_text() && field.format() == format)
    }

    /// A value for each of these fields.
    pub fn filled<'a>(fields: impl Iterator<Item = &'a Field>, mark: &VisitMark) -> Map<String, Value> {
        fields
            .filter_map(|field| Some((field.name.clone(), field.sample(mark)?)))
            .collect()
    }
}

impl Field {
    fn read(value: &Value) -> Option<Self> {
        let values = value["listValues"].as_array().into_iter().flatten();
        Some(Self {
            name: value["name"].as_str()?.to_owned(),
            kind: value["type"].as_str()?.to_lowercase(),
            searchable: value["searchable"] == true,
            values: values
                .filter_map(|value| value["value"].as_str().map(str::to_owned))
                .collect(),
        })
    }

    /// Whether it holds text that is not from a list.
    pub fn is_text(&self) -> bool {
        self.kind == "text" || self.kind == "textarea"
    }

    /// Its probable content.
    pub fn format(&self) -> Format {
        const WORDS: [(&str, Format); 22] = [
            ("email", Format::Email),
            ("e_mail", Format::Email),
            ("phone", Format::Phone),
            ("mobile", Format::Phone),
            ("handle", Format::Handle),
            ("screenname", Format::Handle),
            ("screen_name", Format::Handle),
            ("url", Format::Url),
            ("website", Format::Url),
            ("link", Format::Url),
            ("date", Format::Date),
            ("birthday", Format::Date),
            ("zip", Format::Zip),
            ("postal", Format::Zip),
            ("state", Format::State),
            ("country", Format::Country),
            ("firstname", Format::Name),
            ("lastname", Format::Name),
            ("displayname", Format::Name),
            ("number", Format::Number),
            ("account", Format::Number),
            ("order", Format::Number),
        ];
        let name = self.name.to_lowercase();
        WORDS
            .iter()
            .find(|(word, _)| name.contains(word))
            .map_or(Format::Free, |(_, format)| *format)
    }

    /// A value that the field should accept, unique if possible.
    pub fn sample(&self, mark: &VisitMark) -> Option<Value> {
        match self.kind.as_str() {
            "checkbox" => Some(json!(true)),
            "single_sel_list" => self.values.first().map(|value| json!(value)),
            "text" | "textarea" => Some(json!(self.sample_text(mark))),
            _ => None,
        }
    }

    fn sample_text(&self, mark: &VisitMark) -> String {
        let name = self.name.to_lowercase();
        match self.format() {
            Format::Email => mark.email(&name),
            Format::Phone => mark.phone(usize::from(name.ends_with('2'))),
            Format::Handle => mark.handle(),
            Format::Url => mark.url(&name),
            Format::Date => "2020-02-29".to_owned(),
            Format::Zip => "94105".to_owned(),
            Format::State => "CA".to_owned(),
            Format::Country => "US".to_owned(),
            Format::Number => mark.number(&name),
            Format::Name | Format::Free => mark.text(),
        }
    }

    /// A value that the field must refuse.
    pub fn nonsense(&self) -> Value {
        match self.kind.as_str() {
            "checkbox" => json!("perhaps"),
            "single_sel_list" => json!("crm-doctor: no such value"),
            _ => json!({"crm-doctor": ["not", "a", "text"]}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        Model::read(&json!({"name": "customer", "fields": [
            {"name": "id", "label": "Id", "type": "text", "searchable": false},
            {"name": "email2", "label": "E-mail", "type": "Text", "searchable": true},
            {"name": "description", "label": "Notes", "type": "textarea", "searchable": false},
            {"name": "lastName", "label": "Name", "type": "text", "searchable": true},
            {"name": "tier", "label": "Tier", "type": "single_sel_list", "searchable": true, "listValues": [{"name": "Gold", "value": "gold"}]},
            {"name": "vip", "label": "VIP", "type": "checkbox", "searchable": false},
            {"name": "empty", "label": "Empty", "type": "single_sel_list", "searchable": false, "listValues": []},
        ]}))
    }

    #[test]
    fn every_type_gets_a_fitting_value() {
        let mark = VisitMark::from_bits(0x3f9a_2c1b);
        let filled = Model::filled(model().fillable(), &mark);
        assert_eq!(
            Value::Object(filled),
            json!({
                "email2": "crm-doctor-3f9a2c1b-email2@example.com", "description": "crm-doctor 3f9a2c1b", "lastName": "crm-doctor 3f9a2c1b",
                "tier": "gold", "vip": true,
            })
        );
    }

    #[test]
    fn the_mark_goes_into_a_searchable_name() {
        assert_eq!(model().mark_field().map(|field| field.name.as_str()), Some("lastName"));
        let free: Vec<String> = model().free_texts().iter().map(|field| field.name.clone()).collect();
        assert_eq!(free, ["description"]);
    }

    #[test]
    fn formats_are_read_from_names() {
        let format = |name: &str| {
            let field = Field {
                name: name.to_owned(),
                kind: "text".to_owned(),
                searchable: true,
                values: vec![],
            };
            field.format()
        };
        assert_eq!(format("workEmail"), Format::Email);
        assert_eq!(format("twitterHandle"), Format::Handle);
        assert_eq!(format("profileUrl"), Format::Url);
        assert_eq!(format("phone2"), Format::Phone);
        assert_eq!(format("orderNumber"), Format::Number);
        assert_eq!(format("city"), Format::Free);
    }
}
