"""Removes a stack. The table stays with all data; an operator who wants it removed deletes it by name."""

from botocore.exceptions import WaiterError

from changes import failures, find, outputs_of
from problem import Problem


def remove(session, name, confirmed=None):
    cloudformation = session.client("cloudformation")
    stack = find(cloudformation, name)
    if stack is None:
        raise Problem(f"there is no stack {name} in {session.region_name}")
    table = outputs_of(stack).get("TableName")
    if table:
        print(announcement(name, table, session.client("dynamodb").describe_table(TableName=table)["Table"]))
    if (confirmed or typed("The stack's name, to remove it: ")) != name:
        raise Problem("nothing was removed")
    cloudformation.delete_stack(StackName=name)
    try:
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 5, "MaxAttempts": 360})
    except WaiterError:
        raise Problem("\n".join([f"{name} could not be removed:", *failures(cloudformation, name)])) from None
    print(f"{name} was removed")
    if table:
        print(farewell(table))
    return 0


def typed(question):
    try:
        return input(question).strip()
    except EOFError:
        return ""


def announcement(name, table, description):
    return f"""This removes {name}: its API, functions, roles, alarms, logs and the secret of its links.
The address registered with Khoros stops working, and agents will see errors.

The table stays: {table}, about {description["ItemCount"]} items, {description["TableSizeBytes"] / 1e6:.1f} MB, \
{"" if description.get("DeletionProtectionEnabled") else "not "}protected against deletion.
To export the data, before or afterwards, for each tenant:
  crm export customers customers.jsonl --table {table} --tenant TENANT
  crm export cases cases.jsonl --table {table} --tenant TENANT
"""


def farewell(table):
    return f"""{table} still exists, and its storage is billed. To delete it as well, and keep a backup:
  aws dynamodb create-backup --table-name {table} --backup-name last
  aws dynamodb update-table --table-name {table} --no-deletion-protection-enabled
  aws dynamodb delete-table --table-name {table}"""
