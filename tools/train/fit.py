"""Generates shared/domain/src/matching/weights.rs from the observations of `train`.

The model is additive. The curve of a signal gives its weight by its amount, and the score of a candidate is the sum. Curves are piecewise
linear and monotone, so more evidence for somebody never counts against them. A score is the logarithm of the odds that the candidate is the
identity, rather than nobody. All curves are fitted together: for each question exactly one of its candidates and nobody is right. So evidence
from one source does not count twice, and the result are probabilities.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

# The knots of the curves: for signals in bits, for logarithms of counts, and for counts.
KNOTS = {
    "bits": [0, 4, 8, 12, 16, 20, 25, 31],
    "logarithm": [0, 1, 2, 3.5, 5, 6.7],
    "count": [1, 2, 3],
    "expected": [0, 2, 4, 6, 8, 10, 12],
}
BITS = {
    "NameBits", "NameInHandle", "NameInMailbox", "HandleEqualSomewhere", "HandleElsewhere", "HandleElsewhereAlone", "HandleOrnaments", "HandleNumber",
    "HandleMailbox", "HandleMailboxAlike", "HandleAlike", "EmailMailbox", "EmailHandle", "DescribedHandle",
}
EXPECTED = {"NameExpected", "PlaceOfCommonName"}
LOGARITHMS = {"NameNamesakes", "NameWordsCommon", "PlaceNamesakes", "Shared"}
COUNTS = {"NameSpelled", "NameNickname", "NameSlip", "NameAlike", "NameInitial", "NameMore", "PlaceStreet", "HouseOfRelative", "NameSurnameOtherBesideHouse"}
RIDGE = 1.0
# The samples have more strangers than companies meet, so that all kinds of them are there. So each counts less.
WEIGHT_OF_STRANGERS = 0.6
# The samples have more cases that nobody can decide than life has. Odds are sharpened by this power, without which probabilities
# around 0.7 were right nine times of ten in all samples from other sources.
SHARPNESS = 1.2
TOLD_APART = 1.5
MOST_ANSWERS = 5


def knots_of(signal):
    if signal in BITS:
        return KNOTS["bits"]
    if signal in LOGARITHMS:
        return KNOTS["logarithm"]
    if signal in EXPECTED:
        return KNOTS["expected"]
    return KNOTS["count"] if signal in COUNTS else [1]


def read(paths):
    signals, questions = None, []
    for path in paths:
        with open(path) as lines:
            signals = json.loads(next(lines))["signals"]
            questions.extend(json.loads(line) for line in lines)
    return signals, questions


class Columns:
    """One column for the weight of each signal at its first knot, and one for every step to the next knot."""

    def __init__(self, signals):
        self.names = [name for name, _ in signals]
        self.signs = []
        self.first = []
        for name, is_for in signals:
            self.first.append(len(self.signs))
            self.signs.extend([1 if is_for else -1] * len(knots_of(name)))
        self.count = len(self.signs)

    def of(self, signal, amount):
        knots = knots_of(self.names[signal])
        first = self.first[signal]
        yield first, 1.0
        for step in range(1, len(knots)):
            low, high = knots[step - 1], knots[step]
            if amount > low:
                yield first + step, min(1.0, (amount - low) / (high - low))

    def curve(self, name, weights):
        at = self.names.index(name)
        knots, first = knots_of(name), self.first[at]
        worth = np.cumsum(weights[first:first + len(knots)])
        return list(zip(knots, worth))


class Data:
    def __init__(self, questions, columns):
        rows, cols, values = [], [], []
        self.label, self.question = [], []
        for place, question in enumerate(questions):
            for candidate in question["candidates"]:
                row = len(self.label)
                for signal, amount in candidate[1]:
                    for column, value in columns.of(signal, amount):
                        rows.append(row)
                        cols.append(column)
                        values.append(value)
                self.label.append(candidate[0])
                self.question.append(place)
        self.label = np.array(self.label, dtype=float)
        self.question = np.array(self.question)
        self.features = csr_matrix((values, (rows, cols)), shape=(len(self.label), columns.count))
        self.count = len(questions)
        self.weight = np.array([1.0 if question["answers"] > 0 else WEIGHT_OF_STRANGERS for question in questions])
        # If the right customer is not among the candidates, the right answer is nobody.
        right = np.bincount(self.question, weights=self.label, minlength=self.count)
        self.nobody = right == 0
        self.right = right


def bounds_of(columns):
    """The least and the largest parameters: a signal that counts for somebody weighs nothing or more, one against them nothing or less."""
    least = [0.0 if sign > 0 else -np.inf for sign in columns.signs] + [-np.inf]
    most = [np.inf if sign > 0 else 0.0 for sign in columns.signs] + [np.inf]
    return least, most


def fit(data, columns, start=None):
    count = columns.count
    bounds = list(zip(*bounds_of(columns)))

    def loss(parameters):
        weights, bias = parameters[:count], parameters[count]
        scores = np.clip(data.features @ weights + bias, -60, 60)
        odds = np.exp(scores)
        total = 1 + np.bincount(data.question, weights=odds, minlength=data.count)
        right = np.where(data.nobody, 1.0, np.bincount(data.question, weights=odds * data.label, minlength=data.count))
        value = data.weight @ (np.log(total) - np.log(np.maximum(right, 1e-300))) + RIDGE / 2 * (weights @ weights) * 0.1
        share = odds / total[data.question]
        target = data.label * odds / np.maximum(right[data.question], 1e-300) * ~data.nobody[data.question]
        error = (share - target) * data.weight[data.question]
        return value, np.append(data.features.T @ error + RIDGE * 0.1 * weights, error.sum())

    start = np.append(np.array(columns.signs) * 0.5, -6.0) if start is None else start
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1500, "maxfun": 3000})
    return fitted.x


# If something unique to one person agrees, no single difference costs more than this.
BEARABLE = 0.8
# The score from which a customer is always shown.
ENOUGH = 1.0
BESIDE = {
    "EmailOther": "EmailOtherBeside", "PhoneOther": "PhoneOtherBeside", "ReferenceOther": "ReferenceOtherBeside",
    "PlaceOther": "PlaceOtherBeside", "NameStranger": "NameStrangerBeside",
}


def with_relief(parameters, columns):
    """People move, and have several telephones and addresses, more often than a sample can show."""
    parameters = parameters.copy()
    for differs, relief in BESIDE.items():
        differs, relief = columns.first[columns.names.index(differs)], columns.first[columns.names.index(relief)]
        parameters[relief] = max(parameters[relief], -parameters[differs] - BEARABLE)
    # A common name beside its city never counts more than a rare one.
    penalty, relief = (columns.first[columns.names.index(name)] for name in ("NameExpected", "PlaceOfCommonName"))
    count = len(KNOTS["expected"])
    of_relief = np.minimum(np.cumsum(parameters[relief:relief + count]), -np.cumsum(parameters[penalty:penalty + count]))
    parameters[relief:relief + count] = np.diff(of_relief, prepend=0.0)
    # The same handle identifies its owner by itself, even if only one side names the network, and even beside a mood.
    at = columns.first[columns.names.index("HandleEqualSomewhere")]
    parameters[at] = max(parameters[at], ENOUGH + BEARABLE - parameters[-1])
    # The samples' networks all have handles in their addresses. A profile that has none names its user as well as a handle does.
    parameters[columns.first[columns.names.index("ProfileEqual")]] = parameters[columns.first[columns.names.index("HandleEqual")]]
    return parameters


def probabilities(data, parameters):
    scores = np.clip(data.features @ parameters[:-1] + parameters[-1], -60, 60)
    odds = np.exp(scores)
    total = 1 + np.bincount(data.question, weights=odds, minlength=data.count)
    return scores, odds / total[data.question]


def answers(data, parameters):
    return best_of(data, *probabilities(data, parameters))


def recorded_answers(questions):
    """The answers by the weights that `train` was built with."""
    candidates = [candidate for question in questions for candidate in question["candidates"]]
    label = np.array([candidate[0] for candidate in candidates], dtype=float)
    place = np.repeat(np.arange(len(questions)), [len(question["candidates"]) for question in questions])
    scores = np.array([candidate[4] for candidate in candidates])
    odds = np.exp(np.clip(scores, -60, 60))
    total = 1 + np.bincount(place, weights=odds, minlength=len(questions))
    return best_of(SimpleNamespace(label=label, question=place, count=len(questions)), scores, odds / total[place])


def best_of(data, scores, likely):
    """For each question: the largest threshold with which it is answered, whether the best is right, and the probability of the best.

    The best and those close to it are shown. If they are several, the doubt that the threshold allows is shared out among them.
    """
    starts = np.searchsorted(data.question, np.arange(data.count + 1))
    answered = []
    for place in range(data.count):
        some = slice(starts[place], starts[place + 1])
        if starts[place] == starts[place + 1]:
            answered.append((0.0, False, 0.0))
            continue
        order = np.argsort(-scores[some], kind="stable")
        best = scores[some][order[0]]
        close = [at for at in order if scores[some][at] > best - TOLD_APART]
        doubt = len(close) * (1.0 - likely[some][close].sum())
        confidence = 0.0 if len(close) > MOST_ANSWERS else max(0.0, 1.0 - doubt)
        answered.append((confidence, bool(data.label[some][order[0]]), likely[some][order[0]]))
    return answered


def interval(part, whole):
    """Wilson's interval of 95 %."""
    if whole == 0:
        return (0.0, 1.0)
    z, share = 1.96, part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * np.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return (middle - half, middle + half)


