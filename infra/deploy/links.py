"""Replaces the secret of the links to the agents' pages, while all links keep opening: `make rotate-links`, `make retire-links`.

Functions are updated one after the other, so at any moment some may have the old settings. Three versions of the secret follow each
other, each deployed everywhere before the next is created:

    accept-…   the old secret signs, and both open links
    sign-…     the new secret signs, and both open links
    only-…     only the new secret, when no link signed with the old one is left

The version's id begins with its step, so that an interrupted replacement can be continued.
"""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import changes
from problem import Problem, agreed

ACCEPT, SIGN, ONLY = "accept", "sign", "only"
# A link opens until the end of the next day, and a deployment may continue past midnight.
LAST_LINK = timedelta(days=3)
PARAMETER = "LinkSecretVersion"


def present(session, stack):
    """The parameter that names the current version; empty if the stack is new or has no pages."""
    found = changes.find(session.client("cloudformation"), stack)
    secret = changes.outputs_of(found).get("LinkSecret") if found else None
    return {PARAMETER: Links(session, secret).version()["VersionId"]} if secret else {}


def rotate(session, stack, role=None, was_agreed=False):
    links = Links.of(session, stack)
    if not was_agreed and not agreed(f"Replace the secret of the links of {stack}, in two deployments?"):
        raise Problem("nothing was changed")
    # A version that was created but not deployed comes first.
    deploy(session, stack, links, role)
    if links.step() == ONLY:
        links.put(ACCEPT, [*links.secrets(), secrets.token_urlsafe(48)])
        deploy(session, stack, links, role)
    if links.step() == ACCEPT:
        old, new = links.secrets()
        links.put(SIGN, [new, old])
        deploy(session, stack, links, role)
    print(f"New links are signed with the new secret. The old one still opens: on {links.end()} or later, make retire-links STACK={stack}")
    return 0


def retire(session, stack, role=None):
    links = Links.of(session, stack)
    if links.step() == ACCEPT:
        raise Problem(f"the replacement was interrupted: make rotate-links STACK={stack} continues it")
    if links.step() == SIGN:
        if datetime.now(UTC).date() < links.end():
            raise Problem(f"links signed with the old secret open until then: wait until {links.end()}. Nothing was changed")
        links.put(ONLY, links.secrets()[:1])
    deploy(session, stack, links, role)
    print("Only the new secret is left, and every function has it.")
    return 0


def deploy(session, stack, links, role):
    """Deploys the current version to all functions, unless they have it."""
    found = changes.find(session.client("cloudformation"), stack)
    deployed = {one["ParameterKey"]: one.get("ParameterValue") for one in found["Parameters"]}
    if deployed.get(PARAMETER) == links.version()["VersionId"]:
        return
    wanted = changes.Wanted(stack, parameters={PARAMETER: links.version()["VersionId"]}, role=role)
    changes.apply(session, wanted, was_agreed=True)


class Links:
    """The secret in Secrets Manager."""

    def __init__(self, session, secret):
        self.client = session.client("secretsmanager")
        self.secret = secret

    @classmethod
    def of(cls, session, stack):
        found = changes.find(session.client("cloudformation"), stack)
        if found is None:
            raise Problem(f"there is no stack {stack} in {session.region_name}")
        secret = changes.outputs_of(found).get("LinkSecret")
        if not secret:
            raise Problem(f"{stack} has no pages (AgentPages and Desk are off), or was deployed by an earlier version: deploy it first")
        return cls(session, secret)

    def version(self):
        """The current version: its id and creation time."""
        # Only versions with a label are listed, which always fit into one page.
        versions = self.client.list_secret_version_ids(SecretId=self.secret)["Versions"]
        [version] = [one for one in versions if "AWSCURRENT" in one.get("VersionStages", [])]
        return version

    def step(self):
        step = self.version()["VersionId"].partition("-")[0]
        return step if step in (ACCEPT, SIGN) else ONLY

    def end(self):
        """The day from which nothing needs the old secret."""
        return (self.version()["CreatedDate"].astimezone(UTC) + LAST_LINK).date()

    def secrets(self):
        """The first one signs, and all of them open links (shared/service/src/link.rs)."""
        return self.client.get_secret_value(SecretId=self.secret)["SecretString"].split()

    def put(self, step, wanted):
        self.client.put_secret_value(SecretId=self.secret, ClientRequestToken=f"{step}-{uuid4()}", SecretString=" ".join(wanted))
