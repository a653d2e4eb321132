//! Compares an identity with one customer. Names, handles, contacts and places each have a file of their own; this
//! one combines their results.

use std::cell::OnceCell;

use super::{
    Direction, Evidence, Frequencies, Signal,
    blocking::mailbox,
    contacts::{EmailAgreement, Mailbox, PhoneAgreement, compare_phones, is_one_digit_apart},
    handles::{Cover, HandleText, Likeness, best_cover, cover, likeness},
    names::{Conflict, HeldName, INITIAL_BITS, NameAgreement, Part, best_agreement},
    person_name::{PersonName, is_listed},
    places::{Place, PlaceAgreement, StreetAgreement, is_house_key},
    weights::BIAS,
    worth::worth_of,
};
use crate::{Customer, Identifier, Role, Term, TermKind};

/// What was observed about one customer: each signal with its amount. The amount is 1, except for signals that are
/// counted or measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// The signals.
    pub signals: Vec<(Signal, f64)>,
}

impl Comparison {
    fn note(&mut self, signal: Signal) {
        self.signals.push((signal, 1.0));
    }

    fn note_if(&mut self, signal: Signal, is_so: bool) {
        if is_so {
            self.note(signal);
        }
    }

    fn note_amount(&mut self, signal: Signal, amount: f64) {
        if amount > 0.0 {
            self.signals.push((signal, amount));
        }
    }

    fn has(&self, signals: &[Signal]) -> bool {
        self.signals.iter().any(|(signal, _)| signals.contains(signal))
    }

    /// Whether something in one of these fields counts for the customer.
    fn has_for(&self, fields: &[&str]) -> bool {
        let signals = self.signals.iter().map(|(signal, _)| signal);
        let mut of_fields = signals.filter(|signal| fields.contains(&signal.field()));
        of_fields.any(|signal| signal.direction() == Direction::For)
    }

    fn amount_of(&self, wanted: Signal) -> f64 {
        let found = self.signals.iter().find(|(signal, _)| *signal == wanted);
        found.map_or(0.0, |(_, amount)| *amount)
    }

    /// The logarithm of the odds that the identity is this customer, against its being nobody.
    pub fn score(&self) -> f64 {
        self.worth().sum::<f64>() + BIAS
    }

    /// What each signal adds to the score.
    pub fn worth(&self) -> impl Iterator<Item = f64> {
        self.signals.iter().map(|&(signal, amount)| worth_of(signal, amount))
    }
}

/// Signals of what belongs to one person only, or nearly always.
const OWN: [Signal; 4] = [
    Signal::HandleEqual,
    Signal::ProfileEqual,
    Signal::EmailEqual,
    Signal::ReferenceEqual,
];

/// A customer, prepared for comparison.
struct Held<'c> {
    customer: &'c Customer,
    names: Vec<HeldName>,
    handles: Vec<(Option<String>, HandleText)>,
    mailboxes: Vec<(Mailbox, HandleText)>,
    place: OnceCell<Place>,
}

impl<'c> Held<'c> {
    fn of(customer: &'c Customer) -> Self {
        let handles = customer
            .handles()
            .map(|(network, handle)| (network, HandleText::new(&handle)));
        let emails = customer.identifiers_of(Role::Email);
        let mailboxes = emails.map(|email| (Mailbox::new(&email.normal), HandleText::new(mailbox(&email.normal))));
        Self {
            names: customer.held_names(),
            handles: handles.collect(),
            mailboxes: mailboxes.collect(),
            place: OnceCell::new(),
            customer,
        }
    }

    fn place(&self) -> &Place {
        self.place.get_or_init(|| Place::of(self.customer))
    }

    fn has_full_name(&self) -> bool {
        self.names.iter().any(|held| held.name.is_full())
    }

    /// Whether a mailbox is an initial with the surname. Its first letter is not mistyped but that of a colleague or a
    /// relative.
    fn has_initial_and_surname(&self, mailbox: &HandleText) -> bool {
        let mut surnames = self.names.iter().flat_map(|held| held.words_of(Part::Surname));
        let rest = mailbox.letters.get(1..).unwrap_or_default();
        surnames.any(|surname| surname == rest)
    }

