"""Any history of commands, edits, crashes and accidents: what a person wrote stays, and what is ours stays ours."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from faults import shim
from faults.world import CHECK, DOCUMENT, FILL, LEDGER, folder, moments
from journey import Ended

pytestmark = pytest.mark.skipif(bool(shim.missing()), reason=shim.missing())

WHOLE = "FAULTS" in os.environ  # `make faults`
HISTORIES, STEPS = (200, 30) if WHOLE else (6, 10)
CALLS = 80
_PASSED = re.compile("Tests Passing: .+ → (\\S+)/\\S+")
_ADDED = re.compile("(?<=Lines Added: ).+")
_MODIFIED = "- `src/a.py` - [What was changed and why]\n"
_HOLE = "/after.tests.passed"


class History(RuleBasedStateMachine):
    """`words` are what a person wrote into the document and did not take away; `versions` are its committed bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = folder()
        self.world = moments()["fill"].copied(Path(self.folder.name) / "trial")
        self.control = shim.Control(Path(self.folder.name) / "control", [self.world.place])
        self.document, self.ledger = (self.world.project / name for name in (DOCUMENT, LEDGER))
        self.tests, self.remarks = 8, 0
        self.words: set[str] = {"What we set out to do, in our own words.", "The end."}
        self.versions = [(self.text, frozenset(self.words))]
        self.deleted = self.damaged = False

    def teardown(self) -> None:
        self.folder.cleanup()

    @property
    def text(self) -> str:
        return self.document.read_bytes().decode()

    @property
    def said(self) -> str:
        found = _PASSED.search(self.text)
        assert found, self.text
        return found[1]

    @property
    def noted(self) -> str | None:
        """The number of passed tests that is ours, as the ledger has it."""
        if not self.ledger.exists():
            return None
        holes = json.loads(self.ledger.read_bytes())["holes"]
        return next((str(hole["written"]) for name, hole in holes.items() if name.endswith(_HOLE)), None)

    def ran(self, *arguments: str, **variables: str) -> Ended:
        ended = self.world.run(*arguments, **variables)
        assert "Traceback" not in ended.err, ended.err
        assert ended.code in {0, 1, 3, -9}, ended
        return ended

    @rule()
    def fill(self) -> None:
        before, said, noted = self.text, self.said, None if self.damaged else self.noted
        ended = self.ran(*FILL)
        if self.damaged:
            assert ended.code == 3
            assert self.text == before
            return
        assert ended.code == 0, ended
        ours = said in {noted, "A"}
        assert self.said == (str(self.tests) if ours else said)
        assert not ours or self.noted == self.said
        tree = self.world.tree()
        assert self.ran(*FILL).code == 0
        assert self.world.tree() == tree, "filled twice is not filled once"
        checked = self.ran(*CHECK)
        assert checked.code in {0, 1}, checked
        assert "out of date" not in checked.err
        self.versions.append((self.text, frozenset(self.words)))

    @rule(more=st.integers(1, 3))
    def tests_are_written(self, more: int) -> None:
        self.tests += more
        self.world.measured(self.tests, 75)

    @rule()
    def baseline_is_recorded(self) -> None:
        assert self.ran("baseline", "-p", "1", "--force").code == 0

    @rule(outside=st.booleans())
    def a_person_writes(self, outside: bool) -> None:
        self.remarks += 1
        word = f"Remark {self.remarks}." if outside else f"about {self.remarks}000"
        text = self.text
        if outside:
            self.document.write_bytes(text.replace("\nThe end.", f"\n{word}\n\nThe end.").encode())
        else:
            self.words = {one for one in self.words if not one.startswith("about")}
            self.document.write_bytes(_ADDED.sub(word, text).encode())
        self.words.add(word)

    @precondition(lambda self: _MODIFIED in self.text)
    @rule()
    def a_person_deletes_a_row(self) -> None:
        self.document.write_bytes(self.text.replace(_MODIFIED, "").encode())
        self.deleted = True

    @rule(data=st.data())
    def an_older_document_comes_back(self, data: st.DataObject) -> None:
        text, words = data.draw(st.sampled_from(self.versions))
        self.document.write_bytes(text.encode())
        self.words, self.deleted = set(words), False

    @rule(cut=st.booleans())
    def the_ledger_is_lost(self, cut: bool) -> None:
        if self.ledger.exists() and cut:
            self.ledger.write_bytes(self.ledger.read_bytes()[:100])
            self.damaged = True
        else:
            self.ledger.unlink(missing_ok=True)
            self.damaged = False
        self.deleted = False

    @rule(kind=st.sampled_from(shim.FAULTS), at=st.integers(1, CALLS))
    def a_fill_goes_wrong(self, kind: str, at: int) -> None:
        if self.damaged:
            return
        said, noted = self.said, self.noted
        self.control.arm(kind, at)
        ended = self.ran(*FILL, **self.control.variables())
        assert ended.code in {0, 3, -9}, ended
        whole = ended.code == 0
        assert self.ran(*CHECK).code in {0, 1}
        assert (self.said, self.noted) in {(said, noted), self._filled(said, noted)}
        assert not whole or (self.said, self.noted) == self._filled(said, noted)
        assert [name for name in self.world.tree() if "/.pm-" in name or name.startswith("tmp/")] == []

    def _filled(self, said: str, noted: str | None) -> tuple[str, str | None]:
        """Return what a fill makes of the number in the document and the one in the ledger."""
        return (str(self.tests), str(self.tests)) if said in {noted, "A"} else (said, noted)

    @rule()
    def two_fill_at_once(self) -> None:
        if self.damaged:
            return
        both = [self.world.begin(*FILL) for _ in range(2)]
        assert [one.ended().code for one in both] == [0, 0]

    @invariant()
    def nothing_of_a_person_is_lost(self) -> None:
        text = self.text
        assert all(word in text for word in self.words), (self.words, text)
        assert not (self.deleted and _MODIFIED in text)


def test_any_history() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=HISTORIES, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks
        ),
    )
