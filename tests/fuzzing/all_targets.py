"""All targets by name."""

from __future__ import annotations

from pathlib import Path

from fuzzing.filler import filler_targets
from fuzzing.ours import our_targets
from fuzzing.readers import reader_targets
from fuzzing.target import Target


def all_targets(scratch: Path) -> dict[str, Target]:
    """Return every target; those that need files have them in `scratch`."""
    found = (*reader_targets(scratch), *our_targets(scratch), *filler_targets())
    return {target.name: target for target in found}
