"""Finds templates: the built-in ones, and a team's own in the folders or files that it names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

from phasemetrics.claims.phrasebook import Book, Phrasebook, phrasebook
from phasemetrics.document.template import Template
from phasemetrics.errors import UsageError
from phasemetrics.reading import CONFIG_LIMIT, read_regular
from phasemetrics.settings import MetricTable

PACKAGE = "phasemetrics_templates"
SUFFIX = ".md.j2"


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


def all_templates(root: Path, named: Iterable[str]) -> tuple[Template, ...]:
    """Return a team's templates, then ours; a team's template stands in for ours of the same name.

    `named` are folders or files, relative to `root`. Raises UsageError for one that is missing or cannot be read.
    """
    own = [template for name in named for template in _read(root, name)]
    names = {template.name for template in own}
    return (*own, *(template for template in builtin() if template.name not in names))


def _read(root: Path, name: str) -> Iterator[Template]:
    place = root / name
    if place.is_dir():
        files = sorted(file for file in place.iterdir() if file.name.endswith(SUFFIX) and not file.is_symlink())
    elif place.is_file():
        files = [place]
    else:
        raise UsageError("no-template", "there is no such template", path=name, mend="name a folder or a .md.j2 file")
    for file in files:
        shown = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
        try:
            text = read_regular(file, shown, CONFIG_LIMIT).decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError("bad-template", "is not UTF-8", path=shown, mend="save it as UTF-8") from None
        yield Template(file.name.removesuffix(SUFFIX).removesuffix(".j2").removesuffix(".md"), text, shown)
