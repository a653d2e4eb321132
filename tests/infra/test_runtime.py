"""The functions under AWS' own Lambda runtime interface emulator, with events as API Gateway's HTTP API writes them (payload format
2.0), over the embedded database.

`make test` runs the binaries of target/debug, and `make runtime` the zips of `make build`. The emulator has Lambda's runtime interface
and its time-outs, but neither API Gateway nor Lambda's limit on answers. The tests check that limit themselves.
"""

import base64
import contextlib
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT, of_type

FUNCTIONS = Path(os.environ.get("FUNCTIONS", "target/debug"))
MACHINE = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
EMULATOR = Path(sysconfig.get_path("purelib")) / f"samcli/local/rapid/aws-lambda-rie-{MACHINE}"
# Lambda's limits: the time of a function's start, and the size of an answer as it leaves the function.
INIT_SECONDS, MOST_ANSWERED = 10, 6 * 1024 * 1024
KEY = "Bearer demo-key"
# The most memory of a function, in MB. Debug binaries use more.
MEMORY = 64 if FUNCTIONS.name == "debug" else 32


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    """The emulator, made executable, since wheels do not store that."""
    assert EMULATOR.exists(), "make .venv/rie installs it"
    program = tmp_path_factory.mktemp("emulator") / EMULATOR.name
    shutil.copy(EMULATOR, program)
    program.chmod(0o755)
    return program


@pytest.fixture(scope="session")
def program_of(tmp_path_factory):
    """The path of a function's program: in a zip, the file that Lambda starts."""

    def found(function):
        if FUNCTIONS.name == "debug":
            return ROOT / FUNCTIONS / function
        place = tmp_path_factory.mktemp(function)
        with zipfile.ZipFile(ROOT / FUNCTIONS / function / "bootstrap.zip") as archive:
            assert archive.namelist() == ["bootstrap"]
            program = Path(archive.extract("bootstrap", place))
        program.chmod(0o755)
        return program

    return found


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Emulated:
    """One execution environment of one function."""

    def __init__(self, emulator, program, database, seconds=10):
        invoke, runtime = free_port(), free_port()
        self.url = f"http://127.0.0.1:{invoke}/2015-03-31/functions/function/invocations"
        settings = {
            "PATH": "/usr/bin:/bin",
            "AWS_LAMBDA_FUNCTION_NAME": program.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(seconds),
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL_DYNAMODB": database,
            "TABLE_NAME": "khoros-crm",
            "LINK_SECRET": "a-link-secret-of-the-runtime-tests-0123456789",
            "LOG_LEVEL": "info",
        }
        addresses = ["--runtime-interface-emulator-address", f"127.0.0.1:{invoke}", "--runtime-api-address", f"127.0.0.1:{runtime}"]
        self.process = subprocess.Popen(
            [emulator, *addresses, program],
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.program = program

    def invoke(self, event):
        """The function's answer as it leaves the function."""
        request = urllib.request.Request(self.url, json.dumps(event).encode())
        deadline = time.monotonic() + 5
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.read()
            except urllib.error.URLError as error:
                # The emulator is not listening yet.
                if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > deadline:
                    raise

    def ask(self, *about, **more):
        sent = self.invoke(event(*about, **more))
        assert len(sent) <= MOST_ANSWERED
        answer = json.loads(sent)
        assert isinstance(answer.get("statusCode"), int), answer
        return answer

    def children(self):
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        # The emulator has threads, and any of them may be the parent.
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        return set(listed) | {child for thread in threads for child in (thread / "children").read_text().split()}

    def megabytes(self):
        [child] = self.children()
        [peak] = [line for line in Path(f"/proc/{child}/status").read_text().splitlines() if line.startswith("VmHWM")]
        return int(peak.split()[1]) / 1024

    def stop(self):
        """Stops it as Lambda does, and checks that nothing is left."""
        children = self.children()
        self.process.send_signal(signal.SIGTERM)
        ended = self.process.wait(timeout=5)
        left = [child for child in children if Path(f"/proc/{child}/exe").exists()]
        assert (ended, left) == (0, []), "it ends at once and leaves nothing"


@contextlib.contextmanager
def started(emulator, program, database, **options):
    function = Emulated(emulator, program, database, **options)
    try:
        yield function
        function.stop()
    finally:
        if function.process.poll() is None:
            function.process.kill()
            function.process.wait()


def event(method, path, body=None, *, route=None, query="", headers=None, cookies=(), is_base64=False, parameters=None):
    """As API Gateway's guide shows it ("Create AWS Lambda proxy integrations for HTTP APIs"): header names in lower case, values of
    repeated headers joined by commas, cookies apart, and the path decoded."""
    context = {
        "accountId": "123456789012",
        "apiId": "a1b2c3d4e5",
        "domainName": "crm.example.com",
        "domainPrefix": "crm",
        "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "Khoros"},
        "requestId": "JKJaXmPLvHcESHA=",
        "routeKey": route or f"{method} {path}",
        "stage": "$default",
        "time": "22/Nov/2026:10:11:12 +0000",
        "timeEpoch": 1795342272000,
    }
    sent = {
        "version": "2.0",
        "routeKey": context["routeKey"],
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"authorization": KEY, "apikey": KEY, "host": "crm.example.com", "x-forwarded-proto": "https", **(headers or {})},
        "requestContext": context,
        "pathParameters": parameters,
        "isBase64Encoded": is_base64,
    }
    if cookies:
        sent["cookies"] = list(cookies)
    if body is not None:
        sent["body"] = body
    return {name: value for name, value in sent.items() if value is not None}


