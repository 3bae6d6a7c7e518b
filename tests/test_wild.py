"""Documents that people really wrote, against labels made by hand: what we find in them is really there."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from phasemetrics.document.claims import file_claims
from phasemetrics.document.listings import listings
from phasemetrics.document.markdown import Document, decode, parse
from phasemetrics.document.totals import totals
from phasemetrics.templates import wordings

LABELS = sorted((Path(__file__).parent / "wild").glob("*.tsv"))
WILD = Path(__file__).parents[1].parent / "shared" / "corpus" / "documents" / "wild"
SIDES = {"before", "after"}
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


def test_the_totals_that_are_found_are_labelled(record_property: Callable[[str, object], None]) -> None:
    kinds = {"tests.total", "tests.passed", "tests.failed", "tests.skipped", "coverage"}
    labelled = met = 0
    wrong: list[str] = []
    for labels in LABELS:
        meant = [row for row in rows(labels) if row["subject"] in kinds and row["phase"] == "asked"]
        known = {(row["line"], row["subject"], row["side"], row["value"]) for row in meant if row["side"] in SIDES}
        stated = totals(document(labels), phase_of(labels), wordings())
        found = {(str(one.line), one.subject, one.side, str(one.value)) for one in stated}
        wrong += [f"{labels.name}: {one}" for one in sorted(found - known)]
        labelled, met = labelled + len(known), met + len(found & known)
    record_property("table", f"{labelled} labelled, {met} found, {len(wrong)} wrong")
    assert not wrong
    assert met >= 60


def test_what_is_found_beside_paths_is_labelled(record_property: Callable[[str, object], None]) -> None:
    table = [f"{'document':48}{'labelled':>10}{'found':>8}{'wrong':>8}"]
    wrong: list[str] = []
    for labels in LABELS:
        kinds = {"lines.file", "tests.file"}
        known = {(row["line"], row["subject"], row["value"]) for row in rows(labels) if row["subject"] in kinds}
        claims = file_claims(document(labels), phase_of(labels))
        found = {(str(claim.line), f"{claim.noun}.file", str(claim.value)) for claim in claims}
        wrong += [f"{labels.name}: {one}" for one in sorted(found - known)]
        table.append(f"{labels.name[:46]:48}{len(known):>10}{len(found & known):>8}{len(found - known):>8}")
    record_property("table", "\n".join(table))
    assert not wrong
