//! Names of many cultures, from `names/*.txt`: the frequent ones first, each with its spellings.

use std::collections::{BTreeMap, HashMap};

use super::{dice::Dice, spelling};

/// A name in its original script, and its spellings in Latin letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    native: String,
    latin: Vec<String>,
}

impl Name {
    /// A name whose Latin spellings, if it needs any, follow the rules of its script.
    pub fn new(native: &str) -> Self {
        let latin = spelling::romanised(native);
        Self {
            native: native.to_owned(),
            latin: if latin.is_empty() { vec![native.to_owned()] } else { latin },
        }
    }

    fn read(entry: &str) -> Self {
        match entry.split_once('=') {
            Some((native, latin)) => Self {
                native: native.to_owned(),
                latin: latin.split('=').map(str::to_owned).collect(),
            },
            None => Self::new(entry),
        }
    }

    /// In its original script.
    pub fn native(&self) -> &str {
        &self.native
    }

    /// Its usual spelling in Latin letters.
    pub fn latin(&self) -> &str {
        &self.latin[0]
    }

    /// Whether its original script is not Latin.
    pub fn has_script(&self) -> bool {
        self.native != self.latin[0]
    }

    /// Any of its Latin spellings, the usual one more often.
    pub fn any_latin(&self, dice: &mut Dice) -> &str {
        let usual = dice.chance(0.4);
        &self.latin[if usual { 0 } else { dice.below(self.latin.len()) }]
    }

    /// The common key of all its spellings, by which the judge compares names.
    pub fn key(&self) -> String {
        spelling::ascii(self.latin())
    }
}

/// A telephone numbering plan: country code, trunk prefix of national spellings, leading digits, number of digits.
#[derive(Debug, Clone, Copy)]
pub struct PhonePlan {
    /// The country code.
    pub country: &'static str,
    /// The beginning of national spellings.
    pub trunk: &'static str,
    leading: &'static [&'static str],
    length: usize,
}

impl PhonePlan {
    /// A national number, without the trunk prefix.
    pub fn national(&self, dice: &mut Dice) -> String {
        let leading = dice.pick(self.leading);
        format!("{leading}{}", dice.digits(self.length - leading.len()))
    }
}

/// A city with one of its postcodes.
#[derive(Debug, Clone)]
pub struct City {
    /// Its name.
    pub name: Name,
    /// One of its postcodes.
    pub postcode: String,
}

/// People who take their names from the same lists.
pub struct Culture {
    /// The name of the file of its names.
    pub name: &'static str,
    /// The share of all people who belong to it.
    pub share: f64,
    /// Whether the family name comes first.
    pub family_first: bool,
    women: Vec<Name>,
    men: Vec<Name>,
    surnames: Vec<Name>,
    cities: Vec<City>,
    streets: Vec<String>,
    phones: &'static [PhonePlan],
}

impl Culture {
    /// A given name, the frequent ones more often.
    pub fn given(&self, woman: bool, dice: &mut Dice) -> Name {
        let list = if woman { &self.women } else { &self.men };
        list[ranked(list.len(), dice)].clone()
    }

    /// A family name in its basic form, the frequent ones more often.
    pub fn surname(&self, dice: &mut Dice) -> Name {
        self.surnames[ranked(self.surnames.len(), dice)].clone()
    }

    /// A city, the large ones more often.
    pub fn city(&self, dice: &mut Dice) -> City {
        self.cities[ranked(self.cities.len(), dice)].clone()
    }

    /// A street with a house number.
    pub fn street(&self, dice: &mut Dice) -> String {
        let street = &self.streets[dice.below(self.streets.len())];
        let number = dice.between(1, 180);
        if self.name == "english" {
            format!("{number} {street}")
        } else {
            format!("{street} {number}")
        }
    }

    /// A way to make telephone numbers.
    pub fn phone_plan(&self, dice: &mut Dice) -> PhonePlan {
        self.phones[dice.below(self.phones.len())]
    }
}

/// A place in a list whose n-th entry is about n times as rare as the first: Zipf's law with a flat beginning.
fn ranked(length: usize, dice: &mut Dice) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "lists of names are short")]
    let span = ((length as f64 + FLAT) / FLAT).ln();
    let place = FLAT * (dice.fraction() * span).exp() - FLAT;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the length"
    )]
    let place = place as usize;
    place.min(length - 1)
}

/// The number of names at the head of a list that are about equally frequent.
const FLAT: f64 = 12.0;

