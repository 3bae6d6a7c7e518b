"""All that a template may name, with a value at every end: what was measured, and what the configuration says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phasemetrics.config import Config
from phasemetrics.escaping import visible
from phasemetrics.evidence.compared import comparisons, headline, performance, row_facts
from phasemetrics.evidence.identity import phase_facts
from phasemetrics.evidence.model import OUTCOMES, FileChange, Metric, PathCount, Phase, Snapshot
from phasemetrics.evidence.paths import OWN_FOLDER, in_suite, listed, path_class
from phasemetrics.evidence.side import Side
from phasemetrics.units import quantity_text
from phasemetrics.value import Origin, Value, absent

LIST_LIMIT = 50
_SUITES = ("unit", "integration", "e2e")
_NO_BASE = absent(
    "no-base", "no two revisions were compared", "name the start with --base REF, or `base` in the configuration"
)


def facts_of(phase: Phase, config: Config, found: str) -> dict[str, Any]:
    """Return the facts of a phase; `found` says in words where the baseline was looked for."""
    mend = f"record it with `phasemetrics baseline -p {phase.number}`, or name a snapshot with --before"
    before = Side(phase.before, absent("no-baseline", found, mend))
    after = Side(
        phase.after, absent("no-evidence", "nothing was measured for the end of the phase", "run `phasemetrics fill`")
    )
    compared = comparisons(phase, config)
    sum_up = headline(phase, config, compared, before, after)
    speeds = performance(phase, config, before, after)
    return {
        "phase": phase_facts(phase, config),
        "before": {**_side(before), "headline": sum_up["before"], "performance": speeds[0]},
        "after": {**_side(after), "headline": sum_up["after"], "performance": speeds[1]},
        "change": {"headline": sum_up["change"], "numbers": sum_up["numbers"]},
        "metrics": row_facts(config, compared, before, after),
        "suites": _suites(after, config),
        "coverage": {"files": _covered(after)},
        **_files(after),
    }


def _side(side: Side) -> dict[str, Any]:
    return {"tests": _tests(side), "coverage": _coverage(side)}


def _tests(side: Side) -> dict[str, Value]:
    names = ("total", "passed", "failed", "errors", "skipped", "xfailed", "xpassed", "flaky")
    words = ("duration", "passed_words", "failed_words", "skipped_words", "summary")
    metrics = side.snapshot.metrics if side.snapshot else {}
    if not _ran(side):
        return dict.fromkeys((*names, *words), _no_tests(side))
    origin = side.origin("junit")
    values = {name: _count(metrics, f"tests.{name}", origin) for name in names}
    values["duration"] = _duration(side, origin)
    missing = next((values[name] for name in names[:5] if values[name].text is None), None)
    return values | (dict.fromkeys(words[1:], missing) if missing else _test_words(metrics, origin))


def _ran(side: Side) -> bool:
    total = side.snapshot.metrics.get("tests.total") if side.snapshot else None
    return total is not None and total.value > 0


def _count(metrics: Mapping[str, Metric], name: str, origin: Origin | None) -> Value:
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


def _no_tests(side: Side) -> Value:
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


def _coverage(side: Side) -> dict[str, Value]:
    metrics = side.snapshot.metrics if side.snapshot else {}
    origin = side.origin("coverage")
    names = ("lines", "branches", "statements", "total")
    if origin is None:
        why = side.missing if side.snapshot is None else absent(
            "no-coverage", "no coverage report was read", "write one with `coverage json` and name it: --coverage"
        )  # fmt: skip
    else:
        why = absent("no-statements", "the report counts none of it, so there is no percentage")
    return {
        name: Value(quantity_text(metrics[f"coverage.{name}"].value, "ratio"), origin)
        if f"coverage.{name}" in metrics
        else why
        for name in names
    }


def _covered(after: Side) -> list[dict[str, Value]] | Value:
    origin = after.origin("coverage")
    if origin is None or after.snapshot is None:
        return _coverage(after)["total"]
    rows = []
    for one in after.snapshot.coverage:
        covered, total = one.covered + one.branches_covered, one.total + one.branches_total
        if total:
            percent = Value(quantity_text(covered / total, "ratio"), origin)
            rows.append({"path": Value(visible(one.path), origin), "total": percent})
    return rows[:LIST_LIMIT]


def _suites(after: Side, config: Config) -> dict[str, dict[str, Value]]:
    found = {}
    for name in dict.fromkeys((*_SUITES, *config.suite)):
        pattern = config.suite[name].path if name in config.suite else None
        mend = f'add [suite.{name}] path = "tests/{name}/*"'
        path = absent("no-suite", f"the configuration does not say where suite {name!r} lies", mend)
        tests: Sequence[PathCount] = after.snapshot.tests if after.snapshot else ()
        cases = sum(one.total for one in in_suite(tests, name, pattern))
        total = (
            Value(str(cases), after.origin("junit"))
            if cases
            else absent("no-suite", f"no test case lies in suite {name!r}", mend)
        )
        if not tests and not _ran(after):
            total = _no_tests(after)
        found[name] = {"path": Value(visible(pattern)) if pattern else path, "total": total}
    return found


def _files(after: Side) -> dict[str, Mapping[str, Any]]:
    snapshot = after.snapshot
    counted = ("created", "modified", "deleted", "implementation", "tests", "examples")
    lists = ("created", "modified", "deleted", "documents", "tests_added", "tests_modified")
    if snapshot is None or snapshot.files is None:
        why = after.missing if snapshot is None else _NO_BASE
        return {
            "files": dict.fromkeys(lists, why),
            "counts": dict.fromkeys(counted, why),
            "lines": dict.fromkeys(("added", "deleted"), why),
        }
    origin = _git_origin(snapshot)
    metrics = snapshot.metrics
    counts = {name: _count(metrics, f"files.{name}", origin) for name in counted[:3]}
    present = [one for one in snapshot.files if one.status != "deleted" and not one.path.startswith(OWN_FOLDER)]
    for name in counted[3:]:
        counts[name] = Value(str(sum(path_class(one.path) == name for one in present)), origin)
    return {
        "files": {
            "created": _list(listed(snapshot.files, "created"), origin),
            "modified": _list(listed(snapshot.files, "modified"), origin),
            "deleted": _list(listed(snapshot.files, "deleted"), origin),
            "documents": _list(listed(snapshot.files, "created", "docs"), origin),
            "tests_added": _list(listed(snapshot.files, "created", "tests"), origin),
            "tests_modified": _list(listed(snapshot.files, "modified", "tests"), origin),
        },
        "counts": counts,
        "lines": {name: _count(metrics, f"lines.{name}", origin) for name in ("added", "deleted")},
    }


def _git_origin(snapshot: Snapshot) -> Origin:
    head = snapshot.revision.sha if snapshot.revision else ""
    return Origin(f"git diff {(snapshot.base or '')[:12]} {head[:12]}", "", head or None)


def _list(files: Sequence[FileChange], origin: Origin) -> list[dict[str, Value]]:
    """Return the items of a list; a selection never grows past the limit, and its last item says what it leaves out."""
    rest = len(files) - LIST_LIMIT
    note = f"and {rest} more: {origin.path}" if rest > 0 else ""
    shown = files[:LIST_LIMIT]
    return [{"path": Value(visible(one.path), origin, note=note if one is shown[-1] else "")} for one in shown]
