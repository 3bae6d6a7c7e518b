"""What one document says twice, and differently."""

from __future__ import annotations

import pytest

from phasemetrics.claims.addressing import addressed
from phasemetrics.claims.finding import statements
from phasemetrics.claims.restating import restated
from phasemetrics.document.markdown import parse
from phasemetrics.templates import wordings


def differing(*lines: str) -> list[tuple[str, str]]:
    """Return the numbers under a heading that say something else than others, with these others."""
    document = parse("## Results\n\n" + "".join(f"- {line}\n" for line in lines))
    found = restated(addressed(document, statements(document, "3", wordings({}))))
    return [(one.statement.text, usual.statement.text) for one, usual in found]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["Tests: 45", "Total tests: 46"], [("46", "45")]),
        (["Tests: 45", "Total tests: 46", "Test count: 46"], [("45", "46")]),  # most of them agree
        (["Tests: 45/47 passing", "Passed: 44"], [("44", "45")]),
        (["Tests: 30 → 45", "Tests before: 31"], [("31", "30")]),
        (["Coverage: 81%", "Coverage: 82%"], [("82", "81")]),
        (["Coverage: 81.4%", "Coverage: 81.5%"], [("81.5", "81.4")]),
        (["Failed tests: 0", "Failed tests: 2"], [("2", "0")]),
        # The same number at another precision
        (["Coverage: 81%", "Coverage: 81.5%"], []),
        (["Coverage: 82%", "Coverage: 81.5%"], []),
        (["Tests: 1,045", "Total tests: 1045"], []),
        # Not the same thing
        (["Tests: 30 → 45"], []),
        (["Passed: 45", "Failed: 2", "Tests: 47"], []),
        (["Tests: 45", "Unit tests: 40"], []),
        (["Tests: 45", "`tests/a.py`: 40 tests"], []),
        (["Tests: 45", "Tests: ~50"], []),
        (["Tests: 45", "Tests: 50+"], []),
        (["Tests: 45", "Tests: 40-44"], []),
        (["Tests: 45", "Target tests: 50"], []),
        (["Tests: 45", "45 new tests", "15 new tests"], []),
        (["Line coverage: 81%", "Statement coverage: 85%", "Coverage: 90%"], []),
        (["Files created: 5", "Files created: 6"], []),
    ],
)
def test_only_exact_numbers_of_the_same_whole_are_compared(lines: list[str], found: list[tuple[str, str]]) -> None:
    assert differing(*lines) == found


def test_another_phase_is_another_matter() -> None:
    document = parse("## Phase 2\n\n- Tests: 30\n\n## Phase 3\n\n- Tests: 45\n")
    assert not list(restated(addressed(document, statements(document, "3", wordings({})))))


def test_an_address_holds_no_number_and_no_two_are_alike() -> None:
    def addresses(text: str) -> list[str]:
        document = parse(text)
        return [one.address for one in addressed(document, statements(document, "3", wordings({})))]

    text = "## 3. Results of 45\n\n- Tests: 45/47 (95.7%)\n- Tests: 45/47 (95.7%)\n\n| Tests | 1,045 |\n|---|---|\n"
    others = text.replace("45", "1,046").replace("95.7", "9").replace("47", "2000")
    assert addresses(text) == addresses(others)
    assert len(set(addresses(text))) == len(addresses(text)) == 6
    assert all(one.startswith("claim/") for one in addresses(text))
