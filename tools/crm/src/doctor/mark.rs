//! The mark of a visit, by which its records are recognised, and values that only they have.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Area codes of the USA. With the numbers reserved for fiction (555-01xx) they make valid telephone numbers that nobody has.
const AREA_CODES: [u32; 10] = [212, 213, 312, 415, 503, 602, 617, 702, 713, 808];

/// Eight hexadecimal digits, different at each visit.
#[derive(Debug, Clone)]
pub struct VisitMark {
    bits: u32,
}

impl VisitMark {
    /// A new mark. The standard library's hasher is random enough; nothing here is a secret.
    pub fn new() -> Self {
        let bits = RandomState::new().build_hasher().finish();
        Self::from_bits(u32::try_from(bits >> 32).unwrap_or_default())
    }

    /// This one.
    pub fn from_bits(bits: u32) -> Self {
        Self { bits }
    }

    /// The digits alone.
    pub fn code(&self) -> String {
        format!("{:08x}", self.bits)
    }

    /// The text that every record keeps.
    pub fn text(&self) -> String {
        format!("crm-doctor {}", self.code())
    }

    /// An e-mail address of a reserved domain.
    pub fn email(&self, part: &str) -> String {
        format!("crm-doctor-{}-{part}@example.com", self.code())
    }

    /// A handle of at most 15 characters, which is what the strictest network allows.
    pub fn handle(&self) -> String {
        format!("crmd_{}", self.code())
    }

    /// A web address of a reserved domain.
    pub fn url(&self, part: &str) -> String {
        format!("https://example.com/crm-doctor-{}/{part}", self.code())
    }

    /// An account's or order's number.
    pub fn number(&self, part: &str) -> String {
        format!("CRMD-{}-{part}", self.code())
    }

    /// An id without a record.
    pub fn unknown_id(&self) -> String {
        format!("crm-doctor-none-{}", self.code())
    }

    /// A telephone number, with spaces; `n` tells several apart.
    pub fn phone(&self, n: usize) -> String {
        let line = (self.bits as usize / AREA_CODES.len() + n) % 100;
        format!("+1 {} 555 01{line:02}", AREA_CODES[self.bits as usize % AREA_CODES.len()])
    }
}

impl Default for VisitMark {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_differ() {
        assert_ne!(VisitMark::new().code(), VisitMark::new().code());
    }

    #[test]
    fn handles_are_short_and_phones_are_fictional() {
        let mark = VisitMark::from_bits(u32::MAX);
        assert!(mark.handle().len() <= 15);
        assert!(mark.phone(1).contains(" 555 01"), "{}", mark.phone(1));
        assert_ne!(mark.phone(0), mark.phone(1));
    }
}
