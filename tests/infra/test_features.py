"""The functions are built with only the features that they need, whatever features the tools use."""

import subprocess

import pytest

from conftest import ROOT

FUNCTIONS = ["khoros", "agent", "egain", "omnidesk", "admin", "desk", "webhook"]


@pytest.fixture(scope="module")
def crates():
    packages = [word for name in FUNCTIONS for word in ("--package", name)]
    command = ["cargo", "tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p} [{f}]", *packages]
    tree = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    features = {}
    for line in tree.splitlines():
        if line.strip():
            name, _, rest = line.partition(" ")
            features.setdefault(name, set()).update(rest.partition("[")[2].partition("]")[0].split(","))
    return features


def test_functions_contain_no_crate_of_the_tools(crates):
    assert "aws-sdk-dynamodb" in crates
    of_tools = {"aws-sdk-sso", "aws-sdk-ssooidc", "ring", "rusqlite", "dynoxide-rs", "ureq", "clap", "webpki-roots", "proptest", "rand"}
    assert of_tools.isdisjoint(crates), of_tools & set(crates)


def test_functions_get_credentials_from_their_role_only(crates):
    assert crates["aws-config"].isdisjoint({"sso", "credentials-process"})


def test_functions_lack_features_for_programs_on_a_machine(crates):
    assert crates["tokio"].isdisjoint({"full", "process", "signal"})


def test_functions_contain_no_code_for_operators(crates):
    """Only `crm` and tests backfill and walk over all records, and only `crm` has a command line."""
    assert "crm-store" in crates
    assert "operator" not in crates["crm-store"]
    assert "command-line" not in crates.get("crm-import", set())
