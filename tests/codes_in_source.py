"""Finds every code that the program can print in brackets, by reading its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "collectors").rglob("*.py")])
# They say that a row of a new document is still blank; no person ever reads them.
UNSEEN = {"blank", "blank-row"}

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HYPHENATED = re.compile(r"[a-z]+(-[a-z0-9]+)+")
_IN_TEXT = re.compile(r"\b(?:error|warning)\[([a-z-]+)\]")


@cache
def _read(path: Path) -> tuple[str, ast.Module]:
    text = path.read_text(encoding="utf-8")
    return text, ast.parse(text)


def codes(paths: Iterable[Path]) -> set[str]:
    """Return every text that modules hand on as a code: for a parameter `code`, or first of a returned pair."""
    trees = {path: _read(path)[1] for path in MODULES}
    places = dict(_code_places(trees.values()))
    found: set[str] = set()
    for path in paths:
        constants = _constants(path)
        found |= set(_IN_TEXT.findall(_read(path)[0]))
        for node in ast.walk(trees[path]):
            found |= {text for one in _handed_on(node, places) if (text := _text(one, constants)) is not None}
            found |= {text for text in _in_pairs(node) if _HYPHENATED.fullmatch(text)}
    return {text for text in found if _CODE.fullmatch(text)} - UNSEEN


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


def _constants(path: Path) -> dict[str, str]:
    """Return the texts that a module has names for, its own and those it imports from another module of ours."""
    _, tree = _read(path)
    imported = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    sources = {_name(module): module for module in MODULES}
    found: dict[str, str] = {}
    for node in imported:
        if node.module in sources:
            theirs = dict(_own_constants(_read(sources[node.module])[1]))
            found |= {one.asname or one.name: theirs[one.name] for one in node.names if one.name in theirs}
    return found | dict(_own_constants(tree))


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts[1:])


def _own_constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
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
