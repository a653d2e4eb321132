"""`make deploy` and `make destroy`, against moto's AWS in this process.

moto has no SAM transform, so the tests apply SAM's own code. It has no HTTP APIs either; their routes are checked in the template.
It also drops some settings of a table, which infra/rules.guard checks instead.
"""

import json
import re
import shutil
import zipfile

import boto3
import pytest
from botocore.loaders import create_loader
from moto import mock_aws
from moto.cloudformation.models import CloudFormationBackend

import changes
import smoke
from command_line import command_line, main
from conftest import ROOT, of_type, to_cloudformation

STACK = "crm-test"
FIRST_SECRET = "the-first-secret-of-these-links-1"
# The conditions that hold with default parameters. moto's updates do not leave out resources of the others.
HOLD = ["HasAgentPages", "HasPages"]
# Outputs that refer to resources which moto does not create.
UNKNOWN_TO_MOTO = {
    "BaseUrl": {"Value": "https://crm.example/api/v1"},
    "DashboardUrl": {"Value": "https://console.example"},
    "LinkSecret": {"Value": "links"},
}

# Reads the definition of each service once, rather than for every session.
LOADER = create_loader()


@pytest.fixture
def aws(monkeypatch):
    """An empty account."""
    with mock_aws(config={"lambda": {"use_docker": False}}):
        monkeypatch.setattr(boto3, "Session", session_with_transform)
        monkeypatch.setattr(CloudFormationBackend, "execute_change_set", execute_with_outputs)
        # moto does not create a template's secret.
        boto3.Session().client("secretsmanager").create_secret(Name="links", SecretString=FIRST_SECRET)
        yield boto3.Session()


def execute_with_outputs(backend, change_set_name, stack_name=None, real=CloudFormationBackend.execute_change_set):
    """moto loses the outputs of a stack that a change set creates."""
    real(backend, change_set_name, stack_name)
    for stack in backend.describe_stacks(stack_name):
        if not list(stack.output_map):
            stack._parse_template()
            stack.output_map = stack._create_output_map()


def session_with_transform(real=boto3.Session, **settings):
    session = real(**settings)
    session._session.register_component("data_loader", LOADER)
    s3 = session.client("s3")

    def transform(params, **_):
        """Does what CloudFormation does with `Transform: AWS::Serverless-2016-10-31`."""
        if "TemplateURL" not in params:
            return
        bucket, key = params["TemplateURL"].split("/", 3)[3].split("/", 1)
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        if text.startswith("{"):
            return
        # moto names the bucket by chance, and equal templates are transformed once.
        transformed = to_cloudformation(text.replace(bucket, "any-bucket")).replace("any-bucket", bucket)
        document = json.loads(as_moto_reads(transformed))
        for part in ("Resources", "Outputs"):
            document[part] = {name: one for name, one in document[part].items() if holds(one)}
        document["Outputs"] |= UNKNOWN_TO_MOTO
        for role in of_type(document, "AWS::IAM::Role").values():
            # With a parameter here, moto would recreate every role and then not find the table. rules.guard checks this property.
            del role["PermissionsBoundary"]
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document).encode())

    session.events.register("provide-client-params.cloudformation.CreateChangeSet", transform)
    return session


def as_moto_reads(text):
    """moto neither returns nor changes the values of parameters."""
    for parameter, value in (("Served", {"Ref": "Table"}), ("ServedArn", {"Fn::GetAtt": ["Table", "Arn"]})):
        text = text.replace(json.dumps({"Fn::GetAtt": [parameter, "Value"]}), json.dumps(value))
    return text.replace("${ServedArn.Value}", "${Table.Arn}").replace("${Served.Value}", "${Table}")


def holds(part):
    return part.get("Condition") in (None, *HOLD) and part.get("Type") != "AWS::SSM::Parameter"


@pytest.fixture
def checkout(tmp_path):
    """The template, with the zips that `make build` writes."""
    (tmp_path / "infra").mkdir()
    template = shutil.copy(ROOT / "infra/template.yaml", tmp_path / "infra")
    for name in functions():
        write_zip(tmp_path, name, f"the program of {name}")
    return tmp_path, str(template)


def functions():
    text = (ROOT / "infra/template.yaml").read_text()
    return [line.split("Binary: ")[1].rstrip("}") for line in text.splitlines() if "Binary: " in line]


def write_zip(root, name, program):
    path = root / "target/lambda" / name / "bootstrap.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bootstrap", program)


@pytest.fixture(autouse=True)
def answering(monkeypatch):
    """Replaces the smoke test, because nothing is deployed that could answer it."""
    monkeypatch.setattr(smoke, "ask", lambda url: (401, {"error": "unauthorized"}))


