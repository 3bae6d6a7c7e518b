"""What a refused command says of the reports that it was given: that nothing is recorded of them."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.reportfiles import named_format

if TYPE_CHECKING:
    from phasemetrics.evidence.collecting import Evidence

_SHOWN = 3


@contextmanager
def unrecorded(evidence: Evidence) -> Iterator[None]:
    """Add to a refusal that is not about a report which reports were not recorded: they have to be given again."""
    try:
        yield
    except Refusal as refusal:
        names = _names(evidence)
        if names and not any(name in str(refusal) for name in names):
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            refusal.add_note(f"nothing is recorded of {', '.join(names[:_SHOWN])}{more}")
        raise


def _names(evidence: Evidence) -> list[str]:
    """Return the reports as a person at the project's root would name them, those of a pattern one by one."""
    names: list[str] = []
    for pattern in (pattern for patterns in evidence.globs.values() for pattern in patterns):
        plain = named_format(evidence.root, pattern)[1].removeprefix(f"{evidence.root}/")
        # A report that is not there is refused for that, and has its name in the refusal.
        try:
            found = sorted(glob.glob(plain, root_dir=evidence.root)) if glob.has_magic(plain) else [plain]  # noqa: PTH207
        except (OSError, ValueError):  # a name that no file can have
            found = [plain]
        names += [visible(name) for name in found]
    return names
