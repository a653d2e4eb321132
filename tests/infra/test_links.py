"""The drill: the links' secret is replaced, and valid links open at every moment."""

import re
from datetime import timedelta
from itertools import pairwise

import boto3
import pytest

import changes
import links
from command_line import main
from conftest import ROOT
from policies import Deployed
from problem import Problem
from test_deploy import FIRST_SECRET, STACK, answering, aws, checkout, deploy  # noqa: F401 (fixtures)

@pytest.fixture
def secret(aws, checkout):  # noqa: F811
    """Secrets Manager after the deployment of the stack."""
    assert deploy(checkout[1]) == 0
    return boto3.Session().client("secretsmanager")


def settings(cloudformation, client, version):
    """The secrets of each function in their order, with this version in the template's parameter."""
    stack = Deployed(cloudformation, {"LinkSecretVersion": version}, {"LinkSecret": "links"})
    found = {}
    for name, function in stack.resources("AWS::Lambda::Function"):
        reference = function["Environment"]["Variables"].get("LINK_SECRET")
        if reference:
            named = re.fullmatch(r"\{\{resolve:secretsmanager:links:SecretString:::([\w-]*)\}\}", reference)
            which = {"VersionId": named[1]} if named[1] else {}
            found[name] = client.get_secret_value(SecretId="links", **which)["SecretString"].split()
    return found


@pytest.fixture
def deployed_versions(monkeypatch):
    """The versions that deployments pass to the template, in order."""
    versions = []
    apply = changes.apply

    def noting(session, wanted, was_agreed=False):
        versions.append(wanted.parameters[links.PARAMETER])
        return apply(session, wanted, was_agreed)

    monkeypatch.setattr(changes, "apply", noting)
    return versions


def later(monkeypatch, days):
    """Makes the current version this many days old."""
    version = links.Links.version
    older = lambda self: (found := version(self)) | {"CreatedDate": found["CreatedDate"] - timedelta(days=days)}  # noqa: E731
    monkeypatch.setattr(links.Links, "version", older)


def test_the_drill(secret, cloudformation, deployed_versions, monkeypatch):
    before = settings(cloudformation, secret, "")
    assert len(before) == 11
    assert main(["rotate-links", STACK, "--yes"]) == 0
    with pytest.raises(Problem, match="wait until"):
        links.retire(boto3.Session(), STACK)
    later(monkeypatch, days=3)
    assert main(["retire-links", STACK]) == 0

    versions = [version for version, again in pairwise([*deployed_versions, None]) if version != again]
    states = [before, *(settings(cloudformation, secret, version) for version in versions)]
    for state in states:
        assert state.keys() == before.keys()
        assert len({tuple(secrets) for secrets in state.values()}) == 1, "all functions change together"
    # During a deployment, each function may have the old or the new settings.
    for some, others in [*pairwise(states), *((two, one) for one, two in pairwise(states))]:
        for signs in some.values():
            assert all(signs[0] in opens for opens in others.values()), "a link that was just signed opens"
    first, last = before["AgentCustomerPage"], states[-1]["AgentCustomerPage"]
    assert len(last) == 1 and last != first, "the old secret is gone"
    # Until the last step, the old secret opens links. Those that it signed are then at most three days old.
    assert all(first[0] in state["AgentCasePage"] for state in states[:-1])
    assert not any(first[0] in opens for opens in states[-1].values())


def test_a_new_version_changes_every_function_that_has_the_secret_and_no_other(cloudformation):
    def all_settings(version):
        stack = Deployed(cloudformation, {"LinkSecretVersion": version, "EgainDialect": "on", "OmnideskDialect": "on", "AdminDialect": "on", "Desk": "on"})
        return dict(stack.resources("AWS::Lambda::Function"))

    before, after = all_settings("accept-1"), all_settings("sign-1")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {name for name, one in before.items() if "LINK_SECRET" in one["Environment"]["Variables"]}
    assert {"AgentCustomerPage", "AgentCasePage", "KhorosFindCustomer"} <= changed
    assert not {name for name in changed if name.startswith(("Egain", "Omnidesk"))} and "AgentAsset" not in changed


def test_an_interrupted_rotation_is_continued(secret, deployed_versions, monkeypatch):
    apply = changes.apply

    def breaking_off(session, wanted, was_agreed=False):
        if wanted.parameters[links.PARAMETER].startswith("accept"):
            raise Problem("the connection was interrupted")
        return apply(session, wanted, was_agreed)

    monkeypatch.setattr(changes, "apply", breaking_off)
    for _ in range(2):
        assert main(["rotate-links", STACK, "--yes"]) == 1
    with pytest.raises(Problem, match="continues it"):
        links.retire(boto3.Session(), STACK)
    monkeypatch.setattr(changes, "apply", apply)
    assert main(["rotate-links", STACK, "--yes"]) == 0
    steps = [version.partition("-")[0] for version in deployed_versions]
    assert steps[-2:] == ["accept", "sign"]
    newest, oldest = secret.get_secret_value(SecretId="links")["SecretString"].split()
    assert oldest == FIRST_SECRET and newest != oldest
    assert main(["rotate-links", STACK, "--yes"]) == 0, "repeated, it only says how to continue"
    assert secret.get_secret_value(SecretId="links")["SecretString"].split() == [newest, oldest]


def test_every_deployment_uses_the_current_version(secret, checkout, deployed_versions):  # noqa: F811
    made = secret.put_secret_value(SecretId="links", SecretString="another-secret-of-these-links-no2")["VersionId"]
    assert deploy(checkout[1]) == 0
    assert deployed_versions == [made]


def test_a_stack_without_pages_has_nothing_to_rotate(aws, checkout, monkeypatch, capsys):  # noqa: F811
    assert deploy(checkout[1]) == 0
    monkeypatch.setattr(changes, "outputs_of", lambda stack: {})
    assert main(["rotate-links", STACK, "--yes"]) == 1
    assert "has no pages" in capsys.readouterr().err


def test_new_secrets_are_accepted_by_the_functions():
    """shared/service/src/link.rs refuses secrets that are short or repetitive."""
    code = (ROOT / "shared/service/src/link.rs").read_text()
    shortest = int(re.search(r"const SHORTEST_SECRET: usize = (\d+)", code)[1])
    made = links.secrets.token_urlsafe(48)
    assert len(made) >= shortest and len(set(made)) > 16 and " " not in made
