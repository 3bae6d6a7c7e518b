"""Prints the monthly totals of a short log; run it with `src` on the Python path."""

from __future__ import annotations

from rainbook.reading import read_log
from rainbook.report import monthly_report

LOG = """\
2026-03-01 Hilltop 12.4
2026-03-02 Hilltop 4.6
2026-03-01 Millpond 3.5
"""

if __name__ == "__main__":
    print(monthly_report(read_log(LOG)), end="")
