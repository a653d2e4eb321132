"""Checks that a deployment answers, with Khoros' calls that write nothing (`crm doctor --read-only`)."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

from problem import Problem

# How long the smoke test's key is valid, in case it cannot be revoked.
VALID = timedelta(minutes=15)


def test(outputs, tenant, crm):
    """Returns whether all is well. Without a tenant there is no key, and the right answer is the contract's 401."""
    if not tenant:
        return is_closed(outputs["BaseUrl"])
    if not crm.exists():
        raise Problem(f"{crm} is missing: `make crm` builds it")
    if not exists(crm, outputs["TableName"], tenant):
        print(f"smoke test: there is no tenant {tenant} yet (`crm tenant create` creates it), so the test runs without a key")
        return is_closed(outputs["BaseUrl"])
    key = make_key(crm, outputs["TableName"], tenant)
    try:
        doctor = [crm, "doctor", outputs["BaseUrl"], "--read-only"]
        return subprocess.run(doctor, env={**os.environ, "CRM_AUTH": key["value"]}, check=False).returncode == 0
    finally:
        run(crm, outputs["TableName"], tenant, "keys", "revoke", key["key"], "--yes")


def is_closed(base_url):
    status, body = ask(f"{base_url}/meta/object/customer")
    closed = status == 401 and body.get("error") == "unauthorized"
    print(f"smoke test: {base_url} {'answers, and requires a key' if closed else f'answers {status}; 401 was expected'}")
    return closed


def ask(url):
    try:
        with urllib.request.urlopen(url, timeout=25) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        body = error.read()
        return error.code, json.loads(body) if body.startswith(b"{") else {}
    except (urllib.error.URLError, ValueError) as error:
        raise Problem(f"{url} does not answer: {error}") from None


def exists(crm, table, tenant):
    """Whether the tenant exists. For a missing one the exit code of `crm` is 2."""
    command = [crm, "--json", "keys", "list", "--table", table, "--tenant", tenant]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 2):
        raise Problem(f"keys list: {done.stderr.strip()}")
    return done.returncode == 0


def make_key(crm, table, tenant):
    expires = (datetime.now(UTC) + VALID).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.loads(run(crm, table, tenant, "keys", "create", "--label", "smoke test", "--expires", expires))


def run(crm, table, tenant, *command):
    arguments = [crm, "--json", *command, "--table", table, "--tenant", tenant]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"{' '.join(command[:2])}: {done.stderr.strip()}")
    return done.stdout
