//! A question as Khoros asks it, as a draft.

use serde_json::{Map, Value, json};

use super::{
    account::Handle,
    dice::Dice,
    judge::{Fact, Given},
    look::Look,
    names::{City, Names},
    noise,
    person::{Person, Phone},
    record::Script,
};

/// A best match question, and the facts that it states.
#[derive(Debug, Default)]
pub struct Draft {
    body: Map<String, Value>,
    /// The stated facts.
    pub facts: Vec<Fact>,
}

impl Draft {
    /// The request's body.
    pub fn into_body(self) -> Value {
        Value::Object(self.body)
    }

    fn put(&mut self, member: &str, value: impl Into<Value>) {
        self.body.insert(member.to_owned(), value.into());
    }

    /// A display name without any part of a name.
    pub fn mood(&mut self, text: &str) {
        self.put("displayName", text);
    }

    /// A person's name in some look. `None` if it cannot have this look.
    pub fn named(&mut self, look: Look, person: &Person, names: &Names, dice: &mut Dice) -> Option<()> {
        let (text, fact) = look.of(person, names, dice)?;
        self.put("displayName", text);
        self.facts.push(fact);
        Some(())
    }

    /// An account on a network: handle and, nearly always, the profile's address.
    pub fn profile(&mut self, handle: &Handle, dice: &mut Dice) {
        let at = if dice.chance(0.3) { "@" } else { "" };
        let with_url = dice.chance(0.88);
        let spelled = if dice.chance(0.1) {
            handle.text.to_uppercase()
        } else {
            handle.text.clone()
        };
        if !with_url || dice.chance(0.9) {
            self.put("screenName", format!("{at}{spelled}"));
        }
        if with_url {
            self.put("profileUrl", handle.url(dice));
        }
        let network = with_url.then_some(handle.network);
        self.facts.push(Fact::Handle(network, handle.text.clone()));
    }

    /// A description as people write it about themselves. It identifies nobody.
    pub fn described(&mut self, dice: &mut Dice) {
        const SAYINGS: [&str; 8] = [
            "Coffee first.",
            "Views are my own",
            "Mother of two 👶👶",
            "Football, music, travel",
            "🌍 wherever the road leads",
            "Opinions ≠ employer's",
            "Living the dream",
            "Photos of my cat",
        ];
        self.put("description", dice.pick(&SAYINGS));
    }

    /// A second account on a network, which says nothing about the first.
    pub fn second_account(&mut self, handle: &Handle, dice: &mut Dice) {
        self.profile(handle, dice);
        self.facts.pop();
    }

    /// An e-mail address that is in no record.
    pub fn unknown_email(&mut self, email: &str) {
        self.put("email", email);
    }

    /// Whether it has a description.
    pub fn is_described(&self) -> bool {
        self.body.contains_key("description")
    }

    /// A description with an e-mail address.
    pub fn describes_email(&mut self, email: &str, dice: &mut Dice) {
        let before = dice.pick(&["📧 ", "Mail me: ", "contact ", "✉ ", "business: ", ""]);
        self.put("description", format!("{before}{email}"));
        self.facts.push(Fact::Email(email.to_owned()));
    }

    /// A description with a telephone number.
    pub fn describes_phone(&mut self, phone: &Phone, dice: &mut Dice) {
        let before = dice.pick(&["call ", "📞 ", "WhatsApp: ", "text me at ", ""]);
        self.put("description", format!("{before}{}", noise::spelled_phone(phone, dice)));
        self.facts.push(Fact::Phone(phone.key()));
    }

    /// A description with the number of an order or an account.
    pub fn describes_order(&mut self, number: &str, dice: &mut Dice) {
        let before = dice.pick(&["order ", "where is my order ", "Order no. ", "customer no ", "ref "]);
        let after = dice.pick(&["", " ???", "!", ", second week now"]);
        self.put("description", format!("{before}{number}{after}"));
        self.facts.push(Fact::Reference(number.to_owned()));
    }

    /// A description with a handle on another network.
    pub fn describes_handle(&mut self, handle: &Handle, dice: &mut Dice) {
        let before = dice.pick(&["ig: @", "also @", "follow @", "twitter @", "main: @"]);
        self.put("description", format!("{before}{}", handle.text));
        self.facts.push(Fact::Handle(None, handle.text.clone()));
    }

    /// A description with a city that says nothing about the customer.
    pub fn describes_other_city(&mut self, city: &City, dice: &mut Dice) {
        self.describes_city(city, dice);
        self.facts.pop();
    }

    /// A description with a city.
    pub fn describes_city(&mut self, city: &City, dice: &mut Dice) {
        let before = dice.pick(&["📍 ", "living in ", "", "from ", "📍"]);
        let script = Script::usual(&city.name, dice);
        let after = dice.pick(&["", " | dreamer", " • she/her", ""]);
        self.put("description", format!("{before}{}{after}", script.write(&city.name, dice)));
        self.facts.push(Fact::City(city.name.key()));
    }

    /// An e-mail address in a spelling that its provider treats as the same.
    pub fn respelled_email(&mut self, email: &str, dice: &mut Dice) {
        let (local, domain) = email.split_once('@').unwrap_or((email, ""));
        let is_google = domain == "gmail.com";
        let spelled = match dice.below(4) {
            0 if is_google && local.contains('.') => format!("{}@{domain}", local.replace('.', "")),
            1 if is_google && local.len() > 4 => format!("{}.{}@{domain}", &local[..2], &local[2..]),
            2 if is_google => format!("{local}@googlemail.com"),
            _ => format!("{local}+{}@{domain}", dice.pick(&["shop", "news", "spam", "2024", "social"])),
        };
        self.put("email", spelled);
        self.facts.push(Fact::Email(email.to_owned()));
    }

