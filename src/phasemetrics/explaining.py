"""What a code means that stands in brackets: when it comes, why there is such a rule, and how to mend it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from phasemetrics.errors import UsageError

_DATA = "explanations.toml"
# People paste what they see: `unfilled[no-group]`, with or without what stands around it.
_PRINTED = re.compile(r"[a-z]\[(?P<code>[^\[\]]+)\]")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code: `when` it comes and how to `mend` it, in Markdown of one line each; empty `why` and `example` are none.

    `exit` is the exit code of the run that it ends, None where the run goes on; `printed` are the words that it stands
    behind, such as `unfilled` in `unfilled[no-group]`.
    """

    code: str
    exit: int | None
    printed: tuple[str, ...]
    when: str
    mend: str
    why: str
    example: str


@dataclass(frozen=True, slots=True)
class Section:
    """The codes of one sort under their `title`; `also` are those of another sort that can be of this one, too."""

    title: str
    explanations: tuple[Explanation, ...]
    also: tuple[Explanation, ...] = ()


@cache
def sections() -> tuple[Section, ...]:
    """Return all codes by their sort, each once, in the order in which they are to be read."""
    data = tomllib.loads((resources.files("phasemetrics") / _DATA).read_text("utf-8"))
    own = {name: tuple(_explanations(name, data)) for name in data}
    also: dict[str, list[Explanation]] = {name: [] for name in data}
    for name, explained in own.items():
        for one in explained:
            for other in data[name]["codes"][one.code].get("also", ()):
                also[other].append(one)
    return tuple(Section(table["title"], own[name], tuple(also[name])) for name, table in data.items())


def _explanations(section: str, data: dict[str, Any]) -> Iterator[Explanation]:
    table = data[section]
    for code, said in table["codes"].items():
        shown = [*said.get("shown", table["shown"])]
        for other in said.get("also", ()):
            shown += data[other]["shown"]
        yield Explanation(
            code=code,
            exit=table.get("exit"),
            printed=tuple(dict.fromkeys(shown)),
            when=said["when"],
            mend=said["mend"],
            why=said.get("why", ""),
            example=said.get("example", "").strip("\n"),
        )


def explanations() -> dict[str, Explanation]:
    """Return the explanation of every code, in the order of their sections."""
    return {one.code: one for section in sections() for one in section.explanations}


def explained(given: str) -> Explanation:
    """Return what the code `given` means, which may be in its brackets; raise UsageError `unknown-code` for no code."""
    match = _PRINTED.search(given)
    code = (match["code"] if match else given).strip().lower()
    known = explanations()
    if code in known:
        return known[code]
    near = difflib.get_close_matches(code, known, n=1)
    mend = f"did you mean `{near[0]}`?" if near else "`phasemetrics explain` lists the codes"
    raise UsageError("unknown-code", f"there is no code {given!r}", mend=mend)
