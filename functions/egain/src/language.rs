//! The fifteen languages, and the one that a request asks for (contract section 5.2). Each has its words in a file of
//! its own.

mod da_dk;
mod de_de;
mod en_us;
mod es_es;
mod fr_ca;
mod fr_fr;
mod it_it;
mod ja_jp;
mod ko_kr;
mod nl_nl;
mod pt_br;
mod pt_pt;
mod ru_ru;
mod sv_se;
mod translation;
mod zh_cn;

use crate::negotiation::{Choice, preferred};
use translation::Translation;

/// A language.
#[derive(Clone, Copy)]
pub struct Language(&'static Translation);

/// The names of networks by their internal words. They are the same in every language.
const NETWORKS: [(&str, &str); 3] = [("twitter", "Twitter"), ("facebook", "Facebook"), ("instagram", "Instagram")];

impl Language {
    /// All languages, in the order in which errors list them.
    const ALL: [Self; 15] = [
        Self(&en_us::TRANSLATION),
        Self(&es_es::TRANSLATION),
        Self(&fr_fr::TRANSLATION),
        Self(&it_it::TRANSLATION),
        Self(&de_de::TRANSLATION),
        Self(&nl_nl::TRANSLATION),
        Self(&pt_br::TRANSLATION),
        Self(&pt_pt::TRANSLATION),
        Self(&da_dk::TRANSLATION),
        Self(&ru_ru::TRANSLATION),
        Self(&fr_ca::TRANSLATION),
        Self(&zh_cn::TRANSLATION),
        Self(&ja_jp::TRANSLATION),
        Self(&ko_kr::TRANSLATION),
        Self(&sv_se::TRANSLATION),
    ];
    /// American English.
    pub const DEFAULT: Self = Self(&en_us::TRANSLATION);

    /// The tags of all languages.
    pub fn tags() -> [&'static str; Self::ALL.len()] {
        Self::ALL.map(Self::tag)
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        self.0.tag
    }

    /// The label of an attribute's internal word, if it has one.
    pub fn label(self, attribute: &str, word: &str) -> Option<&'static str> {
        let network = NETWORKS.iter().find(|(name, _)| attribute == "social" && *name == word);
        network.map_or_else(|| self.0.labels.get((attribute, word)), |(_, label)| Some(label))
    }

    /// The text of this name with its places filled. An unknown name is returned as it is.
    pub fn text(self, name: &str, arguments: &[&str]) -> String {
        let mut text = self.0.texts.get(name).unwrap_or(name).to_owned();
        for (place, argument) in arguments.iter().enumerate() {
            text = text.replace(&format!("{{{place}}}"), argument);
        }
        text
    }

    /// The supported language that an `Accept-Language` header prefers; `None` if it accepts none of them. Inferred:
    /// a bare `fr` matches none of them, and `*` is American English.
    pub fn negotiated(header: Option<&str>) -> Option<Self> {
        let Some(header) = header else {
            return Some(Self::DEFAULT);
        };
        let choice = |value, range| Choice {
            value,
            ranges: vec![range],
        };
        let mut choices = Vec::from(Self::ALL.map(|language| choice(language, language.tag())));
        choices.push(choice(Self::DEFAULT, "*"));
        preferred(header, &choices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    /// Entries whose text is the same as in English, and the languages of which that is right.
    const COGNATES: &[(&str, &[&str])] = &[
        ("group_association", &["fr-FR", "fr-CA"]),
        ("group_club", &["es-ES", "fr-FR", "it-IT", "nl-NL", "fr-CA"]),
        ("level_standard", &["fr-FR", "it-IT", "de-DE", "da-DK", "fr-CA", "sv-SE"]),
        ("level_silver", &["sv-SE"]),
        ("level_gold", &["de-DE"]),
        (
            "level_premium",
            &[
                "es-ES", "fr-FR", "it-IT", "de-DE", "nl-NL", "pt-BR", "pt-PT", "da-DK", "fr-CA", "sv-SE",
            ],
        ),
        ("role_partner", &["it-IT", "de-DE", "nl-NL", "da-DK", "sv-SE"]),
        ("how_referred_partner", &["it-IT", "de-DE", "nl-NL", "da-DK", "sv-SE"]),
        ("how_referred_website", &["nl-NL"]),
        ("industry_finance", &["fr-FR", "fr-CA"]),
        (
            "suffix_i",
            &[
                "es-ES", "fr-FR", "it-IT", "nl-NL", "pt-BR", "pt-PT", "ru-RU", "fr-CA", "sv-SE",
            ],
        ),
        (
            "suffix_ii",
            &[
                "es-ES", "fr-FR", "it-IT", "nl-NL", "pt-BR", "pt-PT", "ru-RU", "fr-CA", "sv-SE",
            ],
        ),
        (
            "suffix_iii",
            &[
                "es-ES", "fr-FR", "it-IT", "nl-NL", "pt-BR", "pt-PT", "ru-RU", "fr-CA", "sv-SE",
            ],
        ),
    ];

    /// The labels and texts of a language by their names.
    fn entries(language: Language) -> Vec<(&'static str, &'static str)> {
        let Translation { labels, texts, .. } = language.0;
        [labels.all(), texts.all()].concat()
    }

    #[test]
    fn no_entry_is_empty_or_left_in_english() {
        let english = entries(Language::DEFAULT);
        for language in Language::ALL {
            let tag = language.tag();
            for ((name, text), (_, english)) in entries(language).into_iter().zip(&english) {
                assert!(!text.trim().is_empty(), "{name} in {tag}");
                let cognates = COGNATES.iter().find(|(of, _)| *of == name);
                let is_right = tag == "en-US" || cognates.is_some_and(|(_, tags)| tags.contains(&tag));
                assert_eq!(text == *english, is_right, "{name} in {tag}: {text}");
            }
        }
    }

    #[test]
    fn a_text_has_the_same_places_in_every_language() {
        let places = |text: &str| ["{0}", "{1}"].map(|place| text.matches(place).count());
        let english = entries(Language::DEFAULT);
        for language in Language::ALL {
            for ((name, text), (_, english)) in entries(language).into_iter().zip(&english) {
                assert_eq!(places(text), places(english), "{name} in {}: {text}", language.tag());
            }
        }
    }

    #[test]
    fn languages_of_another_script_are_written_in_it() {
        for language in Language::ALL {
            let is_other = ["ru-RU", "zh-CN", "ja-JP", "ko-KR"].contains(&language.tag());
            for (name, text) in entries(language).into_iter().filter(|(name, _)| !name.starts_with("suffix_")) {
                let has_other = text.chars().any(|one| one.is_alphabetic() && one > '\u{24f}');
                assert_eq!(has_other, is_other, "{name} in {}: {text}", language.tag());
            }
        }
    }

    #[test]
    fn labels_and_texts_are_found_by_their_names() {
        let german = Language::negotiated(Some("de-DE")).unwrap();
        assert_eq!(german.label("industry", "travel"), Some("Reisen"));
        assert_eq!(german.label("social", "twitter"), Some("Twitter"));
        assert_eq!(german.label("social", "community"), Some("Gemeinschaft"));
        assert_eq!(german.label("social", "travel"), None);
        assert_eq!(german.text("at-most", &["75"]), "er darf höchstens 75 sein");
        assert_eq!(german.text("unknown", &[]), "unknown");
    }
}
