"""Writes the reports here and `expected.json` again: `python tests/collectors/go_test/make.py`.

Go is not among the tools that this project is built with, so no runner wrote these: they are events in the shapes that
`go doc test2json` and golang.org/issue/62067 describe, in the order in which `go test` prints them.

    packages.jsonl   go 1.24: a package of each kind, with benchmarks, subtests, one that does not build
    older.txt        go 1.19: no `start`, and what the build printed among the events
    rerun.jsonl      gotestsum --rerun-fails --jsonfile: a package that ran twice
    cached.jsonl     a package whose results were cached: its events have no time

The expected numbers follow from the names of the tests.
"""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
SHOP = "example.com/shop"
Event = dict[str, object]


class Run:
    """The events of one `go test -json`, a tenth of a second apart."""

    def __init__(self, timed: bool = True) -> None:
        self.lines: list[str] = []
        self.timed = timed

    def event(self, action: str, package: str, test: str = "", **more: object) -> None:
        found: Event = {"Time": f"2026-11-20T10:00:{len(self.lines) / 10:09.6f}+01:00"} if self.timed else {}
        found |= {"Action": action, "Package": f"{SHOP}/{package}"}
        found |= {"Test": test} if test else {}
        self.lines.append(json.dumps(found | more, separators=(",", ":")))

    def test(self, package: str, test: str, action: str, elapsed: float = 0.01) -> None:
        self.event("run", package, test)
        self.event("output", package, test, Output=f"=== RUN   {test}\n")
        self.end(package, test, action, elapsed)

    def end(self, package: str, test: str, action: str, elapsed: float = 0.01) -> None:
        word = {"pass": "PASS", "fail": "FAIL", "skip": "SKIP", "bench": "BENCH"}[action]
        self.event("output", package, test, Output=f"--- {word}: {test} ({elapsed:.2f}s)\n")
        self.event(action, package, test, Elapsed=elapsed)

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def packages() -> str:
    run = Run()
    build = f"{SHOP}/stock [{SHOP}/stock.test]"
    run.lines.append(
        json.dumps({"ImportPath": build, "Action": "build-output", "Output": "stock.go:3:1: syntax error\n"})
    )
    run.lines.append(json.dumps({"ImportPath": build, "Action": "build-fail"}))
    run.event("start", "cart")
    run.test("cart", "TestAdds", "pass")
    run.test("cart", "TestSubtracts", "fail", 0.02)
    run.test("cart", "TestLater", "skip", 0)
    run.event("run", "cart", "TestInner")
    run.test("cart", "TestInner/nests", "pass")
    run.test("cart", "TestInner/with/slashes", "pass")
    run.test("cart", "TestInner/fails", "fail")
    run.end("cart", "TestInner", "fail", 0.03)
    run.event("run", "cart", "TestFailsByItself")
    run.test("cart", "TestFailsByItself/passes", "pass")
    run.end("cart", "TestFailsByItself", "fail")
    run.test("cart", "ExampleCart", "pass", 0)
    run.event("run", "cart", "BenchmarkAdds")
    run.event("output", "cart", "BenchmarkAdds", Output="BenchmarkAdds-2   \t 1000\t 12.1 ns/op\n")
    run.event("bench", "cart", "BenchmarkAdds")
    run.event("fail", "cart", Elapsed=0.2)
    run.event("start", "stock")
    run.event("output", "stock", Output=f"FAIL\t{SHOP}/stock [build failed]\n")
    run.event("fail", "stock", Elapsed=0, FailedBuild=build)
    run.event("start", "docs")
    run.event("output", "docs", Output=f"?   \t{SHOP}/docs\t[no test files]\n")
    run.event("skip", "docs", Elapsed=0)
    run.event("start", "main")
    run.test("main", "TestStarts", "pass")
    run.event("output", "main", Output="no database\n")
    run.event("fail", "main", Elapsed=0.1)
    return run.text()


def older() -> str:
    run = Run()
    run.lines.append(f"# {SHOP}/stock")
    run.lines.append("./stock.go:3:1: syntax error")
    run.lines.append(f"FAIL\t{SHOP}/stock [build failed]")
    run.test("cart", "TestAdds", "pass")
    run.event("run", "cart", "TestHangs")
    run.event("output", "cart", "TestHangs", Output="panic: test timed out after 1s\n")
    run.event("output", "cart", Output=f"FAIL\t{SHOP}/cart\t1.01s\n")
    run.event("fail", "cart", Elapsed=1.01)
    return run.text()


def rerun() -> str:
    run = Run()
    run.event("start", "cart")
    run.test("cart", "TestAdds", "pass")
    run.event("run", "cart", "TestInner")
    run.test("cart", "TestInner/settles", "fail")
    run.end("cart", "TestInner", "fail")
    run.test("cart", "TestNeverSettles", "fail")
    run.event("fail", "cart", Elapsed=0.1)
    run.event("start", "cart")
    run.event("run", "cart", "TestInner")
    run.test("cart", "TestInner/settles", "pass")
    run.end("cart", "TestInner", "pass")
    run.event("pass", "cart", Elapsed=0.1)
    run.event("start", "cart")
    run.test("cart", "TestNeverSettles", "fail")
    run.event("fail", "cart", Elapsed=0.1)
    return run.text()


def cached() -> str:
    run = Run(timed=False)
    run.event("start", "cart")
    run.test("cart", "TestAdds", "pass")
    run.event("output", "cart", Output=f"ok  \t{SHOP}/cart\t(cached)\n")
    run.event("pass", "cart", Elapsed=0)
    return run.text()


def main() -> None:
    for name, text in (
        ("packages.jsonl", packages()),
        ("older.txt", older()),
        ("rerun.jsonl", rerun()),
        ("cached.jsonl", cached()),
    ):
        (HERE / name).write_text(text, encoding="utf-8")
    expected = {
        "packages.jsonl": {"passed": 6, "failed": 3, "errors": 2, "skipped": 1},
        "older.txt": {"passed": 1, "errors": 2},
        "rerun.jsonl": {"passed": 2, "failed": 1, "flaky": 1},
        "cached.jsonl": {"passed": 1},
    }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
