//! Telephone numbers.
//!
//! A number is read as people and programs write it: with blanks, dashes and brackets of any kind, digits of any script, a scheme (`tel:`),
//! words around it, an extension, or a code for an outside line. Its normal form is E.164 in today's plan (`numbering_plan`), if it can be
//! an international number or a national one of the tenant's region.
//!
//! Sources: ITU-T E.164 (the form, and at most 15 digits), E.123 (how numbers are written), RFC 3966 (`tel:`, `;ext=`), and the plans of all
//! countries in Google's libphonenumber.

use std::sync::LazyLock;

pub use rlibphonenumber::Region;
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    character::{decimal_digit, plain, plain_character},
    fold::{fold, text},
    numbering_plan,
};

/// The example in messages.
const EXAMPLE: &str = "+1 415 555 2671";
/// The shortest run of digits that is a number by itself. A shorter one is part of a number, an extension, or part of a remark.
const SHORTEST_WHOLE: usize = 6;
/// The longest extension.
const LONGEST_EXTENSION: usize = 7;
/// The most digits of a number: E.164 has 15, and a code to dial abroad at most 4.
const MOST_DIGITS: usize = 19;
/// The fewest digits and the most letters of a number that cannot be dialled from abroad, such as `ext. 42`.
const FEWEST_DIGITS: usize = 2;
const MOST_LETTERS: usize = 4;
/// The largest number of letters in remarks beside a number.
const MOST_LETTERS_BESIDE: usize = 40;

/// Words before an extension, folded: those of libphonenumber, and those of further languages.
const EXTENSION_WORDS: [&str; 27] = [
    "anexo",
    "anx",
    "apl",
    "dahili",
    "doorkies",
    "durchwahl",
    "dw",
    "ext",
    "extension",
    "extensao",
    "extn",
    "int",
    "interno",
    "interne",
    "klappe",
    "nebenstelle",
    "poste",
    "ramal",
    "vnut",
    "wew",
    "x",
    "xt",
    "xtn",
    "доб",
    "добавочныи",
    "内線",
    "分机",
];

/// The region of an ISO 3166 country code that was checked when it was stored. Reading the numbering plans would take several milliseconds
/// of a cold start, and most functions do not need them.
pub fn known_region(country: &str) -> Option<Region> {
    country.parse().ok()
}

/// The region of an ISO 3166 country code, if it has telephone numbers.
pub fn region(country: &str) -> Option<Region> {
    let region = known_region(country)?;
    PHONE_NUMBER_UTIL
        .get_supported_regions()
        .any(|known| known == region)
        .then_some(region)
}

/// Reads all numbering plans in advance, so that the first number need not wait for it.
pub fn prepare_phone_numbers() {
    LazyLock::force(&PHONE_NUMBER_UTIL);
}

/// The number in E.164, if it can be an international number or a national one of `region`. Extensions and remarks do not count. Otherwise
/// the digits, and without digits the folded text.
pub fn phone(raw: &str, region: Region) -> String {
    let written = Written::read(raw);
    if let Some(number) = written.e164(region) {
        return number;
    }
    let digits = digits(&written.number);
    if digits.is_empty() { text(raw) } else { digits }
}

/// Whether this can be a telephone number.
pub fn is_phone(raw: &str, region: Region) -> bool {
    check_phone(raw, region).is_ok()
}

