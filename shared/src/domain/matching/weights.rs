//! What each signal is worth. Made by `make train`; not edited by hand.

use super::Signal;

/// What a customer must be worth to be shown at all.
pub const THRESHOLD: f64 = 4.05;
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
        Signal::NameEqual => 6.36,
        Signal::NameContained => 6.11,
        Signal::NameAlike => 4.07,
        Signal::NameInitial => 2.81,
        Signal::NameSingle => 0.00,
        Signal::NameOtherGiven => -4.15,
        Signal::NameHalf => -3.13,
        Signal::NameOther => -3.73,
        Signal::NameNamesakes => -0.99,
        Signal::NameCommon => -0.37,
        Signal::NameWords => -0.35,
        Signal::HandleEqual => 9.42,
        Signal::HandleEqualSomewhere => 4.87,
        Signal::HandleElsewhereEqual => 3.95,
        Signal::HandleOrnaments => 3.71,
        Signal::HandleNumber => 1.22,
        Signal::HandleAlike => 0.36,
        Signal::HandleOtherNumber => 0.00,
        Signal::HandleMailbox => 3.16,
        Signal::HandleMailboxLetters => 1.35,
        Signal::HandleOfName => 3.41,
        Signal::HandleOther => -5.65,
        Signal::HandleUnlike => -0.52,
        Signal::ProfileEqual => 6.28,
        Signal::EmailEqual => 7.73,
        Signal::EmailOtherProvider => 2.00,
        Signal::EmailSlip => 3.95,
        Signal::EmailOther => -4.29,
        Signal::PhoneEqual => 5.12,
        Signal::PhoneSlip => 3.95,
        Signal::PhoneOther => -3.98,
        Signal::ReferenceEqual => 6.99,
        Signal::ReferenceOther => -2.11,
        Signal::PlaceStreet => 0.00,
        Signal::PlaceZip => 3.56,
        Signal::PlaceCity => 3.18,
        Signal::PlaceOther => -2.32,
        Signal::Shared => -0.58,
    }
}
