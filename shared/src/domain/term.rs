//! Search terms: under which values a customer is found.

use std::collections::BTreeSet;

use super::{Customer, Role, model::ObjectStructure};
use crate::normal::{name_tokens, text};

/// What a term's value is a normal form of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermKind {
    /// A value of a role; of a name, one token of it.
    Role(Role),
    /// Blocking keys of best match: two words of a name,
    NamePair,
    /// a word of a name,
    NameWord,
    /// a word of a name and the initial of another,
    NameInitial,
    /// the sounds of two words of a name,
    NameSound,
    /// the letters that a handle of the person may consist of,
    Alias,
    /// a word of a name and a postcode or city.
    NamePlace,
    /// The value of a searchable field of the model that has no role.
    Custom(String),
}

impl TermKind {
    /// Whether it is a contact point or a reference: values that few customers share.
    pub fn is_identifier(&self) -> bool {
        matches!(self, Self::Role(role) if role.is_identifier())
    }

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
        terms.extend(self.blocking_keys());
        terms
    }
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
            Term::new(TermKind::Custom("tier".to_owned()), "gold"),
        ];
        let mut terms = jane.terms(&model);
        terms.retain(|term| matches!(term.kind, TermKind::Role(_) | TermKind::Custom(_)));
        assert_eq!(terms, wanted.into_iter().collect());
    }
}
