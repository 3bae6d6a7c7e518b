"""Other limits than the usual ones, for a while: what is over them need not be large then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from phasemetrics.limits import limits, put_in_force


@contextmanager
def limited(**chosen: int) -> Iterator[None]:
    """Have the `chosen` limits in force, by their keys, and the ones of before afterwards."""
    before = limits()
    put_in_force(replace(before, **chosen))
    try:
        yield
    finally:
        put_in_force(before)
