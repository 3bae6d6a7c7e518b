"""Go benchmarks: the text and the events of real runs, golang's odd lines, and what a report may not say."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_facts import (
    COLLECTORS,
    FOLDERS,
    expected,
    machines,
    measured,
    only_warning,
    options,
    read,
    repetitions,
    runs,
    samples_of,
    survived,
    units,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.merging import Merged
from phasemetrics.evidence.model import Fact, Machine, Warning
from phasemetrics_collectors import go_test

go_bench = COLLECTORS["go_bench"]
SAMPLES = FOLDERS / "go_bench"
EXPECTED: dict[str, Any] = expected("go_bench")
PRINTED = {"ns/op": ("median", 1e-9), "MB/s": ("MB/s", 1e6), "total": ("own_total", 1)}
HEADER = "goos: linux\ngoarch: amd64\npkg: example.com/shop\ncpu: A CPU\n"
LINE = "BenchmarkA-2   \t     100\t         5.000 ns/op\n"
sample = samples_of("go_bench")
values = partial(repetitions, start="bench.")


def made(folder: Path, text: str) -> list[Fact]:
    return written(go_bench, text, folder, "bench.txt")


def times(facts: Iterable[Fact]) -> dict[str, list[float]]:
    """Return the nanoseconds of each benchmark."""
    found = {name.removesuffix(".median"): one for name, one in values(facts).items() if name.endswith(".median")}
    return {name: [round(value * 1e9, 3) for value in one] for name, one in found.items()}


def failures(facts: Iterable[Fact]) -> dict[str, tuple[float, float]]:
    found = values(facts)
    names = [name.removesuffix(".failed") for name in found if name.endswith(".failed")]
    return {name: (found[f"{name}.failed"][0], found[f"{name}.total"][0]) for name in names}


def warnings(facts: Iterable[Fact]) -> dict[str, str]:
    return {fact.code: fact.message for fact in facts if isinstance(fact, Warning)}


def events(text: str, package: str = "example.com/shop") -> str:
    """Return the events that a package prints `text` with: a name and its numbers apart, as test2json has it."""
    printed = re.findall(r"Benchmark[^\s]* *\t|[^\n]*\n|[^\n]+\Z", text)
    return "".join(json.dumps({"Action": "output", "Package": package, "Output": one}) + "\n" for one in printed)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples(name: str) -> None:
    facts = sample(name)
    found = values(facts)
    for benchmark, numbers in EXPECTED[name].items():
        rounds = len(numbers["values"].get("ns/op", ()))
        for unit, given_values in numbers["values"].items():
            stat, factor = PRINTED.get(unit, (unit, 1))
            assert found[f"{benchmark}.{stat}"] == pytest.approx([one * factor for one in given_values], rel=1e-12)
        if rounds:
            assert found[f"{benchmark}.rounds"] == [rounds]
            for stat in ("min", "max", "mean"):
                assert found[f"{benchmark}.{stat}"] == found[f"{benchmark}.median"]
        assert found[f"{benchmark}.failed"] == [numbers["failed"]]
        assert found[f"{benchmark}.total"] == [numbers["failed"] + rounds]
    assert set(failures(facts)) == set(EXPECTED[name]), "nothing else is a benchmark"
    assert warnings(facts) == {}


def test_what_samples_say_besides() -> None:
    facts = sample("packages.txt")
    (machine,) = machines(facts)
    (cpu,) = set(re.findall(r"(?m)^cpu: (.+)$", (SAMPLES / "packages.txt").read_text()))
    assert (machine.cpu, machine.cores, machine.runtime) == (cpu, 0, "unknown")
    assert set(map(str, options(facts).values())) == {"{'gomaxprocs': '2'}"}
    assert runs(facts) == {""}
    assert units(facts) == {
        "min": "second", "max": "second", "mean": "second", "median": "second", "rounds": "count", "failed": "count",
        "total": "count", "B/op": "byte", "allocs/op": "allocs/op", "MB/s": "byte_per_second",
        "hit-ratio": "hit-ratio", "own_total": "total",
    }  # fmt: skip
    (run,) = runs(sample("packages.jsonl"))
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", run)


def test_several_numbers_of_processors_are_several_benchmarks() -> None:
    facts = sample("processors.txt")
    assert set(times(facts)) == {"Join/n=10", "Join/n=10-2", "Join/n=1000", "Join/n=1000-2"}
    assert set(map(str, options(facts).values())) == {"{}"}


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        (LINE, True),
        ("\ufeff" + LINE, True),
        ("BenchmarkA 1 2 x", True),
        ("Benchmarkk8s_total 1 33871255 total-bytes\n", True),
        ("goos: linux\ngoarch: amd64\n", True),
        ("goos: windows\r\ngoarch: amd64\r\nBenchmarkLog", True),
        ("=== RUN   TestA\n--- PASS: TestA (0.00s)\ngoos: linux\ngoarch: amd64\npkg: x\n", True),
        ("--- FAIL: BenchmarkA\n", True),
        ('{"Action":"output","Package":"x","Output":"goos: linux\\n"}\n', True),
        ('{"Time":"2026-11-20T10:00:00Z","Action":"output","Package":"x","Output":"BenchmarkA-2  \\t"}\n', True),
        ('{"Action": "output", "Package": "x", "Output": "BenchmarkA\\n"}\n', True),
        ('{"Action":"start","Package":"x"}\n{"Action":"output","Output":"--- FAIL: BenchmarkA\\n"}', True),
        ("", False),
        ("\n\n", False),
        ("=== RUN   TestA\n    a_test.go:5: Benchmark 5 3 x\n--- PASS: TestA (0.00s)\nPASS\nok  \tx\t0.1s\n", False),
        ("goos: linux\n", False),
        ("Benchmarks ran: 5 of 6\nBenchmarkA\nBenchmarkB 100\nBenchmarkC 100 5 ns/op 3\n", False),
        ('{"Action":"run","Test":"TestA"}\n{"Action":"output","Package":"x","Output":"ok  \\tx\\n"}\n', False),
        ('{"Action":"output","Package":"x","Test":"TestA","Output":"    a: Benchmark goos: linux\\n"}\n', False),
        ('{"benchmarks": [{"name": "BenchmarkA 1 2 x"}]}', False),
        ('{"Output":"goos: linux\\n"}', False),
    ],
)  # fmt: skip
def test_recognition(head: str, recognised: bool) -> None:
    assert go_bench.recognises(head.encode()) is recognised


def test_go_test_is_of_another_kind() -> None:
    head = (SAMPLES / "packages.jsonl").read_bytes()[:4096]
    assert go_test.recognises(head)
    assert (go_test.KIND, go_bench.KIND) == ("junit", "bench")


def test_windows_powershell_writes_utf_16(tmp_path: Path) -> None:
    text = (HEADER + LINE).replace("\n", "\r\n").encode("utf-16")
    (tmp_path / "bench.txt").write_bytes(text)
    assert go_bench.recognises(text[:4096])
    assert times(read(go_bench, tmp_path / "bench.txt")) == {"A": [5]}


@pytest.mark.parametrize("as_events", [False, True])
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("BenchmarkA-2\t100\t5 ns/op\nPASS\nok  \tx\t0.9s\n", {"A": [5]}),
        ("BenchmarkA-2 100 5 ns/op\nBenchmarkA-2 100 6 ns/op\n", {"A": [5, 6]}),
        ("BenchmarkA/n=1/x-2 100 5 ns/op\nBenchmarkB-2 1 1e3 ns/op\n", {"A/n=1/x": [5], "B": [1000]}),
        ("BenchmarkA-2 100 5 ns/op", {"A": [5]}),
        # golang's own examples of lines that are none (benchfmt/reader_test.go)
        ("BenchmarkIter\nBenchmarkIter abc\nBenchmarkIter 9999999999999999999999999999999\n" + LINE, {"A": [5]}),
        ("BenchmarkValue 100\nBenchmarkValue 100 abc\n" + LINE, {"A": [5]}),
        ("BenchmarkUnit 100 1\nBenchmarkUnit 100 1 ns/op 2\n" + LINE, {"A": [5]}),
        ("not a benchmark\nUnit\nUnit ns/op blah\nUnitx\n: no key\n" + LINE, {"A": [5]}),
        ("BenchmarkTwice 100 1 ns/op 2 ns/op\n" + LINE, {"A": [5]}),
        (" BenchmarkIndented 100 1 ns/op\nBenchmarking 5 things\n" + LINE, {"A": [5]}),
        # -v: the name first, what the benchmark logs, then the name with its numbers
        ("BenchmarkA\n    a_test.go:5: 100 5 ns/op\nBenchmarkA-2 \t100\t5 ns/op\n", {"A": [5]}),
        ("BenchmarkA\nBenchmarkA/x\nBenchmarkA/x-2 \t100\t5 ns/op\nPASS\n", {"A/x": [5]}),
        ("=== RUN   BenchmarkA\nBenchmarkA\nBenchmarkA-2 \t100\t5 ns/op\n", {"A": [5]}),
        # what a benchmark prints stands between its name and its numbers
        ("BenchmarkA-2 \thello\n     100\t 5 ns/op\t 3 B/op\n", {"A": [5]}),
        ("BenchmarkA-2 \thello\n7 lines 3 items\n     100\t 5 ns/op\nBenchmarkB-2\t1\t2 ns/op\n", {"A": [5], "B": [2]}),
        ("BenchmarkA-2 \t100\t5 ns/op\n--- BENCH: BenchmarkA-2\n    a_test.go:5: x\n", {"A": [5]}),
        # numbers without a name that nothing waits for
        ("BenchmarkA\n     100\t 6 ns/op\nBenchmarkA-2 \t100\t5 ns/op\n", {"A": [5]}),
        (LINE + "     100\t 6 ns/op\n", {"A": [5]}),
        # it left itself (b.Skip), and what it did before is nothing
        (LINE + "BenchmarkB-2 \t0\t NaN ns/op\t0 B/op\n", {"A": [5]}),
        (LINE + "BenchmarkB-2 \thello\n   0\t NaN ns/op\t0 B/op\n", {"A": [5]}),
        (LINE + "BenchmarkB\n--- SKIP: BenchmarkB\nPASS\n", {"A": [5]}),
        # no time (b.ReportMetric(0, "ns/op"))
        (LINE + "BenchmarkB-2 \t100\t 7 items\n", {"A": [5]}),
        ("BenchmarkA-2 \t100\t5 ns/op\n\nBenchmark-2 \t1\t2 ns/op\n", {"A": [5], "Benchmark": [2]}),
    ],
)  # fmt: skip
def test_lines(tmp_path: Path, lines: str, expected: dict[str, list[float]], as_events: bool) -> None:
    facts = made(tmp_path, events(HEADER + lines) if as_events else HEADER + lines)
    assert times(facts) == expected
    assert all(failed == 0 for failed, _ in failures(facts).values())


@pytest.mark.parametrize(
    ("lines", "names", "gomaxprocs"),
    [
        (["A-8", "B/x-8"], {"A", "B/x"}, "8"),
        (["A", "B/size-8"], {"A", "B/size-8"}, None),
        (["A", "A-2", "A-4"], {"A", "A-2", "A-4"}, None),
        (["A-2", "A-4"], {"A-2", "A-4"}, None),
        (["A/size-8-2", "A/size-16-2"], {"A/size-8", "A/size-16"}, "2"),
        (["A/size-"], {"A/size-"}, None),
        (["A/size-8"], {"A/size"}, "8"),  # go's own ambiguity: benchstat takes it so as well
    ],
)
def test_the_number_of_processors(tmp_path: Path, lines: list[str], names: set[str], gomaxprocs: str | None) -> None:
    facts = made(tmp_path, "".join(f"Benchmark{name} 1 5 ns/op\n" for name in lines))
    assert set(times(facts)) == names
    assert {one.get("gomaxprocs") for one in options(facts).values()} == {gomaxprocs}


def test_a_name_of_two_packages(tmp_path: Path) -> None:
    text = "pkg: x/a\nBenchmarkA-2 1 5 ns/op\nBenchmarkB-2 1 6 ns/op\npkg: x/b\nBenchmarkA-4 1 7 ns/op\n"
    facts = made(tmp_path, text + "pkg: x/a\nBenchmarkA-2 1 8 ns/op\n")
    assert times(facts) == {"x/a.A": [5, 8], "B": [6], "x/b.A": [7]}
    assert options(facts) == {"x/a.A": {"gomaxprocs": "2"}, "B": {"gomaxprocs": "2"}, "x/b.A": {"gomaxprocs": "4"}}


def test_no_folder_of_the_machine_is_in_a_name(tmp_path: Path) -> None:
    line = "BenchmarkParse/file=/home/ann/shop/cart.json-2 \t1\t5 ns/op\n"
    assert times(made(tmp_path, line)) == {"Parse/file=cart.json": [5]}
    text = f"pkg: _/home/ann/shop/cart\n{LINE}pkg: _/home/ann/shop/stock\n{LINE}"
    facts = made(tmp_path, text + "BenchmarkB//home/ann/x-2 \tglued\nPASS\n")
    assert times(facts) == {"cart.A": [5], "stock.A": [5]}
    with pytest.raises(Refusal, match=r"Parse/file=cart\.json is what two benchmarks are called, but for folders"):
        made(tmp_path, line + line.replace("shop", "store"))


def test_a_benchmark_that_prints_another_package(tmp_path: Path) -> None:
    text = "BenchmarkA-2 \tx\npkg: y\n  1\t6 ns/op\n"
    assert times(made(tmp_path, f"pkg: x/a\n{text}pkg: x/b\n{LINE}")) == {"x/a.A": [6], "x/b.A": [5]}
    printed = events("pkg: y\n" + text, "x/a") + events(LINE, "x/b")
    assert times(made(tmp_path, printed)) == {"x/a.A": [6], "x/b.A": [5]}


def test_packages_whose_events_are_mixed(tmp_path: Path) -> None:
    one, other = events("BenchmarkA-2 \t1\t5 ns/op\n", "x/a"), events("BenchmarkA-2 \t1\t6 ns/op\n", "x/b")
    mixed = "".join(f"{a}\n{b}\n" for a, b in zip(one.splitlines(), other.splitlines(), strict=True))
    assert times(made(tmp_path, mixed)) == {"x/a.A": [5], "x/b.A": [6]}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("BenchmarkA-2 \t--- FAIL: BenchmarkA-2\n    a_test.go:5: no\nFAIL\n", {"A": (1, 1)}),
        ("BenchmarkA-2\t1\t5 ns/op\nBenchmarkA-2 \t--- FAIL: BenchmarkA-2\nFAIL\nexit status 1\n", {"A": (1, 2)}),
        # in the first call of a repetition: told twice
        ("BenchmarkA-2 \t--- FAIL: BenchmarkA\n    a.go:5: no\n--- FAIL: BenchmarkA-2\n    a.go:5\n", {"A": (1, 1)}),
        ("BenchmarkA \t--- FAIL: BenchmarkA\n    a.go:5: no\n--- FAIL: BenchmarkA\n", {"A": (1, 1)}),
        ("BenchmarkA-2 \t--- FAIL: BenchmarkA\n--- FAIL: BenchmarkA-2\n" * 2, {"A": (2, 2)}),
        ("BenchmarkA\nBenchmarkA-2\t1\t5 ns/op\n--- FAIL: BenchmarkA\n--- FAIL: BenchmarkA-2\n", {"A": (1, 2)}),
        ("BenchmarkB-2\t1\t5 ns/op\nBenchmarkA-2 \t--- FAIL: BenchmarkA-2\n" * 2, {"B": (0, 2), "A": (2, 2)}),
        ("BenchmarkA\n--- FAIL: BenchmarkA\nBenchmarkA-2\t1\t5 ns/op\n--- FAIL: BenchmarkA-2\n", {"A": (2, 3)}),
        ("--- FAIL: BenchmarkA\nFAIL\tx\t0.1s\n--- FAIL: BenchmarkA-2\n", {"A": (1, 1), "A-2": (1, 1)}),
        # what holds others fails with them
        ("--- FAIL: BenchmarkA/x\n    a_test.go:5: no\n--- FAIL: BenchmarkA\nFAIL\n", {"A/x": (1, 1)}),
        ("BenchmarkA/x-2\t1\t5 ns/op\n--- FAIL: BenchmarkA\nFAIL\n", {"A/x": (0, 1), "A": (1, 1)}),
        # a name that ends like the number of processors
        ("BenchmarkA/n-2-2\t1\t5 ns/op\n--- FAIL: BenchmarkA/n-2\nFAIL\n", {"A/n-2": (1, 2)}),
        # the package ends in it: a panic, os.Exit, a time-out
        ("BenchmarkA-2 \tpanic: oops\n\ngoroutine 5 [running]:\nexit status 2\nFAIL\tx\t0.1s\nFAIL\n", {"A": (1, 1)}),
        ("BenchmarkA-2 \t0\t NaN ns/op\npanic: oops\nexit status 2\nFAIL\tx\t0.1s\n", {"A": (1, 1)}),
        ("BenchmarkA\npanic: oops\nexit status 2\nFAIL\tx\t0.1s\n", {"A": (1, 1)}),
        ("BenchmarkA-2\t1\t5 ns/op\nexit status 2\nFAIL\tx\t0.1s\n", {"A": (0, 1)}),
        ("BenchmarkA-2\t1\t5 ns/op\nBenchmarkB-2 \t0\t NaN ns/op\nFAIL\nexit status 1\nFAIL\tx\t0.1s\n", {"A": (0, 1)}),
        ("FAIL\tx [build failed]\n", {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("as_events", [False, True])
def test_failures(tmp_path: Path, lines: str, expected: dict[str, tuple[int, int]], as_events: bool) -> None:
    facts = made(tmp_path, events(lines) if as_events else lines)
    assert failures(facts) == expected
    assert set(warnings(facts)) == (set() if expected else {"no-benchmarks"})


def test_what_fails_before_its_package_is_named(tmp_path: Path) -> None:
    first = "pkg: x/a\nBenchmarkA-2\t1\t5 ns/op\nPASS\nok  \tx/a\t0.1s\n"
    named = "--- FAIL: BenchmarkA\npkg: x/b\nBenchmarkB-2\t1\t6 ns/op\nFAIL\nFAIL\tx/b\t0.1s\n"
    facts = made(tmp_path, f"{first}{named}--- FAIL: BenchmarkA\nFAIL\nexit status 1\nFAIL\tx/c\t0.1s\n")
    assert failures(facts) == {"x/a.A": (0, 1), "x/b.A": (1, 1), "B": (0, 1), "x/c.A": (1, 1)}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("BenchmarkB-2 \tglued   100\t 5 ns/op\nPASS\n", "BenchmarkB-2 began, and no numbers of it follow:"),
        ("BenchmarkB-2 \t     100\t   12.3", "BenchmarkB-2 began, and no numbers of it follow:"),
        ("BenchmarkB-2 \tx\nok  \tx\t0.1s\n", "BenchmarkB-2 began, and no numbers of it follow:"),
        ("BenchmarkB-2 \t", "BenchmarkB-2 began, and no numbers of it follow:"),
        ("BenchmarkB\n", "BenchmarkB began, and no numbers of it follow:"),
        ("BenchmarkB-2 \thello\nBenchmarkB-2 \thello\n 1\t5 ns/op\n", "BenchmarkB-2 began, and no numbers of it"),
        ("BenchmarkB-2 \tx\nBenchmarkC-2 \tx\nPASS\n", "BenchmarkB-2 began, and no numbers of it follow (and 1 more):"),
    ],
)
def test_what_begins_and_has_no_numbers_is_said(tmp_path: Path, lines: str, said: str) -> None:
    for text in (LINE + lines, events(LINE + lines)):
        facts = made(tmp_path, text)
        assert times(facts)["A"] == [5]
        assert warnings(facts)["cut-off"].startswith(said)


@pytest.mark.parametrize("text", ["PASS\nok  \tx\t0.1s\n", HEADER, events("PASS\n"), "{}\n"])
def test_no_benchmark_is_a_warning(tmp_path: Path, text: str) -> None:
    assert only_warning(made(tmp_path, text)) == ("no-benchmarks", "bench.txt")


def better(facts: list[Fact]) -> dict[str, str | None]:
    return {fact.name.rpartition(".")[2]: fact.labels.get("better") for fact in measured(facts)}


def test_a_unit_line_says_which_way_is_better(tmp_path: Path) -> None:
    units = "Unit hit-ratio better=higher assume=exact\nUnit B/op better=lower\nUnit B/op assume=nothing\n"
    line = "BenchmarkA-2 \t1\t5 ns/op\t0.5 hit-ratio\t3 B/op\t1 allocs/op\n"
    facts = made(tmp_path, line + units)
    assert better(facts) == {
        "min": None, "max": None, "mean": None, "median": None, "rounds": None, "failed": None, "total": None,
        "hit-ratio": "higher", "B/op": "lower", "allocs/op": None,
    }  # fmt: skip
    assert better(made(tmp_path, line + "Unit x better=best\nUnit allocs/op better=\n"))["allocs/op"] is None


@pytest.mark.parametrize("unit", ["ns/op", "sec/op"])
def test_a_unit_line_about_the_time(tmp_path: Path, unit: str) -> None:
    found = better(made(tmp_path, f"Unit {unit} better=higher\n" + LINE))
    assert {stat: found[stat] for stat in ("min", "max", "mean", "median")} == dict.fromkeys(
        ("min", "max", "mean", "median"), "higher"
    )
    assert found["rounds"] is None


def test_a_unit_of_benchstat_is_one_of_go(tmp_path: Path) -> None:
    assert better(made(tmp_path, "Unit B/s better=higher\nBenchmarkA 1 2 MB/s\n"))["MB/s"] == "higher"


@pytest.mark.parametrize(
    ("measure", "stat", "value", "unit"),
    [
        ("7 p99.9-ns", "p99_9-ns", 7, "p99.9-ns"),
        ("-7 drift", "drift", -7, "drift"),
        ("50 %", "%", 0.5, "ratio"),
        ("2 ms", "ms", 0.002, "second"),
        ("3 total", "own_total", 3, "total"),
        ("3 p95", "own_p95", 3, "p95"),
        ("3 mean", "own_mean", 3, "mean"),
        ("1.5e+06 rows/s", "rows/s", 1.5e6, "rows/s"),
    ],
)
def test_other_measures(tmp_path: Path, measure: str, stat: str, value: float, unit: str) -> None:
    facts = made(tmp_path, f"BenchmarkA-2 \t1\t5 ns/op\t{measure}\n")
    (found,) = [fact for fact in measured(facts) if fact.name == f"bench.A.{stat}"]
    assert (found.value, found.unit) == (value, unit)
    assert failures(facts) == {"A": (0, 1)}


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf"])
def test_what_is_not_finite_is_no_measure(tmp_path: Path, value: str) -> None:
    found = values(made(tmp_path, f"BenchmarkA-2 \t1\t5 ns/op\t{value} hit-ratio\n"))
    assert "A.hit-ratio" not in found
    assert found["A.median"] == [5e-9]


def test_many_digits_that_are_no_number_are_passed_over_at_once(tmp_path: Path) -> None:
    # Where a number may be read in several ways, each of half a million digits is where one may end.
    found = values(made(tmp_path, f"BenchmarkA-2 1 5 ns/op\nBenchmarkB-2 1 {'1' * 500_000}x ns/op\n"))
    assert {name.partition(".")[0] for name in found} == {"A"}


def test_repetitions_are_one_session(tmp_path: Path) -> None:
    merged = Merged()
    for fact in made(tmp_path, "".join(f"BenchmarkA-2 1 {time} ns/op\n" for time in (5, 7, 6, 10))):
        merged.add(fact, "bench.txt")
    found = merged.metrics({"bench": 1})
    assert [found[f"bench.A.{stat}"].value for stat in ("min", "max", "mean", "median", "rounds")] == pytest.approx(
        [5e-9, 1e-8, 7e-9, 6.5e-9, 4]
    )
    assert found["bench.A.median"].sessions == (4,)


def test_machines_that_differ_are_told_apart(tmp_path: Path) -> None:
    facts = made(tmp_path, HEADER + LINE + "cpu: Another\nBenchmarkB-2 1 5 ns/op\n")
    assert machines(facts) == [Machine("Linux", "x86_64", cpu, 0, "unknown") for cpu in ("A CPU", "Another")]
    assert machines(made(tmp_path, LINE)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("note: before\n{0}note: after\n{0}", 'line 4: BenchmarkA-2 was run with note "before" and with "after"'),
        ("{0}commit: abc\n{0}", 'line 3: BenchmarkA-2 was run with commit "" and with "abc"'),
        ("cpu: one\n{0}cpu: two\n{0}", 'line 4: BenchmarkA-2 was run with cpu "one" and with "two"'),
        ("BenchmarkA 1 -5 ns/op\n", "line 1: -5 ns/op cannot be"),
        ("BenchmarkA 1 9999999999999999999999999999999 ns/op\n", r"line 1: 1e\+31 ns/op cannot be"),
        ("\nBenchmarkA 1 5 ns/op -2e15 x\n", r"line 2: -2e\+15 x cannot be"),
        ("BenchmarkA 1 1e999 x\n", "line 1: inf x cannot be"),
        ("BenchmarkA 1 " + "9" * 5000 + " x\n", "line 1: inf x cannot be"),
        ("Unit x better=higher\nUnit x better=lower\n", "line 2: says better=lower of x, a line before it the oppo"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        made(tmp_path, text.replace("{0}", LINE))
    assert (caught.value.code, caught.value.path) == ("bad-record", "bench.txt")
    assert caught.value.line is not None


@pytest.mark.parametrize(
    "between", ["note: same\n", "goos: linux\n", "coverage: 71.2% of statements\n", "go: downloading x v1\n"]
)
def test_what_stands_between_two_runs_and_is_no_other_setting(tmp_path: Path, between: str) -> None:
    assert times(made(tmp_path, "note: same\n" + LINE + between + LINE)) == {"A": [5, 5]}


def test_what_a_benchmark_prints_is_no_setting(tmp_path: Path) -> None:
    text = "BenchmarkA-2 \tnote: 1\nnote: 2\n  1\t5 ns/op\nBenchmarkA-2 \tnote: 3\nnote: 4\n  1\t6 ns/op\n"
    assert times(made(tmp_path, text)) == {"A": [5, 6]}
    verbose = "BenchmarkA\nnote: 1\nBenchmarkA-2 \t1\t5 ns/op\nnote: 2\nBenchmarkA-2 \t1\t6 ns/op\n"
    assert times(made(tmp_path, verbose)) == {"A": [5, 6]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (events(LINE) + '{"Action":"output","Package":"x","Outp', "line 3: is not JSON"),
        (events(LINE) + '{"level":"info"}\n', "line 3: is no event"),
        (events(LINE) + '{"Action":"output","Package":5}\n', "line 3: has a Package that is no text"),
        ('{"Action":"output","Package":"x","Time":"soon","Output":"x\\n"}\n', "Time is not a date and time"),
    ],
)
def test_events_that_are_none_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        made(tmp_path, text)
    assert caught.value.code == "bad-json"


def test_the_text_of_a_benchmark_that_logs_json(tmp_path: Path) -> None:
    facts = made(tmp_path, 'BenchmarkA-2 \t{"level":"info"}\n{"level":"info","Time":5}\n  1\t5 ns/op\n')
    assert times(facts) == {"A": [5]}


def test_what_the_build_prints_among_events(tmp_path: Path) -> None:
    built = json.dumps({"ImportPath": "x", "Action": "build-output", "Output": "BenchmarkB 1 5 ns/op\n"}) + "\n"
    text = "# example.com/other\nFAIL\tx/c [build failed]\n" + built + events(LINE) + "BenchmarkC 1 5 ns/op\n"
    assert times(made(tmp_path, text)) == {"A": [5]}


def test_a_package_that_prints_half_a_surrogate(tmp_path: Path) -> None:
    text = '{"Action":"output","Package":"x","Output":"BenchmarkA\\ud800-2 1 5 ns/op 2 \\ud800x\\n"}\n'
    facts = made(tmp_path, text)
    assert times(facts) == {"A\\ud800": [5]}
    repr(facts).encode()


def test_a_long_line_is_passed_over(tmp_path: Path) -> None:
    assert times(made(tmp_path, "x" * (3 << 20) + "\n" + LINE)) == {"A": [5]}


NAMES = st.sampled_from(["A", "B/x", "B/n=10"])
REPETITIONS = st.lists(st.tuples(NAMES, st.integers(1, 10**6)), min_size=1, max_size=8)


@given(REPETITIONS, st.randoms())
def test_the_order_of_lines_makes_no_difference(scratch: Path, several: list[tuple[str, int]], random: Any) -> None:
    lines = [f"Benchmark{name}-4 \t1\t{time} ns/op\t{time} B/op\n" for name, time in several]
    facts = made(scratch, "".join(lines))
    random.shuffle(lines)
    assert Counter(map(repr, made(scratch, "".join(lines)))) == Counter(map(repr, facts))
    assert sum(map(len, times(facts).values())) == len(several)


@given(st.lists(st.sampled_from([
    LINE, "goos: linux\n", "BenchmarkB\n", "BenchmarkB-2 \t", "BenchmarkB-2 \tx\n", "  1\t5 ns/op\n",
    "PASS\n", "FAIL\n", "FAIL\tx\t0.1s\n", "ok  \tx\t0.1s\n", "--- FAIL: BenchmarkB\n", "--- FAIL: BenchmarkB-2\n",
    "--- SKIP: BenchmarkB\n", "BenchmarkB-2 0 NaN ns/op\n", "Benchmark", "\n",
]), max_size=12))  # fmt: skip
def test_lines_in_any_order_are_read_alike_as_text_and_as_events(scratch: Path, lines: list[str]) -> None:
    text = "".join(lines) or "\n"
    facts = made(scratch, text)
    assert all(0 <= failed <= total for failed, total in failures(facts).values())
    one, other = failures(facts), failures(made(scratch, events(text, "x") or "\n"))
    assert sum(total for _, total in one.values()) == sum(total for _, total in other.values())


@given(
    st.text(st.sampled_from('Benchmark-AUnit:pkgFAIL 0123456789.eNn/op{}"\t\n\x00\u2003é'), min_size=1), st.booleans()
)
def test_any_text_is_read_or_refused(scratch: Path, text: str, as_events: bool) -> None:
    facts = survived(made, scratch, events(text) if as_events else text)
    assert facts
    assert all(abs(fact.value) <= 1e15 for fact in measured(facts))
