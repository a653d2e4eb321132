//! What each signal is worth. Made by `make train`; do not edit by hand.

use super::Signal;

/// The score of a customer of whom nothing is known except that it was proposed.
pub const BIAS: f64 = -4.90;
/// How likely the shown candidates must be together: careful, balanced, generous.
pub const THRESHOLDS: [f64; 3] = [0.90, 0.70, 0.50];
/// A candidate whose score is this much below the best is not shown beside it.
pub const TOLD_APART: f64 = 1.50;

/// The curve of a signal: its worth at some amounts. In between it is interpolated; beyond the ends it stays constant.
#[rustfmt::skip]
#[allow(clippy::match_same_arms, clippy::approx_constant, clippy::too_many_lines, reason = "a table, one row per signal, whatever the numbers")]
pub fn curve(signal: Signal) -> &'static [(f64, f64)] {
    match signal {
        Signal::NameBits => &[(0.0, 1.66), (4.0, 3.32), (8.0, 3.32), (12.0, 4.06), (16.0, 4.46), (20.0, 5.74), (25.0, 6.06), (31.0, 6.66)],
        Signal::NameFull => &[(1.0, 2.76)],
        Signal::NameInHandle => &[(0.0, 0.32), (4.0, 0.57), (8.0, 2.44), (12.0, 4.43), (16.0, 4.43), (20.0, 5.97), (25.0, 6.64), (31.0, 6.65)],
        Signal::NameInMailbox => &[(0.0, 0.00), (4.0, 1.24), (8.0, 2.25), (12.0, 2.25), (16.0, 2.95), (20.0, 6.66), (25.0, 6.88), (31.0, 6.89)],
        Signal::NameFullTogether => &[(1.0, 1.39)],
        Signal::NameHandleConfirms => &[(1.0, 0.00)],
        Signal::NameSpelled => &[(1.0, 0.00), (2.0, -2.16), (3.0, -2.17)],
        Signal::NameNickname => &[(1.0, -1.26), (2.0, -2.50), (3.0, -2.51)],
        Signal::NameSlip => &[(1.0, -1.30), (2.0, -3.84), (3.0, -3.85)],
        Signal::NameAlike => &[(1.0, -1.97), (2.0, -2.34), (3.0, -2.35)],
        Signal::NameInitial => &[(1.0, 0.00), (2.0, -3.82), (3.0, -3.83)],
        Signal::NameMore => &[(1.0, -1.79), (2.0, -4.26), (3.0, -5.52)],
        Signal::NameNamesakes => &[(0.0, -0.79), (1.0, -1.58), (2.0, -1.93), (3.5, -1.93), (5.0, -3.49), (6.7, -4.09)],
        Signal::NameExpected => &[(0.0, 0.00), (2.0, -0.59), (4.0, -1.01), (6.0, -1.82), (8.0, -2.42), (10.0, -2.82), (12.0, -3.23)],
        Signal::NameGivenOther => &[(1.0, -1.09)],
        Signal::NameSurnameOther => &[(1.0, -0.53)],
        Signal::NameOther => &[(1.0, -3.80)],
        Signal::NameStranger => &[(1.0, -4.28)],
        Signal::NameGivenOtherBeside => &[(1.0, 0.00)],
        Signal::NameSurnameOtherBeside => &[(1.0, 2.96)],
        Signal::NameOtherBeside => &[(1.0, 1.91)],
        Signal::NameStrangerBeside => &[(1.0, 3.48)],
        Signal::NameSurnameOtherBesidePhone => &[(1.0, 5.43)],
        Signal::HandleEqual => &[(1.0, 12.98)],
        Signal::HandleEqualSomewhere => &[(0.0, 6.70), (4.0, 8.63), (31.0, 8.63)],
        Signal::HandleElsewhere => &[(0.0, 3.28), (4.0, 4.69), (20.0, 4.69), (25.0, 4.78), (31.0, 4.78)],
        Signal::HandleOrnaments => &[(0.0, 2.36), (4.0, 3.38), (8.0, 3.38), (12.0, 3.71), (16.0, 4.61), (25.0, 4.61), (31.0, 7.83)],
        Signal::HandleNumber => &[(0.0, 1.29), (8.0, 1.29), (12.0, 1.43), (16.0, 1.52), (20.0, 1.67), (25.0, 1.67), (31.0, 3.65)],
        Signal::HandleMailbox => &[(0.0, 1.59), (4.0, 2.97), (8.0, 3.58), (12.0, 3.58), (16.0, 4.60), (20.0, 4.60), (25.0, 5.04), (31.0, 7.54)],
        Signal::HandleMailboxAlike => &[(0.0, 0.71), (16.0, 0.71), (20.0, 0.75), (25.0, 0.75), (31.0, 4.25)],
        Signal::HandleAlike => &[(0.0, 0.00), (20.0, 0.00), (25.0, 1.09), (31.0, 1.09)],
        Signal::HandleOther => &[(1.0, -5.37)],
        Signal::HandleOtherAlike => &[(1.0, -7.20)],
        Signal::HandleOtherBeside => &[(1.0, 2.68)],
        Signal::ProfileEqual => &[(1.0, 12.98)],
        Signal::EmailEqual => &[(1.0, 11.43)],
        Signal::EmailMailbox => &[(0.0, 0.00), (4.0, 0.05), (8.0, 0.49), (12.0, 0.49), (16.0, 1.95), (20.0, 2.39), (25.0, 2.41), (31.0, 2.41)],
        Signal::EmailHandle => &[(0.0, 0.00), (4.0, 0.21), (8.0, 0.95), (12.0, 1.61), (16.0, 2.24), (31.0, 2.24)],
        Signal::EmailSlip => &[(1.0, 4.23)],
        Signal::EmailOther => &[(1.0, -6.44)],
        Signal::EmailOtherBeside => &[(1.0, 5.64)],
        Signal::PhoneEqual => &[(1.0, 2.20)],
        Signal::PhoneUncontradicted => &[(1.0, 6.11)],
        Signal::PhoneSlip => &[(1.0, 9.39)],
        Signal::PhoneOther => &[(1.0, -2.99)],
        Signal::PhoneOtherBeside => &[(1.0, 2.72)],
        Signal::ReferenceEqual => &[(1.0, 11.69)],
        Signal::ReferenceOther => &[(1.0, -1.45)],
        Signal::ReferenceOtherBeside => &[(1.0, 0.65)],
        Signal::PlaceState => &[(1.0, 3.16)],
        Signal::PlaceCity => &[(1.0, 0.00)],
        Signal::PlaceZip => &[(1.0, 5.05)],
        Signal::PlaceStreet => &[(1.0, 0.00)],
        Signal::PlaceNamesakes => &[(0.0, -1.05), (1.0, -2.10), (2.0, -2.87), (3.5, -2.88), (5.0, -2.89), (6.7, -2.90)],
        Signal::PlaceOther => &[(1.0, -7.81)],
        Signal::PlaceOtherBeside => &[(1.0, 7.01)],
        Signal::DescribedEmail => &[(1.0, 7.66)],
        Signal::DescribedPhone => &[(1.0, 5.60)],
        Signal::DescribedReference => &[(1.0, 1.68)],
        Signal::DescribedHandle => &[(0.0, 1.42), (4.0, 2.84), (8.0, 4.26), (12.0, 5.68), (16.0, 7.08), (20.0, 7.79), (25.0, 8.03), (31.0, 8.21)],
        Signal::DescribedCity => &[(1.0, 6.46)],
        Signal::DescribedPlaceOther => &[(1.0, -0.02)],
        Signal::Shared => &[(0.0, 0.00), (1.0, 0.00), (2.0, -0.58), (3.5, -0.58), (5.0, -0.59), (6.7, -0.60)],
    }
}