    /// Its handles and mailboxes.
    fn texts(&self) -> impl Iterator<Item = &HandleText> {
        let handles = self.handles.iter().map(|(_, text)| text);
        handles.chain(self.mailboxes.iter().map(|(_, text)| text))
    }
}

/// How much information the agreeing parts of the name carry, whichever field they were read from.
#[derive(Default)]
struct Agreed {
    given: f64,
    surname: f64,
}

impl Agreed {
    /// From the name that is shown.
    fn by(name: &NameAgreement) -> Self {
        Self {
            given: name.given,
            surname: name.surname,
        }
    }

    /// The bits that a handle or a mailbox adds. From now on they count as agreeing.
    fn add(&mut self, cover: &Cover) -> f64 {
        let more = cover.bits_beyond(self.given, self.surname);
        if more > 0.0 {
            self.given = self.given.max(cover.given);
            self.surname = self.surname.max(cover.surname);
        }
        more
    }
}

/// The cover with the most information by itself.
fn saying_most(covers: impl Iterator<Item = Cover>) -> Option<Cover> {
    let bits = |cover: &Cover| cover.bits_beyond(0.0, 0.0);
    covers.max_by(|one, other| bits(one).total_cmp(&bits(other)))
}

impl Evidence {
    /// Observes how the identity agrees with one customer.
    pub(super) fn compare(&self, customer: &Customer, frequencies: &Frequencies) -> Comparison {
        let mut comparison = Comparison::default();
        let held = Held::of(customer);
        let name = self.shown.as_ref().and_then(|shown| best_agreement(shown, &held.names));
        let name = name.map(|name| self.with_mailboxes(name, &held));
        self.compare_handles(&held, name.as_ref(), &mut comparison);
        self.compare_profile(customer, &mut comparison);
        self.compare_email(&held, name.as_ref(), &mut comparison);
        self.compare_phones(customer, &mut comparison);
        self.compare_references(customer, &mut comparison);
        self.note_names(name.as_ref(), &held, frequencies, &mut comparison);
        let conflict = name.as_ref().and_then(|name| name.conflict);
        let is_uncontradicted = comparison.has(&[Signal::PhoneEqual]) && conflict.is_none();
        comparison.note_if(Signal::PhoneUncontradicted, is_uncontradicted);
        self.compare_places(&held, name.as_ref(), frequencies, &mut comparison);
        self.compare_description(&held, &mut comparison);
        self.note_sharers(customer, frequencies, &mut comparison);
        note_relief(&mut comparison);
        comparison
    }

    /// If the given name contradicts the record, it may still agree with a mailbox or a handle of the customer.
    fn with_mailboxes(&self, name: NameAgreement, held: &Held<'_>) -> NameAgreement {
        if name.conflict != Some(Conflict::Given) {
            return name;
        }
        let Some(shown) = &self.shown else { return name };
        let shown = HeldName::guessed(shown.clone());
        let is_there = held
            .texts()
            .filter_map(|text| cover(&text.letters, &shown))
            .any(|cover| cover.is_full() && cover.rest <= 1 && cover.given > INITIAL_BITS);
        if is_there {
            NameAgreement {
                given: INITIAL_BITS * 2.0,
                nicknames: name.nicknames + 1,
                conflict: None,
                ..name
            }
        } else {
            name
        }
    }

    fn best_handle_cover(&self, name: Option<&NameAgreement>, held: &Held<'_>) -> Option<Cover> {
        let covers = self.handles.iter().filter_map(|asked| self.cover_of(&asked.text, name, held));
        saying_most(covers)
    }

    /// The customer's name in a handle or a mailbox. If the shown name contradicts the customer's and explains the
    /// handle as well, the handle says nothing more: `jdoe` of Julia Doe is no evidence for John Doe.
    fn cover_of(&self, text: &HandleText, name: Option<&NameAgreement>, held: &Held<'_>) -> Option<Cover> {
        let cover = best_cover(&text.letters, &held.names)?;
        let shown = self
            .shown
            .as_ref()
            .filter(|_| name.is_some_and(|name| name.conflict.is_some()));
        let own = shown.and_then(|shown| best_cover(&text.letters, &[HeldName::guessed(shown.clone())]));
        let is_own = own.is_some_and(|own| own.is_full() && own.rest <= cover.rest);
        (!is_own).then_some(cover)
    }

