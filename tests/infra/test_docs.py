"""The documents match the tree: commands exist, links resolve, cited rules exist. No network is used."""

import functools
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from conftest import ROOT

BUILT_OR_INSTALLED = {"target", ".venv", ".tools", "node_modules"}
DOCUMENTS = sorted(
    path for path in ROOT.rglob("*.md") if not BUILT_OR_INSTALLED.intersection(path.relative_to(ROOT).parts)
)
CONTRACTS = ROOT / "docs/contracts"
# Programs that documents show with arguments; `make test` builds them.
PROGRAMS = ("crm", "evaluate", "bench")
LONGEST_LINE = 119
LONGEST_README = 179


def named(path):
    return str(path.relative_to(ROOT))


def each_document(test):
    return pytest.mark.parametrize("path", DOCUMENTS, ids=named)(test)


# Markdown


def parts(path):
    """The lines of a document with their numbers and the language of their fence: None outside, "" for a plain fence."""
    language = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fence = re.match(r"\s*```(\w*)", line)
        if fence and language is None:
            language = fence[1]
        elif fence:
            language = None
        else:
            yield number, line, language


def prose(path):
    return [(number, line) for number, line, language in parts(path) if language is None]


def fences(path, *languages):
    return [(number, line) for number, line, language in parts(path) if language in languages]


def code_spans(path):
    for number, line in prose(path):
        for span in re.findall(r"`([^`]+)`", line):
            yield number, span


def anchors(path):
    """The anchors that GitHub makes of a document's headings."""
    found = set()
    for _, line in prose(path):
        heading = re.match(r"#+ (.*)", line)
        if heading:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).replace("`", "").lower()
            slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            again = sum(one == slug or re.fullmatch(re.escape(slug) + r"-\d+", one) is not None for one in found)
            found.add(f"{slug}-{again}" if again else slug)
    return found


def links(path):
    for number, line in prose(path):
        without_code = re.sub(r"`[^`]*`", "", line)
        for target in re.findall(r"\]\(([^)\s]+)\)", without_code):
            yield number, target


@each_document
def test_links_resolve(path):
    broken = []
    for number, target in links(path):
        if re.match(r"(https?|mailto):", target):
            continue
        file, _, anchor = target.partition("#")
        to = (path.parent / file).resolve() if file else path
        if not to.exists():
            broken.append(f"{number}: {target} does not exist")
        elif anchor and anchor not in anchors(to):
            broken.append(f"{number}: {named(to)} has no heading #{anchor}")
    assert not broken, "\n".join(broken)


@each_document
def test_prose_lines_are_short(path):
    long = [
        f"{number}: {len(line)} characters"
        for number, line in prose(path)
        if len(line) > LONGEST_LINE and not line.lstrip().startswith("|")
    ]
    assert not long, "\n".join(long)


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= LONGEST_README


def test_the_readme_links_to_every_page():
    reached = {(ROOT / target.partition("#")[0]).resolve() for _, target in links(ROOT / "README.md")}
    pages = set((ROOT / "docs").glob("*.md")) | set((ROOT / "docs").glob("*/README.md")) | set(ROOT.glob("*.md"))
    assert pages - {ROOT / "README.md"} <= reached


def test_every_decision_is_in_the_index_and_has_its_parts():
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text()
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text()
        title = re.match(rf"# {path.name[:4]}\. (.+)\n", text)
        date = re.search(r"^Date: (\d{4}-\d\d-\d\d)\. Status: ", text, re.MULTILINE)
        assert title and date, path.name
        assert f"| [{path.name[:4]}]({path.name}) | {title[1]} | {date[1]} |" in index, path.name
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name


# Paths


FOLDERS = "shared|functions|tools|tests|infra|docs"


@each_document
def test_paths_exist(path):
    """In a changelog only the unreleased part counts. Files that were moved since keep their old names in the rest."""
    if path.name == "CHANGELOG.md":
        return
    missing = [
        f"{number}: {span}"
        for number, span in code_spans(path)
        if re.fullmatch(rf"({FOLDERS})/[\w.\-/*]*", span) and not list(ROOT.glob(span.rstrip("/")))
    ]
    assert not missing, "\n".join(missing)


# Commands


def command_lines(path):
    """Everything that a reader might type: lines of shell fences, code spans, and commands in shown output."""
    pending, begun = "", 0
    for number, line in fences(path, "sh"):
        begun = begun or number
        if line.endswith("\\"):
            pending += line[:-1] + " "
            continue
        yield begun, pending + line
        pending, begun = "", 0
    for number, span in code_spans(path):
        yield number, span
    for number, line in fences(path, "text", ""):
        shown = re.search(rf"(?:^|[\s:])((?:target/debug/)?(?:{'|'.join(PROGRAMS)}) +(?:[a-z]|--).*|make [a-z].*)$", line)
        if shown:
            yield number, shown[1]


