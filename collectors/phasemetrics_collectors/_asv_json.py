"""Numbers of asv's JSON, in which NaN and Infinity may stand, though JSON (RFC 8259) has neither."""

from __future__ import annotations

import json
import math
from pathlib import Path

from phasemetrics.reading import read_regular
from phasemetrics_collectors._bench import MOST
from phasemetrics_collectors._json import parse
from phasemetrics_collectors._json_node import Node


def read(path: Path, name: str, mend: str) -> Node:
    """Return the root of a JSON file of asv, which the person calls `name`; NaN and the infinities are in it.

    Raises `Refusal` for all else that `_json.parse` refuses.
    """
    return parse(read_regular(path, name, "json_size"), name, mend, constants=True)


def number(node: Node, minimum: float = -MOST) -> float:
    """Return this number, which is finite and `minimum` or more."""
    if node.constant:
        raise node.refuse(f"is {json.dumps(node.value)}, expected a finite number")
    return node.number(minimum, MOST)


def is_nan(node: Node) -> bool:
    """Return whether this is NaN."""
    return type(node.value) is float and math.isnan(node.value)
