"""The habits of the house, held by tests: sizes, docstrings, the direction of imports, what is loaded when."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path
    for top in ("src/phasemetrics", "collectors/phasemetrics_collectors", "templates/phasemetrics_templates")
    for path in (ROOT / top).rglob("*.py")
)
MODULE_LIMIT = 200
FUNCTION_LIMIT = 40
HEAVY = ("git", "coverage", "junitparser", "jinja2", "markdown_it", "pydantic", "rich", "sqlalchemy", "obstore")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_one_noun(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    docstring = ast.get_docstring(tree)
    assert docstring, "no docstring"
    assert docstring.split("\n")[0].endswith((".", ":")), "the docstring's first line is not a sentence"
    long = [line for line in text.splitlines() if line.startswith("# Longer than a page because")]
    assert len(text.splitlines()) <= MODULE_LIMIT or long, "longer than 200 lines without a sentence that says why"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_does_one_thing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    sizes = {one.name: body_lines(one) for one in functions(tree)}
    assert {name: size for name, size in sizes.items() if size > FUNCTION_LIMIT} == {}


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function without its signature: a command's options are its signature."""
    assert function.end_lineno is not None
    return function.end_lineno - function.body[0].lineno + 1


def test_imports_go_down() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([str(program), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_starting_up_loads_no_heavy_library() -> None:
    # What typer itself loads is typer's: asked in a process that imports nothing else.
    code = "import sys; import {}; print(*(name for name in {!r} if name in sys.modules))"
    own, typers = (
        subprocess.run([sys.executable, "-c", code.format(module, HEAVY)], capture_output=True, text=True, check=True)
        for module in ("phasemetrics.cli.app", "typer")
    )
    assert set(own.stdout.split()) <= set(typers.stdout.split())


def test_the_program_runs_from_any_folder(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("phasemetrics")
    ran = subprocess.run([str(program), "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("phasemetrics ")
    module = subprocess.run(
        [sys.executable, "-m", "phasemetrics", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert module.stdout == ran.stdout


def test_every_command_explains_itself() -> None:
    program = Path(sys.executable).with_name("phasemetrics")
    for command in ("new", "baseline", "collect", "fill", "check", "show"):
        ran = subprocess.run([str(program), command, "--help"], capture_output=True, text=True, check=True)
        assert "-p, --phase" in ran.stdout or command == "collect"
        assert len(ran.stdout.splitlines()) > 10
