//! Words of fixed lists, as files spell them: in any letter case, with other signs between their parts, by their label or by another common
//! name. Other texts are refused with the list of words, and never stored.

use crm_domain::{
    FieldDefinition, FieldType, ObjectStructure, TenantSettings,
    attribute::{Attribute, Form},
    normal,
};
use crm_service::json::Mistakes;
use serde_json::{Map, Value};

use crate::suggestion::closest;

/// The least likeness, of at most 1, for a word to be suggested.
const ALIKE: f64 = 0.72;
/// The largest number of words that a refusal lists.
const MOST_NAMED: usize = 40;

/// Networks on which customers have handles, beside those whose profiles the CRM knows. `other` is what eGain shows of the rest.
const MORE_NETWORKS: [&str; 11] = [
    "apple",
    "community",
    "discord",
    "google",
    "kakaotalk",
    "mastodon",
    "other",
    "skype",
    "viber",
    "wechat",
    "whatsapp",
];

/// Names of words in other systems.
const SYNONYMS: [(&str, &[&str]); 26] = [
    ("apple", &["Apple Messages for Business", "Apple Business Chat"]),
    ("billto", &["Bill-to address", "billing", "billing address"]),
    ("bluesky", &["bsky"]),
    ("call_track", &["call", "phone", "phone call", "telephone"]),
    ("closed", &["solved", "resolved", "done", "completed"]),
    ("doctorate", &["PhD"]),
    ("email", &["e-mail", "mail"]),
    ("facebook", &["fb"]),
    (
        "false",
        &[
            "no", "n", "0", "off", "nein", "non", "não", "nao", "nee", "nej", "nei", "nie", "ne", "ei", "hayır", "нет", "falsch",
            "faux", "falso", "onwaar", "falsk",
        ],
    ),
    ("female", &["f", "woman"]),
    ("inbound", &["in", "incoming", "received"]),
    ("instagram", &["ig", "insta"]),
    ("kakaotalk", &["kakao"]),
    ("mailto", &["mailing", "mailing address"]),
    ("male", &["m", "man"]),
    ("mobile", &["cell", "cell phone", "cellular", "mobile phone"]),
    ("office", &["work", "business"]),
    (
        "open",
        &[
            "new",
            "active",
            "reopened",
            "pending",
            "hold",
            "on hold",
            "waiting",
            "working",
            "in progress",
            "escalated",
        ],
    ),
    ("outbound", &["out", "outgoing", "sent"]),
    ("shipto", &["Ship-to address", "shipping", "shipping address"]),
    ("snapchat", &["snap"]),
    (
        "true",
        &[
            "yes",
            "y",
            "1",
            "on",
            "ja",
            "oui",
            "sí",
            "si",
            "sì",
            "sim",
            "tak",
            "ano",
            "áno",
            "da",
            "evet",
            "да",
            "wahr",
            "vrai",
            "vero",
            "verdadero",
            "verdadeiro",
            "waar",
            "sant",
            "sann",
        ],
    ),
    ("twitter", &["x", "X (formerly Twitter)", "Twitter/X", "X/Twitter"]),
    ("vk", &["VKontakte"]),
    ("wechat", &["Weixin"]),
    ("youtube", &["yt"]),
];

/// The words of one list, each with its names.
#[derive(Debug)]
pub struct Words<'a>(Vec<(&'a str, Vec<&'a str>)>);

impl<'a> Words<'a> {
    /// Words that are their own names, and their names in other systems.
    pub fn new(words: impl IntoIterator<Item = &'a str>) -> Self {
        let named = |word| (word, [&[word], synonyms(word)].concat());
        Self(words.into_iter().map(named).collect())
    }

    /// Words that can also be written by their labels.
    pub fn labelled(words: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(words.into_iter().map(|(word, label)| (word, vec![word, label])).collect())
    }