/// Checks that a text is exactly one telephone number. A number outside all numbering plans may still be valid to somebody, such as an
/// internal extension. It needs a few digits and hardly any letters.
///
/// # Errors
/// A sentence for the agent.
pub fn check_phone(raw: &str, region: Region) -> Result<(), String> {
    let written = Written::read(raw);
    if written.is_rounded {
        return Err(format!(
            "is a number that a spreadsheet has rounded, so that digits are lost: format its column as text, and give all digits, such as {EXAMPLE}"
        ));
    }
    if written.has_others || written.is_two(region) {
        return Err(format!(
            "has more than one telephone number: one number per field, such as {EXAMPLE}; an extension is written {EXAMPLE} x12"
        ));
    }
    if let Some((letter, digit)) = letter_for_digit(&written.whole).filter(|_| !written.is_vanity(region)) {
        return Err(format!(
            "must be a telephone number such as {EXAMPLE}: it has the letter {letter} among its digits, where {digit} may be meant"
        ));
    }
    let count = digits(&written.number).len();
    let is_in_a_plan = written.e164(region).is_some();
    if count > MOST_DIGITS {
        return Err(format!(
            "has {count} digits, and a telephone number has at most {MOST_DIGITS}: one number per field, such as {EXAMPLE}"
        ));
    }
    let most_letters = if is_in_a_plan || count > SHORTEST_WHOLE {
        MOST_LETTERS_BESIDE
    } else {
        MOST_LETTERS
    };
    if (count >= FEWEST_DIGITS || is_in_a_plan) && (written.letters <= most_letters || written.is_vanity(region)) {
        return Ok(());
    }
    Err(match count {
        0 => format!("must be a telephone number such as {EXAMPLE}"),
        _ if count < FEWEST_DIGITS => format!("must be a telephone number such as {EXAMPLE}: it has one digit only"),
        _ => format!("must be a telephone number such as {EXAMPLE}: it has too many words beside its {count} digits"),
    })
}

/// The extension of a number, in any way in which people write one: `ext. 12`, `x12`, `#12`, `;ext=12`, `доб. 12` and more.
pub fn extension(raw: &str) -> Option<String> {
    Written::read(raw).extension
}

/// The digits of a number as it is written, and then those of its extension. Digits in remarks do not count.
pub fn dialled_digits(raw: &str) -> String {
    let written = Written::read(raw);
    digits(&written.number) + &written.extension.unwrap_or_default()
}

/// The parts of a written number.
#[derive(Debug, Default)]
struct Written {
    /// The digits of the number and what separates them, after a `+` if there is one.
    number: String,
    /// Its extension, in digits.
    extension: Option<String>,
    /// The whole, in plain characters.
    whole: String,
    /// The number of letters, without those that mark an extension.
    letters: usize,
    /// Whether there is another number.
    has_others: bool,
    /// Whether a spreadsheet has rounded the number: `4.479E+11`.
    is_rounded: bool,
}

/// Digits, with the signs between them.
struct Run {
    text: String,
    digits: usize,
    /// The text between this run and the one before.
    before: String,
}

impl Written {
    fn read(raw: &str) -> Self {
        let whole: String = plain(raw).nfkc().map(plain_character).map(plain_sign).collect();
        let whole = whole.trim().trim_matches(['\'', '"', '=']).trim();
        if is_rounded(whole) {
            return Self {
                is_rounded: true,
                number: whole.to_owned(),
                whole: whole.to_owned(),
                ..Self::default()
            };
        }
        let (spelled, context) = without_parameters(without_fraction(whole));
        let mut written = Self {
            letters: spelled.chars().filter(|sign| sign.is_alphabetic()).count(),
            whole: whole.to_owned(),
            ..Self::default()
        };
        let (runs, after) = runs(spelled);
        written.take(runs, &after);
        if let Some(context) = context.filter(|_| !written.number.starts_with('+')) {
            written.number = format!("{context} {}", written.number);
        }
        written
    }

