"""The components that the configuration names, and how many lines the files have that a document names."""

from __future__ import annotations

from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.side import Side
from phasemetrics.settings import ComponentTable, Config
from phasemetrics.value import Lookup, Origin, Value, absent


def component_facts(config: Config) -> list[dict[str, Any]] | Value:
    """Return the components in the order of the configuration: `name`, `path` and `aliases`."""
    if not config.component:
        mend = 'add it to the configuration: [[component]] name = "…", path = "…"'
        return absent("not-configured", "no component is configured", mend)
    return [{"name": Value(visible(one.name)), "path": _path(one), "aliases": one.aliases} for one in config.component]


def _path(component: ComponentTable) -> Value:
    if component.path is None:
        mend = f'add path = "…" to its [[component]] in the configuration: {component.name}'
        return absent("not-configured", f"{component.name} has no path", mend)
    return Value(visible(component.path, 500))


def count_lines(content: bytes) -> int:
    """Return the number of lines of a file; a last line without an ending is one."""
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))


def line_counts(after: Side, beside: Beside) -> Lookup[Value]:
    """Return the number of lines of a file at the commit, by its path as the document names it."""

    def answer(path: str) -> Value:
        path = path.strip("` ").removeprefix("./")
        revision = after.snapshot.revision if after.snapshot else None
        if revision is None:
            return after.missing if after.snapshot is None else absent("no-revision", "the evidence names no commit")
        content = beside.blob(path)
        if content is None:
            return absent("no-such-file", f"{visible(path)} is no file at commit {revision.sha[:12]}", "name its path")
        if b"\0" in content:
            return absent("no-such-file", f"{visible(path)} is no text at commit {revision.sha[:12]}", "name its path")
        return Value(str(count_lines(content)), Origin(visible(path), "", revision.sha))

    return Lookup(answer)
