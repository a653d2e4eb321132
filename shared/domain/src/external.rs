//! The ids that other systems give to our records.

use serde::{Deserialize, Serialize};

use super::model::check_length;

/// The longest external id, in characters.
const LENGTH: usize = 255;

/// A record's id in another system. It is unique among the records of one kind and brand, and case-sensitive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExternalId {
    /// The brand within which it is unique; `None` for ids of the whole company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The id.
    pub id: String,
}

impl ExternalId {
    /// Reads an id of the whole company.
    ///
    /// # Errors
    /// A sentence for the person who entered it.
    pub fn parse(id: &str) -> Result<Self, String> {
        if id.is_empty() {
            return Err("must have at least one character".to_owned());
        }
        check_length(id, LENGTH).map(|()| Self {
            brand: None,
            id: id.to_owned(),
        })
    }

    /// Reads an id of one brand, without control characters (Omnidesk customer, section 3.2).
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn of_brand(brand: &str, id: &str) -> Result<Self, String> {
        if id.chars().any(char::is_control) {
            return Err("must have no control characters".to_owned());
        }
        let brand = Some(brand.to_owned());
        Self::parse(id).map(|whole| Self { brand, ..whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_id_is_stored_unchanged_within_its_length() {
        let read = |text: &str| ExternalId::parse(text).map(|read| read.id);
        assert_eq!(read(" A-1 "), Ok(" A-1 ".to_owned()));
        assert_eq!(read(&"é".repeat(255)), Ok("é".repeat(255)));
        assert!(read(&"é".repeat(256)).is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn an_id_of_a_brand_has_no_control_characters() {
        assert_eq!(ExternalId::of_brand("1", "C-7").unwrap().brand.as_deref(), Some("1"));
        for wrong in ["", "a\nb", "\u{7f}", &"x".repeat(256)] {
            assert!(ExternalId::of_brand("1", wrong).is_err(), "{wrong:?}");
        }
    }
}
