"""What is carried over although nobody measured it: metrics into a plan, words from the previous phase; both opt-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from phasemetrics.escaping import inert, plain, visible
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.identity import neighbours
from phasemetrics.evidence.model import Phase
from phasemetrics.settings import Config, PhaseTable
from phasemetrics.value import Value, absent

_LIST_LIMIT = 50
_TEXT_LIMIT = 1000
_NO_WORDS = absent("not-named", "the documents of the phase before name none for this one", "write them there, or here")


def carried_facts(phase: Phase, config: Config, beside: Beside) -> dict[str, Any]:
    """Return every fact that a template may name as `carried.…`, but for the rows of the metrics.

    Targets are those of the configuration: what the plan states stands in the plan already.
    """
    return {**_metrics(config), **_words(phase, config, beside)}


def _off(key: str) -> Value:
    mend = f"add it to the configuration: [carry] {key} = true"
    why = absent("not-carried", f"{key} are not carried over unless the configuration says so", mend)
    return replace(why, optional=True)


def _metrics(config: Config) -> dict[str, Value]:
    if not config.carry.metrics:
        return dict.fromkeys(("targets", "metrics"), _off("metrics"))
    if not config.metric:
        mend = 'add it to the configuration: [[metric]] name = "…", from = "bench.test_x.median"'
        return dict.fromkeys(("targets", "metrics"), absent("not-configured", "no metric is configured", mend))
    names = ", ".join(visible(metric.name) for metric in config.metric)
    targets = ", ".join(f"{visible(metric.name)} {visible(metric.target)}" for metric in config.metric if metric.target)
    none = absent("no-target", "no metric has a target", 'add target = "<= 120 ms" to a [[metric]]')
    return {
        "targets": Value(visible(targets, _TEXT_LIMIT)) if targets else none,
        "metrics": Value(visible(names, _TEXT_LIMIT)),
    }


def _words(phase: Phase, config: Config, beside: Beside) -> dict[str, Any]:
    if not config.carry.words:
        return dict.fromkeys(("criteria", "needs", "previous_name"), _off("words"))
    needs = beside.needs if isinstance(beside.needs, Value) else inert(beside.needs, _TEXT_LIMIT)
    return {
        "criteria": beside.criteria if isinstance(beside.criteria, Value) else _items(beside.criteria) or _NO_WORDS,
        "needs": needs if isinstance(needs, Value) else Value(needs, once=True) if needs else _NO_WORDS,
        "previous_name": _previous_name(phase, config),
    }


def _items(texts: Sequence[str]) -> list[dict[str, Any]]:
    shown: dict[str, str] = {}
    for text in texts:
        words = inert(text)
        shown.setdefault(words.casefold(), words)
    return [{"text": Value(words, once=True), "aliases": ()} for words in shown.values() if words][:_LIST_LIMIT]


def _previous_name(phase: Phase, config: Config) -> Value:
    previous, _ = neighbours(phase.number, config)
    if previous is None:
        return absent("no-previous-phase", "no phase comes before this one")
    name = config.phase.get(previous, PhaseTable()).name
    if name:
        return Value(plain(name), once=True)
    mend = f'add it to the configuration: [phase.{visible(previous)}] name = "…"'
    return absent("not-configured", "the phase before has no name", mend)
