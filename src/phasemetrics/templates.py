"""Finds templates: the built-in ones, and a team's own in the folders or files that it names."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

from phasemetrics.claims.phrasebook import Book, Phrasebook, phrasebook
from phasemetrics.config import Project
from phasemetrics.document.template import Template
from phasemetrics.errors import Refusal, UsageError
from phasemetrics.limits import limits
from phasemetrics.provenance import require_own_file
from phasemetrics.reading import read_regular
from phasemetrics.realpath import lies_inside
from phasemetrics.settings import MetricTable

PACKAGE = "phasemetrics_templates"
SUFFIX = ".md.j2"
MOST_FILES = 100
MOST_TAGS = 2000
MOST_LINES = 10_000


@cache
def builtin() -> tuple[Template, ...]:
    """Return our own templates, by name."""
    files = sorted(resources.files(PACKAGE).iterdir(), key=lambda file: file.name)
    return tuple(
        Template(file.name.removesuffix(SUFFIX), file.read_text("utf-8"), file.name)
        for file in files
        if file.name.endswith(SUFFIX)
    )


@cache
def _own_wordings() -> Book:
    text = (resources.files(PACKAGE) / "phrasebook.toml").read_text("utf-8")
    book: Book = tomllib.loads(text)
    return book


def wordings(more: Mapping[str, Sequence[str]], metrics: tuple[MetricTable, ...] = ()) -> Phrasebook:
    """Return the words in which people state numbers: our phrasebook, what a team adds to it by role, its metrics."""
    return replace(phrasebook(_own_wordings(), more), metrics=metrics)


def all_templates(project: Project, named: Iterable[str]) -> tuple[Template, ...]:
    """Return a team's templates, then ours; a team's template stands in for ours of the same name.

    `named` are folders or files, relative to the project's root. Raises UsageError for one that is missing or cannot be
    read, Refusal for one that a stranger may have written and that must not count in this run.
    """
    own = []
    for template in (template for name in named for template in _read(project, name)):
        own.append(template)
        _require_few(own)
    names = {template.name for template in own}
    return (*own, *(template for template in builtin() if template.name not in names))


def _require_few(own: Sequence[Template]) -> None:
    """Refuse more than a team could need: all of them are looked for in every document."""
    tags = sum(template.source.count("{{") + template.source.count("{%") for template in own)
    size = sum(len(template.source) for template in own)
    lines = sum(len(template.source.splitlines()) for template in own)
    counted = {
        "files": (len(own), MOST_FILES),
        "characters": (size, limits().template_size),
        "lines": (lines, MOST_LINES),
        "tags": (tags, MOST_TAGS),
    }
    for what, (found, limit) in counted.items():
        if found > limit:
            message = f"the templates up to this one have more than {limit} {what}, the limit of all together"
            raise UsageError("bad-template", message, path=own[-1].origin, mend="name fewer templates, or shorter ones")


def _read(project: Project, name: str) -> Iterator[Template]:
    root = project.root
    for file in _files(root / name, name):
        shown = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
        if file.is_relative_to(root) and not lies_inside(file, root):
            message = "is a link, or in one, that leads out of the project"
            raise UsageError("bad-template", message, path=shown, mend="put the template itself there")
        content = _content(file, shown)
        require_own_file(project, file, content, shown)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UsageError("bad-template", "is not UTF-8", path=shown, mend="save it as UTF-8") from None
        yield Template(file.name.removesuffix(SUFFIX).removesuffix(".j2").removesuffix(".md"), text, shown)


def _content(file: Path, name: str) -> bytes:
    try:
        return read_regular(file, name, "template_size")
    except Refusal as error:
        raise UsageError("bad-template", error.message, path=name, mend=error.mend or "let it be read") from None


def _files(place: Path, name: str) -> list[Path]:
    """Return the templates of a folder, links left out, or the one that was named."""
    place = Path(os.path.normpath(place))
    if os.path.isdir(place):  # noqa: PTH112 - Path.is_dir() can raise
        try:
            return sorted(file for file in place.iterdir() if file.name.endswith(SUFFIX) and not file.is_symlink())
        except OSError as error:
            message = f"cannot be listed: {error.strerror}"
            raise UsageError("bad-template", message, path=name, mend="let it be read") from None
    if os.path.isfile(place):  # noqa: PTH113
        return [place]
    raise UsageError("no-template", "there is no such template", path=name, mend="name a folder or a .md.j2 file")
