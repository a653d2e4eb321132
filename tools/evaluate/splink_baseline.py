"""Answers a sample's questions with Splink, as its documentation recommends for linking two datasets without labels.

Writes two files beside the sample: splink.answers.jsonl has the answers with the threshold of the best F1, and
splink-precise.answers.jsonl those with the threshold of the best recall at a precision of at least 99 %. Everything is learnt from the
sample without its labels, with one exception in Splink's favour: the labels are used to choose these thresholds.
"""

import json
import logging
import re
import sys
import unicodedata
import warnings
from pathlib import Path

import pandas
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

MOST_ANSWERS = 5  # as in best match
LEAST_PRECISION = 0.99
NAME_FIELDS = ("displayName", "firstName", "lastName")
PROFILE_FIELDS = ("profileUrl", "profileUrl2", "profileUrl3", "profileUrl4")
NUMBER_FIELDS = ("accountNumber", "orderNumber", "orderNumber2", "orderNumber3", "caseNumber", "caseNumber2")
HANDLE_FIELDS = ("screenName", "twitterHandle", "facebookHandle", "instagramHandle")
TITLES = {"mr", "mrs", "ms", "dr", "prof", "sir", "ing", "dipl", "herr", "frau", "sra", "mme", "jr", "phd", "mba", "md", "esq"}


def folded(text):
    """The text in lower case, without accents and with plain letters for stylised ones."""
    decomposed = unicodedata.normalize("NFKD", text or "")
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def words(name):
    return [word for word in re.findall(r"[^\W\d_]+", folded(name)) if word not in TITLES]


def digits(number):
    """The subscriber's digits, without a country code if the length shows one."""
    return re.sub(r"\D", "", number or "")[-9:]


def handle_in(address):
    path = re.sub(r"^https?://[^/]+/(in/)?@?", "", (address or "").casefold())
    return path.strip("/")


def some(values):
    """The values that exist, each once; None if there are none, which Splink takes for missing."""
    present = sorted({value for value in values if value})
    return present or None


def record(number, names, emails, phones, handles, address, references):
    first, last = names
    emails, phones, handles = some(map(folded, emails)), some(map(digits, phones)), some(handles)
    numbers = some(re.sub(r"\W|_", "", folded(number)) for number in references)
    return {
        "unique_id": number,
        "first_name": first or None,
        "surname": last or None,
        "email": emails and emails[0],
        "emails": emails,
        "phone": phones and phones[0],
        "phones": phones,
        "handle": handles and handles[0],
        "handles": handles,
        "street": folded(address.get("streetOne")) or None,
        "city": folded(address.get("city")) or None,
        "postcode": re.sub(r"\W", "", folded(address.get("zip"))) or None,
        "number": numbers and numbers[0],
        "numbers": numbers,
    }


def split(name):
    parts = words(name)
    if len(parts) > 2:  # an initial between the names is hardly ever in a record
        parts = [parts[0], *(part for part in parts[1:-1] if len(part) > 1), parts[-1]]
    return (parts[0], " ".join(parts[1:])) if parts else ("", "")


def of_customer(number, fields):
    names = (" ".join(words(fields.get("firstName"))), " ".join(words(fields.get("lastName"))))
    if not any(names):
        names = split(fields.get("displayName"))
    handles = [folded(fields.get(field)).strip(" @") for field in HANDLE_FIELDS]
    return record(
        number,
        names,
        [fields.get("email"), fields.get("email2")],
        [fields.get("phone"), fields.get("phone2")],
        [*handles, *(handle_in(fields.get(field)) for field in PROFILE_FIELDS)],
        fields,
        [fields.get(field) for field in NUMBER_FIELDS],
    )


def of_question(number, identity):
    address = (identity.get("addresses") or [{}])[0]
    return record(
        number,
        split(identity.get("displayName")),
        [identity.get("email")],
        identity.get("phoneNumbers") or [],
        [folded(identity.get("screenName")).strip(" @"), handle_in(identity.get("profileUrl"))],
        address,
        [number for kind in ("accountNumbers", "orderNumbers", "caseNumbers") for number in identity.get(kind) or []],
    )


