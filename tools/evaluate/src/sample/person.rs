//! A person of a sample: the truth, of which a record knows only a part.

use super::{
    account::Handle,
    dice::Dice,
    names::{City, Name, PhonePlan},
    spelling,
};

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// Country code without `+`.
    pub country: &'static str,
    /// The beginning of national spellings.
    pub trunk: &'static str,
    /// Without country code and trunk prefix.
    pub national: String,
}

impl Phone {
    /// A new number.
    pub fn new(plan: PhonePlan, dice: &mut Dice) -> Self {
        Self {
            country: plan.country,
            trunk: plan.trunk,
            national: plan.national(dice),
        }
    }

    /// The common key of all its spellings.
    pub fn key(&self) -> String {
        format!("+{}{}", self.country, self.national)
    }
}

/// A home or workplace.
#[derive(Debug, Clone)]
pub struct Home {
    /// Street and house number.
    pub street: String,
    /// The city, whose postcode here is the home's own.
    pub city: City,
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// The place of the culture in [`Names::cultures`](super::names::Names::cultures).
    pub culture: usize,
    /// Whether names take their feminine forms.
    pub woman: bool,
    /// The given name.
    pub given: Name,
    /// A second given name.
    pub middle: Option<Name>,
    /// The family name, or both of them in cultures with two, in the form for this person.
    pub surnames: Vec<Name>,
    /// The first family name in the form of the lists.
    pub basic_surname: Name,
    /// The family name before the marriage.
    pub former_surname: Option<Name>,
    /// The year of birth, which people like to put into handles.
    pub born: usize,
    /// Where the person lives.
    pub home: Home,
    /// The person's own number.
    pub phone: Phone,
    /// A number that others share: the family's, the office's.
    pub shared_phone: Option<Phone>,
    /// The person's own addresses.
    pub emails: Vec<String>,
    /// An address that others share: the family's, `info@`.
    pub shared_email: Option<String>,
    /// Accounts on networks.
    pub handles: Vec<Handle>,
    /// Numbers of orders.
    pub orders: Vec<String>,
    /// The number of the customer account.
    pub account: String,
}

impl Person {
    /// The family name as one text, in a script.
    pub fn surname_with(&self, spell: impl FnMut(&Name) -> String) -> String {
        self.surnames.iter().map(spell).collect::<Vec<_>>().join(" ")
    }

    /// The handle on a network.
    pub fn handle_on(&self, network: &str) -> Option<&str> {
        let on = self.handles.iter().find(|handle| handle.network == network);
        on.map(|handle| handle.text.as_str())
    }
}

/// The common key of all forms of a family name, by which the judge compares them.
pub fn surname_key(name: &Name) -> String {
    spelling::ascii(name.latin())
}