def commands(path):
    """The words of each simple command, without the folders of programs and without assignments."""
    for number, line in command_lines(path):
        lexer = shlex.shlex(line.replace("$(", " ; ").replace("`", " ; "), posix=True, punctuation_chars="|&;()")
        lexer.whitespace_split = True
        try:
            tokens = list(lexer)
        except ValueError:
            # A quotation that continues on the next line, or prose. None of our commands begins there.
            tokens = line.split()
        words = []
        for token in [*tokens, ";"]:
            if set(token) <= set("|&;()"):
                while words and re.match(r"[A-Z_]+=", words[0]):
                    words = words[1:]
                if words:
                    yield number, [words[0].removeprefix("target/debug/"), *words[1:]]
                words = []
            else:
                words.append(token)


@functools.cache
def makefile():
    return (ROOT / "Makefile").read_text()


@each_document
def test_make_has_the_targets_and_variables(path):
    targets = set(re.findall(r"^([a-z][\w-]*):(?!=)", makefile(), re.MULTILINE))
    # One for each suite of black-box tests.
    targets |= {f"suite-{suite.parent.name}" for suite in (ROOT / "tests").glob("*/main.rs")}
    wrong = []
    for number, words in commands(path):
        if words[0] != "make":
            continue
        for word in words[1:]:
            name, is_variable, _ = word.partition("=")
            if is_variable:
                if not re.search(rf"^{re.escape(name)} [?:]?=|\$\$?[({{]{re.escape(name)}\b", makefile(), re.MULTILINE):
                    wrong.append(f"{number}: the Makefile does not use {name}")
            elif name not in targets:
                wrong.append(f"{number}: make {name}")
    assert not wrong, "\n".join(wrong)


class Help:
    """A program's help about one of its commands."""

    def __init__(self, *words):
        program = ROOT / "target/debug" / words[0]
        assert program.exists(), f"{program} is not built: `make test` does so before it runs this"
        self.words = words
        run = subprocess.run([program, *words[1:], "--help"], capture_output=True, text=True, timeout=60, check=True)
        listed = re.search(r"^Commands:\n((?:  .*\n|\n)*)", run.stdout, re.MULTILINE)
        self.commands = set(re.findall(r"^  ([a-z][\w-]*)", listed[1], re.MULTILINE)) if listed else set()
        options = re.findall(r"^ +(?:-\w, )?(--[a-z][\w-]*)( <)?", run.stdout, re.MULTILINE)
        self.options = {name: bool(takes_value) for name, takes_value in options} | {"--help": False, "--version": False}


@functools.cache
def help_of(*words):
    return Help(*words)


def mistake_of(words):
    """The mistake in a command; None if there is none."""
    help, rest = help_of(words[0]), iter(words[1:])
    for word in rest:
        if word.startswith("--"):
            name, is_assigned, _ = word.partition("=")
            if name not in help.options:
                return f"`{' '.join(help.words)}` has no {name}"
            if help.options[name] and not is_assigned:
                next(rest, None)
        elif help.commands and not word.startswith("-"):
            if word not in help.commands:
                return f"`{' '.join(help.words)}` has no command {word}"
            help = help_of(*help.words, word)
    return None


@each_document
def test_programs_have_the_commands_and_options(path):
    wrong = []
    for number, words in commands(path):
        if words[0] in PROGRAMS and len(words) > 1 and re.match(r"[a-z-]", words[1]):
            mistake = mistake_of(words)
            if mistake:
                wrong.append(f"{number}: {' '.join(words)}: {mistake}")
    assert not wrong, "\n".join(wrong)


def test_a_wrong_command_would_be_noticed():
    assert mistake_of(["crm", "keys", "create", "--label", "x", "--permission=khoros"]) is None
    assert mistake_of(["crm", "--json", "import", "--undo", "3f9a2c41d0"]) is None
    assert "no command keyz" in mistake_of(["crm", "keyz"])
    assert "no command creates" in mistake_of(["crm", "keys", "creates"])
    assert "no --lable" in mistake_of(["crm", "keys", "create", "--lable", "x"])


@functools.cache
def packages():
    """Each package of the workspace, and its test targets by name."""
    members = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["members"]
    manifests = [manifest for member in members for manifest in ROOT.glob(f"{member}/Cargo.toml")]
    found = {}
    for manifest in manifests:
        package = tomllib.loads(manifest.read_text())
        declared = {one["name"] for one in package.get("test", [])}
        files = {path.stem for path in (manifest.parent / "tests").glob("*.rs")}
        folders = {path.parent.name for path in (manifest.parent / "tests").glob("*/main.rs")}
        found[package["package"]["name"]] = declared | files | folders
    return found


@each_document
def test_packages_and_test_targets_exist(path):
    wrong = []
    for number, words in commands(path):
        if words[0] != "cargo":
            continue
        pairs = list(zip(words, words[1:]))
        asked = [value for name, value in pairs if name in ("-p", "--package")]
        tests = [value for name, value in pairs if name == "--test"]
        known = set().union(*(packages().get(package, set()) for package in asked or packages()))
        wrong += [f"{number}: no package {package}" for package in asked if package not in packages()]
        wrong += [f"{number}: no test {test} in {asked or 'any package'}" for test in tests if test not in known]
    assert not wrong, "\n".join(wrong)


