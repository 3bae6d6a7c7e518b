"""A phase in which everything that a stranger can name is named by one, and templates with a place for each name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from measured import AFTER, BEFORE, change
from phasemetrics.document.template import Template
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.model import (
    Dependency,
    FileChange,
    Metric,
    Outcome,
    PathCount,
    Phase,
    Snapshot,
    TestCase,
    Warning,
)
from phasemetrics.settings import Called, Config
from phasemetrics.templates import builtin

Give = Callable[[], str]  # gives the next name

NUMBER = "here"
_ROWS = 12
_PLACES = Path(__file__).with_name("places.md.j2")  # where none of our own templates has a name, though a team's may
_CALLED: TypeAdapter[str] = TypeAdapter(Called)
_ENDS: dict[str, tuple[Outcome | None, Outcome | None]] = {
    "added": (None, "passed"),
    "removed": ("passed", None),
    "failing": ("passed", "failed"),
    "passing": ("failed", "passed"),
    "skipped": ("passed", "skipped"),
}

TEMPLATES = (Template("places", _PLACES.read_text("utf-8"), _PLACES.name), *builtin())


def facts(give: Give) -> dict[str, Any]:
    """Return the facts of a phase in which every name is one that `give` gives, always in the same order."""
    known = phase(give)
    return facts_of(
        Phase(NUMBER, known.before, known.after),
        Config.model_validate(known.settings),
        "nowhere",
        Beside(blob=dict[str, bytes]().get),
    )


@dataclass(frozen=True, slots=True)
class HostilePhase:
    """What is configured of a phase, and what was measured at its ends."""

    settings: dict[str, Any]
    before: Snapshot
    after: Snapshot


def phase(give: Give) -> HostilePhase:
    """Return the phase itself."""
    settings = _settings(give)
    moved = [change(give(), "modified", source=give()) for _ in range(_ROWS)]
    before, after = _cases(give, moved)
    benchmarks = [f"bench.{give()}.median" for _ in range(_ROWS)]
    sources = [str(metric["from"]) for metric in settings["metric"]]
    start = _timed(replace(BEFORE, cases=before), [*sources, *benchmarks])
    end = replace(
        _timed(replace(AFTER, cases=after), [*sources, *benchmarks]),
        files=(*_files(give), *moved),
        coverage=tuple(PathCount(give(), 79, 100) for _ in range(_ROWS)),
        dependencies=tuple(_dependencies(give)),
        warnings=tuple(Warning("duration", give(), give()) for _ in range(3)),
    )
    return HostilePhase(settings, start, end)


def _settings(give: Give) -> dict[str, Any]:
    def told() -> str:  # TOML is UTF-8: no surrogate stands alone in it
        return give().encode("utf-8", "replace").decode("utf-8")

    return {
        "phase": {name: {"name": _called(told), "step": _called(told)} for name in ("before", NUMBER, "next")},
        "suite": {name: {"path": told(), "glob": told()} for name in ("unit", "integration", "e2e")},
        "metric": [
            {"name": _called(told), "from": f"bench.{told()}.median", "target": "<= 320 ms"} for _ in range(_ROWS)
        ],
        "component": [{"name": _called(told), "path": told()} for _ in range(3)],
        "module": told(),
        "carry": {"metrics": True, "words": True},
    }


def _called(give: Give) -> str:
    """Return the next name as the configuration takes it: nothing that begins like a block."""
    name = give()
    try:
        return _CALLED.validate_python(name)
    except ValidationError:
        return f"x{name}"


def _cases(give: Give, moved: list[FileChange]) -> tuple[tuple[TestCase, ...], tuple[TestCase, ...]]:
    before, after = list[TestCase](), list[TestCase]()
    for was, now in _ENDS.values():
        for _ in range(_ROWS):
            path, classname, name = give(), give(), give()
            before += [TestCase(path, classname, name, was)] if was else []
            after += [TestCase(path, classname, name, now)] if now else []
    for one in moved:
        assert one.source is not None
        before.append(TestCase(one.source, "", "test_it", "passed"))
        after.append(TestCase(one.path, "", "test_it", "passed"))
    return tuple(before), tuple(after)


def _timed(snapshot: Snapshot, names: list[str]) -> Snapshot:
    parse = snapshot.metrics["bench.test_parse.median"]
    timed: dict[str, Metric] = dict.fromkeys(names, parse)
    return replace(snapshot, metrics={**snapshot.metrics, **timed}, tests=())


def _files(give: Give) -> Iterator[FileChange]:
    for folder, ending in (("", ""), ("src/", ".py"), ("docs/", ".md"), ("tests/test_", ".py")):
        for _ in range(_ROWS):
            yield change(f"{folder}{give()}{ending}", "created")
            yield change(f"{folder}{give()}{ending}", "modified")
            yield change(f"{folder}{give()}{ending}", "deleted")


def _dependencies(give: Give) -> Iterator[Dependency]:
    for path in ("package.json", "pyproject.toml", "go.mod"):
        for _ in range(_ROWS // 3):
            yield Dependency(give(), "added", None, f"=={give()}", path)
            yield Dependency(give(), "raised", ">=1", f">={give()}", f"{give()}/{path}")
