//! Names: words that are compared by prefix.

use unicode_normalization::char::is_combining_mark;

use super::fold::{fold, text};

/// The words of a name as a searcher types them: folded, split at whatever is neither letter, digit nor a letter's mark.
/// A name of emoji or punctuation alone is one word, so that it can be found.
pub fn name_words(raw: &str) -> Vec<String> {
    let folded = fold(raw);
    let words: Vec<String> = folded.split(|character| !is_word(character)).filter_map(token).collect();
    if words.is_empty() {
        token(&text(raw)).into_iter().collect()
    } else {
        words
    }
}

/// The tokens under which a name is found: its words, and words that an apostrophe, a hyphen or a full stop divides also as
/// one (`O'Neill` is found by `o`, `neill` and `oneill`). Sorted, each once.
pub fn name_tokens(raw: &str) -> Vec<String> {
    let mut tokens = name_words(raw);
    for compound in fold(raw).split_whitespace() {
        tokens.extend(token(
            &compound.chars().filter(|&character| is_word(character)).collect::<String>(),
        ));
    }
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || is_combining_mark(character)
}

fn token(word: &str) -> Option<String> {
    (!word.is_empty()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, tokens: &[&str]) {
        assert_eq!(name_tokens(raw), tokens, "{raw}");
    }

    #[test]
    fn words_and_compounds() {
        check("Jane Doe", &["doe", "jane"]);
        check("O'Neill", &["neill", "o", "oneill"]);
        check("Anne-Marie", &["anne", "annemarie", "marie"]);
        check("Dr. Jane ✨ Doe", &["doe", "dr", "jane"]);
        check("山田太郎", &["山田太郎"]);
        check("प्रिया शर्मा", &["प्रिया", "शर्मा"]);
        check("✨🔥", &["✨🔥"]);
        check("  ", &[]);
    }

    #[test]
    fn a_searcher_types_words() {
        assert_eq!(name_words("Anne-Marie D'Angelo"), ["anne", "marie", "d", "angelo"]);
    }
}
