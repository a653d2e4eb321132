"""The monthly costs of the CRM: `make costs`.

    python infra/costs/bill.py [--region us-east-1] [--memory 512] [--architecture arm64] [--edge] [--webhooks] [--event-bus] [--replicas 0] [--companies FILE]

Measured: units, processor time and bytes (units.json). Assumed: how companies work (companies.json), and that DynamoDB answers
a call in 5 ms. Parameters: the prices of a region (prices.json).
"""

import argparse
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The time for one answer of DynamoDB; assumed, not measured.
ROUND_TRIP_MILLISECONDS = 5
# The memory for which Lambda gives a function one full processor (Lambda's guide, "Configure function memory").
MEGABYTES_PER_PROCESSOR = 1769
# X-Ray's default: one call a second, which a quiet CRM rarely exceeds, and 5 % of the others.
TRACED = 0.05
# The number of metrics that the alarms in infra/template.yaml watch.
ALARM_METRICS = 19
# The metrics that the template's filters derive from logs.
LOG_METRICS = 2
# The same of the webhooks; how often the schedule calls the function, for how long, and how long a call of the stream waits for the feed;
# how many calls of the stream follow each other for each change at most; units and bytes of one step of a delivery.
WEBHOOK_ALARM_METRICS, WEBHOOK_LOG_METRICS = 2, 1
MINUTES_A_MONTH, SCHEDULED_MILLISECONDS, WAITED_MILLISECONDS = 30 * 24 * 60, 20, 11_000
READ_UNITS_OF_A_LOOK, STEP_WRITE_UNITS = 4, 6
WORKING_HOURS = 10
# The rules of the web ACL in infra/edge.yaml, its alarm, and how many bytes an answer has there on average; the last is assumed.
EDGE_RULES, EDGE_ALARM_METRICS, BYTES_PER_ANSWER = 4, 1, 3_000


def main(arguments=None):
    asked = command_line().parse_args(arguments)
    units, prices, usage = (read(path) for path in (HERE / "units.json", HERE / "prices.json", asked.companies))
    if asked.region not in prices["regions"]:
        raise SystemExit(f"prices.json has no prices for {asked.region}: add them beside {', '.join(prices['regions'])}")
    bills = [
        (company, bill(units, prices["regions"][asked.region], usage, company, asked)) for company in usage["companies"]
    ]
    print(table(bills))
    noted = f"list prices noted {prices['noted']}, no free tier"
    print(f"\nUS dollars a month, {asked.region}, {asked.architecture}, {asked.memory} MB; {noted}.")
    for company, parts in bills:
        written = parts["DynamoDB, writing"] / sum(amount for name, amount in parts.items() if name != "calls")
        print(f"{company['name']}: writing is {written:.0%} of it, and {share_of(units, usage, 'khoros-create-customer'):.0%} of that new customers")


def command_line():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--memory", type=int, default=512, help="of every function, in MB")
    parser.add_argument("--architecture", choices=["arm64", "x86_64"], default="arm64")
    parser.add_argument("--edge", action="store_true", help="with infra/edge.yaml in front")
    parser.add_argument("--webhooks", action="store_true", help="with Webhooks=on, and one tenant's webhook")
    parser.add_argument("--event-bus", action="store_true", help="with --webhooks, and an event bus instead of the webhook")
    parser.add_argument("--replicas", type=int, default=0, help="how many regions have a copy of the table")
    parser.add_argument("--companies", type=Path, default=HERE / "companies.json")
    return parser


def share_of(units, usage, function):
    """A function's share of all units written."""
    written = {name: share * units["functions"][name]["writeUnits"] for name, share in usage["calls"].items()}
    return written[function] / (sum(written.values()) + usage["learntAccounts"] * units["learntAccount"]["writeUnits"])


def read(path):
    return json.loads(path.read_text())


