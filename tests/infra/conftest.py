"""Shared parts of the tests of infra/: the template as CloudFormation sees it, after SAM's own transform."""

import contextlib
import copy
import functools
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from event_bus import event_bus

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra/deploy"))

# libyaml's parser: SAM and moto parse the template many times, and PyYAML's own parser takes ten times as long.
yaml.SafeLoader, yaml.Loader = yaml.CSafeLoader, yaml.CLoader
# The loaders to which SAM and moto add their own tags.
yaml.loader.SafeLoader, yaml.loader.Loader = yaml.CSafeLoader, yaml.CLoader

# Nothing here may reach a real account.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class NoManagedPolicies:
    """The template names none of AWS' own policies, so SAM does not have to look them up."""

    def load(self):
        return {}


@functools.cache
def to_cloudformation(text):
    """SAM's transform, as CloudFormation runs it, as JSON; the code must be in S3. It takes seconds, and most deployments
    are of the same text."""
    return json.dumps(transform(yaml_parse(text), {}, NoManagedPolicies()))


@pytest.fixture(scope="session")
def template():
    return yaml_parse((ROOT / "infra/template.yaml").read_text())


@pytest.fixture(scope="session")
def cloudformation(template):
    packaged = copy.deepcopy(template)
    for resource in packaged["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    return transform(packaged, {}, NoManagedPolicies())


def of_type(document, kind):
    return {name: one["Properties"] for name, one in document["Resources"].items() if one["Type"] == kind}


@pytest.fixture(scope="session")
def bus():
    """A stand-in for EventBridge, which the functions of `running` use."""
    with event_bus() as bus:
        yield bus


@pytest.fixture(scope="session")
def running(bus):
    """The real functions over an embedded database with nothing in it. `make test` has built them."""
    with serving(sample="0", bus=bus) as crm:
        yield crm


@contextlib.contextmanager
def serving(sample, bus=None):
    """`make run` on a free port, with or without its sample."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"PORT": str(port), "DB_PORT": "0", "SAMPLE": sample, "AUTH": "Bearer demo-key", "PATH": "/usr/bin:/bin"}
    settings |= {"AWS_ENDPOINT_URL_EVENTBRIDGE": bus.url} if bus else {}
    program = [ROOT / "target/debug/local", "run"]
    crm = subprocess.Popen(program, env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        said = ""
        while "AWS_ENDPOINT_URL_DYNAMODB=" not in said:
            line = crm.stdout.readline()
            assert line, f"it ended: {said}"
            said += line
        base = re.search(r"ready (\S+)", said)[1]
        endpoint = re.search(r"AWS_ENDPOINT_URL_DYNAMODB=(\S+)", said)[1]
        yield SimpleNamespace(base=base, endpoint=endpoint)
    finally:
        crm.terminate()
        crm.wait()
