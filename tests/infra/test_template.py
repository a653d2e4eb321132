"""The template, as CloudFormation sees it, keeps the rules of infra/rules.guard, and each rule notices when it is broken."""

import copy
import json

import pytest
import yaml
from cfn_guard_rs.cfn_guard_rs import run_checks_rs
from samtranslator.yaml_helper import yaml_parse

from conftest import ROOT, of_type

RULES = (ROOT / "infra/rules.guard").read_text()


def broken_rules(document):
    # The full report, because the short one of cfn_guard_rs 0.3.3 loses its beginning if a rule is broken.
    report = json.loads(run_checks_rs(json.dumps(document), RULES, True))
    rules = [child["container"]["RuleCheck"] for child in report["children"] if "RuleCheck" in child["container"]]
    assert rules, "no rule was evaluated"
    return {rule["name"] for rule in rules if rule["status"] == "FAIL"}


def read(name):
    return yaml_parse((ROOT / "infra" / name).read_text())


def test_the_rules_hold(cloudformation):
    assert broken_rules(cloudformation) == set()
    assert broken_rules(read("artifacts.yaml")) == set()
    # Its roles are for GitHub and CloudFormation, and it defines the boundary of all others.
    assert broken_rules(read("pipeline.yaml")) == {"roles_are_for_lambda_only", "roles_are_bounded_and_of_the_stack"}


BREAKS = [
    ("functions_are_small_traced_and_bounded", "AWS::Lambda::Function", lambda one: one.update(MemorySize=1024)),
    ("functions_that_answer_are_quick", "AWS::Lambda::Function", lambda one: one.update(Timeout=60)),
    ("functions_are_small_traced_and_bounded", "AWS::Lambda::Function", lambda one: one.pop("LoggingConfig")),
    ("functions_are_small_traced_and_bounded", "AWS::Lambda::Function", lambda one: one.update(VpcConfig={})),
    ("tables_survive", "AWS::DynamoDB::Table", lambda one: one.pop("PointInTimeRecoverySpecification")),
    ("tables_survive", "AWS::DynamoDB::Table", lambda one: one.update(TableName="crm")),
    ("logs_end", "AWS::Logs::LogGroup", lambda one: one.pop("RetentionInDays")),
    ("stages_are_throttled_and_say_who_called_what", "AWS::ApiGatewayV2::Stage", lambda one: one.pop("DefaultRouteSettings")),
    (
        "stages_are_throttled_and_say_who_called_what",
        "AWS::ApiGatewayV2::Stage",
        lambda one: one["AccessLogSettings"].update(Format='{"ip":"$context.identity.sourceIp"}'),
    ),
    ("alarms_say_what_to_do", "AWS::CloudWatch::Alarm", lambda one: one.pop("TreatMissingData")),
    ("roles_are_bounded_and_of_the_stack", "AWS::IAM::Role", lambda one: one.pop("PermissionsBoundary")),
    ("roles_are_bounded_and_of_the_stack", "AWS::IAM::Role", lambda one: one.update(RoleName="admin")),
    (
        "roles_are_for_lambda_only",
        "AWS::IAM::Role",
        lambda one: one["AssumeRolePolicyDocument"]["Statement"][0].update(Principal={"Service": "ec2.amazonaws.com"}),
    ),
]


@pytest.mark.parametrize(("rule", "kind", "damage"), BREAKS)
def test_a_rule_notices(cloudformation, rule, kind, damage):
    document = copy.deepcopy(cloudformation)
    damage(next(iter(of_type(document, kind).values())))
    assert broken_rules(document) == {rule}


def test_a_table_that_is_deleted_with_its_stack_is_noticed(cloudformation):
    document = copy.deepcopy(cloudformation)
    del document["Resources"]["Table"]["DeletionPolicy"]
    assert broken_rules(document) == {"tables_survive"}


def test_every_function_uses_the_defaults(template):
    """Common properties are in Globals only."""
    own = {"CodeUri", "Role", "Events"}
    for name, function in of_type(template, "AWS::Serverless::Function").items():
        settings = function.get("Environment", {"Variables": {"LINK_SECRET": None}})
        assert settings.keys() == {"Variables"} and settings["Variables"].keys() == {"LINK_SECRET"}, name
        more = {"Environment", "Timeout"} if name == "WebhookDeliverChanges" else {"Environment"}
        assert function.keys() - more == own, f"{name} has other properties than its code, role and routes"


def test_the_dashboard_is_json(cloudformation):
    body = cloudformation["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(body.replace("${AccountConcurrency}", "1000"))["widgets"]
    titles = [widget["properties"]["title"] for widget in widgets]
    assert len(set(titles)) == len(titles)
    places = [(widget["x"], widget["y"]) for widget in widgets]
    assert len(set(places)) == len(places), "two widgets in one place"


def test_the_dashboard_uses_the_functions_metrics(cloudformation):
    """The dashboard asks for members that shared/lambda/src/request_line.rs declares."""
    body = cloudformation["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    code = (ROOT / "shared/lambda/src/request_line.rs").read_text()
    asked = {part.split('\\"')[1] for part in body.split("MetricName=")[1:]}
    assert asked == {"milliseconds", "errors", "key_failures", "cold_starts"}
    assert all(f'"{name}"' in code for name in asked)


def test_parameter_files_name_parameters_of_the_template(template):
    for path in (ROOT / "infra/parameters").glob("*.json"):
        assert json.loads(path.read_text()).keys() <= template["Parameters"].keys(), path.name


def test_every_parameter_is_explained_and_grouped(template):
    grouped = [
        name for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"] for name in group["Parameters"]
    ]
    assert sorted(grouped) == sorted(template["Parameters"])
    assert all(parameter["Description"] for parameter in template["Parameters"].values())


@pytest.mark.parametrize("switch", ["AgentPages", "EgainDialect", "OmnideskDialect", "AdminDialect", "Desk", "Webhooks"])
def test_dialects_can_be_switched(template, switch):
    parameter = template["Parameters"][switch]
    assert parameter["AllowedValues"] == ["on", "off"]
    # YAML reads a bare `on` as true.
    assert isinstance(yaml.safe_load(yaml.safe_dump(parameter))["Default"], str)