    /// The number of a case in another system, which the company's records do not have.
    pub fn unknown_case(&mut self, dice: &mut Dice) {
        self.put("caseNumbers", json!([format!("CS-{}", dice.digits(6))]));
    }

    /// An unchanged e-mail address.
    pub fn email(&mut self, email: &str) {
        self.put("email", email);
        self.facts.push(Fact::Email(email.to_owned()));
    }

    /// An e-mail address with a typing error before the `@`.
    pub fn mistyped_email(&mut self, email: &str, dice: &mut Dice) -> Option<()> {
        let (local, domain) = email.split_once('@')?;
        let spelled = noise::typo(local, dice).to_lowercase();
        let good = spelled != local
            && spelled.is_ascii()
            && !spelled.contains("..")
            && !spelled.starts_with('.')
            && !spelled.ends_with('.');
        if !good {
            return None;
        }
        self.put("email", format!("{spelled}@{domain}"));
        self.facts.push(Fact::NearEmail(email.to_owned()));
        Some(())
    }

    /// A telephone number in some spelling.
    pub fn phone(&mut self, phone: &Phone, dice: &mut Dice) {
        self.put("phoneNumbers", json!([noise::spelled_phone(phone, dice)]));
        self.facts.push(Fact::Phone(phone.key()));
    }

    /// A telephone number with one digit wrong.
    pub fn misdialled(&mut self, phone: &Phone, dice: &mut Dice) {
        let wrong = Phone {
            national: noise::wrong_digit(&phone.national, dice),
            ..phone.clone()
        };
        self.put("phoneNumbers", json!([noise::spelled_phone(&wrong, dice)]));
        self.facts.push(Fact::NearPhone(phone.key()));
    }

    /// A home: the city, and perhaps the rest.
    pub fn address(&mut self, person: &Person, part: AddressPart, dice: &mut Dice) {
        let city = &person.home.city;
        let script = Script::usual(&city.name, dice);
        let mut address = Map::new();
        if part == AddressPart::Whole {
            address.insert("streetOne".to_owned(), Value::String(person.home.street.clone()));
        }
        if part != AddressPart::Postcode {
            address.insert("city".to_owned(), Value::String(script.write(&city.name, dice)));
            self.facts.push(Fact::City(city.name.key()));
        }
        if part != AddressPart::City {
            let spelled = if dice.chance(0.3) {
                city.postcode.replace(' ', "")
            } else {
                city.postcode.clone()
            };
            address.insert("zip".to_owned(), Value::String(spelled));
            self.facts.push(Fact::Postcode(city.postcode.clone()));
        }
        self.put("addresses", json!([address]));
    }

    /// The shown name with this many typing errors.
    pub fn mistype_name(&mut self, errors: usize, dice: &mut Dice) {
        let Some(Value::String(name)) = self.body.get("displayName") else {
            return;
        };
        let mistyped = (0..errors).fold(name.clone(), |name, _| noise::typo(&name, dice));
        self.put("displayName", mistyped);
        if let Some(Fact::Name { loss, .. }) = self.facts.iter_mut().rev().find(|fact| matches!(fact, Fact::Name { .. })) {
            *loss += i32::try_from(errors).unwrap_or(i32::MAX);
        }
    }

    /// The given name that was stated last is not that of the records.
    pub fn doubts_given_name(&mut self) {
        if let Some(Fact::Name { given, .. }) = self.facts.iter_mut().rev().find(|fact| matches!(fact, Fact::Name { .. })) {
            *given = Given::Unknown;
        }
    }

    /// A home as somebody types it from paper: parts are missing or mistyped.
    pub fn address_from_paper(&mut self, person: &Person, dice: &mut Dice) {
        let city = &person.home.city;
        let mut address = Map::new();
        if dice.chance(0.85) {
            let street = &person.home.street;
            let typed = match dice.below(8) {
                0 | 1 => noise::typo(street, dice),
                2 => noise::wrong_number(street, dice),
                3 => street.chars().filter(|sign| !sign.is_ascii_digit()).collect(),
                4 => street.to_lowercase(),
                _ => street.clone(),
            };
            address.insert("streetOne".to_owned(), Value::String(typed));
            self.facts.push(Fact::Street(street.clone()));
        }
        if dice.chance(0.88) {
            let script = Script::usual(&city.name, dice);
            let written = script.write(&city.name, dice);
            let typed = if dice.chance(0.25) {
                noise::typo(&written, dice)
            } else {
                written
            };
            address.insert("city".to_owned(), Value::String(typed));
            self.facts.push(Fact::City(city.name.key()));
        }
        if dice.chance(0.9) {
            let is_wrong = dice.chance(0.25);
            let typed = if is_wrong {
                noise::wrong_number(&city.postcode, dice)
            } else {
                self.facts.push(Fact::Postcode(city.postcode.clone()));
                city.postcode.clone()
            };
            address.insert("zip".to_owned(), Value::String(typed));
        }
        self.put("addresses", json!([address]));
    }

    /// A number of an order or an account with one wrong digit.
    pub fn mistyped_reference(&mut self, member: &str, number: &str, dice: &mut Dice) {
        self.put(member, json!([noise::wrong_number(number, dice)]));
        self.facts.push(Fact::NearReference(number.to_owned()));
    }

    /// The number of an order or an account, with different separators.
    pub fn reference(&mut self, member: &str, number: &str, dice: &mut Dice) {
        self.put(member, json!([noise::spelled_reference(number, dice)]));
        self.facts.push(Fact::Reference(number.to_owned()));
    }
}

/// The part of an address that is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressPart {
    /// The city alone.
    City,
    /// The postcode alone.
    Postcode,
    /// The whole address.
    Whole,
}
