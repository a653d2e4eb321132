//! Comparison of postal addresses.

use any_ascii::any_ascii;

use super::{
    Address,
    bounds::{is_alike, osa_distance},
    contacts::{digits, is_one_digit_apart},
    person_name::{is_latin, sound, spelling},
    states::same_state,
};
use crate::{
    Customer, Role,
    normal::{reference, text},
};

/// Streets that are at least this similar, with the same number, are spellings of one.
const ALIKE_STREETS: f64 = 0.85;
/// The fewest letters of a city that is the same with one typing error, and with two.
const LETTERS_PER_SLIP: [usize; 2] = [5, 10];
/// This many sounds of a street are part of a key.
const SOUNDS_OF_STREET: usize = 3;
/// Postcodes that differ by one digit have at least this many.
const SHORTEST_ZIP: usize = 4;
/// Cities that are at least this similar are spellings of one.
const ALIKE_CITIES: f64 = 0.9;
/// Postcodes with this many leading characters in common are of one area.
const SIGNS_OF_AREA: usize = 3;

/// An address in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    street: Option<Street>,
    /// The city.
    pub city: Option<City>,
    /// The postcode.
    pub zip: Option<String>,
    state: Option<String>,
}

/// A street with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Street {
    /// The digits of the number, and of everything else.
    number: String,
    /// The words without digits.
    name: String,
}

/// How two streets agree, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreetAgreement {
    /// Street and number.
    House,
    /// The street.
    Street,
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
            street: given(&address.street_one).map(|street| Street::new(&text(&street))),
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
        let agreement = match (city, state) {
            _ if is_equal => Some(PlaceAgreement::Zip),
            (Some(true), None | Some(true)) => Some(PlaceAgreement::City),
            (Some(true), Some(false)) | (None, Some(true)) => Some(PlaceAgreement::State),
            (Some(false), _) | (None, None) if is_near => Some(PlaceAgreement::State),
            // A wrong digit says nothing by itself.
            (None, None) if self.has_zip_mistyped(held) => None,
            (Some(false), _) | (None, Some(false)) => Some(PlaceAgreement::Other),
            (None, None) => zip.map(|_| PlaceAgreement::Other),
        };
        // A suburb or a mistyped city is another name of the place if the house is the same.
        let is_same_house = || self.street_agreement(held) == Some(StreetAgreement::House);
        match agreement {
            Some(PlaceAgreement::Other) if is_same_house() => Some(PlaceAgreement::State),
            other => other,
        }
    }

    /// Whether the postcodes differ by one digit.
    pub fn has_zip_mistyped(&self, held: &Self) -> bool {
        let zips = both(self.zip.as_ref(), held.zip.as_ref());
        zips.is_some_and(|(ours, theirs)| ours.len() >= SHORTEST_ZIP && is_one_digit_apart(ours, theirs))
    }

    /// The number and the sound of the street, under which a customer is found whose name is mistyped.
    pub fn house_key(&self) -> Option<String> {
        let street = self.street.as_ref().filter(|street| !street.number.is_empty())?;
        // Without blanks, because people put them in the wrong place.
        let sound = sound(
            &any_ascii(&street.name)
                .to_lowercase()
                .replace(|sign: char| !sign.is_ascii_lowercase(), ""),
        );
        let beginning = sound.get(..SOUNDS_OF_STREET)?;
        Some(format!("{} {beginning}", street.number))
    }

    /// How the streets agree, wherever they are.
    pub fn street_agreement(&self, held: &Self) -> Option<StreetAgreement> {
        let (ours, theirs) = both(self.street.as_ref(), held.street.as_ref())?;
        let is_same = !ours.name.is_empty() && is_alike(&ours.name, &theirs.name, ALIKE_STREETS);
        is_same.then(|| {
            if ours.number == theirs.number {
                StreetAgreement::House
            } else {
                StreetAgreement::Street
            }
        })
    }
}

/// Whether a key is that of a house. Other keys with a place begin with a word of a name.
pub fn is_house_key(key: &str) -> bool {
    key.starts_with(|sign: char| sign.is_ascii_digit())
}

impl Street {
    fn new(text: &str) -> Self {
        let words = text.split(|sign: char| !sign.is_alphanumeric());
        let name: Vec<&str> = words
            .filter(|word| !word.is_empty() && !word.contains(|sign: char| sign.is_ascii_digit()))
            .collect();
        Self {
            number: digits(text),
            name: name.join(" "),
        }
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
            || is_alike(&self.letters, &other.letters, ALIKE_CITIES)
            || is_mistyped(&self.letters, &other.letters)
            || spelling(&self.letters) == spelling(&other.letters)
            || (self.is_latin != other.is_latin && sound(&self.letters) == sound(&other.letters));
        (alike || self.is_latin == other.is_latin).then_some(alike)
    }
}

/// Whether two cities are the same with a typing error, or two in a long name.
fn is_mistyped(one: &str, other: &str) -> bool {
    let length = one.len().min(other.len());
    let slips = LETTERS_PER_SLIP.iter().filter(|letters| length >= **letters).count();
    one.len().abs_diff(other.len()) <= slips && slips > 0 && osa_distance(one, other) <= slips
}

fn both<T>(one: Option<T>, other: Option<T>) -> Option<(T, T)> {
    Some((one?, other?))
}
