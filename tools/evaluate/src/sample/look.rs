//! The appearance of a name on a profile.

use super::{
    dice::Dice,
    judge::{Fact, Given},
    names::{Name, Names},
    noise,
    person::{Person, surname_key},
    record::{Script, in_order},
    spelling,
};

/// The shown parts of the name, and their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// Given name and family name.
    Both,
    /// The other way round.
    Swapped,
    /// With the middle name between them, or one that the records do not have.
    WithMiddle,
    /// `J. Doe`.
    InitialGiven,
    /// `Jane D.`
    InitialSurname,
    /// The given name alone.
    GivenOnly,
    /// The family name alone.
    SurnameOnly,
    /// Of two family names, one.
    OneSurname,
    /// The family name before the marriage.
    FormerSurname,
}

/// Changes of the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// Nothing.
    Usual,
    /// Accents are dropped, or spelled as two letters.
    Plain,
    /// Other letters are spelled in Latin ones.
    Latin,
    /// A slip of the keyboard.
    Typo,
    /// `J4ne`.
    Leet,
    /// `𝓙𝓪𝓷𝓮`.
    Stylised,
    /// Small letters only.
    Small,
}

/// The appearance of a name.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Which parts.
    pub parts: Parts,
    /// Whether a nickname takes the given name's place.
    pub nickname: bool,
    /// In which letters.
    pub letters: Letters,
    /// Whether it is decorated with emoji, titles and the like.
    pub decorated: bool,
}

impl Look {
    /// The unchanged full name.
    pub const PLAIN: Self = Self {
        parts: Parts::Both,
        nickname: false,
        letters: Letters::Usual,
        decorated: false,
    };

    /// The look of any profile: most show the name unchanged, many in some disguise.
    pub fn any(dice: &mut Dice) -> Self {
        let parts = match dice.fraction() {
            both if both < 0.62 => Parts::Both,
            given if given < 0.76 => Parts::GivenOnly,
            initial if initial < 0.84 => Parts::InitialSurname,
            initial if initial < 0.87 => Parts::InitialGiven,
            one if one < 0.92 => Parts::OneSurname,
            swapped if swapped < 0.95 => Parts::Swapped,
            _ => Parts::WithMiddle,
        };
        Self {
            parts,
            ..Self::full(dice)
        }
    }

    /// The full name in some disguise.
    pub fn full(dice: &mut Dice) -> Self {
        let letters = match dice.fraction() {
            usual if usual < 0.58 => Letters::Usual,
            plain if plain < 0.70 => Letters::Plain,
            latin if latin < 0.82 => Letters::Latin,
            small if small < 0.89 => Letters::Small,
            typo if typo < 0.94 => Letters::Typo,
            stylised if stylised < 0.98 => Letters::Stylised,
            _ => Letters::Leet,
        };
        Self {
            parts: Parts::Both,
            nickname: dice.chance(0.15),
            letters,
            decorated: dice.chance(0.22),
        }
    }

    /// The name of a person in this look, and the fact that it states. `None` if the name cannot have this look.
    pub fn of(self, person: &Person, names: &Names, dice: &mut Dice) -> Option<(String, Fact)> {
        let script = match self.letters {
            Letters::Plain | Letters::Leet => Script::Plain,
            Letters::Latin => Script::Latin,
            _ => Script::usual(&person.surnames[0], dice),
        };
        let (given, known) = self.given(person, names, script, dice)?;
        let surnames = self.surnames(person)?;
        let surname = spelled(&surnames, script, dice);
        let family_first = names.cultures[person.culture].family_first;
        let initial = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
        let dot = if dice.chance(0.7) { "." } else { "" };
        let (text, known, keys) = match self.parts {
            Parts::Both | Parts::OneSurname | Parts::FormerSurname => {
                (in_order(&given, &surname, family_first), known, keys(&surnames))
            }
            Parts::Swapped if family_first => (format!("{given} {surname}"), known, keys(&surnames)),
            Parts::Swapped => (format!("{surname} {given}"), known, keys(&surnames)),
            Parts::WithMiddle => {
                let middle = person.middle.as_ref()?;
                let middle = script.write(middle, dice);
                let middle = if dice.chance(0.5) {
                    format!("{}.", initial(&middle))
                } else {
                    middle
                };
                (format!("{given} {middle} {surname}"), known, keys(&surnames))
            }
            Parts::InitialGiven => {
                let letter = Given::Initial(initial(&person.given.key()));
                (format!("{}{dot} {surname}", initial(&given)), letter, keys(&surnames))
            }
            // A single letter of a family name says too little to count.
            Parts::InitialSurname => (format!("{given} {}{dot}", initial(&surname)), known, Vec::new()),
            Parts::GivenOnly => (given, known, Vec::new()),
            Parts::SurnameOnly => (surname, Given::Unknown, keys(&surnames)),
        };
        let text = self.lettered(&text, dice)?;
        let text = if self.decorated { noise::decorated(&text, dice) } else { text };
        let loss = i32::from(self.nickname) + i32::from(self.letters == Letters::Typo);
        let fact = Fact::Name {
            given: known,
            surnames: keys,
            loss,
        };
        Some((text, fact))
    }

    fn given(self, person: &Person, names: &Names, script: Script, dice: &mut Dice) -> Option<(String, Given)> {
        if !self.nickname {
            let known = Given::OneOf(vec![person.given.key()]);
            return Some((script.write(&person.given, dice), known));
        }
        let nickname = dice.one_of(names.nicknames(&person.given))?;
        Some((script.write(nickname, dice), Given::OneOf(names.called(nickname))))
    }

    fn surnames(self, person: &Person) -> Option<Vec<Name>> {
        match self.parts {
            Parts::OneSurname if person.surnames.len() < 2 => None,
            Parts::OneSurname => Some(vec![person.surnames[0].clone()]),
            Parts::FormerSurname => Some(vec![person.former_surname.clone()?]),
            _ => Some(person.surnames.clone()),
        }
    }

    fn lettered(self, text: &str, dice: &mut Dice) -> Option<String> {
        let changed = match self.letters {
            // The script was chosen with the name.
            Letters::Usual | Letters::Plain | Letters::Latin => return Some(text.to_owned()),
            Letters::Typo if text.chars().count() < 5 => return None,
            Letters::Typo => noise::typo(text, dice),
            Letters::Leet => noise::leet(text, dice),
            Letters::Stylised => noise::stylised(text, dice),
            Letters::Small => return Some(text.to_lowercase()),
        };
        (changed != text).then_some(changed)
    }
}

fn spelled(surnames: &[Name], script: Script, dice: &mut Dice) -> String {
    let spelled: Vec<String> = surnames.iter().map(|name| script.write(name, dice)).collect();
    spelled.join(" ")
}

fn keys(surnames: &[Name]) -> Vec<String> {
    surnames.iter().map(surname_key).collect()
}

/// Whether a name looks different without accents or in Latin letters.
pub fn has_foreign_letters(person: &Person) -> bool {
    let full = format!(
        "{} {}",
        person.given.native(),
        person.surname_with(|name| name.native().to_owned())
    );
    spelling::plain(&full) != full || !full.is_ascii()
}
