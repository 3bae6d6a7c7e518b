"""A target: what is run on bytes that nobody meant, and what it may do with them."""

from __future__ import annotations

import resource
import signal
import sys
import time
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import FrameType

from phasemetrics.errors import PhasemetricsError, Refusal
from phasemetrics.explaining import sections

SECONDS = 5.0  # of processor time for one input: a busy machine is slow and not wrong
MEMORY = 512 << 20  # bytes that one input may add to what the process ever needed
_UNIT = 1 if sys.platform == "darwin" else 1024
_HERE = "/tests/fuzzing/"
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # no message may move the cursor, or turn what stands beside it around


class TooSlow(BaseException):
    """Not an Exception, so that nothing on the way takes it for its own."""


@dataclass(frozen=True)
class Target:
    """What is fuzzed: `run` gets the bytes, and lets escape nothing but what is `declared`.

    `seeds` are bytes that it reads; `share` is how many of the executions it gets that a fast reader gets.
    """

    name: str
    seeds: tuple[bytes, ...]
    run: Callable[[bytes], None]
    declared: tuple[type[PhasemetricsError], ...] = (Refusal,)
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Find:
    """Bytes that made a target do what it may not; two of the same `key` are probably the same defect."""

    target: str
    content: bytes
    key: str
    said: str


def tried(target: Target, content: bytes) -> Find | None:
    """Run a target on some bytes; return what was found, None where all is as declared."""
    begun, memory = time.process_time(), memory_of_all_time()
    try:
        with _bounded():
            target.run(content)
    except target.declared as error:
        if problem := _unfit(error):
            return Find(target.name, content, problem, str(error))
    except (Exception, TooSlow) as error:
        return Find(target.name, content, _key(error), "".join(traceback.format_exception(error)))
    if (spent := time.process_time() - begun) > SECONDS:
        return Find(target.name, content, "slow", f"took {spent:.1f} s")
    if (grown := memory_of_all_time() - memory) > MEMORY:
        return Find(target.name, content, "memory", f"took {grown >> 20} MiB more")
    return None


@contextmanager
def _bounded() -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, _late)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _late(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow


def memory_of_all_time() -> int:
    """Return how many bytes the process had in memory at the most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _unfit(error: PhasemetricsError) -> str:
    """Return what is wrong with a refusal; empty for a good one."""
    said = str(error)
    if error.code not in _explained():
        return f"a code without an explanation: {error.code}"
    if any(unicodedata.category(one) in _HIDDEN for one in said):
        return f"{error.code} does not print its message on one line"
    return ""


@cache
def _explained() -> frozenset[str]:
    return frozenset(one.code for section in sections() for one in section.explanations)


def _key(error: BaseException) -> str:
    """Return the kind of an error with the last place in our own code that it came from."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "phasemetrics" in frame.filename.rpartition("/")[0] or _HERE in frame.filename
    ]
    place = "recursion" if isinstance(error, RecursionError) else places[-1] if places else ""
    return f"{type(error).__name__} {place}"
