"""The fields of front matter that evidence can fill: lists of key files, numbers of what was measured."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from phasemetrics.document.frontmatter import Key, front_matter
from phasemetrics.document.markdown import Document, Span

FRONT = "front matter"
LISTS = {"created": "key_files.created", "modified": "key_files.modified", "deleted": "key_files.deleted"}

_NUMBERS = {
    "after.tests.total": "tests tests-total total-tests test-count tests-count",
    "after.tests.passed": "tests-passed tests-passing passed-tests passing-tests",
    "after.tests.failed": "tests-failed tests-failing failed-tests failing-tests",
    "after.tests.skipped": "tests-skipped skipped-tests",
    "after.coverage.total": "coverage test-coverage coverage-total total-coverage",
    "after.coverage.lines": "line-coverage lines-coverage coverage-lines",
    "after.coverage.branches": "branch-coverage branches-coverage coverage-branches",
    "counts.changed": "files files-changed changed-files file-count files-count files-touched",
    "counts.created": "files-created created-files files-added new-files",
    "counts.modified": "files-modified modified-files",
    "counts.deleted": "files-deleted deleted-files files-removed",
    "lines.added": "lines-added added-lines",
    "lines.deleted": "lines-deleted deleted-lines lines-removed removed-lines",
}  # fmt: skip
_FACTS = {name: fact for fact, names in _NUMBERS.items() for name in names.split()}

_OPEN = r"tbd|tba|todo|null|~|\?+|[-–—]+|_+|…|\.{3}"
_BLANK_NUMBER = re.compile(rf"(?:{_OPEN}|[nxy]|xx+|<[^<>\d]+>|\{{+[^{{}}\d]+\}}+|\[[^\[\]\d]*\])?%?", re.IGNORECASE)
_BRACKETS = re.compile(r"\[(?P<square>[^\[\]]*)\]|<(?P<angle>[^<>]+)>|\{+(?P<brace>[^{}]+)\}+")
_SAMPLE = re.compile(rf"{_OPEN}|paths?[/\\].*|(?:path|file|filename)[ _-]?\d*", re.IGNORECASE)
# What asks for files is no file: no folder, no extension, and a word for what is wanted.
_ASKS = re.compile(
    r"\b(?:files?|paths?|filenames?|list|modules|sources|fichiers?|archivos?|dateien|to be|fill|placeholder)\b"
    r"|\A(?:created|modified|deleted|changed|added|new)\Z|文件|ファイル|파일",
    re.IGNORECASE,
)
_PATH = re.compile(r"[/\\]|\.\w")


@dataclass(frozen=True, slots=True)
class Field:
    """A field with its address, which holds nothing that we write, and the name of the `fact` that fills it."""

    address: str
    fact: str
    key: Key

    @property
    def is_list(self) -> bool:
        """Whether it holds files, not a number."""
        return self.fact in LISTS.values()

    @property
    def span(self) -> Span:
        """The place of its value; where a list is missing, its items go below the line of the key."""
        missing = self.is_list and self.key.style == "empty"
        return Span(self.key.line.end, self.key.line.end) if missing else self.key.span

    def text(self, document: Document) -> str:
        """Return what stands behind its colon, with the blanks before it."""
        return document.text[self.span.start : self.span.end]

    def is_blank(self, document: Document) -> bool:
        """Return whether nothing stands there yet but a placeholder."""
        key = self.key
        if key.style in {"empty", "other"}:
            return key.style == "empty"
        if not self.is_list:
            return key.style != "block" and bool(_BLANK_NUMBER.fullmatch(self.text(document).strip().strip("\"'")))
        if key.style == "scalar":
            return is_blank_item(self.text(document).strip().strip("\"'"))
        if key.style == "block":
            return len(key.items) == 1 and key.bare and is_blank_item(key.items[0].text or "")
        alone = len(key.items) == 1 and asks(key.items[0].text or "")
        return key.bare and (alone or all(is_blank_item(item.text or "") for item in key.items))


def is_blank_item(text: str) -> bool:
    """Return whether an item of a list is a placeholder: a sample path, or something in brackets that asks for one."""
    brackets = _BRACKETS.fullmatch(text)
    return _SAMPLE.fullmatch(text) is not None if brackets is None else asks(brackets[brackets.lastgroup or 0])


def asks(text: str) -> bool:
    """Return whether the text in brackets asks for files, and names none."""
    text = text.strip()
    return not text or bool(_SAMPLE.fullmatch(text) or (_ASKS.search(text) and not _PATH.search(text)))


def fields(document: Document) -> tuple[Field, ...]:
    """Return the fields of a document's front matter; of two that are spelled alike neither."""
    found = [field for key in front_matter(document) if (field := _field(key)) is not None]
    counts = Counter(one.address for one in found)
    return tuple(one for one in found if counts[one.address] == 1)


def _field(key: Key) -> Field | None:
    section, name = (part.lower().replace("_", "-") for part in (key.section, key.name))
    known = {"key-files": LISTS, "metrics": _FACTS}.get(section, {})
    return Field(f"{FRONT}/{section}.{name}/{known[name]}", known[name], key) if name in known else None
