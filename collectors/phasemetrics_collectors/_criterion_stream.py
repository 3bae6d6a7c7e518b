"""The messages of `cargo criterion --message-format=json`, one JSON object a line."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from phasemetrics.evidence.model import Measurement, Report, Warning
from phasemetrics_collectors._bench import MOST, Benchmark, in_base, no_benchmarks
from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._json import parse
from phasemetrics_collectors._json_node import Node

_MEND = "write it again with `cargo criterion --message-format=json > FILE`"
_COMPLETE = "benchmark-complete"
_BOM = b"\xef\xbb\xbf"


def is_stream(paths: Collection[str]) -> bool:
    """Return whether a file whose beginning has these keys holds messages of cargo-criterion.

    `reason` is a key of cargo's own messages as well. A group message comes after the benchmarks of the group.
    """
    return "reason" in paths and "report_directory" in paths and ("iteration_count" in paths or "group_name" in paths)


def completed(report: Report, content: bytes) -> Iterator[Measurement | Warning]:
    """Yield `bench.NAME.STAT` of each completed benchmark, of its raw values in the unit that the message names.

    Raises `Refusal` with the JSON path, which begins with the number of the message, from 0. Format:
    cargo-criterion 1.1, `src/message_formats/json.rs`. The folder of the report, a path, is not read.
    """
    # As one list, so that the number of a line in an error is that in the file.
    lines = content.removeprefix(_BOM).rstrip().split(b"\n")
    messages = parse(b"[" + b",\n".join(line for line in lines if line.strip()) + b"]", report.name, _MEND)
    names: set[str] = set()
    for message in messages.items():
        if message.need("reason").value != _COMPLETE:
            continue
        name = without_folders(message.need("id").text())
        if not name or name in names:
            raise message.need("id").refuse("is empty or that of another benchmark of this stream as well")
        names.add(name)
        yield from _benchmark(Benchmark(name), message)
    if not names:
        yield no_benchmarks(report)


def _benchmark(benchmark: Benchmark, message: Node) -> Iterator[Measurement]:
    unit = message.need("unit").text()
    counts = message.need("iteration_count").integers(1, int(MOST))
    values = message.need("measured_values").numbers(0, MOST)
    if not values or len(counts) != len(values):
        raise message.refuse(f"has {len(counts)} counts of iterations and {len(values)} measured values")
    each = [in_base(value / count, unit) for count, value in zip(counts, values, strict=True)]
    yield from benchmark.session([value for value, _ in each], each[0][1])
    slope = message.find("slope")
    if slope is not None and slope.value is not None:
        estimate = slope.need("estimate").number(0, MOST)
        yield benchmark.measured("slope", *in_base(estimate, slope.need("unit").text()))
