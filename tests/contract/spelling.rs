//! Values as agents and customers write them: for each field a value, other accepted spellings of it, and a different
//! value.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    string::string_regex,
};

/// A value of a field of the default model, and its other spellings.
#[derive(Clone, Debug)]
pub struct Spelled {
    /// The field.
    pub field: &'static str,
    /// The stored spelling.
    pub stored: String,
    /// The spellings that are searched for.
    pub asked: Vec<String>,
}

/// How many spellings of each value are searched for.
const ASKED: usize = 4;

/// The generation of a value. Values of different generations have nothing in common, however they are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    First,
    Second,
}

impl Generation {
    /// The value of this generation, of two.
    fn of<T>(self, first: T, second: T) -> T {
        match self {
            Self::First => first,
            Self::Second => second,
        }
    }
}

/// Every field that is searched, each with spellings of its own.
pub const FIELDS: [&str; 20] = [
    "displayName",
    "firstName",
    "lastName",
    "email",
    "email2",
    "phone",
    "phone2",
    "screenName",
    "profileUrl",
    "twitterHandle",
    "facebookHandle",
    "instagramHandle",
    "streetOne",
    "streetTwo",
    "city",
    "state",
    "zip",
    "accountNumber",
    "orderNumber",
    "caseNumber",
];

/// A mark that keeps values of two fields with one role apart: neither may be a spelling of the other.
fn mark(field: &str) -> &'static str {
    match field {
        "email2" | "phone2" | "twitterHandle" | "orderNumber" | "streetTwo" => "2",
        "facebookHandle" => "3",
        "instagramHandle" => "4",
        _ => "1",
    }
}

/// A value of this field with its spellings.
pub fn spelled(field: &'static str, generation: Generation) -> BoxedStrategy<Spelled> {
    let spellings = match field {
        "displayName" | "firstName" | "lastName" => name(generation),
        "email" | "email2" => email(mark(field), generation),
        "phone" | "phone2" => phone(mark(field), generation),
        "profileUrl" => profile(generation),
        "screenName" | "twitterHandle" | "facebookHandle" | "instagramHandle" => handle(mark(field), generation),
        "accountNumber" | "orderNumber" => reference(mark(field), generation),
        _ => text(mark(field), generation),
    };
    spellings
        .prop_map(move |(stored, asked)| Spelled { field, stored, asked })
        .boxed()
}

/// The stored spelling, and those that are searched for.
type Spellings = BoxedStrategy<(String, Vec<String>)>;

fn pattern(regex: &str) -> BoxedStrategy<String> {
    string_regex(regex).expect("a regular expression").boxed()
}

/// Variations that every text allows: letter case and surrounding spaces.
fn dressed(text: &str, dress: u8) -> String {
    match dress % 5 {
        0 => text.to_owned(),
        1 => text.to_uppercase(),
        2 => format!("  {text}"),
        3 => format!("{} \t", text.to_lowercase()),
        _ => text
            .chars()
            .enumerate()
            .map(|(at, letter)| if at % 2 == 0 { upper(letter) } else { letter })
            .collect(),
    }
}

fn upper(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    upper.next().filter(|_| upper.next().is_none()).unwrap_or(letter)
}

/// Picks spellings by number. They are made of the value's parts.
fn spellings<Parts: std::fmt::Debug + Clone + 'static>(
    parts: impl Strategy<Value = Parts> + 'static,
    stored: impl Fn(&Parts) -> String + 'static,
    asked: impl Fn(&Parts, Index) -> String + 'static,
) -> Spellings {
    (parts, vec((any::<Index>(), any::<u8>()), ASKED))
        .prop_map(move |(parts, choices)| {
            let asked = choices.iter().map(|(choice, dress)| dressed(&asked(&parts, *choice), *dress));
            (stored(&parts), asked.collect())
        })
        .boxed()
}

fn one_of<const N: usize>(choice: Index, spellings: &[String; N]) -> String {
    spellings[choice.index(N)].clone()
}

