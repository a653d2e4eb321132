"""Uploads the functions' code to S3, and the template with the addresses of the code."""

import hashlib
import re
import zipfile

from botocore.exceptions import ClientError

from changes import find, outputs_of
from problem import Problem

STACK = "khoros-crm-artifacts"
TEMPLATE = "infra/artifacts.yaml"
CODE = re.compile(r"^(\s*CodeUri: )(\S+\.zip)$", re.MULTILINE)


class Artifacts:
    """The bucket for deployed code and templates."""

    def __init__(self, session, root, bucket=None):
        self.s3 = session.client("s3")
        self.cloudformation = session.client("cloudformation")
        self.root = root
        self.bucket = bucket or self._own_bucket()

    def package(self, template):
        """Uploads the zips that a template names, and the template with their locations. Returns its address."""
        places = {}

        def place_of(match):
            path = match[2]
            if path not in places:
                places[path] = self._upload((template.parent / path).resolve())
            return f"{match[1]}s3://{self.bucket}/{places[path]}"

        text = CODE.sub(place_of, template.read_text())
        body = text.encode()
        key = f"templates/{hashlib.sha256(body).hexdigest()}.yaml"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        print(f"{len(places)} functions are in s3://{self.bucket}")
        return f"{self.s3.meta.endpoint_url}/{self.bucket}/{key}"

    def _upload(self, path):
        """The key is a digest of the program. Unchanged code keeps its key, and its function is not updated."""
        key = f"functions/{path.parent.name}/{digest(path)}.zip"
        try:
            self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            self.s3.upload_file(str(path), self.bucket, key)
        return key

    def _own_bucket(self):
        """The bucket of a small stack of its own, which is created if it is missing."""
        found = self._bucket_of_stack()
        if not found:
            print(f"creating {STACK}, a bucket for the functions' code ({TEMPLATE})")
            self.cloudformation.create_stack(StackName=STACK, TemplateBody=(self.root / TEMPLATE).read_text())
            self.cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 5})
            found = self._bucket_of_stack()
        return found

    def _bucket_of_stack(self):
        stack = find(self.cloudformation, STACK)
        return outputs_of(stack).get("Bucket") if stack else None


def digest(path):
    """The digest of the program in a zip. That of the zip itself changes with the time at which it was built."""
    try:
        with zipfile.ZipFile(path) as archive:
            return hashlib.sha256(archive.read("bootstrap")).hexdigest()
    except FileNotFoundError:
        raise Problem(f"{path} is missing: `make build` builds it") from None
    except (zipfile.BadZipFile, KeyError):
        raise Problem(f"{path} is not the zip of a function: `make build` builds it again") from None
