"""Holds what documents state in words of their own against the evidence, and against themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from phasemetrics.claims.addressing import Claim, addressed
from phasemetrics.claims.finding import statements
from phasemetrics.claims.listings import Listing, listings
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.restating import restated
from phasemetrics.claims.statement import Statement
from phasemetrics.claims.tokens import number_of
from phasemetrics.claims.wording import against, words
from phasemetrics.document.markdown import Document
from phasemetrics.document.ownership import Filling
from phasemetrics.evidence.filed import file_answer, resolved
from phasemetrics.evidence.fitting import Answer, Stated, cannot_tell, fits
from phasemetrics.evidence.measuring import read_files
from phasemetrics.evidence.metered import Asked, metric_answer
from phasemetrics.evidence.model import Phase
from phasemetrics.evidence.stated import answer
from phasemetrics.settings import MetricTable

_OUTCOMES = {"tests.passed", "tests.failed", "tests.skipped", "tests.rate"}


@dataclass(frozen=True, slots=True)
class Held:
    """A claim, and what the evidence says of it."""

    claim: Claim
    answer: Answer

    @property
    def takeable(self) -> bool:
        """Whether the number can be taken over: it is the measured one, or certainly wrong."""
        one, exact = self.claim.statement, self.answer.exact
        if self.answer.agrees is None or exact is None or one.relation != "=":
            return False
        return not self.answer.agrees or self.says(one.text)

    def says(self, text: str) -> bool:
        """Return whether a number that is written so is the measured one, at the precision it is written with."""
        exact = self.answer.exact
        return exact is not None and fits(replace(_stated(self.claim.statement), value=number_of(text)), exact)


def held(root: Path, phase: Phase, documents: Sequence[Document], book: Phrasebook) -> list[tuple[Held, ...]]:
    """Return for each document what it states about the phase, with what the evidence says of it."""
    found = [list(addressed(one, statements(one, phase.number, book))) for one in documents]
    files = _Files(
        root, phase, {claim.statement.of for one in found for claim in one if claim.statement.scope == "file"}
    )
    judged = [
        [Held(claim, _answer(phase, files, claim.statement, book.metrics)) for claim in claims] for claims in found
    ]
    return [tuple(_consistent(one)) for one in judged]


def _consistent(all_held: Sequence[Held]) -> Iterator[Held]:
    """Yield the claims; outcomes beside a total of which nothing can be told may be of the same part."""
    doubtful = {
        one.claim.statement.side
        for one in all_held
        if one.claim.statement.subject == "tests.total"
        and one.claim.statement.scope == "whole"
        and one.claim.statement.asked
        and one.answer.agrees is None
    }
    for one in all_held:
        stated = one.claim.statement
        beside = stated.subject in _OUTCOMES and stated.scope == "whole" and stated.side in doubtful
        if beside and one.answer.agrees is False:
            why = "the total that the document states may be one of a part"
            yield replace(one, answer=replace(one.answer, agrees=None, why=why))
        else:
            yield one


class _Files:
    """The files that documents name, as they are at the measured commit."""

    def __init__(self, root: Path, phase: Phase, named: Collection[str]) -> None:
        self.paths: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}
        revision = phase.after.revision if phase.after else None
        if revision is not None and named:
            self.contents = read_files(root, revision.sha, lambda tree: self._wanted(tree, named))

    def _wanted(self, tree: frozenset[str], named: Iterable[str]) -> Collection[str]:
        self.paths = {name: path for name in named if (path := resolved(name, tree))}
        return set(self.paths.values())


def _stated(one: Statement) -> Stated:
    return Stated(one.value, one.relation, one.high, one.percent or bool(one.unit))  # both are printed rounded


def _answer(phase: Phase, files: _Files, one: Statement, metrics: Iterable[MetricTable]) -> Answer:
    stated = _stated(one)
    if not one.asked:
        return cannot_tell("it may be about another phase or another time")
    if one.side == "target":
        return cannot_tell("it is a target")
    if one.side == "unknown":
        return cannot_tell("it does not say at which end of the phase")
    if one.scope == "part":
        return cannot_tell("it may be about a part")
    if one.family == "metric":
        metric = next(metric for metric in metrics if one.subject == f"metric:{metric.name}")
        return metric_answer(phase, metric, Asked(stated, "%" if one.percent else one.unit, one.side, one.of))
    if one.scope == "whole":
        return answer(phase, one.subject, one.side, stated, of=one.of, of_all=one.of_all)
    path = files.paths.get(one.of)
    if path is None or phase.after is None:
        return cannot_tell(f"no file of the measured commit is called {one.of!r}, or several are")
    return file_answer(phase.after, path, files.contents.get(path), one.subject, one.side, stated)


def claims(
    root: Path, phase: Phase, documents: Sequence[Document], known: Sequence[Iterable[Filling]], book: Phrasebook
) -> list[tuple[Filling, ...]]:
    """Return for each document its claims as fillings: `agrees`, or `kept`, with a code and a reason.

    `known` are the places that templates found in it, which are no claims.
    """
    found = []
    for document, all_held, own in zip(documents, held(root, phase, documents, book), known, strict=True):
        ours = places_of(own)
        free = [one for one in all_held if (one.claim.statement.line, one.claim.statement.column) not in ours]
        lists = (one for one in listings(document) if (one.line, one.column) not in ours)
        found.append((*_judged(free), *map(_counted, lists)))
    return found


def places_of(fillings: Iterable[Filling]) -> set[tuple[int, int]]:
    """Return the lines and columns that are in places of templates: what stands there is no claim."""
    return {(one.line, column) for one in fillings for column in range(one.column, one.column + max(1, len(one.old)))}


def _judged(all_held: Sequence[Held]) -> Iterator[Filling]:
    others = {one.address: usual.statement for one, usual in restated(held.claim for held in all_held)}
    for one in all_held:
        filling = told(one)
        usual = others.get(one.claim.address)
        if usual is not None and one.answer.agrees is None:
            other = f"{words(usual)} in line {usual.line}"
            message = f"the document says {words(one.claim.statement)} here and {other}"
            known = _understood(one.claim.statement, other)
            filling = replace(filling, code="restated", message=message, contradicts=True, claim=known)
        if one.claim.statement.subject != "files.listed":
            yield filling


def told(one: Held) -> Filling:
    """Return a claim as a filling: `agrees`, or `kept` with a code and a reason."""
    stated, said = one.claim.statement, one.answer
    true = Filling(
        one.claim.address, "agrees", stated.line, stated.column, stated.text, origin=said.origin,
        claim=_understood(stated, None if said.agrees is None else against(stated, said.said)),
    )  # fmt: skip
    if said.agrees is None:
        return replace(true, state="kept", code="cannot-tell", message=f"{words(stated)}: {said.why}")
    if said.agrees:
        total = stated.scope == "whole" and stated.family != "metric"
        otherwise = total and said.exact is not None and not fits(_stated(stated), said.exact)
        rather = ", counted in a way of its own;" if otherwise else ","
        return replace(true, message=f"the document says {words(stated)}{rather} the evidence says {said.said}")
    message = f"the document says {words(stated)}, the evidence says {said.said}"
    wrong = replace(true, state="kept", message=message, contradicts=True)
    return replace(wrong, code="file-claim") if stated.scope == "file" else replace(wrong, code="total-claim")


def _understood(one: Statement, other: str | None) -> dict[str, str | None]:
    """Return how a number was read, for those who check it: what it counts, of what, when, how exactly.

    `other` is what it was held against, in words; None where nothing can be told.
    """
    high = None if one.high is None else str(one.high)
    return {
        "subject": one.subject, "side": one.side, "scope": one.scope, "of": one.of or None,
        "relation": one.relation, "value": str(one.value), "high": high,
        "unit": one.unit or None, "against": other,
    }  # fmt: skip


def _counted(one: Listing) -> Filling:
    """Hold a heading's count against the list under it: a list may be a selection, but never more than all."""
    message = f"the heading says {one.text} files, {one.listed} are listed under it"
    known: dict[str, str | None] = {
        "subject": "files.listed", "side": "after", "scope": "part", "of": None,
        "relation": "=", "value": one.text, "high": None, "unit": None, "against": f"{one.listed} files listed",
    }  # fmt: skip
    told = Filling(f"list/{one.line}", "agrees", one.line, one.column, one.text, message=message, claim=known)
    more = one.listed > int(one.text)
    return replace(told, state="kept", code="list-count", contradicts=True) if more else told
