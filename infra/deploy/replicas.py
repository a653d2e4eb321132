"""Copies of the table in other regions: DynamoDB's global tables, for a table that CloudFormation created.

CloudFormation would replace a table to make it global. DynamoDB can add a copy to an existing table.
"""

import time

from problem import Problem

# A copy of a large table takes hours.
DELAY, MOST_LOOKS = 20, 2160


def ensure(session, table, regions, wait=time.sleep):
    """Creates the missing copies, one after the other, with their own recovery and protection. None is removed."""
    dynamodb = session.client("dynamodb")
    described = dynamodb.describe_table(TableName=table)["Table"]
    missing = [region for region in regions if region not in present(described)]
    if missing and described.get("SSEDescription", {}).get("SSEType") == "KMS":
        raise Problem(
            f"{table} has a key of your own, and a copy needs one of its region: aws dynamodb update-table --replica-updates with "
            f"KMSMasterKeyId for {', '.join(missing)}, then deploy again"
        )
    for region in missing:
        print(f"copying {table} to {region}; that may take hours")
        dynamodb.update_table(TableName=table, ReplicaUpdates=[{"Create": {"RegionName": region}}])
        await_copy(dynamodb, table, region, wait)
        there = session.client("dynamodb", region_name=region)
        recovery = {"PointInTimeRecoveryEnabled": True}
        there.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
        if described.get("DeletionProtectionEnabled"):
            there.update_table(TableName=table, DeletionProtectionEnabled=True)


def present(described):
    return {one["RegionName"]: one.get("ReplicaStatus") for one in described.get("Replicas", [])}


def await_copy(dynamodb, table, region, wait):
    for _ in range(MOST_LOOKS):
        status = present(dynamodb.describe_table(TableName=table)["Table"]).get(region)
        if status == "ACTIVE":
            return
        if status == "CREATION_FAILED":
            raise Problem(f"the copy of {table} in {region} failed: see it in the console of DynamoDB")
        wait(DELAY)
    raise Problem(f"the copy of {table} in {region} is not ready yet: run the same command to continue")