def routes(template):
    """Every function with one of its routes, parameters filled in."""
    for function in of_type(template, "AWS::Serverless::Function").values():
        name = Path(function["CodeUri"]).parts[-2]
        event = next(iter(function["Events"].values()))
        if event["Type"] != "HttpApi":
            continue
        route = event["Properties"]
        path = route.get("Path", "/nowhere")
        for parameter, value in (("{id}", "C0SA77REZRPC"), ("{type}", "customer"), ("{name}", "page.css"), ("{path+}", "x"), ("{action+}", "x")):
            path = path.replace(parameter, value)
        method = route.get("Method", "GET").replace("ANY", "GET")
        yield name, method, path


def test_every_function_starts_answers_and_ends(emulator, program_of, running, template):
    asked = 0
    for name, method, path in routes(template):
        with started(emulator, program_of(name), running.endpoint) as function:
            begun = time.monotonic()
            body = "{}" if method in ("POST", "PUT", "PATCH") else None
            first = function.ask(method, path, body, headers={"content-type": "application/json"})
            assert time.monotonic() - begun < INIT_SECONDS, name
            assert 200 <= first["statusCode"] < 500, (name, first)
            # The same environment answers again.
            again = function.ask(method, path, body, headers={"content-type": "application/json"})
            assert again["statusCode"] in (first["statusCode"], 404), (name, again)
            assert function.megabytes() < MEMORY, name
        asked += 1
    assert asked > 50


