"""Writes a new document from a template, with what the configuration already knows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from phasemetrics.config import Project
from phasemetrics.document.filters import Blank
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import decode, encode
from phasemetrics.document.plan import plan
from phasemetrics.document.repeating import repeated
from phasemetrics.document.template import Template
from phasemetrics.errors import UsageError
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.model import Phase
from phasemetrics.opening import Opened, ledger_change, ledger_content, ledger_name
from phasemetrics.settings import ComponentTable, Config, PhaseTable
from phasemetrics.surroundings import beside_of
from phasemetrics.templates import all_templates
from phasemetrics.value import absent
from phasemetrics.writing.guard import read_document, resolve_new, resolve_readable
from phasemetrics.writing.transaction import Change, commit, locked

_WORD = re.compile(r"[a-z0-9]+")


def usual_name(kind: str, phase: str, configured: Sequence[str]) -> str:
    """Return where a document of this kind goes: the configured document that is called after it, else a usual name."""
    words = {name: _WORD.findall(name.rpartition("/")[2].lower()) for name in configured}
    wanted = [part[:5] for part in _WORD.findall(kind.lower())]
    near = [name for name, own in words.items() if all(any(one.startswith(part) for one in own) for part in wanted)]
    # `plan` also stands in IMPLEMENTATION_PLAN_3.md; the name with the fewest words says no more than was asked for.
    near.sort(key=lambda name: len(words[name]))
    alone = len(near) == 1 or (len(near) > 1 and len(words[near[0]]) < len(words[near[1]]))
    return near[0] if alone else f"{kind.upper().replace('-', '_')}_PHASE{phase}.md"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make: a document of `kind` at `target`.

    `name` is what the phase is called and `components` are its components, both instead of the configured ones;
    `source` is a document to begin with, instead of what the template prints.
    """

    kind: str
    phase: str
    target: str
    name: str | None = None
    components: tuple[ComponentTable, ...] = ()
    source: str | None = None
    templates: tuple[str, ...] = ()


def components_of(text: str) -> tuple[ComponentTable, ...]:
    """Return the components that `Parser=src/parser.py,Lexer` names; raise UsageError for one without a name."""
    parts = [part.partition("=") for part in text.split(",")]
    if not all(name.strip() for name, _, _ in parts):
        mend = "write it like --components 'Parser=src/parser.py,Lexer'"
        raise UsageError("bad-components", f"a component without a name in {text!r}", mend=mend)
    return tuple(ComponentTable(name=name.strip(), path=path.strip() or None) for name, _, path in parts)


def create(project: Project, wish: Wish) -> None:
    """Write a new document with its ledger; a section for each component where the template repeats one.

    Raises UsageError for a kind that no template has, Refusal where the source cannot be read, or the target exists or
    may not be written.
    """
    template = _template(project, wish)
    config = _configured(project.config, wish)
    with locked(project.root):
        path = resolve_new(project.root, project.root / wish.target, wish.target)
        blank = _blank(project, wish, template, len(config.component))
        phase = Phase(wish.phase, None, None)
        facts = facts_of(phase, config, "nothing is measured yet", beside_of(project.root, config, phase))
        planned = plan(blank, [template], facts, Ledger())
        document = Change(path, wish.target, None, encode(planned.text))
        # A document that is gone may have left its ledger: it says nothing about the new one.
        name = ledger_name(project.root, path)
        opened = Opened(wish.target, path, b"", Ledger(), ledger_content(project.root / name, name))
        commit(project.root, [document], [ledger_change(project.root, opened, planned.ledger)])


def _template(project: Project, wish: Wish) -> Template:
    known = {template.name: template for template in all_templates(project, wish.templates)}
    if wish.kind in known:
        return known[wish.kind]
    near = difflib.get_close_matches(wish.kind, known, n=1)
    mend = f"did you mean `{near[0]}`?" if near else f"known kinds: {', '.join(known)}"
    raise UsageError("unknown-kind", f"there is no template {wish.kind!r}", mend=mend)


def _blank(project: Project, wish: Wish, template: Template, components: int) -> str:
    """Return the document without any value: the template's, or a document of the team's own."""
    if wish.source is None:
        known = nothing_known()
        if components:
            known["components"] = [Blank(number) for number in range(1, components + 1)]
        return template.blank(known)
    path = resolve_readable(project.root, project.root / wish.source, wish.source)
    text = decode(read_document(path, wish.source), wish.source)
    return repeated(text, [template], components)


def _configured(config: Config, wish: Wish) -> Config:
    """Return the configuration with what was said on the command line."""
    if wish.components:
        config = config.model_copy(update={"component": wish.components})
    if wish.name is None:
        return config
    table = config.phase.get(wish.phase, PhaseTable()).model_copy(update={"name": wish.name})
    return config.model_copy(update={"phase": {**config.phase, wish.phase: table}})


def nothing_known() -> dict[str, Any]:
    """Return the facts of a phase about which nothing is known, not even its number."""
    facts = facts_of(Phase("0", None, None), Config(), "")
    return {**facts, "phase": dict.fromkeys(facts["phase"], absent("blank", "the document is being made"))}
