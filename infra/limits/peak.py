"""The peak hour of a large company, second by second: the load of the busiest partitions, of Lambda and of the API.

    python3 infra/limits/peak.py [--agents 2000] [--peak 0.2] [--seed 1]

Measured: units of every call (infra/costs/units.json), and the partitions of a customer's entries (partitions.json). Assumed: how a
company works (infra/costs/companies.json), how much of a day's work falls into its busiest hour, and that identities are opened
independently of each other. The model puts all calls for an identity into one second, and all reads of a search into one partition, so
reality is better in both respects.
"""

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "costs"))
import bill  # noqa: E402

# DynamoDB's limit a second for one partition key, of the table or of an index (its guide, "Burst and adaptive capacity").
WRITES, READS = 1_000, 3_000
# The capacity of a table and each of its indexes from the first minute on (its guide, "Warm throughput").
NEW_TABLE_WRITES, NEW_TABLE_READS = 4_000, 12_000
# RequestsPerSecond of infra/template.yaml, and Lambda's concurrency for a new account.
API, NEW_ACCOUNT = 100, 10
SEARCHES = ("khoros-search-customers", "khoros-bestmatch-customers")
SECONDS = 3_600


def main(arguments=None):
    asked = command_line().parse_args(arguments)
    print(table(simulate(asked.agents, asked.peak, asked.seed)))
    print(f"\n{asked.agents:,} agents, {asked.peak:.0%} of the day's work in its busiest hour, seed {asked.seed}.")


def command_line():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=2_000)
    parser.add_argument("--peak", type=float, default=0.2, help="the busiest hour's part of a day's work")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def read(path):
    return json.loads(path.read_text())


def simulate(agents, peak, seed):
    """The mean, the maximum in one second, and the limit of each load."""
    usage, units = (bill.read(HERE.parent / "costs" / f"{name}.json") for name in ("companies", "units"))
    partitions = read(HERE / "partitions.json")
    [per_day] = {company["identitiesPerAgentAndDay"] for company in usage["companies"]}
    identities = agents * per_day * peak / SECONDS
    rewritten = units["functions"]["khoros-update-customer"]["writeUnits"] / units["functions"]["khoros-create-customer"]["writeUnits"]
    dice = random.Random(seed)
    loads = {name: Counter() for name in ("calls", "running", "writes", "reads", *partitions["busiest"], "searches")}
    for second in range(SECONDS):
        for _ in range(poisson(dice, identities)):
            for function, share in usage["calls"].items():
                calls = int(share) + (dice.random() < share % 1)
                one = units["functions"][function]
                loads["calls"][second] += calls
                loads["running"][second] += calls * bill.milliseconds(one, 512) / 1_000
                loads["writes"][second] += calls * one["writeUnits"]
                loads["reads"][second] += calls * one["readUnits"]
                if function in SEARCHES:
                    # Names are read by their first letter, which is the most common one as often as among customers.
                    is_busiest = dice.random() < partitions["busiest"]["displayName"]
                    loads["searches"][second] += calls * is_busiest * one["readUnits"]
                part = {"khoros-create-customer": 1, "khoros-update-customer": rewritten}.get(function, 0)
                for kind, entries in partitions["busiest"].items():
                    loads[kind][second] += calls * (dice.random() < entries * part)
    limits = {"calls": API, "running": NEW_ACCOUNT, "writes": NEW_TABLE_WRITES, "reads": NEW_TABLE_READS, "searches": READS}
    return {
        name: {"mean": sum(load.values()) / SECONDS, "most": max(load.values()), "limit": limits.get(name, WRITES)}
        for name, load in loads.items()
    }


def poisson(dice, mean):
    """The number of independent events in a second."""
    count, waited = 0, dice.expovariate(mean)
    while waited < 1:
        count += 1
        waited += dice.expovariate(mean)
    return count


NAMES = {
    "calls": "calls, of `RequestsPerSecond`",
    "running": "functions at once, of a new account's",
    "writes": "units written, of a new table's",
    "reads": "units read, of a new table's",
    "directoryWord": "writes to a word's first letter (tenants with brands)",
    "created": "writes to a quarter of the creation times",
    "displayName": "writes to a letter of names",
    "lastName": "writes to a letter of last names",
    "firstName": "writes to a letter of first names",
    "wholeName": "writes to a letter of whole names",
    "searches": "units read from a letter of names",
}


def table(found):
    rows = [["a second", "mean", "most", "limit", "used at most"], ["---", "---:", "---:", "---:", "---:"]]
    for name, load in found.items():
        rows.append(
            [NAMES[name], f"{load['mean']:,.1f}", f"{load['most']:,.1f}", f"{load['limit']:,}", f"{load['most'] / load['limit']:.1%}"]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


if __name__ == "__main__":
    main()