    /// Words that people know only by another name.
    pub fn named(words: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(words.into_iter().map(|(word, name)| (word, vec![name, word])).collect())
    }

    /// The word that a text means.
    ///
    /// # Errors
    /// A sentence that names the words.
    pub fn read(&self, text: &str) -> Result<&'a str, String> {
        let text = text.trim();
        let lower = text.to_lowercase();
        let folded = fold(text);
        let is_same = |name: &str| name == text;
        let is_in_other_case = |name: &str| name.to_lowercase() == lower;
        let is_alike = |name: &str| !folded.is_empty() && fold(name) == folded;
        let tries: [&dyn Fn(&str) -> bool; 3] = [&is_same, &is_in_other_case, &is_alike];
        let found = tries.iter().find_map(|is_it| self.only(is_it));
        found.ok_or_else(|| self.refusal(text))
    }

    /// The only word with this name; `None` if there are several.
    fn only(&self, is_it: &dyn Fn(&str) -> bool) -> Option<&'a str> {
        let mut found = self.0.iter().filter(|(_, names)| names.iter().any(|name| is_it(name)));
        let (word, _) = found.next()?;
        found.next().is_none().then_some(*word)
    }

    fn refusal(&self, text: &str) -> String {
        let names = || self.0.iter().filter_map(|(_, names)| names.first().copied());
        let first: Vec<&str> = names().take(MOST_NAMED).collect();
        let more = match self.0.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" or {more} others"),
        };
        let suggestion = closest(text, names(), ALIKE).map_or_else(String::new, |name| format!(": did you mean {name}?"));
        format!("must be one of {}{more}{suggestion}", first.join(", "))
    }
}

fn synonyms(word: &str) -> &'static [&'static str] {
    let row = SYNONYMS.iter().find(|(known, _)| *known == word);
    row.map_or(&[], |(_, names)| names)
}

/// Letters and digits, without what stands between them.
pub fn fold(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Reads the value of an attribute.
///
/// # Errors
/// A sentence for the author of the file.
pub fn attribute(attribute: &Attribute, text: &str) -> Result<String, String> {
    let word = match attribute.form {
        Form::Word(words) => Words::new(words.iter().copied()).read(text)?,
        Form::OpenWord(words) => Words::new(words.iter().copied()).read(text).unwrap_or(text),
        Form::Flag => flag(text)?,
        Form::Text(_) | Form::Whole(_) => text,
    };
    attribute.check(word).map(|()| word.to_owned())
}

fn flag(text: &str) -> Result<&'static str, String> {
    Words::new(["true", "false"]).read(text)
}

/// Reads the network of a handle.
///
/// # Errors
/// A sentence that lists the networks.
pub fn network(text: &str, settings: &TenantSettings) -> Result<String, String> {
    let of_model = settings
        .customer_model
        .fields
        .iter()
        .filter_map(|field| field.network.as_deref());
    let of_channels = settings.tenant.channels.values().map(String::as_str);
    let mut known: Vec<&str> = normal::networks().collect();
    known.extend(MORE_NETWORKS);
    known.extend(of_model.chain(of_channels));
    known.sort_unstable();
    known.dedup();
    Words::new(known).read(text).map(str::to_owned)
}

/// Replaces choices and flags of a row by the model's values. Unknown ones are noted as mistakes and removed.
pub fn settle(values: &mut Map<String, Value>, model: &ObjectStructure, mistakes: &mut Mistakes) {
    for field in &model.fields {
        let Some(Value::String(text)) = values.get(&field.name).filter(|value| !is_blank(value)) else {
            continue;
        };
        let Some(read) = choice(field, text) else { continue };
        match mistakes.note(&field.name, read) {
            Some(word) => drop(values.insert(field.name.clone(), word.into())),
            None => drop(values.remove(&field.name)),
        }
    }
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(normal::is_blank)
}

