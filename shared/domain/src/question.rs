//! The questions of a directory search. An index proposes customers for each, and their records are then checked.

use super::{
    AskedIdentifier, Criterion, Customer, Event, FieldDefinition, FieldValue, Identifier, Medium, Mode, Role, Term, TermKind,
    Timestamp,
};
use crate::normal::{
    Region, dialled_digits, email, extension, handle_as_written, ignores_full_stops, phone, text, whole_name_beginnings,
    whole_name_forms, without_full_stops,
};

/// One question. A single contact point or contact person must meet it in full. Two questions may be met by different
/// ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Has this telephone number in digits: country, area, number and extension. Without digits it matches nobody.
    Phone(String),
    /// Has this e-mail address.
    Email(String),
    /// Has this id on a network, letter case included.
    Social(&'static str, String),
    /// A field of the model has exactly this value.
    Field(Box<FieldDefinition>, String),
    /// An attribute of a contact person has exactly this value.
    ContactAttribute(String, String),
    /// The whole name begins with this, ignoring case, accents and spaces.
    Name(String),
    /// Has at least one such activity.
    Activity(ActivityQuestion),
    /// Was created within this span.
    Created(Span),
}

/// A span of time with at least one bound. Bounds are inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The beginning; unbounded if `None`.
    pub from: Option<Timestamp>,
    /// The end; unbounded if `None`.
    pub until: Option<Timestamp>,
}

impl Span {
    /// Whether a moment is within the span.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }
}

/// The properties of one activity. `None` matches any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActivityQuestion {
    /// The medium.
    pub medium: Option<Medium>,
    /// The direction.
    pub mode: Option<Mode>,
    /// Whether it was read.
    pub is_read: Option<bool>,
    /// Whether it was sent securely.
    pub is_secure: Option<bool>,
    /// When it was sent.
    pub sent: Option<Span>,
}

impl ActivityQuestion {
    /// Whether an event is such an activity.
    pub fn is_met_by(&self, event: &Event) -> bool {
        event.activity().is_some_and(|activity| {
            self.medium.is_none_or(|medium| medium == activity.medium)
                && self.mode.is_none_or(|mode| mode == activity.mode)
                && self.is_read.is_none_or(|is_read| is_read == activity.is_read)
                && self.is_secure.is_none_or(|is_secure| is_secure == activity.is_secure)
                && self.sent.is_none_or(|sent| sent.contains(event.at))
        })
    }
}

