"""The trend of a metric up to a phase, as the text that a document asks for with a mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from phasemetrics.errors import UsageError
from phasemetrics.evidence import snapshot as codec
from phasemetrics.evidence.history import Record, phase_order, recorded_in
from phasemetrics.evidence.model import Phase
from phasemetrics.evidence.store import FOLDER
from phasemetrics.settings import Config
from phasemetrics.value import Origin, Value, absent

_HERE = "this project"  # there is one, and it is not printed


def trends_of(root: Path, config: Config, phase: Phase) -> Callable[[str], Value]:
    """Return what gives the trend of a metric over the phases up to this one, as Markdown: a chart and a table.

    Of this phase its measured end counts, recorded or not yet; of those before, what was recorded. Nothing is read
    before a trend is asked for. What it gives raises Refusal for a damaged record.
    """

    @cache  # a plan is made twice, to prove it, and each document asks anew
    def trend(subject: str) -> Value:
        from phasemetrics.trend.choosing import Choice
        from phasemetrics.trend.following import follow
        from phasemetrics.trend.gathering import ENDS, History
        from phasemetrics.trend.markdown import chart, table

        sources = {metric.name.lower(): metric.source for metric in config.metric}
        choice = Choice((sources.get(subject.lower(), subject),))
        history = History(choice.takes, ENDS)
        history.add(_records(root, phase))
        try:
            metrics = choice.among(history.known)
        except UsageError as error:
            return absent("no-trend", error.message, "name one of `phasemetrics collect --json`")
        if len(metrics) != 1:
            return absent("no-trend", f"{subject!r} names {len(metrics)} metrics", "name one of them")
        called = {metric.source: metric.name for metric in config.metric}
        found = follow(history, metrics)
        name = called.get(metrics[0], called.get(subject, metrics[0]))
        series = [replace(one, repository=name) for one in found.series]
        text = "\n".join(part for part in (chart(series, found.phases), table(series, found.phases)) if part)
        head = phase.after.revision if phase.after else None
        return Value(text, Origin(f"{FOLDER}/phases", "", head.sha if head else None))

    return trend


def _records(root: Path, phase: Phase) -> Iterator[Record]:
    for record in recorded_in(root, _HERE):
        if phase_order(record.phase) < phase_order(phase.number):
            yield record
    if phase.after is not None:
        yield Record(_HERE, phase.number, "end", codec.dumps(phase.after))
