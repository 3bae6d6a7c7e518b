"""Comparing text the way a person would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.document.folding import HOLE, fits, fold, folded, heading_key, mend_mojibake


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("**Files:** x", "Files:   x"),
        ("a -> b", "a → b"),
        ("a => b", "a ➜ b"),
        ("Coverage", "coverage"),
        ("‚úÖ done", "✅ done"),
        ("⚠️ near", "⚠ near"),
        ("a\u00a0b", "a b"),
    ],
)
def test_what_people_write_in_two_ways_folds_to_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_inside_code_an_asterisk_is_an_asterisk() -> None:
    assert fold("test_*.py", emphasis=False).text == "test_*.py"
    assert fold("__init__", emphasis=False).text == "__init__"


@given(st.text())
def test_every_folded_character_knows_where_it_stood(text: str) -> None:
    line = fold(text)
    assert len(line.offsets) == len(line.text) + 1
    assert list(line.offsets) == sorted(line.offsets)
    assert line.offsets[-1] == len(text)


@given(st.text(alphabet="✅⚠️❌☑🚧⭕←📚", min_size=1, max_size=4))
def test_mojibake_is_read_as_it_was_meant(text: str) -> None:
    broken = text.encode().decode("mac_roman")
    assert mend_mojibake(broken) == text


@pytest.mark.parametrize("text", ["café", "naïve", "→", "Ü", "plain"])
def test_honest_text_is_not_mended(text: str) -> None:
    assert mend_mojibake(text) == text


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("1. **Component** `Name`", "component name"),
        ("Actual (Phase 3 Results)", "actual phase 3 results"),
        ("What Went Well ✅", "what went well"),
        ("What Went Well ‚úÖ", "what went well"),
        (f"Date: {HOLE}", f"date {HOLE}"),
    ],
)
def test_a_heading_is_known_by_its_words(title: str, key: str) -> None:
    assert heading_key(title) == key


@pytest.mark.parametrize(
    ("pattern", "key", "same"),
    [
        ("metrics", "metrics", True),
        ("metrics", "metric", False),
        ("date *", "date 2026 11 20", True),
        ("date *", "date", False),
        ("actual phase * results", "actual phase 3 results", True),
        ("actual phase * results", "actual phase results", False),
        ("phase * *", "phase 4 streaming writer", True),
        ("*", "anything", True),
        ("*", "", False),
    ],
)
def test_a_star_stands_for_something(pattern: str, key: str, same: bool) -> None:
    assert fits(pattern.replace("*", HOLE), key) is same
