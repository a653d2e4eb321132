//! Inputs of forms.

use agent::text::Text;
use crm_domain::{
    FieldDefinition, FieldType,
    error::{Error, FieldError},
};
use crm_lambda::http::Request;

/// The beginning of the names of hidden inputs with the value that an input had when the page was made.
const BEFORE: &str = "before-";

/// One input with its label, what was typed, and what is wrong with it.
#[derive(Debug)]
pub struct Input {
    /// Its name in the form.
    pub name: String,
    /// Its label.
    pub label: Text,
    /// An example, or what it is for.
    pub hint: String,
    /// What was typed.
    pub value: String,
    /// What it had when the page was made, where only changes are sent.
    pub before: Option<String>,
    /// What is wrong with that.
    pub mistake: Option<String>,
    /// How it is filled in.
    pub kind: Kind,
}

/// How an input is filled in.
#[derive(Debug)]
pub enum Kind {
    /// One line of text.
    Line,
    /// Several lines.
    Lines,
    /// One of some values, or none.
    Choice(Vec<Choice>),
}

/// A value to choose.
#[derive(Debug)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// What people see.
    pub name: Text,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

impl Input {
    /// A line of text.
    pub fn line(name: &str, label: &str, hint: &str, request: &Request) -> Self {
        Self {
            name: name.to_owned(),
            label: Text::new(label),
            hint: hint.to_owned(),
            value: request.form_value(name).to_owned(),
            before: None,
            mistake: None,
            kind: Kind::Line,
        }
    }

    /// The input for a field of a data model, to search by it.
    pub fn criterion(field: &FieldDefinition, request: &Request) -> Self {
        let input = Self::of_field(field, request.form_value(&field.name).to_owned());
        match input.kind {
            // A search compares values as a whole. Nobody types several lines to find somebody.
            Kind::Lines => Self {
                kind: Kind::Line,
                ..input
            },
            Kind::Line | Kind::Choice(_) => input,
        }
    }

    /// The input for a field of a data model, to edit it. `stored` is its value; of a form that was sent, what was typed is shown.
    pub fn edited(field: &FieldDefinition, stored: &str, request: &Request) -> Self {
        let is_sent = request.method == "POST";
        let shown = |name: &str| find(request, name).filter(|_| is_sent).unwrap_or(stored).to_owned();
        Self {
            hint: hint(field),
            before: Some(shown(&format!("{BEFORE}{}", field.name))),
            ..Self::of_field(field, shown(&field.name))
        }
    }

    fn of_field(field: &FieldDefinition, value: String) -> Self {
        let choice = |choice: &str, name: &str| Choice {
            value: choice.to_owned(),
            name: Text::new(name),
            is_chosen: choice == value,
        };
        let kind = match field.field_type {
            FieldType::Text => Kind::Line,
            FieldType::Textarea => Kind::Lines,
            FieldType::SingleSelList => {
                let all = field.list_values.iter();
                let mut choices: Vec<Choice> = all.map(|one| choice(&one.value, &one.name)).collect();
                // A stored value that the model no longer has stays until somebody chooses another one.
                if !value.is_empty() && choices.iter().all(|one| !one.is_chosen) {
                    choices.push(choice(&value, &value));
                }
                Kind::Choice(choices)
            }
            FieldType::Checkbox => Kind::Choice(vec![choice("true", "Yes"), choice("false", "No")]),
        };
        Self {
            name: field.name.clone(),
            label: Text::new(&field.label),
            hint: String::new(),
            value,
            before: None,
            mistake: None,
            kind,
        }
    }

    /// Puts the mistake about this input beside it.
    pub fn with_mistake_of(mut self, mistakes: &[FieldError]) -> Self {
        let own = mistakes.iter().find(|mistake| mistake.name == self.name);
        self.mistake = own.map(|mistake| mistake.message.clone());
        self
    }

    /// Whether anything was typed.
    pub fn is_filled(&self) -> bool {
        !self.value.trim().is_empty()
    }
}

fn hint(field: &FieldDefinition) -> String {
    let required = field.required.then(|| "Required".to_owned());
    let example = field.example.as_ref().map(|example| format!("such as {example}"));
    let parts: Vec<String> = required.into_iter().chain(example).collect();
    parts.join(", ")
}

fn find<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let found = request.form().iter().find(|(found, _)| found == name);
    found.map(|(_, value)| value.as_str())
}

/// What somebody typed into the input of a field, as it is stored; `None` if the form has no such input.
pub fn typed(field: &FieldDefinition, request: &Request) -> Option<String> {
    find(request, &field.name).map(|text| as_stored(field, text))
}

/// The same, if it differs from what the input had when the page was made. Whoever changed the field since is overruled by it. Fields that
/// nobody touched are not sent, so other people's changes of them stay.
pub fn changed(field: &FieldDefinition, request: &Request) -> Option<String> {
    let before = find(request, &format!("{BEFORE}{}", field.name)).unwrap_or_default();
    let before = as_stored(field, before);
    typed(field, request).filter(|typed| *typed != before)
}

