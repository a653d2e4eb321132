"""A stand-in for Amazon EventBridge. botocore, AWS' own client, judges what it is asked: the signature, and the form of PutEvents."""

import datetime
import http.server
import json
import threading
from contextlib import contextmanager

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.validate import ParamValidator

ACCESS_KEY = SECRET_KEY = "local"
REGION = "eu-west-1"
PUT_EVENTS = botocore.session.get_session().get_service_model("events").operation_model("PutEvents").input_shape


class Bus:
    def __init__(self):
        self.url = None
        self.events = []
        self.wrong = []
        self.refuses = lambda event: False

    def of(self, customer):
        """The kinds of a customer's events, in the order in which they were put."""
        details = [json.loads(event["Detail"]) for event in self.events]
        return [detail["type"] for detail in details if detail["data"].get("customer") == customer]

    def answer(self, headers, body):
        wrong = fault_of(self.url, headers, body)
        if wrong:
            self.wrong.append(wrong)
            return 403, {"__type": "IncompleteSignatureException"}
        [event] = json.loads(body)["Entries"]
        if self.refuses(event):
            return 200, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"}]}
        self.events.append(event)
        return 200, {"FailedEntryCount": 0, "Entries": [{"EventId": str(len(self.events))}]}


def fault_of(url, headers, body):
    """What is wrong with a request, if anything."""
    if headers["x-amz-target"] != "AWSEvents.PutEvents" or headers["content-type"] != "application/x-amz-json-1.1":
        return "another operation"
    if headers["authorization"] != signed(url, headers, body):
        return "another signature"
    asked = json.loads(body)
    for entry in asked["Entries"]:
        entry["Time"] = datetime.datetime.fromtimestamp(entry["Time"], datetime.UTC)
    report = ParamValidator().validate(asked, PUT_EVENTS)
    return report.generate_report() if report.has_errors() else None


def signed(url, headers, body):
    """The value of `authorization` as botocore computes it for the same headers at the same time."""
    names = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    request = AWSRequest("POST", url, {name: headers[name] for name in names}, body)
    request.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "events", REGION)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    signature = auth.signature(text, request)
    return f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, SignedHeaders={';'.join(names)}, Signature={signature}"


@contextmanager
def event_bus():
    bus = Bus()

    class EventBridge(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = bus.answer(headers, self.rfile.read(int(headers["content-length"])))
            answer = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), EventBridge) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        bus.url = f"http://127.0.0.1:{server.server_port}/"
        yield bus
        server.shutdown()
