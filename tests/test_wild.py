"""Documents that people really wrote, against labels made by hand: what is found in them, and what it is taken for."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phasemetrics.claims.addressing import addressed
from phasemetrics.claims.finding import statements
from phasemetrics.claims.listings import listings
from phasemetrics.claims.restating import restated
from phasemetrics.claims.statement import Statement
from phasemetrics.document.markdown import Document, decode, parse
from phasemetrics.templates import wordings

LABELS = sorted((Path(__file__).parent / "wild").glob("*.tsv"))
WILD = Path(__file__).parents[1].parent / "shared" / "corpus" / "documents" / "wild"
WORDS = wordings({})
FAMILIES = ("tests", "coverage", "files", "lines")
LEAST = {"all": 0.90, "tests": 0.94, "coverage": 0.86, "lines": 0.94, "files": 0.75}
WRONG = 0.02  # of what is judged
# What stands in the same document twice and differently: the document, then line and number here, and there.
RESTATED = {
    ("37", 384, "617", 8, "636"),  # 617 of 625 tests pass in a section, 636 of 644 at the top
    ("37", 384, "625", 8, "644"),
}
Label = dict[str, str]
pytestmark = pytest.mark.skipif(not WILD.is_dir(), reason="the corpus is not beside this checkout")


def document(labels: Path) -> Document:
    name = labels.name.removesuffix(".tsv")
    return parse(decode((WILD / name).read_bytes(), name))


def rows(labels: Path) -> list[dict[str, str]]:
    with labels.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def phase_of(labels: Path) -> str:
    """Return the phase that a document is about, as its name says it."""
    found = re.search(r"phase[-_ ]?(\d+)", labels.name, re.IGNORECASE)
    return found[1] if found else "?"


@pytest.mark.parametrize("labels", LABELS, ids=lambda path: path.name[:24])
def test_a_label_stands_where_it_says(labels: Path) -> None:
    text = document(labels)
    wrong = []
    for row in rows(labels):
        raw = text.raw(text.lines[int(row["line"]) - 1])
        there = re.sub(r"(?<=\d),(?=\d)", "", raw[int(row["column"]) - 1 :]).lstrip("~≈+-−<>≤≥= ")
        digits = re.match(r"\d+", row["value"].lstrip("-+"))
        if digits is None or not there.startswith(digits[0]):
            wrong.append(f"{row['line']}:{row['column']} {row['value']}")
    assert not wrong


def test_the_counts_of_headings_are_labelled() -> None:
    wrong, longer = [], 0
    for labels in LABELS:
        known = {(row["line"], row["value"]) for row in rows(labels) if row["subject"] == "files.listed"}
        for one in listings(document(labels)):
            longer += one.listed > int(one.text)
            wrong += [f"{labels.name}:{one.line}"] * ((str(one.line), one.text) not in known)
    assert not wrong
    assert longer == 2  # both in one document, and both were counted again by hand


def found_in(labels: Path) -> dict[tuple[int, int], Statement]:
    """Return the statements of a document by line and column."""
    return {(one.line, one.column): one for one in statements(document(labels), phase_of(labels), WORDS)}


def by_place(labels: Path) -> dict[tuple[int, int], Label]:
    return {(int(row["line"]), int(row["column"])): row for row in rows(labels)}


def family(subject: str) -> str:
    return subject.partition(".")[0]


def test_most_of_what_documents_state_is_found(record_property: Callable[[str, object], None]) -> None:
    labelled: Counter[str] = Counter()
    met: Counter[str] = Counter()
    documents = 0
    for labels in LABELS:
        found = found_in(labels)
        kinds = {place: family(row["subject"]) for place, row in by_place(labels).items()}
        documents += any(place in found and found[place].family == kind for place, kind in kinds.items())
        for place, row in by_place(labels).items():
            if kinds[place] in FAMILIES and row["subject"] != "tests.rate":
                hit = place in found and found[place].family == kinds[place]
                for name in (row["subject"], kinds[place], "all"):
                    labelled[name] += 1
                    met[name] += hit
    names = sorted(labelled, key=lambda name: (name not in LEAST, name))
    table = [f"{'subject':18}{'labelled':>10}{'found':>8}{'':>8}"]
    table += [f"{name:18}{labelled[name]:>10}{met[name]:>8}{met[name] / labelled[name]:>8.1%}" for name in names]
    record_property("table", "\n".join([*table, f"in {documents} of {len(LABELS)} documents"]))
    assert {name: met[name] / labelled[name] for name in LEAST if met[name] < LEAST[name] * labelled[name]} == {}
    assert len(LABELS) == 59
    assert documents >= 56


def judged(labels: Path) -> Iterator[Statement]:
    """Yield the statements that are held against the evidence."""
    for one in found_in(labels).values():
        held = one.asked and one.scope != "part" and one.side in {"before", "after", "change"}
        if held and one.subject not in {"tests.rate", "files.listed"}:
            yield one


def is_labelled(one: Statement, label: Label | None) -> bool:
    """Return whether a label says the same of a statement that is judged, as far as the judgement depends on it.

    The labels have no subject for the outcomes of one file: these are labelled as what they are, of a part.
    """
    if label is None:
        return False
    if one.scope == "file":
        outcome = label["subject"] == one.subject and "part" in label["note"]
        return outcome or (family(label["subject"]) == one.family and label["subject"].endswith(".file"))
    same = label["subject"] == one.subject and label["side"] == one.side
    return same and label["phase"] == "asked" and "part" not in label["note"]


def test_what_is_judged_is_what_it_is_taken_for(record_property: Callable[[str, object], None]) -> None:
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    places = []
    for labels in LABELS:
        known = by_place(labels)
        for one in judged(labels):
            label = known.get((one.line, one.column))
            good = is_labelled(one, label)
            (right if good else wrong)[f"{one.subject} of {'the whole' if one.scope == 'whole' else 'a file'}"] += 1
            if not good:
                meant = f"{label['subject']} {label['side']} {label['phase']}" if label else "no label"
                place = f"{labels.name.partition('_')[0]}:{one.line}:{one.column}"
                places.append(f"{place} {one.subject} {one.side} {one.scope} {one.text}: {meant}")
    table = [f"{'judged':34}{'right':>8}{'wrong':>8}"]
    table += [f"{name:34}{right[name]:>8}{wrong[name]:>8}" for name in sorted({*right, *wrong})]
    total = right.total() + wrong.total()
    share = wrong.total() / total
    record_property("table", "\n".join([*table, f"{wrong.total()} of {total} wrong, {share:.1%}", *places]))
    assert total >= 300
    assert share <= WRONG, "\n".join(places)


def test_what_is_stated_twice_and_differently_was_read_by_hand() -> None:
    found = set()
    for labels in LABELS:
        text = document(labels)
        for one, usual in restated(addressed(text, statements(text, phase_of(labels), WORDS))):
            here, there = one.statement, usual.statement
            found.add((labels.name.partition("_")[0], here.line, here.text, there.line, there.text))
    assert found == RESTATED
