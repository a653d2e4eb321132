//! The record of a person at a company: some fields, in the spelling in which they arrived.

use serde_json::{Map, Value};

use super::{
    account::Handle,
    dice::Dice,
    habits::Habits,
    names::{Name, Names},
    noise,
    people::People,
    person::{Person, Phone},
    spelling,
};

/// The facts in a record, in any spelling.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Whether the given name is in it.
    pub given: bool,
    /// Whether the family name is in it.
    pub surname: bool,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Telephone numbers.
    pub phones: Vec<Phone>,
    /// Handles whose network is known.
    pub handles: Vec<Handle>,
    /// Handles whose network is not.
    pub screen_names: Vec<String>,
    /// The street with its number.
    pub street: Option<String>,
    /// The key of the city.
    pub city: Option<String>,
    /// The postcode.
    pub postcode: Option<String>,
    /// Numbers of orders.
    pub orders: Vec<String>,
    /// The number of the account.
    pub account: Option<String>,
}

/// A customer of the sample: the person and the record.
#[derive(Debug)]
pub struct Record {
    /// The person.
    pub person: Person,
    /// The facts that the record has.
    pub shown: Shown,
    /// The record, by the names of the default model.
    pub fields: Map<String, Value>,
}

/// The spelling of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// In their original script.
    Native,
    /// In Latin letters.
    Latin,
    /// In Latin letters, without accents.
    Plain,
}

impl Script {
    /// A name in this script.
    pub fn write(self, name: &Name, dice: &mut Dice) -> String {
        match self {
            Self::Native => name.native().to_owned(),
            Self::Latin => name.any_latin(dice).to_owned(),
            Self::Plain => {
                let latin = name.any_latin(dice).to_owned();
                if dice.chance(0.4) {
                    spelling::digraphs(&latin)
                } else {
                    spelling::plain(&latin)
                }
            }
        }
    }

    /// The script that somebody uses for this name.
    pub fn usual(name: &Name, dice: &mut Dice) -> Self {
        let native = if name.has_script() { 0.6 } else { 0.85 };
        match dice.fraction() {
            at_home if at_home < native => Self::Native,
            _ if name.has_script() => Self::Latin,
            _ => Self::Plain,
        }
    }
}

/// Given name and family name in the order of the culture.
pub fn in_order(given: &str, surname: &str, family_first: bool) -> String {
    let native = !spelling::plain(surname).is_ascii();
    if family_first && native && !given.contains(' ') && !surname.contains(|letter: char| letter.is_lowercase()) {
        format!("{surname}{given}")
    } else if family_first && native {
        format!("{surname} {given}")
    } else {
        format!("{given} {surname}")
    }
}

/// Writes a person's record.
pub fn record(person: Person, people: &People<'_>, dice: &mut Dice) -> Record {
    let mut clerk = Clerk {
        person: &person,
        names: people.names,
        habits: people.habits,
        fields: Map::new(),
        shown: Shown::default(),
    };
    clerk.name(dice);
    clerk.contacts(dice);
    clerk.handles(dice);
    clerk.address(dice);
    clerk.references(dice);
    let Clerk { fields, shown, .. } = clerk;
    Record { person, shown, fields }
}

struct Clerk<'a> {
    person: &'a Person,
    names: &'a Names,
    habits: &'a Habits,
    fields: Map<String, Value>,
    shown: Shown,
}

