"""What stands where something else belongs, or has a name that means two things: refused at once, nothing left."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_workshop import Workshop
from journey import Ended, files_of, phasemetrics, succeed
from phasemetrics.config import load
from phasemetrics.errors import Refusal, UsageError
from phasemetrics.opening import ledger_name
from phasemetrics.reading import open_regular
from phasemetrics.realpath import real
from phasemetrics.writing.guard import read_document
from phasemetrics.writing.transaction import locked
from phasemetrics_collectors import git

REPORT = '<testsuite><testcase name="a"/><testcase name="b"/></testsuite>'
SECTION = "## Metrics\n\n### Specific Measurements\n- Tests Passing: X/Y → A/B\n"
FILL = ("fill", "--phase", "1", "--junit", "junit.xml", "--json")


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path / "project")
    made.commit({"junit.xml": REPORT, "docs/phase.md": f"# Phase: One\n\n{SECTION}"})
    return made


def refused(shop: Workshop, *arguments: str, code: str, **variables: str) -> Ended:
    before = files_of(shop.root)
    ended = phasemetrics(shop.root, *arguments, **variables)
    assert ended.code == (2 if code.startswith("bad-config") else 3), ended.err
    assert [error["code"] for error in json.loads(ended.out)["errors"]] == [code]
    assert files_of(shop.root) == before
    return ended


# Records


@pytest.mark.parametrize("stem", ["x" * 252, "é" * 126, "a" * 248, "🚀" * 63], ids=lambda stem: ascii(stem[0]))
def test_a_document_with_the_longest_name_is_filled_and_its_numbers_are_ours(shop: Workshop, stem: str) -> None:
    name = f"docs/{stem}.md"
    (shop.root / "docs/phase.md").rename(shop.root / name)
    succeed(shop.root, *FILL, name)
    (shop.root / "junit.xml").write_text(REPORT.replace('<testcase name="a"/>', ""))
    succeed(shop.root, *FILL, name)
    assert "→ 1/1" in (shop.root / name).read_text()
    again = succeed(shop.root, *FILL, name)
    assert not json.loads(again.out)["documents"][0]["changed"]


@given(st.lists(st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1), min_size=2, unique=True))
def test_no_two_documents_share_a_ledger(names: list[str]) -> None:
    root = real(Path("/project"))
    made = [name for name in names if name not in {".", ".."} and len(os.fsencode(name)) <= 255]
    made += [f"{name}{name * 250}"[:63] for name in made]
    ledgers = [Path(ledger_name(root, root / name)).name for name in dict.fromkeys(made)]
    assert len(set(ledgers)) == len(ledgers)
    assert all(len(os.fsencode(name)) <= 255 for name in ledgers)


def test_only_a_name_that_is_too_long_is_cut() -> None:
    root = real(Path("/project"))
    assert ledger_name(root, root / "docs" / ("x" * 250)) == f".phasemetrics/ledger/docs/{'x' * 250}.json"
    cut = [ledger_name(root, root / ("x" * 250 + end)) for end in ("y", "z")]
    assert len(set(cut)) == 2
    assert all(name.endswith(".ledger") for name in cut)


@pytest.mark.parametrize("place", [".phasemetrics", ".phasemetrics/ledger", ".phasemetrics/ledger/docs"])
def test_a_file_where_a_folder_of_ours_goes(shop: Workshop, place: str) -> None:
    path = shop.root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine\n")
    for _ in range(2):  # the second run finds nothing to settle
        refused(shop, *FILL, "docs/phase.md", code="cannot-write")
    assert not (shop.root / ".git/phasemetrics/pending.json").exists()
    path.unlink()
    succeed(shop.root, *FILL, "docs/phase.md")


def test_a_lock_that_is_a_pipe(shop: Workshop) -> None:
    (shop.root / ".git/phasemetrics").mkdir()
    os.mkfifo(shop.root / ".git/phasemetrics/lock")
    assert "not a regular file" in refused(shop, *FILL, "docs/phase.md", code="cannot-write").err
    with pytest.raises(Refusal, match="not a regular file"), locked(shop.root):
        pass


# Documents


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_document_has_no_more_lines_than_memory_allows(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(end.encode() * 200_000)
    assert len(read_document(path, "a.md")) == 200_000 * len(end)
    path.write_bytes(end.encode() * 200_001)
    with pytest.raises(Refusal, match=r"too-large.*200000 lines"):
        read_document(path, "a.md")


@pytest.mark.parametrize("quoted_first", [True, False])
def test_a_section_is_filled_and_not_a_quotation_of_it(shop: Workshop, quoted_first: bool) -> None:
    quoted = "".join(f"> {line}\n" for line in SECTION.splitlines())
    parts = [quoted, SECTION] if quoted_first else [SECTION, quoted]
    (shop.root / "docs/phase.md").write_text("# Phase: One\n\n" + "\n".join(parts))
    said = json.loads(succeed(shop.root, *FILL, "docs/phase.md").out)["documents"][0]["fillings"]
    text = (shop.root / "docs/phase.md").read_text()
    assert "\n- Tests Passing: X/Y → 2/2\n" in text
    assert quoted in text
    lines = text.splitlines()
    assert {one["state"] for one in said if lines[one["line"] - 1].startswith(">")} == {"ambiguous"}


def test_a_quotation_alone_is_filled(shop: Workshop) -> None:
    quoted = "".join(f"> {line}\n" for line in SECTION.splitlines())
    (shop.root / "docs/phase.md").write_text(f"# Phase: One\n\n{quoted}")
    succeed(shop.root, *FILL, "docs/phase.md")
    assert "> - Tests Passing: X/Y → 2/2\n" in (shop.root / "docs/phase.md").read_text()


# Reports


def test_a_socket_is_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket may have 108 characters
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("junit.xml")
        with pytest.raises(Refusal, match=r"not-a-file.*regular file"):
            open_regular(tmp_path / "junit.xml", "junit.xml")


def test_a_link_to_a_folder_elsewhere_is_not_searched(shop: Workshop, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "junit.xml").write_text(REPORT)
    (shop.root / "reports").symlink_to(elsewhere)
    (shop.root / "all").symlink_to("/")
    for name in ("reports", "all", "docs/../reports"):
        ended = phasemetrics(shop.root, "collect", "--json", f"--junit={name}")
        assert ended.code == 3
        assert "outside-project" in ended.err
    # Whoever names that folder means it, and a link that stays inside leads nowhere else.
    (shop.root / "inside").symlink_to("here")
    (shop.root / "here").mkdir()
    (shop.root / "here/junit.xml").write_text(REPORT)
    for name in (str(elsewhere), "../elsewhere", "inside", "reports/junit.xml", "reports/*.xml"):
        said = json.loads(succeed(shop.root, "collect", "--json", f"--junit={name}").out)
        assert said["metrics"]["tests.total"]["value"] == 2


# Configuration and templates


KEYS = [".".join(["a"] * 65) + " = 1", "[" + " . ".join(["a"] * 65) + "]", "x = {" + '"a"."b".' * 33 + "c = 1}"]


@pytest.mark.parametrize("text", [*KEYS, "a." * 400_000 + "a = 1"])
@pytest.mark.parametrize("file", ["phasemetrics.toml", "pyproject.toml"])
def test_a_key_of_many_parts_is_refused_before_it_is_read(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_text(f"# phasemetrics\n{text}\n")
    with pytest.raises(UsageError, match="more than 64 parts"):
        load(tmp_path)


def test_what_only_looks_like_a_long_key_is_read(tmp_path: Path) -> None:
    dots = ".".join(["a"] * 64)
    (tmp_path / "phasemetrics.toml").write_text(f'# {dots}\ndocuments = ["{dots}", "{"." * 500}", "\\"a.b\\".c"]\n')
    assert load(tmp_path).config.documents[0] == dots


@pytest.mark.parametrize(
    "text", ['"\\' * 300_000, '"a.' * 200_000, "a ." * 60 + "\n", "'\"" * 300_000, '\\"' * 300_000]
)
def test_looking_for_long_keys_ends(tmp_path: Path, text: str) -> None:
    (tmp_path / "phasemetrics.toml").write_text(text)
    with pytest.raises(UsageError, match="bad-config"):
        load(tmp_path)


@pytest.mark.parametrize("file", ["phasemetrics.toml", "pyproject.toml"])
def test_a_configuration_that_is_no_file_is_refused(tmp_path: Path, file: str) -> None:
    os.mkfifo(tmp_path / file)
    with pytest.raises(UsageError, match="not a regular file"):
        load(tmp_path)
    (tmp_path / file).unlink()
    (tmp_path / file).mkdir()
    assert load(tmp_path).origin is None


def test_a_template_that_cannot_be_read_is_wrong_usage(shop: Workshop) -> None:
    (shop.root / "big.md.j2").write_text("x" * (1 << 20) + "{{ after.tests.total }}")
    (shop.root / "own").mkdir()
    os.mkfifo(shop.root / "own" / "pipe.md.j2")
    for name in ("big.md.j2", "own"):
        ended = phasemetrics(shop.root, *FILL, "docs/phase.md", f"--template={name}")
        assert (ended.code, "bad-template" in ended.err) == (2, True), ended.err


# git


OPEN_BRACES = ["@{1", "HEAD@{", "main@{1 year ago}x", "main@{now}x^{commit}", "HEAD^{commit", "@{1}^{"]


@pytest.mark.parametrize("ref", OPEN_BRACES)
def test_what_we_put_behind_a_name_is_no_part_of_it(shop: Workshop, ref: str) -> None:
    # git takes any words for a date, `1^{commit` too, and names some commit for it.
    with git.open_repository(shop.root) as repository, pytest.raises(Refusal, match=r"bad-ref.*brace"):
        git.revision(repository, ref)


def test_a_date_before_all_that_is_known_names_no_commit(shop: Workshop) -> None:
    shop.commit({"a": "1"})
    with git.open_repository(shop.root) as repository:
        with pytest.raises(Refusal, match="bad-ref"):
            git.revision(repository, "main@{2000-01-01}")
        assert git.revision(repository, "main@{1}").sha == shop.git("rev-parse", "HEAD~1")
        assert git.revision(repository, "HEAD^{commit}~1^{}").sha == shop.git("rev-parse", "HEAD~1")


@pytest.mark.parametrize("name", ["HEAD", "config", "packed-refs", "objects/info/alternates", "commondir"])
def test_a_pipe_in_the_git_directory_holds_nobody_up(shop: Workshop, name: str) -> None:
    path = shop.root / ".git" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with pytest.raises(Refusal, match=r"corrupt-repository.*\.git/"), git.open_repository(shop.root):
        pass


@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-32", "EBCDIC-US", "nonsense"])
def test_a_commit_in_any_encoding_has_its_date(shop: Workshop, encoding: str) -> None:
    shop.git("-c", f"i18n.commitEncoding={encoding}", "commit", "-q", "--allow-empty", "-m", "x")
    with git.open_repository(shop.root) as repository:
        found = git.revision(repository)
    assert (found.date, found.tree) == ("2026-11-01T12:00:00Z", shop.git("rev-parse", "HEAD^{tree}"))


def test_a_commit_without_a_date_is_refused_and_the_first_second_is_one(shop: Workshop) -> None:
    tree = shop.git("rev-parse", "HEAD^{tree}")
    for name, when in (("none", "x"), ("first", "a <a@b> 0 +0000")):
        path = shop.write(f".git/{name}", f"tree {tree}\nauthor {when}\ncommitter {when}\n\nm\n")
        sha = shop.git("hash-object", "-t", "commit", "--literally", "-w", str(path))
        shop.git("update-ref", f"refs/heads/{name}", sha)
    with git.open_repository(shop.root) as repository:
        assert git.revision(repository, "first").date == "1970-01-01T00:00:00Z"
        with pytest.raises(Refusal, match="no date"):
            git.revision(repository, "none")


ASK = """
import sys
from pathlib import Path
from phasemetrics.errors import Refusal
from phasemetrics_collectors import git
try:
    with git.open_repository(Path(sys.argv[1])):
        print("opened")
except Refusal as error:
    print(error.code)
"""


def asked(shop: Workshop, **variables: str) -> str:
    """Return what opening the repository comes to in a process that has yet to import GitPython, which runs git."""
    environment = {**os.environ, **variables, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", ASK, str(shop.root)]
    done = subprocess.run(command, env=environment, cwd=shop.root, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.strip()


def test_a_broken_configuration_of_the_person_is_said(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[core\n")
    assert asked(shop, HOME=str(tmp_path)) == "corrupt-repository"
    (tmp_path / ".gitconfig").write_text("[core]\n")
    assert asked(shop, HOME=str(tmp_path)) == "opened"


def test_git_python_that_cannot_be_imported(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "git.cmd", None)
    with pytest.raises(Refusal, match=r"no-git.*git does not answer as git does"), git.open_repository(shop.root):
        pass


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "kill -9 $$"])
def test_a_program_that_is_not_git(shop: Workshop, tmp_path: Path, script: str) -> None:
    (tmp_path / "git").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "git").chmod(0o755)
    assert asked(shop, PATH=str(tmp_path)) == "no-git"