    fn take(&mut self, runs: Vec<Run>, after: &str) {
        let longest = runs.iter().map(|run| run.digits).max().unwrap_or_default();
        let has_whole = longest >= SHORTEST_WHOLE;
        let last = runs.len();
        for (at, run) in runs.into_iter().enumerate() {
            let word = marks_extension(&run.before);
            let is_paused =
                run.before.contains(';') || run.before.contains(",,") || (run.before.contains(',') && after.starts_with('#'));
            let is_short = run.digits <= LONGEST_EXTENSION;
            if !self.number.is_empty() && is_short && self.extension.is_none() && (word.is_some() || is_paused && at + 1 == last) {
                self.letters -= word.map_or(0, |letters| letters.min(self.letters));
                self.extension = Some(digits(&run.text));
            } else if has_whole && run.digits >= SHORTEST_WHOLE {
                self.has_others |= !self.number.is_empty();
                if self.number.is_empty() {
                    self.number = run.text;
                }
            } else if has_whole {
                // A remark may have digits (`office 2`). Digits after a comma or slash are the end of a second number.
                let is_remark = self.number.is_empty() || run.before.chars().any(char::is_alphabetic) || run.before.contains('(');
                self.has_others |= !is_remark;
            } else {
                // Pieces of one number: `415,555,0165`.
                if word.is_some() && self.number.is_empty() {
                    self.letters -= word.map_or(0, |letters| letters.min(self.letters));
                }
                self.number.push_str(&run.text);
                self.number.push(' ');
            }
        }
        self.number.truncate(
            self.number
                .trim_end_matches(|sign: char| !sign.is_ascii_digit() && sign != ')')
                .len(),
        );
    }

    /// Its number in E.164.
    fn e164(&self, region: Region) -> Option<String> {
        if self.is_rounded {
            return None;
        }
        // `9-1-` is an outside line before a number of the region, since nobody writes an Indian number so.
        let outside = after_outside_line(&self.number);
        let here = outside.iter().filter(|_| self.number.starts_with('9')).find_map(|rest| {
            let number = e164(rest, region)?;
            number_of(&number)?.is_valid_for_region(region).then_some(number)
        });
        if here.is_some() {
            return here;
        }
        let whole = Some(&self.number).filter(|number| !number.starts_with('*'));
        let number = whole.and_then(|number| e164(number, region));
        let number = number.or_else(|| outside.into_iter().find_map(|rest| e164(rest, region)));
        number.or_else(|| self.vanity(region))
    }

    /// The number that letters stand for: `1-800-FLOWERS`.
    fn vanity(&self, region: Region) -> Option<String> {
        /// The fewest letters that stand for digits in a number.
        const FEWEST: usize = 3;
        let is_short = digits(&self.number).len() < SHORTEST_WHOLE;
        (is_short && self.letters >= FEWEST && self.extension.is_none())
            .then(|| possible(&self.whole, region).filter(|(number, _)| number_of(number).is_some_and(|number| number.is_valid())))
            .flatten()
            .map(|(number, _)| number)
    }

    fn is_vanity(&self, region: Region) -> bool {
        self.vanity(region).is_some()
    }

    /// Whether the whole is in no numbering plan, but its beginning is. Then it is two numbers, or the extension is not marked.
    fn is_two(&self, region: Region) -> bool {
        if self.e164(region).is_some() {
            return false;
        }
        let ends = self
            .number
            .match_indices([' ', '/', '-', '.'])
            .map(|(at, _)| &self.number[..at]);
        let whole = digits(&self.number).len();
        ends.filter(|beginning| (SHORTEST_WHOLE + 1..whole).contains(&digits(beginning).len()))
            .any(|beginning| e164(beginning, region).is_some())
    }
}

/// A character in plain form: ASCII digits, and one kind of brackets.
fn plain_sign(sign: char) -> char {
    match sign {
        '[' | '{' | '<' => '(',
        ']' | '}' | '>' => ')',
        _ => decimal_digit(sign).unwrap_or(sign),
    }
}

/// A letter among digits that looks like a digit, and that digit.
fn letter_for_digit(whole: &str) -> Option<(char, char)> {
    /// The shortest word that is checked: `O2` is a company.
    const SHORTEST: usize = 3;
    let digit_of = |letter| match letter {
        'O' | 'o' | 'О' | 'о' => Some('0'),
        'I' | 'l' => Some('1'),
        _ => None,
    };
    whole
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| word.chars().count() >= SHORTEST && word.contains(|sign: char| sign.is_ascii_digit()))
        .filter(|word| word.chars().all(|sign| sign.is_ascii_digit() || digit_of(sign).is_some()))
        .find_map(|word| word.chars().find_map(|sign| Some((sign, digit_of(sign)?))))
}

