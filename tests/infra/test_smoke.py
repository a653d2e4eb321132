"""The smoke test of a deployment, against functions that run here."""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import smoke
from conftest import ROOT
from policies import may
from problem import Problem
from test_pipeline import role

CRM = ROOT / "target/debug/crm"


@pytest.fixture
def outputs(running, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", running.endpoint)
    return {"BaseUrl": running.base, "TableName": "khoros-crm"}


def test_without_a_tenant_it_sends_one_request_without_a_key(outputs, capsys):
    assert smoke.test(outputs, None, CRM)
    assert "requires a key" in capsys.readouterr().out


def test_for_a_missing_tenant_it_runs_without_a_key(outputs, capsys):
    assert smoke.test(outputs, "nobody", CRM)
    assert "no tenant nobody yet" in capsys.readouterr().out


def test_for_a_tenant_it_creates_uses_and_revokes_a_key(outputs, capfd):
    smoke.run(CRM, "khoros-crm", "acme", "tenant", "create")
    assert smoke.test(outputs, "acme", CRM)
    assert "keeps the contract" in capfd.readouterr().out
    keys = json.loads(smoke.run(CRM, "khoros-crm", "acme", "keys", "list"))
    assert [(key["label"], key["state"]) for key in keys] == [("smoke test", "revoked")]


def test_an_unreachable_api_is_a_problem():
    with pytest.raises(Problem, match="does not answer"):
        smoke.is_closed("http://127.0.0.1:9/api/v1")


def test_a_missing_table_is_a_problem(outputs):
    with pytest.raises(Problem, match="keys list"):
        smoke.test(outputs | {"TableName": "another"}, "acme", CRM)


@pytest.fixture
def watched(running, monkeypatch):
    """The database behind a proxy that records the calls."""
    calls = []

    class Watch(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append((self.headers["X-Amz-Target"].partition(".")[2], json.loads(body)))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
            with urllib.request.urlopen(urllib.request.Request(running.endpoint, body, headers)) as answer:
                found = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(found)))
                self.end_headers()
                self.wfile.write(found)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Watch)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{server.server_address[1]}")
    yield SimpleNamespace(outputs={"BaseUrl": running.base, "TableName": "khoros-crm"}, calls=calls)
    server.shutdown()
    server.server_close()


def parts(operation, request):
    """The IAM actions of a call, each with the partitions that it names."""
    if operation == "TransactWriteItems":
        for item in request["TransactItems"]:
            [(kind, one)] = item.items()
            yield from parts(f"{kind}Item", one)
    elif operation == "BatchGetItem":
        yield operation, [key["pk"]["S"] for one in request["RequestItems"].values() for key in one["Keys"]]
    elif operation == "Query":
        values = request["ExpressionAttributeValues"].values()
        yield operation, [next(value["S"] for value in values if "#" in value.get("S", ""))]
    else:
        yield operation, [(request.get("Key") or request["Item"])["pk"]["S"]]


def test_the_pipelines_role_has_the_permissions_of_the_smoke_test(watched):
    assert smoke.test(watched.outputs, "acme", CRM)
    done = [part for call in watched.calls for part in parts(*call)]
    assert {action for action, _ in done} >= {"PutItem", "GetItem", "Query"}
    table = "arn:aws:dynamodb:eu-west-1:123456789012:table/crm-Table-1A"
    for action, partitions in done:
        assert may(role("Deploy"), f"dynamodb:{action}", table, **{"dynamodb:LeadingKeys": partitions}), (action, partitions)
