"""Prints the days that are missing from a short log; run it with `src` on the Python path."""

from __future__ import annotations

from rainbook.gaps import missing_days
from rainbook.reading import read_log

LOG = """\
2026-03-01 Hilltop 12.4
2026-03-05 Hilltop 4.6
2026-03-01 Millpond 3.5
2026-03-03 Millpond T
"""

if __name__ == "__main__":
    for gap in missing_days(read_log(LOG)):
        print(gap)
