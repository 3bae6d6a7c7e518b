"""What the README and `docs/` say is held against the program: every name, both ways."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import pages
from codes_in_source import codes
from measured import AFTER, BEFORE, BESIDE, CARRYING, facts
from phasemetrics.evidence.formats import builtin_collectors
from phasemetrics.limitkeys import LimitsTable
from phasemetrics.scaffolding import nothing_known
from phasemetrics.settings import (
    CarryTable,
    CommandsTable,
    ComponentTable,
    Config,
    GatesTable,
    GroupTable,
    MetricTable,
    PhaseTable,
    PhrasebookTable,
    SuiteTable,
)
from phasemetrics.templates import builtin
from phasemetrics.value import Gate, Lookup, Value

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
# What a template may call the items of a list, in docs/templates.md as in our own templates.
ITEMS = {
    "metrics": "metric",
    "benchmarks": "benchmark",
    "files": "file",
    "key_files": "file",
    "coverage": "file",
    "components": "component",
    "dependencies": "dependency",
    "tests": "test",
    "carried.criteria": "item",
    "carried.rows": "metric",
}

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
    "`[group.NAME]`": GroupTable,
    "`[[component]]`": ComponentTable,
    "`[gates]`": GatesTable,
    "`[carry]`": CarryTable,
    "`[commands]`": CommandsTable,
    "`[phrasebook]`": PhrasebookTable,
    "`[limits]`": LimitsTable,
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


# The pages that are made


@pytest.mark.parametrize("path", pages.PAGES, ids=name_of)
def test_a_page_that_is_made_is_as_make_docs_writes_it(path: Path) -> None:
    assert read(path) == pages.PAGES[path](), "it is out of date: `make docs`"


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
    if isinstance(found, Value | Gate):
        yield name
    elif isinstance(found, Lookup):
        yield f"{name}[]"
    elif isinstance(found, Mapping):
        for key, inner in found.items():
            step = {"suites": "NAME", "groups": "SUITE"}.get(name.rpartition(".")[2], key)
            yield from _names(f"{name}.{step}", inner, root)
    elif isinstance(found, list):
        if name != root:
            yield name
        item = ITEMS.get(name) or ITEMS[root]
        yield from (f"{item}.{key}" for one in found[:1] for key, inner in one.items() if isinstance(inner, Value))


def test_every_name_for_templates_is_described_and_no_other() -> None:
    known = set(names(facts(BEFORE, AFTER, CARRYING, BESIDE)))
    described = first_cells(section(read(DOCS / "templates.md"), "Names"))
    assert {re.sub(r"\[here\.\w+\]", "[]", name) for name in described} == known


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
