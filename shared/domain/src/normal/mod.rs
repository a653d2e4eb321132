//! Normal forms: two spellings of one value have the same normal form.
//!
//! Writes, searches and best match all compare normal forms. That is why a stored value is found by every accepted spelling (contract
//! section 4, "Search"). A normal form is never shown.

mod character;
mod email;
mod fold;
mod name;
mod network;
mod numbering_plan;
mod phone;
mod place;
mod simplified;
mod url;

pub use character::{described, is_apostrophe, plain};
pub use email::{check_email, email, is_email};
pub use fold::{case_folded, fold, is_blank, text};
pub use name::{Readings, meets, name_readings, name_tokens, name_words, whole_name_beginnings, whole_name_forms};
pub use network::{ignores_full_stops, networks, without_full_stops};
pub use phone::{
    PhoneParts, Region, check_phone, dialled_digits, digits, extension, is_phone, known_region, phone, phone_parts,
    prepare_phone_numbers, region,
};
pub use place::place;
pub use url::{
    check_handle, check_web_address, handle, handle_as_written, handle_on, is_web_address, possible_handles, profile, web_address,
};

/// An order, account or case number: case-folded, letters and digits only, so that `A-1001/7`, `a 1001 7` and `A10017` are one.
/// A number without letters or digits stays as the text it is.
pub fn reference(raw: &str) -> String {
    let folded = text(raw);
    let compact: String = folded.chars().filter(|character| character.is_alphanumeric()).collect();
    // Folded again: combining marks that a separator kept apart may now have to be reordered.
    if compact.is_empty() { folded } else { text(&compact) }
}

/// Checks that a text can be an order, account or case number.
///
/// # Errors
/// A sentence for the agent.
pub fn check_reference(raw: &str) -> Result<(), String> {
    let trimmed = raw.trim();
    if phone::is_rounded(trimmed) && trimmed.contains(['.', ',']) && trimmed.contains('+') {
        return Err(
            "is a number that a spreadsheet has rounded, so that digits are lost: format its column as text, and give all of it, such as A-1001"
                .to_owned(),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        character::{is_blank_character, is_invisible},
        *,
    };

    #[test]
    fn handles_have_one_normal_form() {
        for spelling in [
            "@JaneDoe",
            "janedoe",
            " JANEDOE ",
            "@@janedoe",
            "@ janedoe",
            "\u{FF20}janedoe",
        ] {
            assert_eq!(handle(spelling), "janedoe", "{spelling}");
        }
    }

    /// Cases that the property tests below have found: texts of accents alone, an address that is valid only without
    /// its accent, and one whose host becomes invalid with plain punctuation.
    #[test]
    fn stray_accents() {
        for raw in ["¨", "´", "\u{301}", "!.\u{20d4}&.", "\\`.a?ϊ"] {
            assert!(!text(raw).is_empty(), "{raw}");
            assert_eq!(text(&text(raw)), text(raw), "{raw}");
            assert_eq!(web_address(&web_address(raw)), web_address(raw), "{raw}");
        }
    }

    #[test]
    fn references_have_one_normal_form() {
        for spelling in ["A-1001/7", "a 1001 7", "A10017", "a_1001.7"] {
            assert_eq!(reference(spelling), "a10017", "{spelling}");
        }
        assert_eq!(reference("--"), "--");
        assert!(
            check_reference("1.00123E+11")
                .unwrap_err()
                .contains("format its column as text")
        );
        for good in ["A-1001", "12E10", "1.5", "E+7"] {
            assert_eq!(check_reference(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn punctuation_before_a_query_that_is_left_out_is_left_out_too() {
        for raw in [
            "example.com/jane.?utm_source=mail",
            "example.com/jane/'?",
            "https://example.com/jane?",
        ] {
            assert_eq!(web_address(raw), "example.com/jane", "{raw}");
        }
    }

    proptest! {
        /// A normal form is its own normal form. Otherwise a value copied from an answer would not find its customer.
        #[test]
        fn every_normal_form_is_stable(raw in "\\PC{0,40}") {
            prop_assert_eq!(text(&text(&raw)), text(&raw));
            prop_assert_eq!(handle(&handle(&raw)), handle(&raw));
            prop_assert_eq!(reference(&reference(&raw)), reference(&raw));
            prop_assert_eq!(email(&email(&raw)), email(&raw));
            prop_assert_eq!(web_address(&web_address(&raw)), web_address(&raw));
        }

        /// Letter case and surrounding space never matter.
        #[test]
        fn case_and_space_do_not_matter(raw in "[a-zA-Z0-9@._-]{1,30}") {
            let other = format!("  {} ", raw.to_uppercase());
            prop_assert_eq!(text(&other), text(&raw));
            prop_assert_eq!(handle(&other), handle(&raw));
            prop_assert_eq!(reference(&other), reference(&raw));
            prop_assert_eq!(email(&other), email(&raw));
            prop_assert_eq!(name_tokens(&other), name_tokens(&raw));
        }

        /// A text with a visible character never has an empty normal form, which could not be found.
        #[test]
        fn visible_text_never_has_an_empty_normal_form(raw in "[\\p{L}\\p{N}\\p{S}\\p{P}]{1,20}") {
            // A few letters and signs cannot be seen, such as the Hangul fillers.
            prop_assume!(raw.chars().any(|sign| !is_invisible(sign) && !is_blank_character(sign)));
            prop_assert!(!text(&raw).is_empty());
            prop_assert!(!reference(&raw).is_empty());
            prop_assert!(!email(&raw).is_empty());
            prop_assert!(!web_address(&raw).is_empty());
            prop_assert!(!phone(&raw, Region::US).is_empty());
            prop_assert!(!name_tokens(&raw).is_empty());
        }
    }
}
