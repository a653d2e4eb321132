//! What each signal is worth. Made by `make train`; not edited by hand.

use super::Signal;

/// What a customer must be worth to be shown at all.
pub const THRESHOLD: f64 = 4.95;
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
        Signal::NameEqual => 7.73,
        Signal::NameContained => 7.30,
        Signal::NameNickname => 5.32,
        Signal::NameAlike => 4.63,
        Signal::NameInitials => 5.37,
        Signal::NameInitial => 4.07,
        Signal::NameRunTogether => 6.16,
        Signal::NameInHandle => 1.79,
        Signal::NameInitialInHandle => 1.27,
        Signal::NameSingle => 0.00,
        Signal::NameOtherGiven => -1.66,
        Signal::NameHalf => -2.17,
        Signal::NameOther => -3.61,
        Signal::NameSingleConfirms => 3.10,
        Signal::NameOtherGivenBeside => -3.78,
        Signal::NameOtherBeside => -2.74,
        Signal::NameMoreWords => 1.99,
        Signal::NameNamesakes => -0.69,
        Signal::NameCommon => -0.42,
        Signal::NameWords => -0.13,
        Signal::NameCommonSurname => -1.13,
        Signal::NameAlikeKnown => -0.32,
        Signal::HandleEqual => 10.56,
        Signal::HandleEqualSomewhere => 5.05,
        Signal::HandleElsewhereEqual => 4.56,
        Signal::HandleElsewhereOfName => 4.53,
        Signal::HandleOrnaments => 3.82,
        Signal::HandleNumber => 1.88,
        Signal::HandleMailbox => 3.13,
        Signal::HandleMailboxLetters => 1.07,
        Signal::HandleAlike => 0.54,
        Signal::HandleVariantOfName => 2.58,
        Signal::HandleOtherNumber => 0.00,
        Signal::HandleOfName => 0.00,
        Signal::HandleOtherAlike => -3.92,
        Signal::HandleOther => -6.07,
        Signal::HandleUnlike => -0.62,
        Signal::ProfileEqual => 10.56,
        Signal::EmailEqual => 8.90,
        Signal::EmailOtherProvider => 2.24,
        Signal::EmailOtherProviderOfName => 3.09,
        Signal::EmailSlip => 4.85,
        Signal::EmailOther => -3.53,
        Signal::PhoneEqual => 6.56,
        Signal::PhoneSlip => 4.85,
        Signal::PhoneOther => -4.11,
        Signal::ReferenceEqual => 7.90,
        Signal::ReferenceOther => -1.92,
        Signal::PlaceStreet => 0.00,
        Signal::PlaceZip => 4.85,
        Signal::PlaceCity => 3.44,
        Signal::PlaceOther => -4.82,
        Signal::Shared => -0.69,
    }
}
