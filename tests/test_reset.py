"""A filled document becomes the blank one of the next phase: our numbers go back, what people wrote stays."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everything import EVERYTHING, WHOLE, WHOLE_LATER, everything
from measured import AFTER, BEFORE, FILES, LATER, change, facts
from phasemetrics.document.ledger import Entry, Ledger, dumps, loads
from phasemetrics.document.markdown import decode, encode, parse
from phasemetrics.document.ownership import Filling
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.resetting import plan_reset
from phasemetrics.document.template import Template
from phasemetrics.errors import Refusal
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.model import FileStatus, PathCount, Phase, Snapshot
from phasemetrics.scaffolding import nothing_known
from phasemetrics.templates import builtin
from test_laws import FACTS, TEMPLATES, documents, made
from test_laws import Made as Mutated
from test_seeds import DRESSES, NUMBERS, SEEDS, seed

BLANKS = {template.name: template.blank(nothing_known()) for template in builtin()}
LINE = "- `internal/cache/tree.py` - [Purpose]"


def filled(text: str, *sides: Snapshot, templates: tuple[Template, ...] = TEMPLATES) -> Plan:
    """Fill one after the other."""
    done = plan(text, templates, facts(BEFORE, sides[0]), Ledger())
    for after in sides[1:]:
        done = plan(done.text, templates, facts(BEFORE, after), done.ledger)
    return done


def reset(done: Plan, *changes: tuple[str, str], templates: tuple[Template, ...] = TEMPLATES) -> Plan:
    """Reset what a person changed after it was filled."""
    text = done.text
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return plan_reset(text, templates, done.ledger)


def kept(planned: Plan) -> list[Filling]:
    return [one for one in planned.fillings if one.state != "updated"]


@pytest.fixture(name="retro", scope="module")
def _retro() -> Plan:
    return filled(BLANKS["retrospective"], AFTER)


@pytest.fixture(name="readme", scope="module")
def _readme() -> Plan:
    return filled(BLANKS["readme"], AFTER)


# What nobody touched goes back, byte for byte


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the corpus is not beside this checkout")
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("dress", DRESSES)
def test_a_seed_that_was_filled_twice_goes_back_in_every_dress(number: str, dress: str) -> None:
    text = decode(DRESSES[dress](seed(number)), "seed")
    done = plan(text, TEMPLATES, everything(), Ledger())
    later = plan(done.text, TEMPLATES, everything(BEFORE, WHOLE_LATER), done.ledger)
    assert done.changed
    for one in (done, later):
        back = plan_reset(one.text, TEMPLATES, one.ledger)
        assert encode(back.text) == encode(text)
        assert not back.ledger.entries
        assert not kept(back)
    assert plan(text, TEMPLATES, everything(), back.ledger).text == done.text


@pytest.mark.parametrize("kind", sorted(BLANKS))
def test_a_new_document_goes_back_to_the_blank_template(kind: str) -> None:
    known = facts_of(Phase("3", None, None), EVERYTHING, "nothing is measured yet")
    done = plan(BLANKS[kind], TEMPLATES, known, Ledger())
    assert plan_reset(done.text, TEMPLATES, done.ledger).text == BLANKS[kind]
    whole = plan(done.text, TEMPLATES, everything(BEFORE, WHOLE), done.ledger)
    assert whole.text != BLANKS[kind]
    assert plan_reset(whole.text, TEMPLATES, whole.ledger).text == BLANKS[kind]


_law = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@_law
@given(documents, st.lists(st.sampled_from(sorted(FACTS)), min_size=1, max_size=3))
def test_whatever_the_document_a_reset_undoes_every_fill(document: Mutated, names: list[str]) -> None:
    text, ledger = made(*document)
    done = plan(text, TEMPLATES, FACTS[names[0]], ledger)
    for name in names[1:]:
        done = plan(done.text, TEMPLATES, FACTS[name], done.ledger)
    back = plan_reset(done.text, TEMPLATES, done.ledger)
    if not ledger.entries:
        assert back.text == text
    again = plan_reset(back.text, TEMPLATES, back.ledger)
    assert (again.text, again.ledger) == (back.text, back.ledger)
    old, new = ([encode(t[line.start : line.end]) for line in parse(t).lines] for t in (done.text, back.text))
    touched = {one.line for one in back.fillings if one.state == "updated"}
    for tag, first, last, _, _ in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag in {"replace", "delete"}:
            assert set(range(first + 1, last + 1)) <= touched


PATHS: list[tuple[str, FileStatus]] = [
    *((path, "created") for path in ("src/a.py", "src/b.py", "docs/a.md", "docs/b.md", "docs/c.md", "tests/test_a.py")),
    *((path, "modified") for path in ("src/m.py", "src/n.py", "tests/test_m.py")),
    *((path, "deleted") for path in ("src/x.py", "src/y.py")),
]
ENDS = st.builds(
    lambda paths, modules: replace(
        AFTER,
        files=tuple(change(path, status) for path, status in sorted(paths)),
        coverage=tuple(PathCount(f"parser/{name}.py", 91, 100) for name in sorted(modules)),
    ),
    st.sets(st.sampled_from(PATHS)),
    st.sets(st.sampled_from("abcdef")),
)


LIST_AT_THE_END = BLANKS["retrospective"].partition("\n\n### Files Modified")[0]


@_law
@given(
    st.sampled_from([BLANKS["readme"], BLANKS["retrospective"], LIST_AT_THE_END]),
    st.lists(ENDS, min_size=2, max_size=4),
)
def test_rows_that_came_and_went_leave_no_trace(text: str, sides: list[Snapshot]) -> None:
    done = filled(text, *sides)
    assert plan_reset(done.text, TEMPLATES, done.ledger).text == text
    # No placeholder row was lost on the way: as many lines as if only the last of them had ever been there.
    assert len(done.text.split("\n")) == len(filled(text, sides[-1]).text.split("\n"))


# What people did stays


def test_a_persons_number_stays_and_is_named(retro: Plan) -> None:
    back = reset(retro, ("→ 84.6%", "→ 85.3%"))
    assert "- Coverage: X% → 85.3%\n" in back.text
    (said,) = kept(back)
    assert (said.state, said.code, said.line) == ("kept", "persons-value", 32)
    assert "'85.3%'" in said.message
    assert "'84.6%'" in said.message


def test_a_number_that_belongs_to_a_persons_stays_with_it(retro: Plan) -> None:
    back = reset(retro, ("118/121", "118/120"))
    assert "- Tests Passing: 118/120 → A/B\n" in back.text
    assert {one.code for one in kept(back)} == {"persons-value", "persons-record"}


def test_words_that_were_added_after_a_number_stay(retro: Plan) -> None:
    back = reset(retro, ("→ 84.6%", "→ 84.6% (generated code excluded)"))
    assert "- Coverage: X% → Y% (generated code excluded)\n" in back.text
    again = plan(back.text, TEMPLATES, facts(), back.ledger)
    assert "- Coverage: 78.4% → 84.6% (generated code excluded)\n" in again.text


def test_a_name_that_a_person_gave_the_phase_stays_and_its_number_goes(readme: Plan) -> None:
    back = reset(readme, ("# Phase 3: Incremental parser\n", "# Phase 3: Parsing, again\n"))
    assert back.text.startswith("# Phase [X]: Parsing, again\n")


def test_a_described_row_stays_and_the_others_make_way(retro: Plan) -> None:
    back = reset(retro, (LINE, LINE.replace("[Purpose]", "arena for the tree")))
    start = back.text.index("### Files Created\n")
    created = back.text[start:].split("\n\n")[0]
    assert created == (
        "### Files Created\n- `path/to/file.go` - [Purpose]\n- `internal/cache/tree.py` - arena for the tree"
    )
    assert [one.code for one in kept(back)] == ["described-row"]


def test_where_every_row_was_described_a_placeholder_row_stands_below_them(retro: Plan) -> None:
    text = "".join(
        line.replace("[Purpose]", "needed") if line.startswith("- `") else line
        for line in retro.text.splitlines(keepends=True)
    )
    back = plan_reset(text, TEMPLATES, retro.ledger)
    created = back.text[back.text.index("### Files Created\n") :].split("\n\n")[0].split("\n")
    assert created[-1] == "- `path/to/file.go` - [Purpose]"
    assert len(created) > 2
    assert all(line.endswith(" - needed") for line in created[1:-1])
    later = plan(back.text, TEMPLATES, facts(BEFORE, LATER), back.ledger)
    assert "- `internal/cache/evict.py` - [Purpose]\n" in later.text


def test_after_a_reset_a_row_that_stayed_is_a_persons(retro: Plan) -> None:
    described = LINE.replace("[Purpose]", "arena for the tree")
    back = reset(retro, (LINE, described))
    gone = replace(LATER, files=tuple(one for one in FILES if one.path != "internal/cache/tree.py"))
    later = plan(back.text, TEMPLATES, facts(BEFORE, gone), back.ledger)
    assert described in later.text
    assert [one.code for one in later.fillings if "tree.py" in one.old] == ["unmapped-row"]


def test_a_row_of_a_persons_own_stays(retro: Plan) -> None:
    own = "- `internal/cache/notes.py` - written by hand"
    back = reset(retro, (LINE, f"{LINE}\n{own}"))
    assert own in back.text
    assert "tree.py" not in back.text
    assert [one.code for one in kept(back)] == ["unmapped-row"]


def test_a_deleted_row_does_not_take_the_placeholder_row_with_it(retro: Plan) -> None:
    first = next(line for line in retro.text.split("### Files Created\n")[1].splitlines(keepends=True))
    back = reset(retro, (first, ""))
    assert back.text == BLANKS["retrospective"]


def test_a_table_row_with_a_persons_cell_stays_whole(readme: Plan) -> None:
    back = reset(readme, ("| Coverage | 84.6% | +6.2 pp |", "| Coverage | 84.6% | +7.0 pp |"))
    assert "| Coverage | 84.6% | +7.0 pp | ⚠️ |\n| [Metric 3] | [Value] | +[XX]% | [✅/⚠️/❌] |\n" in back.text
    assert [one.code for one in kept(back)] == ["described-row"]


def test_a_row_that_a_person_named_keeps_its_name(readme: Plan) -> None:
    text = BLANKS["readme"].replace("| [Metric 1] | [Value] | +[XX]% |", "| Coverage | [Value] | +[XX]% |")
    back = plan_reset(*_after(filled(text, AFTER)))
    assert back.text == text


def _after(done: Plan) -> tuple[str, tuple[Template, ...], Ledger]:
    return done.text, TEMPLATES, done.ledger


def test_names_that_differ_in_case_only_are_different_rows() -> None:
    both = replace(AFTER, files=(change("Makefile", "created"), change("makefile", "created")))
    done = filled(BLANKS["retrospective"], both)
    assert "- `Makefile` - [Purpose]\n- `makefile` - [Purpose]\n" in done.text
    assert plan_reset(*_after(done)).text == BLANKS["retrospective"]


def test_a_heading_with_a_persons_words_gets_its_placeholder_back() -> None:
    done = plan(BLANKS["implementation-guide"], TEMPLATES, everything(), Ledger())
    back = reset(done, ("### 1. Tree\n", "### 1. Tree (the hard part)\n"))
    assert "### 1. [Component Name] (the hard part)\n" in back.text


def test_a_tick_of_ours_is_taken_away_and_a_persons_stays() -> None:
    done = plan(BLANKS["plan"], TEMPLATES, everything(), Ledger())
    assert "- [x] **Unit Tests**" in done.text
    back = reset(done, ("- [ ] **Scalability**", "- [x] **Scalability**"))
    assert back.text == BLANKS["plan"].replace("- [ ] **Scalability**", "- [x] **Scalability**")


def test_none_becomes_the_placeholder_row_again() -> None:
    quiet = replace(AFTER, files=tuple(one for one in FILES if one.status != "deleted"))
    done = filled(BLANKS["retrospective"], quiet)
    assert "### Files Deleted\n- None\n" in done.text
    assert plan_reset(*_after(done)).text == BLANKS["retrospective"]


def test_a_none_that_a_person_wrote_stays() -> None:
    text = BLANKS["retrospective"].replace("- `path/to/file.go` - [Why it was removed]", "- None")
    assert plan_reset(*_after(filled(text, AFTER))).text == text


def test_what_is_not_found_any_more_stays_in_the_ledger(retro: Plan) -> None:
    back = reset(retro, ("### Specific Measurements", "### What we measured"))
    assert "- Coverage: 78.4% → 84.6%\n" in back.text
    lost = [one for one in back.fillings if one.code == "lost-place"]
    assert {one.address for one in lost} == set(back.ledger.entries)
    assert any("specific measurements" in one.address for one in lost)


def test_without_a_ledger_nothing_is_ours(retro: Plan) -> None:
    back = plan_reset(retro.text, TEMPLATES, Ledger())
    assert not back.changed
    assert not [one for one in back.fillings if one.state == "updated"]


# Blanks


TABLE = """# T

