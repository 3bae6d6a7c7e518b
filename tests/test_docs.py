"""What the README and `docs/` say is held against the program: every name, both ways."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from measured import AFTER, BEFORE, CONFIG, facts
from phasemetrics.config import CommandsTable, Config, MetricTable, PhaseTable, SuiteTable
from phasemetrics.evidence.collecting import builtin_collectors
from phasemetrics.scaffolding import nothing_known
from phasemetrics.templates import builtin
from phasemetrics.value import Value

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
MODULES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "collectors").rglob("*.py")])
# What a template may call the items of a list, in docs/templates.md as in our own templates.
ITEMS = {"metrics": "metric", "files": "file", "coverage": "file"}
# They say that a row of a new document is still blank; no person ever reads them.
UNSEEN = {"blank", "blank-row"}

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HYPHENATED = re.compile(r"[a-z]+(-[a-z0-9]+)+")
CODE_IN_TEXT = re.compile(r"\b(?:error|warning)\[([a-z-]+)\]")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TARGET = re.compile(r"\bmake (?:PYTHON=\S+ )?([a-z][a-z-]*)")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


README = read(ROOT / "README.md")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def section(text: str, title: str) -> str:
    """Return what stands under a heading of level 2, up to the next one."""
    _, found, rest = text.partition(f"\n## {title}\n")
    assert found, f"no heading {title!r}"
    return rest.partition("\n## ")[0]


def first_cells(text: str) -> Iterator[str]:
    """Yield the code spans in the first cell of every table row."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield from re.findall(r"`([^`]+)`", line.split(" | ")[0])


def blocks(text: str, language: str) -> list[str]:
    return [body for found, body in FENCE.findall(text) if found == language]


# The commands


def commands() -> set[str]:
    said = run(str(Path(sys.executable).with_name("phasemetrics")), "--help").partition("Commands:\n")[2]
    return set(re.findall(r"^  (\S+)", said, re.MULTILINE))


def test_the_readme_has_a_line_for_every_command_and_for_no_other() -> None:
    described = {cell.split()[0] for cell in first_cells(section(README, "Commands"))}
    assert described == commands()


def test_every_command_in_a_console_block_exists() -> None:
    known = commands() | {"COMMAND", "-C"}
    said = "\n".join(block for page in PAGES for block in blocks(read(page), "console"))
    used = set(re.findall(r"^\$ phasemetrics (?!--)(\S+)", said, re.MULTILINE))
    assert used
    assert used <= known


# The configuration


TABLES: dict[str, type[BaseModel]] = {
    "`[phase.NUMBER]`": PhaseTable,
    "`[[metric]]`": MetricTable,
    "`[suite.NAME]`": SuiteTable,
    "`[commands]`": CommandsTable,
}


@pytest.mark.parametrize(("title", "table"), [("Top level", Config), *TABLES.items()])
def test_every_configuration_key_is_described_and_no_other(title: str, table: type[BaseModel]) -> None:
    tables = {title.strip("`[]").split(".")[0] for title in TABLES} if table is Config else set()
    keys = {field.alias or name for name, field in table.model_fields.items()} - tables
    assert set(first_cells(section(read(DOCS / "configuration.md"), title))) == keys


@pytest.mark.parametrize("path", [ROOT / "README.md", DOCS / "configuration.md"], ids=name_of)
def test_a_configuration_that_is_shown_is_one(path: Path) -> None:
    shown = blocks(read(path), "toml")
    assert shown
    for block in shown:
        Config.model_validate(tomllib.loads(block))


# The codes


def codes(paths: Iterable[Path]) -> set[str]:
    """Return every text that modules hand on as a code: for a parameter `code`, or first of a returned pair."""
    trees = {path: ast.parse(read(path)) for path in MODULES}
    places = dict(_code_places(trees.values()))
    constants = {name: text for tree in trees.values() for name, text in _constants(tree)}
    found: set[str] = set()
    for path in paths:
        found |= set(CODE_IN_TEXT.findall(read(path)))
        for node in ast.walk(trees[path]):
            found |= {text for one in _handed_on(node, places) if (text := _text(one, constants)) is not None}
            found |= {text for text in _in_pairs(node) if HYPHENATED.fullmatch(text)}
    return {text for text in found if CODE.fullmatch(text)} - UNSEEN


def _code_places(trees: Iterable[ast.Module]) -> Iterator[tuple[str, int]]:
    """Yield the functions and classes that take a code, by name, and which argument it is."""
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield from ((node.name, place) for place in _place_in_class(node))
            elif isinstance(node, ast.FunctionDef) and node.name != "__init__":
                names = [one.arg for one in node.args.args if one.arg != "self"]
                if "code" in names:
                    yield node.name, names.index("code")
    yield from ((name, 0) for name in ("Refusal", "UsageError", "BrokenPlan"))


def _place_in_class(node: ast.ClassDef) -> Iterator[int]:
    fields = [one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)]
    made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    for names in (fields, *([one.arg for one in each.args.args[1:]] for each in made)):
        if "code" in names:
            yield names.index("code")


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for one in tree.body:
        target = one.targets[0] if isinstance(one, ast.Assign) else None
        value = one.value if isinstance(one, ast.Assign) else None
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield target.id, value.value


