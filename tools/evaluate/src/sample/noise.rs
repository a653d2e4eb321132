//! Noise in what people write: typing errors, decoration, stylised letters, different spellings.

use super::{dice::Dice, person::Phone, spelling};

/// One typing error: a letter added, left out, replaced, or two swapped. The first letter is rarely affected.
pub fn typo(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (usize::from(!dice.chance(0.1))..letters.len())
        .filter(|&at| letters[at].is_alphabetic())
        .collect();
    let Some(&at) = dice.one_of(&places) else {
        return text.to_owned();
    };
    let neighbour = neighbour(letters[at], dice);
    match dice.below(5) {
        0 if letters.len() > 4 => {
            letters.remove(at);
        }
        1 if at + 1 < letters.len() && letters[at + 1].is_alphabetic() && letters[at + 1] != letters[at] => {
            letters.swap(at, at + 1);
        }
        2 => letters.insert(at, neighbour),
        3 => letters.insert(at, letters[at]),
        _ => letters[at] = neighbour,
    }
    letters.into_iter().collect()
}

/// The letter of a neighbouring key; in other scripts, a nearby letter of the alphabet.
fn neighbour(letter: char, dice: &mut Dice) -> char {
    const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    let beside = ROWS.iter().find_map(|row| {
        let at = row.find(lower)?;
        let left = row[..at].chars().last();
        let right = row[at..].chars().nth(1);
        if dice.chance(0.5) { left.or(right) } else { right.or(left) }
    });
    beside
        .or_else(|| char::from_u32(u32::from(lower) ^ 1).filter(|near| near.is_alphabetic()))
        .unwrap_or(lower)
}

/// One digit is wrong, not one of the first.
pub fn wrong_digit(digits: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = digits.chars().collect();
    let at = dice.between(letters.len() / 2, letters.len() - 1);
    if at + 1 < letters.len() && letters[at] != letters[at + 1] && dice.chance(0.3) {
        letters.swap(at, at + 1);
    } else {
        let digit = letters[at].to_digit(10).unwrap_or(0);
        letters[at] = char::from_digit((digit + 1 + u32::try_from(dice.below(8)).unwrap_or(0)) % 10, 10).unwrap_or('0');
    }
    letters.into_iter().collect()
}

/// One digit of a text is wrong, or two neighbours changed places.
pub fn wrong_number(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (0..letters.len()).filter(|&at| letters[at].is_ascii_digit()).collect();
    let Some(&at) = dice.one_of(&places) else {
        return text.to_owned();
    };
    let is_digit_next = letters
        .get(at + 1)
        .is_some_and(|next| next.is_ascii_digit() && *next != letters[at]);
    if is_digit_next && dice.chance(0.4) {
        letters.swap(at, at + 1);
    } else {
        let digit = letters[at].to_digit(10).unwrap_or(0);
        letters[at] = char::from_digit((digit + 1 + u32::try_from(dice.below(8)).unwrap_or(0)) % 10, 10).unwrap_or('0');
    }
    letters.into_iter().collect()
}

const EMOJI: [&str; 22] = [
    "✨",
    "🌸",
    "🔥",
    "💙",
    "🦋",
    "🎮",
    "⚽",
    "🌍",
    "🐶",
    "☕",
    "🎸",
    "📚",
    "💫",
    "🌈",
    "🇺🇦",
    "🇪🇸",
    "👑",
    "🍀",
    "🏳️‍🌈",
    "🎨",
    "🚴‍♀️",
    "❤️",
];

const BEFORE: [&str; 14] = [
    "Dr.",
    "Prof.",
    "Mr",
    "Mrs.",
    "Ms",
    "Ing.",
    "Dipl.-Ing.",
    "Sir",
    "Herr",
    "Frau",
    "Sra.",
    "M.",
    "the real",
    "It's",
];

const AFTER: [&str; 16] = [
    "PhD",
    "MBA",
    "Jr.",
    "(she/her)",
    "(he/him)",
    "(they/them)",
    "| Photographer",
    "- Official",
    "👩‍💻 dev",
    "MD",
    "Esq.",
    "// artist",
    "| Real Estate",
    "at home",
    "⚽ #1 fan",
    "(backup)",
];

/// Adds emoji, a title, or something else that people put around names on networks.
pub fn decorated(name: &str, dice: &mut Dice) -> String {
    let emoji = dice.pick(&EMOJI);
    match dice.below(7) {
        0 => format!("{emoji} {name} {emoji}"),
        1 => format!("{name}{emoji}"),
        2 => format!("{} {name}", dice.pick(&BEFORE)),
        3 => format!("{name} {}", dice.pick(&AFTER)),
        4 => format!("{} {name} {emoji}", dice.pick(&BEFORE)),
        5 => name.replace(' ', &format!(" {emoji} ")),
        _ => format!("★彡 {name} 彡★"),
    }
}

