"""Every reader gets what nobody meant, the same in each run; what was found once is read again for ever.

`make fuzz` does a thousand times as much of it, guided by coverage where there is atheris.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from fuzzing import target as limits
from fuzzing.all_targets import all_targets
from fuzzing.campaign import FINDS, Campaign, at_random, shrunk
from fuzzing.process import last_of, remembering
from fuzzing.target import Target, tried
from phasemetrics.errors import Refusal
from phasemetrics.evidence.formats import builtin_collectors

RUNS = 300  # of each reader; what is slower gets its share
PARTS = 8
XML = b'<testsuite tests="1"><testcase name="a" time="0.5"/><testcase name="b"><failure/></testcase></testsuite>'
JSON = b'{"files": {"a.py": {"lines": [1, 2, 3], "total": 4.5}}, "names": ["x", "y"]}'


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    return all_targets(tmp_path_factory.mktemp("fuzzing"))


def test_every_collector_is_a_target(targets: dict[str, Target]) -> None:
    assert {name for name, _ in builtin_collectors()} <= set(targets)


def test_every_target_reads_what_it_begins_with(targets: dict[str, Target]) -> None:
    def refused(target: Target, seed: bytes) -> bool:
        try:
            target.run(seed)
        except target.declared:
            return True
        return False

    assert [one.name for one in targets.values() if all(refused(one, seed) for seed in one.seeds)] == []


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_but_a_refusal_escapes(targets: dict[str, Target], part: int) -> None:
    found: dict[str, tuple[bytes, str]] = {}
    for target in list(targets.values())[part::PARTS]:
        campaign = at_random(target, max(len(target.seeds), int(RUNS * target.share)), seed=1)
        found |= {f"{target.name}: {one.key}": (one.content, one.said) for one in campaign.finds.values()}
    assert found == {}


@pytest.mark.parametrize("find", sorted(FINDS.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name[:8]}")
def test_what_was_found_is_mended(targets: dict[str, Target], find: Path) -> None:
    content = find.read_bytes()
    assert hashlib.sha1(content, usedforsecurity=False).hexdigest() == find.name
    assert tried(targets[find.parent.name], content) is None


def refuse(line: str) -> Callable[[bytes], None]:
    def run(content: bytes) -> None:
        raise Refusal(line, "no")

    return run


def spin(content: bytes) -> None:
    while True:
        pass


def hoard(content: bytes) -> None:
    # More than any test before it needed, which is what the system remembers.
    held = bytearray(b"x") * (limits.memory_of_all_time() + (64 << 20))
    assert held


@pytest.mark.parametrize(
    ("run", "key"),
    [
        (json.loads, "JSONDecodeError"),
        (float, "ValueError"),
        (spin, "TooSlow"),
        (hoard, "memory"),
        (refuse("no-such-code"), "a code without an explanation"),
    ],
)
def test_what_may_not_be_is_found(run: Callable[[bytes], None], key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.5)
    monkeypatch.setattr(limits, "MEMORY", 16 << 20)
    found = tried(Target("planted", (), run), b"x")
    assert found is not None
    assert found.key.startswith(key)


def test_a_refusal_that_is_declared_is_none() -> None:
    assert tried(Target("planted", (), refuse("bad-xml")), b"x") is None


def twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert len(dict(pairs)) == len(pairs), "a key twice"
    return dict(pairs)


def never(name: str) -> float:
    raise AssertionError(name)


def surrogate(content: bytes) -> None:
    try:
        text = str(json.loads(content))
    except (ValueError, RecursionError):
        return
    text.encode()


def fits(pattern: bytes) -> Callable[[bytes], None]:
    def run(content: bytes) -> None:
        assert not re.search(pattern, content, re.DOTALL)

    return run


def parsed(content: bytes) -> None:
    with contextlib.suppress(ValueError):
        json.loads(content, object_pairs_hook=twice, parse_constant=never)


@pytest.mark.parametrize(
    ("seed", "run"),
    [
        (JSON, parsed),
        (JSON, surrogate),
        (JSON, lambda content: json.loads(content) if content.startswith(b"{") and content.endswith(b"}") else None),
        (JSON, fits(rb"\d{4000}")),
        (XML, fits(rb"<testcase[^>]*[^/>]>\s*<testcase")),
        (XML, fits(rb'tests="(?:NaN|-1|1e309)"')),
        (XML, fits(rb"<!DOCTYPE[^>]*ENTITY")),
        (XML, fits(rb"(?:<a>){100}")),
        (XML, fits(rb' (\w+)="[^"]*" \1="')),
    ],
)
def test_planted_defects_are_found(seed: bytes, run: Callable[[bytes], None]) -> None:
    planted = Target("planted", (seed,), run)
    found = list(at_random(planted, 4000, seed=1).finds.values())
    assert found
    assert tried(planted, seed) is None, "the seed itself is sound"


def test_a_find_is_kept_with_few_bytes(tmp_path: Path) -> None:
    planted = Target("planted", (b"many words before XYZ and after it",), fits(b"XYZ"))
    campaign = Campaign(planted)
    campaign.execute(planted.seeds[0])
    campaign.keep(tmp_path)
    (kept,) = (tmp_path / "planted").iterdir()
    assert kept.read_bytes() == b"XYZ"
    (one,) = campaign.finds.values()
    assert shrunk(planted, one) == one


def test_what_a_process_dies_of_is_known(tmp_path: Path) -> None:
    target = remembering(Target("planted", (), refuse("bad-xml")), tmp_path / "last")
    for content in (b"much before it", b"died\0 of it"):
        assert tried(target, content) is None
        assert last_of(tmp_path / "last") == content


def test_the_same_seed_does_the_same() -> None:
    seen: list[list[bytes]] = []
    for _ in range(2):
        inputs: list[bytes] = []
        at_random(Target("planted", (JSON, XML), inputs.append), 200, seed=7)
        seen.append(inputs)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 150
