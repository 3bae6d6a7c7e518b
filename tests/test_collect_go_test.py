"""Events of `go test -json`, in the shapes that test2json documents."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junit_workshop import by_file, by_group, counts, made_with, read_with, value, warnings
from phasemetrics.errors import Refusal
from phasemetrics.evidence.grouping import GroupRule
from phasemetrics.evidence.model import Collector, Fact, Warning
from phasemetrics_collectors import go_test

GO = cast(Collector, go_test)
SAMPLES = Path(__file__).parent / "collectors" / "go_test"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
CART = "example.com/shop/cart"


def events(*pairs: str, package: str = CART) -> str:
    """Return lines for pairs of an action and a test: `run TestA`, and `pass` for the package."""
    return "".join(json.dumps(event(pair, package)) + "\n" for pair in pairs)


def event(pair: str, package: str) -> dict[str, object]:
    action, _, test = pair.partition(" ")
    return {"Action": action, "Package": package} | ({"Test": test, "Elapsed": 0.5} if test else {})


def made(tmp_path: Path, *lines: str) -> list[Fact]:
    return made_with(GO, tmp_path, "".join(lines))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples(name: str) -> None:
    assert counts(read_with(GO, SAMPLES / name)) == Counter(EXPECTED[name])
    assert go_test.recognises((SAMPLES / name).read_bytes()[:4096])


def test_what_a_sample_says_besides() -> None:
    facts = read_with(GO, SAMPLES / "packages.jsonl")
    assert by_file(facts) == {CART: 9, "example.com/shop/stock": 1, "example.com/shop/main": 2}
    assert (value(facts, "tests.duration"), value(facts, "tests.wall")) == (0.09, 5.5)
    said = "example.com/shop/stock did not build (and 1 more); each is counted as an error"
    assert warnings(facts) == {"package-failed": said}
    cached = read_with(GO, SAMPLES / "cached.jsonl")
    assert (value(cached, "tests.duration"), value(cached, "tests.wall")) == (0.01, None)
    older = warnings(read_with(GO, SAMPLES / "older.txt"))
    assert older["foreign-lines"] == "2 lines are no events, the first is line 1; they were passed over"
    assert older["cut-off"].startswith(f"TestHangs of {CART} began and did not end")


@pytest.mark.parametrize(
    ("lines", "expected", "codes"),
    [
        (["run A", "run A/x", "pass A/x", "pass A", "pass"], {"passed": 1}, set()),
        (["run A", "run A/x", "fail A/x", "fail A", "fail"], {"failed": 1}, set()),
        (["run A", "run A/x", "pass A/x", "fail A", "fail"], {"passed": 1, "failed": 1}, set()),
        (["run A", "run A/x/y", "fail A/x/y", "fail A", "fail"], {"failed": 1}, set()),
        (["run A", "run A/x", "run A/x/y", "skip A/x/y", "pass A/x", "pass A", "pass"], {"skipped": 1}, set()),
        (["run A", "run AB", "fail A", "pass AB", "fail"], {"failed": 1, "passed": 1}, set()),
        (["run A", "fail"], {"errors": 1}, {"cut-off"}),
        (["run A", "run A/x"], {"errors": 1}, {"cut-off"}),
        (["run A", "pass"], {"passed": 1}, set()),
        (["run A", "pass A"], {"passed": 1, "errors": 1}, {"cut-off", "package-failed"}),
        (["start", "fail"], {"errors": 1}, {"package-failed"}),
        (["start", "skip"], {}, {"no-cases"}),
        (["run A", "pass A", "run A", "fail A", "fail"], {"failed": 1}, {"repeated-case"}),
        (["run A", "fail A", "run A", "pass A", "fail"], {"failed": 1}, {"repeated-case"}),
        (["run A", "fail A", "fail", "start", "run A", "pass A", "pass"], {"passed": 1, "flaky": 1}, set()),
        (["run A", "fail A", "fail", "run A", "fail A", "fail"], {"failed": 1}, set()),
        (["run A", "fail A", "fail", "run A", "skip A", "pass"], {"failed": 1}, set()),
        (["run BenchmarkA", "bench BenchmarkA", "run BenchmarkB", "pass"], {}, {"no-cases"}),
        (["run BenchmarkA", "fail BenchmarkA", "fail"], {"failed": 1}, set()),
        (["run A", "pause A", "cont A", "attr A", "pass A", "pass"], {"passed": 1}, set()),
    ],
)
def test_what_counts(tmp_path: Path, lines: list[str], expected: dict[str, int], codes: set[str]) -> None:
    facts = made(tmp_path, events(*lines))
    assert counts(facts) == expected
    assert set(warnings(facts)) == codes


def test_packages_side_by_side_and_events_without_a_package(tmp_path: Path) -> None:
    lines = [events(one, package=package) for one in ("run A", "pass A", "pass") for package in ("a", "b", "")]
    assert counts(made(tmp_path, *lines)) == {"passed": 3}


def test_a_build_that_no_package_is_blamed_on(tmp_path: Path) -> None:
    facts = made(tmp_path, '{"ImportPath":"a [a.test]","Action":"build-fail"}\n')
    assert (counts(facts), by_file(facts)) == ({"errors": 1}, {"a": 1})


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ('{"Action":"run","Package":"a","Te', 31),
        ('{"Action":"run"} {}', 18),
        ("{}", 1),
        ('{"Action":1}', 1),
        ('{"Action":"run","Test":["a"]}', 1),
        ('{"Action":"run","Action":"pass"}', 1),
        ('{"Action":"pass","Elapsed":NaN}', 1),
        ('{"Action":"pass","Elapsed":true}', 1),
        ('{"Action":"pass","Elapsed":1e999}', 1),
        ('{"Action":"pass","Elapsed":' + "9" * 5000 + "}", 1),
        ('{"Action":' + '{"a":' * 100_000, 1),
        ('{"Action":"output","Output":"' + "x" * (2 << 20) + '"}', 1),
    ],
)
def test_a_line_that_is_no_event_is_refused_with_its_place(tmp_path: Path, line: str, column: int) -> None:
    with pytest.raises(Refusal) as caught:
        made(tmp_path, events("run A"), line)
    assert (caught.value.code, caught.value.line, caught.value.path) == ("bad-json", 2, "report")
    assert caught.value.column == column
    assert len(str(caught.value)) < 1000


def test_times_that_cannot_be_are_left_out(tmp_path: Path) -> None:
    lines = [
        '{"Time":"noon","Action":"run","Package":"a","Test":"A"}\n',
        '{"Time":"2026-11-20T10:00:00Z","Action":"pass","Package":"a","Test":"A","Elapsed":-1}\n',
        '{"Time":"2026-11-20T10:00:09Z","Action":"pass","Package":"a"}\n',
    ]
    facts = made(tmp_path, *lines)
    assert (value(facts, "tests.duration"), value(facts, "tests.wall")) == (None, None)
    assert {fact.message.rpartition("; ")[2] for fact in facts if isinstance(fact, Warning)} == {
        "tests.duration is left out",
        "tests.wall is left out",
    }


def test_the_times_of_two_runs_in_one_file_are_no_wall_time(tmp_path: Path) -> None:
    stamp = '{{"Time":"2026-11-20T{}:00:00Z","Action":"{}","Package":"a","Test":"A"}}\n'
    facts = made(tmp_path, *(stamp.format(hour, action) for hour in (10, 9) for action in ("run", "pass")))
    assert value(facts, "tests.wall") is None


def test_names_are_hostile(tmp_path: Path) -> None:
    name = "Test\ud800\u202e\n" + "/" * 200_000
    facts = made(tmp_path, json.dumps({"Action": "run", "Package": "p\ud800", "Test": name}), "\n", events("run A"))
    assert by_file(facts) == {"p\\ud800": 1, CART: 1}
    assert not any(character in message for message in warnings(facts).values() for character in "\ud800\u202e\n")


def test_windows_power_shell(tmp_path: Path) -> None:
    text = events("run A", "pass A", "pass").replace("\n", "\r\n")
    for content in (text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
        assert go_test.recognises(content[:4096])
        assert counts(made_with(GO, tmp_path, content)) == {"passed": 1}


def test_groups(tmp_path: Path) -> None:
    rules = [GroupRule("adds", ("TestAdds",)), GroupRule("cart", (f"{CART}::*",)), GroupRule("none", ("x",))]
    found = by_group(read_with(GO, SAMPLES / "packages.jsonl", *rules))
    assert {name: (one.passed, one.total) for name, one in found.items()} == {
        "adds": (1, 1), "cart": (5, 9), "none": (0, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    "head", [b"", b"{", b'{"Action": "deploy"}', b"ok", b'{"results": {"Action": "run"}}', b"<a/>"]
)
def test_what_is_not_recognised(head: bytes) -> None:
    assert not go_test.recognises(head)


TESTS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from("ABCDE"), st.sampled_from(["pass", "fail", "skip"])),
    unique_by=lambda one: one[:2],
    min_size=1,
    max_size=8,
)


@given(TESTS, st.data())
def test_any_order_of_tests_and_packages_counts_the_same(
    tmp_path_factory: pytest.TempPathFactory, tests: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    shuffled = data.draw(st.permutations(tests))
    ends = {package: any(one[0] == package and one[2] == "fail" for one in tests) for package, *_ in tests}
    close = [events("fail" if failed else "pass", package=package) for package, failed in ends.items()]
    found = []
    for order in (tests, shuffled):
        lines = [events(f"run {test}", f"{end} {test}", package=package) for package, test, end in order]
        found.append(made(folder, *lines, *close))
    assert counts(found[0]) == counts(found[1])
    assert by_file(found[0]) == by_file(found[1])
    assert counts(found[0]).total() == len(tests)
