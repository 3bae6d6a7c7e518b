"""Reads what stands beside the reports of a phase: its plan, the documents of the phase before, files at the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from phasemetrics.document.markdown import Document, decode, parse
from phasemetrics.document.passages import items_after, items_under
from phasemetrics.document.planned import Statement, statements
from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.beside import Beside, PlannedTarget
from phasemetrics.evidence.identity import neighbours, spelled_out
from phasemetrics.evidence.measuring import read_at
from phasemetrics.evidence.model import Phase
from phasemetrics.limits import limits
from phasemetrics.realpath import real
from phasemetrics.settings import Config
from phasemetrics.value import Origin, Value, absent
from phasemetrics.writing.guard import read_document, resolve_readable

_MEND = "state it like `Coverage: >= 90%`, or add target to its [[metric]]"


def beside_of(root: Path, config: Config, phase: Phase) -> Beside:
    """Return what is known of a phase apart from its reports.

    What cannot be read is no refusal: the values that would come from it are absent, and say why.
    """
    targets, untaken = _targets(root, config, phase.number)
    criteria, needs = _words(root, config, phase.number)
    revision = phase.after.revision if phase.after else None
    blob = files_at(root, revision.sha) if revision else files_at(root, None)
    return Beside(targets, untaken, criteria, needs, blob)


def files_at(root: Path, sha: str | None) -> Callable[[str], bytes | None]:
    """Return what gives the bytes of a regular file at a commit, by its path from the project's or git's top."""
    inside = root.relative_to(_top(root)).as_posix()

    @cache  # a document may name a file many times, and each answer takes several runs of git
    def content(path: str) -> bytes | None:
        here = read_at(root, sha, f"{inside}/{path}") if inside != "." else None
        return here if here is not None else read_at(root, sha, path)

    return content


def in_repository(root: Path, path: Path) -> str:
    """Return what the repository that the project lies in calls a file, whose `path` is resolved."""
    top = _top(real(root))
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else path.name


def _top(root: Path) -> Path:
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def _targets(root: Path, config: Config, phase: str) -> tuple[dict[str, PlannedTarget], dict[str, Value]]:
    """Return the targets that the plan states for the metrics without one, and why it states none for the others."""
    names = {metric.name: (metric.name, *metric.aliases) for metric in config.metric if metric.target is None}
    if config.plan is None or not names:
        return {}, {}
    plan = spelled_out(config.plan, phase, config)
    try:
        content = _read(root, plan)
        if len(content) > (most := limits().template_size):
            raise Refusal("too-large", f"is {len(content)} bytes, the limit is {most}", path=plan)
        stated = statements(decode(content, plan), names, phase)
    except Refusal as error:
        why = f"the plan is not read: {visible(plan)}: {error.message}"
        return {}, {
            name: absent("no-target", f"{visible(name)} has no target; {why}", f"write the plan; {_MEND}")
            for name in names
        }
    digest = hashlib.sha256(content).hexdigest()
    found = {
        name: PlannedTarget(one.text, one.unit, Origin(f"{visible(plan, 500)}:{one.line}", digest, None))
        for name, (one, *others) in ((name, said) for name, said in stated.items() if said)
        if not others
    }
    return found, {name: _untaken(name, plan, said) for name, said in stated.items() if len(said) != 1}


def _untaken(name: str, plan: str, stated: Sequence[Statement]) -> Value:
    if not stated:
        return absent("no-target", f"{visible(name)} has no target, and {visible(plan)} states none", _MEND)
    places = " and ".join(f"{one.text} in line {one.line}" for one in stated[:3])
    why = f"{visible(plan)} states several targets for {visible(name)}: {places}"
    return absent("unclear-target", why, "leave one of them, or add target to its [[metric]]")


def _words(root: Path, config: Config, phase: str) -> tuple[tuple[str, ...] | Value, str | Value]:
    """Return the success criteria and the needs that the documents of the phase before name for this one."""
    if not config.carry.words:
        unread = absent("not-carried", "words are not carried over")
        return unread, unread
    previous, _ = neighbours(phase, config)
    if previous is None:
        first = absent("no-previous-phase", "no phase comes before this one")
        return first, first
    own = {spelled_out(pattern, phase, config) for pattern in config.documents}
    spelled = (spelled_out(pattern, previous, config) for pattern in config.documents)
    names = [name for name in spelled if name not in own]  # one document for all phases is not the previous one's
    documents = [document for name in names if (document := _document(root, name)) is not None]
    if not documents:
        looked = ", ".join(visible(name) for name in names) or "no documents are configured"
        none = absent("no-previous-document", f"no document of phase {visible(previous)} can be read: {looked}")
        return none, none
    criteria = _first(documents, _criteria, previous, "success criteria")
    needs = _first(documents, _needs, previous, "dependencies")
    return criteria, needs if isinstance(needs, Value) else "; ".join(needs)


def _first(
    documents: Sequence[Document], read: Callable[[Document], list[str]], previous: str, what: str
) -> tuple[str, ...] | Value:
    found = next((items for document in documents if (items := read(document))), [])
    why = f"the documents of phase {visible(previous)} name no {what} for this one"
    return tuple(found) or absent("not-named", why, "write them there, or here")


def _criteria(document: Document) -> list[str]:
    def belongs(path: tuple[str, ...]) -> bool:
        return path[-1:] == ("success criteria",) and any(key.startswith("next phase") for key in path)

    return items_under(document, belongs)


def _needs(document: Document) -> list[str]:
    return items_after(document, "dependencies from phase", lambda path: "next steps" in path)


def _document(root: Path, name: str) -> Document | None:
    try:
        return parse(decode(_read(root, name), name))
    except Refusal:
        return None


def _read(root: Path, name: str) -> bytes:
    return read_document(resolve_readable(root, Path(name), name), name)