/// Whether a spreadsheet has rounded a long number to this: `4.479E+11`, `4E+11`.
pub fn is_rounded(whole: &str) -> bool {
    let Some((digits, exponent)) = whole.split_once(['e', 'E']) else {
        return false;
    };
    let is_decimal = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().all(|sign| b"0123456789.,".contains(&sign))
    };
    let exponent = exponent.trim().trim_start_matches('+');
    is_decimal(digits.trim().trim_start_matches(['+', '-']))
        && is_digits(exponent)
        && (digits.contains(['.', ',']) || exponent.len() > 1)
}

/// A long number without the `.0` that a spreadsheet's export puts after it.
fn without_fraction(whole: &str) -> &str {
    let split = whole.split_once(['.', ',']);
    let is_fraction = |digits: &str, zeros: &str| {
        digits.len() > SHORTEST_WHOLE
            && is_digits(digits.trim_start_matches('+'))
            && !zeros.is_empty()
            && zeros.len() < 3
            && zeros.bytes().all(|zero| zero == b'0')
    };
    split
        .filter(|(digits, zeros)| is_fraction(digits, zeros))
        .map_or(whole, |(digits, _)| digits)
}

/// A `tel:` address without parameters, and the context if the number begins with it.
fn without_parameters(whole: &str) -> (&str, Option<&str>) {
    let parameter = |name: &str| whole.find(name);
    let ends = [";phone-context=", ";isub=", ";postd="].into_iter().filter_map(parameter);
    let context = parameter(";phone-context=").map(|at| &whole[at + ";phone-context=".len()..]);
    let context = context.map(|context| context.split(';').next().unwrap_or_default());
    (
        &whole[..ends.min().unwrap_or(whole.len())],
        context.filter(|context| context.starts_with('+')),
    )
}

/// The runs of digits in a text, and the text after the last one.
fn runs(spelled: &str) -> (Vec<Run>, String) {
    let mut runs: Vec<Run> = Vec::new();
    let mut between = String::new();
    let mut open = false;
    for sign in spelled.chars() {
        let is_digit = sign.is_ascii_digit();
        if sign == '+' || (is_digit && !open) || (!open && matches!(sign, '(' | '*')) {
            let begins_number = sign == '+' || is_digit || sign == '*';
            if begins_number {
                let before = std::mem::take(&mut between);
                runs.push(Run {
                    text: String::from(sign),
                    digits: usize::from(is_digit),
                    before,
                });
                open = true;
                continue;
            }
        }
        match runs.last_mut().filter(|_| open) {
            Some(run) if is_digit => {
                run.text.push(sign);
                run.digits += 1;
            }
            Some(run) if matches!(sign, ' ' | '-' | '.' | '/' | '(' | ')' | '*') => run.text.push(sign),
            // The numbering plans do not know these as separators.
            Some(run) if matches!(sign, '_' | '\'') => run.text.push('-'),
            _ => {
                open = false;
                between.push(sign);
            }
        }
    }
    // A bracket or stroke at the end of a run belongs to what follows.
    for at in 0..runs.len() {
        let text = &runs[at].text;
        let end = text.rfind(|sign: char| sign.is_ascii_digit()).map_or(0, |at| at + 1);
        let rest = text[end..].to_owned();
        runs[at].text.truncate(end);
        match runs.get_mut(at + 1) {
            Some(next) => next.before.insert_str(0, &rest),
            None => between.insert_str(0, &rest),
        }
    }
    let mut kept: Vec<Run> = Vec::new();
    let mut carried = String::new();
    for mut run in runs {
        run.before.insert_str(0, &carried);
        carried.clear();
        // A sign without a digit: `+` in a remark, `*` before one.
        if run.digits == 0 {
            carried = run.before;
        } else {
            kept.push(run);
        }
    }
    (kept, between)
}

/// How many letters of what stands before digits mark them as an extension.
fn marks_extension(before: &str) -> Option<usize> {
    if before.ends_with(['#', '~']) || before.trim_end().ends_with(['#', '~']) {
        return Some(0);
    }
    let end = before.trim_end_matches(|sign: char| !sign.is_alphanumeric());
    let word = end
        .rsplit(|sign: char| !sign.is_alphabetic() && !unicode_normalization::char::is_combining_mark(sign))
        .next()?;
    let folded = fold(word);
    EXTENSION_WORDS
        .contains(&folded.as_str())
        .then(|| word.chars().filter(|sign| sign.is_alphabetic()).count())
}