    /// Notes the parts that agree: first those of the shown name, then those that only the handle or the e-mail
    /// address adds.
    fn note_names(&self, name: Option<&NameAgreement>, held: &Held<'_>, frequencies: &Frequencies, comparison: &mut Comparison) {
        let mut agreed = name.map_or_else(Agreed::default, Agreed::by);
        if let Some(name) = name {
            self.note_shown(name, frequencies, comparison);
        }
        let is_handle_known = comparison.has(&[Signal::HandleEqual, Signal::ProfileEqual]);
        let of_handles = || self.best_handle_cover(name, held).or_else(|| self.hidden_cover(held));
        if let Some(cover) = (!is_handle_known).then(of_handles).flatten() {
            comparison.note_amount(Signal::NameInHandle, agreed.add(&cover));
            comparison.note_if(
                Signal::NameHandleConfirms,
                cover.explains() && name.is_some_and(NameAgreement::is_full),
            );
        }
        let is_email_known = comparison.has(&[Signal::EmailEqual]);
        // If all that is asked for is an address that the customer does not have, it may be one that was removed: a
        // name in it is not a second observation.
        let is_alone = self.name().is_none() && self.handles.is_empty();
        let in_mailbox = self.mailbox_text.as_ref().filter(|_| !is_email_known && !is_alone);
        if let Some(cover) = in_mailbox.and_then(|text| self.cover_of(text, name, held)) {
            comparison.note_amount(Signal::NameInMailbox, agreed.add(&cover));
        }
        let is_shown_full = name.is_some_and(NameAgreement::is_full);
        comparison.note_if(
            Signal::NameFullTogether,
            !is_shown_full && agreed.given > 0.0 && agreed.surname > 0.0,
        );
    }

    /// The shown name, searched for in the handles and mailboxes of a customer whose own name is not known.
    fn hidden_cover(&self, held: &Held<'_>) -> Option<Cover> {
        if held.has_full_name() {
            return None;
        }
        let asked = HeldName::guessed(self.name().filter(|name| name.is_full())?.clone());
        saying_most(held.texts().filter_map(|text| cover(&text.letters, &asked)))
    }

    fn note_shown(&self, name: &NameAgreement, frequencies: &Frequencies, comparison: &mut Comparison) {
        comparison.note_amount(Signal::NameBits, name.bits());
        comparison.note_if(Signal::NameFull, name.is_full());
        comparison.note_amount(Signal::NameSpelled, amount(name.spelled));
        comparison.note_amount(Signal::NameNickname, amount(name.nicknames));
        comparison.note_amount(Signal::NameSlip, amount(name.slips));
        comparison.note_amount(Signal::NameAlike, amount(name.alike));
        comparison.note_amount(Signal::NameInitial, amount(name.initials));
        if name.bits() > 0.0 {
            comparison.note_amount(Signal::NameMore, amount(name.more));
        }
        match name.conflict {
            Some(Conflict::Given) => comparison.note(Signal::NameGivenOther),
            Some(Conflict::Surname) => comparison.note(Signal::NameSurnameOther),
            Some(Conflict::All) if self.shown_is_doubtful || !self.is_shown_a_name(frequencies) => {
                comparison.note(Signal::NameStranger);
            }
            Some(Conflict::All) => comparison.note(Signal::NameOther),
            None => {}
        }
        if name.is_full() {
            Self::note_frequency(name, frequencies, comparison);
        }
    }