impl Question {
    /// How many customers are likely to meet it. Questions of the lowest rank are looked up first.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Phone(_) | Self::Email(_) | Self::Social(..) => 0,
            Self::Field(..) | Self::ContactAttribute(..) => 1,
            Self::Name(_) => 2,
            Self::Activity(_) => 3,
            Self::Created(_) => 4,
        }
    }

    /// The terms to look up. Every customer who meets the question is under one of them. Empty for activities and
    /// times, which are looked up differently.
    pub fn lookups(&self, region: Region) -> Vec<Term> {
        let of_role = |role, value| Term::new(TermKind::Role(role), value);
        match self {
            Self::Phone(asked) if asked.is_empty() => Vec::new(),
            Self::Phone(asked) => {
                let mut forms = vec![phone(&format!("+{asked}"), region), phone(asked, region), asked.clone()];
                forms.dedup();
                forms.into_iter().map(|form| of_role(Role::Phone, form)).collect()
            }
            Self::Email(asked) => vec![of_role(Role::Email, email(asked))],
            Self::Social(network, id) => AskedIdentifier::new(Role::Handle, id, Some(network), region).terms(),
            Self::Field(field, value) => {
                let value = FieldValue::Text(value.clone());
                Criterion::new(field, &value, region)
                    .lookups()
                    .into_iter()
                    .next()
                    .unwrap_or_default()
            }
            Self::ContactAttribute(name, value) => vec![Term::new(TermKind::ContactCustom(name.clone()), text(value))],
            Self::Name(asked) => {
                let beginnings = whole_name_beginnings(asked).into_iter();
                beginnings
                    .map(|beginning| Term::new(TermKind::WholeName, beginning))
                    .collect()
            }
            Self::Activity(_) | Self::Created(_) => Vec::new(),
        }
    }

    /// Whether the record meets the question. A record has no activities, so questions about them count as met.
    pub fn is_met_by(&self, customer: &Customer, region: Region) -> bool {
        match self {
            Self::Phone(asked) => customer.identifiers_of(Role::Phone).any(|one| is_dialled(one, asked, region)),
            Self::Email(asked) => {
                let asked = email(asked);
                customer.identifiers_of(Role::Email).any(|one| one.normal == asked)
            }
            Self::Social(network, id) => {
                let asked = compared_id(network, id);
                let entered = customer.identifiers_of(Role::Handle);
                let entered = entered
                    .filter(|one| one.network.as_deref() == Some(network))
                    .map(|one| &one.value);
                let learnt = customer.accounts().filter(|account| account.network == *network);
                let learnt = learnt.flat_map(|account| account.handles.iter().map(|handle| &handle.value));
                entered.chain(learnt).any(|value| compared_id(network, value) == asked)
            }
            Self::Field(field, value) => customer.field(field).is_some_and(|held| held.as_text() == value),
            Self::ContactAttribute(name, value) => {
                let mut contacts = customer.party.contacts.iter();
                contacts.any(|contact| contact.custom.get(name) == Some(value))
            }
            Self::Name(asked) => {
                let beginnings = whole_name_beginnings(asked);
                let begins_so = |form: &String| beginnings.iter().any(|beginning| form.starts_with(beginning.as_str()));
                let shown = customer.whole_name();
                shown.is_some_and(|name| whole_name_forms(&name).iter().any(begins_so))
            }
            Self::Created(span) => span.contains(customer.created.at),
            Self::Activity(_) => true,
        }
    }
}

/// The id of a handle on its network, case-sensitive: as entered, without the `@` before it and without the profile's
/// address around it.
pub fn social_id(value: &str) -> String {
    handle_as_written(value)
}

/// The id of a handle in the form that is compared: without full stops if the network ignores them.
fn compared_id(network: &str, value: &str) -> String {
    let id = social_id(value);
    if ignores_full_stops(network) {
        without_full_stops(&id)
    } else {
        id
    }
}

