"""infra/edge.yaml, the optional edge in front of the API: whose requests it forwards, and that it forwards them unchanged."""

import copy
import ipaddress

import pytest
from samtranslator.yaml_helper import yaml_parse

from conftest import ROOT, of_type
from policies import Deployed
from test_template import broken_rules

KHOROS = "192.0.2.7"
STRANGER = "203.0.113.9"
ASKED = {
    "DomainName": "crm.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "Origin": "d-abc.execute-api.eu-west-1.amazonaws.com",
}


@pytest.fixture(scope="module")
def edge():
    return yaml_parse((ROOT / "infra/edge.yaml").read_text())


def stack(edge, **parameters):
    return Deployed(edge, {**ASKED, **parameters}, {"Callers.Arn": "callers"})


def resolved(edge):
    """The template as CloudFormation would read it, with callers."""
    deployed = stack(edge, CallerAddresses=["192.0.2.0/24"])
    resources = copy.deepcopy(edge["Resources"])
    return {"Resources": {name: one | {"Properties": deployed.of(one["Properties"])} for name, one in resources.items()}}


def rules(edge, *callers):
    given = {"CallerAddresses": list(callers)} if callers else {}
    [(_, acl)] = stack(edge, **given).resources("AWS::WAFv2::WebACL")
    return {rule["Name"]: rule for rule in acl["Rules"]}


def matches(statement, address, path, callers):
    """Whether a statement matches a request. Covers the few kinds that the template uses."""
    [(kind, one)] = statement.items()
    if kind == "NotStatement":
        return not matches(one["Statement"], address, path, callers)
    if kind == "AndStatement":
        return all(matches(part, address, path, callers) for part in one["Statements"])
    if kind == "IPSetReferenceStatement":
        return any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in callers)
    assert kind == "ByteMatchStatement" and one["PositionalConstraint"] == "STARTS_WITH"
    return path.startswith(one["SearchString"])


PATHS = [
    ("/api/v1/customer/C0SA77REZRPC", False),
    ("/api/v2/customer", False),
    ("/core/customermgr/v3/customer", False),
    ("/", False),
    ("/agent/customer/C0SA77REZRPC", True),
    ("/agent/asset/page-1a2b.css", True),
    ("/AGENT/customer/C0SA77REZRPC", False),
    ("//agent/customer/C0SA77REZRPC", False),
]


@pytest.mark.parametrize(("path", "is_open"), PATHS)
def test_strangers_reach_pages_only_and_callers_everything(edge, path, is_open):
    networks = ["192.0.2.0/24"]
    rule = rules(edge, *networks)["others-see-pages-only"]
    assert rule["Action"] == {"Block": {}}
    assert matches(rule["Statement"], STRANGER, path, networks) == (not is_open)
    assert not matches(rule["Statement"], KHOROS, path, networks)


def test_without_a_list_everybody_is_counted_by_address(edge):
    found = rules(edge)
    assert "others-see-pages-only" not in found
    rate = found["rate-per-address"]["Statement"]["RateBasedStatement"]
    assert (rate["AggregateKeyType"], rate["EvaluationWindowSec"], rate["Limit"]) == ("IP", 300, 300)
    assert "ScopeDownStatement" not in rate
    assert not list(stack(edge).resources("AWS::WAFv2::IPSet"))


def test_with_a_list_callers_are_not_counted(edge):
    networks = ["192.0.2.0/24"]
    rate = rules(edge, *networks)["rate-per-address"]["Statement"]["RateBasedStatement"]
    assert matches(rate["ScopeDownStatement"], STRANGER, "/agent/case/1", networks)
    assert not matches(rate["ScopeDownStatement"], KHOROS, "/api/v1/customers", networks)


def test_texts_of_strangers_are_not_blocked(edge):
    """No rule that blocks looks into bodies: an interaction may quote an attack, and may be long."""
    for rule in rules(edge).values():
        group = rule["Statement"].get("ManagedRuleGroupStatement")
        if group:
            assert group["Name"] in ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet")
    bodies = rules(edge)["known-bad-inputs"]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert {one["Name"] for one in bodies} == {"Log4JRCE_BODY", "JavaDeserializationRCE_BODY"}
    assert all(one["ActionToUse"] == {"Count": {}} for one in bodies)