    /// How common the name is, by the number of customers that the indexes hold under its keys.
    fn note_frequency(name: &NameAgreement, frequencies: &Frequencies, comparison: &mut Comparison) {
        let of_kind = |kind: &TermKind| -> Vec<usize> {
            let of_kind = frequencies.iter().filter(|(term, _)| term.kind == *kind);
            of_kind.map(|(_, count)| *count).collect()
        };
        let least = |kind: &TermKind| of_kind(kind).into_iter().filter(|count| *count > 0).min();
        let namesakes = if name.initials > 0 {
            least(&TermKind::NameInitial)
        } else if name.alike + name.slips > 0 {
            least(&TermKind::NameSound).or_else(|| least(&TermKind::NameInitial))
        } else {
            least(&TermKind::NamePair)
        };
        comparison.note_amount(Signal::NameNamesakes, logarithm(namesakes.unwrap_or(1)));
        let bearers = |word: &Option<String>| {
            let found = word
                .as_ref()
                .and_then(|word| frequencies.get(&Term::new(TermKind::NameWord, word.clone())));
            logarithm(found.copied().unwrap_or(1))
        };
        let (of_given, of_surname) = (bearers(&name.given_word), bearers(&name.surname_word));
        comparison.note_amount(Signal::NameExpected, of_surname - name.given + LEAST_EXPECTED);
        comparison.note_amount(Signal::NameWordsCommon, of_given.min(of_surname));
    }

    /// Whether the name tables, or any customer, know a word of the shown text. Some people show a mood or a motto in
    /// place of their name.
    fn is_shown_a_name(&self, frequencies: &Frequencies) -> bool {
        let borne = |word: &String| {
            let customers = frequencies.get(&Term::new(TermKind::NameWord, word.clone()));
            is_listed(word) || customers.is_some_and(|count| *count > 0)
        };
        let words = self.shown.as_ref().map_or(&[][..], PersonName::words);
        words.iter().any(borne)
    }

    /// The best agreement between the handles of the identity and the handles and mailboxes of the customer.
    fn compare_handles(&self, held: &Held<'_>, name: Option<&NameAgreement>, comparison: &mut Comparison) {
        let mut best: Option<(Signal, f64)> = None;
        let mut consider = |signal: Signal, amount: f64| {
            if best.is_none_or(|(best, most)| worth_of(signal, amount) > worth_of(best, most)) {
                best = Some((signal, amount));
            }
        };
        let mut same_network = false;
        for asked in &self.handles {
            let bits = || Self::bits_beside(&asked.text, held, name);
            for (network, text) in &held.handles {
                let is_same = asked.network.is_some() && asked.network == network.as_deref();
                same_network |= is_same;
                if asked.is(text, network.as_deref()) {
                    consider(equal_handle(asked.network.is_some() && network.is_some(), is_same), bits());
                } else if let Some(likeness) = likeness(&asked.text, text) {
                    consider(alike_handle(likeness), bits());
                }
            }
            for (_, text) in &held.mailboxes {
                match likeness(&asked.text, text) {
                    _ if asked.text.normal == text.normal => consider(Signal::HandleMailbox, bits()),
                    Some(Likeness::Ornaments) => consider(Signal::HandleMailbox, bits()),
                    Some(Likeness::Number) => consider(Signal::HandleMailboxAlike, bits()),
                    _ => {}
                }
            }
        }
        match best {
            Some((Signal::HandleEqual, _)) => comparison.note(Signal::HandleEqual),
            Some((signal, amount)) => {
                comparison.note_amount(signal, amount);
                if signal == Signal::HandleElsewhere && name.is_none_or(NameAgreement::says_nothing) {
                    comparison.note_amount(Signal::HandleElsewhereAlone, BITS_OF_RARE_HANDLE - amount);
                }
                let is_equal = matches!(
                    signal,
                    Signal::HandleEqualSomewhere | Signal::HandleElsewhere | Signal::HandleMailbox
                );
                comparison.note_if(Signal::HandleOtherAlike, same_network && !is_equal);
                comparison.note_if(Signal::HandleOther, same_network && is_equal);
            }
            None => comparison.note_if(Signal::HandleOther, same_network),
        }
    }

    /// How rare a handle is, not counting the customer's name in it. That counts as a name, beside the one that is shown.
    fn bits_beside(text: &HandleText, held: &Held<'_>, name: Option<&NameAgreement>) -> f64 {
        let cover = name.and_then(|_| best_cover(&text.letters, &held.names));
        text.bits_beside(cover.as_ref())
    }