def bill(units, prices, usage, company, asked):
    """The items of a month's bill."""
    memory, architecture, tables = asked.memory, asked.architecture, 1 + asked.replicas
    identities = company["agents"] * company["identitiesPerAgentAndDay"] * usage["workingDays"]
    calls = {function: identities * share for function, share in usage["calls"].items()}
    total = sum(calls.values())

    learnt = identities * usage["learntAccounts"]

    def over_calls(amount):
        return sum(count * amount(units["functions"][function]) for function, count in calls.items())

    def used(kind):
        return over_calls(lambda one: one[kind]) + learnt * units["learntAccount"][kind]

    gigabyte_seconds = over_calls(lambda one: milliseconds(one, memory) / 1e3 * memory / 1024)
    # Each call that writes leaves a notice in the feed of changes, for 31 days, and so does what a customer learns.
    notices = learnt + sum(count for function, count in calls.items() if units["functions"][function]["writeUnits"])
    kept = {"customer": company["customers"], "case": company["cases"], "notice": notices}
    stored = sum(units["storedBytes"][kind] * count for kind, count in kept.items()) / 1e9
    parts = {
        "calls": total,
        "API Gateway": total / 1e6 * prices["apiMillionCalls"],
        "Lambda": total / 1e6 * prices["lambdaMillionCalls"] + gigabyte_seconds * prices["lambdaGigabyteSecond"][architecture],
        "DynamoDB, reading": used("readUnits") / 1e6 * prices["millionReadUnits"],
        "DynamoDB, writing": tables * used("writeUnits") / 1e6 * prices["millionWriteUnits"],
        "DynamoDB, storing": tables * stored * (prices["storedGigabyteMonth"] + prices["recoverableGigabyteMonth"]),
        "logs": total * units["logBytesPerCall"] / 1e9 * prices["logGigabyte"],
        "metrics, alarms": (len(calls) + LOG_METRICS) * prices["metricMonth"] + ALARM_METRICS * prices["alarmMetricMonth"],
        "traces, secret": total * TRACED / 1e6 * prices["millionTraces"] + prices["secretMonth"],
    }
    if asked.webhooks:
        parts["webhooks"] = webhooks(notices, prices, usage, asked)
    if asked.edge:
        parts["CloudFront"] = total / 1e4 * prices["edgeTenThousandRequests"] + total * BYTES_PER_ANSWER / 1e9 * prices["edgeGigabyte"]
        rules = EDGE_RULES * prices["webAclRuleMonth"] + EDGE_ALARM_METRICS * prices["alarmMetricMonth"]
        parts["AWS WAF"] = prices["webAclMonth"] + rules + total / 1e6 * prices["webAclMillionRequests"]
    return parts


def webhooks(changes, prices, usage, asked):
    """Sending every change of one tenant: the schedule's calls, and those of the stream, which wait for the feed one after the other."""
    working = usage["workingDays"] * WORKING_HOURS * 3_600
    of_stream = min(changes, working * 1e3 / WAITED_MILLISECONDS)
    seconds = (MINUTES_A_MONTH * SCHEDULED_MILLISECONDS + of_stream * WAITED_MILLISECONDS) / 1e3
    calls = MINUTES_A_MONTH + of_stream
    return (
        calls / 1e6 * prices["lambdaMillionCalls"]
        + seconds * asked.memory / 1024 * prices["lambdaGigabyteSecond"][asked.architecture]
        + calls * READ_UNITS_OF_A_LOOK / 1e6 * prices["millionReadUnits"]
        + of_stream * STEP_WRITE_UNITS / 1e6 * prices["millionWriteUnits"]
        + WEBHOOK_ALARM_METRICS * prices["alarmMetricMonth"]
        + WEBHOOK_LOG_METRICS * prices["metricMonth"]
        + (changes / 1e6 * prices["millionEvents"] if asked.event_bus else 0)
    )


def milliseconds(function, memory):
    """The time of a call: work on the share of a processor that the memory buys, and waiting."""
    work = function["cpuMilliseconds"] * max(1, MEGABYTES_PER_PROCESSOR / memory)
    return work + function["roundTrips"] * ROUND_TRIP_MILLISECONDS


def table(bills):
    head = ["", *(f"{company['name']}: {company['agents']} agents" for company, _ in bills)]
    rows = [["calls a month", *(f"{parts['calls']:,.0f}" for _, parts in bills)]]
    names = [name for name in bills[0][1] if name != "calls"]
    rows += [[name, *(f"{parts[name]:,.2f}" for _, parts in bills)] for name in names]
    rows += [["**together**", *(f"**{sum(parts[name] for name in names):,.2f}**" for _, parts in bills)]]
    lines = [head, ["---"] + ["---:"] * len(bills), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    main()