/// Whether these digits, extension included, are a spelling of the number.
fn is_dialled(one: &Identifier, asked: &str, region: Region) -> bool {
    if asked.is_empty() {
        return false;
    }
    let bare = match extension(&one.value) {
        Some(extension) => asked.strip_suffix(&extension),
        None => Some(asked),
    };
    let is_normal = |bare: &str| {
        [format!("+{bare}"), bare.to_owned()]
            .iter()
            .any(|form| phone(form, region) == one.normal)
    };
    bare.is_some_and(is_normal) || dialled_digits(&one.value) == asked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ObjectStructure, customer::tests::customer};

    #[track_caller]
    fn check_phone(stored: &str, asked: &str, met: bool) {
        let jane = customer(&[("phone", stored)]);
        let question = Question::Phone(asked.to_owned());
        assert_eq!(question.is_met_by(&jane, Region::US), met, "{stored} {asked}");
        let terms = jane.terms(&ObjectStructure::default_customer());
        let found = question.lookups(Region::US).iter().any(|term| terms.contains(term));
        assert!(found || !met, "{asked} is not under any term of {stored}");
    }

    #[test]
    fn a_number_is_found_by_its_digits_and_extension() {
        check_phone("+1 415 555 0134 x7", "141555501347", true);
        check_phone("+1 415 555 0134 x7", "14155550134", false);
        check_phone("+1 415 555 0134", "14155550134", true);
        check_phone("+44 20 7946 0961 ext. 12", "44207946096112", true);
        check_phone("+44 20 7946 0961 ext. 12", "442079460961", false);
        check_phone("(415) 555-0134 #7", "141555501347", true);
        check_phone("(415) 555-0134 #7", "41555501347", true);
        check_phone("+55 11 8765-4321;ext=5", "5511876543215", true);
        check_phone("+55 11 8765-4321;ext=5", "55119876543215", true);
        check_phone("+49 30 123456 доб. 12", "493012345612", true);
        check_phone("+1 415 555 0134", "", false);
        check_phone("(415) 555-0134", "14155550134", true);
        check_phone("(415) 555-0134", "4155550134", true);
        check_phone("(415) 555-0134", "5550134", false);
        check_phone("+44 20 7946 0958", "442079460958", true);
        check_phone("+55 11 8765-4321", "5511987654321", true);
        check_phone("ext. 42", "42", true);
    }

    #[test]
    fn an_id_on_a_network_must_match_exactly() {
        let is_found = |stored: (&str, &str), network: &'static str, asked: &str| {
            let jane = customer(&[stored]);
            let question = Question::Social(network, asked.to_owned());
            let terms = jane.terms(&ObjectStructure::default_customer());
            let is_proposed = question.lookups(Region::US).iter().any(|term| terms.contains(term));
            is_proposed && question.is_met_by(&jane, Region::US)
        };
        assert!(is_found(("twitterHandle", "@Jane"), "twitter", "Jane"));
        assert!(!is_found(("twitterHandle", "@Jane"), "twitter", "jane"));
        assert!(!is_found(("twitterHandle", "jane"), "facebook", "jane"));
        assert!(is_found(("facebookHandle", "Jane.Doe"), "facebook", "JaneDoe"));
        assert!(is_found(("facebookHandle", "JaneDoe"), "facebook", "https://fb.com/Jane.Doe"));
        assert!(!is_found(("instagramHandle", "jane.doe"), "instagram", "janedoe"));
    }

    #[test]
    fn a_span_includes_its_bounds() {
        let at = Timestamp::from_milliseconds;
        let span = |from, until| Span { from, until };
        assert!(span(Some(at(1)), Some(at(1))).contains(at(1)));
        assert!(!span(Some(at(2)), None).contains(at(1)));
        assert!(!span(None, Some(at(0))).contains(at(1)));
    }

    proptest! {
        /// Every customer whom Khoros finds by an international number is found by this question, too.
        #[test]
        fn numbers_that_khoros_finds_are_found(
            number in "[2-9][0-9]{2}[2-9][0-9]{6}",
            extension in "((x| x| ext\\. |#|;ext=| доб\\. )[1-9][0-9]{0,3})?",
        ) {
            let jane = customer(&[("phone", &format!("+1 {number}{extension}"))]);
            let asked = format!("1{number}{}", crate::normal::digits(&extension));
            let question = Question::Phone(asked);
            prop_assert!(question.is_met_by(&jane, Region::US));
            let terms = jane.terms(&ObjectStructure::default_customer());
            prop_assert!(question.lookups(Region::US).iter().any(|term| terms.contains(term)));
        }

        /// A name is found by every beginning of it.
        #[test]
        fn a_name_is_found_by_its_beginnings(name in "[\\p{L}][\\p{L} .'-]{0,30}[\\p{L}]", at in 1_usize..30) {
            let jane = customer(&[("displayName", &name)]);
            let asked: String = name.chars().take(at).collect();
            let question = Question::Name(asked);
            if question.is_met_by(&jane, Region::US) {
                let terms = jane.terms(&ObjectStructure::default_customer());
                let lookups = question.lookups(Region::US);
                let is_under = |lookup: &Term| terms.iter().any(|term| term.kind == lookup.kind && term.value.starts_with(&lookup.value));
                let found = lookups.iter().any(is_under);
                prop_assert!(found);
            }
        }
    }
}
