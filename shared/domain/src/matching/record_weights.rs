//! What best match's signals are worth between two records. Made by `make train-duplicates`; do not edit by hand.

use super::Signal;

/// The score of two records of which nothing is known except that one proposes the other.
pub const BIAS: f64 = -5.00;
/// The factor for best match's curves.
pub const SCALE: f64 = 0.631;

/// What is added to the worth of a signal.
#[allow(
    clippy::match_same_arms,
    clippy::approx_constant,
    reason = "a table, one row per signal, whatever the numbers"
)]
pub fn correction(signal: Signal) -> f64 {
    match signal {
        Signal::NameBits => 0.69,
        Signal::NameFull => 1.54,
        Signal::NameGivenOther => -1.27,
        Signal::NameSurnameOther => -1.44,
        Signal::NameOther => -0.45,
        Signal::NameStranger => 2.55,
        Signal::NameGivenOtherBeside => -0.93,
        Signal::NameSurnameOtherBeside => 0.61,
        Signal::NameOtherBeside => -1.49,
        Signal::NameSurnameOtherBesidePhone => 0.94,
        Signal::HandleEqual => 0.65,
        Signal::HandleEqualSomewhere => 1.02,
        Signal::HandleOther => -1.02,
        Signal::HandleOtherAlike => -0.02,
        Signal::HandleOtherBeside => -0.75,
        Signal::EmailEqual => -3.52,
        Signal::EmailOther => 1.82,
        Signal::EmailOtherBeside => -0.22,
        Signal::PhoneEqual => -0.30,
        Signal::PhoneUncontradicted => -2.09,
        Signal::PhoneOther => 0.31,
        Signal::PhoneOtherBeside => -0.58,
        Signal::ReferenceEqual => 0.85,
        Signal::ReferenceOther => -3.60,
        Signal::ReferenceOtherBeside => -1.19,
        Signal::PlaceCity => -0.91,
        Signal::PlaceZip => -1.96,
        Signal::PlaceOther => 2.48,
        Signal::PlaceOtherBeside => -0.47,
        _ => 0.0,
    }
}
