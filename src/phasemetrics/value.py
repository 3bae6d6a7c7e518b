"""What may stand in a hole of a document: its text and where it comes from, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a number comes from: the report, the hash of its bytes, the commit it describes."""

    path: str
    sha256: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class Value:
    """The text for one hole, or None with a `code`, a `reason` and the command that would `mend` it.

    `choice`: the text only picks one of the alternatives that the document spells (`[✅/⚠️/❌]`).
    `note`: something a person should know although there is a value. `once`: a person's words, which are only ever put
    in place of a placeholder. `optional`: the configuration does not ask for it, so its place is a person's and no
    word is lost about it. `spellings`: the same text in each unit that a document may have chosen for it, by the unit.
    """

    text: str | None
    origin: Origin | None = None
    choice: bool = False
    note: str = ""
    code: str = ""
    reason: str = ""
    mend: str = ""
    once: bool = False
    optional: bool = False
    spellings: Mapping[str, str] = field(default_factory=dict, compare=False)

    def in_unit(self, unit: str) -> Value:
        """Return the value as it is written in `unit`; as it is where it is not written in any."""
        text = self.spellings.get(unit)
        return self if text is None else replace(self, text=text)


def absent(code: str, reason: str, mend: str = "") -> Value:
    """Return the value that is not there, and why."""
    return Value(None, code=code, reason=reason, mend=mend)


@dataclass(frozen=True, slots=True)
class Gate:
    """A box that evidence ticks: whether it `holds`, and what the evidence `said` in words.

    `holds` is None where the evidence cannot tell; then `code` and `mend` are those of an absent value. `rewrite`: a
    tick that a person made may be taken away.
    """

    holds: bool | None
    said: str
    origin: Origin | None = None
    code: str = ""
    mend: str = ""
    rewrite: bool = False


def undecided(why: Value) -> Gate:
    """Return the gate about which nothing can be said, for the reason that a value is absent."""
    return Gate(None, why.reason, code=why.code, mend=why.mend)


_Answer = TypeVar("_Answer", bound="Value | Gate")


class Lookup(Mapping[str, _Answer], Generic[_Answer]):
    """Facts about what stands in a document: a label, a path or a bound on the line, and the `answer` to it."""

    def __init__(self, answer: Callable[[str], _Answer]) -> None:
        self._answer = answer

    def __getitem__(self, text: str) -> _Answer:
        return self._answer(text)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