# The rules, each with the columns that it needs in both datasets.
COMPARISONS = [
    (
        ("first_name", "surname"),
        compare.ForenameSurnameComparison("first_name", "surname").configure(term_frequency_adjustments=True),
    ),
    (("emails",), compare.PairwiseStringDistanceFunctionAtThresholds("emails", "jaro_winkler", [0.95])),
    (("phones",), compare.PairwiseStringDistanceFunctionAtThresholds("phones", "levenshtein", [1])),
    (("handles",), compare.PairwiseStringDistanceFunctionAtThresholds("handles", "jaro_winkler", [0.95, 0.9])),
    (("street",), compare.JaroWinklerAtThresholds("street", [0.9])),
    (("city",), compare.JaroWinklerAtThresholds("city", [0.9]).configure(term_frequency_adjustments=True)),
    (("postcode",), compare.ExactMatch("postcode").configure(term_frequency_adjustments=True)),
    (("numbers",), compare.ArrayIntersectAtSizes("numbers", [1])),
]
CANDIDATES = [
    (("first_name", "surname"), block_on("first_name", "surname")),
    (("surname",), block_on("surname")),
    (("first_name", "surname"), "l.first_name = r.surname and l.surname = r.first_name"),
    (("first_name", "surname"), block_on("substr(first_name, 1, 4)", "substr(surname, 1, 3)")),
    (("first_name", "postcode"), block_on("first_name", "postcode")),
    (("street",), block_on("street")),
    (("emails",), block_on("emails", arrays_to_explode=["emails"])),
    (("phones",), block_on("phones", arrays_to_explode=["phones"])),
    (("handles",), block_on("handles", arrays_to_explode=["handles"])),
    (("numbers",), block_on("numbers", arrays_to_explode=["numbers"])),
    (("handle",), block_on("substr(handle, 1, 8)")),
]
CERTAIN = [
    (("first_name", "surname", "city"), block_on("first_name", "surname", "city")),
    (("email",), block_on("email")),
    (("phone",), block_on("phone")),
    (("handle",), block_on("handle")),
    (("number",), block_on("number")),
]
TRAINING = [
    (("first_name", "surname"), block_on("first_name", "surname")),
    (("email",), block_on("email")),
    (("handle",), block_on("handle")),
    (("phone",), block_on("phone")),
]
# For samples without contact points, for which the rules above are not enough. For other samples it worsens this baseline.
SPARE_TRAINING = [(("number",), block_on("number"))]


def train(linker, rule):
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    except ValueError as error:  # Splink refuses probabilities that run away to 0
        print(f"Splink learns nothing from pairs of equal {rule}: {error}", file=sys.stderr)


def trained(customers, questions):
    tables = [pandas.DataFrame(customers), pandas.DataFrame(questions)]
    filled = {column for column in tables[0] if all(table[column].notna().any() for table in tables)}

    def usable(options):
        return [option for columns, option in options if filled.issuperset(columns)]

    database = DuckDBAPI()
    registered = [
        database.register(table[["unique_id", *sorted(filled - {"unique_id"})]], dataset_display_name=name)
        for table, name in zip(tables, ("customers", "questions"))
    ]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=usable(COMPARISONS),
        blocking_rules_to_generate_predictions=usable(CANDIDATES),
    )
    linker = Linker(registered, settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(usable(CERTAIN), recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    rules = usable(TRAINING)
    for rule in rules if len(rules) > 1 else rules + usable(SPARE_TRAINING):
        train(linker, rule)
    return linker


def candidates(linker, count):
    """For each question, pairs of match weight and customer, best first."""
    pairs = linker.inference.predict(threshold_match_weight=-10).as_pandas_dataframe()
    found = [[] for _ in range(count)]
    for pair in pairs.itertuples():
        customer, question = pair.unique_id_l, pair.unique_id_r
        if pair.source_dataset_l == "questions":
            customer, question = question, customer
        found[question].append((pair.match_weight, customer))
    for of_one in found:
        of_one.sort(key=lambda pair: (-pair[0], pair[1]))
    return found


def thresholds(found, questions):
    """The match weights with the best F1 of precision@1 and recall@1, and with the best recall@1 at the least precision@1."""
    counted = [(of_one, question) for of_one, question in zip(found, questions) if not question.get("aside")]
    firsts = sorted(
        ((of_one[0][0], of_one[0][1] in {question["answer"], *question.get("also", [])}) for of_one, question in counted if of_one),
        reverse=True,
    )
    about_customers = sum(question["answer"] is not None for _, question in counted)
    right, best_f1, best_right, usual, precise = 0, 0.0, 0, float("inf"), float("inf")
    for answered, (weight, is_right) in enumerate(firsts, start=1):
        right += is_right
        f1 = 2 * right / (answered + about_customers)
        if f1 > best_f1:
            best_f1, usual = f1, weight
        if right / answered >= LEAST_PRECISION and right > best_right:
            best_right, precise = right, weight
    return {"splink": usual, "splink-precise": precise}


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def answer(directory):
    customers, questions = lines(directory / "customers.jsonl"), lines(directory / "questions.jsonl")
    linker = trained(
        [of_customer(number, fields) for number, fields in enumerate(customers)],
        [of_question(number, question["identity"]) for number, question in enumerate(questions)],
    )
    found = candidates(linker, len(questions))
    for name, threshold in thresholds(found, questions).items():
        with open(directory / f"{name}.answers.jsonl", "w", encoding="utf-8") as out:
            for of_one in found:
                above = [customer for weight, customer in of_one if weight >= threshold]
                out.write(json.dumps(above[:MOST_ANSWERS]) + "\n")
        print(f"{directory}: {name} answers above a match weight of {threshold:.1f}", file=sys.stderr)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    for argument in sys.argv[1:]:
        answer(Path(argument))
