"""How far a document may grow by being printed or filled."""

from __future__ import annotations

from phasemetrics.errors import Refusal
from phasemetrics.limits import MIB, limits, raising

PRINTED = 1 * MIB  # characters of a new document


def require_readable(characters: int) -> None:
    """Raise Refusal `too-large` for a filled document that is too long to be read again."""
    most = limits().document_size
    if characters > most:
        message = f"would have {characters} characters or more, the limit of a document is {most}"
        raise Refusal("too-large", message, mend=f"shorten the lines that are repeated, or {raising('document_size')}")


def require_printable(characters: int, origin: str) -> None:
    """Raise Refusal `too-large` for a new document that is longer than a person would want."""
    if characters > PRINTED:
        message = f"would print {characters} characters or more, the limit of a new document is {PRINTED}"
        raise Refusal("too-large", message, path=origin, mend="shorten the template, or name fewer components")
