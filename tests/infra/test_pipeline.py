"""infra/pipeline.yaml: a pipeline can deploy its own stack, and its permissions reach nothing else."""

import json
import re

import pytest
from samtranslator.yaml_helper import yaml_parse

from conftest import ROOT
from policies import Deployed, listed, may, size, statements, conditions_in

ACCOUNT = "123456789012"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/crm-pipeline-Boundary-1A"
NAMES = {
    "Boundary": BOUNDARY,
    "Bucket.Arn": "arn:aws:s3:::crm-pipeline-bucket",
    "CloudFormation.Arn": f"arn:aws:iam::{ACCOUNT}:role/crm-pipeline-CloudFormation-1A",
}
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
BUS = f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/crm"
ALL = {"DomainName": "crm.example.com", "HostedZoneId": "Z1", "KmsKeyArn": KEY, "ApiId": "abc", "EventBuses": BUS}
# The calls of each type's handlers, from the type's schema, for the properties that the template uses. GetAtt and Ref need no others.
CALLS = {
    "AWS::ApiGatewayV2::Api": "apigateway: DELETE GET PATCH POST PUT",
    "AWS::ApiGatewayV2::ApiMapping": "apigateway: DELETE GET PATCH POST PUT",
    "AWS::ApiGatewayV2::DomainName": "apigateway: DELETE GET PATCH POST PUT; iam: CreateServiceLinkedRole",
    "AWS::ApiGatewayV2::Stage": "apigateway: DELETE GET PATCH POST PUT; logs: CreateLogDelivery DescribeResourcePolicies PutResourcePolicy",
    "AWS::CloudWatch::Alarm": "cloudwatch: DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource",
    "AWS::CloudWatch::Dashboard": "cloudwatch: DeleteDashboards GetDashboard ListTagsForResource PutDashboard TagResource UntagResource",
    "AWS::DynamoDB::Table": """dynamodb: CreateTable DescribeContinuousBackups DescribeContributorInsights
        DescribeKinesisStreamingDestination DescribeTable DescribeTimeToLive GetResourcePolicy ListTagsOfResource TagResource UntagResource
        UpdateContinuousBackups UpdateTable UpdateTimeToLive; kms: CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey ReEncryptFrom""",
    "AWS::Events::Rule": """events: DeleteRule DescribeRule ListTargetsByRule PutRule PutTargets RemoveTargets TagResource
        UntagResource""",
    "AWS::IAM::ManagedPolicy": """iam: AttachRolePolicy CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion DetachRolePolicy
        GetPolicy GetPolicyVersion ListEntitiesForPolicy ListPolicyVersions""",
    "AWS::IAM::Role": """iam: AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy
        ListAttachedRolePolicies ListRolePolicies PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy
        UpdateRole UpdateRoleDescription""",
    "AWS::Lambda::EventSourceMapping": """lambda: CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping
        UpdateEventSourceMapping""",
    "AWS::Lambda::Function": """lambda: CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction GetFunctionCodeSigningConfig
        GetFunctionRecursionConfig GetFunctionScalingConfig GetRuntimeManagementConfig PutFunctionConcurrency TagResource UntagResource
        UpdateFunctionCode UpdateFunctionConfiguration; iam: PassRole; s3: GetObject""",
    "AWS::Lambda::Permission": "lambda: AddPermission GetPolicy RemovePermission",
    "AWS::Logs::LogGroup": """logs: CreateLogGroup DeleteDataProtectionPolicy DeleteLogGroup DeleteRetentionPolicy DescribeIndexPolicies
        DescribeLogGroups DescribeResourcePolicies GetDataProtectionPolicy ListTagsForResource PutRetentionPolicy TagResource UntagResource""",
    "AWS::Logs::MetricFilter": "logs: DeleteMetricFilter DescribeMetricFilters PutMetricFilter",
    "AWS::Route53::RecordSet": "route53: ChangeResourceRecordSets GetChange GetHostedZone ListResourceRecordSets",
    "AWS::SQS::Queue": """sqs: CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue
        UntagQueue""",
    "AWS::SSM::Parameter": """ssm: AddTagsToResource DeleteParameter GetParameters ListTagsForResource PutParameter
        RemoveTagsFromResource""",
    "AWS::SecretsManager::Secret": """secretsmanager: CreateSecret DeleteSecret DescribeSecret GetRandomPassword GetSecretValue TagResource
        UntagResource UpdateSecret""",
}


