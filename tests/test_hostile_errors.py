"""What a refusal quotes from a file, a path, git or the environment stays on its one line, and visible."""

from __future__ import annotations

import json
import os
import subprocess
import unicodedata
from pathlib import Path

import pytest

import nursery
from hostile_names import ATTACKS

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
# All at once, as far as a file or an argument can hold them: a name of a file has no NUL and no slash.
_ALL = "".join(one for one in ATTACKS if len(one) > 2)
_WORD = _ALL.encode("utf-8", "replace").decode().replace("\0", "")
_XML = "".join(one for one in _WORD if one.isprintable() or one in "\u202e\u2028\x85").replace("]]>", "")
_FILE = "\n::error::\x1b[31m\u202e\u2028`|<!-- -->"


def refused(root: Path, *arguments: str, **variables: str) -> str:
    """Return what a run that is refused says: it says something, in lines that nothing in them began."""
    ended = nursery.ran(root, *arguments, **variables)
    assert ended.returncode in {2, 3}, ended.stderr
    assert "Traceback" not in ended.stderr
    said = ended.stdout + ended.stderr
    assert not {one for one in said if unicodedata.category(one) in _HIDDEN} - {"\n"}
    assert not [line for line in said.splitlines() if line.lstrip().startswith(("::", "##["))]
    assert sum("error[" in line for line in ended.stderr.splitlines()) == 1, ended.stderr
    return ended.stderr


def attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\n", "&#10;")


REPORTS: dict[str, tuple[str, str]] = {
    "count": ("--junit", f'<testsuite name="{attribute(_XML)}" tests="{attribute(_XML)}"><testcase name="a" time="x"'),
    "root": ("--junit", f'<a{chr(0x300)} name="{attribute(_XML)}"/>'),
    "case": ("--junit", f'<testsuite><testcase name="{attribute(_XML)}"><failure></testcase></testsuite>'),
    "coverage": ("--coverage", json.dumps({"files": {_WORD: {"summary": {_WORD: _WORD}}}, "meta": {"format": 3}})),
    "key twice": ("--coverage", f'{{"files": 1, {json.dumps(_WORD)}: 1, {json.dumps(_WORD)}: 2}}'),
    "bench": ("--bench", json.dumps({"benchmarks": [{"name": _WORD, "stats": {"data": [_WORD]}}], "version": "5"})),
    "unit": ("--bench", json.dumps({"benchmarks": [{"name": _WORD, "time_unit": _WORD}], "context": {"date": ""}})),
    "nothing": ("--bench", _WORD),
}


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report(kind: str, tmp_path: Path) -> None:
    option, content = REPORTS[kind]
    (tmp_path / _FILE.replace("/", "")).write_text(content, encoding="utf-8")
    refused(tmp_path, "collect", option, _FILE)


CONFIGURED = {
    "key": f"{json.dumps(_WORD)} = 1",
    "phase": f"[phase.{json.dumps(_WORD)}]\nweeks = {json.dumps(_WORD)}",
    "metric": f"[[metric]]\nname = {json.dumps(_FILE)}\nfrom = 3",
    "toml": f"junit = [{_FILE}",
}


def as_toml(text: str) -> str:
    return text.replace("\x7f", "\\u007f")


@pytest.mark.parametrize("kind", CONFIGURED)
def test_the_configuration(kind: str, tmp_path: Path) -> None:
    text = CONFIGURED[kind].encode().decode("unicode_escape") if kind == "toml" else CONFIGURED[kind]
    (tmp_path / "phasemetrics.toml").write_text(as_toml(text), encoding="utf-8", errors="replace")
    refused(tmp_path, "show", "-p", "3")


ARGUMENTS: dict[str, tuple[str, ...]] = {
    "phase": ("show", "-p", _FILE),
    "document": ("fill", "-p", "3", f"{_FILE}.md"),
    "kind": ("new", _FILE, "-p", "3"),
    "before": ("show", "-p", "3", "--before", _FILE),
    "template": ("new", "plan", "-p", "3", "--template", _FILE),
    "metric": ("trend", "--metric", _FILE),
    "code": ("explain", _FILE),
    "folder": ("show", "-C", _FILE, "-p", "3"),
    "format": ("collect", "--junit", f"{_FILE}:x"),
    "components": ("new", "plan", "-p", "3", "--components", f"={_FILE}"),
    "adopt": ("fill", "-p", "3", "--adopt", _FILE, "x.md"),
}


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_an_argument(kind: str, tmp_path: Path) -> None:
    refused(tmp_path, *ARGUMENTS[kind])


@pytest.mark.parametrize("name", ["PHASEMETRICS_PHASE", "PHASEMETRICS_CONFIG", "PHASEMETRICS_STORE"])
def test_the_environment(name: str, tmp_path: Path) -> None:
    refused(tmp_path, "push" if name.endswith("STORE") else "show", **{name: _FILE})


def git(root: Path, *arguments: str | bytes) -> None:
    people = {f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], cwd=root, env=nursery.clean() | people, check=True, capture_output=True)


def test_git(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", 'zzz";echo${IFS}`|\u202e\u2028<!--')
    (tmp_path / "a").write_text("a")
    with open(os.fsencode(tmp_path) + b"/lat\xe9\n::error::\x1b[31m.md", "w") as file:  # noqa: PTH123 - not UTF-8
        file.write("text")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", _FILE)
    for ref in ("zzz", _FILE, "HEAD^{/::error::}", "\u202e"):
        refused(tmp_path, "collect", "--base", ref)
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "b")
    ended = nursery.ran(tmp_path, "collect", "--base", "HEAD~1", "--json")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.isascii()
