"""hyperfine: commands of its own runs against its own CSV, and what a report may not say."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_facts import (
    COLLECTORS,
    FOLDERS,
    benchmarks,
    codes,
    expected,
    leaks,
    measured,
    repeated,
    repetitions,
    runs,
    samples_of,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Machine, Measurement, Options

hyperfine = COLLECTORS["hyperfine"]
SAMPLES = FOLDERS / "hyperfine"
EXPECTED: dict[str, list[dict[str, float]]] = expected("hyperfine")
THIRD = "sh -c 'n=$(cat n); echo $((n+1)) > n; test $((n % 3)) -ne 2'"
NAMES = {
    "commands.json": ["count", "sleep 0.01"],
    "scan.json": ["cat size{size=10}", "cat size{size=2000}"],
    "failing.json": [THIRD, "sh -c 'exit 3'", "sh -c 'kill -9 $$'"],
    "once.json": ["sleep 0.01"],
}
# What hyperfine's own summary is of the values of one process each.
JOINED: dict[str, Callable[[list[float]], float]] = {"mean": fmean, "median": median, "min": min, "max": max}
facts_of = partial(written, hyperfine)
sample = samples_of("hyperfine")


def command(name: object = "sort", **more: Any) -> dict[str, Any]:
    return {"command": name, "mean": 9.0, "stddev": None, "median": 9.0, "times": [0.5, 1.5, 1.0]} | more


def results(*commands: object) -> dict[str, Any]:
    return {"results": list(commands)}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_come_to_what_hyperfine_says_of_them(name: str) -> None:
    facts = sample(name)
    assert benchmarks(facts) == set(NAMES[name])
    for called, numbers in zip(NAMES[name], EXPECTED[name], strict=True):
        ours = repeated(facts, called)
        assert ours.keys() == numbers.keys()
        for stat, value in numbers.items():
            assert JOINED.get(stat, sum)(ours[stat]) == pytest.approx(value, rel=1e-9), f"{called} {stat}"


def test_every_process_is_a_repetition() -> None:
    times = json.loads((SAMPLES / "commands.json").read_text())["results"][0]["times"]
    facts = sample("commands.json")
    found = repeated(facts, "count")
    assert found["median"] == found["min"] == times
    assert {fact.unit for fact in measured(facts)} == {"second", "count"}
    assert runs(facts) == {""}
    assert not [fact for fact in facts if not isinstance(fact, Measurement)], "it knows no machine and no options"


@pytest.mark.parametrize(
    ("document", "ours"),
    [
        (results(command()), True),
        (results({"exit_codes": [0], "times": [1], "command": "a"}), True),
        (results({"parameters": {"n": "1"}, "command": "a", "mean": 1}), True),
        (results(), False),
        (results({"command": "a"}), False),
        ({"results": {"command": "a", "times": []}}, False),
        ({"runs": {"results": [command()]}}, False),
        ([command()], False),
        ({"results": {"tests": [{"name": "a", "times": []}]}}, False),
    ],
)
def test_recognition_is_by_shape(document: object, ours: bool) -> None:
    assert hyperfine.recognises(json.dumps(document).encode()) is ours
    assert hyperfine.recognises(b"\xef\xbb\xbf \n" + json.dumps(document, sort_keys=True, indent=2).encode()) is ours


def test_a_head_that_is_cut_off_is_recognised_anywhere_behind_the_mean() -> None:
    whole = (SAMPLES / "commands.json").read_bytes()
    assert all(hyperfine.recognises(whole[:end]) for end in range(whole.index(b'"mean":') + 7, len(whole)))


def test_the_summary_of_the_file_is_not_believed(tmp_path: Path) -> None:
    found = repetitions(facts_of(results(command(min=7, max=8)), tmp_path))
    assert fmean(found["bench.sort.mean"]) == median(found["bench.sort.median"]) == 1.0
    assert (min(found["bench.sort.min"]), max(found["bench.sort.max"])) == (0.5, 1.5)


@pytest.mark.parametrize("code", [1, 137, -1073741819, None])
def test_a_process_that_failed_gives_no_time(tmp_path: Path, code: int | None) -> None:
    facts = facts_of(results(command(exit_codes=[0, code, 0], user=0.1, system=0.2)), tmp_path)
    found = repetitions(facts)
    assert found["bench.sort.median"] == [0.5, 1.0]
    assert (found["bench.sort.failed"], found["bench.sort.total"], found["bench.sort.rounds"]) == ([1], [3], [2])
    assert not {"bench.sort.user", "bench.sort.system"} & found.keys(), "these are means of the failed one, too"
    assert codes(facts) == []


def test_failures_are_counted_where_there_are_none(tmp_path: Path) -> None:
    found = repetitions(facts_of(results(command(exit_codes=[0, 0, 0], user=0.1, system=0)), tmp_path))
    assert (found["bench.sort.failed"], found["bench.sort.total"]) == ([0], [3])
    assert (found["bench.sort.user"], found["bench.sort.system"]) == ([0.1], [0])


def test_a_report_without_exit_codes_says_nothing_of_failures(tmp_path: Path) -> None:
    found = repetitions(facts_of(results(command(user=0.1)), tmp_path))
    assert set(found) == {f"bench.sort.{stat}" for stat in ("min", "max", "mean", "median", "rounds", "user")}


def test_a_file_in_which_nothing_was_timed_is_a_warning(tmp_path: Path) -> None:
    facts = facts_of(results(command(exit_codes=[1, 1, 1])), tmp_path)
    assert repetitions(facts) == {"bench.sort.failed": [3], "bench.sort.total": [3]}
    assert codes(facts) == codes(facts_of(results(), tmp_path)) == ["no-benchmarks"]


def test_parameters_tell_commands_of_one_text_apart(tmp_path: Path) -> None:
    scan = [command("make", parameters={"t": str(n), "cc": "gcc"}) for n in (1, 2)]
    found = repetitions(facts_of(results(*scan, command("make", parameters={})), tmp_path))
    assert {"bench.make{cc=gcc,t=1}.min", "bench.make{cc=gcc,t=2}.min", "bench.make.min"} <= found.keys()


def test_percentiles_need_processes_that_carry_them(tmp_path: Path) -> None:
    few = repetitions(facts_of(results(command(times=[1.0] * 49)), tmp_path))
    some = repetitions(facts_of(results(command(times=[*range(60)], exit_codes=[0] * 51 + [1] * 9)), tmp_path))
    assert not {stat for stat in few if stat.startswith("bench.sort.p")}
    assert [(stat, value) for stat, value in some.items() if ".p" in stat] == [("bench.sort.p90", [45.0])]


def test_memory_is_the_most_of_all_processes_and_only_of_those_that_are_surely_meant(tmp_path: Path) -> None:
    # Each number is the most of any process until then: the second command took 200 or less, nobody knows how much.
    files = [("a", [100, 150, 200]), ("b", [200, 200, 200]), ("c", [200, 300, 300]), ("d", [300, 300, 310])]
    document = results(*(command(name, memory_usage_byte=memory, exit_codes=[0, 0, 0]) for name, memory in files))
    document["results"][3]["exit_codes"][2] = 1
    facts = facts_of(document, tmp_path)
    found = {fact.name: (fact.value, fact.unit) for fact in measured(facts)}
    memory = {name: value for name, value in found.items() if name.endswith(".memory")}
    assert memory == {"bench.a.memory": (200, "byte"), "bench.c.memory": (300, "byte")}


def test_no_memory_is_not_zero_memory(tmp_path: Path) -> None:
    found = repetitions(facts_of(results(command(memory_usage_byte=[0, 0, 0])), tmp_path))  # Windows
    assert "bench.sort.memory" not in found


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("/home/ann/shop/build/parse --fast", "parse --fast"),
        ("/Users/ann/shop/parse -I/home/ann/include", "parse -Iinclude"),
        ("python3 '/home/ann/my shop/run.py'", "python3 'my shop/run.py'"),
        ("C:\\Users\\ann\\parse.exe x", "parse.exe x"),
        ("docker run -v /home/ann/a:/srv/b x", "docker run -v a:b x"),
        ("PATH=/opt/ann/bin:/usr/bin parse", "PATH=bin:bin parse"),
        ("ls /home/ann", "ls ~"),
        ("du /home/ann/shop/", "du shop/"),
        ("cat < ~/shop/x > /dev/null", "cat < x > /dev/null"),
        ("./build/home/parse ../usr/lib/x", "./build/home/parse ../usr/lib/x"),
        ("curl http://localhost/home/x/y", "curl http://localhost/home/x/y"),
        ("GET /api/users", "GET /api/users"),
        ("sed s/usr/lib/g x", "sed s/usr/lib/g x"),
        ("sort\n  -u   x", "sort -u x"),
    ],
)
def test_a_name_says_nothing_of_the_machine(tmp_path: Path, called: str, name: str) -> None:
    facts = facts_of(results(command(called, parameters={"n": "/home/ann/v1"})), tmp_path)
    assert benchmarks(facts) == {f"{name}{{n=v1}}"}
    assert leaks(facts) == []


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is a list, expected an object"),
        ({"result": []}, "results is missing"),
        (results(5), r"results\[0\] is a number, expected an object"),
        (results({"times": [1]}), r"results\[0\].command is missing"),
        (results({"command": "a"}), r"results\[0\].times is missing"),
        (results(command(5)), r"results\[0\].command is a number"),
        (results(command(" ")), r"results\[0\].command is empty"),
        (results(command("\ud800")), "half of a surrogate pair"),
        (results(command("a"), command("a")), r"results\[1\].command is the name of another command"),
        (results(command("/home/a/x"), command("/home/b/x")), r"results\[1\].command is the name of another command"),
        (results(command(times=[])), r"results\[0\].times is empty"),
        (results(command(times=None)), r"results\[0\].times is null"),
        (results(command(times=[1, -0.5])), r"results\[0\].times\[1\] is -0.5, expected 0 or more"),
        (results(command(times=[1e300])), r"times\[0\] is 1e\+300, expected 1e\+15 at most"),
        (results(command(times=["1"])), r"times\[0\] is a string, expected a number"),
        (results(command(exit_codes=[0])), "exit_codes has 1 items, but `times` has 3"),
        (results(command(exit_codes=[0, 0, 0.5])), r"exit_codes\[2\] is a number, expected a whole number"),
        (results(command(exit_codes=[0, False, 0])), r"exit_codes\[1\] is true or false"),
        (results(command(exit_codes="0")), "exit_codes is a string, expected a list"),
        (results(command(memory_usage_byte=[1, 2])), "memory_usage_byte has 2 items"),
        (results(command(memory_usage_byte=[1, 2, -3])), r"memory_usage_byte\[2\] is -3"),
        (results(command(user=-1)), r"results\[0\].user is -1, expected 0 or more"),
        (results(command(parameters={"n": 1})), r"parameters.n is a number, expected a string"),
        (results(command(parameters=[])), "parameters is a list, expected an object"),
        ('{"results": [{"command": "a", "times": [NaN]}]}', r"results\[0\].times\[0\] is NaN"),
        ('{"results": [{"command": "a", "times": [1', "is not JSON"),
        ('{"results": [{"command": "a", "command": "b"}]}', 'has the key "command" twice'),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "bench.json")
    assert "hyperfine --export-json" in str(caught.value)


TIMES = st.lists(st.tuples(st.floats(0, 1e6), st.sampled_from([0, 0, 1, None])), min_size=1, max_size=12)


@given(st.dictionaries(st.sampled_from("abcd"), TIMES, min_size=1), st.randoms())
def test_the_order_of_commands_makes_no_difference(
    scratch: Path, commands: dict[str, list[tuple[float, int | None]]], random: Any
) -> None:
    listed = [
        command(name, times=[time for time, _ in pairs], exit_codes=[code for _, code in pairs])
        for name, pairs in commands.items()
    ]
    facts = facts_of(results(*listed), scratch)
    found = repetitions(facts)
    random.shuffle(listed)
    assert repetitions(facts_of(results(*listed), scratch)) == found
    assert not [fact for fact in facts if isinstance(fact, Machine | Options)]
    for name, pairs in commands.items():
        good = [time for time, code in pairs if code == 0]
        assert found.get(f"bench.{name}.mean", []) == good
        assert found[f"bench.{name}.failed"] == [len(pairs) - len(good)]
