"""A sample project: something with branches of every kind, not all of them taken."""

from __future__ import annotations


def balance(entries: list[int]) -> int:
    total = 0
    for entry in entries:
        if entry < 0:
            total -= fee(entry)
        total += entry
    return total


def fee(entry: int) -> int:
    if entry < -100:
        return 2
    return 1


def close(entries: list[int]) -> str:
    if not entries:
        return "empty"
    try:
        return f"{sum(entries) / len(entries):.1f}"
    except ZeroDivisionError:
        return "never"


def unused() -> None:
    while True:
        print("nobody calls this")


def skipped() -> None:  # pragma: no cover
    print("nor this, and nobody counts it")
