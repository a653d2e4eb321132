"""The OpenAPI documents are valid, their examples fit their schemas, and the running functions answer as described."""

import json
import re
import urllib.error
import urllib.request

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from conftest import ROOT

DOCUMENTS = sorted((ROOT / "infra/openapi").iterdir())
METHODS = {"get", "put", "post", "patch", "delete"}


def read(path):
    return yaml.safe_load(path.read_text())


def check(value, schema, document):
    """Resolves references into the document's components."""
    schema = {**schema, "components": document["components"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def resolved(part, document):
    """A response, parameter or example, which may be a reference."""
    while "$ref" in part:
        target = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        part = target
    return part


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method, path, operation


def contents(document):
    """Every body of a request or a response, by a name for the test's output."""
    for method, path, operation in operations(document):
        bodies = {"request": operation.get("requestBody", {})}
        bodies |= {status: resolved(response, document) for status, response in operation["responses"].items()}
        for name, body in bodies.items():
            for kind, content in body.get("content", {}).items():
                yield f"{method} {path} {name} {kind}", content


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def document(request):
    return read(request.param)


def test_it_is_openapi(document):
    assert document["openapi"].startswith("3.1.")
    validate(document)


def test_every_body_has_a_schema_and_examples_that_fit_it(document):
    for name, content in contents(document):
        if not name.endswith("json"):
            continue
        assert "schema" in content, name
        examples = [resolved(example, document)["value"] for example in content.get("examples", {}).values()]
        examples += [content["example"]] if "example" in content else []
        assert examples or name.startswith("get /openapi.json"), f"{name} has no example"
        for example in examples:
            check(example, content["schema"], document)


def test_every_operation_describes_its_failures(document):
    for method, path, operation in operations(document):
        assert operation["operationId"], f"{method} {path}"
        assert {"401", "500"} <= operation["responses"].keys(), f"{method} {path}"


def test_all_components_are_used(document):
    text = json.dumps(document)
    for kind, parts in document["components"].items():
        for name in parts:
            if kind != "securitySchemes":
                assert f'"#/components/{kind}/{name}"' in text, f"{kind}/{name}"


@pytest.fixture(scope="module")
def crm(running):
    return Crm(running.base)


class Crm:
    """A client that checks every answer against a document: by default the one that the CRM itself returns."""

    def __init__(self, base, document=None):
        self.base = base
        self.document = document or self.own_document()

    def own_document(self):
        status, document = self.request("GET", "/openapi.json")
        assert status == 200
        return document

    def request(self, method, path, body=None, key="Bearer demo-key"):
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"authorization": key, "content-type": "application/json"}
        try:
            answer = urllib.request.urlopen(urllib.request.Request(self.base + path, data, headers, method=method), timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def ask(self, method, path, body=None, **how):
        status, answer = self.request(method, path, body, **how)
        operation = self.operation(method, path)
        assert str(status) in operation["responses"], f"{method} {path} answers {status}, which is not described"
        content = resolved(operation["responses"][str(status)], self.document).get("content")
        if content is None:
            assert answer is None
        else:
            check(answer, content["application/json"]["schema"], self.document)
        if status < 300 and isinstance(body, dict):
            check(body, operation["requestBody"]["content"]["application/json"]["schema"], self.document)
        return status, answer

    def operation(self, method, path):
        path = path.split("?")[0]
        fits = [known for known in self.document["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path)]
        return self.document["paths"][min(fits, key=lambda known: known.count("{"))][method.lower()]


def test_the_answers_are_as_described(crm):
    assert crm.document["servers"] == [{"url": crm.base}]
    _, jane = crm.ask("POST", "/customer", {"displayName": "Jane", "email": "jane@example.com", "phone": "+1 415 555 2671"})
    customer = f"/customer/{jane['id']}"
    interaction = {
        "created": "2026-11-20T09:12:00Z",
        "body": "Where is my parcel?",
        "linkUrl": "https://x.com/jane/status/1",
        "serviceId": "1",
        "service": "twitter",
        "contentType": "post",
        "author": {"service": "twitter", "serviceId": "7", "handle": "jane", "name": "Jane", "brandOwned": False},
    }
    new_case = {"customerId": jane["id"], "title": "Late", "priority": "high", "escalated": True, "interactions": [interaction]}
    _, case = crm.ask("POST", "/case", new_case)
    asked = [
        ("GET", customer, None, 200),
        ("PATCH", customer, {"city": "Springfield", "phone": None}, 201),
        ("GET", f"{customer}/cases", None, 200),
        ("GET", f"/case/{case['id']}", None, 200),
        ("PATCH", f"/case/{case['id']}", {"status": "closed", "priority": None}, 201),
        ("POST", "/customers", {"email": "jane@example.com"}, 200),
        ("POST", "/customers", {"email": "nobody@example.com"}, 204),
        ("POST", "/customer/bestmatch", {"email": "jane@example.com", "displayName": "Jane"}, 200),
        ("GET", "/meta/object/customer", None, 200),
        ("GET", "/meta/object/case", None, 200),
        ("GET", "/openapi.json", None, 200),
    ]
    for method, path, body, wanted in asked:
        assert crm.ask(method, path, body)[0] == wanted, f"{method} {path}"


def test_the_administrators_answers_are_as_described(crm):
    admin = Crm(crm.base.replace("/api/v1", "/admin/v1"), read(ROOT / "infra/openapi/admin.yaml"))
    twin = {"firstName": "Joan", "lastName": "Dovzhenko", "email": "joan@dovzhenko.example"}
    one, other, third = [crm.ask("POST", "/customer", {**twin, "city": city})[1]["id"] for city in ("Ulm", "Bonn", "Jena")]
    merge = {"survivor": one, "merged": other}
    assert admin.ask("POST", "/merges", {**merge, "dryRun": True})[0] == 200
    status, receipt = admin.ask("POST", "/merges", {**merge, "take": ["city"]})
    assert status == 201
    nowhere = "C00000000001"
    asked = [
        ("GET", f"/merges/{receipt['receipt']}", None, 200),
        ("GET", f"/customers/{other}/duplicates", None, 200),
        ("GET", "/duplicates", None, 200),
        ("PUT", f"/distinct/{one}/{third}", {"reason": "sisters"}, 200),
        ("POST", "/merges", {"survivor": one, "merged": third}, 409),
        ("DELETE", f"/distinct/{one}/{third}", None, 200),
        ("DELETE", f"/distinct/{one}/{third}", None, 404),
        ("DELETE", f"/merges/{receipt['receipt']}", None, 200),
        ("GET", "/changes", None, 200),
        ("GET", "/changes?after=nonsense", None, 422),
        ("GET", "/duplicates?cursor=nonsense", None, 422),
        ("GET", f"/customers/{nowhere}/duplicates", None, 404),
        ("GET", f"/merges/M{nowhere}00000000", None, 404),
        ("POST", "/merges", b"nonsense", 400),
        ("POST", "/merges", {"survivor": one, "merged": one}, 422),
        ("POST", "/merges", {"survivor": one, "merged": nowhere}, 422),
        ("PUT", f"/distinct/{one}/{nowhere}", None, 404),
    ]
    for method, path, body, wanted in asked:
        assert admin.ask(method, path, body)[0] == wanted, f"{method} {path}"
    for method, path in [("GET", "/changes"), ("POST", "/merges"), ("GET", "/duplicates")]:
        assert admin.ask(method, path, key="Bearer nonsense")[0] == 401


def test_failures_are_as_described(crm):
    asked = [
        ("GET", "/meta/object/nonsense", None, 400),
        ("POST", "/customers", {}, 400),
        ("POST", "/customers", {"nonsense": "x"}, 400),
        ("POST", "/customer/bestmatch", {"email": ["x"]}, 400),
        ("POST", "/customer", b"nonsense", 400),
        ("POST", "/customer", {"email": "nonsense"}, 422),
        ("POST", "/customer", b"x" * 1_100_000, 413),
        ("POST", "/case", {"title": "x", "customerId": "C00000000001"}, 422),
        ("PATCH", "/case/K000000000", {"title": "x"}, 404),
        ("GET", "/customer/C00000000001", None, 404),
        ("GET", "/customer/C00000000001/cases", None, 404),
        ("GET", "/case/K000000000", None, 404),
    ]
    for method, path, body, wanted in asked:
        assert crm.ask(method, path, body)[0] == wanted, f"{method} {path}"
    for method, path in [("GET", "/openapi.json"), ("POST", "/customer"), ("GET", "/case/K000000000")]:
        assert crm.ask(method, path, key="Bearer nonsense")[0] == 401
