"""A change set: created, shown, confirmed, executed."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import ClientError, WaiterError

from problem import Problem, agreed

# The capabilities that a stack with roles and SAM needs.
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# States of a stack that does not exist yet: only a change set was created, or its first deployment was rolled back.
NEW = {"REVIEW_IN_PROGRESS"}
# Changes that CloudFormation itself refuses, whoever executes a change set; `refuse_loss` only checks ours.
STACK_POLICY = {
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": ["Update:Replace", "Update:Delete"], "Resource": "LogicalResourceId/Table"},
    ]
}
FAILED_AT_BIRTH = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}


@dataclass
class Wanted:
    """The desired stack. Without a template it keeps the one that it has."""

    stack: str
    template: str | None = None
    parameters: dict = field(default_factory=dict)
    role: str | None = None

    @classmethod
    def of(cls, asked, template):
        parameters = read_parameters(asked.parameters) if asked.parameters else {}
        parameters["Architecture"] = asked.architecture
        if asked.boundary:
            parameters["PermissionsBoundaryArn"] = asked.boundary
        return cls(asked.stack, template, parameters, asked.role)


def read_parameters(path: Path):
    """One JSON object: names and values."""
    try:
        parameters = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Problem(f"the parameters cannot be read: {path}: {error}") from None
    if not isinstance(parameters, dict) or any(isinstance(value, (dict, list)) for value in parameters.values()):
        raise Problem(f'{path}: write one JSON object such as {{"DomainName": "crm.example.com"}}')
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}


def apply(session, wanted, was_agreed=False):
    """Brings the stack into the desired state, and returns its outputs."""
    cloudformation = session.client("cloudformation")
    stack = find(cloudformation, wanted.stack)
    change_set = propose(cloudformation, wanted, stack)
    if change_set is None:
        print("nothing to change")
    else:
        execute(cloudformation, wanted.stack, change_set, was_agreed)
    cloudformation.set_stack_policy(StackName=wanted.stack, StackPolicyBody=json.dumps(STACK_POLICY))
    return outputs_of(find(cloudformation, wanted.stack))


def find(cloudformation, name):
    """The stack, if there is one."""
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return stack


def outputs_of(stack):
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def propose(cloudformation, wanted, stack):
    """Creates a change set; none if there is nothing to change. Parameters that are not given keep their values."""
    if stack and stack["StackStatus"] in FAILED_AT_BIRTH:
        why = f"{wanted.stack} was never complete ({stack['StackStatus']})"
        raise Problem(f"{why}: look at its events, then `make destroy STACK={wanted.stack}`")
    exists = stack and stack["StackStatus"] not in NEW
    given = [{"ParameterKey": name, "ParameterValue": value} for name, value in wanted.parameters.items()]
    source = {"TemplateURL": wanted.template} if wanted.template else {"UsePreviousTemplate": True}
    known = known_parameters(cloudformation, wanted) if exists else []
    kept = {parameter["ParameterKey"] for parameter in (stack or {}).get("Parameters", [])} - wanted.parameters.keys()
    given += [
        {"ParameterKey": parameter["ParameterKey"], "UsePreviousValue": True}
        for parameter in known
        if parameter["ParameterKey"] in kept
    ]
    name = f"deploy-{int(time.time())}"
    role = {"RoleARN": wanted.role} if wanted.role else {}
    cloudformation.create_change_set(
        StackName=wanted.stack,
        ChangeSetName=name,
        ChangeSetType="UPDATE" if exists else "CREATE",
        Parameters=given,
        Capabilities=CAPABILITIES,
        **source,
        **role,
    )
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(
            StackName=wanted.stack, ChangeSetName=name, WaiterConfig={"Delay": 3, "MaxAttempts": 100}
        )
    except WaiterError:
        reason = cloudformation.describe_change_set(StackName=wanted.stack, ChangeSetName=name).get("StatusReason", "")
        cloudformation.delete_change_set(StackName=wanted.stack, ChangeSetName=name)
        if "didn't contain changes" in reason or "No updates" in reason:
            return None
        raise Problem(f"AWS refuses the changes: {reason}") from None
    return name


def known_parameters(cloudformation, wanted):
    """The template's parameters. Only an existing parameter can keep its value."""
    where = {"TemplateURL": wanted.template} if wanted.template else {"StackName": wanted.stack}
    return cloudformation.get_template_summary(**where)["Parameters"]


def execute(cloudformation, stack, change_set, was_agreed):
    """Shows the changes, asks, and waits until they are done."""
    found = list_changes(cloudformation, stack, change_set)
    show(found)
    try:
        refuse_loss(found)
        if not was_agreed and not agreed(f"Execute these {len(found)} changes of {stack}?"):
            raise Problem("nothing was changed")
    except Problem:
        cloudformation.delete_change_set(StackName=stack, ChangeSetName=change_set)
        raise
    kind = "update" if find(cloudformation, stack)["StackStatus"] not in NEW else "create"
    cloudformation.execute_change_set(StackName=stack, ChangeSetName=change_set)
    print("AWS is executing the changes; Ctrl-C does not stop it")
    try:
        cloudformation.get_waiter(f"stack_{kind}_complete").wait(StackName=stack, WaiterConfig={"Delay": 5, "MaxAttempts": 720})
    except WaiterError:
        lines = [f"{stack} could not be deployed, and AWS rolls the changes back:", *failures(cloudformation, stack)]
        raise Problem("\n".join(lines)) from None


def list_changes(cloudformation, stack, change_set):
    """The changes of every page."""
    token, found = {}, []
    while True:
        page = cloudformation.describe_change_set(StackName=stack, ChangeSetName=change_set, **token)
        found += [change["ResourceChange"] for change in page.get("Changes", [])]
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}


def show(found):
    for change in found:
        note = {"True": "  REPLACED", "Conditional": "  may be replaced"}.get(change.get("Replacement", ""), "")
        print(f"{change['Action']:8}{change['ResourceType']:36}{change['LogicalResourceId']}{note}")


def refuse_loss(found):
    """Refuses a change that would replace or remove the table, even if the operator confirms it."""
    for change in found:
        ends = change["Action"] == "Remove" or change.get("Replacement") in ("True", "Conditional")
        if change["ResourceType"] == "AWS::DynamoDB::Table" and ends:
            raise Problem("this would replace or delete the table, and the CRM would start empty: nothing was changed")


def failures(cloudformation, stack):
    """The reasons of a failure, the first cause first. Resources that were only cancelled are left out."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    lines = [
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in event.get("ResourceStatusReason", "")
    ]
    return lines[:10]
