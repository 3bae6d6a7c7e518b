"""What counts in a run with the rights of a repository: the rules of it in process, without the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_workshop import Workshop
from phasemetrics.config import Project, load
from phasemetrics.errors import Refusal
from phasemetrics.privilege import Privilege
from phasemetrics.provenance import require_own_file, require_own_keys

NAME = "phasemetrics.toml"
OWN, STRANGE = 'repository = "acme/api"\n', 'repository = "evil/api"\n'


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "work")


def project(root: Path, commit: str | None, event: str | None = "workflow_run") -> Project:
    held = None if event is None else Privilege(event, commit)
    return load(root).model_copy(update={"privilege": held})


def refused(found: Project) -> str:
    with pytest.raises(Refusal) as caught:
        require_own_keys(found, "repository")
    assert (caught.value.code, caught.value.path) == ("unsafe-event", NAME)
    return caught.value.message


def test_a_key_counts_as_the_trusted_commit_says_it(shop: Workshop) -> None:
    own = shop.commit({NAME: OWN})
    require_own_keys(project(shop.root, own), "repository")
    shop.write(NAME, STRANGE)
    require_own_keys(project(shop.root, own), "templates")
    require_own_keys(project(shop.root, own, event=None), "repository")
    assert f"`repository` is not known to be what commit {own[:12]} has here" in refused(project(shop.root, own))


@pytest.mark.parametrize("before", ["", "not = [toml"])
def test_a_commit_that_says_nothing_has_the_defaults(shop: Workshop, before: str) -> None:
    own = shop.commit({NAME: before})
    shop.write(NAME, STRANGE)
    refused(project(shop.root, own))


def test_where_nobody_knows_a_commit_a_stranger_wrote_it(shop: Workshop, tmp_path: Path) -> None:
    shop.commit({NAME: OWN})
    assert "a commit of the repository's own people" in refused(project(shop.root, None))
    refused(project(shop.root, "0" * 40))
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / NAME).write_text(OWN)
    refused(project(bare, "0" * 40))


def test_a_configuration_outside_counts_and_a_link_into_the_repository_is_inside(
    shop: Workshop, tmp_path: Path
) -> None:
    own = shop.commit({NAME: OWN})
    shop.write(NAME, STRANGE)
    (tmp_path / "outside.toml").write_text(STRANGE)
    (tmp_path / "link.toml").symlink_to(shop.root / NAME)
    found = project(shop.root, own)
    require_own_keys(found.model_copy(update={"path": tmp_path / "outside.toml"}), "repository")
    refused(found.model_copy(update={"path": tmp_path / "link.toml"}))


def test_a_file_counts_as_a_whole(shop: Workshop) -> None:
    own = shop.commit({"own/t.md.j2": "# ours\n"})
    path, found = shop.root / "own/t.md.j2", project(shop.root, own)
    require_own_file(found, path, b"# ours\n", "own/t.md.j2")
    require_own_file(project(shop.root, own, event=None), path, b"# theirs\n", "own/t.md.j2")
    with pytest.raises(Refusal, match=r"unsafe-event.*own/t\.md\.j2.*this file"):
        require_own_file(found, path, b"# theirs\n", "own/t.md.j2")
