"""The machine that we run on, for results of benchmarks that do not say where they were measured."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

from phasemetrics.evidence.model import UNKNOWN, Machine

_CPU = re.compile(r"^model name\s*:\s*(.+)$", re.MULTILINE)


def this_machine() -> Machine:
    """Return system, architecture, processor and cores; what ran the benchmarks is not known from here."""
    return Machine(
        os=platform.system() or UNKNOWN,
        arch=platform.machine() or UNKNOWN,
        cpu=_cpu() or UNKNOWN,
        cores=os.cpu_count() or 0,
        runtime=UNKNOWN,
    )


def _cpu() -> str:
    # platform.processor() is empty on Linux, or the architecture again.
    try:
        found = _CPU.search(Path("/proc/cpuinfo").read_text("utf-8", "replace"))
    except OSError:
        found = None
    return " ".join(found[1].split()) if found else platform.processor()