def test_all_parameters_of_the_template_are_documented():
    parameters = set(yaml_parse((ROOT / "infra/template.yaml").read_text())["Parameters"])
    rows = [line for _, line in prose(ROOT / "docs/deploying.md") if line.startswith("|")]
    told = {name for line in rows for name in re.findall(r"`([A-Z][a-z]\w+)`", line.split("|")[1])}
    assert told <= parameters
    # `make deploy` sets these itself.
    assert parameters - told == {"Architecture", "LinkSecretVersion"}


# Contracts


def rules(contract):
    """The numbers of a contract's headings and rules."""
    lines = [line for _, line in prose(CONTRACTS / f"{contract}.md")]
    headings = [re.match(r"#{2,3} (\d+(?:\.\d+)*)[. ]", line) for line in lines]
    numbered = [re.match(r"\*\*(\d+(?:\.\d+)+)\b", line) for line in lines]
    return [match[1] for match in [*headings, *numbered] if match]


@pytest.mark.parametrize("contract", ["khoros", "egain", "omnidesk", "admin"])
def test_rules_have_unique_numbers_and_are_in_their_sections(contract):
    numbers = rules(contract)
    assert len(numbers) == len(set(numbers)), sorted({one for one in numbers if numbers.count(one) > 1})
    orphans = [one for one in numbers if "." in one and one.rpartition(".")[0] not in numbers]
    assert not orphans


CITATION = re.compile(r"\b[Ss]ections? (\d+(?:\.\d+)*)((?:(?:,| and| to|, and) \d+(?:\.\d+)*)*)")
CITING = [
    path
    for folder in ("shared", "functions", "tools", "tests", "infra")
    for suffix in ("rs", "py", "yaml", "json", "html", "js", "css")
    for path in (ROOT / folder).rglob(f"*.{suffix}")
    if path != Path(__file__).resolve()
]


def text_of(path):
    """A file with one line per paragraph of comment, because a citation may continue on the next line."""
    text = path.read_text()
    return re.sub(r"\n[ \t]*(?://[/!]?|#) ?", " ", text) if path.suffix in (".rs", ".py", ".yaml") else text


def contract_of(path, before):
    """The contract that a citation refers to: the one its sentence names, or that of its dialect, or Khoros'."""
    sentence = re.split(r"[.;:] |[()]", before)[-1]
    if re.search(r"\bRFC \d+", sentence):
        return None
    for contract, name in (("egain", "eGain"), ("omnidesk", "Omnidesk"), ("khoros", "Khoros"), ("admin", "Administrators'")):
        if name in sentence:
            return contract
    parts = path.relative_to(ROOT).parts
    return next((contract for contract in ("egain", "omnidesk", "admin") if contract in parts), "khoros")


def citations(path):
    text = text_of(path)
    for match in CITATION.finditer(text):
        contract = contract_of(path, text[max(0, match.start() - 200) : match.start()])
        if contract:
            for number in [match[1], *re.findall(r"\d+(?:\.\d+)*", match[2])]:
                yield contract, number, text[max(0, match.start() - 60) : match.end()]


def test_cited_rules_exist():
    cited = [(path, *citation) for path in CITING for citation in citations(path)]
    # A pattern that finds nothing would pass every file.
    assert {contract for _, contract, _, _ in cited} == {"khoros", "egain", "omnidesk", "admin"}
    assert len(cited) > 80
    known = {contract: set(rules(contract)) for contract in ("khoros", "egain", "omnidesk", "admin")}
    broken = [
        f"{named(path)}: {contract}.md has no {number}: …{around!r}"
        for path, contract, number, around in cited
        if number not in known[contract]
    ]
    assert not broken, "\n".join(broken)


def test_citations_name_documents_of_this_repository():
    """Readers cannot look up documents that are not in the repository."""
    broken = [
        f"{named(path)}: {match[0]}"
        for path in CITING
        for match in re.finditer(r"\bdesign section \d+|\bspec/[\w-]+\.md", path.read_text())
    ]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("contract, section", [("egain", 8), ("omnidesk", 12)])
def test_cases_have_the_numbers_of_the_contract(contract, section):
    text = (CONTRACTS / f"{contract}.md").read_text()
    told = re.search(rf"^## {section}\. .*?(?=^## )", text, re.MULTILINE | re.DOTALL)[0]
    cases = [int(number) for number in re.findall(r"^\| (\d+) \|", told, re.MULTILINE) if int(number) < 1000]
    assert cases == list(range(1, len(cases) + 1))
    tested = set()
    for path in (ROOT / "tests" / contract).glob("*.rs"):
        for name in re.findall(r"\bfn case_((?:\d+_)(?:and_\d+_)*)", path.read_text()):
            tested.update(int(number) for number in re.findall(r"\d+", name))
        # A helper that every test uses can cover a case, too.
        tested.update(int(number) for number in re.findall(r"\(case (\d+)\)", path.read_text()))
    assert tested - set(cases) == set()
    assert set(cases) - tested == set()