def deploy(template, *arguments):
    return main(["deploy", STACK, "--template", template, "--yes", *arguments])


def deployed(checkout):
    _, template = checkout
    assert deploy(template) == 0
    return boto3.Session()


def test_a_deployment_creates_table_functions_and_roles(aws, checkout, cloudformation):
    session = deployed(checkout)
    [table] = session.client("dynamodb").list_tables()["TableNames"]
    made = session.client("dynamodb").describe_table(TableName=table)["Table"]
    wanted = cloudformation["Resources"]["Table"]["Properties"]
    assert made["KeySchema"] == wanted["KeySchema"]
    assert by_name(made["GlobalSecondaryIndexes"]) == by_name(wanted["GlobalSecondaryIndexes"])
    assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"

    programs = session.client("lambda").list_functions(MaxItems=100)["Functions"]
    wanted = [one for one in cloudformation["Resources"].values() if one["Type"] == "AWS::Lambda::Function" and holds(one)]
    assert len(programs) == len(wanted)
    roles = {role["Arn"] for role in session.client("iam").list_roles()["Roles"]}
    for program in programs:
        assert program["Environment"]["Variables"]["TABLE_NAME"] == table
        assert program["Role"] in roles
        assert (program["Runtime"], program["Handler"]) == ("provided.al2023", "bootstrap")


def by_name(indexes):
    return {index["IndexName"]: (index["KeySchema"], index["Projection"]) for index in indexes}


def present(part):
    """The branch of a condition that holds."""
    return part["Fn::If"][1] if "Fn::If" in part else part


def test_the_stream_and_the_schedule_wake_the_function_that_sends_changes(cloudformation):
    function = {"Ref": "WebhookDeliverChanges"}
    [mapping] = of_type(cloudformation, "AWS::Lambda::EventSourceMapping").values()
    assert (mapping["FunctionName"], mapping["EventSourceArn"]) == (function, {"Fn::GetAtt": ["Table", "StreamArn"]})
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["WebhookFailedCalls", "Arn"]}}}
    [rule] = of_type(cloudformation, "AWS::Events::Rule").values()
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": ["WebhookDeliverChanges", "Arn"]}]
    callers = {
        one["Principal"] for one in of_type(cloudformation, "AWS::Lambda::Permission").values() if one["FunctionName"] == function
    }
    assert callers == {"events.amazonaws.com"}, "nobody else may call it"


def test_every_route_leads_to_a_function_that_it_may_call(cloudformation):
    """Checks what moto cannot create: the API's body, as SAM wrote it, and its permissions."""
    [api] = of_type(cloudformation, "AWS::ApiGatewayV2::Api").values()
    permissions = of_type(cloudformation, "AWS::Lambda::Permission").values()
    allowed = {permission["FunctionName"]["Ref"] for permission in permissions}
    paths = {path: present(methods) for path, methods in api["Body"]["paths"].items()}
    routes = [present(operation)["x-amazon-apigateway-integration"] for path in paths.values() for operation in path.values()]
    called = set()
    for integration in routes:
        assert integration["payloadFormatVersion"] == "2.0"
        uri = present(integration["uri"])["Fn::Sub"]
        [name] = re.findall(r"\$\{(\w+)\.Arn\}", uri)
        assert name in allowed, uri
        called.add(name)
    functions = set(of_type(cloudformation, "AWS::Lambda::Function"))
    assert called == functions - {"WebhookDeliverChanges"}, "a route for every function that requests call"
    assert "/$default" in api["Body"]["paths"]


def test_a_repeated_deployment_changes_nothing_and_new_code_is_added_to_the_bucket(aws, checkout, capsys):
    root, template = checkout
    session = deployed(checkout)
    bucket = artifacts_bucket(session)
    before = keys(session, bucket, "functions/")
    for name in functions():
        write_zip(root, name, f"the program of {name}")  # a later time in the zip
    assert deploy(template) == 0
    assert keys(session, bucket, "functions/") == before
    write_zip(root, functions()[0], "another program")
    assert deploy(template) == 0
    assert len(keys(session, bucket, "functions/")) == len(before) + 1


def artifacts_bucket(session):
    [stack] = session.client("cloudformation").describe_stacks(StackName="khoros-crm-artifacts")["Stacks"]
    return changes.outputs_of(stack)["Bucket"]


def keys(session, bucket, prefix):
    return {one["Key"] for one in session.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]}


def test_parameters_are_taken_from_a_file_and_kept(aws, checkout, tmp_path):
    _, template = checkout
    file = tmp_path / "parameters.json"
    file.write_text('{"LogRetentionDays": 7}')
    assert deploy(template, "--parameters", str(file), "--architecture", "x86_64") == 0
    write_zip(tmp_path, functions()[0], "another program")
    assert deploy(template, "--architecture", "x86_64") == 0
    [stack] = aws.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    values = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert values["LogRetentionDays"] == "7"
    assert values["Architecture"] == "x86_64"


