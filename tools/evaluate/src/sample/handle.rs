//! Handles and e-mail addresses as people invent them.

use super::{
    dice::Dice,
    names::{Name, Names},
    person::Person,
    spelling::{self, ascii, digraphs},
};

const FIRST_WORDS: [&str; 48] = [
    "sunny", "dark", "blue", "little", "crazy", "happy", "lost", "wild", "golden", "silent", "lazy", "cosmic", "urban", "royal",
    "tiny", "lucky", "mad", "sweet", "electric", "frozen", "rusty", "salty", "velvet", "neon", "mister", "miss", "captain", "dr",
    "le", "el", "la", "der", "coffee", "pixel", "moto", "vegan", "retro", "night", "winter", "summer", "iron", "paper", "green",
    "red", "black", "white", "silver", "just",
];

const SECOND_WORDS: [&str; 56] = [
    "fox",
    "cat",
    "moon",
    "dreamer",
    "rider",
    "gamer",
    "child",
    "soul",
    "wolf",
    "bird",
    "girl",
    "boy",
    "mama",
    "papa",
    "queen",
    "king",
    "chef",
    "runner",
    "artist",
    "photo",
    "traveller",
    "nerd",
    "ninja",
    "panda",
    "tiger",
    "bear",
    "rose",
    "storm",
    "star",
    "sky",
    "ocean",
    "forest",
    "biker",
    "surfer",
    "drummer",
    "poet",
    "wanderer",
    "gardener",
    "baker",
    "maker",
    "reader",
    "hunter",
    "pilot",
    "doc",
    "guru",
    "fan",
    "lover",
    "hero",
    "ghost",
    "owl",
    "raven",
    "koala",
    "mango",
    "cookie",
    "noodle",
    "lemon",
];

const AFFIXES: [(&str, &str); 8] = [
    ("real_", ""),
    ("the", ""),
    ("its", ""),
    ("", "_official"),
    ("", "official"),
    ("iam", ""),
    ("", "_xo"),
    ("mr_", ""),
];

/// A new handle: mostly made of the name, otherwise of words.
pub fn invent(person: &Person, names: &Names, share_of_words: f64, dice: &mut Dice) -> String {
    if dice.chance(share_of_words) {
        return words(dice);
    }
    let text = named(person, names, dice);
    if text.len() < 4 { words(dice) } else { text }
}

/// A handle of words that have nothing to do with anybody's name.
pub fn words(dice: &mut Dice) -> String {
    let (first, second) = (dice.pick(&FIRST_WORDS), dice.pick(&SECOND_WORDS));
    let separator = dice.pick(&["", "_", "", "."]);
    match dice.below(4) {
        0 => format!("{first}{separator}{second}"),
        1 => format!("{second}{}", dice.between(1, 999)),
        _ => format!("{first}{separator}{second}{}", dice.between(1, 99)),
    }
}

/// A handle with a good part of the name.
pub fn named(person: &Person, names: &Names, dice: &mut Dice) -> String {
    let short = names.nicknames(&person.given);
    let given = match dice.one_of(short) {
        Some(nickname) if dice.chance(0.3) => spelled(nickname, dice),
        _ => spelled(&person.given, dice),
    };
    let surname = spelled(&person.surnames[0], dice);
    let join = dice.pick(&["", "", ".", "_", "_"]);
    let initial = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    let body = match dice.below(10) {
        0..=3 => format!("{given}{join}{surname}"),
        4 => format!("{surname}{join}{given}"),
        5 | 6 => format!("{}{join}{surname}", initial(&given)),
        7 => format!("{given}{join}{}", initial(&surname)),
        8 => given,
        _ => surname,
    };
    match dice.below(5) {
        0 => format!("{body}{:02}", person.born % 100),
        1 => format!("{body}{}{}", dice.pick(&["", "_"]), dice.between(1, 999)),
        2 if body.len() < 8 => format!("{body}{}", person.born),
        _ => body,
    }
}

/// Given name and family name in full, so that the handle identifies the person.
pub fn full_name(person: &Person, dice: &mut Dice) -> String {
    let given = spelled(&person.given, dice);
    let surname = spelled(&person.surnames[0], dice);
    let join = dice.pick(&["", ".", "_"]);
    let tail = match dice.below(3) {
        0 => String::new(),
        1 => format!("{:02}", person.born % 100),
        _ => format!("_{}", dice.between(1, 99)),
    };
    if dice.chance(0.8) {
        format!("{given}{join}{surname}{tail}")
    } else {
        format!("{surname}{join}{given}{tail}")
    }
}

/// A handle of the full name, or of an initial and the family name, with usual additions.
pub fn full_name_or_variant(person: &Person, dice: &mut Dice) -> String {
    let text = full_name(person, dice);
    if dice.chance(0.4) {
        let (before, after) = dice.one_of(&AFFIXES).copied().unwrap_or_default();
        return format!("{before}{text}{after}");
    }
    text
}

