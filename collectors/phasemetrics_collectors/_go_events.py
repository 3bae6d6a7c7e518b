"""One event of test2json, checked before anything is made of it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Report
from phasemetrics.limits import limits, raising
from phasemetrics_collectors._json_node import CODE, spelled

_MEND = "write it again with `go test -json ./... > FILE`; it may have been cut off"
_TEXTS = ("Action", "Package", "Test", "Output", "Time", "ImportPath", "FailedBuild")
_ACTIONS = "start|run|pause|cont|pass|bench|fail|output|skip|attr|build-output|build-fail"
_EVENT = re.compile(rf'\s*\{{\s*"(?:Time|Action|ImportPath)"\s*:.*?"(?:{_ACTIONS})"')


def is_event(line: str) -> bool:
    """Return whether a line, which may be cut off, begins an event."""
    return _EVENT.match(line) is not None


def event_of(report: Report, number: int, line: str, whole: bool) -> dict[str, Any]:
    """Return the event in a line: `Action`, and those of the other members that it has, of the right kinds.

    Raises `Refusal` with line and column for what is no JSON or no event.
    """
    if not whole:
        message = f"is longer than the limit of {limits().token_size} characters"
        raise _refusal(report, number, 1, message, raising("token_size"))
    try:
        event = json.loads(line, object_pairs_hook=_members, parse_int=_number, parse_constant=_number)
    except json.JSONDecodeError as error:
        raise _refusal(report, number, error.colno, f"is not JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        said = "is nested too deeply" if isinstance(error, RecursionError) else visible(str(error))
        raise _refusal(report, number, 1, said) from None
    if not isinstance(event, dict) or not isinstance(event.get("Action"), str):
        raise _refusal(report, number, 1, "is no event of `go test -json`: it has no Action")
    for name in _TEXTS:
        if name in event and not isinstance(event[name], str):
            raise _refusal(report, number, 1, f"has a {name} that is no text")
    for name in ("Package", "Test"):
        if name in event:
            event[name] = spelled(event[name])
    elapsed = event.get("Elapsed")
    if elapsed is not None and (type(elapsed) not in {int, float} or not math.isfinite(elapsed)):
        raise _refusal(report, number, 1, "has an Elapsed that is no number")
    return event


def _refusal(report: Report, number: int, column: int, problem: str, mend: str = _MEND) -> Refusal:
    return Refusal(CODE, f"line {number}: {problem}", path=report.name, line=number, column=column, mend=mend)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("has a key twice in one object")
    return found


def _number(literal: str) -> int:
    if not literal.lstrip("-").isdigit() or len(literal) > 18:
        raise ValueError(f"holds {literal}, which is no number that an event has")
    return int(literal)