    fn compare_profile(&self, customer: &Customer, comparison: &mut Comparison) {
        let equal = self
            .identifiers_of(Role::ProfileUrl)
            .any(|asked| customer.identifiers_of(Role::ProfileUrl).any(|held| held.normal == asked));
        // A profile URL and the handle in it are one source.
        let counted = comparison.has(&[Signal::HandleEqual, Signal::HandleEqualSomewhere]);
        comparison.note_if(Signal::ProfileEqual, equal && !counted);
    }

    fn compare_email(&self, held: &Held<'_>, name: Option<&NameAgreement>, comparison: &mut Comparison) {
        let (Some(asked), Some(text)) = (&self.mailbox, &self.mailbox_text) else {
            return;
        };
        let agreement = |(theirs, letters): &(Mailbox, HandleText)| match asked.agreement(theirs) {
            EmailAgreement::Slip if asked.differs_in_initial(theirs) && held.has_initial_and_surname(letters) => {
                EmailAgreement::Other
            }
            agreement => agreement,
        };
        let best = held.mailboxes.iter().map(agreement).min();
        match best {
            Some(EmailAgreement::Equal) => return comparison.note(Signal::EmailEqual),
            Some(EmailAgreement::Slip) => comparison.note(Signal::EmailSlip),
            Some(EmailAgreement::OtherProvider) => {
                comparison.note_amount(Signal::EmailMailbox, Self::bits_beside(text, held, name));
            }
            Some(EmailAgreement::Other) => comparison.note(Signal::EmailOther),
            None => {}
        }
        let is_handle =
            |(_, theirs): &(_, HandleText)| theirs.normal == text.normal || likeness(text, theirs) == Some(Likeness::Ornaments);
        if best.is_none_or(|best| best == EmailAgreement::Other) && held.handles.iter().any(is_handle) {
            comparison.note_amount(Signal::EmailHandle, Self::bits_beside(text, held, name));
        }
    }

    fn compare_phones(&self, customer: &Customer, comparison: &mut Comparison) {
        let pairs = self.identifiers_of(Role::Phone).flat_map(|asked| {
            let held = customer.identifiers_of(Role::Phone);
            held.map(move |held| compare_phones(asked, &held.normal))
        });
        match pairs.min() {
            Some(PhoneAgreement::Equal) => comparison.note(Signal::PhoneEqual),
            Some(PhoneAgreement::Slip) => comparison.note(Signal::PhoneSlip),
            Some(PhoneAgreement::Other) => comparison.note(Signal::PhoneOther),
            None => {}
        }
    }

    fn compare_references(&self, customer: &Customer, comparison: &mut Comparison) {
        let (mut differs, mut is_slip) = (false, false);
        for role in REFERENCES {
            for asked in self.identifiers_of(role) {
                if customer_has_reference(customer, asked) {
                    return comparison.note(Signal::ReferenceEqual);
                }
                differs |= customer.identifiers_of(role).next().is_some();
                is_slip |= is_reference_mistyped(customer, asked);
            }
        }
        comparison.note_if(Signal::ReferenceSlip, is_slip);
        comparison.note_if(Signal::ReferenceOther, differs && !is_slip);
    }

