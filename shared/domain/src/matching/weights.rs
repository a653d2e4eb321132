//! What each signal is worth. Made by `make train`; not edited by hand.

use super::Signal;

/// What a customer must be worth to be shown at all.
pub const THRESHOLD: f64 = 5.00;
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
        Signal::NameEqual => 7.78,
        Signal::NameContained => 7.43,
        Signal::NameNickname => 5.54,
        Signal::NameAlike => 4.82,
        Signal::NameInitials => 5.70,
        Signal::NameInitial => 4.29,
        Signal::NameRunTogether => 6.64,
        Signal::NameInHandle => 1.85,
        Signal::NameInitialInHandle => 1.77,
        Signal::NameSingle => 0.00,
        Signal::NameOtherGiven => -1.82,
        Signal::NameHalf => -2.17,
        Signal::NameOther => -2.99,
        Signal::NameSingleConfirms => 2.88,
        Signal::NameOtherGivenBeside => -3.41,
        Signal::NameOtherBeside => -2.59,
        Signal::NameMoreWords => 1.91,
        Signal::NameNamesakes => -0.69,
        Signal::NameCommon => -0.37,
        Signal::NameWords => -0.14,
        Signal::NameCommonSurname => -1.21,
        Signal::NameAlikeKnown => -0.61,
        Signal::HandleEqual => 10.57,
        Signal::HandleEqualSomewhere => 5.10,
        Signal::HandleElsewhereEqual => 4.48,
        Signal::HandleElsewhereOfName => 4.56,
        Signal::HandleOrnaments => 3.81,
        Signal::HandleNumber => 1.86,
        Signal::HandleMailbox => 3.27,
        Signal::HandleMailboxLetters => 0.64,
        Signal::HandleAlike => 0.00,
        Signal::HandleVariantOfName => 2.65,
        Signal::HandleOtherNumber => 0.00,
        Signal::HandleOfName => 0.00,
        Signal::HandleOtherAlike => -4.09,
        Signal::HandleOther => -6.01,
        Signal::HandleUnlike => -0.59,
        Signal::ProfileEqual => 10.57,
        Signal::EmailEqual => 8.37,
        Signal::EmailOtherProvider => 2.35,
        Signal::EmailOtherProviderOfName => 3.03,
        Signal::EmailSlip => 4.90,
        Signal::EmailOther => -3.56,
        Signal::PhoneEqual => 6.48,
        Signal::PhoneSlip => 4.78,
        Signal::PhoneOther => -3.98,
        Signal::ReferenceEqual => 8.03,
        Signal::ReferenceOther => -2.09,
        Signal::PlaceStreet => 0.00,
        Signal::PlaceZip => 4.90,
        Signal::PlaceCity => 3.56,
        Signal::PlaceOther => -4.41,
        Signal::DetailsOther => -0.21,
        Signal::Shared => -0.69,
    }
}
