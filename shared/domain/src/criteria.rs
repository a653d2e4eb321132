//! The criteria of a search. A customer must meet all of them (contract section 4).

use std::collections::BTreeSet;

use super::{
    AskedIdentifier, Customer, FieldDefinition, FieldValue, Role, Term, TermKind,
    matching::{Address, Evidence, Identity},
};
use crate::normal::{Readings, Region, meets, name_readings, name_tokens, text};

/// The largest number of words per name criterion that the index is asked for. The record is compared with all of them.
const WORDS_LOOKED_UP: usize = 3;

/// One condition on a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Criterion {
    /// Each word, in one of its readings, is the beginning of a word of the names that a field of this role searches.
    Words(Role, Vec<Readings>),
    /// The customer has this contact point or reference.
    Has(AskedIdentifier),
    /// The value of this kind, which is not a contact point or reference, has exactly this normal form.
    Exactly(Term),
}

/// All conditions of a search.
pub type Criteria = Vec<Criterion>;

impl Criterion {
    /// The criterion of a search form's field. A field searches all values of its role: `email` also finds a customer by the second e-mail
    /// address.
    pub fn new(field: &FieldDefinition, value: &FieldValue, region: Region) -> Self {
        let asked = value.as_text();
        match field.role {
            Some(role) if role.is_name() => Self::Words(role, name_readings(asked)),
            Some(role) if role.is_identifier() => Self::Has(AskedIdentifier::new(role, asked, field.network.as_deref(), region)),
            Some(role) => Self::Exactly(Term::new(TermKind::Role(role), role.normal(asked, region))),
            None => Self::Exactly(Term::new(TermKind::Custom(field.name.clone()), text(asked))),
        }
    }

    /// Whether a customer's record meets this criterion. The index only proposes customers.
    pub fn is_met_by(&self, customer: &Customer) -> bool {
        match self {
            Self::Words(role, words) => {
                let names = names_of(*role).iter().filter_map(|role| customer.profile.get(role));
                let tokens: BTreeSet<String> = names.flat_map(|name| name_tokens(name)).collect();
                meets(&tokens, words)
            }
            Self::Has(asked) => asked.is_of(customer),
            Self::Exactly(Term { kind, value }) => match kind {
                TermKind::Role(role) => customer
                    .profile
                    .get(role)
                    .is_some_and(|held| &role.normal_text(held) == value),
                TermKind::Custom(name) => customer.custom.get(name).is_some_and(|held| &text(held.as_text()) == value),
                TermKind::ContactCustom(_)
                | TermKind::WholeName
                | TermKind::Created(_)
                | TermKind::ContactPoint
                | TermKind::DirectoryWord
                | TermKind::NamePair
                | TermKind::NameWord
                | TermKind::NameInitial
                | TermKind::NameSound
                | TermKind::Alias
                | TermKind::NamePlace => false,
            },
        }
    }

    /// The terms to look up. A customer who meets the criterion is found under at least one term of each list. Terms of names are prefixes.
    pub fn lookups(&self) -> Vec<Vec<Term>> {
        match self {
            Self::Has(asked) => vec![asked.terms()],
            Self::Exactly(term) => vec![vec![term.clone()]],
            Self::Words(role, words) => {
                let mut rarest: Vec<Vec<&String>> = words.iter().map(rarest_words).collect();
                // The longest words are the rarest.
                rarest.sort_by_key(|words| std::cmp::Reverse(words.iter().map(|word| word.len()).min()));
                rarest.dedup();
                let names = names_of(*role);
                let terms_of = |word: &String| {
                    names
                        .iter()
                        .map(|role| Term::new(TermKind::Role(*role), word))
                        .collect::<Vec<_>>()
                };
                let lists = rarest.into_iter().take(WORDS_LOOKED_UP);
                lists.map(|words| words.into_iter().flat_map(terms_of).collect()).collect()
            }
        }
    }
}

/// The fields that a name search reads. A display name may consist of first and last name, and the reverse.
fn names_of(role: Role) -> &'static [Role] {
    match role {
        Role::FirstName => &[Role::FirstName, Role::DisplayName],
        Role::LastName => &[Role::LastName, Role::DisplayName],
        _ => &[Role::DisplayName, Role::FirstName, Role::LastName],
    }
}

/// The longest word of each reading. A customer who meets a reading has all of its words.
fn rarest_words(readings: &Readings) -> Vec<&String> {
    let longest = readings.iter().filter_map(|words| words.iter().max_by_key(|word| word.len()));
    let longest: BTreeSet<&String> = longest.collect();
    // A word that begins with another one is found under the other, too.
    let is_covered = |word: &&String| {
        longest
            .iter()
            .any(|other| other.len() < word.len() && word.starts_with(other.as_str()))
    };
    longest.iter().copied().filter(|word| !is_covered(word)).collect()
}

