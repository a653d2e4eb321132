//! Values, each with spellings that people use.

use crate::{
    dice::Dice,
    dress::{in_full_width, in_other_case, in_other_form, with_blanks_around, with_invisible, with_other_digits, with_other_signs},
};

/// A value and its other spellings.
pub struct Spelled {
    /// Its field in the default model.
    pub field: &'static str,
    /// Its spellings. Some of them lose the value and must be refused.
    pub spellings: Vec<String>,
}

/// A kind of value.
pub struct ValueKind {
    /// Its name in the list.
    pub name: &'static str,
    /// Generates a value.
    pub make: fn(&mut Dice, usize) -> Spelled,
}

/// All kinds.
pub const KINDS: [ValueKind; 6] = [
    ValueKind {
        name: "telephone number",
        make: telephone,
    },
    ValueKind {
        name: "telephone number of an old plan",
        make: telephone_of_an_old_plan,
    },
    ValueKind {
        name: "e-mail address",
        make: email,
    },
    ValueKind {
        name: "profile's address",
        make: profile,
    },
    ValueKind {
        name: "handle",
        make: handle,
    },
    ValueKind {
        name: "name",
        make: name,
    },
];

fn many(count: usize, mut one: impl FnMut() -> String) -> Vec<String> {
    (0..count).map(|_| one()).collect()
}

/// Numbers of the United States, where the tenant is, and of other countries: country code, national
/// prefix, parts.
fn telephone(dice: &mut Dice, count: usize) -> Spelled {
    let (code, trunk, parts) = match dice.below(4) {
        0 => (
            "1",
            "",
            vec!["415".to_owned(), "555".to_owned(), format!("0{}", dice.digits(3))],
        ),
        1 => (
            "44",
            "0",
            vec!["161".to_owned(), "496".to_owned(), format!("0{}", dice.digits(3))],
        ),
        2 => (
            "33",
            "0",
            vec![
                "6".to_owned(),
                "12".to_owned(),
                dice.digits(2),
                dice.digits(2),
                dice.digits(2),
            ],
        ),
        _ => (
            "55",
            "0",
            vec!["31".to_owned(), format!("98{}", dice.digits(3)), dice.digits(4)],
        ),
    };
    let spellings = many(count, || {
        let separator = *dice.one(&[" ", "-", ".", "", "/", " - "]);
        let national = match dice.below(3) {
            0 => format!("({}){separator}{}", parts[0], parts[1..].join(separator)),
            _ => parts.join(separator),
        };
        let number = match dice.below(5) {
            0 if code == "1" => national,
            1 => format!("00{code} {national}"),
            2 if !trunk.is_empty() => format!("+{code} ({trunk}){national}"),
            3 => format!("{code} {national}"),
            _ => format!("+{code}{}{national}", if separator.is_empty() { " " } else { separator }),
        };
        let number = match dice.below(5) {
            0 => with_other_digits(&number, dice),
            1 => in_full_width(&number),
            2 => with_other_signs(&number, dice),
            _ => number,
        };
        let number = match dice.below(12) {
            0 => format!("tel:{number}"),
            1 => format!("{number} (Ann)"),
            2 => format!("{number} - home"),
            3 => format!("Mobile: {number}"),
            4 => format!("{number} (office 2)"),
            // These spellings lose the number.
            5 => format!("{number} ::: +1 212 555 0100"),
            6 => "4.479E+11".to_owned(),
            _ => number,
        };
        with_blanks_around(&with_invisible(&number, dice), dice)
    });
    Spelled {
        field: "phone",
        spellings,
    }
}

fn telephone_of_an_old_plan(dice: &mut Dice, count: usize) -> Spelled {
    let rest = dice.digits(6);
    let (old, new) = match dice.below(7) {
        0 => (format!("+22507{rest}"), format!("+2250707{rest}")),
        1 => (format!("+22997{rest}"), format!("+2290197{rest}")),
        2 => (format!("+2417{rest}"), format!("+24177{rest}")),
        3 => (format!("+5713{rest}"), format!("+576013{rest}")),
        4 => (format!("+841203{rest}"), format!("+84703{rest}")),
        5 => (format!("+37744{rest}"), format!("+38344{rest}")),
        _ => (format!("+52155123{}", &rest[..5]), format!("+5255123{}", &rest[..5])),
    };
    let spellings = many(count, || {
        let number = if dice.once_in(2) { &old } else { &new };
        let number = number.replace('+', if dice.once_in(2) { "+" } else { "00" });
        with_invisible(&number, dice)
    });
    Spelled {
        field: "phone",
        spellings,
    }
}

fn email(dice: &mut Dice, count: usize) -> Spelled {
    let local = format!(
        "{}{}",
        dice.one(&["jane", "jos\u{e9}", "o'neill", "j.doe+tag", "用户"]),
        dice.digits(3)
    );
    let (domain, ascii) = *dice.one(&[
        ("example.com", "example.com"),
        ("b\u{fc}cher.example", "xn--bcher-kva.example"),
        ("例子.广告", "xn--fsqu00a.xn--4rr70v"),
    ]);
    let spellings = many(count, || {
        let address = format!("{local}@{}", dice.one(&[domain, ascii]));
        let address = match dice.below(4) {
            0 => in_other_form(&address, dice),
            1 => in_full_width(&address),
            2 => with_other_signs(&address, dice),
            _ => in_other_case(&address, dice),
        };
        let address = match dice.below(8) {
            0 => format!("mailto:{address}"),
            1 => format!("MAILTO:{address}?subject=Hello"),
            2 => format!("<{address}>"),
            // Must be refused: the text has more than the address.
            3 => format!("{address}, other@example.com"),
            4 => address.replace('@', " at "),
            _ => address,
        };
        with_blanks_around(&with_invisible(&address, dice), dice)
    });
    Spelled {
        field: "email",
        spellings,
    }
}

