"""Evaluates policies as IAM would: what a statement allows, on which resources, under which conditions.

It covers only what the tests need. docs/permissions.md describes the evaluation by a third-party simulator.
"""

import json
import re
from fnmatch import fnmatchcase

# The pseudo parameters of the account in which a template would be deployed.
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "123456789012",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "crm",
    "AWS::StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/crm/f00d",
}
NOTHING = object()


class Deployed:
    """A template with values for its parameters. Intrinsic functions are resolved as CloudFormation would."""

    def __init__(self, document, parameters=None, names=None):
        self.document = document
        defaults = {name: one.get("Default", "") for name, one in document.get("Parameters", {}).items()}
        self.values = {**PSEUDO, **defaults, **(parameters or {})}
        self.names = names or {}

    def resources(self, kind):
        for name, one in self.document["Resources"].items():
            if one["Type"] == kind and self.holds(one.get("Condition")):
                yield name, self.of(one["Properties"])

    def holds(self, condition):
        return condition is None or self.truth(self.document["Conditions"][condition])

    def truth(self, expression):
        [(function, arguments)] = expression.items()
        if function == "Condition":
            return self.holds(arguments)
        if function == "Fn::Not":
            return not self.truth(arguments[0])
        if function == "Fn::And":
            return all(map(self.truth, arguments))
        if function == "Fn::Or":
            return any(map(self.truth, arguments))
        assert function == "Fn::Equals", function
        first, second = map(self.of, arguments)
        return str(first) == str(second)

    def of(self, value):
        """The value with intrinsic functions resolved."""
        if isinstance(value, list):
            return [one for one in map(self.of, value) if one is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(function, arguments)] = value.items()
            if function == "Ref":
                return NOTHING if arguments == "AWS::NoValue" else self.named(arguments)
            if function == "Fn::GetAtt":
                parts = arguments.split(".") if isinstance(arguments, str) else arguments
                return self.named(".".join(parts))
            if function == "Fn::Sub":
                text, own = arguments if isinstance(arguments, list) else (arguments, {})
                own = {name: self.of(one) for name, one in own.items()}
                fill = lambda match: str(own.get(match[1]) or self.named(match[1]))  # noqa: E731
                return re.sub(r"\$\{([\w:.]+)\}", fill, text).replace("${!", "${")
            if function == "Fn::If":
                condition, then, otherwise = arguments
                return self.of(then if self.holds(condition) else otherwise)
            if function == "Fn::Join":
                return arguments[0].join(listed(self.of(arguments[1])))
            if function == "Fn::Select":
                return self.of(arguments[1])[int(arguments[0])]
            if function == "Fn::Split":
                return self.of(arguments[1]).split(arguments[0])
        found = {name: self.of(one) for name, one in value.items()}
        return {name: one for name, one in found.items() if one is not NOTHING}

    def named(self, name):
        """A parameter's value, or a placeholder for a resource or its attribute."""
        if name in self.values:
            return self.values[name]
        return self.names.get(name, f"<{name}>")


def listed(value):
    return value if isinstance(value, list) else [value]


def statements(*documents):
    return [statement for document in documents for statement in document["Statement"]]


def may(policy, action, resource, **context):
    """Whether statements allow an action on a resource: one allows it and none denies it."""
    effects = {one["Effect"] for one in policy if applies(one, action, resource, context)}
    return effects == {"Allow"}


def applies(statement, action, resource, context):
    named = any(fnmatchcase(action.lower(), one.lower()) for one in listed(statement["Action"]))
    meant = any(fnmatchcase(resource, one) for one in listed(statement["Resource"]))
    return named and meant and all(holds(*test, context) for test in conditions_in(statement.get("Condition", {})))


def conditions_in(condition):
    return [(operator, key, listed(values)) for operator, keys in condition.items() for key, values in keys.items()]


def holds(operator, key, values, context):
    given = context.get(key)
    if operator == "Null":
        return (given is None) == values[0]
    quantifier, _, comparison = operator.rpartition(":")
    compare = fnmatchcase if comparison.endswith("Like") else str.__eq__
    assert comparison in ("StringEquals", "StringLike", "ArnLike"), operator
    of_one = lambda one: any(compare(one, value) for value in values)  # noqa: E731
    if quantifier == "ForAllValues":
        return all(map(of_one, given or []))
    if quantifier == "ForAnyValue":
        return any(map(of_one, given or []))
    return given is not None and of_one(given)


def size(document):
    """The length of a policy as IAM counts it: without white space."""
    return len(re.sub(r"\s", "", json.dumps(document, separators=(",", ":"))))