/// A handle with a profession, a place or a purpose around a name.
pub fn titled(person: &Person, dice: &mut Dice) -> String {
    const BEFORE: [&str; 14] = [
        "Dr", "Coach", "Chef", "Prof", "Captain", "DJ", "Rep", "Sen", "Vote", "Team", "Mayor", "Judge", "Nurse", "Ask",
    ];
    const AFTER: [&str; 12] = [
        "MD",
        "PhD",
        "Photo",
        "Realtor",
        "Music",
        "Art",
        "ForMayor",
        "4Congress",
        "Writes",
        "Fitness",
        "Author",
        "TV",
    ];
    let (given, surname) = (spelled(&person.given, dice), spelled(&person.surnames[0], dice));
    let given = spelling::capitalised(&given);
    let surname = spelling::capitalised(&surname);
    let name = match dice.below(4) {
        0 => surname,
        _ => format!("{given}{}{surname}", dice.pick(&["", "", "_", "."])),
    };
    let join = dice.pick(&["", "", "_"]);
    if dice.chance(0.6) {
        format!("{}{join}{name}", dice.pick(&BEFORE))
    } else {
        format!("{name}{join}{}", dice.pick(&AFTER))
    }
}

/// A variant of somebody's usual handle, for a network where the usual one is taken.
pub fn varied(usual: &str, person: &Person, dice: &mut Dice) -> String {
    match dice.below(6) {
        0 => format!("{usual}{}", dice.between(1, 99)),
        1 => format!("{usual}{}", person.born),
        2 => {
            let (before, after) = dice.one_of(&AFFIXES).copied().unwrap_or_default();
            format!("{before}{usual}{after}")
        }
        3 if usual.contains(['.', '_']) => usual.replace(['.', '_'], ""),
        4 if usual.contains(['.', '_']) => usual.replace('.', "_").replace("__", "_"),
        5 => format!("_{usual}_"),
        _ => format!("{usual}_"),
    }
}

/// A different handle that looks alike: one digit is different or added.
pub fn lookalike(usual: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = usual.chars().collect();
    let digits: Vec<usize> = (0..letters.len()).filter(|&at| letters[at].is_ascii_digit()).collect();
    match dice.one_of(&digits) {
        Some(&at) => {
            let digit = u8::try_from(letters[at].to_digit(10).unwrap_or(0)).unwrap_or(0);
            letters[at] = char::from(b'0' + (digit + 1 + u8::try_from(dice.below(8)).unwrap_or(0)) % 10);
            letters.into_iter().collect()
        }
        None => format!("{usual}{}", dice.between(2, 9)),
    }
}

/// A handle without the prefixes, suffixes, digits and separators that people add.
pub fn stem(handle: &str) -> String {
    let mut bare = handle.to_lowercase();
    for (before, after) in AFFIXES {
        bare = bare.strip_prefix(before).unwrap_or(&bare).to_owned();
        bare = bare.strip_suffix(after).unwrap_or(&bare).to_owned();
    }
    bare.chars().filter(char::is_ascii_alphabetic).collect()
}

const PROVIDERS: [&str; 14] = [
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
    "icloud.com",
    "gmx.de",
    "web.de",
    "orange.fr",
    "libero.it",
    "wp.pl",
    "mail.ru",
    "proton.me",
];

/// A personal address.
pub fn email(person: &Person, names: &Names, dice: &mut Dice) -> String {
    let local = if dice.chance(0.15) {
        words(dice)
    } else {
        named(person, names, dice)
    };
    let local = local.trim_matches(['.', '_']).replace("..", ".");
    let local = if local.len() < 3 { words(dice) } else { local };
    format!("{local}@{}", provider(person, dice))
}

fn provider(person: &Person, dice: &mut Dice) -> String {
    if dice.chance(0.12) {
        return format!("{}.example", ascii(person.surnames[0].latin()));
    }
    dice.pick(&PROVIDERS).to_owned()
}

/// The same mailbox name at another provider.
pub fn at_another_provider(email: &str, dice: &mut Dice) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let others: Vec<&str> = PROVIDERS.into_iter().filter(|other| *other != domain).collect();
    format!("{local}@{}", dice.pick(&others))
}

/// An address that a household shares.
pub fn family_email(surname: &Name, dice: &mut Dice) -> String {
    let house = dice.pick(&["family", "familie", "casa", "the"]);
    format!(
        "{house}.{}{}@{}",
        spelled(surname, dice),
        dice.between(1, 99),
        dice.pick(&PROVIDERS)
    )
}

/// An address that an office shares.
pub fn office_email(dice: &mut Dice) -> String {
    let (first, second) = (dice.pick(&FIRST_WORDS), dice.pick(&SECOND_WORDS));
    let box_name = dice.pick(&["info", "office", "kontakt", "hello"]);
    format!("{box_name}@{first}{second}{}.example", dice.between(1, 99))
}

fn spelled(name: &Name, dice: &mut Dice) -> String {
    let latin = name.any_latin(dice).to_owned();
    ascii(&if dice.chance(0.2) { digraphs(&latin) } else { latin })
}
