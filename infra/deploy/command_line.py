"""Deploys the CRM into an AWS account, changes what is deployed, and removes it: `make deploy`, `make destroy` and others.

    python infra/deploy deploy STACK [--parameters FILE] [--tenant TENANT] [--yes]
    python infra/deploy rotate-links STACK [--yes]
    python infra/deploy retire-links STACK
    python infra/deploy restore STACK TIME --tenant TENANT [--tenant TENANT]
    python infra/deploy destroy STACK [--confirm STACK]

Account, region and credentials are those of every AWS program: profile, variables, role.
"""

import argparse
import os
import sys
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

import changes
import links
import removal
import replicas
import restore
import smoke
from artifacts import Artifacts
from problem import Problem

ROOT = Path(__file__).resolve().parents[2]
CRM = ROOT / "target/debug/crm"


def main(arguments=None):
    asked = command_line().parse_args(arguments)
    try:
        # Unlike other AWS programs, boto3 reads AWS_DEFAULT_REGION only.
        return asked.run(asked, boto3.Session(region_name=os.environ.get("AWS_REGION")))
    except Problem as problem:
        print(problem, file=sys.stderr)
    except NoRegionError:
        print("AWS: no region is set. Set AWS_REGION, for example to eu-west-1, or run `aws configure`", file=sys.stderr)
    except NoCredentialsError:
        print("AWS: no credentials were found. Set AWS_PROFILE, or run `aws configure` or `aws sso login`", file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(f"AWS: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\ninterrupted; AWS completes a change that it has begun", file=sys.stderr)
    return 1


def command_line():
    parser = argparse.ArgumentParser(prog="deploy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    deploy = commands.add_parser("deploy", help="create or change a stack")
    deploy.add_argument("stack", help="the stack's name")
    deploy.add_argument("--parameters", type=Path, metavar="FILE", help="the template's parameters, as in infra/parameters/")
    deploy.add_argument("--architecture", choices=["arm64", "x86_64"], default="arm64", help="what the functions were built for")
    deploy.add_argument("--bucket", help="the bucket for the functions' code; without it, that of infra/artifacts.yaml is used")
    deploy.add_argument("--role", metavar="ARN", help="the role that CloudFormation acts in; without it, your own")
    deploy.add_argument("--boundary", metavar="ARN", help="the permissions boundary of the functions' roles (infra/pipeline.yaml)")
    deploy.add_argument("--tenant", help="the tenant of the smoke test; without it, the test sends one request without a key")
    deploy.add_argument("--yes", action="store_true", help="execute the changes without asking")
    deploy.add_argument("--template", type=Path, default=ROOT / "infra/template.yaml", help=argparse.SUPPRESS)
    deploy.set_defaults(run=run_deploy)
    rotate = commands.add_parser("rotate-links", help="replace the secret of the links; the old one still opens links")
    rotate.add_argument("--yes", action="store_true", help="begin without asking")
    rotate.set_defaults(run=lambda asked, session: links.rotate(session, asked.stack, asked.role, asked.yes))
    retire = commands.add_parser("retire-links", help="end the old secret of the links, three days later")
    retire.set_defaults(run=lambda asked, session: links.retire(session, asked.stack, asked.role))
    again = commands.add_parser("restore", help="restore the table to a moment, and switch everything to it")
    again.add_argument("--yes", action="store_true", help="begin without asking")
    again.add_argument("--tenant", action="append", required=True, help="the tenant whose erasures are repeated; give every tenant")
    again.set_defaults(run=lambda asked, session: restore.restore(session, asked, CRM))
    for command in (rotate, retire, again):
        command.add_argument("stack", help="the stack's name")
        command.add_argument("--role", metavar="ARN", help="the role that CloudFormation acts in; without it, your own")
    again.add_argument("time", help="such as 2026-11-20T08:00:00Z, within the last 35 days")
    destroy = commands.add_parser("destroy", help="remove a stack; its table and data stay")
    destroy.add_argument("stack", help="the stack's name")
    destroy.add_argument("--confirm", metavar="STACK", help="the stack's name again, for scripts")
    destroy.set_defaults(run=run_destroy)
    return parser


def run_deploy(asked, session):
    artifacts = Artifacts(session, ROOT, asked.bucket)
    template = artifacts.package(asked.template)
    wanted = changes.Wanted.of(asked, template)
    wanted.parameters |= links.present(session, asked.stack)
    outputs = changes.apply(session, wanted, was_agreed=asked.yes)
    if "ReplicaRegions" in outputs:
        replicas.ensure(session, outputs["TableName"], outputs["ReplicaRegions"].split(","))
    passed = smoke.test(outputs, asked.tenant, CRM)
    report(outputs, asked.tenant)
    return 0 if passed else 1


def report(outputs, tenant):
    print(f"\nBaseUrl    {outputs['BaseUrl']}\nTableName  {outputs['TableName']}\nDashboard  {outputs['DashboardUrl']}\n")
    print("To register it, with the token of a Khoros administrator in KHOROS_TOKEN:")
    where = f"--table {outputs['TableName']} --tenant {tenant or 'TENANT'}"
    print(f"target/debug/crm register {where} --name 'CRM' --url {outputs['BaseUrl']} --new-key 'Khoros'")


def run_destroy(asked, session):
    return removal.remove(session, asked.stack, asked.confirm)