/// The probability of the entry at a place of a list.
fn likelihood(length: usize, place: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "lists of names are short")]
    let (length, place) = (length as f64, place as f64);
    ((place + 1.0 + FLAT) / (place + FLAT)).ln() / ((length + FLAT) / FLAT).ln()
}

/// All names.
pub struct Names {
    /// The cultures, the largest first.
    pub cultures: Vec<Culture>,
    nicknames: HashMap<String, Vec<Name>>,
    frequencies: HashMap<(&'static str, String), f64>,
}

impl Names {
    /// Reads the lists.
    pub fn read() -> Self {
        let cultures: Vec<Culture> = SOURCES.iter().map(culture).collect();
        Self {
            nicknames: nicknames(include_str!("../../names/nicknames.txt")),
            frequencies: frequencies(&cultures),
            cultures,
        }
    }

    /// The names for training samples, from other sources where there are some.
    pub fn for_training() -> Self {
        let of_training = |source: &Source| {
            let text = TRAINING.iter().find(|(name, _)| *name == source.name);
            let mut culture = culture(source);
            if let Some((_, text)) = text {
                let sections = sections(text);
                culture.women = names_in(&sections, "women");
                culture.men = names_in(&sections, "men");
                culture.surnames = names_in(&sections, "surnames");
            }
            culture
        };
        let cultures: Vec<Culture> = SOURCES.iter().map(of_training).collect();
        Self {
            nicknames: nicknames(include_str!("../../names/training/nicknames.txt")),
            frequencies: frequencies(&cultures),
            cultures,
        }
    }

    /// The place of a culture in the list, the large ones more often.
    pub fn any_culture(&self, dice: &mut Dice) -> usize {
        let places: Vec<usize> = (0..self.cultures.len()).collect();
        dice.weighted(&places, |&place| self.cultures[place].share)
            .copied()
            .unwrap_or(0)
    }

    /// The nicknames for this given name.
    pub fn nicknames(&self, given: &Name) -> &[Name] {
        self.nicknames.get(given.native()).map_or(&[], Vec::as_slice)
    }

    /// The keys of all given names that have this nickname.
    pub fn called(&self, nickname: &Name) -> Vec<String> {
        let bearers = self.nicknames.iter().filter(|(_, short)| short.contains(nickname));
        let mut keys: Vec<String> = bearers.map(|(given, _)| Name::new(given).key()).collect();
        keys.sort();
        keys
    }

    /// The number of people in a million who have this given name and this family name (basic form) in a culture.
    pub fn namesakes_in_a_million(&self, culture: usize, given: &Name, surname: &Name) -> f64 {
        let culture = &self.cultures[culture];
        let of = |kind, name: &Name| {
            let known = self.frequencies.get(&(culture.name, format!("{kind}{}", name.native())));
            known.copied().unwrap_or(1e-3)
        };
        1e6 * culture.share * of(GIVEN, given) * of(FAMILY, surname)
    }
}

const GIVEN: char = 'g';
const FAMILY: char = 'f';

fn frequencies(cultures: &[Culture]) -> HashMap<(&'static str, String), f64> {
    let mut frequencies = HashMap::new();
    for culture in cultures {
        // Half of the people are women, half are men.
        for (kind, half, list) in [
            (GIVEN, 0.5, &culture.women),
            (GIVEN, 0.5, &culture.men),
            (FAMILY, 1.0, &culture.surnames),
        ] {
            for (place, name) in list.iter().enumerate() {
                *frequencies
                    .entry((culture.name, format!("{kind}{}", name.native())))
                    .or_insert(0.0) += half * likelihood(list.len(), place);
            }
        }
    }
    frequencies
}

fn nicknames(text: &str) -> HashMap<String, Vec<Name>> {
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines
        .map(|(given, short)| {
            (
                given.trim().to_owned(),
                short.split(',').map(|name| Name::new(name.trim())).collect(),
            )
        })
        .collect()
}

/// The sections of a file of names: `[title]`, then entries between commas.
fn sections(text: &str) -> BTreeMap<&str, Vec<String>> {
    let titled = text.split('[').filter_map(|part| part.split_once(']'));
    titled
        .map(|(title, body)| {
            let flowing = body.split_whitespace().collect::<Vec<_>>().join(" ");
            let entries = flowing.split(',').map(|entry| entry.trim().to_owned());
            (title, entries.filter(|entry| !entry.is_empty()).collect())
        })
        .collect()
}

fn culture(source: &Source) -> Culture {
    let sections = sections(source.text);
    let names = |title| names_in(&sections, title);
    let city = |entry: &String| {
        let (name, postcode) = entry.rsplit_once('=').unwrap_or((entry, ""));
        City {
            name: Name::read(name),
            postcode: postcode.to_owned(),
        }
    };
    Culture {
        name: source.name,
        share: source.share,
        family_first: source.family_first,
        women: names("women"),
        men: names("men"),
        surnames: names("surnames"),
        cities: sections.get("cities").into_iter().flatten().map(city).collect(),
        streets: sections.get("streets").cloned().unwrap_or_default(),
        phones: source.phones,
    }
}

fn names_in(sections: &BTreeMap<&str, Vec<String>>, title: &str) -> Vec<Name> {
    let entries = sections.get(title).into_iter().flatten();
    entries.map(|entry| Name::read(entry)).collect()
}

struct Source {
    name: &'static str,
    share: f64,
    family_first: bool,
    text: &'static str,
    phones: &'static [PhonePlan],
}

const fn plan(country: &'static str, trunk: &'static str, leading: &'static [&'static str], length: usize) -> PhonePlan {
    PhonePlan {
        country,
        trunk,
        leading,
        length,
    }
}