impl Clerk<'_> {
    fn put(&mut self, field: &str, value: impl Into<String>) {
        self.fields.insert(field.to_owned(), Value::String(value.into()));
    }

    fn name(&mut self, dice: &mut Dice) {
        let person = self.person;
        let script = Script::usual(&person.surnames[0], dice);
        let mut given = script.write(&person.given, dice);
        if let Some(nickname) = dice.one_of(self.names.nicknames(&person.given))
            && dice.chance(0.07)
        {
            given = script.write(nickname, dice);
        }
        let surname = person.surname_with(|name| script.write(name, dice));
        let family_first = self.names.cultures[person.culture].family_first;
        let display = in_order(&given, &surname, family_first);
        self.shown.given = true;
        self.shown.surname = true;
        let middle = person
            .middle
            .as_ref()
            .filter(|_| dice.chance(0.4))
            .map(|name| script.write(name, dice));
        let firsts = middle.map_or_else(|| given.clone(), |middle| format!("{given} {middle}"));
        match Habits::place(&self.habits.names, dice) {
            0 => {
                self.put("firstName", firsts);
                self.put("lastName", surname);
            }
            1 => self.put("displayName", shown_as(&display, &given, &surname, dice)),
            2 => {
                self.put("displayName", shown_as(&display, &given, &surname, dice));
                self.put("firstName", firsts);
                self.put("lastName", surname);
            }
            3 => {
                // A customer known only from a network, whose profile rarely shows a full name.
                let word = super::handle::words(dice);
                self.put("displayName", if dice.chance(0.5) { given } else { word });
                self.shown.given = false;
                self.shown.surname = false;
            }
            4 => {
                self.put("firstName", given.chars().take(1).collect::<String>());
                self.put("lastName", surname);
                self.shown.given = false;
            }
            _ => {
                self.shown.given = false;
                self.shown.surname = false;
            }
        }
    }

    fn contacts(&mut self, dice: &mut Dice) {
        let person = self.person;
        let mut emails = Vec::new();
        let [email, second_email, phone] = self.habits.contacts;
        if dice.chance(email) {
            emails.extend(person.emails.first().cloned());
        }
        if dice.chance(0.5) {
            emails.extend(person.shared_email.clone());
        }
        if dice.chance(second_email) {
            emails.extend(person.emails.get(1).cloned());
        }
        for (field, email) in ["email", "email2"].into_iter().zip(emails) {
            let spelled = if dice.chance(0.1) {
                email.to_uppercase()
            } else {
                email.clone()
            };
            self.put(field, spelled);
            self.shown.emails.push(email);
        }
        let mut phones = Vec::new();
        if dice.chance(phone) {
            phones.push(person.phone.clone());
        }
        if dice.chance(0.6) {
            phones.extend(person.shared_phone.clone());
        }
        for (field, phone) in ["phone", "phone2"].into_iter().zip(phones) {
            self.put(field, noise::spelled_phone(&phone, dice));
            self.shown.phones.push(phone);
        }
    }

    fn handles(&mut self, dice: &mut Dice) {
        let person = self.person;
        let [in_field, without_network, in_address] = self.habits.handles;
        for handle in &person.handles {
            let field = match handle.network {
                "twitter" => "twitterHandle",
                "facebook" => "facebookHandle",
                "instagram" => "instagramHandle",
                _ => "screenName",
            };
            let fraction = dice.fraction();
            let at = if dice.chance(0.3) { "@" } else { "" };
            if fraction < in_field && field != "screenName" {
                self.put(field, format!("{at}{}", handle.text));
                self.shown.handles.push(handle.clone());
            } else if fraction < in_field + without_network && !self.fields.contains_key("screenName") {
                self.put("screenName", format!("{at}{}", handle.text));
                self.shown.screen_names.push(handle.text.clone());
            } else if fraction < in_field + without_network + in_address && !self.fields.contains_key("profileUrl") {
                let url = handle.url(dice);
                self.put("profileUrl", url);
                self.shown.handles.push(handle.clone());
            }
        }
    }

    fn address(&mut self, dice: &mut Dice) {
        let home = &self.person.home;
        let city = Script::usual(&home.city.name, dice).write(&home.city.name, dice);
        let [whole, city_alone] = self.habits.addresses;
        match dice.fraction() {
            full if full < whole => {
                self.put("streetOne", home.street.clone());
                self.put("city", city);
                self.put("zip", home.city.postcode.clone());
                self.shown.street = Some(home.street.clone());
                self.shown.city = Some(home.city.name.key());
                self.shown.postcode = Some(home.city.postcode.clone());
            }
            city_only if city_only < whole + city_alone => {
                self.put("city", city);
                self.shown.city = Some(home.city.name.key());
            }
            _ => {}
        }
    }

    fn references(&mut self, dice: &mut Dice) {
        let [account, ordered] = self.habits.references;
        if dice.chance(account) {
            self.put("accountNumber", self.person.account.clone());
            self.shown.account = Some(self.person.account.clone());
        }
        if let Some(order) = self.person.orders.first()
            && dice.chance(ordered)
        {
            self.put("orderNumber", order.clone());
            self.shown.orders.push(order.clone());
        }
        if self.fields.is_empty() {
            self.put("accountNumber", self.person.account.clone());
            self.shown.account = Some(self.person.account.clone());
        }
    }
}

/// A display name as clerks enter it: mostly unchanged, sometimes in capitals, or with the family name
/// first.
fn shown_as(display: &str, given: &str, surname: &str, dice: &mut Dice) -> String {
    match dice.fraction() {
        capitals if capitals < 0.04 => display.to_uppercase(),
        small if small < 0.07 => display.to_lowercase(),
        family if family < 0.12 => format!("{surname}, {given}"),
        titled if titled < 0.15 => format!("{} {display}", dice.pick(&["Mr", "Mrs", "Dr.", "Herr", "Mme"])),
        _ => display.to_owned(),
    }
}
