"""The smoke test of a deployment, against functions that run here."""

import json

import pytest
import smoke
from conftest import ROOT
from problem import Problem

CRM = ROOT / "target/debug/crm"


@pytest.fixture
def outputs(running, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", running.endpoint)
    return {"BaseUrl": running.base, "TableName": "khoros-crm"}


def test_without_a_tenant_it_sends_one_request_without_a_key(outputs, capsys):
    assert smoke.test(outputs, None, CRM)
    assert "requires a key" in capsys.readouterr().out


def test_for_a_tenant_it_makes_a_key_asks_and_ends_it(outputs, capfd):
    assert smoke.test(outputs, "acme", CRM)
    assert "keeps the contract" in capfd.readouterr().out
    keys = json.loads(smoke.run(CRM, "khoros-crm", "acme", "keys", "list"))
    assert [(key["label"], key["state"]) for key in keys] == [("smoke test", "revoked")]


def test_an_api_that_is_not_there_is_a_problem():
    with pytest.raises(Problem, match="does not answer"):
        smoke.is_closed("http://127.0.0.1:9/api/v1")


def test_a_table_that_is_not_there_is_a_problem(outputs):
    with pytest.raises(Problem, match="keys create"):
        smoke.test(outputs | {"TableName": "another"}, "acme", CRM)