def test_the_deliverer_of_changes_runs_on_its_schedule_and_for_the_tables_stream(emulator, program_of, running):
    keys = {"pk": {"S": "main#notices#2026-11-30"}, "sk": {"S": "01KBA5XQ8Z"}}
    record = {"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}
    with started(emulator, program_of("webhook-deliver-changes"), running.endpoint) as function:
        for event in ({"source": "aws.events", "detail-type": "Scheduled Event"}, {"Records": [record]}):
            assert json.loads(function.invoke(event)) is None
        assert function.megabytes() < MEMORY


def created(emulator, program_of, running, **fields):
    with started(emulator, program_of("khoros-create-customer"), running.endpoint) as create:
        answer = create.ask("POST", "/api/v1/customer", json.dumps(fields), headers={"content-type": "application/json"})
    assert answer["statusCode"] == 201, answer
    return json.loads(answer["body"])


def test_a_body_in_base64_is_the_same_body(emulator, program_of, running):
    fields = {"firstName": "Zoë", "email": "zoe@example.com"}
    with started(emulator, program_of("khoros-create-customer"), running.endpoint) as create:
        encoded = base64.b64encode(json.dumps(fields, ensure_ascii=False).encode()).decode()
        answer = create.ask(
            "POST", "/api/v1/customer", encoded, is_base64=True, headers={"content-type": "application/json; charset=utf-8"}
        )
    assert answer["statusCode"] == 201
    assert json.loads(answer["body"])["firstName"] == "Zoë"


def test_cookies_and_repeated_headers_change_nothing(emulator, program_of, running):
    made = created(emulator, program_of, running, firstName="Ann")
    path = f"/api/v1/customer/{made['id']}"
    with started(emulator, program_of("khoros-find-customer"), running.endpoint) as find:
        more = {"cookies": ["one=1", "two=2"], "headers": {"x-tag": "a,b", "accept": "text/html,application/json"}}
        answer = find.ask("GET", path, route="GET /api/v1/customer/{id}", parameters={"id": made["id"]}, **more)
        assert (answer["statusCode"], json.loads(answer["body"])["id"]) == (200, made["id"])
        assert all(isinstance(value, str) for value in answer["headers"].values())
        twice = find.ask("GET", path, headers={"authorization": f"{KEY},{KEY}"}, parameters={"id": made["id"]})
        assert twice["statusCode"] == 401


PATHS = ["C0SA77REZRPC x", "C0SA77REZRPC%2Fx", "é", "%", "a+b", "<script>", "C0SA77REZRPC/..", "x" * 4_000]


def test_every_path_is_answered(emulator, program_of, running):
    with started(emulator, program_of("khoros-find-customer"), running.endpoint) as find:
        for text in PATHS:
            answer = find.ask("GET", f"/api/v1/customer/{text}", route="GET /api/v1/customer/{id}", parameters={"id": text})
            assert answer["statusCode"] == 404, (text, answer)


def test_the_largest_answer_is_delivered(emulator, program_of, running):
    """Quotes are escaped twice: in the dialect's JSON, and in the JSON for Lambda."""
    customer = created(emulator, program_of, running, firstName="Long")["id"]

    def interactions(part):
        return [
            {
                "created": f"2026-11-20T09:{part:02}:{number % 60:02}Z",
                "body": '"quoted" ' * 1_000,
                "linkUrl": f"https://x.com/long/status/{part}{number}",
                "service": "twitter",
                "serviceId": f"{part}-{number}",
                "contentType": "post",
            }
            for number in range(80)
        ]

    sent = {"content-type": "application/json"}
    with started(emulator, program_of("khoros-create-case"), running.endpoint) as create:
        fields = {"customerId": customer, "title": "Long", "interactions": interactions(0)}
        made = create.ask("POST", "/api/v1/case", json.dumps(fields), headers=sent)
    assert made["statusCode"] == 201, made
    case = json.loads(made["body"])["id"]
    route, parameters = "PATCH /api/v1/case/{id}", {"id": case}
    with started(emulator, program_of("khoros-update-case"), running.endpoint) as update:
        for part in range(1, 10):
            body = json.dumps({"interactions": interactions(part)})
            answer = update.ask("PATCH", f"/api/v1/case/{case}", body, headers=sent, route=route, parameters=parameters)
            assert answer["statusCode"] == 201, answer
    with started(emulator, program_of("khoros-lookup-case"), running.endpoint) as find:
        sent = find.invoke(event("GET", f"/api/v1/case/{case}", route="GET /api/v1/case/{id}", parameters=parameters))
    assert 3_000_000 < len(sent) <= MOST_ANSWERED, len(sent)
    assert json.loads(sent)["statusCode"] == 200


@pytest.fixture
def silent():
    """A database that accepts connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_silent_database_gives_an_error_before_lambda_ends_the_function(emulator, program_of, silent):
    with started(emulator, program_of("khoros-find-customer"), silent) as find:
        begun = time.monotonic()
        answer = find.ask("GET", "/api/v1/customer/C0SA77REZRPC", parameters={"id": "C0SA77REZRPC"})
        took = time.monotonic() - begun
        assert answer["statusCode"] >= 500 and json.loads(answer["body"])["error"], answer
        assert took < INIT_SECONDS, took
        # The environment can still take the next request.
        assert find.ask("GET", "/api/v1/customer/C0SA77REZRPC", parameters={"id": "C0SA77REZRPC"})["statusCode"] >= 500


def test_with_little_time_left_a_function_answers_before_lambda_ends_it(emulator, program_of, silent):
    """Otherwise the emulator would say that the task timed out, as Lambda does."""
    with started(emulator, program_of("khoros-find-customer"), silent, seconds=5) as find:
        answer = find.ask("GET", "/api/v1/customer/C0SA77REZRPC", parameters={"id": "C0SA77REZRPC"})
        assert answer["statusCode"] >= 500 and "error" in json.loads(answer["body"])
