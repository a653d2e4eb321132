//! Comparison of postal addresses.

use any_ascii::any_ascii;

use super::{
    Address,
    bounds::jaro_winkler,
    contacts::digits,
    person_name::{is_latin, sound, spelling},
    states::same_state,
};
use crate::{
    Customer, Role,
    normal::{reference, text},
};

/// Streets that are at least this similar, with the same number, are spellings of one.
const ALIKE_STREETS: f64 = 0.85;
/// Cities that are at least this similar are spellings of one.
const ALIKE_CITIES: f64 = 0.9;
/// Postcodes with this many leading characters in common are of one area.
const SIGNS_OF_AREA: usize = 3;

/// An address in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    street: Option<String>,
    /// The city.
    pub city: Option<City>,
    /// The postcode.
    pub zip: Option<String>,
    state: Option<String>,
}

/// A city in plain letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    /// Its letters.
    pub letters: String,
    /// Whether it was written in Latin letters.
    is_latin: bool,
}

/// How two places agree, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceAgreement {
    /// The same postcode.
    Zip,
    /// The same city.
    City,
    /// The same state, or postcodes of one area.
    State,
    /// Another place.
    Other,
}

impl Place {
    /// Reads an address.
    pub fn new(address: &Address) -> Self {
        let given = |part: &Option<String>| part.clone().filter(|part| part.chars().any(char::is_alphanumeric));
        Self {
            street: given(&address.street_one).map(|street| text(&street)),
            city: given(&address.city).map(|city| City::new(&text(&city))),
            zip: given(&address.zip).map(|zip| reference(&zip)),
            state: given(&address.state).map(|state| text(&state)),
        }
    }

    /// A customer's address.
    pub fn of(customer: &Customer) -> Self {
        let part = |role| customer.profile.get(&role).cloned();
        Self::new(&Address {
            street_one: part(Role::StreetOne),
            city: part(Role::City),
            zip: part(Role::Zip),
            state: part(Role::State),
        })
    }

    /// How it agrees with another place; `None` if they have no part in common that can be compared.
    pub fn agreement(&self, held: &Self) -> Option<PlaceAgreement> {
        let zip = both(self.zip.as_ref(), held.zip.as_ref());
        let city = both(self.city.as_ref(), held.city.as_ref()).and_then(|(ours, theirs)| ours.agrees(theirs));
        let state = both(self.state.as_ref(), held.state.as_ref()).map(|(ours, theirs)| same_state(ours, theirs));
        let is_equal = zip.is_some_and(|(ours, theirs)| ours == theirs || zip_plus_four(ours, theirs));
        let is_near = zip.is_some_and(|(ours, theirs)| ours.get(..SIGNS_OF_AREA).is_some_and(|area| theirs.starts_with(area)));
        match (city, state) {
            _ if is_equal => Some(PlaceAgreement::Zip),
            (Some(true), None | Some(true)) => Some(PlaceAgreement::City),
            (Some(true), Some(false)) | (None, Some(true)) => Some(PlaceAgreement::State),
            (Some(false), _) | (None, None) if is_near => Some(PlaceAgreement::State),
            (Some(false), _) | (None, Some(false)) => Some(PlaceAgreement::Other),
            (None, None) => zip.map(|_| PlaceAgreement::Other),
        }
    }

    /// Whether street and number agree within one place.
    pub fn is_same_street(&self, held: &Self) -> bool {
        let alike = match (&self.street, &held.street) {
            (Some(ours), Some(theirs)) => digits(ours) == digits(theirs) && jaro_winkler(ours, theirs) >= ALIKE_STREETS,
            _ => false,
        };
        alike && self.agreement(held).is_none_or(|place| place != PlaceAgreement::Other)
    }
}

/// Postcodes of the United States are written with or without four more digits.
fn zip_plus_four(ours: &str, theirs: &str) -> bool {
    let is_long = |zip: &str| zip.len() == 9 && zip.bytes().all(|digit| digit.is_ascii_digit());
    (is_long(ours) && theirs.len() == 5 && ours.starts_with(theirs))
        || (is_long(theirs) && ours.len() == 5 && theirs.starts_with(ours))
}

impl City {
    fn new(name: &str) -> Self {
        Self {
            letters: any_ascii(name).to_lowercase(),
            is_latin: name.chars().filter(|letter| letter.is_alphabetic()).all(is_latin),
        }
    }

    /// Whether two cities are the same. `None` if one is written in another script and they do not sound alike:
    /// `Wuhan` and `武汉` may be one.
    fn agrees(&self, other: &Self) -> Option<bool> {
        let alike = self.letters == other.letters
            || jaro_winkler(&self.letters, &other.letters) >= ALIKE_CITIES
            || spelling(&self.letters) == spelling(&other.letters)
            || (self.is_latin != other.is_latin && sound(&self.letters) == sound(&other.letters));
        (alike || self.is_latin == other.is_latin).then_some(alike)
    }
}

fn both<T>(one: Option<T>, other: Option<T>) -> Option<(T, T)> {
    Some((one?, other?))
}
