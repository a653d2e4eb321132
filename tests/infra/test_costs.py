"""The cost page: measured and assumed figures fit together, and the sums are right."""

import json
import sys

import pytest
from samtranslator.yaml_helper import yaml_parse

from conftest import ROOT, of_type

sys.path.insert(0, str(ROOT / "infra/costs"))
import bill  # noqa: E402

COSTS = ROOT / "infra/costs"
UNITS, PRICES, USAGE = (json.loads((COSTS / f"{name}.json").read_text()) for name in ("units", "prices", "companies"))


def test_every_call_has_its_units():
    assert USAGE["calls"].keys() == UNITS["functions"].keys()


def test_units_name_existing_functions(template):
    functions = {one["Metadata"]["Binary"] for one in template["Resources"].values() if "Binary" in one.get("Metadata", {})}
    assert UNITS["functions"].keys() <= functions


def test_alarms_are_counted(cloudformation):
    watched = 0
    for alarm in of_type(cloudformation, "AWS::CloudWatch::Alarm").values():
        watched += sum("MetricStat" in metric for metric in alarm.get("Metrics", [{"MetricStat": {}}]))
    assert watched == bill.ALARM_METRICS + bill.WEBHOOK_ALARM_METRICS


def test_the_memory_is_that_of_the_template(template):
    assert bill.command_line().parse_args([]).memory == template["Globals"]["Function"]["MemorySize"]


def test_a_bill_equals_one_calculated_by_hand():
    usage = {"workingDays": 10, "calls": {"f": 2}, "learntAccounts": 0.5}
    company = {"agents": 5, "identitiesPerAgentAndDay": 10, "customers": 1_000_000, "cases": 0}
    function = {"readUnits": 3, "writeUnits": 4, "cpuMilliseconds": 1, "roundTrips": 1}
    learnt = {"readUnits": 1, "writeUnits": 8}
    units = {"functions": {"f": function}, "learntAccount": learnt, "storedBytes": {"customer": 1000, "case": 1, "notice": 1_000_000}, "logBytesPerCall": 1000}
    asked = bill.command_line().parse_args(["--memory", "1769"])
    found = bill.bill(units, PRICES["regions"]["us-east-1"], usage, company, asked)
    assert found["calls"] == 1000
    assert found["API Gateway"] == pytest.approx(0.001)
    assert found["DynamoDB, reading"] == pytest.approx((3000 + 250) / 1e6 * 0.125)
    assert found["DynamoDB, writing"] == pytest.approx((4000 + 2000) / 1e6 * 0.625)
    # A gigabyte of customers, one of notices of calls that write, and a quarter of notices of what was learnt.
    assert found["DynamoDB, storing"] == pytest.approx(2.25 * 0.45)
    # A millisecond of work on a full processor, and one wait of five milliseconds.
    assert found["Lambda"] == pytest.approx(0.0002 + 1000 * 0.006 * 1769 / 1024 * 0.0000133334)

    asked = bill.command_line().parse_args(["--memory", "1024", "--webhooks"])
    # Each of 1,250 changes is waited for alone, and the schedule looks at 30 days' minutes.
    seconds = 43_200 * 0.02 + 1250 * 11
    wanted = 44_450 / 1e6 * 0.2 + seconds * 0.0000133334 + 44_450 * 4 / 1e6 * 0.125 + 7500 / 1e6 * 0.625 + 2 * 0.1 + 0.3
    assert bill.bill(units, PRICES["regions"]["us-east-1"], usage, company, asked)["webhooks"] == pytest.approx(wanted)
    asked = bill.command_line().parse_args(["--memory", "1024", "--webhooks", "--event-bus"])
    on_a_bus = bill.bill(units, PRICES["regions"]["us-east-1"], usage, company, asked)["webhooks"]
    assert on_a_bus == pytest.approx(wanted + 0.00125), "1,250 events"

    asked = bill.command_line().parse_args(["--memory", "1769", "--replicas", "1", "--edge"])
    more = bill.bill(units, PRICES["regions"]["us-east-1"], usage, company, asked)
    for doubled in ("DynamoDB, writing", "DynamoDB, storing"):
        assert more[doubled] == pytest.approx(2 * found[doubled]), "once for each region"
    assert more["DynamoDB, reading"] == found["DynamoDB, reading"]
    # A web ACL, four rules, one alarm, and a thousand requests.
    assert more["AWS WAF"] == pytest.approx(5 + 4 + 0.1 + 0.0006)
    assert more["CloudFront"] == pytest.approx(0.001 + 1000 * bill.BYTES_PER_ANSWER / 1e9 * 0.085)


def test_the_edge_is_counted():
    edge = yaml_parse((ROOT / "infra/edge.yaml").read_text())
    [acl] = of_type(edge, "AWS::WAFv2::WebACL").values()
    assert len(acl["Rules"]) == bill.EDGE_RULES
    assert len(of_type(edge, "AWS::CloudWatch::Alarm")) == bill.EDGE_ALARM_METRICS


def test_metrics_of_logs_are_counted(cloudformation):
    assert len(of_type(cloudformation, "AWS::Logs::MetricFilter")) == bill.LOG_METRICS + bill.WEBHOOK_LOG_METRICS


def test_an_unknown_region_is_refused_with_advice():
    with pytest.raises(SystemExit, match="add them beside us-east-1"):
        bill.main(["--region", "mars-1"])


def test_the_readme_has_the_output_of_the_command(capsys):
    bill.main([])
    printed = capsys.readouterr().out
    assert printed.split("\n\n")[0] in (ROOT / "infra/costs/README.md").read_text(), "`make costs` prints another table"
