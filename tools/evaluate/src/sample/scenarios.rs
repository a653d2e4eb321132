//! The scenarios. Each drafts questions of one kind about a customer, or about a stranger who resembles one. The
//! [judge](super::judge) decides whether a draft is a fair question.

use super::{
    account::{Handle, NETWORKS},
    dice::Dice,
    handle,
    look::{Letters, Look, Parts, has_foreign_letters},
    people::{People, Relation},
    person::Person,
    question::{AddressPart, Draft},
    record::Record,
};

/// The customers that a scenario starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// All of them.
    All,
    /// Customers who share their full name with another.
    Namesakes,
    /// Customers who share a telephone or an e-mail address with another.
    Households,
}

/// The person who is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The customer.
    Customer,
    /// The customer, and others whom the evidence cannot tell from them.
    Several,
    /// Somebody who is not a customer.
    Stranger,
}

/// A kind of question.
pub struct Scenario {
    /// Its name in reports.
    pub name: &'static str,
    /// The person who is asked for.
    pub about: About,
    /// Its weight.
    pub weight: f64,
    /// The customers that it starts from.
    pub pool: Pool,
    draft: fn(&mut Scene) -> Option<()>,
}

/// A draft in the making.
pub struct Scene<'a> {
    /// The question.
    pub draft: Draft,
    /// The customer that it starts from.
    pub record: &'a Record,
    /// The source of strangers.
    pub people: &'a People<'a>,
    /// Chance.
    pub dice: &'a mut Dice,
}

impl Scenario {
    /// Whether it is about somebody who is not a customer.
    pub fn is_about_stranger(&self) -> bool {
        self.about == About::Stranger
    }

    /// Drafts a question; `None` if the customer does not fit the scenario.
    pub fn draft<'a>(&self, record: &'a Record, people: &'a People, dice: &'a mut Dice) -> Option<Draft> {
        let mut scene = Scene {
            draft: Draft::default(),
            record,
            people,
            dice,
        };
        (self.draft)(&mut scene)?;
        if scene.dice.chance(0.15) && !scene.draft.is_described() {
            scene.draft.described(scene.dice);
        }
        if scene.dice.chance(0.04) {
            scene.draft.unknown_case(scene.dice);
        }
        Some(scene.draft)
    }
}

const fn customer(name: &'static str, weight: f64, draft: fn(&mut Scene) -> Option<()>) -> Scenario {
    Scenario {
        name,
        about: About::Customer,
        weight,
        pool: Pool::All,
        draft,
    }
}

const fn stranger(name: &'static str, weight: f64, draft: fn(&mut Scene) -> Option<()>) -> Scenario {
    Scenario {
        about: About::Stranger,
        ..customer(name, weight, draft)
    }
}