## Numbers

| Name | A | B |
|---|---|---|
| Tests | {{ before.tests.passed | hole("?") }} | {{ after.tests.passed | hole("?") }} |
| Lines | {{ before.coverage.total | hole("?") }} | {{ after.coverage.total | hole("?") }} |

## Result

```
Passed   {{ after.tests.passed | hole("[n]") }}   of   {{ after.tests.total | hole("[number]") }}   today
```
"""


def own() -> tuple[Template, ...]:
    return (Template("own", TABLE, "own.md.j2"),)


@pytest.mark.parametrize("cells", ["|||", "| ||", "|  | |", "|   |      |", "|\t|\t\t|", "| ? |?|"])
def test_an_empty_cell_is_empty_again_to_the_blank(cells: str) -> None:
    text = f"# T\n\n## Numbers\n\n| Name | A | B |\n|---|---|---|\n| Tests {cells}\n| Lines {cells}\n"
    done = filled(text, AFTER, LATER, templates=own())
    assert re.search(r"Tests \|\s118\s+\|\s?150\s*\|\n", done.text)
    assert reset(done, templates=own()).text == text


def test_a_padded_table_is_emptied_without_a_reformat() -> None:
    text = "# T\n\n## Numbers\n\n| Name | A | B |\n|---|---|---|\n| Tests |  |  |\n"
    done = filled(text, AFTER, templates=own())
    back = reset(done, ("| 118 | 146 |", "| 118    | 146    |"), templates=own())
    assert "| Tests |     |     |\n" in back.text


@pytest.mark.parametrize(
    "line",
    [
        "[n]   of   [number]   today",
        "[n]  of  [number]  today",
        "[n]\tof   [number] \t today",
        "[n]      of   [number]  today",
    ],
)
def test_columns_in_a_fence_come_back_where_they_were(line: str) -> None:
    text = f"# T\n\n## Result\n\n```\nPassed   {line}\n```\n"
    wide = replace(AFTER, metrics={**AFTER.metrics, "tests.total": replace(AFTER.metrics["tests.total"], value=10**9)})
    done = filled(text, wide, AFTER, templates=own())
    assert re.search(r"Passed   146\s+of\s+147\s+today\n", done.text)
    assert done.text == filled(text, AFTER, templates=own()).text
    assert reset(done, templates=own()).text == text


# The ledger


def test_an_added_row_is_marked_and_an_older_ledger_is_read() -> None:
    ledger = Ledger({"a/[x]/row": Entry("- [x]", "- x", added=True), "b": Entry("X", "1")})
    written = dumps(ledger)
    assert written.count(b"added") == 1
    assert loads(written, "ledger") == ledger
    older = loads(b'{"schema": 1, "holes": {"a": {"placeholder": "X", "written": "1"}}}', "ledger")
    assert older.entries == {"a": Entry("X", "1")}
    with pytest.raises(Refusal, match="cannot be"):
        loads(b'{"schema": 1, "holes": {"a": {"placeholder": "X", "written": "1", "added": 1}}}', "ledger")