@pytest.mark.parametrize("text", ["", "[]", "[1]", '{"a": {"b": 1}}', "LogRetentionDays: 7"])
def test_malformed_parameters_are_refused(tmp_path, text):
    file = tmp_path / "parameters.json"
    file.write_text(text)
    with pytest.raises(changes.Problem, match="parameters"):
        changes.read_parameters(file)


def test_without_the_zips_nothing_is_deployed(aws, tmp_path, capsys):
    (tmp_path / "infra").mkdir()
    template = shutil.copy(ROOT / "infra/template.yaml", tmp_path / "infra")
    assert deploy(str(template)) == 1
    assert "make build" in capsys.readouterr().err
    assert find(aws, STACK) is None


def find(session, name):
    return changes.find(session.client("cloudformation"), name)


def test_a_deployment_asks_for_confirmation(aws, checkout, capsys, monkeypatch):
    _, template = checkout
    monkeypatch.setattr("builtins.input", lambda question: "n")
    assert main(["deploy", STACK, "--template", template]) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert aws.client("dynamodb").list_tables()["TableNames"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"Action": "Modify", "ResourceType": "AWS::DynamoDB::Table", "Replacement": "True"},
        {"Action": "Modify", "ResourceType": "AWS::DynamoDB::Table", "Replacement": "Conditional"},
        {"Action": "Remove", "ResourceType": "AWS::DynamoDB::Table"},
    ],
)
def test_a_change_that_deletes_the_table_is_refused(change):
    with pytest.raises(changes.Problem, match="table"):
        changes.refuse_loss([change])


def test_other_changes_are_not_refused():
    changes.refuse_loss(
        [
            {"Action": "Modify", "ResourceType": "AWS::DynamoDB::Table", "Replacement": "False"},
            {"Action": "Remove", "ResourceType": "AWS::Lambda::Function"},
        ]
    )


def test_the_output_ends_with_how_to_register(aws, checkout, capsys):
    deployed(checkout)
    said = capsys.readouterr().out
    [table] = aws.client("dynamodb").list_tables()["TableNames"]
    assert f"register --table {table} --tenant TENANT --name 'CRM' --url https://crm.example/api/v1" in said
    assert "--new-key" in said


def test_a_failing_smoke_test_fails_the_deployment(aws, checkout, monkeypatch, capsys):
    monkeypatch.setattr(smoke, "ask", lambda url: (500, {}))
    _, template = checkout
    assert deploy(template) == 1
    assert "answers 500; 401 was expected" in capsys.readouterr().out


def test_a_stack_is_removed_by_its_name_and_leaves_its_table(aws, checkout, capsys):
    deployed(checkout)
    [table] = aws.client("dynamodb").list_tables()["TableNames"]
    assert main(["destroy", STACK, "--confirm", "another"]) == 1
    assert find(aws, STACK) is not None
    assert main(["destroy", STACK, "--confirm", STACK]) == 0
    said = capsys.readouterr().out
    assert table in said and "crm export customers" in said and "delete-table" in said
    assert find(aws, STACK) is None


def test_the_stack_refuses_to_replace_its_table(aws, checkout):
    deployed(checkout)
    policy = json.loads(aws.client("cloudformation").get_stack_policy(StackName=STACK)["StackPolicyBody"])
    denied = [one for one in policy["Statement"] if one["Effect"] == "Deny"]
    assert [(one["Resource"], one["Action"]) for one in denied] == [("LogicalResourceId/Table", ["Update:Replace", "Update:Delete"])]


def test_a_boundary_becomes_a_parameter(tmp_path):
    asked = command_line().parse_args(["deploy", STACK, "--boundary", "arn:aws:iam::1:policy/boundary"])
    assert changes.Wanted.of(asked, "template").parameters["PermissionsBoundaryArn"] == "arn:aws:iam::1:policy/boundary"
    asked = command_line().parse_args(["deploy", STACK])
    assert "PermissionsBoundaryArn" not in changes.Wanted.of(asked, "template").parameters, "the parameter keeps its value"


def test_a_missing_stack_cannot_be_removed(aws, capsys):
    assert main(["destroy", "nothing", "--confirm", "nothing"]) == 1
    assert "there is no stack nothing" in capsys.readouterr().err


def test_a_missing_region_is_refused_with_advice(monkeypatch, capsys):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert main(["destroy", STACK, "--confirm", STACK]) == 1
    assert "AWS_REGION" in capsys.readouterr().err
