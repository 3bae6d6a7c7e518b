"""What a phase is called and when it was: the facts that its configuration and its commits give."""

from __future__ import annotations

from decimal import Decimal

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Phase
from phasemetrics.settings import Config, PhaseTable
from phasemetrics.units import signed_text
from phasemetrics.value import Origin, Value, absent


def neighbours(number: str, config: Config) -> tuple[str | None, str | None]:
    """Return the names of the phases before and after: by counting, else by their order in the configuration."""
    if number.isdecimal():
        return (str(int(number) - 1) if int(number) > 0 else None), str(int(number) + 1)
    names = list(config.phase)
    if number not in names:
        return None, None
    at = names.index(number)
    return (names[at - 1] if at else None), (names[at + 1] if at + 1 < len(names) else None)


def spelled_out(pattern: str, number: str, config: Config) -> str:
    """Return a configured name with the phase and its neighbours in place of `{phase}`, `{previous}` and `{next}`."""
    previous, following = neighbours(number, config)
    for name, value in {"phase": number, "previous": previous or "", "next": following or ""}.items():
        pattern = pattern.replace(f"{{{name}}}", value)
    return pattern


def phase_facts(phase: Phase, config: Config) -> dict[str, Value]:
    """Return every fact that a template may name as `phase.…`."""
    own = config.phase.get(phase.number, PhaseTable())
    previous, following = neighbours(phase.number, config)
    after = config.phase.get(following or "", PhaseTable())
    table = f"[phase.{phase.number}]"
    weeks = (own.weeks or "").split("-")
    days = _actual_days(phase, own)
    date = _date(phase, own)
    return {
        "number": Value(visible(phase.number)),
        "previous": _said(previous, "the configuration names no phase before this one", table),
        "next": _said(following, "the configuration names no phase after this one", table),
        "step": _said(own.step, "the phase has no next step", f'{table} step = "…"'),
        "duration": _duration(own, table),
        "name": _said(own.name, "the phase has no name", f'{table} name = "…"'),
        "next_name": _said(after.name, "the next phase has no name", f'[phase.{following}] name = "…"'),
        "status": _status(own, table),
        "weeks": _said(own.weeks, "the weeks of the phase are not known", f'{table} weeks = "5-6"'),
        "first_week": _said(weeks[0], "the weeks of the phase are not known", f'{table} weeks = "5-6"'),
        "last_week": _said(weeks[-1], "the weeks of the phase are not known", f'{table} weeks = "5-6"'),
        "next_week": _said(
            (after.weeks or "").split("-")[0], "the next phase has no weeks", f'[phase.{following}] weeks = "7-8"'
        ),
        "planned_days": _said(
            None if own.planned_days is None else str(own.planned_days),
            "nobody said how many days were planned",
            f"{table} planned_days = 10",
        ),
        "actual_days": days,
        "variance": _variance(own, days, table),
        "date": date,
        "completed": date if own.status == "complete" else _not_completed(own, table),
    }


def project_facts(config: Config) -> dict[str, Value]:
    """Return every fact that a template may name as `project.…`."""
    return {"module": _said(config.module, "the module that coverage measures is not named", 'module = "…"')}


def _duration(own: PhaseTable, table: str) -> Value:
    """Return how long the phase was to take, from its weeks: both ends count."""
    if own.weeks is None:
        return _said(None, "the weeks of the phase are not known", f'{table} weeks = "5-6"')
    first, last = own.weeks.split("-")[0], own.weeks.split("-")[-1]
    weeks = int(last) - int(first) + 1
    return Value(f"{weeks} week{'s' if weeks != 1 else ''}")


def _said(text: str | None, reason: str, mend: str) -> Value:
    return Value(visible(text)) if text else absent("not-configured", reason, f"add it to the configuration: {mend}")


def _status(own: PhaseTable, table: str) -> Value:
    if own.status is None:
        mend = f'add it to the configuration: {table} status = "complete"'
        return absent("not-configured", "the status of the phase is not known", mend)
    return Value(own.status, choice=True)


def _not_completed(own: PhaseTable, table: str) -> Value:
    if own.status == "in progress":
        return Value("In Progress")
    return _status(own, table) if own.status is None else absent("not-started", "the phase has not started")


def _date(phase: Phase, own: PhaseTable) -> Value:
    if own.date is not None:
        return Value(own.date.isoformat())
    revision = phase.after.revision if phase.after else None
    if revision is None:
        return absent("no-revision", "the end of the phase is no commit, so it has no date", "commit, then fill")
    return Value(visible(revision.date[:10]), Origin("git log", "", revision.sha))


def _actual_days(phase: Phase, own: PhaseTable) -> Value:
    if own.started is not None and own.ended is not None:
        return Value(str((own.ended - own.started).days + 1))
    metric = phase.after.metrics.get("phase.days") if phase.after else None
    if metric is None or phase.after is None:
        mend = f"name the start with --base REF, or add started and ended to [phase.{phase.number}]"
        return absent("no-history", "no commits of the phase were counted", mend)
    revision = phase.after.revision
    return Value(str(int(metric.value)), Origin("git log", "", revision.sha if revision else None))


def _variance(own: PhaseTable, days: Value, table: str) -> Value:
    if days.text is None:
        return days
    if own.planned_days is None:
        reason = "nobody said how many days were planned"
        return absent("not-configured", reason, f"add it to the configuration: {table} planned_days = 10")
    return Value(signed_text(Decimal(days.text) - own.planned_days), days.origin)
