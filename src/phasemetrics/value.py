"""What may stand in a hole of a document: its text and where it comes from, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass


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
    `note`: something a person should know although there is a value.
    """

    text: str | None
    origin: Origin | None = None
    choice: bool = False
    note: str = ""
    code: str = ""
    reason: str = ""
    mend: str = ""


def absent(code: str, reason: str, mend: str = "") -> Value:
    """Return the value that is not there, and why."""
    return Value(None, code=code, reason=reason, mend=mend)
