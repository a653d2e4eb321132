"""Only pinned code is installed and run: packages by digest, actions by commit, and no third-party code beside credentials."""

import re
import subprocess

import pytest
import yaml

from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
WANTED = sorted(
    path for folder in ("infra/build", "infra/deploy", "tests", "tools") for path in (ROOT / folder).rglob("*.in")
)


def named(path):
    return str(path.relative_to(ROOT))


def requirements(path):
    """The requirements of an .in file by name, including those of files that it refers to."""
    found = {}
    for line in path.read_text().splitlines():
        if line.startswith("--requirement "):
            found |= requirements((path.parent / line.split()[1]).resolve())
        elif line and not line.startswith("#"):
            name, version = line.split("==")
            found[name.split("[")[0].lower()] = version
    return found


def locked(path):
    """The packages of a lock file with their versions and digests."""
    found = {}
    for entry in re.split(r"\n(?=\S)", path.read_text()):
        match = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", entry)
        if match:
            found[match[1].lower()] = (match[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
    return found


@pytest.mark.parametrize("wanted", WANTED, ids=named)
def test_every_package_has_digests_and_the_version_that_is_wanted(wanted):
    found = locked(wanted.with_suffix(".txt"))
    assert found
    for name, (version, digests) in found.items():
        assert digests, f"{name} {version}"
    asked = requirements(wanted)
    assert asked
    assert {name: found[name][0] for name in asked} == asked, "make lock writes it anew"


def test_lock_files_name_no_registry():
    for wanted in WANTED:
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", wanted.with_suffix(".txt").read_text()), named(wanted)


def test_the_makefile_installs_from_lock_files_only():
    text = (ROOT / "Makefile").read_text()
    installs = [line.strip() for line in text.splitlines() if "pip install" in line]
    assert installs == ["INSTALL := .venv/bin/pip install --quiet --require-hashes --no-deps --requirement"]
    assert all("--locked" in line and "@$(" in line for line in text.splitlines() if "cargo install" in line)


def jobs():
    for path in WORKFLOWS:
        document = yaml.safe_load(path.read_text())
        for name, job in document["jobs"].items():
            yield path, document, name, job


def test_actions_are_pinned_by_commit():
    for path, _, name, job in jobs():
        for step in job.get("steps", []):
            if "uses" in step:
                assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", step["uses"]), f"{path.name}: {name}"


def test_every_job_declares_its_permissions():
    for path, document, name, job in jobs():
        assert document["permissions"] == {}, path.name
        assert "permissions" in job, f"{path.name}: {name}"


def test_nothing_is_installed_while_there_are_credentials():
    [deploy] = [job for path, _, _, job in jobs() if path.name == "deploy.yml"]
    steps = deploy["steps"]
    [taken] = [number for number, step in enumerate(steps) if "configure-aws-credentials" in step.get("uses", "")]
    for step in steps[taken:]:
        assert "install" not in step.get("run", "") and "make " not in step.get("run", "")
    before = "\n".join(step.get("run", "") for step in steps[:taken])
    assert "--require-hashes" in before and "--only-binary :all:" in before, "and no package runs code while it is installed"
    assert "gh attestation verify" in before


def test_jobs_that_build_cannot_sign():
    for path, _, name, job in jobs():
        if "make build" in "\n".join(step.get("run", "") for step in job.get("steps", [])):
            assert job["permissions"] == {"contents": "read"}, f"{path.name}: {name}"
    signing = {name for _, _, name, job in jobs() if job["permissions"].get("attestations") == "write"}
    assert signing == {"attest"}


def test_advisories_are_checked_at_every_push_and_every_day():
    [audit] = [document for path, document, _, _ in jobs() if path.name == "audit.yml"]
    # YAML reads a bare `on` as true.
    assert {"push", "schedule"} <= audit[True].keys()
    text = (ROOT / "Makefile").read_text()
    assert "cargo deny --locked check advisories" in text and "pip-audit --strict --require-hashes" in text


def test_new_versions_are_proposed_for_everything():
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    assert {one["package-ecosystem"] for one in updates} == {"cargo", "github-actions", "npm", "pip"}
    [cargo] = [one for one in updates if one["package-ecosystem"] == "cargo"]
    locks = subprocess.run(["git", "ls-files", "*Cargo.lock"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert set(cargo["directories"]) == {"/" + lock.removesuffix("Cargo.lock").rstrip("/") for lock in locks}
    [python] = [one for one in updates if one["package-ecosystem"] == "pip"]
    assert set(python["directories"]) == {f"/{named(path.parent)}" for path in WANTED}


def test_a_release_has_the_tags_version_and_is_signed_before_publishing():
    release = {name: job for path, _, name, job in jobs() if path.name == "release.yml"}
    build = "\n".join(step.get("run", "") for step in release["build"]["steps"])
    assert build.index("GITHUB_REF_NAME") < build.index("make dist")
    systems = release["build"]["strategy"]["matrix"]["runner"]
    assert {(one.split("-")[0], one.endswith(("-arm", "macos-15"))) for one in systems} == {
        ("ubuntu", True), ("ubuntu", False), ("macos", True), ("macos", False)
    }
    assert (release["attest"]["needs"], release["publish"]["needs"]) == ("build", "attest")
    writing = {name for name, job in release.items() if job["permissions"].get("contents") == "write"}
    assert writing == {"publish"}, "and it runs nothing that was built"


def test_the_image_contains_the_programs_of_make_run():
    recipe = (ROOT / "infra/container/Containerfile").read_text()
    needed = re.search(r'^RUST_NEEDED := (\S+)$', (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert f"FROM docker.io/library/rust:{needed}-" in recipe
    binaries = re.search(r"^FUNCTIONS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert f"{binaries} " in recipe.replace("\\\n", "") + " "
    for source in re.findall(r"^COPY --from=build /khoros-crm/(\S+)", recipe, re.MULTILINE):
        assert (ROOT / source).exists(), source
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    members = re.search(r"members = \[(.*?)\]", (ROOT / "Cargo.toml").read_text(), re.DOTALL)[1]
    assert not [one for one in ignored if f'"{one}"' in members], "cargo needs all members of the workspace"
    listens = re.findall(r"127\.0\.0\.1:9000:9000", (ROOT / "docs/local.md").read_text())
    assert listens, "the port must be published to this machine only"
