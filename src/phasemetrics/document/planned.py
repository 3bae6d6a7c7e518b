"""What a plan says that its metrics should reach: a name and a bound in one sentence, or in one row of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from phasemetrics.document.bounds import Bound, bounds_of, is_padding, plain, sentences, whole_bound
from phasemetrics.document.folding import heading_key
from phasemetrics.document.markdown import Document, Line, parse
from phasemetrics.document.passages import item_text

_LONGEST = 1000  # no sentence that a person wrote; a line is searched once for every metric
_WANTED = {"target", "targets", "goal", "goals", "threshold", "limit", "budget", "required", "requirement", "criterion"}
_PAST = {
    "before",
    "baseline",
    "current",
    "currently",
    "actual",
    "result",
    "results",
    "previous",
    "achieved",
    "measured",
}
_MEASURED = {*_PAST, "value", "now", "today", "after", "status", "change", "improvement"}
_DIGIT = re.compile(r"\d")
_OTHER = re.compile(r"\bnext phase\b|\bfuture\b|\bphase (?P<phase>\d+)\b")
_NUMBERED = re.compile(r"(?:[A-Za-z]{1,4}-?)?\d+\.?")  # `3.`, `NFR-3`


@dataclass(frozen=True, slots=True)
class Statement:
    """A bound that a plan states, `<= 120 ms`, its unit, and the line it stands in, counted from 1."""

    text: str
    unit: str
    line: int


def statements(text: str, names: Mapping[str, Sequence[str]], phase: str) -> dict[str, tuple[Statement, ...]]:
    """Return what the plan of a phase states for each metric, what differs only in its spelling once.

    `names` are all the names of each metric, by the first. Nothing is read in fences, HTML, comments and front matter,
    nor where a heading speaks of another phase, or a heading or a column of what was measured.
    """
    spellings = {metric: [one for one in map(plain, spelled) if one] for metric, spelled in names.items()}
    found: dict[str, dict[tuple[str, object, str], Statement]] = {metric: {} for metric in names}
    for line, metric, bound in _stated(parse(text), {metric: one for metric, one in spellings.items() if one}, phase):
        key = (bound.operator, bound.value, bound.unit)
        found[metric].setdefault(key, Statement(bound.text, bound.unit, line.number + 1))
    return {metric: tuple(by_meaning.values()) for metric, by_meaning in found.items()}


def _stated(
    document: Document, spellings: Mapping[str, Sequence[str]], phase: str
) -> Iterator[tuple[Line, str, Bound]]:
    header: tuple[str, ...] = ()
    for line, raw in _lines(document, phase):
        if line.kind == "header":
            header = tuple(heading_key(document.text[one.start : one.end]) for one in document.cells(line))
        elif line.kind == "row":
            cells = [plain(document.text[one.start : one.end]) for one in document.cells(line)]
            yield from ((line, metric, bound) for metric, bound in _in_row(header, cells, spellings))
        elif line.kind == "text" and len(raw) <= _LONGEST and _DIGIT.search(raw):
            said = sentences(plain(item_text(raw)))
            yield from (
                (line, metric, bound)
                for metric, spelled in spellings.items()
                for sentence in said
                for bound in bounds_of(sentence, spelled)
            )


def _lines(document: Document, phase: str) -> Iterator[tuple[Line, str]]:
    """Yield the lines that a reader sees, without comments, as far as they are about what this phase should reach."""
    commented = False
    for line in document.lines:
        raw = document.raw(line)
        # A comment inside a paragraph ends with it at the latest.
        commented = commented and line.kind == "text" and bool(raw.strip())
        shown, commented = _without_comments(raw, commented) if line.kind == "text" else (raw, False)
        if _is_meant(line.path, phase):
            yield line, shown


@lru_cache(maxsize=1000)
def _is_meant(path: tuple[str, ...], phase: str) -> bool:
    keys = [heading_key(title) for title in path]
    others = [match["phase"] for key in keys for match in _OTHER.finditer(key)]
    last = set(keys[-1].split()) if keys else set()
    return all(one == phase for one in others) and bool(last & _WANTED or not last & _PAST)


def _without_comments(raw: str, commented: bool) -> tuple[str, bool]:
    shown = ""
    while raw:
        if commented:
            _, ended, raw = raw.partition("-->")
            commented = not ended
        else:
            before, begun, raw = raw.partition("<!--")
            shown, commented = shown + before, bool(begun)
    return shown, commented


def _in_row(
    header: Sequence[str], cells: Sequence[str], spellings: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Bound]]:
    """Yield the bounds of a row that is labelled with a metric: those in columns of targets, if there is such one."""
    for metric, spelled in spellings.items():
        wanted = {one.casefold() for one in spelled}
        at = next((index for index, cell in enumerate(cells) if cell.casefold() in wanted), None)
        if at is None or not all(is_padding(one) or _NUMBERED.fullmatch(one) for one in cells[:at]):
            continue
        columns = [(set(key.split()), cell) for key, cell in zip(header[at + 1 :], cells[at + 1 :], strict=False)]
        meant = [cell for words, cell in columns if words & _WANTED]
        meant = meant or [cell for words, cell in columns if not words & _MEASURED]
        yield from ((metric, bound) for cell in meant if len(cell) <= _LONGEST and (bound := whole_bound(cell)))
