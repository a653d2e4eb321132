//! What each signal is worth. Made by `make train`; not edited by hand.

use super::Signal;

/// What a customer is worth of whom nothing is known but that it was proposed.
pub const BIAS: f64 = -4.51;
/// How likely those whom an answer shows must be together: careful, balanced, generous.
pub const THRESHOLDS: [f64; 3] = [0.90, 0.75, 0.50];
/// Who is worth this much less than the best is told apart by the evidence, and is not shown beside it.
pub const TOLD_APART: f64 = 1.50;

/// The worth of a signal at some amounts: between them it is in between, and beyond the last as at the last.
#[rustfmt::skip]
#[allow(clippy::match_same_arms, clippy::approx_constant, clippy::too_many_lines, reason = "a table, one row per signal, whatever the numbers")]
pub fn curve(signal: Signal) -> &'static [(f64, f64)] {
    match signal {
        Signal::NameBits => &[(0.0, 1.28), (4.0, 2.56), (8.0, 3.33), (12.0, 4.10), (16.0, 4.10), (20.0, 5.19), (25.0, 5.19), (31.0, 6.27)],
        Signal::NameFull => &[(1.0, 2.87)],
        Signal::NameInHandle => &[(0.0, 0.21), (4.0, 0.87), (8.0, 2.81), (12.0, 4.96), (16.0, 4.96), (20.0, 6.06), (25.0, 6.85), (31.0, 6.85)],
        Signal::NameInMailbox => &[(0.0, 1.32), (4.0, 1.32), (8.0, 2.32), (16.0, 2.32), (20.0, 5.66), (25.0, 6.35), (31.0, 8.78)],
        Signal::NameFullTogether => &[(1.0, 1.56)],
        Signal::NameHandleConfirms => &[(1.0, 0.00)],
        Signal::NameSpelled => &[(1.0, 0.00), (2.0, -1.70), (3.0, -1.71)],
        Signal::NameNickname => &[(1.0, -1.10), (2.0, -2.73), (3.0, -2.74)],
        Signal::NameSlip => &[(1.0, -1.43), (2.0, -1.63), (3.0, -1.64)],
        Signal::NameAlike => &[(1.0, -1.88), (2.0, -3.29), (3.0, -3.30)],
        Signal::NameInitial => &[(1.0, 0.00), (2.0, 0.00), (3.0, -0.01)],
        Signal::NameMore => &[(1.0, -1.48), (2.0, -3.93), (3.0, -3.93)],
        Signal::NameNamesakes => &[(0.0, -0.77), (1.0, -1.54), (2.0, -1.54), (3.5, -1.91), (5.0, -1.91), (6.7, -1.95)],
        Signal::NameExpected => &[(0.0, -0.34), (2.0, -0.34), (4.0, -0.71), (6.0, -1.86), (8.0, -2.66), (10.0, -3.03), (12.0, -3.03)],
        Signal::NameGivenOther => &[(1.0, -1.68)],
        Signal::NameSurnameOther => &[(1.0, -1.46)],
        Signal::NameOther => &[(1.0, -5.67)],
        Signal::NameStranger => &[(1.0, -4.45)],
        Signal::NameGivenOtherBeside => &[(1.0, 0.00)],
        Signal::NameSurnameOtherBeside => &[(1.0, 0.58)],
        Signal::NameOtherBeside => &[(1.0, 1.76)],
        Signal::NameSurnameOtherBesidePhone => &[(1.0, 2.87)],
        Signal::HandleEqual => &[(1.0, 13.31)],
        Signal::HandleEqualSomewhere => &[(0.0, 3.84), (4.0, 6.54), (8.0, 7.29), (25.0, 7.29), (31.0, 7.30)],
        Signal::HandleElsewhere => &[(0.0, 3.45), (4.0, 5.70), (12.0, 5.70), (16.0, 6.53), (25.0, 6.53), (31.0, 7.41)],
        Signal::HandleOrnaments => &[(0.0, 0.82), (4.0, 2.39), (8.0, 4.56), (12.0, 5.88), (25.0, 5.88), (31.0, 7.66)],
        Signal::HandleNumber => &[(0.0, 1.10), (4.0, 1.10), (8.0, 1.68), (12.0, 1.75), (20.0, 1.75), (25.0, 2.01), (31.0, 3.08)],
        Signal::HandleMailbox => &[(0.0, 1.42), (4.0, 2.87), (8.0, 4.00), (16.0, 4.00), (20.0, 5.91), (31.0, 5.91)],
        Signal::HandleMailboxAlike => &[(0.0, 1.52), (20.0, 1.52), (25.0, 2.34), (31.0, 2.34)],
        Signal::HandleAlike => &[(0.0, 0.12), (8.0, 0.12), (12.0, 0.40), (31.0, 0.40)],
        Signal::HandleOther => &[(1.0, -5.21)],
        Signal::HandleOtherAlike => &[(1.0, -6.75)],
        Signal::HandleOtherBeside => &[(1.0, 1.39)],
        Signal::ProfileEqual => &[(1.0, 0.01)],
        Signal::EmailEqual => &[(1.0, 12.31)],
        Signal::EmailMailbox => &[(0.0, 0.00), (4.0, 0.00), (8.0, 0.28), (12.0, 0.62), (16.0, 0.67), (20.0, 0.80), (31.0, 0.80)],
        Signal::EmailHandle => &[(0.0, 0.00), (4.0, 0.00), (8.0, 1.18), (12.0, 1.70), (16.0, 1.85), (31.0, 1.85)],
        Signal::EmailSlip => &[(1.0, 7.00)],
        Signal::EmailOther => &[(1.0, -6.77)],
        Signal::EmailOtherBeside => &[(1.0, 0.01)],
        Signal::PhoneEqual => &[(1.0, 3.67)],
        Signal::PhoneWithName => &[(1.0, 2.97)],
        Signal::PhoneAlone => &[(1.0, 7.14)],
        Signal::PhoneSlip => &[(1.0, 9.64)],
        Signal::PhoneOther => &[(1.0, -4.29)],
        Signal::PhoneOtherBeside => &[(1.0, 3.76)],
        Signal::ReferenceEqual => &[(1.0, 10.91)],
        Signal::ReferenceOther => &[(1.0, -3.01)],
        Signal::ReferenceOtherBeside => &[(1.0, 0.01)],
        Signal::PlaceState => &[(1.0, 1.94)],
        Signal::PlaceCity => &[(1.0, 0.00)],
        Signal::PlaceZip => &[(1.0, 3.28)],
        Signal::PlaceStreet => &[(1.0, 0.00)],
        Signal::PlaceOther => &[(1.0, -8.01)],
        Signal::PlaceOtherBeside => &[(1.0, 5.56)],
        Signal::DescribedEmail => &[(1.0, 8.92)],
        Signal::DescribedPhone => &[(1.0, 7.35)],
        Signal::DescribedReference => &[(1.0, 0.49)],
        Signal::DescribedHandle => &[(0.0, 1.70), (4.0, 3.40), (8.0, 5.10), (12.0, 6.80), (16.0, 8.50), (20.0, 9.93), (25.0, 11.19), (31.0, 12.20)],
        Signal::DescribedCity => &[(1.0, 9.07)],
        Signal::DescribedPlaceOther => &[(1.0, -0.20)],
        Signal::Shared => &[(0.0, 0.00), (1.0, 0.00), (2.0, -0.57), (3.5, -0.58), (5.0, -0.59), (6.7, -0.60)],
    }
}