    /// Relatives live together, so where the given names differ, an address that agrees is not evidence.
    fn compare_places(
        &self,
        held: &Held<'_>,
        name: Option<&NameAgreement>,
        frequencies: &Frequencies,
        comparison: &mut Comparison,
    ) {
        if self.places.is_empty() {
            return;
        }
        let best = self.places.iter().filter_map(|asked| asked.agreement(held.place())).min();
        let is_relative = name.is_some_and(|name| name.conflict == Some(Conflict::Given));
        match best {
            Some(PlaceAgreement::Other) => return comparison.note(Signal::PlaceOther),
            _ if is_relative => return self.compare_house_of_relative(held, comparison),
            Some(PlaceAgreement::Zip) => comparison.note(Signal::PlaceZip),
            _ => {}
        }
        let is_zip_mistyped = self.places.iter().any(|asked| asked.has_zip_mistyped(held.place()));
        comparison.note_if(Signal::PlaceZipSlip, best.is_some() && is_zip_mistyped);
        comparison.note_if(
            Signal::PlaceCity,
            best.is_some_and(|best| best <= PlaceAgreement::City) && self.places.iter().any(|place| place.city.is_some()),
        );
        comparison.note_if(Signal::PlaceState, best.is_some());
        if best.is_some_and(|best| best <= PlaceAgreement::City) {
            let of_place = frequencies
                .iter()
                .filter(|(term, _)| term.kind == TermKind::NamePlace && !is_house_key(&term.value));
            let fewest = of_place.map(|(_, count)| *count).filter(|count| *count > 0).min();
            comparison.note_amount(Signal::PlaceNamesakes, logarithm(fewest.unwrap_or(1)));
            let commonness = comparison.amount_of(Signal::NameExpected);
            comparison.note_amount(Signal::PlaceOfCommonName, commonness);
        }
        let streets = self.places.iter().filter_map(|asked| asked.street_agreement(held.place()));
        let street = streets.min();
        comparison.note_amount(Signal::PlaceStreet, street.map_or(0.0, amount_of_street));
        if comparison.has(&[Signal::NameSurnameOther]) {
            comparison.note_amount(Signal::NameSurnameOtherBesideHouse, street.map_or(0.0, amount_of_street));
        }
    }

    /// A given name that differs at the same house is mostly that of a relative, but may be a middle name or an error. An
    /// account or an e-mail address of their own makes it a relative.
    fn compare_house_of_relative(&self, held: &Held<'_>, comparison: &mut Comparison) {
        let has_account = !self.handles.is_empty() || self.mailbox.is_some();
        let is_own = has_account && !comparison.has_for(&["screenName", "email", "profileUrl"]);
        if is_own {
            return;
        }
        let agreement = |asked: &Place| {
            let is_house = asked.street_agreement(held.place()) == Some(StreetAgreement::House);
            let is_zip = asked.agreement(held.place()) == Some(PlaceAgreement::Zip);
            if is_house { 1.0 + f64::from(u8::from(is_zip)) } else { 0.0 }
        };
        let best = self.places.iter().map(agreement).fold(0.0, f64::max);
        comparison.note_amount(Signal::HouseOfRelative, best);
    }

    fn compare_description(&self, held: &Held<'_>, comparison: &mut Comparison) {
        let said = &self.described;
        let has_mailbox = |asked: Mailbox| {
            held.mailboxes
                .iter()
                .any(|(theirs, _)| asked.agreement(theirs) == EmailAgreement::Equal)
        };
        comparison.note_if(Signal::DescribedEmail, said.mailboxes().any(has_mailbox));
        let mut phones = held.customer.identifiers_of(Role::Phone);
        let is_said = |held: &str| {
            said.phones
                .iter()
                .any(|asked| compare_phones(asked, held) == PhoneAgreement::Equal)
        };
        comparison.note_if(Signal::DescribedPhone, phones.any(|phone| is_said(&phone.normal)));
        let has_reference = |(_, number): &(Role, String)| customer_has_reference(held.customer, number);
        comparison.note_if(Signal::DescribedReference, said.references.iter().any(has_reference));
        let bits = said
            .handles
            .iter()
            .filter(|said| held.handles.iter().any(|(_, text)| text.normal == **said))
            .map(|said| HandleText::new(said).bits_beside(None));
        comparison.note_amount(Signal::DescribedHandle, bits.fold(0.0, f64::max));
        self.compare_described_place(held, comparison);
    }

    fn compare_described_place(&self, held: &Held<'_>, comparison: &mut Comparison) {
        if self.described.words.is_empty() {
            return;
        }
        let place = held.place();
        let Some(city) = place.city.as_ref() else { return };
        let agreement = self.described.place.as_ref().and_then(|said| said.agreement(place));
        let is_named = city.letters.len() > 3 && self.described.words.contains(&format!(" {} ", city.letters));
        let agrees = agreement.is_some_and(|said| said <= PlaceAgreement::City) || is_named;
        comparison.note_if(Signal::DescribedCity, agrees);
        comparison.note_if(
            Signal::DescribedPlaceOther,
            !agrees && agreement == Some(PlaceAgreement::Other),
        );
    }

