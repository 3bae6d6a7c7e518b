"""The units that numbers are in: their symbols, the ways tools spell them, and which way is better."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

Direction = Literal["higher", "lower"]

# Symbols of each base unit, largest first, with the factor that turns one of them into the base unit.
SYMBOLS: dict[str, tuple[tuple[str, Decimal], ...]] = {
    "second": (("s", Decimal(1)), ("ms", Decimal("1e-3")), ("µs", Decimal("1e-6")), ("ns", Decimal("1e-9"))),
    "byte": (("GiB", Decimal(2**30)), ("MiB", Decimal(2**20)), ("KiB", Decimal(2**10)), ("B", Decimal(1))),
    "per_second": (("M/s", Decimal(10**6)), ("k/s", Decimal(10**3)), ("/s", Decimal(1))),
    # Thousands, as go test prints MB/s and every network does.
    "byte_per_second": (
        ("GB/s", Decimal(10**9)), ("MB/s", Decimal(10**6)), ("kB/s", Decimal(10**3)), ("B/s", Decimal(1)),
    ),
    "ratio": (("%", Decimal("0.01")),),
    "day": (("days", Decimal(1)),),
    "count": (("", Decimal(1)),),
}  # fmt: skip
# What people write beside the symbols.
SPELLINGS: dict[str, tuple[str, Decimal]] = {
    **{symbol: (unit, factor) for unit, symbols in SYMBOLS.items() for symbol, factor in symbols},
    "us": ("second", Decimal("1e-6")),
    "μs": ("second", Decimal("1e-6")),  # GREEK SMALL LETTER MU; the table above has MICRO SIGN
    "sec": ("second", Decimal(1)),
    "seconds": ("second", Decimal(1)),
    "min": ("second", Decimal(60)),
    "KB": ("byte", Decimal(10**3)),
    "MB": ("byte", Decimal(10**6)),
    "GB": ("byte", Decimal(10**9)),
    "ops/s": ("per_second", Decimal(1)),
    "day": ("day", Decimal(1)),
}
# What tools write beside both; a time for one operation is a time.
_TOOLS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("second", "s/op", "sec/op", "s/iter"), ("second", Decimal(1))),
    **dict.fromkeys(("msec", "millisecond", "milliseconds", "ms/op", "ms/iter"), ("second", Decimal("1e-3"))),
    **dict.fromkeys(("usec", "microsecond", "microseconds"), ("second", Decimal("1e-6"))),
    **dict.fromkeys(("us/op", "µs/op", "μs/op", "us/iter"), ("second", Decimal("1e-6"))),
    **dict.fromkeys(("nsec", "nanosecond", "nanoseconds", "ns/op", "ns/iter"), ("second", Decimal("1e-9"))),
    **dict.fromkeys(("minute", "minutes", "min/op"), ("second", Decimal(60))),
    "hr/op": ("second", Decimal(3600)),
    **dict.fromkeys(("byte", "bytes", "B/op", "bytes/op"), ("byte", Decimal(1))),
    "kB": ("byte", Decimal(10**3)),
    **dict.fromkeys(("per_second", "hz", "Hz", "ops", "op/s", "ops/sec"), ("per_second", Decimal(1))),
    **dict.fromkeys(("req/s", "reqs/s", "requests/s", "rps"), ("per_second", Decimal(1))),
    **dict.fromkeys(("iter/s", "iters/s", "iterations/s"), ("per_second", Decimal(1))),
    "ops/min": ("per_second", Decimal(1) / 60),
    "ops/hr": ("per_second", Decimal(1) / 3600),
    "ops/ms": ("per_second", Decimal(10**3)),
    "ops/us": ("per_second", Decimal(10**6)),
    "ops/ns": ("per_second", Decimal(10**9)),
    "byte_per_second": ("byte_per_second", Decimal(1)),
    "KB/s": ("byte_per_second", Decimal(10**3)),
    "KiB/s": ("byte_per_second", Decimal(2**10)),
    "MiB/s": ("byte_per_second", Decimal(2**20)),
    "GiB/s": ("byte_per_second", Decimal(2**30)),
    "percent": ("ratio", Decimal("0.01")),
    "ratio": ("ratio", Decimal(1)),
    **dict.fromkeys(("", "count", "1", "integer"), ("count", Decimal(1))),
}

# Direction by unit, after golang/perf's unit metadata: what is not here is unknown and gets no verdict. A ratio may be
# one of hits or one of failures.
_DIRECTION: dict[str, Direction] = {
    "second": "lower",
    "byte": "lower",
    "per_second": "higher",
    "byte_per_second": "higher",
    **dict.fromkeys(("allocs", "allocations", "cycles", "instructions", "errors", "failures"), "lower"),
}


def direction(unit: str) -> Direction | None:
    """Return whether more of `unit` is better, or None where the unit does not say.

    Of a unit that is not known, what is done in a second counts as a rate, what one operation takes as a cost.
    """
    if unit.endswith(("/s", "/sec")):
        return "higher"
    return "lower" if unit.endswith("/op") else _DIRECTION.get(unit)


def base_unit(spelling: str) -> tuple[str, Decimal]:
    """Return the base unit that a report means by `spelling`, and the factor into it; an unknown one is its own."""
    text = spelling.strip()
    return SPELLINGS.get(text) or _TOOLS.get(text) or (text, Decimal(1))
