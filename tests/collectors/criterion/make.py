"""Writes the files here and `expected.json` again: `python tests/collectors/criterion/make.py`.

    criterion/sum/{new,first,change}/     cargo bench -- --save-baseline first, and again without it
    criterion/sums_by_size/xor/1000/new/  a flat sample, which has no slope
    criterion/sums_by_size/xor/1000_2/new/  a second group of that name
    older/                                the numbers of `first` in the shape of Criterion before 0.3.3
    stream.json                           the numbers of `new` as messages of cargo-criterion

Criterion.rs itself writes the first three, here 0.3.6. The last two are made from them by hand: after the samples in
the book of Criterion.rs 0.3.0, and after `book/src/cargo_criterion/external_tools.md`. The expected numbers are what
Criterion estimated; least and most are those of the raw times. Needs cargo, and Debian's librust-criterion-dev.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CRATES = Path("/usr/share/cargo/registry")  # where Debian's packages put the sources of crates
NEEDED = "estimates.json", "sample.json", "benchmark.json"
MANIFEST = """
[package]
name = "sums"
version = "0.1.0"
edition = "2021"

[dev-dependencies]
criterion = { version = "0.3", default-features = false }

[[bench]]
name = "sums"
harness = false
"""
SOURCE = f"""
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "{CRATES}"
[net]
offline = true
"""
BENCHMARKS = """
use criterion::{black_box, criterion_group, criterion_main, BenchmarkId, Criterion, SamplingMode, Throughput};
use std::time::Duration;

fn sum(n: u64) -> u64 {
    (0..n).map(|x| x ^ (x >> 3)).sum()
}

fn plain(c: &mut Criterion) {
    c.bench_function("sum", |b| b.iter(|| sum(black_box(10))));
}

fn group(c: &mut Criterion) {
    let mut group = c.benchmark_group("sums/by_size");
    group.throughput(Throughput::Elements(1000));
    group.sampling_mode(SamplingMode::Flat);
    group.bench_with_input(BenchmarkId::new("xor", 1000), &1000u64, |b, n| b.iter(|| sum(black_box(*n))));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200)).nresamples(1001);
    targets = plain, group, group
}
criterion_main!(benches);
"""
OLDER = {"mean": "Mean", "median": "Median", "median_abs_dev": "MedianAbsDev", "slope": "Slope", "std_dev": "StdDev"}


def bench(folder: Path) -> Path:
    """Run the benchmarks twice in `folder`, and return where Criterion left its files."""
    (folder / ".cargo").mkdir()
    (folder / "src").mkdir()
    (folder / "benches").mkdir()
    (folder / ".cargo" / "config.toml").write_text(SOURCE)
    (folder / "Cargo.toml").write_text(MANIFEST)
    (folder / "src" / "lib.rs").write_text("")
    (folder / "benches" / "sums.rs").write_text(BENCHMARKS)
    command = ["cargo", "bench", "--quiet", "--offline", "--target-dir", "target", "--bench", "sums", "--"]
    for options in (["--save-baseline", "first"], ["--noplot"], ["--noplot"]):
        subprocess.run([*command, *options], cwd=folder, check=True, capture_output=True)
    return folder / "target" / "criterion"


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def dump(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="utf-8")


def older(folder: Path) -> None:
    estimates, sample = load(folder / "estimates.json"), load(folder / "sample.json")
    dump(HERE / "older" / "estimates.json", {OLDER[key]: value for key, value in estimates.items() if value})
    dump(HERE / "older" / "sample.json", [sample["iters"], sample["times"]])
    dump(HERE / "older" / "benchmark.json", load(folder / "benchmark.json"))


def message(folder: Path) -> dict[str, Any]:
    estimates, sample, described = (load(folder / name) for name in NEEDED)

    def interval(estimate: dict[str, Any] | None) -> dict[str, Any] | None:
        if estimate is None:
            return None
        bounds = {key: estimate["confidence_interval"][key] for key in ("lower_bound", "upper_bound")}
        return {"estimate": estimate["point_estimate"], **bounds, "unit": "ns"}

    return {
        "reason": "benchmark-complete",
        "id": described["title"],
        "report_directory": "/home/name-of-the-user/target/criterion/reports",
        "iteration_count": [int(one) for one in sample["iters"]],
        "measured_values": sample["times"],
        "unit": "ns",
        "throughput": [],
        "typical": interval(estimates["slope"] or estimates["mean"]),
        **{key: interval(estimates[key]) for key in ("mean", "median", "median_abs_dev", "slope")},
        "change": {
            "mean": {"estimate": -0.05, "lower_bound": -0.1, "upper_bound": 0.0, "unit": "%"},
            "change": "NoChange",
        },
    }


def stream(folders: list[Path]) -> None:
    messages = [message(folder) for folder in folders]
    names = [one["id"] for one in messages]
    messages.append(
        {"reason": "group-complete", "group_name": "sums/by_size", "benchmarks": names[1:], "report_directory": "x"}
    )
    lines = [json.dumps(one, separators=(",", ":")) for one in messages]
    (HERE / "stream.json").write_text("\n".join(lines) + "\n", encoding="utf-8")


def expected(folder: Path) -> dict[str, Any]:
    """Return what Criterion says in nanoseconds, and the least and the most of the raw times."""
    estimates, sample, described = (load(folder / name) for name in NEEDED)
    times = [time / count for count, time in zip(sample["iters"], sample["times"], strict=True)]
    points = {
        stat: estimates[key]["point_estimate"]
        for stat, key in (("mean", "mean"), ("median", "median"), ("stddev", "std_dev"), ("slope", "slope"))
        if estimates[key]
    }
    return {"name": described["title"], "min": min(times), "max": max(times), "rounds": len(times), **points}


def main() -> None:
    if shutil.which("cargo") is None or not any(CRATES.glob("criterion-0.3*")):
        sys.exit("needs cargo and the package librust-criterion-dev: the samples are left as they are")
    with tempfile.TemporaryDirectory() as name:
        made = bench(Path(name))
        shutil.rmtree(HERE / "criterion", ignore_errors=True)
        kept = ["sum/new", "sum/first", "sums_by_size/xor/1000/new", "sums_by_size/xor/1000_2/new"]
        for folder in kept:
            for file in NEEDED:
                dump(HERE / "criterion" / folder / file, load(made / folder / file))
        dump(HERE / "criterion/sum/change/estimates.json", load(made / "sum/change/estimates.json"))
    folders = {f"criterion/{folder}": HERE / "criterion" / folder for folder in kept}
    older(folders["criterion/sum/first"])
    stream([folder for folder in folders.values() if folder.name == "new"])
    found = {folder: expected(path) for folder, path in folders.items()}
    found["older"] = found["criterion/sum/first"]
    (HERE / "expected.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
