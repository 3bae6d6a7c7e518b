"""What the evidence says of a number that a document states of one file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from phasemetrics.escaping import visible
from phasemetrics.evidence.components import count_lines
from phasemetrics.evidence.fitting import Answer, Stated, cannot_tell, fits
from phasemetrics.evidence.model import Snapshot
from phasemetrics.evidence.side import Side, git_origin
from phasemetrics.units import quantity_text
from phasemetrics.value import Origin, absent

# What a person counts as a test in Python; a report counts each case of a parametrised one.
_FUNCTION = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test", re.MULTILINE)


def file_answer(after: Snapshot, path: str, content: bytes | None, subject: str, side: str, stated: Stated) -> Answer:
    """Hold a stated number against one file at the measured commit, whose bytes are `content`."""
    if subject == "coverage":
        return _coverage(after, path, side, stated)
    if subject in {"lines.added", "lines.deleted"}:
        return _changed(after, path, subject, stated)
    if side != "after":
        return cannot_tell("only the end of the phase is held against files")
    if content is None or b"\0" in content:
        return cannot_tell(f"{visible(path)} is no text file at the measured commit")
    if subject == "lines.total":
        return _counted(after, path, content, stated, {count_lines(content): "lines"})
    if subject in {"tests.total", "tests.passed"}:
        return _counted(after, path, content, stated, _tests(after, path, content, subject))
    return cannot_tell("nothing counts that for one file")


def resolved(name: str, tree: frozenset[str]) -> str | None:
    """Return the path that a document means: as it stands, else the only one that ends in it.

    A folder at its beginning that the repository does not have, such as the project in a drawn tree, is left out.
    """
    name = name.strip().removeprefix("./")
    if name in tree:
        return name
    ending = [path for path in tree if path.endswith(f"/{name}")]
    first, _, rest = name.partition("/")
    if ending or not rest or any(first in path.split("/")[:-1] for path in tree):
        return ending[0] if len(ending) == 1 else None
    return resolved(rest, tree)


def _tests(after: Snapshot, path: str, content: bytes, subject: str) -> Mapping[int, str]:
    """Return the counts that a person may mean: of the report, or of the functions in the file."""
    # `config.py` (43 tests) says how many tests there are for it: only a file that holds tests is meant by itself.
    cases = [one for one in after.tests if one.path == path]
    if subject == "tests.passed":
        return {one.passed: "test cases that passed" for one in cases}
    functions = len(_FUNCTION.findall(content)) if path.endswith(".py") else 0
    # `26 tests, 1 skipped` are 27 to a report.
    counts = {one.total: "test cases" for one in cases}
    for one in cases:
        counts.setdefault(one.passed, "test cases that passed")
    return counts | ({functions: "test functions"} if functions else {})


def _counted(after: Snapshot, path: str, content: bytes, stated: Stated, counts: Mapping[int, str]) -> Answer:
    if not counts:
        return cannot_tell(f"no test of {visible(path)} was reported")
    said = " or ".join(f"{count} {what}" for count, what in counts.items())
    sha = after.revision.sha if after.revision else None
    origin = Origin(visible(path), hashlib.sha256(content).hexdigest(), sha)
    # Editors count the line after the last line ending, wc does not.
    slack = Decimal(1) if "lines" in counts.values() else Decimal(0)
    agrees = any(fits(stated, Decimal(count), slack) for count in counts)
    return Answer(agrees, f"{visible(path)} has {said}", Decimal(next(iter(counts))), origin)


def _coverage(after: Snapshot, path: str, side: str, stated: Stated) -> Answer:
    found = next((one for one in after.coverage if one.path == path), None)
    if found is None or side != "after" or not found.total:
        return cannot_tell(f"the coverage of {visible(path)} was not measured there")
    lines = Decimal(100 * found.covered) / found.total
    both = Decimal(100 * (found.covered + found.branches_covered)) / (found.total + found.branches_total)
    said = f"{quantity_text(float(both) / 100, 'ratio')} of {visible(path)} is covered"
    origin = Side(after, absent("", "")).origin("coverage")
    return Answer(any(fits(stated, one) for one in (both, lines)), said, both, origin)


def _changed(after: Snapshot, path: str, subject: str, stated: Stated) -> Answer:
    found = next((one for one in after.files or () if one.path == path), None)
    if found is None or found.binary:
        return cannot_tell(f"the diff does not hold {visible(path)}")
    exact = found.added if subject == "lines.added" else found.deleted
    said = f"{visible(path)} has {exact} lines {subject.rpartition('.')[2]}"
    origin = git_origin(after)
    told = Answer(True, said, Decimal(exact), origin)
    if any(fits(stated, Decimal(one), Decimal(1)) for one in (exact, abs(found.added - found.deleted))):
        return told
    if stated.value < exact:
        return replace(told, agrees=None, why=f"{said}, and other work may have added to them")
    return replace(told, agrees=False)
