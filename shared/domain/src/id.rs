//! Numbers and their text forms.
//!
//! Every object has one number below 2^53, which fits into a JSON number. It is ordered by time and has random low bits
//! (docs/decisions/0003). eGain and Omnidesk show the number. Khoros shows the text form, a letter with Crockford's base 32, which can be
//! converted back. So no mapping is stored. There is no counter either: creating writes fail if the number is taken, and another number is
//! drawn.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::Timestamp;

/// Letters and digits that are not mistaken for each other when read aloud: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 2020-01-01T00:00:00Z in milliseconds: the zero of the numbers' clocks.
const EPOCH: i64 = 1_577_836_800_000;

/// The numbering of one kind of object.
pub trait IdKind {
    /// The letter that begins the text form.
    const LETTER: char;
    /// The unit of the clock, in milliseconds.
    const TICK: i64;
    /// The number of random bits below the clock.
    const RANDOM_BITS: u32;
    /// The number of digits of the text form: enough for the clock until 2089 and the random bits.
    const DIGITS: usize;
}

/// Customers: milliseconds and 12 random bits, 53 bits in all. That is enough for four million customers a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerKind;

impl IdKind for CustomerKind {
    const LETTER: char = 'C';
    const TICK: i64 = 1;
    const RANDOM_BITS: u32 = 12;
    const DIGITS: usize = 11;
}

/// Cases: seconds and 13 random bits, 45 bits in all. That makes nine digits, which agents can read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseKind;

impl IdKind for CaseKind {
    const LETTER: char = 'K';
    const TICK: i64 = 1000;
    const RANDOM_BITS: u32 = 13;
    const DIGITS: usize = 9;
}

/// Erasures: seconds and 13 random bits, since people write these numbers on letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErasureKind;

impl IdKind for ErasureKind {
    const LETTER: char = 'E';
    const TICK: i64 = 1000;
    const RANDOM_BITS: u32 = 13;
    const DIGITS: usize = 9;
}

/// Events of a timeline: like customers, since another system may report very many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKind;

impl IdKind for EventKind {
    const LETTER: char = 'V';
    const TICK: i64 = 1;
    const RANDOM_BITS: u32 = 12;
    const DIGITS: usize = 11;
}

/// The number of an object of one kind. The type keeps a case's number from being used as a customer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<K> {
    number: u64,
    kind: PhantomData<K>,
}

/// A customer's number.
pub type CustomerId = Id<CustomerKind>;
/// A case's number.
pub type CaseId = Id<CaseKind>;
/// An event's number.
pub type EventId = Id<EventKind>;
/// The number of an erasure, on its receipt.
pub type ErasureId = Id<ErasureKind>;

impl<K: IdKind> Id<K> {
    /// A number for an object that is created now. Its low bits come from `random`.
    pub fn draw(now: Timestamp, random: u64) -> Self {
        let ticks = u64::try_from((now.milliseconds() - EPOCH) / K::TICK).unwrap_or(0);
        let mask = (1 << K::RANDOM_BITS) - 1;
        Self {
            number: ((ticks << K::RANDOM_BITS) | (random & mask)) & Self::LARGEST,
            kind: PhantomData,
        }
    }

    const LARGEST: u64 = (1 << 53) - 1;

    /// The number, as eGain and Omnidesk show it.
    pub fn number(self) -> u64 {
        self.number
    }

    /// The object with this number; `None` if no object can have it.
    pub fn from_number(number: u64) -> Option<Self> {
        let kind = PhantomData;
        (1..=Self::LARGEST).contains(&number).then_some(Self { number, kind })
    }

    /// Reads the text form. Only the exact form counts, so that one object never has two.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(K::LETTER)?;
        if digits.len() != K::DIGITS {
            return None;
        }
        let number = digits.bytes().try_fold(0_u64, |number, digit| {
            let value = ALPHABET.iter().position(|&letter| letter == digit)?;
            Some((number << 5) | value as u64)
        })?;
        (number <= Self::LARGEST).then_some(Self {
            number,
            kind: PhantomData,
        })
    }

    fn digits(self) -> String {
        (0..K::DIGITS)
            .rev()
            .map(|place| char::from(ALPHABET[(self.number >> (5 * place) & 31) as usize]))
            .collect()
    }
}

impl CustomerId {
    /// The customer number of cases whose customer was erased. No customer ever has it.
    pub const NOBODY: Self = Self {
        number: 0,
        kind: PhantomData,
    };
}

impl CaseId {
    /// The form that agents read out: groups of three digits, `1Q3-M9X-2B4` (contract section 5).
    pub fn case_number(self) -> String {
        let digits = self.digits();
        format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..])
    }
}

impl<K: IdKind> fmt::Display for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}{}",
            K::LETTER,
            Id::<K> {
                number: self.number,
                kind: PhantomData
            }
            .digits()
        )
    }
}

impl<K: IdKind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: IdKind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not an id"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_text_form_is_a_letter_and_base_32_digits() {
        let now = Timestamp::from_milliseconds(1_795_305_600_000); // 2026-11-22
        let customer = CustomerId::draw(now, 0xABC);
        assert_eq!(customer.to_string(), "C0SA49MC02NW");
        assert_eq!(CustomerId::parse("C0SA49MC02NW"), Some(customer));
        let case = CaseId::draw(now, 7);
        assert_eq!(case.to_string(), "K1KV4Z0007");
        assert_eq!(case.case_number(), "1KV-4Z0-007");
    }

    #[test]
    fn only_the_exact_form_is_an_id() {
        for text in [
            "",
            "C",
            "C0SA49MC02N",
            "C0SA49MC02NWW",
            "c0sa49mc02nw",
            "K0SA49MC02NW",
            "C0SA49MC02NU",
            "CÄA49MC02NW",
            "CZZZZZZZZZZZ",
            " C0SA49MC02NW",
        ] {
            assert_eq!(CustomerId::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_form_and_number_convert_into_each_other(milliseconds in EPOCH..EPOCH + (1 << 41), random: u64) {
            let now = Timestamp::from_milliseconds(milliseconds);
            let (customer, case) = (CustomerId::draw(now, random), CaseId::draw(now, random));
            prop_assert!(customer.number() < 1 << 53);
            prop_assert!(case.number() < 1 << 45);
            prop_assert_eq!(CustomerId::parse(&customer.to_string()), Some(customer));
            prop_assert_eq!(CaseId::parse(&case.to_string()), Some(case));
        }

        #[test]
        fn later_numbers_sort_later(first in EPOCH..EPOCH + (1 << 40), gap in 1_i64..100_000, one: u64, other: u64) {
            let (early, late) = (Timestamp::from_milliseconds(first), Timestamp::from_milliseconds(first + gap));
            prop_assert!(CustomerId::draw(early, one).to_string() < CustomerId::draw(late, other).to_string());
        }
    }
}
