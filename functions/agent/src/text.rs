//! Makes texts and links that strangers wrote safe to show.

use std::fmt;

use url::Url;

/// A text that is safe to show. It has no control characters except line breaks and tabs, and no characters that
/// change the direction of the surrounding text, which could make one name or address look like another. Templates
/// escape it like everything, and isolate its direction (`dir="auto"`, `<bdi>`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Removes the characters that may not be shown.
    pub fn new(raw: &str) -> Self {
        Self(raw.chars().filter(|&character| is_shown(character)).collect())
    }

    /// The beginning of a text on one line, of at most this many characters.
    pub fn beginning(raw: &str, most: usize) -> Self {
        let mut words = String::new();
        for word in Self::new(raw).0.split_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
            if let Some((end, _)) = words.char_indices().nth(most) {
                words.truncate(end);
                return Self(format!("{}…", words.trim_end()));
            }
        }
        Self(words)
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.chars().all(char::is_whitespace)
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether a character may be shown. Direction marks (U+200E, U+200F, U+061C) may: Arabic and Hebrew use them, and they do not reorder
/// other text.
pub fn is_shown(character: char) -> bool {
    let turns_text = matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    !turns_text && (!character.is_control() || matches!(character, '\n' | '\t'))
}

/// The address of a stranger's link, if it may be followed: a web address with a host, and without a user name and
/// password, which could look like a host. An address without a scheme is taken as `https`.
pub fn web_link(raw: &str) -> Option<String> {
    let raw = raw.trim();
    let link = match Url::parse(raw) {
        Ok(link) => link,
        Err(url::ParseError::RelativeUrlWithoutBase) => Url::parse(&format!("https://{raw}")).ok()?,
        Err(_) => return None,
    };
    let is_web = matches!(link.scheme(), "http" | "https");
    let is_named = link.host_str().is_some_and(|host| host.contains('.'));
    let is_plain = link.username().is_empty() && link.password().is_none();
    (is_web && is_named && is_plain).then(|| link.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_that_reverse_text_are_removed() {
        assert_eq!(Text::new("Ada\u{202E}adA\u{2066}\u{0}\u{7}").to_string(), "AdaadA");
        for whole in ["👩‍👩‍👧 Zoë\nمرحبا\u{200F}\t日本", "<script>alert(1)</script>", ""] {
            assert_eq!(Text::new(whole).to_string(), whole);
        }
    }

    #[test]
    fn a_beginning_is_one_line() {
        assert_eq!(Text::beginning("Where\n\n is  it?", 20).to_string(), "Where is it?");
        assert_eq!(Text::beginning("Where is it?", 7).to_string(), "Where i…");
        assert_eq!(Text::beginning("Where is it?", 6).to_string(), "Where…");
        assert_eq!(Text::beginning(" \n", 6).to_string(), "");
    }

    #[track_caller]
    fn check(raw: &str, wanted: Option<&str>) {
        assert_eq!(web_link(raw).as_deref(), wanted, "{raw}");
    }

    #[test]
    fn only_web_pages_are_linked() {
        check("https://x.com/ada", Some("https://x.com/ada"));
        check(" x.com/ada ", Some("https://x.com/ada"));
        check("//x.com/ada", Some("https://x.com/ada"));
        check("http://x.com/ada?a=\"b\"", Some("http://x.com/ada?a=%22b%22"));
        check(
            "https://bücher.example/\u{202E}",
            Some("https://xn--bcher-kva.example/%E2%80%AE"),
        );
        for wrong in [
            "",
            "javascript:alert(1)",
            " JaVaScript:alert(1)//x.com",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "https://x.com@evil.example/",
            "https://localhost/",
            "https://",
            "ada",
            "not a link at all",
        ] {
            check(wrong, None);
        }
    }

    proptest! {
        #[test]
        fn every_link_is_a_web_page(raw in "\\PC{0,60}") {
            if let Some(link) = web_link(&raw) {
                prop_assert!(link.starts_with("http://") || link.starts_with("https://"), "{}", link);
            }
        }

        #[test]
        fn no_shown_text_reverses_its_surroundings(raw: String) {
            let shown = Text::new(&raw).to_string();
            prop_assert!(shown.chars().all(is_shown));
        }
    }
}
