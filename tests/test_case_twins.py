"""Two items whose names differ in case only, or not at all: each has a row of its own, or is refused."""

from __future__ import annotations

import pytest

from measured import change, facts, snapshot
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.plan import plan
from phasemetrics.templates import builtin

LIST = "# Phase: P\n\n## Code Changes\n### Files Created\n- `path/to/file.go` - [Purpose]\n"


@pytest.mark.parametrize("order", [("src/Tree.py", "src/tree.py"), ("src/tree.py", "src/Tree.py")])
def test_paths_that_differ_in_case_are_two_items(order: tuple[str, str]) -> None:
    first = snapshot(files=tuple(change(path, "created") for path in sorted(order)))
    filled = plan(LIST, builtin(), facts(after=first), Ledger())
    rows = [line for line in filled.text.splitlines() if line.startswith("- `")]
    assert rows == ["- `src/Tree.py` - [Purpose]", "- `src/tree.py` - [Purpose]"]
    gone = snapshot(files=(change(order[0], "created"),))
    less = plan(filled.text, builtin(), facts(after=gone), filled.ledger)
    assert [line for line in less.text.splitlines() if line.startswith("- `")] == [f"- `{order[0]}` - [Purpose]"]
    more = plan(less.text, builtin(), facts(after=first), less.ledger)
    assert sorted(line for line in more.text.splitlines() if line.startswith("- `")) == rows