def pipeline(**parameters):
    document = yaml_parse((ROOT / "infra/pipeline.yaml").read_text())
    asked = {"Repository": "acme/crm", "Environment": "production", "StackName": "crm", **parameters}
    return Deployed(document, asked, NAMES)


def role(name, **parameters):
    """The statements of one of the pipeline's roles."""
    properties = dict(pipeline(**parameters).resources("AWS::IAM::Role"))[name]
    return statements(*(policy["PolicyDocument"] for policy in properties["Policies"]))


def boundary(**parameters):
    return statements(dict(pipeline(**parameters).resources("AWS::IAM::ManagedPolicy"))["Boundary"]["PolicyDocument"])


def of_stack(name):
    return f"arn:aws:iam::{ACCOUNT}:role/khoros-crm/{name}"


def test_cloudformation_has_the_permissions_that_the_templates_types_need(cloudformation):
    types = {one["Type"] for one in cloudformation["Resources"].values()}
    allowed = {action for statement in role("CloudFormation", **ALL) for action in listed(statement["Action"])}
    allowed |= {"kms:ReEncryptFrom", "kms:GenerateDataKey"} if {"kms:ReEncrypt*", "kms:GenerateDataKey*"} <= allowed else set()
    assert types <= CALLS.keys(), "a type without an entry in CALLS"
    for kind in sorted(types):
        for service in CALLS[kind].split(";"):
            prefix, _, actions = service.strip().partition(":")
            missing = {f"{prefix}:{action}" for action in actions.split()} - allowed
            assert not missing, kind


def test_no_action_has_a_wildcard():
    for name in ("Deploy", "CloudFormation"):
        actions = {action for statement in role(name, **ALL) for action in listed(statement["Action"])}
        assert {action for action in actions if "*" in action} <= {"kms:ReEncrypt*", "kms:GenerateDataKey*"}, name


def test_the_way_to_an_administrator_is_closed():
    """PutObject, CreateChangeSet, PassRole and ExecuteChangeSet are allowed, so the template could otherwise create anything."""
    policy = role("CloudFormation", **ALL)
    mine = of_stack("crm/crm-Admin-1A")
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    own = f"arn:aws:iam::{ACCOUNT}:policy/khoros-crm/crm/crm-Run-1A"
    bounded = {"iam:PermissionsBoundary": BOUNDARY}
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"):
        assert may(policy, action, mine, **bounded)
        assert not may(policy, action, mine), "without a boundary"
        assert not may(policy, action, mine, **{"iam:PermissionsBoundary": own}), "with a boundary that it can write itself"
    assert may(policy, "iam:AttachRolePolicy", mine, **bounded, **{"iam:PolicyARN": own})
    assert not may(policy, "iam:AttachRolePolicy", mine, **bounded, **{"iam:PolicyARN": administrator})
    assert not may(policy, "iam:DeleteRolePermissionsBoundary", mine, **bounded)
    assert may(policy, "iam:PassRole", mine, **{"iam:PassedToService": "lambda.amazonaws.com"})
    for service in ("ec2.amazonaws.com", "cloudformation.amazonaws.com"):
        assert not may(policy, "iam:PassRole", mine, **{"iam:PassedToService": service})


