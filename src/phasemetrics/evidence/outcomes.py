"""What the test reports of one end of a phase came to: counts, words, time, and the suites."""

from __future__ import annotations

from collections.abc import Mapping
from glob import has_magic

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import OUTCOMES, Metric, TestCount
from phasemetrics.evidence.paths import in_suite
from phasemetrics.evidence.side import Side
from phasemetrics.settings import SUITES, Config, SuiteTable
from phasemetrics.value import Origin, Value, absent


def test_facts(side: Side) -> dict[str, Value]:
    """Return every fact that a template may name as `tests.…` of one side."""
    names = ("total", "passed", "failed", "errors", "skipped", "xfailed", "xpassed", "flaky")
    words = ("duration", "passed_words", "failed_words", "skipped_words", "summary")
    metrics = side.snapshot.metrics if side.snapshot else {}
    if not ran(side):
        return dict.fromkeys((*names, *words), no_tests(side))
    origin = side.origin("junit")
    values = {name: counted(metrics, f"tests.{name}", origin) for name in names}
    values["duration"] = _duration(side, origin)
    missing = next((values[name] for name in names[:5] if values[name].text is None), None)
    return values | (dict.fromkeys(words[1:], missing) if missing else _test_words(metrics, origin))


def ran(side: Side) -> bool:
    """Return whether at least one test case was reported."""
    total = side.snapshot.metrics.get("tests.total") if side.snapshot else None
    return total is not None and total.value > 0


def counted(metrics: Mapping[str, Metric], name: str, origin: Origin | None) -> Value:
    """Return a count of the snapshot as a value."""
    if name not in metrics:
        return absent("no-metric", f"{name} was not measured", "`phasemetrics collect` prints what there is")
    return Value(str(int(metrics[name].value)), origin)


def _test_words(metrics: Mapping[str, Metric], origin: Origin | None) -> dict[str, Value]:
    count = {outcome: int(metrics[f"tests.{outcome}"].value) for outcome in OUTCOMES if f"tests.{outcome}" in metrics}
    others = [f"{count[name]} {name}" for name in ("xfailed", "xpassed") if count.get(name)]
    note = f"the report also counts {' and '.join(others)}" if others else ""
    broken = f"{count['errors']} error{'s' if count['errors'] != 1 else ''}"
    bad = [f"{count['failed']} failed"] * bool(count["failed"]) + [broken] * bool(count["errors"])
    return {
        "passed_words": Value(f"{count['passed']} passed", origin, note=note),
        # A line that says "0 failed" over a run with errors would be true and still mislead.
        "failed_words": Value(f"{broken} and " * bool(count["errors"]) + f"{count['failed']} failed", origin),
        "skipped_words": Value(f"{count['skipped']} skipped", origin),
        "summary": Value(", ".join([*bad, f"{count['passed']} passed"]), origin, note=note),
    }


def no_tests(side: Side) -> Value:
    """Return why there are no tests."""
    if side.snapshot is None:
        return side.missing
    if "tests.total" in side.snapshot.metrics:
        return absent("zero-tests", "the report holds no test case", "run them again, and look at what was collected")
    mend = "write one with `pytest --junitxml=build/junit.xml` and name it: --junit"
    return absent("no-tests", "no test report was read", mend)


def _duration(side: Side, origin: Origin | None) -> Value:
    metrics = side.snapshot.metrics if side.snapshot else {}
    sum_only = "the sum over the test cases; the report has no wall time"
    for name, note in (("tests.wall", ""), ("tests.duration", sum_only)):
        if name in metrics:
            return Value(f"{metrics[name].value:.2f}s", origin, note=note)
    return absent("no-duration", "the report gives no time that can be believed")


def suite_facts(after: Side, config: Config) -> dict[str, dict[str, Value]]:
    """Return the `path` and the `glob` of every suite, and the `total` of test cases in its path."""
    found = {}
    for name in dict.fromkeys((*SUITES, *config.suite)):
        table = config.suite.get(name)
        why = absent("no-suite", f"the configuration does not say where suite {name!r} lies", _mend(name))
        path = why if table is None else Value(visible(table.path))
        cases = _cases(after, name, table.path if table else None)
        total = cases if isinstance(cases, Value) else Value(str(cases.total), after.origin("junit"))
        found[name] = {"path": path, "glob": why if table is None else _glob(name, table), "total": total}
    return found


def _glob(name: str, table: SuiteTable) -> Value:
    glob = table.glob or (table.path if has_magic(table.path) else None)
    if glob is not None:
        return Value(visible(glob))
    mend = f'add glob = "tests/{name}/test_*.py" to [suite.{name}]'
    return absent("no-suite", f"the configuration names one file of suite {name!r}, and no glob", mend)


def suite_count(after: Side, config: Config, name: str) -> TestCount | Value:
    """Return the test cases of a suite (in its `glob`, else its `path`), or the value that says why there are none.

    `failed` is None where the snapshot does not say which of its files failed.
    """
    return _cases(after, name, config.files_of(name))


def _cases(after: Side, name: str, pattern: str | None) -> TestCount | Value:
    tests = after.snapshot.tests if after.snapshot else ()
    if not tests and not ran(after):
        return no_tests(after)
    counts = in_suite(tests, name, pattern)
    if not sum(one.total for one in counts):
        return absent("no-suite", f"no test case lies in suite {name!r}", _mend(name))
    failures = [one.failed for one in counts if one.failed is not None]
    failed = sum(failures) if len(failures) == len(counts) else None
    return TestCount(name, sum(one.passed for one in counts), failed, sum(one.total for one in counts))


def _mend(name: str) -> str:
    return f'add [suite.{name}] path = "tests/{name}/*"'