def _handed_on(node: ast.AST, places: Mapping[str, int]) -> Iterator[ast.expr]:
    if isinstance(node, ast.FunctionDef):
        names = [one.arg for one in node.args.args]
        for argument, default in zip(reversed(names), reversed(node.args.defaults), strict=False):
            if argument == "code":
                yield default
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    yield from (keyword.value for keyword in node.keywords if keyword.arg == "code")
    if name in places and places[name] < len(node.args):
        yield node.args[places[name]]


def _text(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else None


def _in_pairs(node: ast.AST) -> Iterator[str]:
    value = node.value if isinstance(node, ast.Return | ast.Yield) else None
    for one in value.elts[:2] if isinstance(value, ast.Tuple) else ():
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def test_every_code_is_explained_and_no_other() -> None:
    in_source = codes(MODULES)
    assert {"bad-json", "bad-coverage-data", "no-cases", "not-a-file", "persons-value", "locked"} <= in_source
    text = read(DOCS / "exit-codes.md").partition("\n## ")[2]
    assert set(first_cells(text)) == in_source


# The architecture


def test_every_module_is_named_in_the_architecture() -> None:
    package = ROOT / "src" / "phasemetrics"
    ours = {path.stem for path in package.rglob("*.py") if not path.stem.startswith("_")} - commands()
    assert ours - set(re.findall(r"`(?:phasemetrics\.)?([a-z]+)`", read(DOCS / "architecture.md"))) == set()


# The formats


def test_every_format_has_its_section_and_no_other() -> None:
    files = (ROOT / "collectors" / "phasemetrics_collectors").glob("[a-z]*.py")
    assert set(re.findall(r"^## (\S+)$", read(DOCS / "formats.md"), re.MULTILINE)) == {path.stem for path in files}


@pytest.mark.parametrize("name", [name for name, _ in builtin_collectors()])
def test_every_collector_has_its_samples(name: str) -> None:
    folder = ROOT / "tests" / "collectors" / name
    assert (folder / "expected.json").is_file()
    assert (folder / "make.py").is_file()


@pytest.mark.parametrize("name", [name for name, _ in builtin_collectors()])
def test_a_format_names_the_codes_that_its_module_gives(name: str) -> None:
    module = ROOT / "collectors" / "phasemetrics_collectors" / f"{name}.py"
    given = codes([module])
    assert given <= set(re.findall(r"`([a-z-]+)`", section(read(DOCS / "formats.md"), name)))


# The templates


def names(tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield every name that a template may use."""
    for root, branch in tree.items():
        yield from _names(root, branch, root)


def _names(name: str, found: Any, root: str) -> Iterator[str]:
    if isinstance(found, Value):
        yield name
    elif isinstance(found, Mapping):
        for key, inner in found.items():
            step = "NAME" if name == "suites" else key
            yield from _names(f"{name}.{step}", inner, root)
    elif isinstance(found, list):
        if name != root:
            yield name
        yield from (f"{ITEMS[root]}.{key}" for key, inner in found[0].items() if isinstance(inner, Value))


def test_every_name_for_templates_is_described_and_no_other() -> None:
    known = set(names(facts(BEFORE, AFTER, CONFIG)))
    assert set(first_cells(section(read(DOCS / "templates.md"), "Names"))) == known


# The README's own promises


def test_what_the_readme_shows_as_empty_is_what_a_new_document_holds() -> None:
    blank = "".join(template.blank(nothing_known()) for template in builtin()).splitlines()
    removed = [line[1:] for block in blocks(README, "diff") for line in block.splitlines() if line[:1] == "-"]
    # A configured metric has its name in its row from the start.
    rows = {re.sub(r"^\| [^|]+ \|", "| [Metric ] |", line) for line in blank if line.startswith("| ")}
    assert removed
    for line in removed:
        assert line in blank or re.sub(r"^\| [^|]+ \|", "| [Metric ] |", line) in rows


def targets() -> set[str]:
    found = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    return found - {"phase-named"}  # it only asks for PHASE=n


def test_make_help_lists_every_target() -> None:
    assert set(re.findall(r"^ +make (\S+)", run("make", "--no-print-directory", "help"), re.MULTILINE)) == targets()


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=name_of)
def test_a_target_that_is_named_exists(path: Path) -> None:
    said = " ".join([*re.findall(r"`([^`\n]+)`", read(path)), *blocks(read(path), "console")])
    used = set(TARGET.findall(said))
    assert "test" in used
    assert used <= targets()


def test_ci_runs_the_command_that_the_readme_gives_for_the_tests() -> None:
    assert "make test" in [line for block in blocks(README, "console") for line in block.splitlines()]
    assert "make --no-print-directory test\n" in read(ROOT / ".ci" / "run")


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    prose = FENCE.sub("", read(path))
    assert [link for link in LINK.findall(prose) if not (path.parent / link).exists()] == []


def test_every_decision_says_why_and_what_follows() -> None:
    records = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        assert re.findall(r"^## (.+)$", read(path), re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name
