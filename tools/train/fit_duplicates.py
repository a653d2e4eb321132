"""Generates shared/domain/src/matching/record_weights.rs from the output of `evaluate duplicates --observe`.

Best match's curves say what a signal is worth between an identity and a record. Between two records some signals are worth something else:
another address is nothing unusual, and another name beside a shared address is a relative or a colleague. So some signals get a correction,
and the sum gets a factor and a constant, by logistic regression. The result is the logarithm of the odds that a pair is one person.
"""

import argparse
import json
from pathlib import Path

import numpy as np

# The signals that are corrected: what differs, what relieves that, and what may be shared by a household or an office.
CORRECTED = [
    "NameBits", "NameFull", "NameGivenOther", "NameSurnameOther", "NameOther", "NameStranger", "NameGivenOtherBeside",
    "NameSurnameOtherBeside", "NameOtherBeside", "NameSurnameOtherBesidePhone", "HandleEqual", "HandleEqualSomewhere", "HandleOther",
    "HandleOtherAlike", "HandleOtherBeside", "EmailEqual", "EmailOther", "EmailOtherBeside", "PhoneEqual", "PhoneUncontradicted",
    "PhoneOther", "PhoneOtherBeside", "ReferenceEqual", "ReferenceOther", "ReferenceOtherBeside", "PlaceCity", "PlaceZip", "PlaceOther",
    "PlaceOtherBeside",
]
RIDGE = 3.0
ROUNDS = 30
# Where the search begins: what best match's weights have.
USUAL_BIAS = -4.9


def read(path):
    rows, labels, column = [], [], {name: place + 2 for place, name in enumerate(CORRECTED)}
    with open(path) as lines:
        for line in lines:
            label, signals = json.loads(line)
            row = np.zeros(len(CORRECTED) + 2)
            row[0] = 1
            for name, worth in signals:
                row[1] += worth
                if name in column:
                    row[column[name]] = 1
            rows.append(row)
            labels.append(label)
    return np.array(rows), np.array(labels, dtype=float)


def loss(rows, labels, weights, usual, ridge):
    score = rows @ weights
    return np.sum(np.logaddexp(0, score) - labels * score) + np.sum(ridge * (weights - usual) ** 2) / 2


def fit(rows, labels):
    """Newton's method with steps that never make it worse; corrections are drawn to 0, the scale to 1."""
    usual = np.zeros(rows.shape[1])
    usual[1] = 1
    ridge = np.full(rows.shape[1], RIDGE)
    ridge[0] = 0
    weights = usual.copy()
    weights[0] = USUAL_BIAS
    for _ in range(ROUNDS):
        odds = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (labels - odds) - ridge * (weights - usual)
        curvature = (rows * (odds * (1 - odds))[:, None]).T @ rows + np.diag(np.maximum(ridge, 1e-6))
        step = np.linalg.solve(curvature, slope)
        before = loss(rows, labels, weights, usual, ridge)
        while loss(rows, labels, weights + step, usual, ridge) > before and np.abs(step).max() > 1e-6:
            step = step / 2
        weights = weights + step
    return weights


def written(weights):
    rows = "\n".join(f"        Signal::{name} => {weight:.2f}," for name, weight in zip(CORRECTED, weights[2:]))
    return f"""//! What best match's signals are worth between two records. Made by `make train-duplicates`; do not edit by hand.

use super::Signal;

/// The score of two records of which nothing is known except that one proposes the other.
pub const BIAS: f64 = {weights[0]:.2f};
/// The factor for best match's curves.
pub const SCALE: f64 = {weights[1]:.3f};

/// What is added to the worth of a signal.
#[allow(clippy::match_same_arms, clippy::approx_constant, reason = "a table, one row per signal, whatever the numbers")]
pub fn correction(signal: Signal) -> f64 {{
    match signal {{
{rows}
        _ => 0.0,
    }}
}}
"""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("observations", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.output.write_text(written(fit(*read(arguments.observations))))
