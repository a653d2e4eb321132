"""The consumers of docs/changes.md, run as they stand there against the real functions."""

import json
import os
import re
import subprocess
import time
import urllib.request

import pytest

from conftest import ROOT

# Much longer than the feed is behind.
PATIENCE = 90


def consumer(language):
    text = (ROOT / "docs/changes.md").read_text()
    return re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)[1]


def ask(running, method, path, body=None):
    headers = {"authorization": "Bearer demo-key", "content-type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(running.base.removesuffix("/api/v1") + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def place_of(running, customer):
    """Where the customer's creation is in the feed."""
    changes = ask(running, "GET", "/admin/v1/changes?limit=1000")["changes"]
    return next(change["id"] for change in changes if change.get("customer") == customer)


def wait_for_place(file, place):
    """Until a consumer has stored a place as far as this one."""
    deadline = time.monotonic() + PATIENCE
    while not file.exists() or file.read_text() < place:
        assert time.monotonic() < deadline
        time.sleep(0.1)


class Consumer:
    def __init__(self, running, command, folder):
        known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        settings = {"CRM": running.base.removesuffix("/api/v1"), "CHANGES_KEY": "Bearer demo-key"}
        self.log = folder / f"{time.monotonic_ns()}.log"
        self.process = subprocess.Popen(command, cwd=folder, env=known | settings, stdout=self.log.open("w"), stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def lines(self):
        return self.log.read_text().splitlines()

    def expect(self, line):
        deadline = time.monotonic() + PATIENCE
        while line not in self.lines():
            assert self.process.poll() is None and time.monotonic() < deadline, (line, self.lines())
            time.sleep(0.2)


@pytest.mark.parametrize(
    ("language", "name", "program"), [("python", "consumer.py", "python3"), ("javascript", "consumer.mjs", "node")]
)
def test_a_consumer_is_told_of_every_change_once_and_goes_on_where_it_was(running, tmp_path, language, name, program):
    (tmp_path / name).write_text(consumer(language))
    jane = ask(running, "POST", "/api/v1/customer", {"firstName": f"Jane of {language}"})["id"]
    with Consumer(running, [program, name], tmp_path) as first:
        first.expect(f"customer.created {jane} ")
        wait_for_place(tmp_path / "place.txt", place_of(running, jane))
    case = ask(running, "POST", "/api/v1/case", {"customerId": jane, "title": "Late", "description": "", "status": "open"})["id"]
    with Consumer(running, [program, name], tmp_path) as second:
        second.expect(f"case.created {jane} {case}")
        assert f"customer.created {jane} " not in second.lines(), "it went on where the first one was"
