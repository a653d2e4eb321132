"""The endpoints in Python, with boto3's defaults; ENDPOINT selects the one that this process serves."""

import hashlib
import http.client
import json
import os
import re
import time
import uuid

import boto3
from boto3.dynamodb.conditions import Key

TABLE = os.environ["TABLE_NAME"]
database = boto3.resource("dynamodb")
table = database.Table(TABLE)
grants = {}


def many(keys):
    found = database.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
    return found["Responses"][TABLE]


def admit(event):
    value = event["headers"].get("authorization", "")
    if value not in grants:
        digest = hashlib.sha256(value.encode()).hexdigest()
        key = table.get_item(Key={"pk": f"key#{digest}", "sk": "key"}, ConsistentRead=True).get("Item")
        if key is None:
            return None
        settings = many([{"pk": f"{key['tenant']}#settings", "sk": sk} for sk in ("tenant", "model#customer", "model#case")])
        grants[value] = {"tenant": key["tenant"], "settings": settings}
    return grants[value]


def shown(item):
    contacts = {one["role"]: one["value"] for one in item["identifiers"]}
    return {"id": item["pk"].split("#")[-1], **item["profile"], **contacts, "updated": str(item["updated"]["at"])}


def find(grant, event):
    key = {"pk": f"{grant['tenant']}#customer#{event['pathParameters']['id']}", "sk": "customer"}
    item = table.get_item(Key=key, ConsistentRead=True).get("Item")
    return (200, shown(item)) if item else (404, {"error": "not_found"})


def search(grant, event):
    email = json.loads(event["body"])["email"].lower()
    terms = table.query(
        IndexName="email-index",
        KeyConditionExpression=Key("email").eq(f"{grant['tenant']}#{email}"),
        ScanIndexForward=False,
        Limit=200,
    )["Items"]
    keys = [{"pk": pk, "sk": "customer"} for pk in dict.fromkeys(term["pk"] for term in terms)]
    return 200, [shown(item) for item in many(keys)] if keys else []


def create(grant, event):
    profile = json.loads(event["body"])
    email, phone = profile.pop("email"), profile.pop("phone")
    tenant, at = grant["tenant"], int(time.time() * 1000)
    pk = f"{tenant}#customer#{uuid.uuid4()}"
    digits = "+1" + re.sub(r"\D", "", phone)
    change = {"at": at, "by": {}}
    identifiers = [
        {"role": "email", "value": email, "normal": email.lower()},
        {"role": "phone", "value": phone, "normal": digits},
    ]
    record = {
        "pk": pk, "sk": "customer", "version": 1, "profile": profile, "identifiers": identifiers, "custom": {},
        "created": change, "updated": change,
    }
    items = [
        record,
        {"pk": pk, "sk": f"audit#{at}#1", "at": at, "action": "create"},
        {"pk": f"{tenant}#once#{uuid.uuid4()}", "sk": "once", "customer": pk},
        {"pk": pk, "sk": f"term#email#{email}", "email": f"{tenant}#{email}"},
        {"pk": pk, "sk": f"term#phone#{digits}", "phone": f"{tenant}#{digits}"},
        *({"pk": pk, "sk": f"term#word#{n}", "term": f"{tenant}#word#{n}", "token": f"word{n}"} for n in range(10)),
    ]
    table.meta.client.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": item}} for item in items])
    return 201, shown(record)


HANDLERS = {"khoros-find-customer": find, "khoros-search-customers": search, "khoros-create-customer": create}


def answer(event):
    grant = admit(event)
    status, body = HANDLERS[os.environ["ENDPOINT"]](grant, event) if grant else (401, {"error": "unauthorized"})
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def main():
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", "/2018-06-01/runtime/invocation/next")
        call = api.getresponse()
        event = json.loads(call.read())
        result = json.dumps(answer(event))
        api.request("POST", f"/2018-06-01/runtime/invocation/{call.headers['lambda-runtime-aws-request-id']}/response", result)
        api.getresponse().read()


main()
