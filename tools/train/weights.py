"""Makes shared/domain/src/matching/weights.rs from what `train` observed.

A logistic regression whose weights are logarithms of odds: it sees all signals of a candidate together, so that evidence from one
source is not counted twice. Signs are given: agreement never counts against a customer, disagreement never for it. Every question
weighs the same, however many candidates it has. The threshold is chosen on the seeds that the weights have not seen, for
precision first.
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

AGAINST = {
    "NameOtherGiven", "NameHalf", "NameOther", "NameOtherGivenBeside", "NameOtherBeside", "NameNamesakes", "NameCommon", "NameWords", "NameAlikeKnown", "NameCommonSurname", "HandleOtherAlike", "HandleOtherNumber", "HandleOther", "HandleUnlike",
    "EmailOther", "PhoneOther", "ReferenceOther", "PlaceOther", "DetailsOther", "Shared",
}
# As many as share a value share its odds, and no less than those: who cannot be told apart is shown together.
SHARED = {"NameNamesakes", "Shared"}
COMMONNESS = {"NameNamesakes", "NameCommon", "NameWords", "NameCommonSurname", "NameAlikeKnown"}
PER_DOUBLING = -np.log(2)
# Nobody is shown for one of these alone, whatever the samples say: another network's user may be somebody else.
NOT_ALONE = {"HandleElsewhereEqual", "HandleOrnaments", "HandleMailbox", "HandleOfName", "EmailSlip", "PhoneSlip", "PlaceStreet", "PlaceZip"}
# A question of this kind counts as so many: a common name alone is what strangers come with, and must not name anybody.
EMPHASIS = {"stranger: common name": 3}
# Somebody is shown for one of these alone, if nothing speaks against it.
SUFFICIENT = {"HandleEqual", "HandleEqualSomewhere", "EmailEqual", "PhoneEqual", "ReferenceEqual"}
# Beside one of these, something else may differ: people move, and have several telephones and addresses.
SUFFICIENT_BESIDE_OTHERS = {"HandleEqual", "EmailEqual", "ReferenceEqual"}
# The samples' networks all have handles in their addresses. One that has none names its user as well as a handle does.
AS_GOOD_AS = {"ProfileEqual": "HandleEqual"}
MARGIN = 0.1
RIDGE = 2.0
TOLD_APART = 1.5
MOST_ANSWERS = 5
MOST_STRANGERS = 0.03
LEAST_PRECISION = 0.98


def read(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


def signals_of(source):
    return re.findall(r'^    (\w+): "', source.read_text(), re.M)


def matrix(questions, signals):
    place = {signal: at for at, signal in enumerate(signals)}
    rows, columns, amounts, labels, counts = [], [], [], [], []
    for question in questions:
        for candidate in question["candidates"]:
            for signal, amount in candidate["signals"].items():
                rows.append(len(labels))
                columns.append(place[signal])
                amounts.append(amount)
            labels.append(candidate["match"])
            counts.append(EMPHASIS.get(question["scenario"], 1))
    return csr_matrix((amounts, (rows, columns)), shape=(len(labels), len(signals))), np.array(labels, dtype=float), np.array(counts)


def fit(features, labels, counts, signals):
    count = len(signals)
    bounds = [(PER_DOUBLING if signal in SHARED else None, 0) if signal in AGAINST else (0, None) for signal in signals] + [(None, None)]

    def loss(parameters):
        weights, bias = parameters[:count], parameters[count]
        scores = features @ weights + bias
        value = counts @ (np.logaddexp(0, scores) - labels * scores) + RIDGE / 2 * (weights @ weights)
        error = counts * (1 / (1 + np.exp(-scores)) - labels)
        return value, np.append(features.T @ error + RIDGE * weights, error.sum())

    fitted = minimize(loss, np.zeros(count + 1), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    return fitted.x[:count], -fitted.x[count]


def worth(candidate, weights):
    """As `Comparison::score` has it: how common a name is takes away at most what its agreement gave."""
    by_signal = {signal: weights[signal] * amount for signal, amount in candidate["signals"].items()}
    agreement = sum(value for signal, value in by_signal.items() if signal.startswith("Name") and signal not in COMMONNESS)
    commonness = sum(value for signal, value in by_signal.items() if signal in COMMONNESS)
    others = sum(value for signal, value in by_signal.items() if not signal.startswith("Name"))
    return others + (max(agreement + commonness, 0) if commonness else agreement)


def score(question, weights):
    """What those are worth together whom the evidence cannot tell from the best, and whether the best is right."""
    judged = sorted(
        (
            (worth(candidate, weights), candidate["match"])
            for candidate in question["candidates"]
        ),
        key=lambda one: -one[0],
    )
    close = [worth for worth, _ in judged if worth > judged[0][0] - TOLD_APART]
    if not close or len(close) > MOST_ANSWERS:
        return -np.inf, False, judged
    return np.logaddexp.reduce(close), judged[0][1], judged


def figures(questions, scored, threshold):
    given = right = strangers = answered = known = 0
    for question, (worth, is_right, _) in zip(questions, scored):
        answers = worth > threshold
        count = EMPHASIS.get(question["scenario"], 1)
        given += count * answers
        right += answers and is_right
        known += question["answers"] > 0
        strangers += count * (question["answers"] == 0)
        answered += count * (question["answers"] == 0 and answers)
    return right / max(given, 1), right / max(known, 1), answered / max(strangers, 1)


def choose(questions, scored):
    """The lowest threshold that keeps precision and strangers within bounds."""
    for threshold in np.arange(-2, 20, 0.05):
        precision, _, strangers = figures(questions, scored, threshold)
        if precision >= LEAST_PRECISION and strangers <= MOST_STRANGERS:
            return float(threshold)
    raise SystemExit("no threshold is precise enough")


def rust(table, threshold, command):
    lines = "\n".join(f"        Signal::{signal} => {weight:.2f}," for signal, weight in table.items())
    return f"""//! What each signal is worth. Made by `{command}`; not edited by hand.