    fn note_sharers(&self, customer: &Customer, frequencies: &Frequencies, comparison: &mut Comparison) {
        let held = |term: &Term| match &term.kind {
            TermKind::Role(role) => customer
                .identifiers_of(*role)
                .any(|identifier| identifier.normal == term.value),
            _ => false,
        };
        let agreeing = self.identifiers.iter().filter(|term| held(term));
        let fewest = agreeing.filter_map(|term| frequencies.get(term)).min();
        comparison.note_amount(Signal::Shared, fewest.map_or(0.0, |count| logarithm(*count)));
    }
}

/// A handle of so many bits has one owner on all networks.
const BITS_OF_RARE_HANDLE: f64 = 31.0;

/// An expectation of fewer than 2^-8 customers counts as none.
const LEAST_EXPECTED: f64 = 8.0;

/// Numbers that differ by one digit have at least this many signs.
const SHORTEST_REFERENCE: usize = 6;

const REFERENCES: [Role; 3] = [Role::AccountNumber, Role::OrderNumber, Role::CaseNumber];

/// Whether a customer has a number, of whatever kind: people call an order a case.
fn customer_has_reference(customer: &Customer, number: &str) -> bool {
    REFERENCES
        .into_iter()
        .any(|role| customer.identifiers_of(role).any(|held| held.normal == number))
}

/// Whether a number of the customer differs by one digit.
fn is_reference_mistyped(customer: &Customer, number: &str) -> bool {
    let is_slip = |held: &Identifier| number.len() >= SHORTEST_REFERENCE && is_one_digit_apart(number, &held.normal);
    REFERENCES.into_iter().any(|role| customer.identifiers_of(role).any(is_slip))
}

fn amount_of_street(agreement: StreetAgreement) -> f64 {
    match agreement {
        StreetAgreement::Street => 1.0,
        StreetAgreement::House => 2.0,
    }
}

fn equal_handle(both_tell_network: bool, is_same: bool) -> Signal {
    match (is_same, both_tell_network) {
        (true, _) => Signal::HandleEqual,
        (false, true) => Signal::HandleElsewhere,
        (false, false) => Signal::HandleEqualSomewhere,
    }
}

fn alike_handle(likeness: Likeness) -> Signal {
    match likeness {
        Likeness::Ornaments => Signal::HandleOrnaments,
        Likeness::Number => Signal::HandleNumber,
        Likeness::Alike => Signal::HandleAlike,
    }
}

/// People move, marry, and have several telephones and addresses. If something unique to one person agrees,
/// differences count less.
fn note_relief(comparison: &mut Comparison) {
    const BESIDE_OWN: [(Signal, Signal); 7] = [
        (Signal::NameGivenOther, Signal::NameGivenOtherBeside),
        (Signal::NameSurnameOther, Signal::NameSurnameOtherBeside),
        (Signal::NameOther, Signal::NameOtherBeside),
        (Signal::EmailOther, Signal::EmailOtherBeside),
        (Signal::PhoneOther, Signal::PhoneOtherBeside),
        (Signal::ReferenceOther, Signal::ReferenceOtherBeside),
        (Signal::PlaceOther, Signal::PlaceOtherBeside),
    ];
    if comparison.has(&OWN) {
        for (differs, relief) in BESIDE_OWN {
            comparison.note_if(relief, comparison.has(&[differs]));
        }
        let is_other = comparison.has(&[Signal::HandleOther, Signal::HandleOtherAlike]);
        comparison.note_if(Signal::HandleOtherBeside, is_other);
    }
    let is_mood = comparison.has(&[Signal::NameStranger]);
    let same_handle = [Signal::HandleEqual, Signal::HandleEqualSomewhere, Signal::ProfileEqual];
    comparison.note_if(Signal::NameStrangerBeside, is_mood && comparison.has(&same_handle));
    let is_married = comparison.has(&[Signal::PhoneEqual]) && comparison.has(&[Signal::NameSurnameOther]);
    comparison.note_if(Signal::NameSurnameOtherBesidePhone, is_married && !comparison.has(&OWN));
}

fn amount(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn logarithm(count: usize) -> f64 {
    amount(count.max(1)).log2()
}
