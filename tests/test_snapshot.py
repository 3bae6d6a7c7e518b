"""What is written down is read back the same, and what is damaged is refused with its place."""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from measured import AFTER
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import (
    OUTCOMES,
    Dependency,
    FileChange,
    Machine,
    Metric,
    PathCount,
    Revision,
    Snapshot,
    Source,
    TestCase,
    TestCount,
    Warning,
)
from phasemetrics.evidence.snapshot import dumps, loads, to_dict

NAME = ".phasemetrics/phases/3/end.json"
# The example of the contract, its dots filled in.
CONTRACT = """
{"schema": 1,
 "revision": {"sha": "1f", "tree": "2e", "date": "2026-11-20T10:00:00Z", "dirty": false},
 "sources": [{"path": "build/junit.xml", "collector": "junit", "sha256": "3d", "modified": "2026-11-20T09:59:00Z"}],
 "metrics": {"tests.total": {"value": 216, "unit": "count"},
             "coverage.lines": {"value": 0.812, "unit": "ratio", "covered": 3904, "total": 4808},
             "bench.test_parse.median": {"value": 0.0121, "unit": "second", "runs": [0.0121, 0.0119]}},
 "files": [{"path": "src/a.py", "status": "modified", "from": null, "added": 12, "deleted": 3, "binary": false}],
 "coverage": [{"path": "src/a.py", "covered": 40, "total": 50}],
 "machine": {"os": "Linux", "arch": "x86_64", "cpu": "A", "cores": 2, "runtime": "CPython 3.13.1"},
 "warnings": [{"code": "attribute-mismatch", "path": "build/junit.xml", "message": "m"}]}
"""
DEPENDENCY = {"name": "a", "status": "added", "from": None, "to": "==1", "path": "pyproject.toml"}
STRICT = TypeAdapter(Snapshot)

# Every character, lone surrogates too: git gives them for a path that is not UTF-8.
TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
COUNT = st.integers(0, 2**53)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
FILES = st.builds(
    FileChange, TEXT, st.sampled_from(["created", "modified", "deleted"]), st.none() | TEXT, COUNT, COUNT, st.booleans()
)
DEPENDENCIES = st.builds(
    Dependency,
    TEXT,
    st.sampled_from(["added", "raised", "lowered", "changed", "removed"]),
    st.none() | TEXT,
    st.none() | TEXT,
    TEXT,
)
CASES = st.builds(TestCase, TEXT, TEXT, TEXT, st.sampled_from(OUTCOMES))
METRICS = st.one_of(
    st.builds(Metric, COUNT, st.just("count")),
    st.builds(Metric, NUMBER, st.sampled_from(["count", "second", "per_second", "byte", "day", "widget"])),
    st.builds(Metric, NUMBER, st.just("second"), runs=st.lists(NUMBER, min_size=1).map(tuple)),
    st.builds(
        Metric, NUMBER, st.just("second"), runs=st.just((1.0, 2.0, 3.0)), sessions=st.sampled_from([(3,), (1, 2)])
    ),
    st.builds(Metric, NUMBER, st.just("widget"), better=st.sampled_from(["higher", "lower"])),
    st.builds(Metric, st.floats(0, 1), st.just("ratio"), COUNT, COUNT),
)


@st.composite
def path_count(draw: st.DrawFn) -> PathCount:
    branches = draw(st.integers(0, 100))
    return PathCount(draw(TEXT), draw(COUNT), draw(COUNT), draw(st.integers(0, branches)), branches)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    base = draw(st.none() | TEXT)
    return Snapshot(
        revision=draw(st.none() | st.builds(Revision, TEXT, TEXT, TEXT, st.booleans())),
        base=base,
        sources=tuple(
            draw(st.lists(st.builds(Source, TEXT, st.sampled_from(["junit", "coverage", "bench"]), TEXT, TEXT, TEXT)))
        ),
        metrics=draw(st.dictionaries(TEXT, METRICS, max_size=6)),
        files=None if base is None else tuple(draw(st.lists(FILES, max_size=4))),
        coverage=tuple(draw(st.lists(path_count(), max_size=4))),
        tests=tuple(draw(st.lists(st.builds(TestCount, TEXT, COUNT, st.none() | COUNT, COUNT), max_size=4))),
        groups=tuple(draw(st.lists(st.builds(TestCount, TEXT, COUNT, COUNT, COUNT), max_size=4))),
        cases=draw(st.none() | st.lists(CASES, max_size=4).map(lambda found: tuple(sorted(found)))),
        dependencies=draw(st.none() | st.lists(DEPENDENCIES, max_size=4).map(tuple)),
        machine=draw(st.none() | st.builds(Machine, TEXT, TEXT, TEXT, COUNT, TEXT)),
        options=draw(st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT, max_size=2), max_size=2)),
        warnings=tuple(draw(st.lists(st.builds(Warning, TEXT, TEXT, TEXT), max_size=4))),
    )


