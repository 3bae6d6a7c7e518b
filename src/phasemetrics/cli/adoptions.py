"""Which claims a command was asked to take over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from phasemetrics.adopting import Adoption
from phasemetrics.cli.adopt import EVERYTHING
from phasemetrics.errors import UsageError


def documents_in(given: Sequence[str] | None) -> list[str] | None:
    """Return the documents that are named with a line, `README.md:12`; None where there is none."""
    return [name for one in given or () if (name := one.rpartition(":")[0])] or None


def adoptions(
    given: Sequence[str] | None, documents: Sequence[str], called: Callable[[str], str]
) -> dict[str, Adoption]:
    """Return what to take over in each of `documents`; raise UsageError for a line of none, or of one of several.

    `called` turns the name of a document, as a person types it, into one of `documents`.
    """
    wanted: dict[str, set[int]] = {}
    for one in given or ():
        typed, _, line = one.rpartition(":")
        name = called(typed) if typed else ""
        if one == EVERYTHING:
            return dict.fromkeys(documents, Adoption())
        if not line.isdigit() or not int(line):
            raise UsageError("bad-adopt", f"{one!r} is no line", mend="say --adopt, --adopt 12 or --adopt README.md:12")
        named = [document for document in documents if document == name or not name]
        if len(named) != 1:
            message = f"line {line} of which document?" if not name else f"{name!r} is none of the documents"
            raise UsageError("bad-adopt", message, mend=f"say --adopt {documents[0] if documents else 'DOC'}:{line}")
        wanted.setdefault(named[0], set()).add(int(line))
    return {name: Adoption(frozenset(lines)) for name, lines in wanted.items()}
