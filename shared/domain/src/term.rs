//! Search terms: the values under which a customer is found.

use std::collections::BTreeSet;

use super::{Customer, Identifier, Role, Timestamp, model::ObjectStructure};
use crate::normal::{dialled_digits, digits, extension, name_tokens, name_words, text, whole_name_forms};

/// The kind of value that a term is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermKind {
    /// A value of a role. For a name, one token of it.
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
    /// a word of a name and a postcode or city, or the number and the sound of a street.
    NamePlace,
    /// The value of a searchable field of the model that has no role.
    Custom(String),
    /// The value of an attribute that the tenant has defined for contact persons.
    ContactCustom(String),
    /// A whole name of the customer.
    WholeName,
    /// The time when the customer was created, in milliseconds since 1970, in one of [`CREATED_PARTS`] parts.
    Created(u64),
    /// The number of a contact point, for customers of a brand.
    ContactPoint,
    /// A word of a contact point or of the client's own id, for customers of a brand.
    DirectoryWord,
}

/// The number of parts that share the creation times. A single part would take every new customer of the tenant, and
/// thus at most 1,000 a second. A range of times takes one look-up in each part.
pub const CREATED_PARTS: u64 = 4;

impl TermKind {
    /// Whether it is of a contact point or a reference, values that few customers share.
    pub fn is_identifier(&self) -> bool {
        matches!(self, Self::Role(role) if role.is_identifier())
    }

    /// Whether values are looked up by prefix.
    pub fn is_by_prefix(&self) -> bool {
        match self {
            Self::Role(role) => role.is_name(),
            Self::WholeName | Self::DirectoryWord => true,
            _ => false,
        }
    }
}

/// One searchable value of a customer. It is stored as an item of its own and deleted with the customer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// The kind.
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
    /// All terms under which this customer is found. Values with a role always have terms, since best match looks
    /// them up whatever the search form has. Other values have terms if their field is searchable.
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
                terms.insert(Term::new(TermKind::Role(role), role.normal_text(value)));
            }
        }
        for identifier in &self.identifiers {
            terms.insert(Term::new(TermKind::Role(identifier.role), &identifier.normal));
            if identifier.role == Role::Phone {
                let others = other_digits(&identifier.value, &identifier.normal).into_iter();
                terms.extend(others.map(|digits| Term::new(TermKind::Role(Role::Phone), digits)));
            }
        }
        terms.extend(
            self.learnt_handles()
                .map(|(_, handle)| Term::new(TermKind::Role(Role::Handle), handle)),
        );
        terms.extend(self.party_terms());
        for field in model.fields.iter().filter(|field| field.has_own_terms()) {
            if let Some(value) = self.custom.get(&field.name) {
                terms.insert(Term::new(TermKind::Custom(field.name.clone()), text(value.as_text())));
            }
        }
        terms.extend(self.blocking_keys());
        // A value without visible characters has no normal form, and an index accepts no empty key.
        terms.retain(|term| !term.value.is_empty());
        terms
    }
}

/// The digits by which a telephone number is found in addition to its normal form: the international and the entered
/// number with the extension. If it cannot be a number, the entered digits.
fn other_digits(value: &str, normal: &str) -> Vec<String> {
    let (entered, number) = (dialled_digits(value), digits(normal));
    match extension(value) {
        Some(extension) if normal.starts_with('+') => vec![format!("{number}{extension}"), entered],
        _ if entered.len() > number.len() => vec![entered],
        _ => Vec::new(),
    }
}

impl Customer {
    fn party_terms(&self) -> Vec<Term> {
        let names = self.whole_names().flat_map(|name| whole_name_forms(&name));
        let names = names.map(|name| Term::new(TermKind::WholeName, name));
        let attributes = self.party.contacts.iter().flat_map(|contact| &contact.custom);
        let attributes = attributes.map(|(name, value)| Term::new(TermKind::ContactCustom(name.clone()), text(value)));
        let numbered = self.identifiers.iter().filter(|_| self.party.brand.is_some());
        let numbers = numbered.flat_map(|one| self.numbers_of(one));
        let numbers = numbers.map(|number| Term::new(TermKind::ContactPoint, number.to_string()));
        let words = self.directory_words().into_iter();
        let words = words.map(|word| Term::new(TermKind::DirectoryWord, word));
        let party = [self.creation_term()].into_iter().chain(names).chain(attributes);
        party.chain(numbers).chain(words).collect()
    }

    /// The term of the customer's creation time. Every customer has one, whatever is known about it.
    pub fn creation_term(&self) -> Term {
        let part = self.id.number() % CREATED_PARTS;
        Term::new(TermKind::Created(part), time_token(self.created.at))
    }

    /// The words, in addition to the names, by which a directory finds a brand's customer: those of contact points on
    /// channels and of the client's own id (Omnidesk customer, section 6.1).
    pub fn directory_words(&self) -> BTreeSet<String> {
        if self.party.brand.is_none() {
            return BTreeSet::new();
        }
        let is_on_channel = |one: &&Identifier| match one.role {
            Role::Email | Role::Phone => true,
            Role::Handle => one.network.is_some(),
            _ => false,
        };
        let values = self.identifiers.iter().filter(is_on_channel).map(|one| one.value.as_str());
        let external = self.external_ids().map(|external| external.id.as_str());
        values.chain(external).flat_map(name_words).collect()
    }
}

/// A moment as a text that sorts by time. Times before 1679 count as 1679.
pub fn time_token(at: Timestamp) -> String {
    let since = at.milliseconds().saturating_add(BEFORE_1970);
    format!("{:014}", since.max(0))
}

/// The earliest time that can be ordered, in milliseconds before 1970.
const BEFORE_1970: i64 = 9_200_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldDefinition, FieldType, FieldValue, customer::tests::customer};

    #[test]
    fn invisible_values_have_no_terms() {
        let nobody = customer(&[("displayName", "\u{200b}"), ("screenName", "@")]);
        let terms = nobody.terms(&ObjectStructure::default_customer());
        assert!(
            terms.iter().all(|term| matches!(term.kind, TermKind::Created(_))),
            "{terms:?}"
        );
    }

    #[test]
    fn a_customer_has_terms_for_each_searchable_value() {
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
            ..FieldDefinition::new("tier", "Tier", FieldType::Text)
        });
        jane.custom.insert("tier".to_owned(), FieldValue::Text("Gold".to_owned()));
        let name = |token: &str| Term::new(TermKind::Role(Role::DisplayName), token);
        let wanted = [
            name("jane"),
            name("neill"),
            name("o"),
            name("oneill"),
            Term::new(TermKind::Role(Role::Email), "jane@x.example"),
            Term::new(TermKind::Role(Role::Zip), "sw1a1aa"),
            Term::new(TermKind::Custom("tier".to_owned()), "gold"),
            Term::new(TermKind::WholeName, "jane oneill"),
        ];
        let mut terms = jane.terms(&model);
        terms.retain(|term| matches!(term.kind, TermKind::Role(_) | TermKind::Custom(_) | TermKind::WholeName));
        assert_eq!(terms, wanted.into_iter().collect());
    }
}