/// All scenarios. Those about strangers have a third of the weight.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method's path has one lifetime of Scene, not all of them"
)]
pub const SCENARIOS: [Scenario; 57] = [
    customer("same handle", 5.0, |scene| scene.same_handle(true)),
    customer("same handle, no name", 2.0, |scene| scene.same_handle(false)),
    customer("handle on another network", 5.0, |scene| scene.handle_elsewhere()),
    customer("handle varied", 4.5, |scene| scene.handle_varied()),
    customer("handle holds the name", 4.5, |scene| scene.handle_holds_name()),
    customer("handle is the mailbox", 3.0, |scene| scene.handle_is_mailbox()),
    customer("nickname", 4.0, |scene| scene.looking(|look| look.nickname = true)),
    customer("initial", 3.0, |scene| scene.looking(|look| look.parts = Parts::InitialGiven)),
    customer("swapped parts", 2.0, |scene| {
        scene.looking(|look| look.parts = Parts::Swapped)
    }),
    customer("middle name", 1.5, |scene| {
        scene.looking(|look| look.parts = Parts::WithMiddle)
    }),
    customer("missing part", 3.0, |scene| scene.missing_part()),
    customer("double surname shortened", 2.5, |scene| {
        scene.looking(|look| look.parts = Parts::OneSurname)
    }),
    customer("accents dropped", 3.0, |scene| scene.accents_dropped()),
    customer("transliterated", 4.0, |scene| scene.transliterated()),
    customer("decorated", 3.0, |scene| scene.looking(|look| look.decorated = true)),
    customer("stylised letters", 2.0, |scene| {
        scene.looking(|look| look.letters = Letters::Stylised)
    }),
    customer("leet", 1.0, |scene| scene.looking(|look| look.letters = Letters::Leet)),
    customer("typo in the name", 4.0, |scene| {
        scene.looking(|look| look.letters = Letters::Typo)
    }),
    customer("typo in the e-mail", 3.0, |scene| scene.mistyped_email()),
    customer("wrong digit in the phone", 2.5, |scene| scene.misdialled()),
    customer("married", 2.5, |scene| scene.married()),
    customer("another e-mail provider", 3.0, |scene| scene.other_provider()),
    customer("phone in another spelling", 3.0, |scene| scene.phone()),
    customer("e-mail", 2.0, |scene| scene.email()),
    customer("name and city", 3.0, |scene| scene.name_and_address(AddressPart::City)),
    customer("name and postcode", 3.0, |scene| {
        scene.name_and_address(AddressPart::Postcode)
    }),
    customer("name and address", 1.5, |scene| scene.name_and_address(AddressPart::Whole)),
    customer("order or account number", 3.0, |scene| scene.reference()),
    customer("one contact known, another new", 4.0, |scene| scene.new_contact()),
    customer("unusual name", 4.0, |scene| scene.looking(|_| {})),
    customer("handle of the name alone", 4.0, |scene| scene.handle_of_name_alone()),
    customer("titled handle", 2.5, |scene| scene.titled_handle(true)),
    customer("titled handle alone", 2.5, |scene| scene.titled_handle(false)),
    customer("another spelling of the mailbox", 2.5, |scene| scene.mailbox_variant()),
    customer("new e-mail of the name", 3.0, |scene| scene.new_email_of_name()),
    customer("married, at the same address", 1.5, |scene| scene.married_at_home()),
    customer("told in the description", 4.0, |scene| scene.described_contact()),
    customer("typed from paper", 4.0, |scene| scene.typed_from_paper()),
    customer("several noises", 7.0, |scene| scene.several_noises()),
    Scenario {
        pool: Pool::Households,
        ..customer("one of a household", 4.0, |scene| scene.one_of_household())
    },
    Scenario {
        pool: Pool::Namesakes,
        ..customer("one of two namesakes", 3.5, |scene| scene.one_of_namesakes())
    },
    Scenario {
        pool: Pool::Namesakes,
        about: About::Several,
        ..customer("namesakes not told apart", 1.0, |scene| scene.name_alone())
    },
    Scenario {
        pool: Pool::Households,
        about: About::Several,
        ..customer("household not told apart", 1.0, |scene| scene.shared_contact_alone())
    },
    stranger("stranger", 12.0, |scene| scene.unknown()),
    stranger("stranger: namesake, other handle", 6.0, |scene| scene.namesake_other_handle()),
    stranger("stranger: namesake, other contacts", 6.0, |scene| {
        scene.namesake_other_contacts()
    }),
    stranger("stranger: common name", 4.0, |scene| scene.common_name()),
    stranger("stranger: relative", 7.0, |scene| scene.relative()),
    stranger("stranger: surname and city", 5.0, |scene| scene.surname_and_city()),
    stranger("stranger: colleague", 3.0, |scene| scene.colleague()),
    stranger("stranger: similar handle", 5.0, |scene| scene.lookalike_handle()),
    stranger("stranger: same handle elsewhere", 4.0, |scene| scene.taken_handle()),
    stranger("stranger: same mailbox elsewhere", 2.0, |scene| scene.taken_mailbox()),
    stranger("stranger: handle of the name alone", 3.0, |scene| {
        scene.strange_handle_alone()
    }),
    stranger("stranger: relative's name in the handle", 2.0, |scene| {
        scene.relatives_handle_alone()
    }),
    stranger("stranger: given name and city", 2.0, |scene| scene.given_name_and_city()),
    stranger("stranger: typed from paper", 3.0, |scene| scene.stranger_from_paper()),
];

/// Shorter handles are taken by different people on different networks.
const LONGEST_COMMON_HANDLE: usize = 7;

