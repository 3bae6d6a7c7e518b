"""`explain`: every code that the program can print has its explanation, and what an explanation shows is true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from codes_in_source import MODULES, codes
from phasemetrics.errors import UsageError
from phasemetrics.evidence.grouping import Grouping, group_rules
from phasemetrics.evidence.verdict import Verdict
from phasemetrics.explaining import Explanation, explained, explanations, sections
from phasemetrics.settings import Config

PROGRAM = str(Path(sys.executable).with_name("phasemetrics"))
ALL = tuple(explanations().values())
# An example may hold several files; each begins with its name.
FILE = re.compile(r"^# (\S+\.(?:toml|py))(?::.*)?$", re.MULTILINE)


def explain(folder: Path, *arguments: str, width: str = "80") -> subprocess.CompletedProcess[str]:
    # Neither a project nor a repository: nothing is needed to look a code up.
    return subprocess.run(
        [PROGRAM, "explain", *arguments],
        cwd=folder,
        env={"COLUMNS": width, "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )


def files_in(one: Explanation) -> list[tuple[str, str]]:
    _, *parts = FILE.split(one.example)
    # What is no file any more, such as the document or a command, stands behind a blank line and another comment.
    bodies = [re.split(r"\n\n(?=# |\$ )", part)[0] for part in parts[1::2]]
    return list(zip(parts[::2], bodies, strict=True))


SHOWN = [(one.code, name, body) for one in ALL for name, body in files_in(one)]


def test_every_code_of_the_program_is_explained_and_no_other() -> None:
    in_source = codes(MODULES)
    assert {"bad-json", "bad-manifest", "no-cases", "persons-value", "no-group", "persons-tick", "locked"} <= in_source
    assert set(explanations()) == in_source | set(get_args(Verdict))


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_an_explanation_says_when_and_how_to_mend_it(one: Explanation) -> None:
    for text in (one.when, one.mend):
        assert text.strip() == text != ""
        assert "\n" not in text
        assert not text.endswith(".")
    assert one.printed
    assert all(len(line) <= 110 for line in one.example.splitlines())


def test_no_code_is_explained_twice() -> None:
    listed = [one.code for section in sections() for one in section.explanations]
    assert len(listed) == len(set(listed))


def test_a_code_is_explained_outside_any_project(tmp_path: Path) -> None:
    ran = explain(tmp_path, "no-group")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("unfilled[no-group], ")
    assert 'item.user_properties.append(("marker", mark.name))' in ran.stdout
    assert '[group."edge cases"]' in ran.stdout


def test_a_refusal_names_its_exit_code(tmp_path: Path) -> None:
    assert explain(tmp_path, "bad-xml").stdout.startswith("error[bad-xml]; exit 3\n")


@pytest.mark.parametrize("width", ["50", "80", "300"])
def test_prose_is_wrapped_to_the_terminal(width: str, tmp_path: Path) -> None:
    prose = explain(tmp_path, "no-group", width=width).stdout.split("\n\n")[1].splitlines()
    assert max(map(len, prose)) <= min(int(width), 100)
    assert all(re.match(r"(when|why |mend|    )  \S", line) for line in prose)


def test_without_a_code_each_is_listed_on_one_line(tmp_path: Path) -> None:
    ran = explain(tmp_path)
    listed = dict(re.findall(r"^  (\S+) +(\S.*)$", ran.stdout, re.MULTILINE))
    assert ran.returncode == 0
    assert listed == {one.code: one.when for one in ALL}


def test_json_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    said = json.loads(explain(tmp_path, "no-baseline", "--json").stdout)
    assert said.keys() == {"schema", "code", "exit", "when", "why", "mend", "example"}
    assert (said["schema"], said["code"], said["exit"]) == (1, "no-baseline", 3)
    every = json.loads(explain(tmp_path, "--format", "json").stdout)
    assert [one["code"] for one in every["codes"]] == [one.code for one in ALL]
    assert next(one for one in every["codes"] if one["code"] == "no-tests")["exit"] is None


def test_a_misspelled_code_is_a_wrong_usage_that_says_what_was_meant(tmp_path: Path) -> None:
    ran = explain(tmp_path, "no-gruop")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "error[unknown-code]: there is no code 'no-gruop'; did you mean `no-group`?\n"


@pytest.mark.parametrize("given", ["zzz", "", "[", "a[]", "\x1b[31m", "::set-output::"])
def test_what_is_no_code_at_all_is_refused_in_one_line(given: str) -> None:
    with pytest.raises(UsageError) as refused:
        explained(given)
    assert refused.value.code == "unknown-code"
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    "given", ["unfilled[no-more]", "  docs/RETRO_3.md:62:3: unfilled[no-more] '`[filename]`'", "No-More"]
)
def test_a_code_is_found_in_what_was_pasted(given: str) -> None:
    assert explained(given).code == "no-more"


# What the examples show


@pytest.mark.parametrize(("code", "name", "body"), SHOWN, ids=[f"{code}-{name}" for code, name, _ in SHOWN])
def test_a_file_that_an_example_shows_is_one(code: str, name: str, body: str) -> None:
    if name.endswith(".toml"):
        Config.model_validate(tomllib.loads(body))
    else:
        compile(body, name, "exec")


def test_a_command_that_an_example_shows_exists(tmp_path: Path) -> None:
    used = {word for one in ALL for word in re.findall(r"^\$ phasemetrics (\S+)", one.example, re.MULTILINE)}
    assert {"baseline", "fill"} <= used
    for command in used:
        ran = subprocess.run([PROGRAM, command, "--help"], cwd=tmp_path, capture_output=True, check=False)
        assert ran.returncode == 0, command


def test_the_rules_that_explain_no_group_shows_count_what_they_say() -> None:
    tables = [tomllib.loads(body) for name, body in files_in(explained("no-group")) if name.endswith(".toml")]
    rules = {"group": {name: rule for table in tables for name, rule in table["group"].items()}}
    grouping = Grouping(group_rules(Config.model_validate(rules)), Path.cwd())
    unit = "tests/unit/test_limits.py"
    assert grouping.of("test_edge_of_file", "", "tests/unit/test_a.py", ()) == ("edge cases",)
    assert grouping.of("test_reads", "tests.unit.test_limits", unit, ()) == ("edge cases",)
    assert grouping.of("test_reads", "", "tests/unit/test_a.py", ("happy",)) == ("happy path",)
    assert grouping.of("test_edge_of_file", "", "tests/e2e/test_a.py", ("happy",)) == ()


def test_the_hook_that_explain_no_group_shows_writes_markers(tmp_path: Path) -> None:
    hook = dict(files_in(explained("no-group")))["conftest.py"]
    (tmp_path / "conftest.py").write_text(hook, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = happy\n", encoding="utf-8")
    test = "import pytest\n\n@pytest.mark.happy\ndef test_order_is_accepted(): ...\n"
    (tmp_path / "test_orders.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=junit.xml"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert '<property name="marker" value="happy"' in (tmp_path / "junit.xml").read_text(encoding="utf-8")