/// The possible numbers after a prefix for an outside line: `*9 415…`, `9-1-415…`, `0,030…`. Those with a separator
/// after the prefix come first.
fn after_outside_line(number: &str) -> Vec<&str> {
    const BETWEEN: [char; 4] = ['*', ' ', '-', '.'];
    let bare = number.trim_start_matches(['*', ' ']);
    let is_starred = number.trim_start().starts_with('*');
    let lengths = if is_starred { 1..=3 } else { 1..=1 };
    let rests = lengths.filter_map(|length| {
        let (code, rest) = bare.split_at_checked(length)?;
        let is_code = is_digits(code) && (is_starred || matches!(code, "0" | "9") && rest.starts_with(BETWEEN));
        is_code.then_some(rest)
    });
    let mut rests: Vec<&str> = rests.collect();
    rests.sort_by_key(|rest| !rest.starts_with(BETWEEN));
    rests.iter().map(|rest| rest.trim_start_matches(BETWEEN)).collect()
}

fn e164(spelled: &str, region: Region) -> Option<String> {
    let spelled = spelled.trim();
    let national = possible(spelled, region);
    if spelled.starts_with('+') {
        return national.map(|(number, _)| number);
    }
    // Most of the world dials 00 for abroad. Address books use it with that meaning even where the tenant's region
    // dials another prefix.
    let abroad = spelled.trim_start_matches(['(', ' ']).strip_prefix("00");
    if let (None, Some(rest)) = (&national, abroad) {
        return possible(&format!("+{rest}"), region).map(|(number, _)| number);
    }
    let international = possible(&format!("+{}", digits(spelled)), region);
    match (national, international) {
        (Some(national), Some(international)) => Some(if is_rather_international(spelled, &national, &international.0, region) {
            international.0
        } else {
            national.0
        }),
        (national, international) => national.or(international).map(|(number, _)| number),
    }
}

/// Decides about a number without `+` that could be national in the region or international with its country code.
/// Returns whether it is international. A valid national number takes precedence. But where national numbers are
/// written with a leading 0, a long one without it has a country code.
fn is_rather_international(spelled: &str, national: &(String, bool), international: &str, region: Region) -> bool {
    /// National numbers written without their 0 have fewer digits.
    const LONG: usize = 11;
    let Some(abroad) = number_of(international).filter(PhoneNumber::is_valid) else {
        return false;
    };
    let Some(here) = number_of(&national.0) else { return true };
    if national.0 == international || abroad.country_code == here.country_code {
        return false;
    }
    let is_long = digits(spelled).len() >= LONG;
    let with_zero = || possible(&format!("0{}", digits(spelled)), region);
    let lacks_zero = is_long && !spelled.starts_with('0') && with_zero().is_some_and(|(number, _)| number == national.0);
    !here.is_valid_for_region(region) || (lacks_zero && here.get_type() != PhoneNumberType::Mobile)
}

fn number_of(e164: &str) -> Option<PhoneNumber> {
    PHONE_NUMBER_UTIL.parse(e164, None).ok()
}

/// The number in E.164 and today's plan, if its length is right, and whether only an area code is missing.
fn possible(spelled: &str, region: Region) -> Option<(String, bool)> {
    let number = PHONE_NUMBER_UTIL.parse(spelled, Some(region)).ok()?;
    let formatted = numbering_plan::current(number.format_as(PhoneNumberFormat::E164).to_string());
    match number_of(&formatted)?.is_possible_with_reason().ok()? {
        NumberLengthType::IsPossible => Some((formatted, false)),
        NumberLengthType::IsPossibleLocalOnly => Some((formatted, true)),
    }
}