/// Keys of best match that combine criteria: two words of a name, or a word and a place. Where thousands of customers share each criterion,
/// few share a combination. The keys hold whole words only, so a customer who is searched by a prefix may be missing from them.
pub fn combined_keys(criteria: &[Criterion], region: Region) -> Vec<Term> {
    let exactly = |role: Role| {
        criteria.iter().find_map(|criterion| match criterion {
            Criterion::Exactly(term) if term.kind == TermKind::Role(role) => Some(term.value.clone()),
            _ => None,
        })
    };
    let words = criteria.iter().flat_map(|criterion| match criterion {
        Criterion::Words(_, words) => words.as_slice(),
        Criterion::Has(_) | Criterion::Exactly(_) => &[],
    });
    let words = words.filter_map(|readings| readings.first()).flatten();
    let asked = Identity {
        display_name: Some(words.map(String::as_str).collect::<Vec<_>>().join(" ")),
        addresses: vec![Address {
            city: exactly(Role::City),
            zip: exactly(Role::Zip),
            ..Address::default()
        }],
        ..Identity::default()
    };
    let mut keys = Evidence::new(&asked, region).lookups();
    keys.retain(|key| matches!(key.kind, TermKind::NamePair | TermKind::NamePlace));
    keys
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ObjectStructure, customer::tests::customer};

    #[track_caller]
    fn check(held: &[(&str, &str)], asked: (&str, &str), met: bool) {
        let model = ObjectStructure::default_customer();
        let value = FieldValue::Text(asked.1.to_owned());
        let criterion = Criterion::new(model.field(asked.0).unwrap(), &value, Region::US);
        assert_eq!(criterion.is_met_by(&customer(held)), met, "{asked:?} of {held:?}");
    }

    #[test]
    fn names_match_by_word_prefix_and_other_values_exactly() {
        let jane = [("displayName", "Jane Doe-Müller"), ("lastName", "Doe"), ("city", "São Paulo")];
        check(&jane, ("displayName", "jan"), true);
        check(&jane, ("displayName", "MUL ja"), true);
        check(&jane, ("displayName", "ane"), false);
        check(&jane, ("displayName", "jane x"), false);
        check(&jane, ("firstName", "jane"), true);
        check(&jane, ("lastName", "jane"), true);
        check(&jane, ("lastName", "d"), true);
        check(&jane, ("city", "sao paulo"), true);
        check(&jane, ("city", "sao"), false);
    }

    #[test]
    fn a_name_is_found_in_whichever_field_holds_it() {
        let parts = [("firstName", "Jennyhh"), ("lastName", "Nullhh")];
        check(&parts, ("displayName", "Jennyhh Nullhh"), true);
        check(&parts, ("displayName", "nullhh, jenny"), true);
        check(&parts, ("firstName", "Nullhh"), false);
        check(&parts, ("lastName", "Jennyhh"), false);
        let whole = [("displayName", "Jennyhh Nullhh")];
        check(&whole, ("firstName", "Jennyhh"), true);
        check(&whole, ("lastName", "Nullhh"), true);
        check(&[("zip", "SW1A 1AA")], ("zip", "sw1a1aa"), true);
    }

    #[test]
    fn any_field_of_a_role_searches_all_values_of_the_role() {
        let jane = [
            ("email2", "j@x.example"),
            ("twitterHandle", "@JaneDoe"),
            ("phone2", "(415) 555-2671"),
        ];
        check(&jane, ("email", "J@X.EXAMPLE"), true);
        check(&jane, ("screenName", "janedoe"), true);
        check(&jane, ("phone", "+1 415-555-2671"), true);
        check(&jane, ("phone", "+1 415-555-2672"), false);
    }

    proptest! {
        /// Writes and searches rely on this: a record that meets a criterion is stored under the terms that the
        /// criterion looks up.
        #[test]
        fn a_value_that_is_asked_for_as_it_was_entered_is_found(
            at in 0_usize..19,
            raw in "[\\p{L}\\p{N}@.'+/ -]{0,30}[\\p{L}\\p{N}]",
        ) {
            let model = ObjectStructure::default_customer();
            let field = &model.fields[at];
            let held = customer(&[(&field.name, &raw)]);
            let criterion = Criterion::new(field, &FieldValue::Text(raw), Region::US);
            prop_assert!(criterion.is_met_by(&held));
            let terms = held.terms(&model);
            for lookups in criterion.lookups() {
                let is_under = |lookup: &Term| terms.iter().any(|term| term.kind == lookup.kind
                    && if term.kind.is_by_prefix() { term.value.starts_with(&lookup.value) } else { term.value == lookup.value });
                prop_assert!(lookups.iter().any(is_under), "{:?} is under none of {:?}", held, lookups);
            }
        }
    }
}
