"""Marks in a document: what they hide, what they bind, and what is wrong with them."""

from __future__ import annotations

import pytest

from measured import facts
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.plan import Plan, plan
from phasemetrics.errors import Refusal
from phasemetrics.templates import builtin

LINES = "- Coverage: X% → Y%\n"


def run(text: str, ledger: Ledger | None = None) -> Plan:
    return plan(text, builtin(), facts(), ledger or Ledger())


def test_what_is_off_is_left_alone_and_what_is_on_again_is_filled() -> None:
    text = (
        "## Metrics\n### Specific Measurements\n<!-- phasemetrics:off -->\n- Coverage: X% → Y%\n\n"
        "## Not even a heading\n<!-- phasemetrics:on -->\n\n"
        "## Metrics\n### Specific Measurements\n- Lines Added: X\n"
    )
    filled = run(text)
    assert filled.text == text.replace("Lines Added: X", "Lines Added: 557")
    assert not run(filled.text, filled.ledger).changed


def test_a_mark_inside_a_fence_is_text() -> None:
    text = f"```\n<!-- phasemetrics:off -->\n```\n## Metrics\n### Specific Measurements\n{LINES}"
    assert run(text).text == text.replace("X% → Y%", "78.4% → 84.6%")


@pytest.mark.parametrize(
    "named", ["Specific Measurements", "Metrics / specific measurements", "**Specific Measurements**"]
)
def test_a_mark_binds_the_next_block_to_a_heading_of_a_template(named: str) -> None:
    text = f"## Numbers of ours\n<!-- phasemetrics:as {named} -->\n\n{LINES}- Lines Added: X\n\n- Files Modified: Y\n"
    filled = run(text)
    assert filled.text == text.replace("X% → Y%", "78.4% → 84.6%").replace("Added: X", "Added: 557")
    assert not run(filled.text, filled.ledger).changed


def test_a_mark_binds_a_whole_table_and_a_whole_fence() -> None:
    text = (
        "## Speed\n<!-- phasemetrics:as Actual (Phase 3 Results) -->\n"
        "| Metric | Actual | Improvement | Status |\n|---|---|---|---|\n"
        "| [Metric 1] | [Value] | +[XX]% | [✅/⚠️/❌] |\n\n"
        "## Run\n<!-- phasemetrics:as Testing Impact/Test Results -->\n```\n"
        "After: A passed, B failed, C skipped\n```\n"
    )
    filled = run(text)
    assert "| Parse large file | 305 ms |" in filled.text
    assert "After: 146 passed, 0 failed, 1 skipped" in filled.text


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("<!-- phasemetrics:off -->\n- x\n", 1, "never on again"),
        ("- x\n\n<!-- phasemetrics:on -->\n", 3, "nothing was off"),
        ("<!-- phasemetrics:off -->\n\n<!-- phasemetrics:off -->\n", 3, "off since line 1"),
        ("<!-- phasemetrics:of -->\n", 1, "no mark `phasemetrics:of`; did you mean `off`?"),
        ("<!-- phasemetrics:as Specific Measurement -->\n- x\n", 1, "did you mean `specific measurements`?"),
        ("<!-- phasemetrics:as -->\n- x\n", 1, "no template has a heading ''"),
        ("<!-- phasemetrics:as Specific Measurements -->\n\n## H\n", 1, "nothing stands under it"),
    ],
)
def test_a_mark_that_cannot_be_followed_is_refused(text: str, line: int, said: str) -> None:
    with pytest.raises(Refusal) as caught:
        run(text)
    assert (caught.value.code, caught.value.line) == ("bad-marker", line)
    assert said in str(caught.value)