impl Scene<'_> {
    fn named(&mut self, look: Look) -> Option<()> {
        self.draft.named(look, &self.record.person, self.people.names, self.dice)
    }

    /// Shows the full name in a common look, or unchanged if the name cannot have that look.
    fn fully_named(&mut self) -> Option<()> {
        let look = Look::full(self.dice);
        self.named(look).or_else(|| self.named(Look::PLAIN))
    }

    fn profile(&mut self, network: &'static str, text: String) {
        self.draft.profile(&Handle { network, text }, self.dice);
    }

    /// A network on which the record has no handle.
    fn other_network(&mut self) -> Option<&'static str> {
        let shown = &self.record.shown.handles;
        let free: Vec<&'static str> = NETWORKS
            .into_iter()
            .filter(|network| shown.iter().all(|handle| handle.network != *network))
            .collect();
        self.dice.one_of(&free).copied()
    }

    /// Adds a handle that the company does not know.
    fn unknown_profile(&mut self) -> Option<()> {
        if !self.dice.chance(self.people.habits.unknown_profiles) {
            return Some(());
        }
        let text = match self.dice.below(8) {
            0..=3 => handle::words(self.dice),
            4 if self.people.habits.second_accounts > 0.0 => handle::titled(&self.record.person, self.dice),
            _ => handle::named(&self.record.person, self.people.names, self.dice),
        };
        if self.dice.chance(self.people.habits.second_accounts) {
            let network = self.dice.pick(&NETWORKS);
            self.draft.second_account(&Handle { network, text }, self.dice);
            return Some(());
        }
        let network = self.other_network()?;
        self.profile(network, text);
        Some(())
    }

    /// A namesake of the customer, if there may be one.
    fn namesake(&mut self) -> Option<Person> {
        let person = &self.record.person;
        let may_be = self.people.may_have_namesake(person, self.dice);
        may_be.then(|| self.people.related(Relation::Namesake, person, self.dice))
    }

    /// Adds a name beside a contact, unless it is shown without one.
    fn perhaps_named(&mut self) -> Option<()> {
        if self.dice.chance(self.people.habits.nameless) {
            return Some(());
        }
        let look = Look::any(self.dice);
        self.named(look)
    }

    /// Any handle of the record.
    fn known_handle(&mut self) -> Option<String> {
        let shown = &self.record.shown;
        let texts = shown.handles.iter().map(|handle| &handle.text).chain(&shown.screen_names);
        let texts: Vec<&String> = texts.collect();
        self.dice.one_of(&texts).map(|text| (*text).clone())
    }

    /// Another fact that the company knows, if there is one.
    fn corroborated(&mut self) {
        let (person, shown) = (&self.record.person, &self.record.shown);
        match self.dice.below(6) {
            0 if !shown.emails.is_empty() => self.draft.email(&shown.emails[0]),
            1 if !shown.phones.is_empty() => self.draft.phone(&shown.phones[0], self.dice),
            2 | 3 if shown.city.is_some() => self.draft.address(person, AddressPart::City, self.dice),
            _ if shown.postcode.is_some() => self.draft.address(person, AddressPart::Postcode, self.dice),
            _ => {}
        }
    }

    fn same_handle(&mut self, with_name: bool) -> Option<()> {
        let handle = self.dice.one_of(&self.record.shown.handles)?.clone();
        self.draft.profile(&handle, self.dice);
        if with_name {
            let look = Look::any(self.dice);
            self.named(look).or_else(|| self.named(Look::PLAIN))
        } else {
            let words = handle::words(self.dice);
            let shown = if self.dice.chance(0.3) { handle.text } else { words };
            self.draft.mood(&shown.replace(['_', '.'], " "));
            Some(())
        }
    }

    fn handle_elsewhere(&mut self) -> Option<()> {
        let text = self.known_handle()?;
        let network = self.other_network()?;
        self.profile(network, text);
        self.perhaps_named()
    }

    fn handle_varied(&mut self) -> Option<()> {
        let usual = self.known_handle()?;
        let varied = handle::varied(&usual, &self.record.person, self.dice);
        let network = self.other_network()?;
        self.profile(network, varied);
        self.fully_named()
    }

    fn handle_holds_name(&mut self) -> Option<()> {
        let shown = &self.record.shown;
        if !shown.handles.is_empty() || !shown.screen_names.is_empty() {
            return None;
        }
        let network = self.other_network()?;
        let text = handle::full_name(&self.record.person, self.dice);
        self.profile(network, text);
        let look = Look {
            parts: Parts::GivenOnly,
            ..Look::PLAIN
        };
        // The handle states the same as the full name would.
        let mut said = Draft::default();
        said.named(Look::PLAIN, &self.record.person, self.people.names, self.dice)?;
        self.named(look)?;
        self.draft.facts.append(&mut said.facts);
        if self.dice.chance(0.3) {
            self.corroborated();
        }
        Some(())
    }

    fn handle_is_mailbox(&mut self) -> Option<()> {
        let email = self.record.shown.emails.first()?;
        let mailbox = email.split('@').next()?.to_owned();
        let network = self.other_network()?;
        self.profile(network, mailbox);
        let look = Look::any(self.dice);
        self.named(look)
    }

    /// The full name in a look, from a handle that says nothing new, and perhaps another fact.
    fn looking(&mut self, change: impl FnOnce(&mut Look)) -> Option<()> {
        let mut look = Look::PLAIN;
        change(&mut look);
        self.named(look)?;
        self.unknown_profile()?;
        if self.dice.chance(self.people.habits.corroborated) {
            self.corroborated();
        }
        if self.people.habits.second_accounts > 0.0 && self.dice.chance(0.04) {
            // People move.
            let city = self.people.anybody(self.dice).home.city;
            self.draft.describes_other_city(&city, self.dice);
        }
        Some(())
    }

    /// Only a handle of the full name, with usual additions.
    fn handle_of_name_alone(&mut self) -> Option<()> {
        let text = handle::full_name_or_variant(&self.record.person, self.dice);
        self.states_name()?;
        self.asks_with_new_handle(text)
    }

    /// A handle of a title and a part of the name, with or without the shown name.
    fn titled_handle(&mut self, with_name: bool) -> Option<()> {
        let text = handle::titled(&self.record.person, self.dice);
        if with_name {
            self.fully_named()?;
        } else {
            self.states_name()?;
        }
        self.asks_with_new_handle(text)
    }

    /// The handle states the same as the full name would.
    fn states_name(&mut self) -> Option<()> {
        let mut said = Draft::default();
        said.named(Look::PLAIN, &self.record.person, self.people.names, self.dice)?;
        self.draft.facts.append(&mut said.facts);
        Some(())
    }

    fn asks_with_new_handle(&mut self, text: String) -> Option<()> {
        let network = self.other_network()?;
        if self.dice.chance(0.2) {
            self.draft.mood(&text);
        }
        self.profile(network, text);
        Some(())
    }

    /// The address in a spelling that its provider treats as the same: with a plus, or without Google's dots.
    fn mailbox_variant(&mut self) -> Option<()> {
        let email = self.record.shown.emails.first()?.clone();
        self.draft.respelled_email(&email, self.dice);
        self.unknown_profile()?;
        let look = Look::any(self.dice);
        self.named(look)
    }

    /// An address that the company does not know, made of the name. Less of the name is shown.
    fn new_email_of_name(&mut self) -> Option<()> {
        self.record.shown.emails.is_empty().then_some(())?;
        let email = self.dice.one_of(&self.record.person.emails)?.clone();
        self.draft.unknown_email(&email);
        self.states_name()?;
        let parts = [Parts::InitialGiven, Parts::Both, Parts::GivenOnly, Parts::InitialGiven];
        let look = Look {
            parts: *self.dice.one_of(&parts)?,
            ..Look::PLAIN
        };
        self.named(look)
    }

    /// A contact, a number or a handle in the description, beside a name or a part of it.
    fn described_contact(&mut self) -> Option<()> {
        let (person, shown) = (&self.record.person, &self.record.shown);
        match self.dice.below(5) {
            0 => self.draft.describes_email(shown.emails.first()?, self.dice),
            1 => self.draft.describes_phone(shown.phones.first()?, self.dice),
            2 => self
                .draft
                .describes_order(shown.orders.first().or(shown.account.as_ref())?, self.dice),
            3 => self.draft.describes_handle(self.dice.one_of(&shown.handles)?, self.dice),
            _ => {
                shown.city.as_ref()?;
                self.draft.describes_city(&person.home.city, self.dice);
            }
        }
        self.unknown_profile()?;
        let look = if self.dice.chance(0.5) {
            Look::any(self.dice)
        } else {
            Look::full(self.dice)
        };
        self.named(look).or_else(|| self.named(Look::PLAIN))
    }

    /// A handle of a stranger's name, which may resemble a customer's.
    fn strange_handle_alone(&mut self) -> Option<()> {
        let stranger = self.people.anybody(self.dice);
        let text = if self.dice.chance(0.3) {
            handle::titled(&stranger, self.dice)
        } else {
            handle::full_name_or_variant(&stranger, self.dice)
        };
        let mut said = Draft::default();
        said.named(Look::PLAIN, &stranger, self.people.names, self.dice)?;
        self.draft.facts.append(&mut said.facts);
        self.asks_with_new_handle(text)
    }

    /// The same for somebody with a customer's surname.
    fn relatives_handle_alone(&mut self) -> Option<()> {
        let stranger = self.people.related(Relation::Relative, &self.record.person, self.dice);
        let text = handle::full_name_or_variant(&stranger, self.dice);
        let mut said = Draft::default();
        said.named(Look::PLAIN, &stranger, self.people.names, self.dice)?;
        self.draft.facts.append(&mut said.facts);
        self.asks_with_new_handle(text)
    }

    fn missing_part(&mut self) -> Option<()> {
        let parts = [Parts::GivenOnly, Parts::SurnameOnly, Parts::InitialSurname];
        let parts = *self.dice.one_of(&parts)?;
        self.looking(|look| look.parts = parts)
    }

    fn accents_dropped(&mut self) -> Option<()> {
        let person = &self.record.person;
        (has_foreign_letters(person) && !person.surnames[0].has_script()).then_some(())?;
        self.looking(|look| look.letters = Letters::Plain)
    }

    fn transliterated(&mut self) -> Option<()> {
        self.record.person.surnames[0].has_script().then_some(())?;
        // The record itself may be in Latin letters. Then the original script is the different spelling.
        let letters = if self.dice.chance(0.3) {
            Letters::Usual
        } else {
            Letters::Latin
        };
        self.looking(|look| look.letters = letters)
    }

    fn mistyped_email(&mut self) -> Option<()> {
        let email = self.record.shown.emails.first()?;
        self.draft.mistyped_email(email, self.dice)?;
        self.unknown_profile()?;
        self.fully_named()
    }

    fn misdialled(&mut self) -> Option<()> {
        let phone = self.record.shown.phones.first()?;
        self.draft.misdialled(phone, self.dice);
        self.unknown_profile()?;
        self.fully_named()
    }

    fn married(&mut self) -> Option<()> {
        let look = Look {
            parts: Parts::FormerSurname,
            ..Look::PLAIN
        };
        self.named(look)?;
        let (person, shown) = (&self.record.person, &self.record.shown);
        let with_phone = self.people.habits.nameless > 0.0 && self.dice.chance(0.5);
        if with_phone && shown.phones.first() == Some(&person.phone) && person.shared_phone.is_none() {
            self.draft.phone(&person.phone, self.dice);
            return self.unknown_profile();
        }
        if let Some(handle) = self.dice.one_of(&self.record.shown.handles).cloned() {
            self.draft.profile(&handle, self.dice);
            return Some(());
        }
        self.unknown_profile()?;
        self.draft.email(self.record.shown.emails.first()?);
        Some(())
    }

    fn married_at_home(&mut self) -> Option<()> {
        let shown = &self.record.shown;
        (shown.city.is_some() && shown.postcode.is_some() && shown.given).then_some(())?;
        if self.dice.chance(0.5) {
            self.draft.address_from_paper(&self.record.person, self.dice);
        } else {
            self.draft.address(&self.record.person, AddressPart::Whole, self.dice);
        }
        self.states_name()?;
        let look = Look {
            parts: Parts::FormerSurname,
            ..Look::PLAIN
        };
        self.named(look)?;
        // The shown name contradicts the record, and the address makes up for it.
        self.draft.facts.pop();
        Some(())
    }

    /// A form that somebody typed from paper: name and address, with errors, and parts left out or exchanged.
    fn typed_from_paper(&mut self) -> Option<()> {
        let record = self.record;
        record.shown.city.is_some().then_some(())?;
        self.types_name(&record.person)?;
        self.draft.address_from_paper(&record.person, self.dice);
        if let Some(account) = record.shown.account.as_ref().filter(|_| self.dice.chance(0.15)) {
            self.draft.mistyped_reference("accountNumbers", account, self.dice);
        }
        if self.dice.chance(0.3) {
            self.unknown_profile()?;
        }
        Some(())
    }

    fn types_name(&mut self, person: &Person) -> Option<()> {
        let parts = match self.dice.below(16) {
            0..=1 => Parts::Swapped,
            2 => Parts::SurnameOnly,
            3 => Parts::GivenOnly,
            _ => Parts::Both,
        };
        let look = Look { parts, ..Look::PLAIN };
        if self.dice.chance(0.1) {
            // Some people use their middle name, and some clerks enter another one.
            let called = person.middle.clone().unwrap_or_else(|| {
                let culture = &self.people.names.cultures[person.culture];
                culture.given(person.woman, self.dice)
            });
            let called = Person {
                given: called,
                ..person.clone()
            };
            self.draft.named(look, &called, self.people.names, self.dice)?;
            self.draft.doubts_given_name();
        } else {
            self.draft.named(look, person, self.people.names, self.dice)?;
        }
        let errors = match self.dice.below(10) {
            0..=3 => 0,
            4..=6 => 1,
            7..=8 => 2,
            _ => 3,
        };
        self.draft.mistype_name(errors, self.dice);
        Some(())
    }

    fn stranger_from_paper(&mut self) -> Option<()> {
        self.record.shown.city.is_some().then_some(())?;
        let person = &self.record.person;
        let stranger = match self.dice.below(5) {
            0 | 1 => self.people.related(Relation::Relative, person, self.dice),
            2 => self.namesake()?,
            3 => Person {
                home: person.home.clone(),
                ..self.people.anybody(self.dice)
            },
            _ => self.people.anybody(self.dice),
        };
        self.types_name(&stranger)?;
        self.draft.address_from_paper(&stranger, self.dice);
        if self.dice.chance(0.15) {
            self.draft.reference("accountNumbers", &stranger.account, self.dice);
        }
        Some(())
    }

    fn other_provider(&mut self) -> Option<()> {
        let email = self.record.shown.emails.first()?;
        let elsewhere = handle::at_another_provider(email, self.dice);
        self.draft.email(&elsewhere);
        self.unknown_profile()?;
        self.fully_named()
    }

    fn phone(&mut self) -> Option<()> {
        let phone = self.record.shown.phones.first()?;
        self.draft.phone(phone, self.dice);
        self.unknown_profile()?;
        self.perhaps_named()
    }

    fn email(&mut self) -> Option<()> {
        self.draft.email(self.record.shown.emails.first()?);
        self.unknown_profile()?;
        self.perhaps_named()
    }

    fn name_and_address(&mut self, part: AddressPart) -> Option<()> {
        let shown = &self.record.shown;
        (shown.city.is_some() && (part == AddressPart::City || shown.postcode.is_some())).then_some(())?;
        self.draft.address(&self.record.person, part, self.dice);
        self.unknown_profile()?;
        self.fully_named()
    }

    fn reference(&mut self) -> Option<()> {
        let shown = &self.record.shown;
        match (shown.orders.first(), &shown.account) {
            (Some(order), None) => self.draft.reference("orderNumbers", order, self.dice),
            (_, Some(account)) => self.draft.reference("accountNumbers", account, self.dice),
            (None, None) => return None,
        }
        self.unknown_profile()?;
        self.perhaps_named()
    }

    /// People move, and have more telephones and addresses than the company knows.
    fn new_contact(&mut self) -> Option<()> {
        let shown = &self.record.shown;
        match self.dice.below(3) {
            0 => self.draft.email(shown.emails.first()?),
            1 => self.draft.reference("accountNumbers", shown.account.as_ref()?, self.dice),
            _ => self.draft.profile(self.dice.one_of(&shown.handles)?, self.dice),
        }
        let new = self.people.anybody(self.dice);
        match self.dice.below(3) {
            0 => self.draft.address(&new, AddressPart::Whole, self.dice),
            _ => self.draft.phone(&new.phone, self.dice),
        }
        if self.dice.chance(0.6) {
            let look = Look::any(self.dice);
            return self.named(look);
        }
        Some(())
    }

    fn several_noises(&mut self) -> Option<()> {
        let parts = [
            Parts::Both,
            Parts::Both,
            Parts::Swapped,
            Parts::OneSurname,
            Parts::InitialGiven,
            Parts::WithMiddle,
        ];
        let letters = [
            Letters::Typo,
            Letters::Plain,
            Letters::Latin,
            Letters::Small,
            Letters::Stylised,
            Letters::Usual,
        ];
        let look = Look {
            parts: *self.dice.one_of(&parts)?,
            nickname: self.dice.chance(0.4),
            letters: *self.dice.one_of(&letters)?,
            decorated: self.dice.chance(0.5),
        };
        self.named(look)?;
        match self.known_handle() {
            Some(usual) if self.dice.chance(0.6) => {
                let varied = handle::varied(&usual, &self.record.person, self.dice);
                let network = self.other_network()?;
                self.profile(network, varied);
            }
            _ => self.unknown_profile()?,
        }
        self.corroborated();
        Some(())
    }

    fn one_of_household(&mut self) -> Option<()> {
        let (person, shown) = (&self.record.person, &self.record.shown);
        let phone = person.shared_phone.as_ref().filter(|phone| shown.phones.contains(phone));
        let email = person.shared_email.as_ref().filter(|email| shown.emails.contains(email));
        match (phone, email) {
            (Some(phone), _) => self.draft.phone(phone, self.dice),
            (None, Some(email)) => self.draft.email(email),
            (None, None) => return None,
        }
        self.unknown_profile()?;
        let look = Look::any(self.dice);
        self.named(look)
    }

    fn one_of_namesakes(&mut self) -> Option<()> {
        self.fully_named()?;
        if let (Some(text), true) = (self.known_handle(), self.dice.chance(0.65)) {
            let network = self.other_network()?;
            self.profile(network, text);
        } else {
            self.unknown_profile()?;
            self.corroborated();
        }
        Some(())
    }

    fn name_alone(&mut self) -> Option<()> {
        self.named(Look::PLAIN)?;
        self.unknown_profile()
    }

    fn shared_contact_alone(&mut self) -> Option<()> {
        let (person, shown) = (&self.record.person, &self.record.shown);
        let phone = person.shared_phone.as_ref().filter(|phone| shown.phones.contains(phone))?;
        self.draft.phone(phone, self.dice);
        if self.dice.chance(0.6) {
            let network = self.other_network()?;
            let text = handle::words(self.dice);
            self.profile(network, text);
        }
        Some(())
    }

    /// A stranger's own profile, in any look.
    fn of_stranger(&mut self, stranger: &Person, network: Option<&'static str>) -> Option<()> {
        let look = Look::full(self.dice);
        let named = self.draft.named(look, stranger, self.people.names, self.dice);
        named.or_else(|| self.draft.named(Look::PLAIN, stranger, self.people.names, self.dice))?;
        if self.people.habits.second_accounts > 0.0 && self.dice.chance(0.08) {
            self.draft.describes_other_city(&stranger.home.city, self.dice);
        }
        let own = self.dice.one_of(&stranger.handles)?;
        let network = network.unwrap_or(own.network);
        let text = own.text.clone();
        self.profile(network, text);
        Some(())
    }

    fn unknown(&mut self) -> Option<()> {
        let stranger = self.people.anybody(self.dice);
        self.of_stranger(&stranger, None)?;
        match self.dice.below(6) {
            0 => self.draft.email(&stranger.emails[0]),
            1 => self.draft.phone(&stranger.phone, self.dice),
            2 => self.draft.address(&stranger, AddressPart::Whole, self.dice),
            3 => self.draft.reference("orderNumbers", &stranger.orders[0], self.dice),
            _ => {}
        }
        Some(())
    }

    fn namesake_other_handle(&mut self) -> Option<()> {
        let network = self.dice.one_of(&self.record.shown.handles)?.network;
        let stranger = self.namesake()?;
        self.of_stranger(&stranger, Some(network))?;
        if self.dice.chance(0.4) {
            self.draft.email(&stranger.emails[0]);
        }
        Some(())
    }

    fn namesake_other_contacts(&mut self) -> Option<()> {
        let shown = &self.record.shown;
        (!shown.emails.is_empty() || shown.city.is_some()).then_some(())?;
        let stranger = self.namesake()?;
        self.of_stranger(&stranger, None)?;
        if !shown.emails.is_empty() {
            self.draft.email(&stranger.emails[0]);
        }
        if shown.city.is_some() {
            self.draft.address(&stranger, AddressPart::Whole, self.dice);
        }
        Some(())
    }

    fn common_name(&mut self) -> Option<()> {
        let person = &self.record.person;
        let bearers = self
            .people
            .names
            .namesakes_in_a_million(person.culture, &person.given, &person.basic_surname);
        (bearers >= self.people.habits.common_name).then_some(())?;
        let stranger = self.people.related(Relation::Namesake, person, self.dice);
        self.of_stranger(&stranger, None)
    }

    fn relative(&mut self) -> Option<()> {
        let (person, shown) = (&self.record.person, &self.record.shown);
        let stranger = self.people.related(Relation::Relative, person, self.dice);
        self.of_stranger(&stranger, None)?;
        let phone = person.shared_phone.as_ref().unwrap_or(&person.phone);
        if shown.phones.contains(phone) {
            self.draft.phone(phone, self.dice);
        }
        if shown.postcode.is_some() && self.dice.chance(0.6) {
            self.draft.address(&stranger, AddressPart::Whole, self.dice);
        }
        (self.draft.facts.len() > 2).then_some(())
    }

    fn surname_and_city(&mut self) -> Option<()> {
        self.record.shown.city.is_some().then_some(())?;
        let stranger = self.people.related(Relation::Relative, &self.record.person, self.dice);
        self.of_stranger(&stranger, None)?;
        self.draft.address(&stranger, AddressPart::City, self.dice);
        Some(())
    }

    fn colleague(&mut self) -> Option<()> {
        let (person, shown) = (&self.record.person, &self.record.shown);
        let phone = person.shared_phone.as_ref().filter(|phone| shown.phones.contains(phone))?;
        let stranger = self.people.related(Relation::Colleague, person, self.dice);
        self.of_stranger(&stranger, None)?;
        self.draft.phone(phone, self.dice);
        Some(())
    }

    fn lookalike_handle(&mut self) -> Option<()> {
        let usual = self.dice.one_of(&self.record.shown.handles)?;
        let text = handle::lookalike(&usual.text, self.dice);
        self.profile(usual.network, text);
        let (person, anybody) = (&self.record.person, self.people.anybody(self.dice));
        match self.dice.below(3) {
            0 => self.draft.mood(&handle::words(self.dice)),
            1 => {
                let (woman, given, surname) = (person.woman, person.given.clone(), anybody.basic_surname);
                let stranger = self.people.named(person.culture, woman, given, surname, self.dice);
                self.draft.named(Look::PLAIN, &stranger, self.people.names, self.dice)?;
            }
            _ => self.draft.named(Look::PLAIN, &anybody, self.people.names, self.dice)?,
        }
        Some(())
    }

    fn taken_handle(&mut self) -> Option<()> {
        let (person, text) = (&self.record.person, self.known_handle()?);
        // A stranger is unlikely to have the customer's name as a handle.
        let names = [person.given.key(), person.basic_surname.key()];
        names.iter().all(|name| !text.contains(name.as_str())).then_some(())?;
        let is_common = text.len() <= LONGEST_COMMON_HANDLE;
        let network = self.other_network()?;
        self.profile(network, text);
        if is_common && self.dice.chance(self.people.habits.nameless * 2.0) {
            return Some(());
        }
        let stranger = self.people.anybody(self.dice);
        let look = Look::full(self.dice);
        self.draft.named(look, &stranger, self.people.names, self.dice)
    }

    fn taken_mailbox(&mut self) -> Option<()> {
        let email = self.record.shown.emails.first()?;
        let elsewhere = handle::at_another_provider(email, self.dice);
        let stranger = self.people.related(Relation::Relative, &self.record.person, self.dice);
        self.of_stranger(&stranger, None)?;
        self.draft.email(&elsewhere);
        Some(())
    }

    fn given_name_and_city(&mut self) -> Option<()> {
        self.record.shown.city.is_some().then_some(())?;
        let person = &self.record.person;
        let surname = self.people.names.cultures[person.culture].surname(self.dice);
        let (culture, woman, given) = (person.culture, person.woman, person.given.clone());
        let mut stranger = self.people.named(culture, woman, given, surname, self.dice);
        stranger.home = self.record.person.home.clone();
        self.of_stranger(&stranger, None)?;
        self.draft.address(&stranger, AddressPart::City, self.dice);
        Some(())
    }
}