def figures(questions, answered, threshold):
    given = right = strangers = wrong = known = 0
    for question, (confidence, is_right, _) in zip(questions, answered):
        if question["aside"]:
            continue
        is_given = confidence >= threshold
        given += is_given
        right += is_given and is_right
        known += question["answers"] > 0
        strangers += question["answers"] == 0
        wrong += question["answers"] == 0 and is_given
    return right / max(given, 1), right / max(known, 1), wrong / max(strangers, 1), known, strangers


def calibration(questions, answered, bins=10):
    """The mean difference, over bins of probability, between the probability and how often the best is right."""
    shown = [(likely, right) for question, (together, right, likely) in zip(questions, answered) if likely > 0.0 and not question["aside"]]
    edges = defaultdict(list)
    for likely, right in shown:
        edges[min(int(likely * bins), bins - 1)].append((likely, right))
    error = sum(abs(sum(l for l, _ in members) - sum(r for _, r in members)) for members in edges.values()) / max(len(shown), 1)
    return error, {k: (len(v), sum(l for l, _ in v) / len(v), sum(r for _, r in v) / len(v)) for k, v in sorted(edges.items())}


def report(questions, answered, threshold, by_scenario=True):
    precision, recall, strangers, known, unknown = figures(questions, answered, threshold)
    error, bins = calibration(questions, answered)
    print(f"  all {len(questions)}: P@1 {precision:.4f} R@1 {recall:.4f} strangers answered {strangers:.4f} calibration error {error:.4f}")
    print("  probability shown and share right, by tenths:", " ".join(f"{shown:.2f}/{right:.2f} ({count})" for count, shown, right in bins.values()))
    if not by_scenario:
        return
    groups = defaultdict(list)
    for question, answer in zip(questions, answered):
        groups[question["scenario"]].append((question, answer))
    for scenario, members in sorted(groups.items()):
        asked, judged = zip(*members)
        proposed = sum(any(one[0] for one in q["candidates"]) for q in asked) / max(sum(q["answers"] > 0 for q in asked), 1)
        precision, recall, strangers, known, unknown = figures([q | {"aside": False} for q in asked], judged, threshold)
        text = f"recall {recall:.3f} precision {precision:.3f} proposed {proposed:.3f}" if known else f"answered {strangers:.3f}"
        print(f"    {scenario:48} {len(asked):5} {text}")