def refused(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        loads(content, NAME)
    error = caught.value
    assert (error.code, error.exit_code, error.path) == ("damaged-store", 3, NAME)
    assert NAME in (error.mend or "")
    assert "\n" not in str(error)
    return error


@given(snapshots())
def test_what_is_written_is_read_back(snapshot: Snapshot) -> None:
    content = dumps(snapshot)
    assert loads(content, NAME) == snapshot
    assert dumps(loads(content, NAME)) == content
    assert json.loads(content) == json.loads(json.dumps(to_dict(snapshot)))
    assert isinstance(to_dict(snapshot)["files"], list)


@given(snapshots())
def test_the_file_is_sorted_ascii_with_one_metric_per_line(snapshot: Snapshot) -> None:
    content = dumps(snapshot)
    assert content.isascii()
    assert not {b"\r", b"\t", b"\0"} & {bytes([byte]) for byte in content}
    assert content.endswith(b"}\n")
    lines = content.decode().split("\n")
    for name in snapshot.metrics:
        (line,) = [line for line in lines if line.startswith(f"  {json.dumps(name)}: {{") and '"unit"' in line]
        assert line.rstrip(",").endswith("}")
    names = list(json.loads(content)["metrics"])
    assert names == sorted(names)
    for record in (json.loads(line.rstrip(",")) for line in lines if line.startswith("  {")):
        assert list(record) == sorted(record)


def test_a_metric_that_changes_is_one_line_of_a_diff() -> None:
    metrics = {**AFTER.metrics, "tests.passed": Metric(147, "count")}
    other = Snapshot(**{name: getattr(AFTER, name) for name in AFTER.__slots__} | {"metrics": metrics})
    pairs = zip(dumps(AFTER).splitlines(), dumps(other).splitlines(), strict=True)
    changed = [line for pair in pairs if pair[0] != pair[1] for line in pair]
    assert changed == [b'  "tests.passed": {"unit": "count", "value": %d},' % number for number in (146, 147)]


def keys_of(shape: Any, path: str = "") -> set[str]:
    """Return every key of a document: of the items of a list together, of the metrics by kind of metric."""
    if isinstance(shape, list):
        return set().union(*(keys_of(one, f"{path}[]") for one in shape))
    if not isinstance(shape, dict) or path == ".cases":  # its keys are paths and outcomes
        return set()
    found = {f"{path}.{key}" for key in shape} if path != ".metrics" else set()
    return found.union(
        *(keys_of(value, f"{path}.{'*' if path == '.metrics' else key}") for key, value in shape.items())
    )


def test_the_shape_is_the_contracts() -> None:
    kinds = {"tests.total", "coverage.lines", "bench.test_parse.median"}
    metrics = {name: metric for name, metric in AFTER.metrics.items() if name in kinds}
    fields = {name: getattr(AFTER, name) for name in AFTER.__slots__}
    whole = Snapshot(**fields | {"metrics": metrics, "warnings": (Warning("a", "b", "c"),)})
    ours = {".base", ".tests", ".groups", ".cases", ".dependencies", ".options", ".sources[].kind"}
    ours |= {f".dependencies[].{key}" for key in ("name", "status", "from", "to", "path")}
    ours |= {f".tests[].{key}" for key in ("path", "passed", "failed", "total")}
    ours |= {f".groups[].{key}" for key in ("name", "passed", "failed", "total")}
    assert keys_of(json.loads(dumps(whole))) == keys_of(json.loads(CONTRACT)) | ours
    assert to_dict(Snapshot()) == {
        "schema": 1,
        "revision": None,
        "base": None,
        "sources": [],
        "metrics": {},
        "files": [],
        "coverage": [],
        "tests": [],
        "groups": [],
        "cases": None,
        "dependencies": None,
        "machine": None,
        "options": {},
        "warnings": [],
    }


def test_the_contracts_example_is_read() -> None:
    found = loads(CONTRACT.encode(), NAME)
    assert found.revision == Revision("1f", "2e", "2026-11-20T10:00:00Z", dirty=False)
    assert found.metrics["coverage.lines"] == Metric(0.812, "ratio", 3904, 4808)
    assert found.metrics["bench.test_parse.median"].runs == (0.0121, 0.0119)
    assert found.files == (FileChange("src/a.py", "modified", None, 12, 3, binary=False),)
    assert found.sources == (Source("build/junit.xml", "junit", "junit", "3d", "2026-11-20T09:59:00Z"),)
    assert found.coverage == (PathCount("src/a.py", 40, 50),)
    assert loads(dumps(found), NAME) == found
    for collector, kind in (("coverage_json", "coverage"), ("pytest_benchmark", "bench")):
        other = loads(CONTRACT.replace('"collector": "junit"', f'"collector": "{collector}"').encode(), NAME)
        assert [one.kind for one in other.sources] == [kind]


def test_the_median_of_two_counts_is_kept() -> None:
    rounds = {"bench.x.rounds": Metric(5.5, "count", runs=(5, 6))}
    assert loads(dumps(Snapshot(metrics=rounds)), NAME).metrics == rounds
    assert b'"value": 5}' in dumps(Snapshot(metrics={"bench.x.rounds": Metric(5.0, "count")})), "a count has no point"


def test_a_snapshot_of_before_failures_were_recorded_does_not_know_them() -> None:
    earlier = CONTRACT.replace('"warnings": [', '"tests": [{"path": "a.py", "passed": 2, "total": 3}], "warnings": [')
    found = loads(earlier.encode(), NAME)
    assert (found.tests, found.groups) == ((TestCount("a.py", 2, None, 3),), ())
    assert json.loads(dumps(found))["tests"] == [{"path": "a.py", "passed": 2, "total": 3}]


def test_a_snapshot_of_before_dependencies_were_recorded_does_not_know_them() -> None:
    earlier = {key: value for key, value in json.loads(dumps(AFTER)).items() if key != "dependencies"}
    assert loads(json.dumps(earlier).encode(), NAME).dependencies is None
    assert loads(dumps(Snapshot(base="0" * 40, files=(), dependencies=())), NAME).dependencies == ()
    known = {**earlier, "dependencies": [DEPENDENCY]}
    assert loads(json.dumps(known).encode(), NAME).dependencies == (
        Dependency("a", "added", None, "==1", "pyproject.toml"),
    )


def test_no_base_and_no_difference_are_two_things() -> None:
    assert loads(dumps(Snapshot()), NAME).files is None
    assert loads(dumps(Snapshot(base="0" * 40, files=())), NAME).files == ()


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"", 1, 1),
        (b"not json", 1, 1),
        (b'{"schema": 1,\n "base": nul}', 2, 10),
        (dumps(AFTER)[:-3], dumps(AFTER).count(b"\n") - 1, 15),
        (b"{}{}", 1, 3),
        (b'\xef\xbb\xbf{"schema": 1}', 1, 1),
        (b"<<<<<<< HEAD\n" + dumps(AFTER), 1, 1),
        (b"\xff\xfe", None, None),
        (b"null", None, None),
        (b"[]", None, None),
        (b"{}", None, None),
        (b'{"schema": 2}', None, None),
        (b'{"schema": 1}', None, None),
        (b"[" * 100_000, None, None),
        (b'{"schema":' * 100_000, None, None),
        (b"1" * 5_000, None, None),
    ],
)
def test_damage_is_refused_with_its_place(content: bytes, line: int | None, column: int | None) -> None:
    error = refused(content)
    assert (error.line, error.column) == (line, column)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"schema": 1', '"schema": true'),
        ('"schema": 1', '"schema": 1, "schema": 1'),
        ('"value": 216', '"value": 216, "value": 217'),
        ('"value": 216', '"value": NaN'),
        ('"value": 216', '"value": -Infinity'),
        ('"value": 216', '"value": 1e999'),
        ('"value": 216', '"value": 1' + "0" * 400),
        ('"value": 216', '"value": true'),
        ('"value": 216', '"value": "216"'),
        ('"unit": "count"', '"unit": 5'),
        ('"covered": 3904', '"covered": "3904"'),
        ('"covered": 3904', '"covered": 1' + "0" * 400),
        ('"covered": 3904, ', ""),
        ("[0.0121, 0.0119]", "{}"),
        ("[0.0121, 0.0119]", '"12"'),
        ("[0.0121, 0.0119]", "[null]"),
        ("[0.0121, 0.0119]", '[0.0121, 0.0119], "sessions": [1]'),
        ("[0.0121, 0.0119]", '[0.0121, 0.0119], "sessions": [2, 0]'),
        ("[0.0121, 0.0119]", '[0.0121, 0.0119], "sessions": 2'),
        ("[0.0121, 0.0119]", '[0.0121, 0.0119], "better": "up"'),
        ('"warnings": [', '"options": {"x": {"warmup": true}}, "warnings": ['),
        ('"warnings": [', '"options": {"x": "warmup"}, "warnings": ['),
        ('"warnings": [', '"options": [], "warnings": ['),
        ('"dirty": false', '"dirty": 0'),
        ('"sha": "1f"', '"sha": null'),
        ('"collector": "junit"', '"collector": "junit", "kind": "lint"'),
        ('"collector": "junit"', '"collector": 1'),
        ('"status": "modified"', '"status": "renamed"'),
        ('"added": 12', '"added": 12.5'),
        ('"added": 12', '"added": -12'),
        ('"from": null', '"from": 1'),
        ('"cores": 2', '"cores": "2"'),
        ('"total": 50', '"total": 50, "extra": 1'),
        ('"message": "m"', '"message": ["m"]'),
        ('"warnings": [', '"base": 1, "warnings": ['),
        ('"warnings": [', '"tests": {}, "warnings": ['),
        ('"warnings": [', '"tests": [{"path": "a", "passed": "1", "total": 1}], "warnings": ['),
        ('"warnings": [', '"tests": [{"path": "a", "passed": 1, "failed": -1, "total": 1}], "warnings": ['),
        ('"warnings": [', '"dependencies": {}, "warnings": ['),
        ('"warnings": [', '"dependencies": [{"name": "a", "status": "added", "from": null, "to": ""}], "warnings": ['),
        *(
            ('"warnings": [', f'"dependencies": [{json.dumps(DEPENDENCY | wrong)}], "warnings": [')
            for wrong in ({"name": 1}, {"status": "new"}, {"to": 2}, {"path": None}, {"before": None})
        ),
        ('"warnings": [', '"groups": [{"path": "a", "passed": 1, "failed": 0, "total": 1}], "warnings": ['),
    ],
)
def test_values_of_a_wrong_kind_are_refused(old: str, new: str) -> None:
    assert CONTRACT.count(old) >= 1
    refused(CONTRACT.replace(old, new, 1).encode())


