//! Search terms: under which values a customer is found.

use std::collections::BTreeSet;

use super::{Customer, Identifier, Role, Timestamp, model::ObjectStructure};
use crate::normal::{dialled_digits, digits, extension, name_tokens, name_words, text, whole_name_forms};

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
    /// The value of an attribute that the tenant gives to contact persons.
    ContactCustom(String),
    /// A whole name that the customer may go by.
    WholeName,
    /// When the customer was made, in milliseconds since 1970, in one of [`CREATED_PARTS`] parts.
    Created(u64),
    /// The number of a contact point of a brand's customer.
    ContactPoint,
    /// A word of a contact point or of the client's own id, of a brand's customer.
    DirectoryWord,
}

/// So many parts hold the times at which customers were made: one would have to take every new customer of the tenant, at most
/// 1,000 a second. Any range of time is one look-up in each.
pub const CREATED_PARTS: u64 = 4;

impl TermKind {
    /// Whether it is a contact point or a reference: values that few customers share.
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
        terms.extend(self.party_terms());
        for field in model.fields.iter().filter(|field| field.has_own_terms()) {
            if let Some(value) = self.custom.get(&field.name) {
                terms.insert(Term::new(TermKind::Custom(field.name.clone()), text(value.as_text())));
            }
        }
        terms.extend(self.blocking_keys());
        // A value without anything visible has no normal form, and an index takes no empty key.
        terms.retain(|term| !term.value.is_empty());
        terms
    }
}

/// The digits by which a telephone number is found beside its normal form: with its extension, after the number in international and
/// in the entered form; of one that cannot be a number, as it was entered.
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

    /// The term of the time at which the customer was made: the one that every customer has, whatever is known of it.
    pub fn creation_term(&self) -> Term {
        let part = self.id.number() % CREATED_PARTS;
        Term::new(TermKind::Created(part), time_token(self.created.at))
    }

    /// The words by which a directory finds a brand's customer beside the names: those of contact points on channels and of the client's
    /// own id (Omnidesk customer, section 6.1).
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

/// A moment as a text whose order is that of time; whatever was before 1679 counts as then.
pub fn time_token(at: Timestamp) -> String {
    let since = at.milliseconds().saturating_add(BEFORE_1970);
    format!("{:014}", since.max(0))
}

/// How long order begins before 1970, in milliseconds.
const BEFORE_1970: i64 = 9_200_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldDefinition, FieldType, FieldValue, customer::tests::customer, model::plain};

    #[test]
    fn what_nobody_sees_nobody_searches() {
        let nobody = customer(&[("displayName", "\u{200b}"), ("screenName", "@")]);
        let terms = nobody.terms(&ObjectStructure::default_customer());
        assert!(
            terms.iter().all(|term| matches!(term.kind, TermKind::Created(_))),
            "{terms:?}"
        );
    }

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
            Term::new(TermKind::Role(Role::Zip), "sw1a1aa"),
            Term::new(TermKind::Custom("tier".to_owned()), "gold"),
            Term::new(TermKind::WholeName, "jane oneill"),
        ];
        let mut terms = jane.terms(&model);
        terms.retain(|term| matches!(term.kind, TermKind::Role(_) | TermKind::Custom(_) | TermKind::WholeName));
        assert_eq!(terms, wanted.into_iter().collect());
    }
}