/// Replaces letters by lookalikes: `𝓙𝓪𝓷𝓮`, `Ｊａｎｅ`, `J a n e`, `JANE`.
pub fn stylised(name: &str, dice: &mut Dice) -> String {
    const ALPHABETS: [(u32, u32); 6] = [
        (0x1D4D0, 0x1D4EA), // bold script
        (0x1D400, 0x1D41A), // bold
        (0x1D5D4, 0x1D5EE), // sans-serif bold
        (0x1D670, 0x1D68A), // monospace
        (0xFF21, 0xFF41),   // full width
        (0x24B6, 0x24D0),   // circled
    ];
    let plain = spelling::plain(name);
    if !plain.is_ascii() || dice.chance(0.15) {
        return name.chars().flat_map(char::to_uppercase).collect();
    }
    if dice.chance(0.15) {
        let spaced: Vec<String> = plain
            .split(' ')
            .map(|word| word.chars().map(String::from).collect::<Vec<_>>().join(" "))
            .collect();
        return spaced.join("  ");
    }
    let (upper, lower) = dice.one_of(&ALPHABETS).copied().unwrap_or_default();
    let styled = |letter: char| match letter {
        'A'..='Z' => char::from_u32(upper + u32::from(letter) - u32::from('A')).unwrap_or(letter),
        'a'..='z' => char::from_u32(lower + u32::from(letter) - u32::from('a')).unwrap_or(letter),
        other => other,
    };
    plain.chars().map(styled).collect()
}

/// Replaces some letters by digits: `J4n3`.
pub fn leet(text: &str, dice: &mut Dice) -> String {
    let pairs = [('a', '4'), ('e', '3'), ('i', '1'), ('o', '0'), ('s', '5')];
    let swapped = |letter: char| {
        pairs
            .iter()
            .find(|(plain, _)| *plain == letter)
            .map_or(letter, |(_, digit)| *digit)
    };
    text.chars()
        .map(|letter| if dice.chance(0.7) { swapped(letter) } else { letter })
        .collect()
}

/// A telephone number in one of many spellings. Only numbers of our own region may lack the country code.
pub fn spelled_phone(phone: &Phone, dice: &mut Dice) -> String {
    let digits = &phone.national;
    let (head, tail) = digits.split_at(3);
    let country = phone.country;
    if country == "1" && dice.chance(0.6) {
        let (middle, last) = tail.split_at(3);
        return match dice.below(5) {
            0 => format!("({head}) {middle}-{last}"),
            1 => format!("{head}.{middle}.{last}"),
            2 => format!("{head}-{middle}-{last}"),
            3 => digits.clone(),
            _ => format!("1 {head} {middle} {last}"),
        };
    }
    let halves = tail.split_at(tail.len() / 2);
    match dice.below(7) {
        0 => format!("+{country}{digits}"),
        1 => format!("+{country} {head} {} {}", halves.0, halves.1),
        2 => format!("00{country} {head} {tail}"),
        3 if !phone.trunk.is_empty() => format!("+{country} ({}) {head} {tail}", phone.trunk),
        4 => format!("+{country}-{head}-{}-{}", halves.0, halves.1),
        5 => format!("tel:+{country}{digits}"),
        _ => format!("+{country} {digits}"),
    }
}

/// A number of an order or account with different separators.
pub fn spelled_reference(number: &str, dice: &mut Dice) -> String {
    let bare: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    match dice.below(5) {
        0 => bare,
        1 => bare.to_lowercase(),
        2 => number.replace(['-', '/', ' '], " "),
        3 => number.replace(['-', '/', ' '], "_").to_lowercase(),
        _ => {
            let (head, tail) = bare.split_at(bare.len() / 2);
            format!("{head}.{tail}")
        }
    }
}

#[cfg(test)]
mod tests {
    use crm_domain::normal::{Region, phone, reference};

    use super::*;
    use crate::sample::{
        habits::Habits,
        names::Names,
        people::{People, Relation},
    };

    /// Noise changes the spelling and not the value, since otherwise a question would ask for something else.
    #[test]
    fn spellings_of_phones_and_numbers_mean_the_same() {
        let names = Names::read();
        let habits = Habits::usual();
        let people = People {
            names: &names,
            habits: &habits,
        };
        let mut dice = Dice::new(1);
        for _ in 0..400 {
            let person = people.related(Relation::Relative, &people.anybody(&mut dice), &mut dice);
            let key = phone(&person.phone.key(), Region::US);
            let spelled = spelled_phone(&person.phone, &mut dice);
            assert_eq!(phone(&spelled, Region::US), key, "{spelled}");
            let order = &person.orders[0];
            let spelled = spelled_reference(order, &mut dice);
            assert_eq!(reference(&spelled), reference(order), "{spelled}");
        }
    }

    #[test]
    fn slips_change_something() {
        let mut dice = Dice::new(2);
        for _ in 0..200 {
            assert_ne!(wrong_digit("15112345678", &mut dice), "15112345678");
            assert_ne!(wrong_number("Bell Street 17", &mut dice), "Bell Street 17");
            let typo = typo("Katarzyna", &mut dice);
            assert_ne!(typo, "Katarzyna");
            assert!(typo.chars().count().abs_diff(9) <= 1, "{typo}");
        }
        assert_eq!(typo("4711", &mut dice), "4711", "no letter, no slip");
    }
}
