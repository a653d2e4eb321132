"""What is sent to a webhook: the reference library verifies it, and the receiver of docs/changes.md, run as it stands there, takes it.
An event bus gets the same."""

import http.server
import json
import os
import queue
import re
import subprocess
import threading
import time
import urllib.request
from contextlib import contextmanager

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from conftest import ROOT
from event_bus import ACCESS_KEY, REGION, SECRET_KEY
from test_changes import ask

# Much longer than the feed is behind.
PATIENCE = 90
BUS = f"arn:aws:events:{REGION}:123456789012:event-bus/crm"


def crm(running, *words, **more):
    command = [ROOT / "target/debug/crm", *words, "--json"]
    known = {"PATH": "/usr/bin:/bin", "AWS_ENDPOINT_URL_DYNAMODB": running.endpoint, **more}
    return json.loads(subprocess.run(command, env=known, check=True, capture_output=True, text=True).stdout)


@contextmanager
def endpoint():
    """An endpoint that accepts everything, and what it was sent: headers and body."""
    received = queue.Queue()

    class Endpoint(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.put((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hooks?key=xyzzy", received
        server.shutdown()


@contextmanager
def documented_receiver(secret, folder):
    """The receiver of the page, and a look at its lines."""
    [program] = [one for one in re.findall(r"```python\n(.*?)```", (ROOT / "docs/changes.md").read_text(), re.DOTALL) if "hmac" in one]
    assert len([line for line in program.splitlines() if line.strip()]) <= 30
    (folder / "receiver.py").write_text(program)
    with http.server.HTTPServer(("127.0.0.1", 0), None) as free:
        port = free.server_port
    log = folder / "receiver.log"
    known = {"PATH": os.environ["PATH"], "WEBHOOK_SECRET": secret, "PORT": str(port)}
    process = subprocess.Popen(["python3", "receiver.py"], cwd=folder, env=known, stdout=log.open("w"), stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_for(lambda: answers(url))
        yield url, lambda: log.read_text().splitlines()
    finally:
        process.kill()
        process.wait()


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=1)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_reference_verifies_what_is_sent_the_documented_receiver_takes_it_and_a_bus_gets_the_same(running, bus, tmp_path):
    with endpoint() as (url, received):
        set_up = crm(running, "tenant", "set", "--webhook", url, "--webhook-private", "on")["webhook"]
        secret = set_up["secret"]
        assert "xyzzy" not in json.dumps(set_up)
        assert "secret" not in crm(running, "tenant", "show")["webhook"], "it is shown once"
        jane = ask(running, "POST", "/api/v1/customer", {"firstName": "Jane"})["id"]
        ask(running, "PATCH", f"/api/v1/customer/{jane}", {"firstName": "Janet"})
        headers, body = received.get(timeout=PATIENCE)
        message = Webhook(secret).verify(body, headers)
        assert (message["type"], message["data"]["customer"]) == ("customer.created", jane)
        assert message["data"]["id"] == headers["webhook-id"] and message["timestamp"] == message["data"]["at"]
        feed = ask(running, "GET", "/admin/v1/changes?limit=1000")["changes"]
        assert message["data"] in feed, "a change is told in the same words"
        for altered in (body.replace(b"customer.created", b"customer.erased"), body + b" "):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(altered, headers)

        headers, body = received.get(timeout=PATIENCE)
        assert Webhook(secret).verify(body, headers)["type"] == "customer.updated"

        newer = crm(running, "tenant", "set", "--webhook-rotate", "1")["webhook"]
        assert newer["secrets"] == 2 and newer["secret"] != secret
        assert crm(running, "webhook", "test")["accepted"]
        headers, body = received.get(timeout=PATIENCE)
        for one in (secret, newer["secret"]):
            assert Webhook(one).verify(body, headers)["type"] == "webhook.test"
        with pytest.raises(WebhookVerificationError):
            Webhook(f"{secret[:-4]}AAA=").verify(body, headers)

    with documented_receiver(newer["secret"], tmp_path) as (url, lines):
        crm(running, "tenant", "set", "--webhook", url)
        start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3_600))
        crm(running, "webhook", "replay", "--from", start)
        wait_for(lambda: any(line == f"customer.created {jane} " for line in lines()))
        with pytest.raises(urllib.error.HTTPError, match="401"):
            forged = {"webhook-id": "1", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
            urllib.request.urlopen(urllib.request.Request(url, b"{}", forged))
        status = crm(running, "webhook", "status")
        assert (status["waiting"], status["parked"], status["stopped"]) == ([], [], None)

    assert crm(running, "tenant", "set", "--event-bus", BUS)["eventBus"]["arn"] == BUS
    here = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_ENDPOINT_URL_EVENTBRIDGE": bus.url}
    assert crm(running, "webhook", "test", **here)["accepted"]
    bus.refuses = once(lambda detail: (detail["type"], detail["data"].get("customer")) == ("customer.created", jane))
    crm(running, "webhook", "replay", "--from", start)
    wait_for(lambda: bus.wrong or len(bus.of(jane)) == 2)
    assert (bus.wrong, bus.of(jane)) == ([], ["customer.created", "customer.updated"]), "in order, although the first was refused at first"
    for event in bus.events:
        detail = json.loads(event["Detail"])
        assert (event["EventBusName"], event["Source"], event["DetailType"]) == (BUS, "khoros-crm", detail["type"])
        assert detail["type"] == "webhook.test" or detail["data"] in feed or detail["type"] == "customer.updated"
    crm(running, "tenant", "set", "--event-bus", "")
    assert not {"webhook", "eventBus"} & crm(running, "tenant", "show").keys()


def once(condition):
    """Whether a condition holds for an event's detail, for the first time."""
    held = []

    def first(event):
        if held or not condition(json.loads(event["Detail"])):
            return False
        held.append(event)
        return True

    return first
