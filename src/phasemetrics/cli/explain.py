"""`explain`: what a code in brackets means, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from phasemetrics.cli import options

if TYPE_CHECKING:
    from phasemetrics.explaining import Explanation, Section

SCHEMA = 1
_LABEL = 6  # blanks before a text, its label in them


def explain(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="What stands in brackets, such as no-group; all without it.")
    ] = None,
    format: options.FormatOption = options.Format.text,
    json: options.JsonOption = False,
) -> None:
    """Say what a refusal, a warning or an open place means, and how to mend it."""
    from phasemetrics.cli.printing import say
    from phasemetrics.explaining import explained, explanations, sections

    one = explained(code) if code is not None else None
    if json or format is options.Format.json:
        _as_json(_members(one) if one else {"codes": [_members(each) for each in explanations().values()]})
        return
    for line in _told(one) if one else _listed(sections()):
        say(line)


def _as_json(members: dict[str, object]) -> None:
    from json import dumps

    from phasemetrics.cli.printing import print_bytes

    print_bytes(dumps({"schema": SCHEMA, **members}, indent=1).encode("ascii") + b"\n")


def _members(one: Explanation) -> dict[str, object]:
    return {
        "code": one.code,
        "exit": one.exit,
        "when": one.when,
        "why": one.why or None,
        "mend": one.mend,
        "example": one.example or None,
    }


def _listed(found: tuple[Section, ...]) -> list[str]:
    """Return one line for each code, under the titles of the sections."""
    width = max(len(one.code) for section in found for one in section.explanations)
    lines: list[str] = []
    for section in found:
        lines += ["", section.title] if lines else [section.title]
        lines += [f"  {one.code.ljust(width)}  {one.when}" for one in section.explanations]
    return lines


def _told(one: Explanation) -> list[str]:
    """Return one code in full, wrapped to the terminal; its example as it is to be typed."""
    import shutil
    import textwrap

    width = min(max(shutil.get_terminal_size().columns, 40), 100)
    printed = ", ".join(f"{word}[{one.code}]" for word in one.printed)
    ends = f"; exit {one.exit}" if one.exit is not None else ""
    lines = [f"{printed}{ends}", ""]
    for label, text in (("when", one.when), ("why", one.why), ("mend", one.mend)):
        first, rest = label.ljust(_LABEL), " " * _LABEL
        wrapper = textwrap.TextWrapper(
            width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
        )
        lines += wrapper.wrap(text)
    if one.example:
        lines += ["", *(f"    {line}".rstrip() for line in one.example.splitlines())]
    return lines
