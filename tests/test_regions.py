"""What `<!-- phasemetrics:trend … -->` asks for: written under it, kept up to date, never over a person's words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journey import phasemetrics, succeed
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.regions import END
from phasemetrics.document.resetting import plan_reset
from phasemetrics.errors import Refusal
from phasemetrics.value import Value, absent

MARK = "<!-- phasemetrics:trend coverage.lines -->"
CHART = "```mermaid\nxychart-beta\n    line [1, 2]\n```\n\n| | P1 | P2 |\n|---|---:|---:|\n| `a` | 1 | 2 |\n"
LATER = CHART.replace("2", "3")


def planned(text: str, trend: str | None = CHART, ledger: Ledger | None = None) -> Plan:
    value = Value(trend) if trend is not None else absent("no-trend", "nothing was recorded")
    return plan(text, [], {"trends": lambda _: value}, ledger or Ledger())


def states(one: Plan) -> list[str]:
    return [filling.state for filling in one.fillings]


def test_a_mark_alone_is_an_invitation() -> None:
    first = planned(f"Before.\n{MARK}\nafter\n")
    assert first.text == f"Before.\n{MARK}\n\n{CHART}\n{END}\nafter\n"
    assert states(first) == ["filled"]
    again = planned(first.text, ledger=first.ledger)
    assert (again.changed, states(again)) == (False, ["agrees"])
    later = planned(first.text, LATER, first.ledger)
    assert later.text == first.text.replace(CHART, LATER)
    assert states(later) == ["updated"]


@pytest.mark.parametrize(
    "text", [MARK, f"{MARK}\n", f"{MARK}\n{END}", f"x\n\n{MARK}\n\n\n{END}\n\ny", f"<div>\n\n{MARK}\n"]
)
def test_wherever_the_document_ends(text: str) -> None:
    first = planned(text)
    assert first.text.count(END) == 1
    assert first.text.partition(MARK)[0] == text.partition(MARK)[0]
    assert first.text.endswith("\n") == text.endswith("\n")
    gone = plan_reset(first.text, [], first.ledger)
    assert gone.text.split() == (text if END in text else text.replace(MARK, f"{MARK}\n{END}")).split()
    assert planned(gone.text, ledger=gone.ledger).text.count(CHART) == 1


def test_line_endings_are_those_of_the_document() -> None:
    first = planned(f"a\r\n{MARK}\r\nb")
    assert re.findall(r"(?<!\r)\n", first.text) == []
    assert not planned(first.text, ledger=first.ledger).changed


def test_what_a_formatter_does_is_no_edit() -> None:
    first = planned(f"{MARK}\n")
    padded = first.text.replace("| | P1 | P2 |", "|     |  P1 |  P2 |").replace(
        "|---|---:|---:|", "| --- | --: | --: |"
    )
    assert states(planned(padded, ledger=first.ledger)) == ["agrees"]
    assert planned(padded, LATER, first.ledger).text == first.text.replace(CHART, LATER)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("| 1 |", "| 9 |"),
        lambda text: text.replace(END, f"My words.\n{END}"),
        lambda text: text.replace(END, ""),
        lambda text: text.replace(CHART, ""),
        lambda text: text.partition(MARK)[0] + MARK,
    ],
)
def test_what_a_person_changed_or_took_away_stays(change: object) -> None:
    first = planned(f"a\n\n{MARK}\n")
    text = change(first.text)  # type: ignore[operator]
    later = planned(text, LATER, first.ledger)
    assert (later.text, states(later)) == (text, ["kept"])
    assert plan_reset(text, [], first.ledger).text == text


def test_what_a_person_put_between_the_marks_stays() -> None:
    text = f"{MARK}\n\nMy own chart.\n\n{END}\n"
    assert (planned(text).text, states(planned(text))) == (text, ["kept"])
    same = f"{MARK}\n{CHART}\n{END}\n"
    assert states(planned(same)) == ["agrees"]


def test_nothing_recorded_is_said_and_nothing_is_blanked() -> None:
    text = f"{MARK}\n"
    assert (planned(text, None).text, states(planned(text, None))) == (text, ["unfilled"])
    first = planned(text)
    assert (planned(first.text, None, first.ledger).text, states(planned(first.text, None, first.ledger))) == (
        first.text,
        ["stale"],
    )


def test_the_same_twice_is_written_once() -> None:
    first = planned(f"{MARK}\n\ntext\n\n{MARK}\n")
    assert states(first) == ["filled", "ambiguous"]
    assert first.text.count("mermaid") == 1


def test_what_is_ours_is_no_place_of_a_template_and_no_claim(project: Path) -> None:
    name = "docs/phases/README_PHASE3.md"
    document = project / name
    text = document.read_text("utf-8")
    document.write_text(f"{text.rstrip()}\n\n{MARK.replace('coverage.lines', 'tests.passed')}\n", "utf-8")
    ended = succeed(project, "fill", "-p", "3")
    assert "filled" in ended.err or "wrote 1" in ended.err
    written = document.read_text("utf-8").partition(MARK[:24])[2]
    assert "| | P3 | change |" in written
    succeed(project, "check", "-p", "3")
    document.write_text(document.read_text("utf-8").replace("| – |", "| 7 |"), "utf-8")
    assert "kept[persons-value]" in succeed(project, "fill", "-p", "3").err + succeed(project, "fill", "-p", "3").out


def test_phases_before_this_one_are_its_trend(project: Path) -> None:
    phases = project / ".phasemetrics/phases"
    for phase, covered in (("1", 10), ("2", 12), ("4", 99)):
        end = (phases / "3/end.json").read_text("utf-8")
        (phases / phase).mkdir(exist_ok=True)
        end = re.sub(r'("tests.passed": .*"value": )\d+', rf"\g<1>{covered}", end)
        (phases / phase / "end.json").write_text(end, "utf-8")
    document = project / "docs/phases/RETRO_3.md"
    document.write_text(f"{document.read_text('utf-8')}\n{MARK.replace('coverage.lines', 'tests.passed')}\n", "utf-8")
    succeed(project, "fill", "-p", "3")
    written = document.read_text("utf-8").partition("phasemetrics:trend")[2]
    assert "| | P1 | P2 | P3 | change |" in written
    row = next(line for line in written.splitlines() if line.startswith("| `"))
    assert row.startswith("| `Tests passing` | 10 | 12 | ")
    line = document.read_text("utf-8").splitlines().index(row) + 1
    assert (
        "from .phasemetrics/phases"
        in succeed(project, "show", "-p", "3", "docs/phases/RETRO_3.md", "--line", str(line)).out
    )
    assert "99" not in row
    assert phasemetrics(project, "check", "-p", "3").code == 0
    # A record that changes afterwards is seen.
    changed = (phases / "1/end.json").read_text("utf-8")
    (phases / "1/end.json").write_text(re.sub(r'("tests.passed": .*"value": )\d+', r"\g<1>11", changed), "utf-8")
    assert phasemetrics(project, "check", "-p", "3").code == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!-- phasemetrics:trend -->\n", "names no metric"),
        (f"{END}\n", "ends what was never begun"),
        (f"{MARK}\n{END}\n{END}\n", "ends what was never begun"),
        (f"- item\n\n  {MARK}\n", "inside of another block"),
        (f"> {MARK}\n", "inside of another block"),
        (f"<div>\n{MARK}\n<b>x</b>\n</div>\n", "inside of another block"),
        (f"<pre>\n{MARK}\n", "inside of another block"),
        (f"<script>\n\n{MARK}\n\n{END}\n", "inside of another block"),
        (f"<details>\n{MARK}\n\u00a0\nx\n</details>\n", "inside of another block"),
        (f"{MARK.replace('trend', 'trends')}\n", "did you mean `trend`?"),
    ],
)
def test_a_mark_that_cannot_be_followed_is_refused(text: str, said: str) -> None:
    with pytest.raises(Refusal) as refusal:
        planned(text)
    assert refusal.value.code == "bad-marker"
    assert said in f"{refusal.value.message} {refusal.value.mend}"


def test_marks_that_are_off_or_in_a_fence_are_words() -> None:
    for text in (f"```\n{MARK}\n```\n", f"<!-- phasemetrics:off -->\n{MARK}\n{END}\n<!-- phasemetrics:on -->\n"):
        assert (planned(text).text, states(planned(text))) == (text, [])


PIECES = st.sampled_from(
    [
        *(
            "text",
            "",
            "  ",
            "\u00a0",
            "# Title",
            "- item",
            "  more",
            "> quote",
            "1. one",
            "***",
            "[a]: b",
            "Setext",
            "---",
        ),
        *("| a |", "|---|", "```", "    code", "<details>", "</details>", "<!-- open", "-->", "<pre>", "</pre>"),
        *("<b>", "<?php"),
    ]
)
TRENDS = st.lists(st.integers(0, 99), min_size=1, max_size=3).map(
    lambda numbers: "\n".join(["```mermaid", "x", "```", "", "| a |", "|---|", *(f"| {one} |" for one in numbers)])
)


@given(st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=8), st.sampled_from(["\n", "\r\n"]), TRENDS, TRENDS)
def test_laws_wherever_a_mark_stands(above: list[str], below: list[str], eol: str, one: str, other: str) -> None:
    before, after = eol.join([*above, ""]), eol.join(["", *below])
    text = before + MARK + after
    try:
        first = planned(text, one)
    except Refusal:
        return  # inside of another block
    assume(states(first) == ["filled"])  # else it stands in a fence or in code, and is words
    assert first.text.startswith(before + MARK)
    assert first.text.endswith(END + after)
    assert planned(first.text, one, first.ledger).text == first.text
    second = planned(first.text, other, first.ledger)
    direct = planned(text, other)
    assert (second.text, second.ledger) == (direct.text, direct.ledger)
    gone = plan_reset(second.text, [], second.ledger)
    assert gone.text == before + MARK + (eol if eol in before + after else "\n") + END + after
