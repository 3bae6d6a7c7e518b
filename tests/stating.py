"""Statements of a document as one line of words each, for tests that have to see all of it."""

from __future__ import annotations

from phasemetrics.claims.finding import statements
from phasemetrics.claims.statement import Statement
from phasemetrics.document.markdown import parse
from phasemetrics.templates import wordings


def said(text: str, phase: str = "3") -> list[str]:
    """Return what a document states: `tests.passed after =45`, and in brackets what makes it less than that.

    In brackets stand its scope, where it is not the whole, and `other`, where it is not about the phase asked for.
    """
    return [in_words(one) for one in statements(parse(text), phase, wordings({}))]


def in_words(one: Statement) -> str:
    of = f" {one.of}" if one.of else ""
    aside = [f"{one.scope}{of}"] if one.scope != "whole" or one.of else []
    aside += [] if one.asked else ["other"]
    high = f"-{one.high}" if one.high is not None else ""
    number = f"{one.relation}{one.value}{high}{'%' if one.percent else ''}"
    return " ".join([one.subject, one.side, number, *(f"({part})" for part in aside)])