@pytest.mark.parametrize("stack", ["crm", "crm-pipeline"])
def test_a_pipeline_cannot_rewrite_itself(stack):
    """Whatever the name of the pipeline's own stack is: its roles and its boundary have no path."""
    policy = role("CloudFormation", StackName=stack)
    own = f"arn:aws:iam::{ACCOUNT}:role/{stack}-CloudFormation-1A"
    for action in ("iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:PassRole"):
        context = {"iam:PermissionsBoundary": BOUNDARY, "iam:PassedToService": "lambda.amazonaws.com"}
        assert not may(policy, action, own, **context)
    for action in ("iam:CreatePolicyVersion", "iam:DeletePolicy"):
        assert not may(policy, action, BOUNDARY)


ANOTHERS = [
    ("iam:CreateRole", of_stack("crm-staging/crm-staging-Run-1A")),
    ("lambda:UpdateFunctionCode", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:crm-staging-KhorosFindCustomer-1A"),
    ("dynamodb:UpdateTable", f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/crm-staging-Table-1A"),
    ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:khoros-crm/crm-staging/links-f00d-1A"),
    ("logs:DeleteLogGroup", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/khoros-crm/crm-staging/functions"),
    ("cloudwatch:DeleteAlarms", f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:crm-staging-ServerErrors-1A"),
    ("cloudwatch:DeleteDashboards", f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/crm-staging-eu-west-1"),
    ("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z2"),
    ("apigateway:PATCH", "arn:aws:apigateway:eu-west-1::/apis/another"),
    ("apigateway:PATCH", "arn:aws:apigateway:eu-west-1::/domainnames/shop.example.com"),
    ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/2"),
    ("events:PutTargets", f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/crm-staging-WebhookDeliverChangesSchedule-1A"),
    ("sqs:DeleteQueue", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:crm-staging-WebhookFailedCalls-1A"),
]
CONTEXT = {"iam:PermissionsBoundary": BOUNDARY, "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}


@pytest.mark.parametrize(("action", "resource"), ANOTHERS)
def test_another_stack_is_out_of_reach(action, resource):
    policy = role("CloudFormation", **ALL)
    assert not may(policy, action, resource, **CONTEXT)
    for theirs, ours in (("crm-staging", "crm"), ("Z2", "Z1"), ("another", "abc"), ("shop.", "crm."), ("key/2", "key/1")):
        resource = resource.replace(theirs, ours)
    assert may(policy, action, resource, **CONTEXT), "its own"


def test_resources_named_by_cloudformation_are_within_reach(cloudformation):
    """A name consists of the stack's, the resource's and a random part."""
    policy = role("CloudFormation", **ALL)
    for kind, action, place in (
        ("AWS::CloudWatch::Alarm", "cloudwatch:PutMetricAlarm", "cloudwatch:eu-west-1:{}:alarm"),
        ("AWS::Lambda::Function", "lambda:CreateFunction", "lambda:eu-west-1:{}:function"),
    ):
        for name in (name for name, one in cloudformation["Resources"].items() if one["Type"] == kind):
            arn = f"arn:aws:{place.format(ACCOUNT)}:crm-{name}-1A"
            assert may(policy, action, arn), name
            assert not may(policy, action, arn.replace("crm-", "crm-staging-")), name


def test_the_kms_key_can_be_used_for_the_table_only():
    policy = role("CloudFormation", **ALL)
    assert not may(policy, "kms:Decrypt", KEY, **{"kms:ViaService": "s3.eu-west-1.amazonaws.com"})
    assert not may(policy, "kms:Decrypt", KEY)


def test_only_the_smoke_test_reads_items_and_nobody_deletes_the_table():
    table = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/crm-Table-1A"
    for action in ("GetItem", "Query", "Scan", "PutItem", "DeleteTable", "ExportTableToPointInTime"):
        assert not may(role("CloudFormation", **ALL), f"dynamodb:{action}", table)
    deploy = role("Deploy", **ALL)
    keys = lambda *partitions: {"dynamodb:LeadingKeys": list(partitions)}  # noqa: E731
    assert may(deploy, "dynamodb:PutItem", table, **keys("key#00", "acme#keys"))
    for partition in ("acme#customer#C0SA77REZRPC", "acme#settings", "key-use#00"):
        assert not may(deploy, "dynamodb:PutItem", table, **keys(partition))
        assert not may(deploy, "dynamodb:PutItem", table, **keys("key#00", partition))
    assert not may(deploy, "dynamodb:GetItem", table, **keys("acme#customer#C0SA77REZRPC"))
    assert not may(deploy, "dynamodb:Query", table), "without a key"
    assert not may(deploy, "dynamodb:Query", f"{table}/index/term-index", **keys("acme#first#j"))
    assert not may(deploy, "dynamodb:DeleteItem", table, **keys("key#00"))


def test_a_change_set_runs_with_the_bounded_role():
    stack = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/crm/1A"
    deploy = role("Deploy")
    assert may(deploy, "cloudformation:CreateChangeSet", stack, **{"cloudformation:RoleArn": NAMES["CloudFormation.Arn"]})
    assert not may(deploy, "cloudformation:CreateChangeSet", stack)
    assert not may(deploy, "cloudformation:UpdateStack", stack)
    assert not may(deploy, "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:khoros-crm/crm/links-1")


def test_the_boundary_lets_functions_do_what_their_roles_allow(cloudformation):
    """A role whose policies allow everything is still limited to the boundary."""
    stack = Deployed(cloudformation, {"EgainDialect": "on", "OmnideskDialect": "on", "AdminDialect": "on", "Desk": "on", "Webhooks": "on", "EventBuses": BUS, "KmsKeyArn": KEY})
    policies = [one["PolicyDocument"] for _, one in stack.resources("AWS::IAM::ManagedPolicy")]
    policies += [policy["PolicyDocument"] for _, one in stack.resources("AWS::IAM::Role") for policy in one.get("Policies", [])]
    wanted = {action for statement in statements(*policies) for action in listed(statement["Action"])}
    allowed = {action for statement in boundary(KmsKeyArn=KEY, EventBuses=BUS) for action in listed(statement["Action"])}
    assert wanted <= allowed
    assert {action.partition(":")[0] for action in allowed} == {"dynamodb", "events", "kms", "logs", "sqs", "xray"}
    table = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/"
    assert may(boundary(), "dynamodb:Query", f"{table}crm-Table-1A/index/term-index")
    assert not may(boundary(), "dynamodb:Query", f"{table}crm-staging-Table-1A")
    queue = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:"
    assert may(boundary(), "sqs:SendMessage", f"{queue}crm-WebhookFailedCalls-1A")
    assert not may(boundary(), "sqs:SendMessage", f"{queue}crm-staging-WebhookFailedCalls-1A")
    assert may(boundary(EventBuses=BUS), "events:PutEvents", BUS)
    assert not may(boundary(EventBuses=BUS), "events:PutEvents", f"{BUS}-2") and not may(boundary(), "events:PutEvents", BUS)


def test_the_function_that_sends_changes_reads_no_customer(cloudformation):
    stack = Deployed(cloudformation, {"Webhooks": "on"}, {"ServedArn.Value": "arn:aws:dynamodb:eu-west-1:1:table/crm-Table-1A"})
    [role_of] = [one for name, one in stack.resources("AWS::IAM::Role") if name == "SendChanges"]
    policy = statements(*(one["PolicyDocument"] for one in role_of["Policies"]))
    table = "arn:aws:dynamodb:eu-west-1:1:table/crm-Table-1A"
    keys = lambda *partitions: {"dynamodb:LeadingKeys": list(partitions)}  # noqa: E731
    for partition in ("webhooks", "acme#changes#2026-11-22#0", "acme#deliveries", "key#nothing"):
        assert may(policy, "dynamodb:Query", table, **keys(partition)) and may(policy, "dynamodb:GetItem", table, **keys(partition))
    for partition in ("acme#customer#C0SA77REZRPC", "acme#case#K0SA77REZRPC", "acme#settings", "key#00", "acme#keys"):
        assert not may(policy, "dynamodb:Query", table, **keys(partition))
        assert not may(policy, "dynamodb:GetItem", table, **keys(partition))
        assert not may(policy, "dynamodb:PutItem", table, **keys("acme#deliveries", partition))
    for action in ("PutItem", "DeleteItem"):
        assert may(policy, f"dynamodb:{action}", table, **keys("acme#deliveries"))
        assert not may(policy, f"dynamodb:{action}", table, **keys("webhooks"))
        assert not may(policy, f"dynamodb:{action}", table, **keys("acme#changes#2026-11-22#0"))
    assert not may(policy, "dynamodb:Query", table), "without a key"
    assert not may(policy, "dynamodb:Query", f"{table}/index/term-index", **keys("acme#deliveries"))


def test_changes_are_put_on_no_other_bus_than_those_of_the_template(cloudformation):
    def sender(**parameters):
        stack = Deployed(cloudformation, {"Webhooks": "on", **parameters})
        [role_of] = [one for name, one in stack.resources("AWS::IAM::Role") if name == "SendChanges"]
        return statements(*(one["PolicyDocument"] for one in role_of["Policies"]))

    both = f"{BUS},{BUS}-2"
    assert all(may(sender(EventBuses=both), "events:PutEvents", bus) for bus in both.split(","))
    assert not may(sender(EventBuses=both), "events:PutEvents", f"{BUS}-3")
    assert not may(sender(), "events:PutEvents", BUS)


def trust(**parameters):
    properties = dict(pipeline(**parameters).resources("AWS::IAM::Role"))["Deploy"]
    return {key: values for _, key, values in conditions_in(properties["AssumeRolePolicyDocument"]["Statement"][0]["Condition"])}


def test_the_trust_policy_names_repository_environment_and_optionally_the_workflow():
    subject = "token.actions.githubusercontent.com:sub"
    assert trust()[subject] == ["repo:acme/crm:environment:production"]
    workflow = "acme/crm/.github/workflows/deploy.yml@refs/heads/main"
    assert trust(Workflow=workflow)[subject] == [f"repo:acme/crm:environment:production:job_workflow_ref:{workflow}"]


def test_policies_are_within_iams_length_limits():
    """10,240 characters for all inline policies of a role, 6,144 for a managed one."""
    for _, properties in pipeline(**ALL).resources("AWS::IAM::Role"):
        assert sum(size(policy["PolicyDocument"]) for policy in properties["Policies"]) < 10_240
    for _, properties in pipeline(**ALL).resources("AWS::IAM::ManagedPolicy"):
        assert size(properties["PolicyDocument"]) < 6_144


# ---------------------------------------------------------------- deploying by hand


def documented(names):
    """The deployer's policy of docs/permissions.md, with its placeholders in capitals replaced."""
    text = (ROOT / "docs/permissions.md").read_text()
    policy = text.split("```json deployer\n")[1].split("```")[0]
    for placeholder, name in names.items():
        policy = policy.replace(placeholder, name)
    return json.loads(policy)["Statement"]


def test_a_deployer_has_the_permissions_of_the_pipeline():
    names = {
        "CLOUDFORMATION-ROLE": NAMES["CloudFormation.Arn"],
        "BUCKET": "crm-pipeline-bucket",
        "REGION": "eu-west-1",
        "ACCOUNT": ACCOUNT,
        "STACK": "crm",
    }
    assert documented(names) == role("Deploy")


def test_the_actions_of_the_other_commands_are_documented():
    calls = set()
    for script in ("links", "restore", "replicas", "removal"):
        calls |= set(re.findall(r"(?:client|dynamodb|there|cloudformation)\.([a-z_]+)\(", (ROOT / f"infra/deploy/{script}.py").read_text()))
    actions = {"".join(word.title() for word in call.split("_")) for call in calls - {"get_waiter"}}
    assert {"RestoreTableToPointInTime", "PutSecretValue", "DeleteStack"} <= actions
    documents = "".join((ROOT / f"docs/{page}.md").read_text() for page in ("permissions", "operating"))
    missing = {action for action in actions if action not in documents}
    assert not missing
