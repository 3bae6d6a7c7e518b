"""Many executions of one target, and what they came to."""

from __future__ import annotations

import hashlib
import random
import time
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from fuzzing.mutation import mutated
from fuzzing.target import Find, Target, tried

FINDS = Path(__file__).with_name("finds")
_SHORT = 500  # bytes: what is longer is taken less often, as it takes longer and most of it is more of the same
_TRIES = 300  # to find fewer bytes that show the same defect


@dataclass(slots=True)
class Campaign:
    """What the executions of one target came to so far; of each defect the first find is kept."""

    target: Target
    executions: int = 0
    finds: dict[str, Find] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)

    def execute(self, content: bytes) -> None:
        """Run the target once."""
        self.executions += 1
        found = tried(self.target, content)
        if found is not None and found.key not in self.finds:
            self.finds[found.key] = shrunk(self.target, found)

    def keep(self, folder: Path = FINDS) -> None:
        """Write the finds where a test runs them again, each under the hash of its bytes."""
        for found in self.finds.values():
            keep(self.target.name, found.content, folder)


def keep(target: str, content: bytes, folder: Path = FINDS) -> None:
    """Write bytes on which a target failed where a test runs them again."""
    place = folder / target / hashlib.sha1(content, usedforsecurity=False).hexdigest()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def at_random(target: Target, runs: int, seed: int, known: tuple[bytes, ...] = ()) -> Campaign:
    """Run a target `runs` times: on its seeds, and on what accidents make of these and of what is `known` beside them.

    With the same seed and the same bytes the same is done every time.
    """
    chance, campaign = random.Random(seed), Campaign(target)
    for content in target.seeds:
        campaign.execute(content)
    pool = (*target.seeds, *known)
    weights = list(accumulate(1 / (len(content) + _SHORT) for content in pool))
    while campaign.executions < runs:
        (content,) = chance.choices(pool, cum_weights=weights)
        campaign.execute(mutated(chance, content, target.seeds))
    return campaign


def shrunk(target: Target, found: Find) -> Find:
    """Return a find of the same defect with fewer bytes, as far as a few hundred tries lead."""
    if found.key in {"slow", "memory"} or found.key.startswith("TooSlow"):
        return found
    size = len(found.content) // 2
    tries = 0
    while size and tries < _TRIES:
        for start in range(0, len(found.content), size):
            tries += 1
            less = tried(target, found.content[:start] + found.content[start + size :])
            if less is not None and less.key == found.key:
                found = less
                break
            if tries >= _TRIES:
                break
        else:
            size //= 2
    return found