macro_rules! source {
    ($name:literal, $share:literal, $family_first:literal, $($plan:expr),+) => {
        Source {
            name: $name,
            share: $share,
            family_first: $family_first,
            text: include_str!(concat!("../../names/", $name, ".txt")),
            phones: &[$($plan),+],
        }
    };
}

const SOURCES: [Source; 19] = [
    source!(
        "english",
        0.27,
        false,
        plan("1", "", &["2122", "3124", "4156", "6173", "2065", "3038", "5129"], 10),
        plan("1", "", &["7024", "8189", "2673", "4045"], 10),
        plan("44", "0", &["74", "77", "78", "79"], 10)
    ),
    source!("german", 0.11, false, plan("49", "0", &["151", "160", "171", "176"], 11)),
    source!(
        "spanish",
        0.11,
        false,
        plan("34", "", &["6", "7"], 9),
        plan("52", "", &["55", "33"], 10)
    ),
    source!(
        "portuguese",
        0.05,
        false,
        plan("351", "", &["91", "93", "96"], 9),
        plan("55", "", &["119", "219"], 11)
    ),
    source!("french", 0.07, false, plan("33", "0", &["6", "7"], 9)),
    source!("italian", 0.06, false, plan("39", "", &["32", "33", "34"], 10)),
    source!("polish", 0.05, false, plan("48", "", &["50", "60", "79"], 9)),
    source!(
        "nordic",
        0.05,
        false,
        plan("46", "0", &["70", "73"], 9),
        plan("47", "", &["4", "9"], 8),
        plan("45", "", &["2", "3"], 8)
    ),
    source!("dutch", 0.03, false, plan("31", "0", &["6"], 9)),
    source!("turkish", 0.03, false, plan("90", "0", &["53", "54"], 10)),
    source!("russian", 0.03, false, plan("7", "8", &["903", "916", "926"], 10)),
    source!("ukrainian", 0.02, false, plan("380", "0", &["50", "67", "93"], 9)),
    source!("greek", 0.02, false, plan("30", "", &["69"], 10)),
    source!(
        "arabic",
        0.02,
        false,
        plan("966", "0", &["50", "55"], 9),
        plan("20", "0", &["10", "11"], 10),
        plan("212", "0", &["6"], 9)
    ),
    source!("hindi", 0.03, false, plan("91", "0", &["98", "99", "87"], 10)),
    source!("chinese", 0.02, true, plan("86", "", &["138", "139", "186"], 11)),
    source!("japanese", 0.01, true, plan("81", "0", &["80", "90"], 10)),
    source!("korean", 0.01, true, plan("82", "0", &["10"], 10)),
    source!("vietnamese", 0.01, true, plan("84", "0", &["90", "97", "38"], 9)),
];

macro_rules! training {
    ($($name:literal),+) => {
        [$(($name, include_str!(concat!("../../names/training/", $name, ".txt")))),+]
    };
}

/// The names for training, by culture.
const TRAINING: [(&str, &str); 13] = training!(
    "english",
    "german",
    "spanish",
    "portuguese",
    "french",
    "italian",
    "nordic",
    "dutch",
    "turkish",
    "russian",
    "ukrainian",
    "greek",
    "japanese"
);
