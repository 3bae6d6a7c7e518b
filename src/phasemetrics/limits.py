"""How much of an input is read: the limits in force, which a configuration sets and every reader asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

MIB = 1 << 20
Size: TypeAlias = Literal["document_size", "report_size", "json_size", "template_size"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an input may come to: sizes in bytes, counts, levels, seconds; docs/limits.md says what each is for."""

    document_size: int = 64 * MIB
    report_size: int = 256 * MIB
    json_size: int = 64 * MIB
    template_size: int = 1 * MIB
    token_size: int = 1 * MIB
    git_size: int = 256 * MIB
    report_files: int = 10_000
    elements: int = 2_000_000
    metrics: int = 200_000
    records: int = 100_000
    nesting: int = 64
    git_seconds: int = 60
    fetch_seconds: int = 300


_in_force = Limits()


def limits() -> Limits:
    """Return the limits in force."""
    return _in_force


def put_in_force(chosen: Limits) -> None:
    """Make `chosen` the limits of this process: they belong to a run as a whole, as its environment does.

    A collector, ours or somebody else's, gets them without being handed a configuration.
    """
    global _in_force
    _in_force = chosen


def raising(key: str) -> str:
    """Return the mend of whatever went over the limit that is called `key`."""
    return f"if it is to be read as it is, raise `{key}` in [limits] of the configuration"
