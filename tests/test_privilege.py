"""A run that a stranger can start, with the rights of the repository: what the stranger wrote has no power in it."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from git_workshop import Workshop
from nursery import ran
from phasemetrics.privilege import Privilege, privilege

SHA, OTHER = "a" * 40, "b" * 64
REPORT = '<testsuite><testcase classname="tests.test_a" name="test_b" time="0.1"/></testsuite>'
PLAIN = 'documents = ["DOC.md"]\njunit = ["in/junit.xml"]\n[phase.3]\n'
TEMPLATE = '# T\n\n## Sum\n\n- Now: {{ after.tests.passed | hole("N") }}\n'


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, None),
        ({"GITHUB_EVENT_NAME": "pull_request", "GITHUB_SHA": SHA}, None),
        ({"GITHUB_EVENT_NAME": "push", "GITHUB_SHA": SHA}, None),
        ({"GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_SHA": SHA}, Privilege("pull_request_target", SHA)),
        ({"GITHUB_EVENT_NAME": "workflow_run", "GITHUB_SHA": OTHER}, Privilege("workflow_run", OTHER)),
        ({"GITHUB_EVENT_NAME": "issue_comment"}, Privilege("issue_comment", None)),
        ({"GITHUB_EVENT_NAME": "workflow_run", "GITHUB_SHA": "--output=x"}, Privilege("workflow_run", None)),
        ({"CI_PROJECT_ID": "7"}, None),
        ({"CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7"}, None),
        (
            {"CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "8", "CI_MERGE_REQUEST_DIFF_BASE_SHA": SHA},
            Privilege("merge requests from a fork", SHA),
        ),
        (
            {
                "CI_PROJECT_ID": "7",
                "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "8",
                "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": OTHER,
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": SHA,
            },
            Privilege("merge requests from a fork", OTHER),
        ),
    ],
)
def test_what_is_recognised(variables: Mapping[str, str], found: Privilege | None) -> None:
    assert privilege(variables) == found


class Shop(Workshop):
    """A project whose commit `own` the repository's people wrote; a stranger may write what follows."""

    def __init__(self, root: Path, config: str = PLAIN) -> None:
        super().__init__(root)
        files = {"phasemetrics.toml": config, "DOC.md": "# T\n\n## Sum\n\n- Now: N\n", "own/t.md.j2": TEMPLATE}
        self.own = self.commit({**files, ".gitignore": "in/\n"})
        self.write("in/junit.xml", REPORT)

    def ran(self, *arguments: str, event: str = "workflow_run", sha: str = "") -> subprocess.CompletedProcess[str]:
        return ran(self.root, *arguments, GITHUB_EVENT_NAME=event, GITHUB_SHA=sha or self.own)

    def refused(self, *arguments: str, event: str = "workflow_run", sha: str = "") -> str:
        ended = self.ran(*arguments, event=event, sha=sha)
        assert (ended.returncode, ended.stdout) == (3, ""), ended.stderr
        assert ended.stderr.startswith("error[unsafe-event]: "), ended.stderr
        return ended.stderr


