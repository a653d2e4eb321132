//! The worth of an observation, read from the curve of its signal.

use super::{Signal, weights::curve};

/// The worth of a signal of this amount.
pub fn worth_of(signal: Signal, amount: f64) -> f64 {
    interpolated(curve(signal), amount)
}

/// Interpolates between the points of a curve. Beyond its ends the value stays constant.
fn interpolated(curve: &[(f64, f64)], amount: f64) -> f64 {
    match curve.iter().position(|(at, _)| *at >= amount) {
        None => curve.last().map_or(0.0, |(_, worth)| *worth),
        Some(0) => curve[0].1,
        Some(after) => {
            let ((from, low), (to, high)) = (curve[after - 1], curve[after]);
            low + (high - low) * (amount - from) / (to - from)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Direction;

    #[test]
    fn more_of_a_signal_that_counts_for_a_customer_is_never_worth_less() {
        for &signal in Signal::ALL {
            let mut last = 0.0;
            for (_, worth) in curve(signal) {
                match signal.direction() {
                    Direction::For => assert!(*worth >= last, "{signal:?}"),
                    Direction::Against => assert!(*worth <= last, "{signal:?}"),
                }
                last = *worth;
            }
        }
    }

    #[test]
    fn a_curve_is_interpolated_between_points_and_constant_beyond_them() {
        let curve = [(0.0, 1.0), (4.0, 3.0)];
        for (amount, worth) in [(-1.0, 1.0), (0.0, 1.0), (1.0, 1.5), (4.0, 3.0), (99.0, 3.0)] {
            assert!((interpolated(&curve, amount) - worth).abs() < 1e-9, "{amount}");
        }
    }
}