def test_the_api_gets_the_request_unchanged(edge):
    [(_, properties)] = stack(edge).resources("AWS::CloudFront::Distribution")
    distribution = properties["DistributionConfig"]
    behaviour = distribution["DefaultCacheBehavior"]
    # AWS' AllViewer policy: the Host header, which selects the API, Authorization, cookies and the query.
    assert behaviour["OriginRequestPolicyId"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"
    assert set(behaviour["AllowedMethods"]) == {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
    assert [one["PathPattern"] for one in distribution["CacheBehaviors"]] == ["/agent/asset/*"]
    assert distribution["Aliases"] == ["crm.example.com"]
    [origin] = distribution["Origins"]
    # Two attempts to connect end before Khoros gives up.
    assert origin["ConnectionAttempts"] * origin["ConnectionTimeout"] < 7
    assert "OriginMtlsConfig" not in origin["CustomOriginConfig"]


def test_with_a_certificate_the_api_authenticates_cloudfront(edge, cloudformation):
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/2"
    [(_, properties)] = stack(edge, OriginCertificateArn=certificate).resources("AWS::CloudFront::Distribution")
    [origin] = properties["DistributionConfig"]["Origins"]
    assert origin["CustomOriginConfig"]["OriginMtlsConfig"] == {"ClientCertificateArn": certificate}
    trusting = Deployed(cloudformation, {"DomainName": "crm.example.com", "TrustStoreUri": "s3://bucket/authority.pem"})
    [(_, domain)] = trusting.resources("AWS::ApiGatewayV2::DomainName")
    assert domain["MutualTlsAuthentication"] == {"TruststoreUri": "s3://bucket/authority.pem"}


BREAKS = [
    ("distributions_keep_nothing_and_are_guarded", lambda one: one.pop("WebACLId")),
    ("distributions_keep_nothing_and_are_guarded", lambda one: one["CustomErrorResponses"][2].pop("ErrorCachingMinTTL")),
    (
        "distributions_keep_nothing_and_are_guarded",
        lambda one: one["DefaultCacheBehavior"].update(CachePolicyId="658327ea-f89d-4fab-a63d-7e88639e58f6"),
    ),
    ("distributions_keep_nothing_and_are_guarded", lambda one: one.update(Logging={"Bucket": "logs"})),
]


@pytest.mark.parametrize(("rule", "damage"), BREAKS)
def test_a_rule_notices(edge, rule, damage):
    document = resolved(edge)
    assert broken_rules(document) == set()
    damage(of_type(document, "AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"])
    assert broken_rules(document) == {rule}


def test_a_web_acl_that_shows_requests_is_noticed(edge):
    document = resolved(edge)
    document["Resources"]["WebAcl"]["Properties"]["Rules"][1]["VisibilityConfig"]["SampledRequestsEnabled"] = True
    assert broken_rules(document) == {"web_acls_show_no_requests"}


@pytest.mark.parametrize(
    ("domain", "execute_api", "is_closed"),
    [("", "off", False), ("crm.example.com", "off", True), ("crm.example.com", "on", False)],
)
def test_aws_own_host_name_is_disabled_if_there_is_a_domain(cloudformation, domain, execute_api, is_closed):
    dialects = {"EgainDialect": "on", "OmnideskDialect": "on", "AdminDialect": "on", "Desk": "on"}
    deployed = Deployed(cloudformation, {"DomainName": domain, "ExecuteApi": execute_api, **dialects})
    [(_, api)] = deployed.resources("AWS::ApiGatewayV2::Api")
    # SAM writes it into the API's document, where API Gateway reads it for HTTP APIs.
    assert api["Body"]["servers"] == [{"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": is_closed}}]
    names = ("BaseUrl", "EgainUrl", "OmnideskUrl", "AdminUrl")
    addresses = [deployed.of(deployed.document["Outputs"][name]["Value"]) for name in names]
    host = domain or "<Api>.execute-api.eu-west-1.amazonaws.com"
    assert addresses == [f"https://{host}{path}" for path in ("/api/v1", "/core/customermgr/v3", "/api/v2", "/admin/v1")]


def test_alarms_cover_refusals_throttling_and_keys(cloudformation):
    alarms = of_type(cloudformation, "AWS::CloudWatch::Alarm")
    filters = of_type(cloudformation, "AWS::Logs::MetricFilter")
    made = {change["MetricName"] for one in filters.values() for change in one["MetricTransformations"]}
    assert made == {alarms[name]["MetricName"] for name in ("Throttled", "KeysRefused", "WebhookGivenUp")}
    # The access log writes the status as text, and the functions the number of key failures.
    assert '"status":"$context.status"' in of_type(cloudformation, "AWS::ApiGatewayV2::Stage")["ApiApiGatewayDefaultStage"][
        "AccessLogSettings"
    ]["Format"].replace("\n", "")
    assert filters["ThrottledRequests"]["FilterPattern"] == '{ $.status = "429" }'
    assert '"key_failures"' in (ROOT / "shared/lambda/src/request_line.rs").read_text()
    assert filters["RefusedKeys"]["FilterPattern"] == "{ $.key_failures = 1 }"
    assert '"given_up"' in (ROOT / "functions/webhook/src/lib.rs").read_text()
    assert filters["GivenUpChanges"]["FilterPattern"] == "{ $.given_up = 1 }"
    assert "ClientErrors" in alarms
