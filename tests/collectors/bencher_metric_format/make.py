"""Writes the report here and `expected.json` again: `python tests/collectors/bencher_metric_format/make.py`.

It is made by hand, for people's own benchmarks write this format and no tool does: after the example and the schema of
https://bencher.dev/docs/reference/bencher-metric-format, with the units of Bencher 0.6.12's measure/built_in.rs. A
bound that is null is how Bencher itself writes one that is not there. The expected numbers stand beside each measure.
"""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
# By benchmark and measure: value, bounds, and the value and unit that are expected.
MEASURES: dict[str, dict[str, tuple[float, tuple[float | None, ...], float, str]]] = {
    "tests::parse": {
        "latency": (88.0, (87.42, 88.88), 8.8e-8, "second"),
        "throughput": (5.55, (3.14, 6.3), 5.55, "per_second"),
    },
    "sh -c ./my_build_script.sh": {"build-time": (87.0, (), 87.0, "second")},
    "my_binary": {"file-size": (42, (None, None), 42, "byte"), "sections": (11, (11, 11), 11, "sections")},
    "play_game": {"Total Blocks": (100, (), 100, "Total Blocks"), "drift": (-0.25, (-1, 0.5), -0.25, "drift")},
}
BOUNDS = ("lower_value", "upper_value")


def main() -> None:
    report = {
        name: {
            measure: {"value": value, **dict(zip(BOUNDS, bounds, strict=False))}
            for measure, (value, bounds, _, _) in measures.items()
        }
        for name, measures in MEASURES.items()
    }
    expected = {
        f"bench.{name}.{measure}": [value, unit]
        for name, measures in MEASURES.items()
        for measure, (_, _, value, unit) in measures.items()
    }
    for name, document in (("report.json", report), ("expected.json", expected)):
        (HERE / name).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
