//! What each signal is worth. Made by `make train`; not edited by hand.

use super::Signal;

/// What a customer must be worth to be shown at all.
pub const THRESHOLD: f64 = 4.80;
/// Who is worth this much less than the best is told apart by the evidence, and is not shown beside it.
pub const TOLD_APART: f64 = 1.50;

/// What a signal is worth: the natural logarithm of the odds that it adds or, if negative, takes away.
#[allow(
    clippy::match_same_arms,
    clippy::approx_constant,
    reason = "a table, one row per signal, whatever the numbers"
)]
pub fn weight(signal: Signal) -> f64 {
    match signal {
        Signal::NameEqual => 7.69,
        Signal::NameContained => 7.23,
        Signal::NameNickname => 5.20,
        Signal::NameAlike => 4.53,
        Signal::NameInitials => 5.31,
        Signal::NameInitial => 3.94,
        Signal::NameRunTogether => 6.03,
        Signal::NameInHandle => 1.70,
        Signal::NameInitialInHandle => 1.14,
        Signal::NameSingle => 0.00,
        Signal::NameOtherGiven => -1.65,
        Signal::NameHalf => -2.16,
        Signal::NameOther => -3.33,
        Signal::NameSingleConfirms => 3.07,
        Signal::NameOtherGivenBeside => -3.70,
        Signal::NameOtherBeside => -2.70,
        Signal::NameMoreWords => 1.86,
        Signal::NameNamesakes => -0.69,
        Signal::NameCommon => -0.44,
        Signal::NameWords => -0.11,
        Signal::NameCommonSurname => -0.95,
        Signal::NameAlikeKnown => -0.34,
        Signal::HandleEqual => 10.45,
        Signal::HandleEqualSomewhere => 4.98,
        Signal::HandleElsewhereEqual => 4.53,
        Signal::HandleElsewhereOfName => 4.38,
        Signal::HandleOrnaments => 3.76,
        Signal::HandleNumber => 1.82,
        Signal::HandleMailbox => 3.04,
        Signal::HandleMailboxLetters => 0.99,
        Signal::HandleAlike => 0.47,
        Signal::HandleVariantOfName => 2.50,
        Signal::HandleOtherNumber => -0.11,
        Signal::HandleOfName => 0.00,
        Signal::HandleOtherAlike => -3.98,
        Signal::HandleOther => -6.11,
        Signal::HandleUnlike => -0.64,
        Signal::ProfileEqual => 0.00,
        Signal::EmailEqual => 8.77,
        Signal::EmailOtherProvider => 2.12,
        Signal::EmailOtherProviderOfName => 2.93,
        Signal::EmailSlip => 4.70,
        Signal::EmailOther => -3.64,
        Signal::PhoneEqual => 6.46,
        Signal::PhoneSlip => 4.70,
        Signal::PhoneOther => -4.18,
        Signal::ReferenceEqual => 7.80,
        Signal::ReferenceOther => -1.98,
        Signal::PlaceStreet => 0.00,
        Signal::PlaceZip => 4.70,
        Signal::PlaceCity => 3.34,
        Signal::PlaceOther => -4.87,
        Signal::Shared => -0.69,
    }
}
