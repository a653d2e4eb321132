"""`make restore` and copies in other regions, tested as far as moto can: it restores a table's current state, and creates no copies."""

from types import SimpleNamespace

import boto3
import pytest

import changes
import command_line
import replicas
import restore
from command_line import main
from conftest import of_type
from policies import Deployed
from problem import Problem
from test_deploy import STACK, answering, aws, checkout, deployed  # noqa: F401 (fixtures)

TIME = "2026-11-20T08:00:00Z"
RESTORED = f"{STACK}-Table-20261120T080000Z"


@pytest.fixture
def erased(monkeypatch, tmp_path):
    """Records the runs of `crm`, for which moto's table is not enough; tests/operator tests them."""
    runs = []
    crm = tmp_path / "crm"
    crm.touch()
    monkeypatch.setattr(command_line, "CRM", crm)

    def run(command, **_):
        runs.append([str(word) for word in command[1:]])
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(restore.subprocess, "run", run)
    return runs


def test_everything_uses_the_restored_table(aws, checkout, erased, capsys):  # noqa: F811
    session = deployed(checkout)
    dynamodb = session.client("dynamodb")
    [before] = dynamodb.list_tables()["TableNames"]
    dynamodb.put_item(TableName=before, Item={"pk": {"S": "acme#settings"}, "sk": {"S": "tenant"}})
    dynamodb.update_table(TableName=before, DeletionProtectionEnabled=True)
    arn = dynamodb.describe_table(TableName=before)["Table"]["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "care"}])

    assert main(["restore", STACK, TIME, "--tenant", "acme", "--tenant", "other", "--yes"]) == 0

    made = dynamodb.describe_table(TableName=RESTORED)["Table"]
    assert made["DeletionProtectionEnabled"]
    assert {index["IndexName"] for index in made["GlobalSecondaryIndexes"]} == {"email-index", "phone-index", "handle-index", "term-index"}
    expiry = dynamodb.describe_time_to_live(TableName=RESTORED)["TimeToLiveDescription"]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires")
    recovery = dynamodb.describe_continuous_backups(TableName=RESTORED)["ContinuousBackupsDescription"]
    assert recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert dynamodb.list_tags_of_resource(ResourceArn=made["TableArn"])["Tags"] == [{"Key": "owner", "Value": "care"}]
    assert dynamodb.get_item(TableName=RESTORED, Key={"pk": {"S": "acme#settings"}, "sk": {"S": "tenant"}})["Item"]
    assert [run[run.index("--tenant") + 1] for run in erased] == ["acme", "other"]
    for run in erased:
        assert run[:2] == ["customer", "erase-again"] and "--yes" in run
        assert (run[run.index("--table") + 1], run[run.index("--as-in") + 1]) == (RESTORED, before)
    [stack] = session.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert parameters["ServedTable"] == RESTORED
    assert before in dynamodb.list_tables()["TableNames"], "the old table stays"
    assert f"ServedTable set to {before}" in capsys.readouterr().out


def test_a_table_without_repeated_erasures_is_not_used(aws, checkout, erased, monkeypatch, capsys):  # noqa: F811
    session = deployed(checkout)
    monkeypatch.setattr(restore.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    monkeypatch.setattr(changes, "apply", None)
    assert main(["restore", STACK, TIME, "--tenant", "acme", "--yes"]) == 1
    assert "were not all repeated" in capsys.readouterr().err
    assert RESTORED in session.client("dynamodb").list_tables()["TableNames"], "and the same command continues with it"


@pytest.mark.parametrize("wrong", ["yesterday", "2026-11-20T08:00:00", "2026-11-20"])
def test_a_time_needs_a_zone(wrong):
    with pytest.raises(Problem, match="write it as"):
        restore.read_moment(wrong)


def test_one_parameter_switches_everything_to_another_table(cloudformation):
    names = {"Table": "crm-Table-1A", "Table.Arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/crm-Table-1A"}

    def uses(**parameters):
        """Every string of the stack except for the table itself, with the two parameters resolved."""
        asked = {"EgainDialect": "on", "OmnideskDialect": "on", "AdminDialect": "on", "Desk": "on", "Webhooks": "on", **parameters}
        first = Deployed(cloudformation, asked, names)
        served = {f"{name}.Value": one["Value"] for name, one in first.resources("AWS::SSM::Parameter")}
        stack = Deployed(cloudformation, asked, {**names, **served})
        kinds = {one["Type"] for one in cloudformation["Resources"].values()} - {"AWS::DynamoDB::Table", "AWS::SSM::Parameter"}
        # The stream that wakes a function stays that of the stack's own table. The schedule sends what a restored one has.
        own_stream = lambda text: text.replace("table/crm-Table-1A/stream/", "table/OWN/stream/")  # noqa: E731
        found = {name: own_stream(str(one)) for kind in kinds for name, one in stack.resources(kind)}
        return found | {"output": stack.of(cloudformation["Outputs"]["TableName"]["Value"])}

    own, other = uses(), uses(ServedTable="crm-Table-20261120T080000Z")
    assert own.keys() == other.keys()
    named = {name for name, text in own.items() if "crm-Table-1A" in text}
    functions = {name for name, one in cloudformation["Resources"].items() if one["Type"] == "AWS::Lambda::Function"}
    assert functions | {"Admission", "KeepSettings", "TableThrottled", "Dashboard", "output"} <= named
    for name, text in other.items():
        assert "crm-Table-1A" not in text, name
        assert text == own[name].replace("crm-Table-1A", "crm-Table-20261120T080000Z")


def test_only_copies_need_the_stream(cloudformation):
    def table(**parameters):
        [(_, properties)] = Deployed(cloudformation, parameters).resources("AWS::DynamoDB::Table")
        return properties

    assert "StreamSpecification" not in table() and "WarmThroughput" not in table()
    for parameters in ({"ReplicaRegions": "eu-central-1"}, {"Webhooks": "on"}):
        assert table(**parameters)["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    warm = table(WarmReadUnits=20000)
    wanted = {"ReadUnitsPerSecond": 20000, "WriteUnitsPerSecond": 4000}
    assert warm["WarmThroughput"] == wanted
    assert [index["IndexName"] for index in warm["GlobalSecondaryIndexes"] if index.get("WarmThroughput") == wanted] == ["term-index"]
    assert not of_type(cloudformation, "AWS::DynamoDB::GlobalTable"), "it would replace an existing table"


class Regions:
    """A DynamoDB that reports a copy as ready at the third request."""

    def __init__(self, sse=None, status="ACTIVE"):
        self.replicas, self.asked, self.status = [], [], status
        self.settings = {"DeletionProtectionEnabled": True, **({"SSEDescription": {"SSEType": sse}} if sse else {})}

    def client(self, service, region_name="eu-west-1"):
        assert service == "dynamodb"
        return SimpleNamespace(
            describe_table=self.describe,
            update_table=lambda **asked: self.update(region_name, asked),
            update_continuous_backups=lambda **_: self.asked.append((region_name, "recovery")),
        )

    def describe(self, TableName):
        for one in self.replicas:
            one["looks"] += 1
            one["ReplicaStatus"] = self.status if one["looks"] > 2 else "CREATING"
        return {"Table": {**self.settings, "Replicas": self.replicas}}

    def update(self, region, asked):
        if "ReplicaUpdates" in asked:
            [one] = asked["ReplicaUpdates"]
            assert not any(there["ReplicaStatus"] != "ACTIVE" for there in self.replicas), "copies must be created one after the other"
            self.replicas.append({"RegionName": one["Create"]["RegionName"], "ReplicaStatus": "CREATING", "looks": 0})
        else:
            self.asked.append((region, "protection"))


def test_missing_copies_are_created_with_recovery_and_protection():
    regions = Regions()
    replicas.ensure(regions, "crm-Table-1A", ["eu-central-1", "eu-north-1"], wait=lambda _: None)
    wanted = [(region, what) for region in ("eu-central-1", "eu-north-1") for what in ("recovery", "protection")]
    assert regions.asked == wanted
    replicas.ensure(regions, "crm-Table-1A", ["eu-central-1", "eu-north-1"], wait=lambda _: None)
    assert len(regions.replicas) == 2, "existing copies are not created again"


def test_a_failed_copy_is_reported_and_a_missing_key_is_asked_for():
    with pytest.raises(Problem, match="failed"):
        replicas.ensure(Regions(status="CREATION_FAILED"), "crm-Table-1A", ["eu-central-1"], wait=lambda _: None)
    with pytest.raises(Problem, match="KMSMasterKeyId for eu-central-1"):
        replicas.ensure(Regions(sse="KMS"), "crm-Table-1A", ["eu-central-1"])


def test_a_missing_stack_cannot_be_restored(aws, erased, capsys):  # noqa: F811
    assert main(["restore", "nothing", TIME, "--tenant", "acme", "--yes"]) == 1
    assert "there is no stack nothing" in capsys.readouterr().err
    assert boto3.Session().client("dynamodb").list_tables()["TableNames"] == []
