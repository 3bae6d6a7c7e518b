"""Takes over claims: from then on their numbers are ours, and are kept up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from phasemetrics.claiming import Held, held, places_of, told
from phasemetrics.claims.addressing import PREFIX, addressed
from phasemetrics.claims.finding import statements
from phasemetrics.claims.holes import holes
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.config import Project
from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.markdown import Document, parse
from phasemetrics.document.ownership import Filling
from phasemetrics.document.places import Claimed, Hole
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.recognition import heeding
from phasemetrics.document.template import Template
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Phase
from phasemetrics.obstacles import obstacle, why_left
from phasemetrics.respelling import by_line, values
from phasemetrics.templates import wordings
from phasemetrics.value import Lookup, Value, absent

_NO_VALUE = absent("cannot-tell", "the evidence no longer says what this number should be")


@dataclass(frozen=True, slots=True)
class Adoption:
    """Which claims to take over: all of them, or those that stand in some `lines` of a document, counted from 1."""

    lines: frozenset[int] | None = None

    def wants(self, line: int) -> bool:
        """Return whether what stands in a line is to be taken over."""
        return self.lines is None or line in self.lines


def claimed(ledger: Ledger, phase: str, templates: Sequence[Template], book: Phrasebook) -> Claimed:
    """Return what finds the claims in a document that the ledger calls ours."""
    ours = {address for address in ledger.entries if address.startswith(PREFIX)}

    def find(document: Document) -> Iterable[Hole]:
        if not ours:
            return ()
        seen = heeding(document, templates)
        return holes(seen, addressed(seen, statements(seen, phase, book)), ours)

    return find


@dataclass(frozen=True, slots=True)
class _Read:
    """A document with its claims, and what should stand in each of them, by address, as far as it is `known`.

    Taking a claim over changes nothing of that: its number is written as it stands.
    """

    document: Document
    all_held: Sequence[Held]
    known: Mapping[str, Value]


class Taking:
    """Plans documents with the claims in them that are ours, or that are taken over now."""

    def __init__(self, project: Project, phase: Phase, templates: Sequence[Template]) -> None:
        self.root = project.root
        self.phase = phase
        self.templates = templates
        self._config = project.config

    @cached_property
    def book(self) -> Phrasebook:
        """The words in which the team states numbers, made when a document is the first to need them."""
        return wordings(self._config.phrasebook.model_dump(), self._config.metric)

    def planned(self, text: str, names: Mapping[str, Any], ledger: Ledger, wanted: Adoption | None, name: str) -> Plan:
        """Plan the fill of one document; raise Refusal where a line that is `wanted` holds no claim."""
        ours = any(address.startswith(PREFIX) for address in ledger.entries)
        if wanted is None and not ours:
            return plan(text, self.templates, {**names, "claims": facts({})}, ledger)
        read = self._read(text, ledger)
        names = {**names, "claims": facts(read.known)}
        first = self._plan(text, names, ledger)
        if wanted is None:
            return first
        places = places_of(first.fillings)
        taken = _adopted(ledger, read, first, places, wanted, name)
        left = [one for one in _left(read, wanted, taken) if (one.line, one.column) not in places]
        return _marked(self._plan(text, names, taken), ledger, left)

    def lines(self, text: str, ledger: Ledger) -> frozenset[int]:
        """Return the lines of a document that hold a claim which can be taken over by the number of its line."""
        read = self._read(text, ledger)
        lines = [line for line in by_line(read.all_held) if any(one.claim.address in read.known for one in line)]
        free = (line for line in lines if not obstacle(line, True, read.known, read.document))
        return frozenset(line[0].claim.statement.line for line in free)

    def _read(self, text: str, ledger: Ledger) -> _Read:
        document = heeding(parse(text), self.templates)
        [all_held] = held(self.root, self.phase, [document], self.book)
        return _Read(document, all_held, values(all_held, document, ledger))

    def _plan(self, text: str, names: Mapping[str, Any], ledger: Ledger) -> Plan:
        return plan(text, self.templates, names, ledger, claimed(ledger, self.phase.number, self.templates, self.book))


def facts(found: Mapping[str, Value]) -> Lookup[Value]:
    """Return the values of claims as a name for templates."""
    return Lookup(lambda address: found.get(address, _NO_VALUE))


def _adopted(
    ledger: Ledger, read: _Read, planned: Plan, places: Collection[tuple[int, int]], wanted: Adoption, name: str
) -> Ledger:
    """Return the ledger with the claims that are taken over, and a person's numbers in `places` of templates.

    What we wrote once and a person changed is taken over only by the number of its line. Raises Refusal where a named
    line holds nothing that can be taken over.
    """
    more: dict[str, Entry] = {}
    lines: set[int] = set()
    for filling, entry in planned.adoptable:
        if wanted.wants(filling.line) and (wanted.lines is not None or filling.address not in ledger.entries):
            more[filling.address] = entry
            lines.add(filling.line)
    for line in by_line(read.all_held):
        number = line[0].claim.statement.line
        if wanted.wants(number) and not obstacle(line, wanted.lines is not None, read.known, read.document):
            for one in line:
                text = read.document.text[one.claim.span.start : one.claim.span.end]
                at = (number, read.document.column(number - 1, one.claim.span.start))
                if one.claim.address in read.known and at not in places and one.claim.address not in ledger.entries:
                    more[one.claim.address] = Entry(text, text)
                    lines.add(number)
    missing = sorted((wanted.lines or frozenset()) - lines)
    if missing:
        raise Refusal(
            "no-claim", "holds no number that the evidence can keep up to date", path=name, line=missing[0],
            mend=f"`phasemetrics check {name} -v` says what is known of each",
        )  # fmt: skip
    return replace(ledger, entries={**ledger.entries, **more})


def _marked(planned: Plan, before: Ledger, left: Iterable[Filling]) -> Plan:
    """Return a plan that says which numbers were taken over that were nobody's before, and which were `left`."""

    def marked(one: Filling) -> Filling:
        new = one.address in planned.ledger.entries and one.address not in before.entries
        if one.code or one.state not in {"agrees", "updated"} or not new:
            return one
        message = "taken over as it stands" if one.new is None else f"taken over; a person wrote {one.old!r}"
        return replace(one, code="adopted", message=message)

    fillings = (*map(marked, planned.fillings), *left)
    return replace(planned, fillings=tuple(sorted(fillings, key=lambda one: (one.line, one.column))))


def _left(read: _Read, wanted: Adoption, taken: Ledger) -> Iterator[Filling]:
    """Yield the claims that were to be taken over and were not, with the reason."""
    for line in by_line(read.all_held):
        beside = obstacle(line, wanted.lines is not None, read.known, read.document)
        for one in line:
            stated = one.claim.statement
            if not wanted.wants(stated.line) or one.claim.address in taken.entries or stated.subject == "files.listed":
                continue
            if one.answer.agrees is None:
                yield told(one)
            else:
                yield replace(told(one), state="kept", code="not-adopted", message=why_left(one, beside))