/// Browsers send line breaks as two characters, and keep none in a line of text.
fn as_stored(field: &FieldDefinition, text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    match field.field_type {
        FieldType::Text => text.replace('\n', "").trim().to_owned(),
        _ => text,
    }
}

/// What is wrong with what was typed.
#[derive(Debug, Default)]
pub struct Problem {
    /// What concerns the whole form.
    pub notice: Option<String>,
    /// What concerns a field.
    pub fields: Vec<FieldError>,
}

impl Problem {
    /// The problem for whoever typed.
    ///
    /// # Errors
    /// Whatever nobody can correct in the form.
    pub fn of(error: Error) -> Result<Self, Error> {
        match error {
            Error::Malformed(sentence) => Ok(Self::notice(sentence)),
            Error::Invalid(fields) | Error::UnknownFields(fields) => Ok(Self { notice: None, fields }),
            other => Err(other),
        }
    }

    /// A sentence about the whole form.
    pub fn notice(sentence: impl Into<String>) -> Self {
        Self {
            notice: Some(sentence.into()),
            fields: Vec::new(),
        }
    }

    /// What is to be said above a form with these inputs: also the mistakes that have no place beside one of them.
    pub fn above<'a>(&self, inputs: impl IntoIterator<Item = &'a Input>) -> Option<String> {
        let names: Vec<&str> = inputs.into_iter().map(|input| input.name.as_str()).collect();
        let is_elsewhere = |mistake: &&FieldError| !names.contains(&mistake.name.as_str());
        let elsewhere = self.fields.iter().filter(is_elsewhere);
        let sentences = elsewhere.map(|mistake| format!("{} {}.", mistake.name, mistake.message));
        let sentences: Vec<String> = self.notice.clone().into_iter().chain(sentences).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// The status of the page that shows it.
    pub fn status(&self) -> u16 {
        if self.notice.is_none() && self.fields.is_empty() {
            200
        } else {
            422
        }
    }
}

#[cfg(test)]
mod tests {
    use crm_domain::ListValue;

    use super::*;

    fn field(field_type: FieldType) -> FieldDefinition {
        FieldDefinition {
            field_type,
            list_values: vec![ListValue {
                name: "Gold".to_owned(),
                value: "gold".to_owned(),
            }],
            ..FieldDefinition::new("x", "X", FieldType::Text)
        }
    }

    fn sent(form: &str) -> Request {
        let mut request = Request::default();
        request.method = "POST".to_owned();
        request.body = form.as_bytes().to_vec();
        request
    }

    #[track_caller]
    fn check_changed(field_type: FieldType, form: &str, wanted: Option<&str>) {
        assert_eq!(changed(&field(field_type), &sent(form)).as_deref(), wanted, "{form}");
    }

    #[test]
    fn only_what_somebody_changed_is_sent() {
        check_changed(FieldType::Text, "x=a&before-x=a", None);
        check_changed(FieldType::Text, "x=b&before-x=a", Some("b"));
        check_changed(FieldType::Text, "x=&before-x=a", Some(""));
        check_changed(FieldType::Text, "x=+b+", Some("b"));
        check_changed(FieldType::Text, "before-x=a", None);
        // What browsers do to line breaks is no change.
        check_changed(FieldType::Text, "x=ab&before-x=a%0D%0Ab", None);
        check_changed(FieldType::Textarea, "x=a%0D%0Ab&before-x=a%0Ab", None);
        check_changed(FieldType::Textarea, "x=a%0D%0Ab%0D%0A&before-x=a", Some("a\nb\n"));
    }

    #[test]
    fn a_choice_that_the_model_lost_stays_until_another_one_is_chosen() {
        let input = Input::edited(&field(FieldType::SingleSelList), "bronze", &Request::default());
        let Kind::Choice(choices) = input.kind else {
            panic!("no choice")
        };
        let shown: Vec<(&str, bool)> = choices.iter().map(|one| (one.value.as_str(), one.is_chosen)).collect();
        assert_eq!(shown, [("gold", false), ("bronze", true)]);
    }

    #[test]
    fn what_was_typed_is_shown_again_and_so_is_what_was_there_before() {
        let input = Input::edited(&field(FieldType::Text), "stored", &sent("x=typed&before-x=seen"));
        assert_eq!((input.value.as_str(), input.before.as_deref()), ("typed", Some("seen")));
        let input = Input::edited(&field(FieldType::Text), "stored", &Request::default());
        assert_eq!((input.value.as_str(), input.before.as_deref()), ("stored", Some("stored")));
    }

    #[test]
    fn a_mistake_without_an_input_is_told_above() {
        let problem = Problem {
            notice: Some("Please look.".to_owned()),
            fields: vec![FieldError::new("x", "is required"), FieldError::new("id", "is too long")],
        };
        let inputs = [Input::line("x", "X", "", &Request::default())];
        assert_eq!(problem.above(&inputs).as_deref(), Some("Please look. id is too long."));
        assert_eq!(Problem::default().above(&inputs), None);
    }
}