/// The forms of the address of one profile.
fn addresses(dice: &mut Dice) -> (&'static str, String, Vec<String>) {
    let number = dice.digits(4);
    let name = format!("Jane_{number}");
    let forms = |forms: &[&str], name: &str| forms.iter().map(|form| form.replace("{}", name)).collect();
    match dice.below(8) {
        0 => (
            "twitterHandle",
            name.clone(),
            forms(
                &[
                    "https://x.com/{}",
                    "twitter.com/@{}",
                    "https://mobile.twitter.com/{}/status/1",
                    "x.com/{}/with_replies",
                    "https://twitter.com/#!/{}",
                    "https://twitter.com/intent/user?screen_name={}",
                ],
                &name,
            ),
        ),
        1 => (
            "facebookHandle",
            format!("10000{number}"),
            forms(
                &[
                    "https://facebook.com/profile.php?id=10000{}",
                    "m.facebook.com/profile.php?sk=about&id=10000{}",
                    "https://www.facebook.com/people/Jane-Doe/10000{}/",
                ],
                &number,
            ),
        ),
        7 => (
            "facebookHandle",
            format!("Jane.Doe.{number}"),
            forms(
                &[
                    "https://facebook.com/jane.doe.{}",
                    "m.facebook.com/JaneDoe{}?ref=x",
                    "https://www.facebook.com/janedoe.{}/about",
                    "fb.com/j.a.n.e.doe{}",
                    "https://m.me/janedoe{}",
                ],
                &number,
            ),
        ),
        2 => (
            "instagramHandle",
            name.clone(),
            forms(
                &[
                    "https://www.instagram.com/{}/",
                    "instagram.com/{}/reels",
                    "https://instagr.am/{}?igsh=x",
                ],
                &name,
            ),
        ),
        3 => (
            "screenName",
            name.clone(),
            forms(&["https://www.threads.net/@{}", "threads.com/@{}/post/1"], &name),
        ),
        4 => (
            "screenName",
            name.clone(),
            forms(
                &[
                    "https://de.linkedin.com/in/{}",
                    "linkedin.com/in/{}/en",
                    "https://www.linkedin.com/in/{}?trk=x",
                ],
                &name,
            ),
        ),
        5 => (
            "screenName",
            name.clone(),
            forms(&["https://youtube.com/@{}", "m.youtube.com/@{}/videos"], &name),
        ),
        _ => (
            "screenName",
            format!("{name}@social.example"),
            forms(
                &[
                    "https://social.example/@{}",
                    "social.example/@{}/1",
                    "https://other.example/@{}@social.example",
                ],
                &name,
            ),
        ),
    }
}

fn profile(dice: &mut Dice, count: usize) -> Spelled {
    let (_, _, forms) = addresses(dice);
    let spellings = many(count, || {
        let address = dice.one(&forms).clone();
        let address = match dice.below(6) {
            0 => format!("<{address}>"),
            1 => format!("{address},"),
            2 => in_full_width(&address),
            3 => address.replace("https://", "http://"),
            // Must be refused: there are two addresses.
            4 if address.contains("://") => format!("{address} https://blog.example/jane"),
            _ => address,
        };
        with_blanks_around(&with_invisible(&address, dice), dice)
    });
    Spelled {
        field: "profileUrl",
        spellings,
    }
}

fn handle(dice: &mut Dice, count: usize) -> Spelled {
    let (field, bare, forms) = addresses(dice);
    let spellings = many(count, || {
        let handle = match dice.below(3) {
            0 => bare.clone(),
            1 => format!("@{bare}"),
            _ => dice.one(&forms).clone(),
        };
        with_blanks_around(&with_invisible(&handle, dice), dice)
    });
    Spelled { field, spellings }
}

/// Names: each list has the spellings of one name.
const NAMES: [&[&str]; 15] = [
    &["Pat O'Bryan", "Pat OBryan", "pat o bryan", "PAT O'BRYAN"],
    &["Jürgen Müller", "Juergen Mueller", "Jurgen Muller"],
    &["Søren Åkesson", "Soeren Aakesson", "Soren Akesson"],
    &["Þórður Weiß", "Thordur Weiss"],
    &["Anne-Marie Dubois", "Annemarie Dubois"],
    &["Jane McDonald", "Jane Mc Donald"],
    &["فاطمة المصطفى", "فاطمه المصطفي", "فاطمة المصطـــفى"],
    &["أحمد كريم", "احمد کریم"],
    &["王小明", "王 小明", "小明 王"],
    &["김민준", "김 민준", "민준 김"],
    &["やまだたろう", "やまだ たろう", "ヤマダ タロウ"],
    &["José Núñez", "Jose Nunez"],
    &["张伟", "張偉", "张 偉"],
    &["欧阳娜娜", "歐陽娜娜", "歐陽 娜娜", "娜娜 欧阳"],
    &["Lee 龍 陳", "Lee 龙 陈"],
];

fn name(dice: &mut Dice, count: usize) -> Spelled {
    let forms = *dice.one(&NAMES);
    let spellings = many(count, || {
        let name = (*dice.one(forms)).to_owned();
        let name = match dice.below(4) {
            0 => in_other_form(&name, dice),
            1 => with_other_signs(&name, dice),
            2 => in_other_case(&name, dice),
            _ => name,
        };
        with_blanks_around(&with_invisible(&name, dice), dice)
    });
    Spelled {
        field: "displayName",
        spellings,
    }
}
