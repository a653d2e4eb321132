//! Inputs of forms.

use agent::text::Text;
use crm_domain::{FieldDefinition, FieldType, error::FieldError};
use crm_lambda::http::Request;

/// One input with its label, what was typed, and what is wrong with it.
#[derive(Debug)]
pub struct Input {
    /// Its name in the form.
    pub name: String,
    /// Its label.
    pub label: Text,
    /// An example, or what it is for.
    pub hint: &'static str,
    /// What was typed.
    pub value: String,
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
    pub fn line(name: &str, label: &str, hint: &'static str, request: &Request) -> Self {
        Self {
            name: name.to_owned(),
            label: Text::new(label),
            hint,
            value: request.form_value(name).to_owned(),
            mistake: None,
            kind: Kind::Line,
        }
    }

    /// The input for a field of a data model, to search by it.
    pub fn criterion(field: &FieldDefinition, request: &Request) -> Self {
        let value = request.form_value(&field.name);
        let choice = |choice: &str, name: &str| Choice {
            value: choice.to_owned(),
            name: Text::new(name),
            is_chosen: choice == value,
        };
        let kind = match field.field_type {
            FieldType::Text | FieldType::Textarea => Kind::Line,
            FieldType::SingleSelList => {
                let all = field.list_values.iter();
                Kind::Choice(all.map(|one| choice(&one.value, &one.name)).collect())
            }
            FieldType::Checkbox => Kind::Choice(vec![choice("true", "Yes"), choice("false", "No")]),
        };
        Self {
            kind,
            ..Self::line(&field.name, &field.label, "", request)
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