/// The parts of a telephone number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneParts {
    /// The country code, without `+`.
    pub country_code: Option<String>,
    /// The area code, if the country has area codes.
    pub area_code: Option<String>,
    /// The rest, as entered if the parts can be told apart.
    pub number: String,
    /// The extension.
    pub extension: Option<String>,
}

impl PhoneParts {
    /// The number as people write it. [`phone_parts`] reads the same parts from it: `+1 415 555 0134 x7`.
    pub fn written(&self) -> String {
        let code = self.country_code.as_ref().map(|code| format!("+{code}"));
        let extension = self.extension.as_ref().map(|extension| format!("x{extension}"));
        let parts = [code, self.area_code.clone(), Some(self.number.clone()), extension];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Splits a telephone number into its parts: by its spaces if it begins with `+`, a country code and an area code,
/// and otherwise by the rules of its country.
pub fn phone_parts(raw: &str, region: Region) -> PhoneParts {
    let written = Written::read(raw);
    let bare = written.number.trim();
    let parts = by_spaces(bare).or_else(|| by_rules(bare, region));
    let whole = || PhoneParts {
        number: if bare.is_empty() { raw.trim() } else { bare }.to_owned(),
        ..PhoneParts::default()
    };
    PhoneParts {
        extension: written.extension.clone(),
        ..parts.unwrap_or_else(whole)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn by_spaces(bare: &str) -> Option<PhoneParts> {
    let (country, rest) = bare.strip_prefix('+')?.split_once(' ')?;
    let (area, number) = rest.split_once(' ')?;
    (is_digits(country) && is_digits(area) && number.starts_with(|first: char| first.is_ascii_digit())).then(|| PhoneParts {
        country_code: Some(country.to_owned()),
        area_code: Some(area.to_owned()),
        number: number.to_owned(),
        extension: None,
    })
}

fn by_rules(bare: &str, region: Region) -> Option<PhoneParts> {
    let spelled = e164(bare, region)?;
    let number = PHONE_NUMBER_UTIL.parse(&spelled, None).ok()?;
    let national = spelled.strip_prefix('+')?.strip_prefix(&number.country_code.to_string())?;
    let area = PHONE_NUMBER_UTIL.get_length_of_geographical_area_code(&number);
    let (area, rest) = national.split_at_checked(area)?;
    Some(PhoneParts {
        country_code: Some(number.country_code.to_string()),
        area_code: Some(area.to_owned()).filter(|area| !area.is_empty()),
        number: rest.to_owned(),
        extension: None,
    })
}

/// The digits of a text, in ASCII.
pub fn digits(raw: &str) -> String {
    raw.chars().filter_map(decimal_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(region: Region, normal: &str, spellings: &[&str]) {
        for spelling in spellings {
            assert_eq!(phone(spelling, region), normal, "{spelling}");
            assert!(is_phone(spelling, region), "{spelling}");
        }
    }

    #[test]
    fn spellings_of_one_number_have_one_normal_form() {
        check(
            Region::US,
            "+14155552671",
            &[
                "(415) 555-2671",
                "+1 415-555-2671",
                "4155552671",
                "1.415.555.2671",
                "tel:+14155552671",
                "+1 415 555 2671 ext 5",
            ],
        );
        check(
            Region::GB,
            "+442079460958",
            &[
                "020 7946 0958",
                "+44 20 7946 0958",
                "+44 (0)20 7946 0958",
                "0044 20 7946 0958",
            ],
        );
        check(Region::US, "+442079460958", &["0044 20 7946 0958", "011 44 20 7946 0958"]);
        check(Region::FR, "+33612345678", &["06 12 34 56 78", "+33612345678", "٠٦١٢٣٤٥٦٧٨"]);
    }

    #[track_caller]
    fn check_parts(raw: &str, wanted: (Option<&str>, Option<&str>, &str, Option<&str>)) {
        let parts = phone_parts(raw, Region::US);
        let found = (
            parts.country_code.as_deref(),
            parts.area_code.as_deref(),
            parts.number.as_str(),
            parts.extension.as_deref(),
        );
        assert_eq!(found, wanted, "{raw}");
    }

    #[test]
    fn a_number_is_split_into_country_area_and_rest() {
        check_parts("+1 415 555 0134 x7", (Some("1"), Some("415"), "555 0134", Some("7")));
        check_parts("+44 20 7946 0958", (Some("44"), Some("20"), "7946 0958", None));
        check_parts("(415) 555-2671 ext. 5", (Some("1"), Some("415"), "5552671", Some("5")));
        check_parts("+33612345678", (Some("33"), None, "612345678", None));
        check_parts("999 x12", (None, None, "999", Some("12")));
        let written = phone_parts("+1 415 555 0134 x7", Region::US).written();
        assert_eq!(written, "+1 415 555 0134 x7");
    }

    /// Every notation for extensions that the library knows.
    const WRITTEN: [&str; 22] = [
        " x12",
        "x12",
        " X 12",
        " ext. 12",
        " ext 12",
        " extn 12",
        " extension 12",
        " extensión 12",
        ", ext. 12",
        " xtn: 12",
        " #12",
        "#12",
        " ~ 12",
        ";ext=12",
        " int 12",
        " anexo 12",
        " доб. 12",
        ",,12#",
        " - ext 12",
        " (ext. 12)",
        " x12 (Ann)",
        " Durchwahl 12",
    ];

    #[test]
    fn an_extension_is_read_in_every_notation() {
        for written in WRITTEN {
            for (bare, region) in [
                ("+44 20 7946 0961", Region::US),
                ("020 7946 0961", Region::GB),
                ("(415) 555-2671", Region::US),
                ("+4930 123456", Region::DE),
            ] {
                let raw = format!("{bare}{written}");
                assert_eq!(extension(&raw).as_deref(), Some("12"), "{raw}");
                let parts = phone_parts(bare, region);
                let with = PhoneParts {
                    extension: Some("12".to_owned()),
                    ..parts
                };
                assert_eq!(phone_parts(&raw, region), with, "{raw}");
                assert_eq!(phone(&raw, region), phone(bare, region), "{raw}");
                assert!(is_phone(&raw, region), "{raw}");
            }
        }
        for none in [
            "+44 20 7946 0961",
            "ext. 42",
            "x12",
            "12",
            "",
            "+1 415 555 2671 call me",
            "555-0134 12",
        ] {
            assert_eq!(extension(none), None, "{none}");
        }
    }

    #[test]
    fn a_national_number_is_read_by_the_tenants_region() {
        assert_eq!(region("GB"), Some(Region::GB));
        for none in ["XX", "Europe", "", "gb "] {
            assert_eq!(region(none), None, "{none}");
        }
        for known in PHONE_NUMBER_UTIL.get_supported_regions() {
            let code = format!("{known:?}");
            assert_eq!((known_region(&code), region(&code)), (Some(known), Some(known)));
        }
    }

    #[test]
    fn national_variants_have_one_normal_form() {
        check(Region::US, "+5511987654321", &["+55 11 98765-4321", "+55 11 8765-4321"]);
        check(Region::BR, "+5511987654321", &["(11) 98765-4321", "(11) 8765-4321"]);
        check(Region::BR, "+551132345678", &["(11) 3234-5678"]);
        check(Region::US, "+525512345678", &["+52 1 55 1234 5678", "+52 55 1234 5678"]);
        check(
            Region::US,
            "+541123456789",
            &["+54 9 11 2345 6789", "+54 11 15 2345 6789", "+54 11 2345-6789"],
        );
    }

    #[test]
    fn words_and_symbols_around_a_number_do_not_count() {
        check(
            Region::US,
            "+14155550165",
            &[
                "4155550165 (Ann)",
                "415 555 0165 - home",
                "415 555 0165 (mobile)",
                "415 555 0165 (office 2)",
                "Ann: 415-555-0165",
                "Tel.: +1 415 555 0165",
                "mobile 2: 415 555 0165",
                "\u{202A}+1 415\u{2011}555\u{2011}0165\u{202C}",
                "+1\u{FE0F}-415-555-0165",
                "+1\u{A0}415\u{2009}555\u{3000}0165",
                "＋１ （４１５） ５５５－０１６５",
                "+١ ٤١٥ ٥٥٥ ٠١٦٥",
                "'4155550165",
                "=\"4155550165\"",
                "4155550165.0",
                "14155550165.00",
                "callto:+14155550165",
                "https://wa.me/14155550165",
                "tel:555-0165;phone-context=+1415",
                "415,555,0165",
                "[415] 555 0165",
                "*9 415 555 0165",
                "*94155550165",
                "*67 415 555 0165",
                "9-1-415-555-0165",
                "14155550165",
            ],
        );
        check(Region::US, "+18003569377", &["1-800-FLOWERS", "1 800 flowers"]);
    }

    #[test]
    fn a_country_code_may_come_without_a_plus() {
        check(
            Region::US,
            "+441614960123",
            &["44 0161 496 0123", "441614960123", "44 (0)161 496 0123"],
        );
        check(
            Region::GB,
            "+441614960123",
            &["44 161 496 0123", "0161 496 0123", "44 0161 496 0123"],
        );
        check(Region::DE, "+441614960123", &["44 0161 496 0123", "+44 161 496 0123"]);
        check(
            Region::US,
            "+5531988881234",
            &["5531988881234", "+55 31 98888-1234", "+55 31 8888-1234"],
        );
        check(Region::DE, "+14155550165", &["1 415 555 0165", "14155550165"]);
        check(
            Region::CN,
            "+8615012345678",
            &["15012345678", "150 1234 5678", "8615012345678"],
        );
        check(
            Region::BR,
            "+554532345678",
            &["4532345678", "(45) 3234-5678", "55 45 3234 5678"],
        );
        check(
            Region::CI,
            "+2250707123456",
            &["07 12 34 56", "07 07 12 34 56", "225 07 12 34 56", "00225 07 12 34 56"],
        );
        check(
            Region::US,
            "+2290197123456",
            &["+229 97 12 34 56", "+229 01 97 12 34 56", "22997123456"],
        );
    }

    #[test]
    fn a_text_that_is_not_exactly_one_number_is_refused() {
        for (raw, says) in [
            ("+1 415 555 0111 ::: +1 415 555 0112", "one number per field"),
            ("415 555 0111 / 415 555 0112", "one number per field"),
            ("415 555 0111 or 415 555 0112", "one number per field"),
            ("4155550111,4155550112", "one number per field"),
            ("415 555 0111; 415 555 0112", "one number per field"),
            ("415 555 0111\n415 555 0112", "one number per field"),
            ("415-555-0111 415-555-0112", "one number per field"),
            ("+14155550111+14155550112", "one number per field"),
            ("(415) 555 0111 / 12", "one number per field"),
            ("415 555 0111, 0112", "one number per field"),
            ("home 415 555 0111 work 415 555 0112", "one number per field"),
            ("4.479E+11", "format its column as text"),
            ("4,479E+11", "format its column as text"),
            ("4.479e11", "format its column as text"),
            ("41555501114155550112", "has 20 digits"),
            ("+1 415 555 O128", "the letter O among its digits, where 0 may be meant"),
            ("415 555 0l28", "the letter l among its digits, where 1 may be meant"),
            ("*9", "one digit only"),
            ("call 55 now", "too many words"),
            ("no number", "must be a telephone number such as +1 415 555 2671"),
        ] {
            let wrong = check_phone(raw, Region::US).unwrap_err();
            assert!(wrong.contains(says), "{raw}: {wrong}");
        }
    }

    #[test]
    fn a_text_that_is_no_number_keeps_its_digits() {
        assert_eq!(phone("+999 12345", Region::US), "99912345");
        assert_eq!(phone("call me", Region::US), "call me");
        for good in ["+999 12345", "ext. 42", "415 555 0165 (O2)", "1-800-FLOWERS"] {
            assert!(is_phone(good, Region::US), "{good}");
        }
        for bad in ["", "not a phone", "--", "abc1", "call 55 now", "<script>alert(11)</script>"] {
            assert!(!is_phone(bad, Region::US), "{bad}");
        }
    }
}
