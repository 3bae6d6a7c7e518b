"""Writes the reports here and `expected.json` again: `python tests/collectors/go_bench/make.py`.

    packages.txt     go test -bench=. -benchmem -count=4 ./...
    packages.jsonl   the same with -json, another run
    processors.txt   go test -v -bench=Join -count=2 -cpu=1,2 ./words

Nothing is changed in them. The expected values are those that stand between the tabs of the lines, as they are
printed: by benchmark, by unit, in the order of the repetitions. What failed follows from the benchmarks below.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
MODULE = "module example.com/shop\n\ngo 1.19\n"
WORDS = """
package words

import (
	"fmt"
	"strings"
	"testing"
)

func TestNothing(t *testing.T) {}

func BenchmarkJoin(b *testing.B) {
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			words := make([]string, n)
			b.SetBytes(int64(3 * n))
			for i := 0; i < b.N; i++ {
				strings.Join(words, "abc")
			}
			b.ReportMetric(0.97, "hit-ratio")
			b.ReportMetric(float64(n)/4, "total")
		})
	}
}

func BenchmarkSame(b *testing.B) {
	for i := 0; i < b.N; i++ {
		strings.Repeat("x", 100)
	}
}

func BenchmarkPrints(b *testing.B) {
	fmt.Println("PASS or not, 100 lines follow")
	for i := 0; i < b.N; i++ {
	}
}

func BenchmarkLogs(b *testing.B) {
	b.Log("one line of its own")
	for i := 0; i < b.N; i++ {
	}
}

func BenchmarkLeaves(b *testing.B) {
	if b.N > 1 {
		b.Skip("nothing to measure")
	}
}

// Two calls in each repetition, so that the first call of the fourth fails.
var calls int

func BenchmarkFailsLater(b *testing.B) {
	if calls++; calls > 6 {
		b.Fatal("later")
	}
}

func BenchmarkFailsInside(b *testing.B) {
	if b.N > 1 {
		b.Error("inside")
	}
}

func BenchmarkHolds(b *testing.B) {
	b.Run("bad", func(b *testing.B) { b.Fatal("at once") })
	b.Run("good", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
		}
	})
}
"""
TABLE = """
package table

import (
	"os"
	"testing"
)

func BenchmarkFailsFirst(b *testing.B) {
	b.Fatal("before anything is printed")
}

func BenchmarkSame(b *testing.B) {
	for i := 0; i < b.N; i++ {
	}
}

func BenchmarkTakesAllWithIt(b *testing.B) {
	if b.N > 1 {
		os.Exit(3)
	}
}
"""
COUNT = 4
FAILED = {"FailsLater": 1, "FailsInside": COUNT, "Holds/bad": 1, "FailsFirst": 1, "TakesAllWithIt": 1}


def go_test(folder: Path, *options: str) -> str:
    """Return what `go test` prints in a module with two packages."""
    (folder / "go.mod").write_text(MODULE)
    for package, source in (("words", WORDS), ("table", TABLE)):
        (folder / package).mkdir(exist_ok=True)
        (folder / package / f"{package}_test.go").write_text(source.lstrip())
    variables = {**os.environ, "GOMAXPROCS": "2", "GOFLAGS": "", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
    command = ["go", "test", "-benchtime=100x", *options]
    ran = subprocess.run(
        command, cwd=folder, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=variables
    )
    if str(folder) in ran.stdout or "ns/op" not in ran.stdout:
        sys.exit(f"`{' '.join(command)}` printed something else: {ran.stdout[:500]}")
    return ran.stdout


def printed(events: str) -> str:
    """Return what the packages printed, one package after the other."""
    text: dict[str, str] = {}
    for event in map(json.loads, events.splitlines()):
        text[event["Package"]] = text.get(event["Package"], "") + event.get("Output", "")
    return "".join(text.values())


def measured(lines: Iterable[str], suffix: str) -> dict[str, dict[str, list[float]]]:
    """Return the values of each benchmark by unit."""
    found: dict[str, dict[str, list[float]]] = {}
    package = name = ""
    for line in lines:
        if line.startswith("pkg: "):
            package = line.removeprefix("pkg: ")
        first, *rest = line.split("\t")
        if first.startswith("Benchmark"):
            name = first.strip().removeprefix("Benchmark").removesuffix(suffix)
        pairs = [
            one.split() for one in rest if one.endswith(("ns/op", "B/op", "allocs/op", "MB/s", "hit-ratio", "total"))
        ]
        if not pairs or re.search(r"\t *0\t", line):
            continue
        values = found.setdefault(f"{package}.{name}" if name == "Same" else name, {})
        for value, unit in pairs:
            values.setdefault(unit, []).append(float(value))
    return found


def expected(text: str, suffix: str = "-2", failed: dict[str, int] | None = None) -> dict[str, object]:
    """Return what the benchmarks of a report measured, and how many of all attempts at each failed."""
    found = measured(text.splitlines(), suffix)
    failed = failed or {}
    return {
        name: {"failed": failed.get(name, 0), "values": found.get(name, {})}
        for name in sorted({*found, *failed})
    }  # fmt: skip


def main() -> None:
    if shutil.which("go") is None:
        sys.exit("go is missing: install Go 1.19 or later")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        everything = ("-bench=.", "-benchmem", f"-count={COUNT}", "./...")
        text, events = go_test(folder, *everything), go_test(folder, "-json", *everything)
        processors = go_test(folder, "-v", "-bench=Join", "-count=2", "-cpu=1,2", "./words")
    (HERE / "packages.txt").write_text(text)
    (HERE / "packages.jsonl").write_text(events)
    (HERE / "processors.txt").write_text(processors)
    found = {
        "packages.txt": expected(text, failed=FAILED),
        "packages.jsonl": expected(printed(events), failed=FAILED),
        "processors.txt": expected(processors, suffix="-"),
    }
    (HERE / "expected.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
