"""The page of limits: its results are those of the script, and the script's inputs are measured here."""

import json
import re
import sys
from collections import Counter

import boto3
import pytest

from conftest import ROOT, of_type, serving

sys.path.insert(0, str(ROOT / "infra/limits"))
import peak  # noqa: E402

PAGE = (ROOT / "docs/limits.md").read_text()
PARTITIONS = json.loads((ROOT / "infra/limits/partitions.json").read_text())


@pytest.fixture(scope="module")
def entries():
    """The sample's number of entries per partition of the indexes, and per customer."""
    with serving(sample="1") as crm:
        client = boto3.client("dynamodb", endpoint_url=crm.endpoint, aws_access_key_id="x", aws_secret_access_key="x")
        pages = client.get_paginator("scan").paginate(TableName="khoros-crm")
        items = [item for page in pages for item in page["Items"]]
    customers = sum(item["sk"]["S"] == "customer" for item in items)
    terms = [item for item in items if item["sk"]["S"].startswith("term#")]
    partitions = Counter(item["term"]["S"] for item in terms if "term" in item)
    return customers, partitions, Counter(item["pk"]["S"] for item in terms)


def test_a_customers_entries_are_in_the_noted_partitions(entries):
    customers, partitions, of_customers = entries
    assert customers == 200
    assert sum(of_customers.values()) / customers == pytest.approx(PARTITIONS["entriesPerCustomer"], rel=0.1)
    for kind, noted in PARTITIONS["busiest"].items():
        most = max(count for partition, count in partitions.items() if partition.split("#")[1].partition(".")[0] == kind)
        # The quarter of a creation time is random for every sample.
        assert most / customers == pytest.approx(noted, abs=0.1 if kind == "created" else 0.03), kind


def test_no_other_kind_is_busier_than_the_noted_ones(entries):
    customers, partitions, _ = entries
    least = min(PARTITIONS["busiest"].values())
    busy = {partition.split("#")[1] for partition, count in partitions.items() if count / customers > max(0.15, least)}
    assert busy <= set(PARTITIONS["busiest"])


def test_the_page_has_the_output_of_the_script(capsys):
    peak.main([])
    assert capsys.readouterr().out.split("\n\n")[0] in PAGE, "infra/limits/peak.py prints another table"


def test_the_peak_hour_of_a_large_company_fits():
    for name, load in peak.simulate(agents=2_000, peak=0.2, seed=2).items():
        assert load["most"] < load["limit"], name


def test_a_seed_reproduces_the_hour_and_the_load_is_proportional_to_the_agents():
    once, again = (peak.simulate(agents=200, peak=0.2, seed=3) for _ in range(2))
    assert once == again
    twice = peak.simulate(agents=400, peak=0.2, seed=3)
    assert twice["calls"]["mean"] == pytest.approx(2 * once["calls"]["mean"], rel=0.1)


def test_our_own_limits_are_those_of_code_and_template(template):
    """The page gives each as `NAME` = figure, which must be the figure in its definition."""
    told = {name: int(figure.replace(",", "")) for name, figure in re.findall(r"`([A-Z_]+)` = ([\d,]+)", PAGE)}
    code = {
        "BODY_LIMIT": "shared/lambda/src/http.rs",
        "MOST_SENT": "shared/lambda/src/http/room.rs",
        "MOST_WRITES": "shared/store/src/transaction.rs",
        "MOST_BYTES": "shared/domain/src/size.rs",
        "MOST_PUTS": "shared/store/src/batch.rs",
        "MOST_KEYS": "shared/store/src/batch.rs",
    }
    assert told.keys() == code.keys()
    for name, path in code.items():
        defined = re.search(rf"const {name}: usize = ([\d_]+);", (ROOT / path).read_text())
        assert int(defined[1]) == told[name], name
    assert peak.API == template["Parameters"]["RequestsPerSecond"]["Default"]


def test_the_stack_is_within_the_limits_of_cloudformation_and_iam(cloudformation, template):
    assert len(cloudformation["Resources"]) < 500
    assert len(template["Parameters"]) < 200 and len(template["Outputs"]) < 200
    assert len(json.dumps(cloudformation)) < 1_000_000
    for name, role in of_type(cloudformation, "AWS::IAM::Role").items():
        assert len(role["ManagedPolicyArns"]) <= 8, name  # the limit is ten, and UseTableKey is attached as well
    [api] = of_type(cloudformation, "AWS::ApiGatewayV2::Api").values()
    assert sum(len(methods) for methods in api["Body"]["paths"].values()) < 300
    for function in of_type(cloudformation, "AWS::Lambda::Function").values():
        assert len(json.dumps(function["Environment"])) < 4_096
