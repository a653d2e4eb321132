"""Restores the table to a moment, and switches everything to the restored one: `make restore`.

DynamoDB restores into a new table. This sets what it does not restore: expiry, recovery, protection and tags. People who were erased
since are erased again before anything reads the new table, and then one parameter of the stack, ServedTable, is set to it. The old
table stays. The same command continues an interrupted restore.
"""

import subprocess
from datetime import UTC, datetime

from botocore.exceptions import ClientError, WaiterError

import changes
from problem import Problem, agreed

PARAMETER = "ServedTable"
# A large table takes hours.
PATIENCE = {"Delay": 20, "MaxAttempts": 2160}


def restore(session, asked, crm):
    found = changes.find(session.client("cloudformation"), asked.stack)
    if found is None:
        raise Problem(f"there is no stack {asked.stack} in {session.region_name}")
    if not crm.exists():
        raise Problem(f"{crm} is missing: `make crm` builds it")
    before = changes.outputs_of(found)["TableName"]
    moment = read_moment(asked.time)
    # Policies and the pipeline's boundary identify the stack's tables by their names' prefix.
    restored = f"{asked.stack}-Table-{moment:%Y%m%dT%H%M%SZ}"
    if before == restored:
        raise Problem(f"everything uses {restored} already")
    question = f"Restore {before} to {moment.isoformat()}? Later writes stay in the old table only."
    if not asked.yes and not agreed(question):
        raise Problem("nothing was restored")
    dynamodb = session.client("dynamodb")
    make(dynamodb, before, restored, moment)
    set_what_is_not_restored(dynamodb, before, restored)
    for tenant in asked.tenant:
        erase_again(crm, before, restored, tenant)
    wanted = changes.Wanted(asked.stack, parameters={PARAMETER: restored}, role=asked.role)
    changes.apply(session, wanted, was_agreed=True)
    print(farewell(before, restored, asked.tenant))
    return 0


def read_moment(text):
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(f"{text} is not a time: write it as 2026-11-20T08:00:00Z") from None
    if moment.tzinfo is None:
        raise Problem(f"{text} has no zone: write it as 2026-11-20T08:00:00Z")
    return moment.astimezone(UTC)


def make(dynamodb, before, restored, moment):
    try:
        dynamodb.restore_table_to_point_in_time(SourceTableName=before, TargetTableName=restored, RestoreDateTime=moment)
        print(f"AWS is restoring {restored}; that may take hours")
    except ClientError as error:
        # An interrupted restore is continued.
        if error.response["Error"]["Code"] not in ("TableAlreadyExistsException", "ResourceInUseException"):
            raise
    try:
        dynamodb.get_waiter("table_exists").wait(TableName=restored, WaiterConfig=PATIENCE)
    except WaiterError:
        raise Problem(f"{restored} is not ready yet: run the same command to continue") from None


def set_what_is_not_restored(dynamodb, before, restored):
    """The settings of the template and of the old table."""
    source = dynamodb.describe_table(TableName=before)["Table"]
    target = dynamodb.describe_table(TableName=restored)["Table"]
    expiry = dynamodb.describe_time_to_live(TableName=restored)["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] not in ("ENABLED", "ENABLING"):
        wanted = {"Enabled": True, "AttributeName": "expires"}
        dynamodb.update_time_to_live(TableName=restored, TimeToLiveSpecification=wanted)
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=restored, PointInTimeRecoverySpecification=recovery)
    if source.get("DeletionProtectionEnabled") and not target.get("DeletionProtectionEnabled"):
        dynamodb.update_table(TableName=restored, DeletionProtectionEnabled=True)
        dynamodb.get_waiter("table_exists").wait(TableName=restored, WaiterConfig=PATIENCE)
    tags = dynamodb.list_tags_of_resource(ResourceArn=source["TableArn"])["Tags"]
    own = [tag for tag in tags if not tag["Key"].startswith("aws:")]
    if own:
        dynamodb.tag_resource(ResourceArn=target["TableArn"], Tags=own)


def erase_again(crm, before, restored, tenant):
    print(f"repeating the erasures of {before} for {tenant}")
    command = [crm, "customer", "erase-again", "--table", restored, "--as-in", before, "--tenant", tenant, "--yes"]
    if subprocess.run(command, check=False).returncode:
        raise Problem(f"the erasures of {tenant} were not all repeated: nothing uses {restored} yet; run the same command to continue")


def farewell(before, restored, tenants):
    again = "\n".join(
        f"  target/debug/crm customer erase-again --table {restored} --as-in {before} --tenant {tenant} --yes" for tenant in tenants
    )
    return f"""everything uses {restored} now. {before} stays, and its storage is billed.
To repeat erasures made while this ran:
{again}
Erasures by a contact point are repeated by their own command. To switch back: make deploy with ServedTable set to {before}."""