use super::Signal;

/// What a customer must be worth to be shown at all.
pub const THRESHOLD: f64 = {threshold:.2f};
/// Who is worth this much less than the best is told apart by the evidence, and is not shown beside it.
pub const TOLD_APART: f64 = {TOLD_APART:.2f};

/// What a signal is worth: the natural logarithm of the odds that it adds or, if negative, takes away.
#[allow(clippy::match_same_arms, clippy::approx_constant, reason = "a table, one row per signal, whatever the numbers")]
pub fn weight(signal: Signal) -> f64 {{
    match signal {{
{lines}
    }}
}}
"""


def report(questions, scored, threshold):
    print("all: precision %.4f, recall %.4f, strangers answered %.4f" % figures(questions, scored, threshold))
    by_scenario = {}
    for question, judged in zip(questions, scored):
        by_scenario.setdefault(question["scenario"], []).append((question, judged))
    for scenario, members in sorted(by_scenario.items()):
        asked, judged = zip(*members)
        proposed = sum(any(one[1] for one in list_) for _, _, list_ in judged) / max(sum(q["answers"] > 0 for q in asked), 1)
        precision, recall, strangers = figures(asked, judged, threshold)
        print(f"{scenario:32} {len(asked):6} precision {precision:.3f} recall {recall:.3f} proposed {proposed:.3f} strangers {strangers:.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("observations", type=Path)
    parser.add_argument("--held-out", type=int, nargs="+", required=True, help="seeds that choose the threshold")
    parser.add_argument("--signals", type=Path, default=Path("shared/domain/src/matching/signal.rs"))
    parser.add_argument("--output", type=Path, default=Path("shared/domain/src/matching/weights.rs"))
    parser.add_argument("--command", default="make train")
    arguments = parser.parse_args()
    signals = signals_of(arguments.signals)
    questions = read(arguments.observations)
    training = [question for question in questions if question["seed"] not in arguments.held_out]
    held_out = [question for question in questions if question["seed"] in arguments.held_out]
    weights, _ = fit(*matrix(training, signals), signals)
    # Scored as they will be written.
    weights = np.round(weights, 2)
    table = dict(zip(signals, weights))
    table |= {signal: table[other] for signal, other in AS_GOOD_AS.items()}
    scored = [score(question, table) for question in held_out]
    threshold = choose(held_out, scored)
    table |= {signal: min(table[signal], threshold - MARGIN) for signal in NOT_ALONE}
    table |= {signal: max(table[signal], threshold + MARGIN) for signal in SUFFICIENT}
    bearable = min(table[signal] for signal in SUFFICIENT_BESIDE_OTHERS) - threshold - MARGIN
    table["DetailsOther"] = max(table["DetailsOther"], -bearable)
    scored = [score(question, table) for question in held_out]
    report(held_out, scored, threshold)
    arguments.output.write_text(rust(table, threshold, arguments.command))


if __name__ == "__main__":
    main()
