"""Measures, while the tests run, which branches of the modules that keep people's files safe no test takes."""

from __future__ import annotations

import importlib
import os
import re
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

HERE = Path(__file__).parent
ROOT = HERE.parent
DATA = ROOT / "build" / "safety"
# Only they are traced, in this process: tracing all tests would take a quarter longer.
TRACED = re.compile(
    r"test_(collect_\w+|git\w*|branches_\w+|xml_guard|json_guard|transaction|faults|guard|stores?|snapshot|manifests"
    r"|junit_attributes|outline|limits|scratch|output|odd_places|privilege|ledger|escaping)\.py"
)
# Ten thousand times the same lines, which other tests take as well.
SWEEPS = re.compile(r"test_(every_call_fails|the_settling_fails|an_edit_before|any_history|what_was_refused|a_save_at)")


class Safety:
    """A plugin of pytest: traces some tests, and fails the run when a branch was not taken."""

    def __init__(self) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        if not worker:
            shutil.rmtree(DATA, ignore_errors=True)
            DATA.mkdir(parents=True)
        self.worker = bool(worker)
        self.coverage = Coverage(str(DATA / f"data.{worker or 'main'}"), config_file=str(HERE / "safety.coveragerc"))
        self.tracing = False
        self.report = ""

    def trace(self, wanted: bool) -> None:
        """Begin to trace, or stop."""
        if wanted != self.tracing:
            self.tracing = wanted
            (self.coverage.start if wanted else self.coverage.stop)()

    def import_all(self) -> None:
        """Import what is measured while it is traced: the lines of a module are run once."""
        self.trace(True)
        patterns = self.coverage.get_option("run:include")
        assert isinstance(patterns, list)
        for path in (path for pattern in patterns for path in sorted(ROOT.glob(pattern))):
            name = path.relative_to(ROOT).with_suffix("").parts[1:]
            importlib.import_module(".".join(name).removesuffix(".__init__"))

    def pytest_collection_finish(self) -> None:
        """Stop: the modules are imported."""
        self.trace(False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        """Trace the test if it is one of those."""
        self.trace(TRACED.fullmatch(item.path.name) is not None and SWEEPS.match(item.name) is None)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[Any]:
        """Add up what all processes traced, once they are done, and count what is missing as a failure."""
        done = yield
        self.trace(False)
        self.coverage.save()
        if not self.worker and self._missing():
            session.testsfailed += 1
        return done

    def _missing(self) -> bool:
        whole = Coverage(str(DATA / "data"), config_file=str(HERE / "safety.coveragerc"))
        whole.combine([str(DATA)])
        text = StringIO()
        found = whole.report(file=text, show_missing=True, skip_covered=True)
        self.report = text.getvalue() if found < 100 else ""
        return bool(self.report)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say which branches no test takes."""
        if self.report:
            terminalreporter.section("branches of the safety modules that no test takes", red=True)
            terminalreporter.write(self.report)


def _running() -> Safety | None:
    if "SAFETY" not in os.environ:
        return None
    running = Safety()
    running.import_all()
    return running


RUNNING = _running()  # as this is imported: before anything else imports what is measured