def left_out(questions, columns, parameters, member, threshold):
    """How well questions of a kind are answered by weights that were fitted without that kind, beside those that were fitted with it."""
    kinds = sorted({question[member] for question in questions})
    print(f"| {member} left out of training | questions | recall or strangers answered | with it in training |\n|---|---|---|---|")
    for kind in kinds:
        asked = [question for question in questions if question[member] == kind]
        others = [question for question in questions if question[member] != kind]
        start = np.clip(parameters / SHARPNESS, *bounds_of(columns))
        without = np.round(SHARPNESS * with_relief(fit(Data(others, columns), columns, start), columns), 2)
        cells = [share_of(asked, answers(Data(asked, columns), some), threshold) for some in (without, parameters)]
        print(f"| {kind} | {len(asked)} | {' | '.join(cells)} |", flush=True)


def share_of(questions, answered, threshold):
    """Recall@1 with its interval, or the share of answered strangers if nobody is known; of a mixture both."""
    known = [(question, answer) for question, answer in zip(questions, answered) if question["answers"] > 0]
    strangers = [answer for question, answer in zip(questions, answered) if question["answers"] == 0]
    right = sum(confidence >= threshold and is_right for _, (confidence, is_right, _) in known)
    wrong = sum(confidence >= threshold for confidence, _, _ in strangers)
    texts = []
    for part, whole, name in ((right, len(known), ""), (wrong, len(strangers), " answered" if known else "")):
        if whole:
            low, high = interval(part, whole)
            texts.append(f"{part / whole:.1%} ({100 * low:.1f}–{100 * high:.1f}){name}".replace("%", " %"))
    return ", ".join(texts)


