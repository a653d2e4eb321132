//! Traditional and simplified forms of Chinese characters.
//!
//! `simplified.txt` has a line for each character that another one replaces: the two characters, sorted by the first.
//! The script `simplified.py` of this crate generates it from the property `kSimplifiedVariant` of the Unihan
//! database (Unicode License v3). Characters that share a simplified form are equal: `鐘` and `鍾` are `钟`.

/// The bytes of a line: two characters of three bytes each, and the line feed.
const LINE: usize = 7;
static FORMS: &[u8] = include_bytes!("simplified.txt");

/// The character that replaces this one in normal forms.
pub fn simplified(character: char) -> char {
    if !('\u{3400}'..='\u{9FFF}').contains(&character) {
        return character;
    }
    found(character).unwrap_or(character)
}

fn found(character: char) -> Option<char> {
    let mut bytes = [0; 4];
    let asked = character.encode_utf8(&mut bytes).as_bytes();
    let (lines, _) = FORMS.as_chunks::<LINE>();
    let at = lines.binary_search_by(|line| line[..3].cmp(asked)).ok()?;
    std::str::from_utf8(&lines[at][3..6]).ok()?.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_searched() {
        let text = std::str::from_utf8(FORMS).unwrap();
        let pairs: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        assert_eq!(pairs.len() * LINE, FORMS.len());
        assert!(pairs.windows(2).all(|pair| pair[0][0] < pair[1][0]), "sorted, each once");
        for pair in pairs {
            assert_eq!(simplified(pair[0]), pair[1], "{pair:?}");
            assert_eq!(simplified(pair[1]), pair[1], "{pair:?}: a replacement is not replaced itself");
        }
    }

    #[test]
    fn traditional_and_simplified_characters_have_one_form() {
        for (traditional, wanted) in "張偉陳劉黃吳鍾鐘锺龍國華臺說説"
            .chars()
            .zip("张伟陈刘黄吴钟钟钟龙国华台说说".chars())
        {
            assert_eq!(simplified(traditional), wanted, "{traditional}");
        }
        for same in ['张', '王', 'a', 'か', '한', '\u{20000}'] {
            assert_eq!(simplified(same), same);
        }
    }
}
