"""Which metrics a trend is about: those that were asked for by name or glob, else the ones that everybody looks at."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from phasemetrics.errors import UsageError
from phasemetrics.statnames import meanings

_USUAL = ("tests.total", "tests.failed", "coverage.lines")
_ONLY_IF_ANY = "tests.failed"  # a column of zeros says nothing that the total does not


@dataclass(frozen=True, slots=True)
class Choice:
    """The names and globs that were `asked` for; where none was, the usual metrics and those `configured` as rows."""

    asked: tuple[str, ...] = ()
    configured: tuple[str, ...] = ()

    def takes(self, name: str) -> bool:
        """Return whether a metric may turn out to be chosen; what it does not take need not be kept."""
        return any(name in meanings(one) or fnmatchcase(name, one) for one in self._names())

    def among(self, known: Mapping[str, bool]) -> tuple[str, ...]:
        """Return the chosen metrics of all that are `known`, each with whether it was ever other than 0.

        In the order in which they were asked for, those of one glob by name. Raises UsageError for a name that no
        record has, and where none is chosen.
        """
        found: dict[str, None] = {}
        for one in self._names():
            matching = list(_matching(one, known))
            if self.asked and not matching:
                raise _unknown(one, known)
            found |= dict.fromkeys(name for name in matching if self.asked or name != _ONLY_IF_ANY or known[name])
        if not found:
            some = ", ".join(sorted(known)[:3])
            mend = f"say which with --metric; they hold {some}, …" if known else "fill a phase with reports first"
            raise UsageError("unknown-metric", "the records hold none of the usual metrics", mend=mend)
        return tuple(found)

    def _names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.asked or (*_USUAL, *self.configured)))


def _matching(asked: str, known: Mapping[str, bool]) -> Iterator[str]:
    """Yield what a name means; one with `[` in it may be a name as well as a glob."""
    exact = next((name for name in meanings(asked) if name in known), None)
    if exact is not None:
        yield exact
    else:
        yield from sorted(name for name in known if fnmatchcase(name, asked))


def _unknown(asked: str, known: Mapping[str, bool]) -> UsageError:
    near = difflib.get_close_matches(asked, known, n=1)
    mend = f"did you mean {near[0]!r}?" if near else "`--metric '*' --format csv` lists all that there are"
    return UsageError("unknown-metric", f"no record has a metric {asked!r}", mend=mend)
