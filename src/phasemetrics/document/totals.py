"""What a document says of the whole: how many tests there are, pass, fail, are skipped, and how much is covered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from phasemetrics.document.claims import Relation, relation_of
from phasemetrics.document.folding import heading_key, names_other_phase
from phasemetrics.document.markdown import Document, Line
from phasemetrics.document.phrasebook import Phrasebook

Side = Literal["before", "after"]

_NUMBER = r"(?P<about>[~≈]\s?)?(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\d/.])(?P<percent>\s?%)?(?P<more>\+)?"
_ONE = re.compile(_NUMBER)
_PAIR = re.compile(r"(?P<passed>\d[\d,]*)\s*/\s*(?P<total>\d[\d,]*)(?![\d/.%])")
_RATE = re.compile(r"\d+(?:\.\d+)?%\s*\(")
_ARROW = re.compile(r"[*_]*\s*(?:→|->|=>|➜)\s*[*_]*")
_WORD = re.compile(r"[^\W\d_]+")
_LABEL = re.compile(r"(?P<label>[^:：|=]{2,60}?)\s*[:：]\s*(?P<value>\S.*)")
_MARKS = re.compile(r"(?:[\s>*_\-•·|├└│─✅✓✔☑⚠️❌🎯📊🧪🎉🔥🚀📈🏆⭐🟢🟡🔴]|\[[ xX]\]|\+\s|\d+[.)]\s)+")
_OTHER_TIME = re.compile(
    r"\b(?:next|previous|future|upcoming|planned|targets?|goals?|expected|criteria|before|baseline|estimate[ds]?|remaining|"
    r"todo|initial|start|session|sprint|week|day|step|task|milestone|v\d+|\d{4} \d\d \d\d)\b"
)
_DETAIL = re.compile(r"(?P<number>\d[\d,]*) (?P<what>passed|passing|failed|failing|skipped)\b(?! in\b)")
_OUTCOMES = {"passed": "passed", "passing": "passed", "failed": "failed", "failing": "failed", "skipped": "skipped"}
_AFTER_NUMBER = {"tests", "test", "passing", "passed", "pass", "total", "cases", "all"}
_AFTER_PERCENT = {"coverage", "overall", "total", "line", "lines", "code"}


@dataclass(frozen=True, slots=True)
class Total:
    """A number that a document states for the whole: its subject, side, how it is meant, where it stands, from 1."""

    subject: str
    side: Side
    value: Decimal
    relation: Relation
    line: int
    column: int
    text: str


def totals(document: Document, phase: str, book: Phrasebook) -> Iterator[Total]:
    """Yield what is said of the whole, of the phase that was asked for, where nothing narrows it."""
    intro = ""
    whole = {path: _is_whole(path, phase, book) for path in {line.path for line in document.lines}}
    drawn = _drawn(document)
    for line in document.lines:
        raw = document.raw(line)
        if line.kind == "text":
            intro = _intro(raw, intro)
        elif line.kind != "fence":
            intro = ""
        if not whole[line.path] or not _words_are_generic(intro, book):
            continue
        if (line.kind == "text" and not raw.startswith((" ", "\t"))) or (line.kind == "fence" and line.block in drawn):
            yield from _labelled(line, raw, book)
        elif line.kind == "row":
            yield from _row(document, line, book)


def _intro(raw: str, before: str) -> str:
    """Return the words that the next lines stand under: `**Unit tests:**` narrows the list below it."""
    words = raw.strip()
    if not words or words.startswith(("-", "+", "•", ">")) or (words.startswith("*") and not words.startswith("**")):
        return before
    return words.strip("*: ") if words.rstrip("* ").endswith(":") else ""


def _is_whole(path: Sequence[str], phase: str, book: Phrasebook) -> bool:
    return all(_words_are_generic(title, book) and not names_other_phase(heading_key(title), phase) for title in path)


def _words_are_generic(text: str, book: Phrasebook) -> bool:
    key = heading_key(text)
    return not _OTHER_TIME.search(key) and all(word in book.generic or word.isdigit() for word in key.split())


def _drawn(document: Document) -> set[int]:
    """Return the fences that have no language: a block that somebody drew, and no program."""
    opening: dict[int, Line] = {}
    for line in document.lines:
        opening.setdefault(line.block, line)
    inside = {line.block for line in document.lines if line.kind == "fence"}
    return {block for block in inside if not document.raw(opening[block]).strip(" `~>")}


def _labelled(line: Line, raw: str, book: Phrasebook) -> Iterator[Total]:
    marks = _MARKS.match(raw)
    start = marks.end() if marks else 0
    match = _LABEL.match(raw, start)
    subject = book.labels.get(heading_key(match["label"])) if match else None
    if match is not None and subject is not None:
        value = match["value"]
        at = match.start("value") + len(value) - len(value.lstrip("*_ ✅✓🎉"))
        yield from _values(subject, raw[at:], line, at)
    elif match is None or line.kind == "text":
        yield from _begun(line, raw, start, book)


def _begun(line: Line, raw: str, start: int, book: Phrasebook) -> Iterator[Total]:
    """Yield what a line begins with: `45 tests passing`."""
    found = next((match for phrase in book.phrases if (match := phrase.match(raw, start))), None)
    for name, text in (found.groupdict() if found else {}).items():
        subject = name if name == "coverage" else f"tests.{name}"
        value = Decimal(text.replace(",", ""))
        at = found.start(name) if found else 0
        yield Total(subject, "after", value, "=", line.number + 1, at + 1, text)


def _row(document: Document, line: Line, book: Phrasebook) -> Iterator[Total]:
    header = document.header(line)
    cells = document.cells(line)
    subject = book.labels.get(heading_key(document.text[cells[0].start : cells[0].end])) if cells else None
    if header is None or subject is None:
        return
    heads = [heading_key(document.text[one.start : one.end]) for one in document.cells(header)]
    for index, (head, cell) in enumerate(zip(heads, cells, strict=False)):
        roles = {book.columns[word] for word in (head, *head.split()) if word in book.columns}
        if not index or len(roles) != 1 or roles == {"other"} or (roles == {"value"} and index > 1):
            continue
        text = document.text[cell.start : cell.end]
        lead = len(text) - len(text.lstrip("*_ ✅✓"))
        side: Side = "before" if roles == {"before"} else "after"
        yield from _values(subject, text[lead:].rstrip(), line, cell.start - line.start + lead, side)


def _values(subject: str, text: str, line: Line, at: int, side: Side = "after") -> Iterator[Total]:
    rate = _RATE.match(text) if subject == "tests.rate" else None
    pair = _PAIR.match(text, rate.end() if rate else 0)
    if pair is not None and subject.startswith("tests."):
        yield from _pair(pair, text, line, at, side)
    elif subject != "tests.rate":
        yield from _numbers(subject, text, line, at, side)


def _pair(pair: re.Match[str], text: str, line: Line, at: int, side: Side) -> Iterator[Total]:
    word = _WORD.match(text[pair.end() :].strip(" *_"))
    passed, total = (Decimal(pair[name].replace(",", "")) for name in ("passed", "total"))
    if passed <= total and (word is None or word[0].lower() in _AFTER_NUMBER):
        for name, value in (("passed", passed), ("total", total)):
            yield Total(f"tests.{name}", side, value, "=", line.number + 1, at + pair.start(name) + 1, pair[name])


def _numbers(subject: str, text: str, line: Line, at: int, side: Side) -> Iterator[Total]:
    first = _ONE.match(text)
    if first is None:
        return
    arrow = _ARROW.match(text, first.end())
    second = _ONE.match(text, arrow.end()) if arrow else None
    if arrow and second is None:
        return
    parts: list[tuple[re.Match[str], Side]] = [(second, "after"), (first, "before")] if second else [(first, side)]
    rest = text[parts[0][0].end() :].lstrip(" *_")
    word = _WORD.match(rest)
    percent = subject == "coverage"
    if word and word[0].lower() not in (_AFTER_PERCENT if percent else _AFTER_NUMBER):
        return
    if rest[:1] in {"-", "–", "/", "x", "k", ".", "±"} or any(bool(one["percent"]) is not percent for one, _ in parts):
        return
    if subject == "tests.total" and word and word[0].lower() in {"passing", "passed", "pass"}:
        subject = "tests.passed"
    for one, which in parts:
        value = Decimal(one["number"].replace(",", ""))
        yield Total(
            subject, which, value, relation_of(one), line.number + 1, at + one.start("number") + 1, one["number"]
        )
    if subject == "tests.total" and rest.lstrip("tesca ").startswith("(") and not second:
        for one in _DETAIL.finditer(text, first.end()):
            name = f"tests.{_OUTCOMES[one['what']]}"
            value = Decimal(one["number"].replace(",", ""))
            yield Total(name, side, value, "=", line.number + 1, at + one.start("number") + 1, one["number"])