/// What a text means for a field that agents choose; `None` for a field that they fill in.
fn choice(field: &FieldDefinition, text: &str) -> Option<Result<String, String>> {
    match field.field_type {
        FieldType::SingleSelList => {
            let choices = field
                .list_values
                .iter()
                .map(|choice| (choice.value.as_str(), choice.name.as_str()));
            Some(Words::labelled(choices).read(text).map(str::to_owned))
        }
        FieldType::Checkbox => Some(flag(text).map(str::to_owned)),
        FieldType::Text | FieldType::Textarea => None,
    }
}

/// Writes a member that is one of these words as they are spelled.
///
/// # Errors
/// A sentence that names the words.
pub fn spell(members: &mut Map<String, Value>, name: &str, words: &Words<'_>) -> Result<(), String> {
    let Some(Value::String(text)) = members.get(name) else {
        return Ok(());
    };
    let word = words.read(text)?;
    members.insert(name.to_owned(), word.into());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &Words<'_>, text: &str, wanted: Result<&str, &str>) {
        let read = words.read(text);
        match (read, wanted) {
            (Ok(read), wanted) => assert_eq!(Ok(read), wanted),
            (Err(problem), Err(says)) => assert!(problem.contains(says), "{problem}"),
            (Err(problem), Ok(_)) => panic!("{problem}"),
        }
    }

    #[test]
    fn a_word_is_read_in_any_case_and_by_its_other_names() {
        let words = Words::new(["part-time", "post graduate", "jr.", "call_track", "office"]);
        for (text, wanted) in [
            ("Part-Time", "part-time"),
            (" PART TIME ", "part-time"),
            ("Postgraduate", "post graduate"),
            ("Jr", "jr."),
            ("Call track", "call_track"),
            ("Telephone", "call_track"),
            ("Work", "office"),
        ] {
            check(&words, text, Ok(wanted));
        }
        check(&words, "ofice", Err("did you mean office?"));
        check(
            &words,
            "zz",
            Err("must be one of part-time, post graduate, jr., call_track, office"),
        );
        check(&words, "-", Err("must be one of"));
    }

    #[test]
    fn a_text_that_could_be_two_words_is_none() {
        let grades = Words::named([("A+", "Best"), ("A-", "Good"), ("a", "Fair"), ("1", "high"), ("2", "High")]);
        check(&grades, "a+", Ok("A+"));
        check(&grades, "A", Ok("a"));
        check(&grades, "best", Ok("A+"));
        check(&grades, "high", Ok("1"));
        check(&grades, "HIGH", Err("must be one of Best"));
        check(&Words::labelled([("low", "Not urgent")]), "Not Urgent", Ok("low"));
        check(&Words::labelled([("low", "Not urgent")]), "high", Err("must be one of low"));
    }

    #[test]
    fn every_synonym_means_one_word() {
        for (word, names) in SYNONYMS {
            for name in names {
                let others = SYNONYMS.iter().filter(|(other, _)| *other != word);
                let same: Vec<_> = others
                    .filter(|(_, names)| names.iter().any(|other| fold(other) == fold(name)))
                    .collect();
                assert_eq!(same, [] as [&(&str, &[&str]); 0], "{name}");
            }
        }
    }

    #[test]
    fn networks_are_those_that_the_crm_and_the_tenant_know() {
        let mut settings = TenantSettings::default();
        settings.tenant.channels.insert("4".to_owned(), "Hyves".to_owned());
        for (text, wanted) in [
            ("Twitter", "twitter"),
            ("X", "twitter"),
            ("FACEBOOK", "facebook"),
            ("LinkedIn", "linkedin"),
            ("hyves", "Hyves"),
            ("other", "other"),
        ] {
            assert_eq!(network(text, &settings), Ok(wanted.to_owned()));
        }
        assert!(network("Twiter", &settings).unwrap_err().contains("did you mean twitter?"));
        assert!(network("Orkut", &settings).unwrap_err().contains("must be one of"));
    }
}