fn email(mark: &'static str, generation: Generation) -> Spellings {
    let local = pattern(generation.of("[a-m]{2}[.+]?[a-m0-9]{1,8}", "[n-z]{2}[.+]?[n-z0-9]{1,8}"));
    let domains = [
        ("example.com", "example.com"),
        ("mail.example.org", "mail.example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("例え.example", "xn--r8jz45g.example"),
    ];
    spellings(
        (local, select(domains.to_vec())),
        move |(local, (domain, _))| format!("{local}{mark}@{domain}"),
        move |(local, (domain, ascii)), choice| {
            let local = format!("{local}{mark}");
            let spellings = [
                format!("{local}@{domain}"),
                format!("{local}@{ascii}"),
                format!("mailto:{local}@{domain}"),
            ];
            one_of(choice, &spellings)
        },
    )
}

/// Numbers of the United States, where the tenant is, and of two other countries.
fn phone(mark: &'static str, generation: Generation) -> Spellings {
    let first = generation.of("2", "7");
    let digits = pattern("[0-9]{2}");
    let country = select(vec!["us", "gb", "br"]);
    let number = move |country: &str, digits: &str| match country {
        "us" => ("1", "415", format!("55{mark}"), format!("{first}{digits}1")),
        "gb" => ("44", "20", format!("794{mark}"), format!("0{first}{digits}")),
        _ => ("55", "11", format!("9876{mark}"), format!("{first}{digits}1")),
    };
    spellings(
        (country, digits),
        move |(country, digits)| {
            let (code, area, middle, last) = number(country, digits);
            format!("+{code} {area} {middle}-{last}")
        },
        move |(country, digits), choice| {
            let (code, area, middle, last) = number(country, digits);
            // Within its country a number may lack the country code. Brazilian mobile numbers had no ninth digit
            // before 2016.
            let national = match *country {
                "us" => format!("({area}) {middle}-{last}"),
                "br" => format!("+55 {area} {}-{last}", &middle[1..]),
                _ => format!("+{code} (0){area} {middle} {last}"),
            };
            let spellings = [
                national,
                format!("+{code}{area}{middle}{last}"),
                format!("+{code}.{area}.{middle}.{last}"),
                format!("00{code} {area} {middle} {last}"),
                format!("011 {code} {area} {middle} {last}"),
                format!("tel:+{code}-{area}-{middle}-{last}"),
                format!("+{code} {area} {middle} {last} ext. 5"),
            ];
            one_of(choice, &spellings)
        },
    )
}

fn handle(mark: &'static str, generation: Generation) -> Spellings {
    let letters = pattern(generation.of("[a-m][a-m_]{1,8}", "[n-z][n-z_]{1,8}"));
    spellings(
        letters,
        move |letters| format!("@{letters}{mark}"),
        move |letters, choice| {
            let handle = format!("{letters}{mark}");
            one_of(choice, &[handle.clone(), format!("@{handle}"), format!("\u{FF20}{handle}")])
        },
    )
}

fn profile(generation: Generation) -> Spellings {
    let hosts = [
        ["x.com", "twitter.com"],
        ["facebook.com", "fb.com"],
        ["instagram.com", "instagram.com"],
    ];
    let letters = pattern(generation.of("[a-m][a-m0-9]{1,8}", "[n-z][n-z0-9]{1,8}"));
    spellings(
        (select(hosts.to_vec()), letters, any::<bool>()),
        |(hosts, letters, moved)| format!("https://{}/{letters}", hosts[usize::from(*moved)]),
        |(hosts, letters, _), choice| {
            let [host, other] = hosts;
            let spellings = [
                format!("{host}/{letters}"),
                format!("http://www.{other}/{letters}/"),
                format!("https://m.{host}/{letters}"),
                format!("https://mobile.{other}/{letters}?utm_source=mail&utm_medium=x"),
                format!("https://{host}/{letters}?s=20&ref=share#top"),
                format!("//{other}/{letters}//"),
            ];
            one_of(choice, &spellings)
        },
    )
}

fn reference(mark: &'static str, generation: Generation) -> Spellings {
    let letters = pattern(generation.of("[A-M]{1,3}", "[N-Z]{1,3}"));
    spellings(
        (letters, pattern("[0-9]{2,4}"), pattern("[0-9]{1,3}")),
        move |(letters, one, other)| format!("{letters}-{one}/{other}{mark}"),
        move |(letters, one, other), choice| {
            let spellings = [
                format!("{letters}{one}{other}{mark}"),
                format!("{letters} {one} {other}{mark}"),
                format!("{letters}_{one}.{other}{mark}"),
                format!("#{letters}-{one}-{other}{mark}"),
            ];
            one_of(choice, &spellings)
        },
    )
}

/// Words in many scripts, each with a spelling for keyboards without its letters.
const WORDS: [(&str, &str); 12] = [
    ("José", "jose"),
    ("Müller", "muller"),
    ("Straße", "strasse"),
    ("Søren", "soren"),
    ("Łukasz", "lukasz"),
    ("Nguyễn", "nguyen"),
    ("Çelik", "celik"),
    ("Ирина", "ирина"),
    ("Ελένη", "ελενη"),
    ("山田", "山田"),
    ("प्रिया", "प्रिया"),
    ("Jane", "\u{FF4A}\u{FF41}\u{FF4E}\u{FF45}"),
];
/// Words, none of which is a prefix of another.
const OTHER_WORDS: [(&str, &str); 6] = [
    ("Zoé", "zoe"),
    ("Žižek", "zizek"),
    ("Württemberg", "wurttemberg"),
    ("Федор", "федор"),
    ("鈴木", "鈴木"),
    ("Quinn", "quinn"),
];

fn words(generation: Generation) -> BoxedStrategy<(&'static str, &'static str)> {
    select(generation.of(WORDS.to_vec(), OTHER_WORDS.to_vec())).boxed()
}

/// Prefixes of some of the words, in any order, with or without accents.
fn name(generation: Generation) -> Spellings {
    let separator = select(vec![" ", "-", "  ", " \u{2728} "]);
    spellings(
        (vec(words(generation), 1..4), separator),
        |(words, separator)| words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(separator),
        |(words, _), choice| {
            let asked: Vec<String> = words
                .iter()
                .cycle()
                .skip(choice.index(words.len()))
                .take(1 + choice.index(words.len()))
                .map(|(word, plain)| {
                    let letters: Vec<char> = if choice.index(2) == 0 { word } else { plain }.chars().collect();
                    // In scripts with combining marks, not every piece of a word is a prefix, so their words are
                    // searched for whole.
                    let is_latin = word.is_ascii() || plain.is_ascii();
                    let length = if is_latin {
                        1 + choice.index(letters.len())
                    } else {
                        letters.len()
                    };
                    letters[..length].iter().collect::<String>()
                })
                .collect();
            asked.join(" ")
        },
    )
}

/// All other values are searched for whole.
fn text(mark: &'static str, generation: Generation) -> Spellings {
    spellings(
        vec(words(generation), 1..3),
        move |words| {
            words
                .iter()
                .map(|(word, _)| *word)
                .chain([mark])
                .collect::<Vec<_>>()
                .join(" ")
        },
        move |words, choice| {
            let typed = words
                .iter()
                .map(|(word, plain)| if choice.index(2) == 0 { *word } else { *plain });
            let gap = if choice.index(3) == 0 { "   " } else { " " };
            typed.chain([mark]).collect::<Vec<_>>().join(gap)
        },
    )
}