def rust(columns, parameters, thresholds, command):
    curves = []
    for name in columns.names:
        points = [(at, round(worth, 2)) for at, worth in columns.curve(name, parameters[:-1])]
        points = [point for at, point in enumerate(points) if at == 0 or at == len(points) - 1 or not points[at - 1][1] == point[1] == points[at + 1][1]]
        text = ", ".join(f"({float(at)}, {worth:.2f})" for at, worth in points)
        curves.append(f"        Signal::{name} => &[{text}],")
    lines = "\n".join(curves)
    return f"""//! The curves of the signals. Generated by `{command}`; do not edit by hand.

use super::Signal;

/// The score of a candidate without any observation.
pub const BIAS: f64 = {parameters[-1]:.2f};
/// The least probability of the shown candidates together: careful, balanced, generous.
pub const THRESHOLDS: [f64; 3] = [{", ".join(f"{one:.2f}" for one in thresholds)}];
/// A candidate whose score is this much below the best is not shown beside it.
pub const TOLD_APART: f64 = {TOLD_APART:.2f};

/// The curve of a signal: its weight at some amounts. It is interpolated in between, and constant beyond the ends.
#[rustfmt::skip]
#[allow(clippy::match_same_arms, clippy::approx_constant, clippy::too_many_lines, reason = "a table, one row per signal, whatever the numbers")]
pub fn curve(signal: Signal) -> &'static [(f64, f64)] {{
    match signal {{
{lines}
    }}
}}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("observations", type=Path, nargs="+")
    parser.add_argument("--held-out", nargs="*", default=[], help="sources that are not trained on, but reported")
    parser.add_argument("--thresholds", type=float, nargs=3, default=[0.95, 0.76, 0.65])
    parser.add_argument("--output", type=Path)
    parser.add_argument("--command", default="make train")
    parser.add_argument("--brief", action="store_true", help="no figures by scenario")
    parser.add_argument("--as-is", action="store_true", help="fit nothing: report the weights that `train` was built with")
    parser.add_argument("--leave-out", choices=["scenario", "culture", "source"], help="also fit without each of these, and print a table")
    arguments = parser.parse_args()
    signals, questions = read(arguments.observations)
    if arguments.as_is:
        for source in sorted({question["source"] for question in questions}):
            asked = [question for question in questions if question["source"] == source]
            print(source)
            report(asked, recorded_answers(asked), arguments.thresholds[1], by_scenario=not arguments.brief)
        return
    columns = Columns(signals)
    training = [question for question in questions if question["source"] not in arguments.held_out]
    data = Data(training, columns)
    parameters = SHARPNESS * with_relief(fit(data, columns), columns)
    rounded = np.round(parameters, 2)
    for name in columns.names:
        print(f"{name:28}", " ".join(f"{at:g}:{worth:+.2f}" for at, worth in columns.curve(name, rounded[:-1])))
    print("bias", rounded[-1])
    sources = sorted({question["source"] for question in questions})
    for source in sources:
        asked = [question for question in questions if question["source"] == source]
        answered = answers(Data(asked, columns), rounded)
        print(source, "(held out)" if source in arguments.held_out else "")
        report(asked, answered, arguments.thresholds[1], by_scenario=source in arguments.held_out and not arguments.brief)
    if arguments.leave_out:
        left_out(training, columns, rounded, arguments.leave_out, arguments.thresholds[1])
    if arguments.output:
        arguments.output.write_text(rust(columns, rounded, arguments.thresholds, arguments.command))


if __name__ == "__main__":
    main()
