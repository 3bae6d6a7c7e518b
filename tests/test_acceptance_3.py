"""What a hostile reader of the third issue tried, and what came of it: each a small document and one law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from everything import BESIDE, EVERYTHING, WHOLE, WHOLE_LATER, everything
from journey import at_the_end_of_the_phase, phasemetrics, succeed
from measured import BEFORE, change
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.resetting import plan_reset
from phasemetrics.document.template import Template
from phasemetrics.errors import UsageError
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.model import Dependency, Phase, Snapshot
from phasemetrics.scaffolding import nothing_known
from phasemetrics.settings import Config
from phasemetrics.templates import builtin

STANDARDS = "## Quality Assurance\n\n### Code Quality Standards\n"
RESULTS = "## Tests\n\n### Test Results\n\n```\n"


def fill(text: str, ledger: Ledger | None = None, facts: Mapping[str, Any] | None = None) -> Plan:
    return plan(text, builtin(), facts or everything(), ledger or Ledger())


def with_files(*paths: str) -> dict[str, Any]:
    return everything(after=replace(WHOLE, files=tuple(change(path, "created", 1) for path in paths)))


@pytest.mark.parametrize(
    "claim", ["80% test coverage for new code", "80% test coverage, not met", "80% test coverage (lines)"]
)
def test_a_box_is_not_ticked_for_a_claim_that_goes_on_after_its_bound(claim: str) -> None:
    text = f"{STANDARDS}- [ ] **Coverage**: Minimum {claim}\n"
    assert fill(text).text == text


def test_a_bound_in_bold_is_told_without_its_asterisks() -> None:
    (one,) = fill(f"{STANDARDS}- [ ] **Coverage**: Minimum **80%** test coverage\n").fillings
    assert one.message == "coverage is 84.6%, at least 80% is asked for"


def test_an_indented_box_in_a_fence_is_a_box_and_no_row_of_the_table_above_it() -> None:
    assert fill(f"{RESULTS}  ☐ All tests passing\n```\n").text == f"{RESULTS}  ☑ All tests passing\n```\n"


def test_a_row_that_ends_before_the_cell_that_names_it_is_left_alone() -> None:
    head = "## Performance Metrics\n\n### Baseline (Before Phase 3)\n\n| Measured | Value | Metric |\n|---|---|---|\n"
    text = f"{head}| 2026-10-30 |\n"
    assert fill(text).text == text


def test_columns_that_non_breaking_blanks_align_are_read_back() -> None:
    text = f"{RESULTS}Coverage Report:\n[module]/[component1].py\u00a0\u00a0\u00a0[XX]%\n```\n"
    filled = fill(text)
    assert "parser/core.py" in filled.text
    assert plan_reset(filled.text, builtin(), filled.ledger).text == text


def test_a_placeholder_row_without_columns_is_not_filled_with_what_is_not_read_back() -> None:
    text = f"{RESULTS}Coverage Report:\n[module]/[component1].py [XX]%\n```\n"
    assert fill(text).text == text


@pytest.mark.parametrize(("bullet", "other"), [("- ", "* "), ("- ", "  - "), ("- ", "> - ")])
def test_a_row_that_is_added_later_stands_like_its_neighbours_now_do(bullet: str, other: str) -> None:
    first = fill(
        f"## Code Changes\n### Files Created\n{bullet}`path/to/file.go` - [Purpose]\n", facts=with_files("a.py")
    )
    moved = first.text.replace(f"{bullet}`", f"{other}`")
    later = fill(moved, first.ledger, with_files("a.py", "b.py"))
    assert later.text == f"{moved}{other}`b.py` - [Purpose]\n"
    assert not fill(later.text, later.ledger, with_files("a.py", "b.py")).changed


def test_a_block_that_was_quoted_since_can_be_reset() -> None:
    first = fill(f"{RESULTS}Coverage Report:\n[module]/[component1].py      [XX]%\n```\n")
    head, _, block = first.text.partition("```\n")
    quoted = head + "".join(f"> {line}\n" for line in f"```\n{block}".splitlines())
    assert "\n> [module]/[component1].py" in plan_reset(quoted, builtin(), first.ledger).text


def test_the_first_of_many_like_sections_is_filled_whatever_their_headings_hash_to() -> None:
    table = "| Metric | Actual | Improvement | Status |\n|---|---|---|---|\n| Coverage | | | |\n"
    section = f"### Actual (Phase {{}} Results)\n\n{table}\n"
    filled = fill("## Performance Metrics\n\n" + "".join(section.format(number) for number in range(30)))
    assert {one.line for one in filled.fillings if one.state == "filled"} == {7}


def team(source: str) -> Template:
    return Template("team", source, "docs/templates/team.md.j2")


def test_a_line_that_is_all_hole_is_found_in_the_first_line_with_words_and_in_no_blank_one() -> None:
    template = team('# Note\n\n## Passed\n\n{{ after.tests.passed | hole("N") }}\n')
    filled = plan("# Note\n\n## Passed\n\nN\n\nWords.\n", [template], everything(), Ledger())
    assert filled.text == "# Note\n\n## Passed\n\n146\n\nWords.\n"
    assert [one.state for one in filled.fillings] == ["filled"]


def test_two_holes_with_nothing_between_them_are_refused_with_their_line() -> None:
    template = team('# Note\n\n## T\n\n- {{ after.tests.passed | hole("A") }}{{ after.tests.total | hole("B") }}\n')
    with pytest.raises(UsageError, match="nothing stands between") as caught:
        plan("# Note\n\n## T\n\n- AB\n", [template], everything(), Ledger())
    assert (caught.value.path, caught.value.line) == ("docs/templates/team.md.j2", 5)


@pytest.mark.parametrize("expression", ["after.tests.nope", "gates.tests"])
def test_a_name_that_is_no_value_is_refused_with_its_file_and_line(expression: str) -> None:
    template = team(f'# Note\n\n## T\n\n- Passed: {{{{ {expression} | hole("A") }}}}\n')
    with pytest.raises(UsageError) as caught:
        plan("# Note\n\n## T\n\n- Passed: A\n", [template], everything(), Ledger())
    assert (caught.value.path, caught.value.line) == ("docs/templates/team.md.j2", 5)


def test_check_reads_the_document_that_comes_on_stdin(sample_before: Path, sample_after: Path, tmp_path: Path) -> None:
    root = at_the_end_of_the_phase(sample_before, sample_after, tmp_path)
    succeed(root, "fill", "-p", "3")
    succeed(root, "new", "retrospective", "-p", "3", "-o", "blank.md")
    ended = phasemetrics(root, "check", "-p", "3", "-", stdin=(root / "blank.md").read_text(encoding="utf-8"))
    assert ended.code == 1
    assert "Tests Passing" in ended.out


def renamed(after: Snapshot = WHOLE) -> dict[str, Any]:
    """Return the facts after a metric and a component got new names, with the old ones as aliases."""
    metric, *metrics = EVERYTHING.metric
    component, *components = EVERYTHING.component
    update = {
        "metric": (metric.model_copy(update={"name": "Parse", "aliases": (metric.name,)}), *metrics),
        "component": (component.model_copy(update={"name": "Forest", "aliases": (component.name,)}), *components),
    }
    return facts_of(Phase("3", BEFORE, after), EVERYTHING.model_copy(update=update), "none", BESIDE)


def test_the_numbers_of_a_row_or_section_that_was_renamed_stay_ours() -> None:
    blank = next(one for one in builtin() if one.name == "readme").blank(nothing_known())
    first = fill(blank)
    again = fill(first.text, first.ledger, renamed())
    assert "### 1. Forest" in again.text
    assert "| Parse | 305 ms |" in again.text
    later = fill(again.text, again.ledger, renamed(WHOLE_LATER))
    assert not [one for one in later.fillings if one.state == "kept"]
    assert plan_reset(again.text, builtin(), again.ledger).text == blank


@pytest.mark.parametrize("name", ["Parsing, lexing", "Parser (incremental)", "Parser [new](now)", "  Parser  "])
def test_a_name_may_hold_what_the_line_goes_on_with(name: str) -> None:
    phase = EVERYTHING.phase["3"].model_dump(exclude_none=True)
    tables = {"3": {**phase, "name": name, "step": name}, "2": {"name": name}, "4": {"name": name}}
    config = Config.model_validate({**EVERYTHING.model_dump(by_alias=True, exclude_none=True), "phase": tables})
    facts = facts_of(Phase("3", BEFORE, WHOLE), config, "none", BESIDE)
    for template in builtin():
        blank = template.blank(nothing_known())
        filled = fill(blank, facts=facts)
        assert not [one for one in fill(filled.text, filled.ledger, facts).fillings if one.code == "lost-place"]
        assert plan_reset(filled.text, builtin(), filled.ledger).text == blank


def test_a_version_that_ends_in_an_operator_leaves_no_blank_in_its_cell() -> None:
    odd = (Dependency("left-pad", "added", None, "<b>", "package.json"),)
    filled = fill(next(one for one in builtin() if one.name == "readme").blank(nothing_known()),
                  facts=everything(after=replace(WHOLE, dependencies=odd)))  # fmt: skip
    assert "| left-pad | < b> |" in filled.text


def test_a_mark_counts_in_capitals_too() -> None:
    text = f"<!-- PHASEMETRICS:OFF -->\n\n{STANDARDS}- [ ] **Coverage**: Minimum 80% test coverage\n"
    assert fill(f"{text}\n<!-- phasemetrics:ON -->\n").text == f"{text}\n<!-- phasemetrics:ON -->\n"


def test_a_list_that_a_formatter_aligned_goes_back_to_placeholders_as_it_is_aligned_now() -> None:
    first = fill("## Code Changes\n### Files Created\n- `path/to/file.go` - [Purpose]\n", facts=with_files("a.py"))
    aligned = first.text.replace("- `a.py`", "-   `a.py`")
    assert plan_reset(aligned, builtin(), first.ledger).text.endswith("\n-   `path/to/file.go` - [Purpose]\n")