def test_a_job_that_only_downloads_reports_needs_no_option(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    config = f'store = "file://{store}"\nrepository = "example.org/a"\ntemplates = ["own"]\n{PLAIN}'
    shop = Shop(tmp_path / "p", f"{config}[limits]\nreport_size = '300 MiB'\n")
    (tmp_path / "download").mkdir()
    (shop.root / "in" / "junit.xml").rename(tmp_path / "download" / "junit.xml")
    filled = shop.ran("fill", "-p", "3", "--junit", f"{tmp_path}/download")
    assert (filled.returncode, "- Now: 1\n" in (shop.root / "DOC.md").read_text()) == (0, True), filled.stderr
    assert "unsafe-event" not in filled.stderr
    assert shop.ran("push").stdout == "1 sent, 0 were there\n"


def commands(tmp_path: Path) -> str:
    return f"{PLAIN}[commands]\nbench = \"touch '{tmp_path}/ran'; echo {{bench}}; false\"\n"


def test_commands_run_only_where_it_is_said(tmp_path: Path) -> None:
    # Even those of the commit that is trusted: what they run is the code that is checked out.
    shop = Shop(tmp_path / "p", commands(tmp_path))
    for arguments in (("fill", "--runs", "1"), ("baseline", "--runs", "1"), ("baseline", "--at", "HEAD")):
        assert "--allow-run" in shop.refused(*arguments, "-p", "3")
    assert not (tmp_path / "ran").exists()
    assert "error[command-failed]" in shop.ran("fill", "-p", "3", "--runs", "1", "--allow-run").stderr
    assert (tmp_path / "ran").exists()
    (tmp_path / "ran").unlink()
    fork = {"CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"}
    assert "error[unsafe-event]" in ran(shop.root, "fill", "-p", "3", "--runs", "1", **fork).stderr
    assert not (tmp_path / "ran").exists()
    said = ran(shop.root, "baseline", "-p", "3", "--at", "HEAD", PHASEMETRICS_ALLOW_RUN="1", **fork)
    assert "error[command-failed]" in said.stderr


def test_a_store_that_a_stranger_names_is_not_asked(tmp_path: Path) -> None:
    store = tmp_path / "theirs"
    store.mkdir()
    shop = Shop(tmp_path / "p")
    shop.commit({"phasemetrics.toml": f'store = "file://{store}"\nrepository = "example.org/a"\n{PLAIN}'})
    filled = shop.ran("fill", "-p", "3")
    assert filled.returncode == 0
    assert "warning[unsafe-event]" in filled.stderr
    assert "the store was not asked" in filled.stderr
    assert shop.own[:12] in shop.refused("push")
    assert list(store.iterdir()) == []
    # Nor is anything sent to a store of ours under a name of theirs.
    assert "`repository`" in shop.refused("push", "--store", f"file://{tmp_path}/theirs")
    assert list(store.iterdir()) == []
    assert shop.ran("push", event="pull_request").returncode == 0


@pytest.mark.parametrize("how", ["commit", "file", "link"])
def test_limits_are_not_raised_by_a_stranger(tmp_path: Path, how: str) -> None:
    shop = Shop(tmp_path / "p")
    raised = f"{PLAIN}[limits]\nreport_size = '1000 GiB'\n"
    if how == "commit":
        shop.commit({"phasemetrics.toml": raised})
    elif how == "file":  # a download that was laid over the checkout
        shop.write("phasemetrics.toml", raised)
    else:
        (tmp_path / "download.toml").write_text(raised)
        (shop.root / "phasemetrics.toml").unlink()
        (shop.root / "phasemetrics.toml").symlink_to(tmp_path / "download.toml")
    before = (shop.root / "DOC.md").read_bytes()
    for command in (("fill",), ("check",), ("baseline",)):
        assert "phasemetrics.toml: `limits` is not known" in shop.refused(*command, "-p", "3")
    assert (shop.root / "DOC.md").read_bytes() == before
    assert shop.ran("fill", "-p", "3", event="pull_request").returncode == 0


def test_a_commit_that_is_not_here_vouches_for_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "p", f"{PLAIN}[limits]\nnesting = 65\n")
    for sha in (SHA, "HEAD", "-x", shop.git("rev-parse", "HEAD^{tree}")[:39]):
        shop.refused("fill", "-p", "3", sha=sha)
    # What has no power counts all the same.
    shop.commit({"phasemetrics.toml": PLAIN})
    assert shop.ran("fill", "-p", "3", sha=SHA).returncode == 0


def test_only_a_person_names_a_configuration_from_elsewhere(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "p")
    elsewhere = tmp_path / "ours.toml"
    elsewhere.write_text(f"{PLAIN}[limits]\nnesting = 65\n")
    assert shop.ran("fill", "-p", "3", "--config", str(elsewhere)).returncode == 0
    inside = shop.write("conf/theirs.toml", elsewhere.read_text())
    shop.refused("fill", "-p", "3", "--config", str(inside))
    (shop.root / "linked").symlink_to(tmp_path)
    shop.refused("fill", "-p", "3", "--config", "linked/ours.toml")


def test_templates_of_a_stranger_are_not_used(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "p")
    assert shop.ran("fill", "-p", "3", "--template", "own").returncode == 0
    (shop.root / "own" / "t.md.j2").write_text(TEMPLATE + "- More\n")
    for command in (("fill",), ("check",), ("new", "t", "-o", "NEW.md")):
        assert "own/t.md.j2: this file is not known" in shop.refused(*command, "-p", "3", "--template", "own")
    assert not (shop.root / "NEW.md").exists()
    shop.write("phasemetrics.toml", f'templates = ["own"]\n{PLAIN}')
    assert "`templates`" in shop.refused("fill", "-p", "3")
    (tmp_path / "t.md.j2").write_text(TEMPLATE)
    assert shop.ran("fill", "-p", "3", "--template", str(tmp_path)).returncode == 0
    assert shop.ran("fill", "-p", "3", "--allow-run").returncode == 0


def test_a_data_file_of_coverage_is_not_opened(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "p")
    with sqlite3.connect(shop.root / "in" / "data") as database:
        database.execute("CREATE TABLE a (b)")
    said = shop.refused("fill", "-p", "3", "--coverage", "in/data", event="pull_request_target")
    assert "in/data: data files of coverage are not read for pull_request_target" in said
    assert "coverage json" in said
