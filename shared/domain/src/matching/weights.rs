//! What each signal is worth. Made by `make train`; not edited by hand.

use super::Signal;

/// What a customer is worth of whom nothing is known but that it was proposed.
pub const BIAS: f64 = -4.42;
/// How likely those whom an answer shows must be together: careful, balanced, generous.
pub const THRESHOLDS: [f64; 3] = [0.90, 0.70, 0.50];
/// Who is worth this much less than the best is told apart by the evidence, and is not shown beside it.
pub const TOLD_APART: f64 = 1.50;

/// The worth of a signal at some amounts: between them it is in between, and beyond the last as at the last.
#[rustfmt::skip]
#[allow(clippy::match_same_arms, clippy::approx_constant, clippy::too_many_lines, reason = "a table, one row per signal, whatever the numbers")]
pub fn curve(signal: Signal) -> &'static [(f64, f64)] {
    match signal {
        Signal::NameBits => &[(0.0, 1.45), (4.0, 2.80), (8.0, 2.97), (12.0, 3.91), (16.0, 3.91), (20.0, 5.02), (25.0, 5.02), (31.0, 6.31)],
        Signal::NameFull => &[(1.0, 2.82)],
        Signal::NameInHandle => &[(0.0, 0.48), (4.0, 0.81), (8.0, 2.82), (12.0, 4.62), (16.0, 4.62), (20.0, 6.07), (31.0, 6.07)],
        Signal::NameInMailbox => &[(0.0, 1.01), (4.0, 1.01), (8.0, 1.82), (16.0, 1.82), (20.0, 5.54), (25.0, 6.05), (31.0, 6.05)],
        Signal::NameFullTogether => &[(1.0, 1.86)],
        Signal::NameHandleConfirms => &[(1.0, 0.00)],
        Signal::NameSpelled => &[(1.0, 0.00), (2.0, -2.20), (3.0, -2.23)],
        Signal::NameNickname => &[(1.0, -1.48), (2.0, -3.60), (3.0, -3.63)],
        Signal::NameSlip => &[(1.0, -1.42), (2.0, -2.55), (3.0, -2.58)],
        Signal::NameAlike => &[(1.0, -1.82), (2.0, -2.90), (3.0, -2.93)],
        Signal::NameInitial => &[(1.0, 0.00), (2.0, 0.00), (3.0, -0.03)],
        Signal::NameMore => &[(1.0, -1.38), (2.0, -3.64), (3.0, -3.64)],
        Signal::NameNamesakes => &[(0.0, -0.83), (1.0, -1.66), (2.0, -1.91), (3.5, -2.26), (6.7, -2.26)],
        Signal::NameExpected => &[(0.0, -0.21), (2.0, -0.21), (4.0, -0.30), (6.0, -1.71), (8.0, -2.15), (10.0, -2.44), (12.0, -2.44)],
        Signal::NameGivenOther => &[(1.0, -1.78)],
        Signal::NameSurnameOther => &[(1.0, -1.70)],
        Signal::NameOther => &[(1.0, -5.64)],
        Signal::NameStranger => &[(1.0, -5.01)],
        Signal::NameGivenOtherBeside => &[(1.0, 0.06)],
        Signal::NameSurnameOtherBeside => &[(1.0, 1.40)],
        Signal::NameOtherBeside => &[(1.0, 2.20)],
        Signal::NameStrangerBeside => &[(1.0, 2.42)],
        Signal::NameSurnameOtherBesidePhone => &[(1.0, 2.39)],
        Signal::HandleEqual => &[(1.0, 12.13)],
        Signal::HandleEqualSomewhere => &[(0.0, 5.58), (4.0, 6.80), (31.0, 6.80)],
        Signal::HandleElsewhere => &[(0.0, 4.70), (4.0, 5.35), (16.0, 5.35), (20.0, 6.56), (31.0, 6.56)],
        Signal::HandleOrnaments => &[(0.0, 0.76), (4.0, 2.94), (8.0, 4.10), (16.0, 4.10), (20.0, 6.00), (25.0, 6.00), (31.0, 6.53)],
        Signal::HandleNumber => &[(0.0, 0.02), (4.0, 0.02), (8.0, 0.76), (12.0, 1.59), (25.0, 1.59), (31.0, 2.79)],
        Signal::HandleMailbox => &[(0.0, 1.21), (4.0, 2.56), (8.0, 3.28), (16.0, 3.28), (20.0, 5.88), (31.0, 5.88)],
        Signal::HandleMailboxAlike => &[(0.0, 1.31), (12.0, 1.31), (16.0, 1.77), (20.0, 1.77), (25.0, 2.03), (31.0, 2.03)],
        Signal::HandleAlike => &[(0.0, 0.00), (8.0, 0.00), (12.0, 0.09), (25.0, 0.09), (31.0, 1.10)],
        Signal::HandleOther => &[(1.0, -5.35)],
        Signal::HandleOtherAlike => &[(1.0, -6.70)],
        Signal::HandleOtherBeside => &[(1.0, 3.23)],
        Signal::ProfileEqual => &[(1.0, 0.03)],
        Signal::EmailEqual => &[(1.0, 11.97)],
        Signal::EmailMailbox => &[(0.0, 0.00), (8.0, 0.00), (12.0, 0.39), (16.0, 0.69), (25.0, 0.69), (31.0, 0.83)],
        Signal::EmailHandle => &[(0.0, 0.00), (4.0, 0.00), (8.0, 1.34), (12.0, 1.62), (31.0, 1.62)],
        Signal::EmailSlip => &[(1.0, 5.71)],
        Signal::EmailOther => &[(1.0, -6.55)],
        Signal::EmailOtherBeside => &[(1.0, 5.75)],
        Signal::PhoneEqual => &[(1.0, 3.62)],
        Signal::PhoneUncontradicted => &[(1.0, 3.12)],
        Signal::PhoneSlip => &[(1.0, 9.80)],
        Signal::PhoneOther => &[(1.0, -5.28)],
        Signal::PhoneOtherBeside => &[(1.0, 4.48)],
        Signal::ReferenceEqual => &[(1.0, 11.09)],
        Signal::ReferenceOther => &[(1.0, -3.33)],
        Signal::ReferenceOtherBeside => &[(1.0, 2.53)],
        Signal::PlaceState => &[(1.0, 1.84)],
        Signal::PlaceCity => &[(1.0, 0.00)],
        Signal::PlaceZip => &[(1.0, 3.53)],
        Signal::PlaceStreet => &[(1.0, 0.00)],
        Signal::PlaceNamesakes => &[(0.0, 0.0)],
        Signal::PlaceOther => &[(1.0, -8.90)],
        Signal::PlaceOtherBeside => &[(1.0, 8.10)],
        Signal::DescribedEmail => &[(1.0, 8.92)],
        Signal::DescribedPhone => &[(1.0, 7.13)],
        Signal::DescribedReference => &[(1.0, 0.04)],
        Signal::DescribedHandle => &[(0.0, 1.47), (4.0, 2.94), (8.0, 4.41), (12.0, 5.88), (16.0, 7.34), (20.0, 8.79), (25.0, 10.20), (31.0, 11.42)],
        Signal::DescribedCity => &[(1.0, 4.21)],
        Signal::DescribedPlaceOther => &[(1.0, -2.24)],
        Signal::Shared => &[(0.0, 0.00), (1.0, 0.00), (2.0, -0.85), (3.5, -0.88), (5.0, -0.91), (6.7, -0.94)],
    }
}
