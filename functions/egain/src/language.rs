//! The fifteen languages, and the one that a request asks for (contract section 5.2).

use crate::negotiation::{Choice, preferred};

/// A name, and one text in every language in the order of [`Language::TAGS`].
pub type Row = (&'static str, [&'static str; Language::COUNT]);

/// A language, by its place in [`Language::TAGS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(usize);

impl Language {
    /// How many there are.
    pub const COUNT: usize = 15;
    /// The tags that requests use. The first is the default.
    pub const TAGS: [&'static str; Self::COUNT] = [
        "en-US", "es-ES", "fr-FR", "it-IT", "de-DE", "nl-NL", "pt-BR", "pt-PT", "da-DK", "ru-RU", "fr-CA", "zh-CN", "ja-JP",
        "ko-KR", "sv-SE",
    ];
    /// American English.
    pub const DEFAULT: Self = Self(0);

    /// Its tag.
    pub fn tag(self) -> &'static str {
        Self::TAGS[self.0]
    }

    /// The text of a row in this language.
    pub fn of(self, texts: &[&'static str; Self::COUNT]) -> &'static str {
        texts[self.0]
    }

    /// The supported language that an `Accept-Language` header prefers; `None` if it accepts none of them. Inferred:
    /// a bare `fr` matches none of them, and `*` is American English.
    pub fn negotiated(header: Option<&str>) -> Option<Self> {
        let choices: Vec<Choice<Self>> = (0..Self::COUNT)
            .map(|place| Choice {
                value: Self(place),
                ranges: vec![Self::TAGS[place]],
            })
            .chain([Choice {
                value: Self::DEFAULT,
                ranges: vec!["*"],
            }])
            .collect();
        match header {
            None => Some(Self::DEFAULT),
            Some(header) => preferred(header, &choices),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{labels::LABELS, texts::TEXTS};

    #[track_caller]
    fn check(header: Option<&str>, tag: Option<&str>) {
        assert_eq!(Language::negotiated(header).map(Language::tag), tag, "{header:?}");
    }

    #[test]
    fn the_highest_ranked_supported_tag_wins() {
        check(None, Some("en-US"));
        check(Some("de-DE"), Some("de-DE"));
        check(Some("DE-de"), Some("de-DE"));
        check(Some("fr-FR;q=0.4, de-DE;q=0.9"), Some("de-DE"));
        check(Some("en-GB, *;q=0.1"), Some("en-US"));
        check(Some("fr-FR;q=0, ja-JP;q=0.1"), Some("ja-JP"));
        for none in ["xx-YY", "fr", "", "fr-FR;q=0"] {
            check(Some(none), None);
        }
    }

    /// Rows whose text is the same as in English, and the languages of which that is right.
    const COGNATES: &[(&str, &[&str])] = &[
        ("group.association", &["fr-FR", "fr-CA"]),
        ("group.club", &["es-ES", "fr-FR", "it-IT", "nl-NL", "fr-CA"]),
        ("level.standard", &["fr-FR", "it-IT", "de-DE", "da-DK", "fr-CA", "sv-SE"]),
        ("level.silver", &["sv-SE"]),
        ("level.gold", &["de-DE"]),
        (
            "level.premium",
            &[
                "es-ES", "fr-FR", "it-IT", "de-DE", "nl-NL", "pt-BR", "pt-PT", "da-DK", "fr-CA", "sv-SE",
            ],
        ),
        ("role.partner", &["it-IT", "de-DE", "nl-NL", "da-DK", "sv-SE"]),
        ("howReferred.partner", &["it-IT", "de-DE", "nl-NL", "da-DK", "sv-SE"]),
        ("howReferred.website", &["nl-NL"]),
        ("industry.finance", &["fr-FR", "fr-CA"]),
        (
            "suffix.i",
            &[
                "es-ES", "fr-FR", "it-IT", "nl-NL", "pt-BR", "pt-PT", "ru-RU", "fr-CA", "sv-SE",
            ],
        ),
        (
            "suffix.ii",
            &[
                "es-ES", "fr-FR", "it-IT", "nl-NL", "pt-BR", "pt-PT", "ru-RU", "fr-CA", "sv-SE",
            ],
        ),
        (
            "suffix.iii",
            &[
                "es-ES", "fr-FR", "it-IT", "nl-NL", "pt-BR", "pt-PT", "ru-RU", "fr-CA", "sv-SE",
            ],
        ),
    ];

    #[test]
    fn nothing_is_missing_or_left_in_english() {
        let mut names = std::collections::BTreeSet::new();
        for (name, texts) in LABELS.iter().chain(TEXTS) {
            assert!(names.insert(name), "{name} stands there twice");
            let cognates = COGNATES
                .iter()
                .find(|(of, _)| of == name)
                .map_or(&[][..], |(_, languages)| languages);
            for (text, tag) in texts.iter().zip(Language::TAGS) {
                assert!(!text.trim().is_empty(), "{name} in {tag}");
                let is_english = tag != "en-US" && *text == texts[0];
                assert_eq!(is_english, cognates.contains(&tag), "{name} in {tag}: {text}");
            }
        }
    }

    #[test]
    fn a_text_has_the_same_places_in_every_language() {
        for (name, texts) in TEXTS {
            let places = |text: &str| ["{0}", "{1}"].map(|place| text.matches(place).count());
            for (text, tag) in texts.iter().zip(Language::TAGS) {
                assert_eq!(places(text), places(texts[0]), "{name} in {tag}: {text}");
            }
        }
    }

    #[test]
    fn languages_of_another_script_are_written_in_it() {
        for (name, texts) in LABELS.iter().chain(TEXTS).filter(|(name, _)| !name.starts_with("suffix.")) {
            for (text, tag) in texts.iter().zip(Language::TAGS) {
                let is_other = ["ru-RU", "zh-CN", "ja-JP", "ko-KR"].contains(&tag);
                let has_other = text.chars().any(|one| one.is_alphabetic() && one > '\u{24f}');
                assert_eq!(has_other, is_other, "{name} in {tag}: {text}");
            }
        }
    }
}
