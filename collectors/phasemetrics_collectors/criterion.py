"""Reads what Criterion.rs leaves in `target/criterion`, and the stream of `cargo criterion --message-format=json`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, Kind, Measurement, Report
from phasemetrics.reading import read_regular
from phasemetrics_collectors._bench import MOST, Benchmark, in_base
from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._criterion_stream import completed, is_stream
from phasemetrics_collectors._json import parse
from phasemetrics_collectors._json_node import Node
from phasemetrics_collectors._outline import outline

KIND: Final[Kind] = "bench"
_MEND = "run `cargo bench` again, and name `new/estimates.json`"
# Criterion before 0.3.3 wrote the names of a Rust enum, later releases write those of fields.
_STATISTICS = {"mean": ("mean", "Mean"), "median": ("median", "Median"), "stddev": ("std_dev", "StdDev")}
_SLOPE = ("slope", "Slope")
_CHANGE = "change"  # the folder with how much the last two runs differ
_UNDATED = {"new", "base"}  # folders of every run; any other is a name that a person gave to one (`--save-baseline`)
_ABOVE = "criterion"  # the folder that all of them lie in


def recognises(head: bytes) -> bool:
    """Return whether `head` begins the estimates of one benchmark, or a stream of messages about several."""
    found = outline(head)
    both = ({f"{key}.{inner}" for key in keys for inner in ("point_estimate", "confidence_interval")}
            for keys in (("mean", "median"), ("Mean", "Median")))  # fmt: skip
    return any(found >= keys for keys in both) or is_stream(found)


def collect(report: Report) -> Iterator[Fact]:
    """Yield `bench.NAME.STAT` of the benchmark whose `estimates.json` this is, or of each one in a stream, in seconds.

    The values are the times in `sample.json` beside it, each divided by its iterations; where that is missing, mean,
    median and stddev are those of the estimates. `slope` is what Criterion prints, where it sampled linearly. NAME is
    `full_id` in `benchmark.json`, else the folders below `criterion/`. `run` is the name of the baseline, empty for
    `new` and `base`. Raises `Refusal` with the JSON path for what cannot be, and for `change/estimates.json`, which is
    no result. Format: Criterion.rs 0.3 to 0.7, `src/analysis/mod.rs` and `src/estimate.rs`; cargo-criterion 1.1.
    """
    content = read_regular(report.path, report.name, "json_size")
    if is_stream(outline(content[:4096])):
        yield from completed(report, content)
        return
    estimates = parse(content, report.name, _MEND)
    folder = report.path.absolute().parent.name
    if folder == _CHANGE or _find(estimates, _STATISTICS["stddev"]) is None:
        refused = replace(estimates, mend="name `new/estimates.json`, which holds the times")
        raise refused.refuse("has no times: it is by what fraction two runs differ")
    benchmark = Benchmark(_name(report, estimates), "" if folder in _UNDATED else folder)
    slope, sample = _find(estimates, _SLOPE), _beside(report, "sample.json")
    if sample is None:
        for stat, keys in _STATISTICS.items():
            yield _estimate(benchmark, stat, _find(estimates, keys) or estimates.need(keys[0]))
        if slope is not None and slope.value is not None:
            yield _estimate(benchmark, "slope", slope)
    else:
        yield from _sampled(benchmark, sample, with_slope=slope is not None and slope.value is not None)


def _find(estimates: Node, keys: tuple[str, ...]) -> Node | None:
    return next((found for key in keys if (found := estimates.find(key)) is not None), None)


def _estimate(benchmark: Benchmark, stat: str, estimate: Node) -> Measurement:
    return benchmark.measured(stat, *in_base(estimate.need("point_estimate").number(0, MOST), "ns"))


def _sampled(benchmark: Benchmark, sample: Node, *, with_slope: bool) -> Iterator[Measurement]:
    if isinstance(sample.value, list):  # [[iterations], [times]], as Criterion before 0.3.3 wrote it
        columns = list(sample.items())
        if len(columns) != 2:
            raise sample.refuse(f"has {len(columns)} lists, expected iterations and times")
    else:
        columns = [sample.need("iters"), sample.need("times")]
    iterations, times = columns[0].numbers(1, MOST), columns[1].numbers(0, MOST)
    if not times or len(iterations) != len(times):
        raise sample.refuse(f"has {len(iterations)} counts of iterations and {len(times)} times")
    yield from benchmark.session(
        [in_base(time / count, "ns")[0] for count, time in zip(iterations, times, strict=True)]
    )
    if with_slope:
        # The line through the origin that fits all samples best (`src/stats/bivariate/regression.rs`).
        together = sum(count * time for count, time in zip(iterations, times, strict=True))
        yield benchmark.measured("slope", *in_base(together / sum(count * count for count in iterations), "ns"))


def _name(report: Report, estimates: Node) -> str:
    described = _beside(report, "benchmark.json")
    if described is None:
        # Of a folder that is called `criterion` as well only the last counts: it is the one of cargo.
        _, below, folders = "/".join(report.path.absolute().parts[:-2]).rpartition(f"/{_ABOVE}/")
        if not below or not folders:
            raise estimates.refuse("has no benchmark.json beside it, and does not lie in `target/criterion`")
        return folders
    full = described.need("full_id")
    if not full.text():
        raise full.refuse("is empty")
    title = described.find("title")
    # Two groups of one name are told apart in the title alone: `sums/xor #2`.
    second = title is not None and str(title.value).startswith(f"{full.text()} #")
    return without_folders(title.text() if title is not None and second else full.text())


def _beside(report: Report, name: str) -> Node | None:
    """Return the file of that name in the folder of the report, None where there is none."""
    called = str(PurePosixPath(report.name).with_name(name))
    try:
        return parse(read_regular(report.path.with_name(name), called, "json_size"), called, _MEND)
    except Refusal as refusal:
        if refusal.code != "missing-file":
            raise
        return None