def accepted_or_refused(content: bytes) -> None:
    """Read what may be damaged: a snapshot that is made of the right types throughout, or the one refusal."""
    try:
        found = loads(content, NAME)
    except Refusal:
        refused(content)
    else:
        STRICT.validate_json(json.dumps(asdict(found)), strict=True)
        assert loads(dumps(found), NAME) == found


@given(st.binary() | st.text().map(str.encode) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(list(json.loads(CONTRACT))), inner),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_anything_is_refused_or_a_snapshot(content: bytes) -> None:
    accepted_or_refused(content)


@given(st.randoms(use_true_random=False))
def test_bytes_that_were_changed_are_refused_or_a_snapshot(chance: random.Random) -> None:
    content = bytearray(dumps(AFTER))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content))
        piece = chance.choice(
            [b"", b"0", b"-", b'"', b"{", b"]", b",", b"1e99", b"null", bytes([chance.randrange(256)])]
        )
        content[at : at + chance.randint(0, 3)] = piece
    accepted_or_refused(bytes(content))


@given(st.randoms(use_true_random=False))
def test_values_that_were_exchanged_are_refused_or_a_snapshot(chance: random.Random) -> None:
    document = json.loads(dumps(AFTER))
    node: Any = document
    while True:
        key: Any = chance.choice(list(node)) if isinstance(node, dict) else chance.randrange(len(node))
        if not isinstance(node[key], dict | list) or not node[key] or chance.random() < 0.2:
            break
        node = node[key]
    if isinstance(node, dict) and chance.random() < 0.3:
        del node[key]
    else:
        node[key] = chance.choice([None, True, -1, 0.5, 10**400, 1e308, "", "\u202e", [], {}, [1], {"a": 1}, ["x"]])
    accepted_or_refused(json.dumps(document).encode())
