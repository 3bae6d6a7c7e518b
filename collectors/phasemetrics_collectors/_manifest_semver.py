"""The order of semantic versions, and what npm calls a version range."""

from __future__ import annotations

import re
from itertools import takewhile

from phasemetrics_collectors._manifest_wanted import Bound

_NUMBER = r"0|[1-9][0-9]{0,15}"
_TAIL = r"(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
_VERSION = re.compile(rf"v?(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})\.(?P<patch>{_NUMBER}){_TAIL}")
_PART = rf"{_NUMBER}|[xX*]"
_COMPARATOR = re.compile(
    rf"(?P<operator>\^|~>|~|>=|<=|>|<|=)?v?(?P<major>{_PART})(?:\.(?P<minor>{_PART})(?:\.(?P<patch>{_PART}){_TAIL})?)?"
)


def order(version: str) -> tuple[object, ...] | None:
    """Return what a version is compared by (Semantic Versioning 2.0.0, section 11); None for what is no version."""
    match = _VERSION.fullmatch(version)
    return (*_parts(match), _before_release(match["pre"])) if match else None


def _parts(match: re.Match[str]) -> list[int]:
    """Return the numbers of a version, as many as it gives; an x and all after it leave it open."""
    given = [match[name] or "x" for name in ("major", "minor", "patch")]
    return [int(part) for part in takewhile(str.isdigit, given)]


def _before_release(text: str | None) -> tuple[object, ...]:
    """Return the rank of a pre-release: below the release, numbers below words, fewer parts below more."""
    if text is None:
        return (1,)
    parts = ((0, int(part), "") if part.isdigit() else (1, 0, part) for part in text.split("."))
    return 0, tuple(parts)


def npm_range(text: str) -> tuple[str, Bound] | None:
    """Return a range of npm (`^1.2`, `>=1 <2 || 3.x`, `1.0 - 2.0`) without needless blanks, and its lowest version.

    None for what is no range. Grammar: the README of node-semver, "Range Grammar".
    """
    alternatives = [_alternative(one) for one in text.split("||")]
    found = [one for one in alternatives if one is not None]
    if len(found) != len(alternatives):
        return None
    bounds = [bound for _, bound in found]
    anything = any(spelled in {"", "*", "x", "X"} for spelled, _ in found)
    return "" if anything else " || ".join(spelled for spelled, _ in found), () if () in bounds else min(bounds)


def _alternative(text: str) -> tuple[str, Bound] | None:
    words = re.sub(r"(~>|[<>]=|[\^~<>=])\s+", r"\1", text).split()
    hyphen = words[1:2] == ["-"] and len(words) == 3
    matches = [_COMPARATOR.fullmatch(word) for word in words if not (hyphen and word == "-")]
    found = [match for match in matches if match]
    if len(found) != len(matches):
        return None
    return " ".join(words), max(map(_lowest, found[: 1 if hyphen else None]), default=())


def _lowest(match: re.Match[str]) -> Bound:
    """Return the lowest version that fits a comparator, and whether it is itself left out."""
    parts = _parts(match)
    if not parts or match["operator"] in {"<", "<="}:
        return ()
    above = match["operator"] == ">"
    whole = [*parts, 0, 0][:3]
    if above and len(parts) < 3:  # `>1.2` is from 1.3.0 on, and `^1` from 1.0.0
        whole[len(parts) - 1] += 1
        above = False
    return (*whole, _before_release(match["pre"])), above
