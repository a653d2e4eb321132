"""The whole CRM on a free port, started as by `make run`, and its API."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import socket
import subprocess
import threading
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECRET = "the-link-secret-of-the-browser-tests"
AUTHORIZATION = "Bearer browser-tests"


class Crm:
    """A running CRM with the sample in it."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.origin = f"http://127.0.0.1:{port}"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "PORT": str(port), "DB_PORT": "0", "AUTH": AUTHORIZATION, "SAMPLE": "1", "DATA": "", "LINK_SECRET": SECRET,
        }
        self.process = subprocess.Popen(
            [ROOT / "target/debug/local", "run"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        self.log = []
        threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True).start()
        if not self.process.stdout.readline().startswith("ready"):
            self.process.wait()
            raise RuntimeError("the CRM does not start: " + "".join(self.log))
        # The link that signs in at the desk.
        self.desk = next(line.split()[1] for line in self.process.stdout if line.startswith("desk "))

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=30)

    def ask(self, method, path, body=None):
        """The answer to a successful call of the API."""
        request = urllib.request.Request(
            f"{self.origin}/api/v1{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": AUTHORIZATION, "Content-Type": "application/json", "X-SF-User-Email": "ann@brand.example"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def create_customer(self, **fields):
        return self.ask("POST", "/customer", fields)

    def create_case(self, customer, interactions=(), **fields):
        return self.ask("POST", "/case", {"customerId": customer["id"], "interactions": list(interactions), **fields})

    def find(self, **criteria):
        """The only customer found by these fields."""
        [customer] = self.ask("POST", "/customers", criteria)
        return customer

    def link(self, path, last_day="9999-12-31", tenant="demo", secret=SECRET):
        """A link to a page, signed as by the CRM."""
        code = hmac.digest(secret.encode(), f"{path}\n{tenant}\n{last_day}".encode(), hashlib.sha256)
        return f"{self.origin}{path}?access={tenant}.{last_day}.{base64.urlsafe_b64encode(code).decode().rstrip('=')}"


def interaction(number, body, brand_owned=False, created="2026-11-20T09:12:00Z", **fields):
    """One piece of a conversation."""
    author = {"service": "twitter", "serviceId": "brand" if brand_owned else "7", "handle": "care" if brand_owned else "ada_l",
              "name": "Acme Care" if brand_owned else "Ada L.", "brandOwned": brand_owned}
    return {"created": created, "body": body, "linkUrl": f"https://x.com/ada_l/status/{number}", "service": "twitter",
            "serviceId": str(number), "contentType": "post", "author": author, **fields}
