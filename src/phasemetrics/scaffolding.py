"""Writes a new document from a template, with what the configuration already knows."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from phasemetrics.config import Config, PhaseTable, Project
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import encode
from phasemetrics.document.plan import plan
from phasemetrics.errors import UsageError
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.model import Phase
from phasemetrics.filling import Opened, ledger_change
from phasemetrics.templates import all_templates
from phasemetrics.value import absent
from phasemetrics.writing.guard import resolve_new
from phasemetrics.writing.transaction import Change, commit, locked


def usual_name(kind: str, phase: str, configured: Sequence[str]) -> str:
    """Return where a document of this kind goes: the configured document that is called after it, else a usual name."""
    near = [name for name in configured if kind[:5].lower() in name.rpartition("/")[2].lower()]
    return near[0] if len(near) == 1 else f"{kind.upper().replace('-', '_')}_PHASE{phase}.md"


def create(project: Project, kind: str, phase: str, name: str | None, target: str, templates: Sequence[str]) -> None:
    """Write the document of `kind` for a phase to `target`, with its ledger.

    Raises UsageError for a kind that no template has, Refusal where the target exists or may not be written.
    """
    known = {template.name: template for template in all_templates(project.root, templates)}
    if kind not in known:
        near = difflib.get_close_matches(kind, known, n=1)
        mend = f"did you mean `{near[0]}`?" if near else f"known kinds: {', '.join(known)}"
        raise UsageError("unknown-kind", f"there is no template {kind!r}", mend=mend)
    config = _named(project.config, phase, name)
    with locked(project.root):
        path = resolve_new(project.root, project.root / target, target)
        blank = known[kind].blank(nothing_known())
        facts = facts_of(Phase(phase, None, None), config, "nothing is measured yet")
        planned = plan(blank, [known[kind]], facts, Ledger())
        document = Change(path, target, None, encode(planned.text))
        opened = Opened(target, path, b"", Ledger(), None)
        commit(project.root, [document], [ledger_change(project.root, opened, planned.ledger)])


def _named(config: Config, phase: str, name: str | None) -> Config:
    if name is None:
        return config
    table = config.phase.get(phase, PhaseTable()).model_copy(update={"name": name})
    return config.model_copy(update={"phase": {**config.phase, phase: table}})


def nothing_known() -> dict[str, Any]:
    """Return the facts of a phase about which nothing is known, not even its number."""
    facts = facts_of(Phase("0", None, None), Config(), "")
    return {**facts, "phase": dict.fromkeys(facts["phase"], absent("blank", "the document is being made"))}
