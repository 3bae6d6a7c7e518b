"""A person works on a filled document, evidence moves on, and everything the person did survives the next fill."""

from __future__ import annotations

from dataclasses import replace

import pytest

from measured import AFTER, BEFORE, CONFIG, FILES, LATER, change, facts, snapshot
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.ownership import Filling
from phasemetrics.document.plan import Plan, plan
from phasemetrics.evidence.model import Snapshot
from phasemetrics.scaffolding import nothing_known
from phasemetrics.templates import builtin

TEMPLATES = {template.name: template for template in builtin()}


def fill(text: str, ledger: Ledger, after: Snapshot | None = AFTER, before: Snapshot | None = BEFORE) -> Plan:
    return plan(text, builtin(), facts(before, after), ledger)


def blank(kind: str) -> str:
    return TEMPLATES[kind].blank(nothing_known())


@pytest.fixture(name="retro")
def _retro() -> Plan:
    return fill(blank("retrospective"), Ledger())


@pytest.fixture(name="readme")
def _readme() -> Plan:
    return fill(blank("readme"), Ledger())


def edited(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


def mentions(planned: Plan, state: str, code: str) -> list[Filling]:
    return [one for one in planned.fillings if one.state == state and one.code == code]


def test_an_edited_number_is_kept_and_mentioned(retro: Plan) -> None:
    text = edited(retro.text, ("Coverage: 78.4% → 84.6%", "Coverage: 78.4% → 85.3%"))
    later = fill(text, retro.ledger, LATER)
    assert "- Coverage: 78.4% → 85.3%" in later.text
    (said,) = mentions(later, "kept", "persons-value")
    assert "'85.3%'" in said.message
    assert "'84.6%'" in said.message
    assert "'86.0%'" in said.message
    assert said.contradicts


def test_half_a_record_is_never_updated(retro: Plan) -> None:
    text = edited(retro.text, ("→ 146/147", "→ 146/146"))
    later = fill(text, retro.ledger, LATER)
    assert "- Tests Passing: 118/121 → 146/146" in later.text
    assert [one.code for one in mentions(later, "kept", "persons-record")] == ["persons-record"]


def test_the_other_record_on_the_line_goes_on_being_ours(retro: Plan) -> None:
    text = edited(retro.text, ("118/121", "118/120"))
    later = fill(text, retro.ledger, LATER)
    assert "- Tests Passing: 118/120 → 150/152" in later.text


def test_a_number_that_means_the_same_is_left_and_not_taken_over(retro: Plan) -> None:
    text = edited(retro.text, ("→ 84.6%", "→ 85%"))
    again = fill(text, retro.ledger)
    assert not again.changed
    assert "85%" in fill(text, retro.ledger, LATER).text


def test_words_after_a_number_stay_and_the_number_goes_on(retro: Plan) -> None:
    text = edited(retro.text, ("→ 84.6%", "→ 84.6% (generated code excluded)"))
    assert "78.4% → 86.0% (generated code excluded)" in fill(text, retro.ledger, LATER).text


def test_a_bold_number_is_a_persons(retro: Plan) -> None:
    text = edited(retro.text, ("→ 84.6%", "→ **84.6%**"))
    later = fill(text, retro.ledger, LATER)
    assert "→ **84.6%**" in later.text


def test_a_described_file_keeps_its_description(retro: Plan) -> None:
    text = edited(retro.text, ("`internal/cache/tree.py` - [Purpose]", "`internal/cache/tree.py` - arena for the tree"))
    later = fill(text, retro.ledger, LATER)
    assert "- `internal/cache/tree.py` - arena for the tree" in later.text
    assert "- `internal/cache/evict.py` - [Purpose]" in later.text
    assert "tree_key" not in later.text


def test_a_described_file_that_left_the_diff_stays_and_is_mentioned(retro: Plan) -> None:
    old, new = "`internal/cache/tree_key.py` - [Purpose]", "`internal/cache/tree_key.py` - the keys"
    later = fill(edited(retro.text, (old, new)), retro.ledger, LATER)
    assert new in later.text
    assert mentions(later, "stale", "over")


def test_a_deleted_item_is_not_added_again(retro: Plan) -> None:
    text = edited(retro.text, ("- `internal/cache/tree.py` - [Purpose]\n", ""))
    for after in (AFTER, LATER):
        later = fill(text, retro.ledger, after)
        assert "internal/cache/tree.py`" not in later.text
        assert mentions(later, "kept", "deleted-row")


def test_a_persons_own_item_stays_where_it_is(retro: Plan) -> None:
    own = "- `internal/cache/notes.py` - written by hand\n"
    line = "- `internal/cache/tree.py` - [Purpose]\n"
    later = fill(edited(retro.text, (line, line + own)), retro.ledger, LATER)
    assert own in later.text
    assert mentions(later, "kept", "unmapped-row")


def test_a_renamed_heading_keeps_what_stands_under_it(retro: Plan) -> None:
    text = edited(retro.text, ("### Specific Measurements", "### What we measured"))
    later = fill(text, retro.ledger, LATER)
    assert "- Coverage: 78.4% → 84.6%" in later.text
    assert "- Tests Passing: 118/121 → 146/147" in later.text
    lost = mentions(later, "stale", "lost-place")
    assert any("specific measurements" in one.address for one in lost)


def test_a_person_who_wrote_none_is_not_contradicted_in_writing(retro: Plan) -> None:
    text = edited(blank("retrospective"), ("- `path/to/file.go` - [Why it was removed]", "- None"))
    later = fill(text, Ledger())
    assert "### Files Deleted\n- None\n" in later.text
    assert mentions(later, "kept", "persons-value")


def test_none_is_undone_when_something_was_deleted() -> None:
    quiet = replace(AFTER, files=tuple(one for one in FILES if one.status != "deleted"))
    first = fill(blank("retrospective"), Ledger(), quiet)
    assert "### Files Deleted\n- None\n" in first.text
    later = fill(first.text, first.ledger)
    assert "### Files Deleted\n- `internal/parser/old.py` - [Why it was removed]\n" in later.text
    back = fill(later.text, later.ledger, quiet)
    assert back.text == first.text


def test_a_row_that_a_person_added_and_one_they_deleted(readme: Plan) -> None:
    row = "| Parse large file | 305 ms | +26.0% median (p=0.002, n=6+6) | ✅ |\n"
    text = edited(
        readme.text, (row, row + "| Developer joy | high | a lot | 🎉 |\n"), ("| Coverage | 78.4% | 2026-10-30 |\n", "")
    )
    later = fill(text, readme.ledger, LATER)
    assert "| Developer joy | high | a lot | 🎉 |\n" in later.text
    assert "| Parse large file | 300 ms | +27.2% median (p=0.002, n=6+6) | ✅ |\n" in later.text
    assert later.text.count("| Coverage | ") == 2
    assert mentions(later, "kept", "deleted-row")
    assert mentions(later, "kept", "unmapped-row")


def test_a_row_with_one_persons_value_is_frozen_as_a_whole(readme: Plan) -> None:
    text = edited(readme.text, ("| Coverage | 84.6% | +6.2 pp |", "| Coverage | 84.6% | +7.0 pp |"))
    later = fill(text, readme.ledger, LATER)
    assert "| Coverage | 84.6% | +7.0 pp |" in later.text


def test_a_dressed_up_name_is_still_the_same_row(readme: Plan) -> None:
    text = edited(readme.text, ("| Coverage | 84.6% |", "| **`Coverage`** | 84.6% |"))
    assert "| **`Coverage`** | 86.0% |" in fill(text, readme.ledger, LATER).text


def test_a_formatter_that_pads_tables_changes_nothing_for_us(readme: Plan) -> None:
    text = edited(
        readme.text, ("| Coverage | 84.6% | +6.2 pp |", "| Coverage         | 84.6%  | +6.2 pp                 |")
    )
    later = fill(text, readme.ledger, LATER)
    assert "| Coverage         | 86.0%  | +7.6 pp                 |" in later.text


def test_a_metric_that_was_renamed_is_found_by_its_alias(readme: Plan) -> None:
    first, *others = CONFIG.metric
    renamed = first.model_copy(update={"name": "Parse a large file", "aliases": ("Parse large file",)})
    config = CONFIG.model_copy(update={"metric": (renamed, *others)})
    later = plan(readme.text, builtin(), facts(BEFORE, AFTER, config), readme.ledger)
    assert later.text.count("| Parse a large file | ") == 3
    assert "| Parse large file |" not in later.text


def test_reordered_and_additional_columns_are_found_by_their_headers(readme: Plan) -> None:
    old = "| Metric | Actual | Improvement | Status |\n|--------|--------|-------------|--------|\n"
    new = "| Owner | Status | Metric | Actual | Improvement |\n|---|---|---|---|---|\n"
    text = blank("readme")
    rows = "".join(f"| [Metric {n}] | [Value] | +[XX]% | [✅/⚠️/❌] |\n" for n in (1, 2, 3))
    swapped = "".join(f"| me | [✅/⚠️/❌] | [Metric {n}] | [Value] | +[XX]% |\n" for n in (1, 2, 3))
    filled = fill(edited(text, (old + rows, new + swapped)), Ledger())
    assert "| me | ⚠️ | Coverage | 84.6% | +6.2 pp |\n" in filled.text


def test_a_lost_ledger_makes_every_number_a_persons(retro: Plan) -> None:
    assert not fill(retro.text, Ledger()).changed
    later = fill(retro.text, Ledger(), LATER)
    assert "- Tests Passing: 118/121 → 146/147" in later.text
    assert not any(one.state == "updated" for one in later.fillings)


def test_evidence_that_is_gone_blanks_no_number(retro: Plan) -> None:
    later = fill(retro.text, retro.ledger, snapshot(without=("junit", "coverage", "bench"), files=FILES))
    assert "- Tests Passing: 118/121 → 146/147" in later.text
    assert {one.code for one in later.fillings if one.state == "stale"} == {"no-tests", "no-coverage", "no-metric"}


def test_the_same_section_twice_is_ambiguous_and_only_the_first_is_ours(retro: Plan) -> None:
    text = blank("retrospective")
    start, end = text.index("## Metrics"), text.index("## Discoveries")
    twice = fill(text + "\n" + text[start:end], Ledger())
    assert twice.text.count("- Tests Passing: 118/121 → 146/147") == 1
    assert twice.text.count("- Tests Passing: X/Y → A/B") == 1
    assert mentions(twice, "ambiguous", "ambiguous")


def test_a_quoted_section_in_a_fence_is_not_a_place() -> None:
    text = blank("retrospective")
    start, end = text.index("## Metrics"), text.index("## Discoveries")
    quoted = "```markdown\n" + text[start:end] + "```\n\n"
    filled = fill(text.replace("## Objectives", quoted + "## Objectives", 1), Ledger())
    assert quoted in filled.text
    assert "- Tests Passing: 118/121 → 146/147" in filled.text


def test_a_list_grows_no_further_than_its_limit() -> None:
    many = tuple(change(f"src/module_{n:03}.py", "created") for n in range(120))
    filled = fill(blank("retrospective"), Ledger(), snapshot(files=many))
    assert filled.text.count("- `src/module_") == 50
    assert any("and 70 more" in one.message for one in filled.fillings)
    assert not fill(filled.text, filled.ledger, snapshot(files=many)).changed
