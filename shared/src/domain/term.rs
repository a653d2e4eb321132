//! Search terms: under which values a customer is found.

use std::collections::BTreeSet;

use super::{Customer, Role, model::ObjectStructure};
use crate::normal::{name_tokens, name_words, text};

/// What a term's value is a normal form of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermKind {
    /// A value of a role; of a name, one token of it.
    Role(Role),
    /// All words of a name, sorted: the order in which people give them does not matter.
    FullName,
    /// The value of a searchable field of the model that has no role.
    Custom(String),
}

impl TermKind {
    /// Whether values are looked up by prefix.
    pub fn is_by_prefix(&self) -> bool {
        matches!(self, Self::Role(role) if role.is_name())
    }
}

/// One searchable value of a customer; stored as an item of its own that dies with the customer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// Of what.
    pub kind: TermKind,
    /// The normal form.
    pub value: String,
}

impl Term {
    /// A term.
    pub fn new(kind: TermKind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: value.into(),
        }
    }
}

impl Customer {
    /// All terms under which this customer is to be found. Values with a role always are, since best match looks for them
    /// whatever the tenant's search form shows; others where their field is searchable.
    pub fn terms(&self, model: &ObjectStructure) -> BTreeSet<Term> {
        let mut terms = BTreeSet::new();
        for (&role, value) in &self.profile {
            if role.is_name() {
                terms.extend(
                    name_tokens(value)
                        .into_iter()
                        .map(|token| Term::new(TermKind::Role(role), token)),
                );
            } else {
                terms.insert(Term::new(TermKind::Role(role), text(value)));
            }
        }
        for identifier in &self.identifiers {
            terms.insert(Term::new(TermKind::Role(identifier.role), &identifier.normal));
        }
        for field in model.fields.iter().filter(|field| field.has_own_terms()) {
            if let Some(value) = self.custom.get(&field.name) {
                terms.insert(Term::new(TermKind::Custom(field.name.clone()), text(value.as_text())));
            }
        }
        terms.extend(self.full_names().into_iter().map(|name| Term::new(TermKind::FullName, name)));
        terms
    }

    /// The customer's names in the form of [`full_name`]: the display name, and first and last name together.
    pub fn full_names(&self) -> BTreeSet<String> {
        let part = |role| self.profile.get(&role).map_or("", String::as_str);
        let legal = format!("{} {}", part(Role::FirstName), part(Role::LastName));
        [part(Role::DisplayName), &legal].into_iter().filter_map(full_name).collect()
    }
}

/// All words of a name, sorted and each once. `None` below two words: one word alone does not name a person.
pub fn full_name(raw: &str) -> Option<String> {
    let words: BTreeSet<String> = name_words(raw).into_iter().collect();
    (words.len() > 1).then(|| words.into_iter().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FieldDefinition, FieldType, FieldValue, customer::tests::customer, model::plain};

    #[test]
    fn terms_of_a_customer() {
        let mut model = ObjectStructure::default_customer();
        let mut jane = customer(&[
            ("displayName", "Jane ✨ O'Neill"),
            ("email", "Jane@X.example"),
            ("email2", "jane@x.example"),
            ("zip", " SW1A 1AA"),
            ("description", "never searched"),
        ]);
        model.fields.push(FieldDefinition {
            searchable: true,
            ..plain("tier", "Tier", FieldType::Text)
        });
        jane.custom.insert("tier".to_owned(), FieldValue::Text("Gold".to_owned()));
        let name = |token: &str| Term::new(TermKind::Role(Role::DisplayName), token);
        let wanted = [
            name("jane"),
            name("neill"),
            name("o"),
            name("oneill"),
            Term::new(TermKind::Role(Role::Email), "jane@x.example"),
            Term::new(TermKind::Role(Role::Zip), "sw1a 1aa"),
            Term::new(TermKind::FullName, "jane neill o"),
            Term::new(TermKind::Custom("tier".to_owned()), "gold"),
        ];
        assert_eq!(jane.terms(&model), wanted.into_iter().collect());
    }

    #[test]
    fn the_order_of_names_does_not_matter() {
        assert_eq!(full_name("Doe, Jane"), full_name("jane DOE"));
        assert_eq!(full_name("Jane"), None);
    }
}
