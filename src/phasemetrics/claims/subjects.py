"""Says what a number counts, from the words around it, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator

from phasemetrics.claims.context import Context
from phasemetrics.claims.meaning import Meaning

_LINES = {"created": "added", "deleted": "deleted", "modified": "changed", "changed": "changed"}


def subject_of(number: Context) -> str:
    """Return what a number counts, as a Statement calls it; empty where the words do not say it."""
    phrase = number.phrase
    if number.ordinal or phrase.alien or (number.number.percent and phrase.vain and "coverage" not in phrase.families):
        return ""
    if number.number.percent and number.around.head.vain:
        return ""  # a column of something else, such as the gap to a target
    for said in _sources(number):
        subject = _rate_or_coverage(number, said) if number.number.percent else _count(number, said)
        if subject:
            return subject
        if said is number.label and (said.alien or (said.counts and not number.number.percent)):
            return ""
    return ""


def _sources(number: Context) -> Iterator[Meaning]:
    """Yield what can say what is counted, from the nearest on."""
    around, label = number.around, number.label
    yield number.phrase
    if number.phrase.narrows:
        return
    yield label
    if label.vain or label.alien:
        return
    if around.piece.row:
        head, row = around.head, around.row
        yield head
        if row.counts or head.counts or head.time or head.value or around.piece.alone:
            yield row
    said = label.whole or label.outcome or label.value or label.narrows or not label.words
    if said and (number.mark or around.piece.row or not label.narrows):
        yield around.intro
        yield around.section.meaning


def _rate_or_coverage(number: Context, said: Meaning) -> str:
    # A percentage of a file is its coverage.
    if said.family(True) or (said is number.label and number.file):
        return "coverage"
    if _outcome(number, said) in {"failed", "skipped"}:
        return ""
    tested = said.rate or (said.outcome and said is number.phrase) or "tests" in said.families
    return "tests.rate" if tested and (_outcome(number, said) or said.rate) else ""


def _count(number: Context, said: Meaning) -> str:
    if number.number.value % 1:
        return ""
    family, outcome, act = said.family(False), _outcome(number, said), _act(number, said)
    if family == "tests" or (not family and said.outcome and _is_about_tests(number, said)):
        return f"tests.{outcome}" if outcome else "tests.added" if act == "created" else "tests.total"
    lines = number.number.sign and number.mark == "open" and said is not number.phrase  # 12 files changed (+300/-40)
    if family == "files" and not outcome and not lines and not number.around.scope.near_path(number.chain):
        titles = said is number.label and number.around.piece.titles
        return "files.listed" if titles else f"files.{act or 'changed'}"
    if family == "lines":
        signed = {"+": "added", "-": "deleted", "−": "deleted"}.get(number.number.sign)
        return f"lines.{signed or _LINES.get(act, 'total')}"
    return ""


def _outcome(number: Context, said: Meaning) -> str:
    return next((one.outcome for one in _near(number, said) if one.outcome), "")


def _act(number: Context, said: Meaning) -> str:
    return next((one.act for one in _near(number, said) if one.act), "")


def _near(number: Context, said: Meaning) -> tuple[Meaning, ...]:
    """Return all that can say what became of what is counted, the nearest first; `said` says what that is."""
    return number.phrase, number.label, said, number.around.head, number.around.row


def _is_about_tests(number: Context, said: Meaning) -> bool:
    """Return whether `45 passing` means tests: nothing near says that it means something else."""
    around = number.around
    nearest = next((one.families[-1] for one in (number.label, around.row, around.head) if one.families), "")
    return not number.foreign and nearest in {"", "tests", "coverage"} and not said.narrows
