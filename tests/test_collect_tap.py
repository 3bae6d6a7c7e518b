"""TAP against what the runners that wrote it said themselves, and against the JUnit of the same run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junit_workshop import by_file, by_group, counts, made_with, read, read_with, value, warnings
from phasemetrics.errors import Refusal
from phasemetrics.evidence.grouping import GroupRule
from phasemetrics.evidence.model import Collector, Fact
from phasemetrics_collectors import tap

TAP = cast(Collector, tap)
SAMPLES = Path(__file__).parent / "collectors" / "tap"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
TWINS = {"node.tap": "node.xml", "mocha-12.tap": "mocha.xml", "mocha-13.tap": "mocha.xml", "vitest.tap": "vitest.xml"}


def made(tmp_path: Path, text: str) -> list[Fact]:
    return made_with(TAP, tmp_path, text)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_their_runner_did(name: str) -> None:
    facts = read_with(TAP, SAMPLES / name)
    assert counts(facts) == Counter(EXPECTED[name])
    assert not warnings(facts)
    assert tap.recognises((SAMPLES / name).read_bytes()[:4096])


@pytest.mark.parametrize(("name", "twin"), TWINS.items())
def test_junit_of_the_same_run_counts_the_same(name: str, twin: str) -> None:
    ours, theirs = read_with(TAP, SAMPLES / name), read(SAMPLES / twin)
    assert counts(ours) == counts(theirs)
    if not name.startswith("mocha"):  # its TAP has no times
        assert value(ours, "tests.duration") == pytest.approx(value(theirs, "tests.duration"), abs=1e-4)


def test_the_files_of_the_samples() -> None:
    assert by_file(read_with(TAP, SAMPLES / "prove.txt")) == {"cart.t": 11, "stock.t": 2}
    assert by_file(read_with(TAP, SAMPLES / "vitest.tap")) == {"cart.test.js": 5}
    assert by_file(read_with(TAP, SAMPLES / "vitest-flat.tap")) == {"cart.test.js": 5}


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_real_node_agrees_with_its_own_junit(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "cart.test.js", tmp_path)
    reporters = [f"--test-reporter{part}" for name in ("tap", "junit") for part in (f"={name}", f"-destination={name}")]
    subprocess.run(["node", "--test", *reporters, "cart.test.js"], cwd=tmp_path, check=False, capture_output=True)
    assert counts(read_with(TAP, tmp_path / "tap")) == counts(read(tmp_path / "junit")) == EXPECTED["node.tap"]


@pytest.mark.skipif(shutil.which("prove") is None, reason="there is no perl here")
def test_real_prove_agrees(tmp_path: Path) -> None:
    for name in ("cart.t", "stock.t"):
        shutil.copy(SAMPLES / name, tmp_path)
    command = ["prove", "--verbose", "cart.t", "stock.t"]
    text = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True).stdout
    facts = made(tmp_path, text)
    failed = re.search(r"Tests: \d+ Failed: (\d+)", text)
    assert failed is not None
    assert counts(facts)["failed"] == int(failed[1])
    assert counts(facts) == EXPECTED["prove.txt"]


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("ok", "passed"), ("ok 1", "passed"), ("ok 1 - a", "passed"), ("ok 1 a", "passed"), ("ok - a", "passed"),
        ("not ok", "failed"), ("not ok 1 - a", "failed"), ("ok 1 - not ok", "passed"),
        ("ok 1 # SKIP", "skipped"), ("ok 1 # skip no time", "skipped"), ("ok 1 - a # Skipped: no", "skipped"),
        ("ok 1 - a #SkIp no", "skipped"), ("not ok 1 - a # SKIP", "skipped"),
        ("not ok 1 # TODO", "xfailed"), ("not ok 1 - a # todo later", "xfailed"), ("ok 1 - a # TODO", "xpassed"),
        (r"not ok 1 - a \# TODO", "failed"), (r"ok 1 - a \# SKIP", "passed"), ("ok 1 - a#skip", "passed"),
        ("ok 1 - https://a/b#skip is a page", "passed"), ("ok 1 - a # b # TODO", "passed"),
        ("ok 1 - issue #5 # TODO", "xpassed"), ("not ok 1 - a # time=5.5ms", "failed"),
        ("ok 1 - a # time=5ms # SKIP", "skipped"), ("not ok 1 - a # TODO # time=1ms", "xfailed"),
        ("ok 1 - a { # not a block", "passed"), ("ok 1 - " + "#" * 100_000, "passed"),
    ],
)  # fmt: skip
def test_test_points(tmp_path: Path, line: str, outcome: str) -> None:
    facts = made(tmp_path, f"1..1\n{line}\n")
    assert (counts(facts), warnings(facts)) == ({outcome: 1}, {})


@pytest.mark.parametrize(
    "line", ["okay", "OK 1", "not  ok 1", "nok", "# ok 1", "  ok 1", " not ok 1", "> ok 1", "pragma +strict"]
)
def test_what_is_no_test_point_is_text(tmp_path: Path, line: str) -> None:
    facts = made(tmp_path, f"TAP version 14\n{line}\n1..1\nok 1\n")
    assert (counts(facts), warnings(facts)) == ({"passed": 1}, {})


SUBTEST = "TAP version 14\n# Subtest: a\n    {}\n    {}\n    1..2\n{}\n1..1\n"


@pytest.mark.parametrize(
    ("first", "second", "parent", "expected"),
    [
        ("ok 1", "ok 2", "ok 1 - a", {"passed": 2}),
        ("ok 1", "not ok 2", "not ok 1 - a", {"passed": 1, "failed": 1}),
        ("ok 1", "ok 2", "not ok 1 - a", {"passed": 2, "failed": 1}),
        ("ok 1", "not ok 2 # TODO", "not ok 1 - a", {"passed": 1, "xfailed": 1, "failed": 1}),
        ("ok 1", "not ok 2", "not ok 1 - a # TODO", {"passed": 1, "xfailed": 1}),
        ("ok 1 # SKIP", "ok 2", "ok 1 - a", {"skipped": 1, "passed": 1}),
    ],
)
def test_a_subtest_counts_by_what_is_inside(
    tmp_path: Path, first: str, second: str, parent: str, expected: dict[str, int]
) -> None:
    facts = made(tmp_path, SUBTEST.format(first, second, parent))
    assert (counts(facts), warnings(facts)) == (expected, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("        ok 1\n        1..1\n    ok 1\n    1..1\nok 1\n1..1\n", {"passed": 1}),
        ("1..2\nok 1 - a {\n    1..1\n    not ok 1 - b\n}\nok 2 - c\n", {"failed": 1, "passed": 1}),
        ("1..2\nok 1 - a {\n    ok 1 - b {\n        ok 1\n    1..1\n    }\n    1..1\n}\nok 2 - c\n", {"passed": 2}),
        ("1..2\nok 1 - opens {\nok 2 - nothing\n", {"passed": 2}),
        ("1..1\n    1..0 # SKIP no\nok 1 - a # SKIP no\n", {"skipped": 1}),
        ("1..1\n# Subtest: a\n    1..0\nok 1 - a\n", {"passed": 1}),
        ("1..1\n" + "    " * 65 + "ok 1\nok 1\n", {"passed": 1}),
    ],
)
def test_nesting(tmp_path: Path, text: str, expected: dict[str, int]) -> None:
    facts = made(tmp_path, text)
    assert counts(facts) == expected
    assert "attribute-mismatch" not in warnings(facts)


def test_yaml_blocks_hold_no_test_points(tmp_path: Path) -> None:
    block = "  ---\n  duration_ms: 2.5\n  inner:\n    duration_ms: 9\n  text: |\n    ok 7\n\n    not ok 8\n  ...\n"
    wide = block.replace("\n  ", "\n    ").replace("  ---", "    ---", 1)
    facts = made(tmp_path, f"1..3\nnot ok 1\n{block}ok 2\n# a comment\n{wide}ok 3\n")
    assert (counts(facts), warnings(facts)) == ({"failed": 1, "passed": 2}, {})
    assert value(facts, "tests.duration") == 0.005


def test_a_block_that_never_ends_hides_nothing(tmp_path: Path) -> None:
    assert counts(made(tmp_path, "1..2\nok 1\n  ---\n  a: 1\nnot ok 2\n")) == {"passed": 1, "failed": 1}


def test_times(tmp_path: Path) -> None:
    facts = made(tmp_path, "1..2\nok 1 # time=1.5ms\nok 2 # time=2s\n# duration_ms 2500.5\n")
    assert (value(facts, "tests.duration"), value(facts, "tests.wall")) == (2.0015, 2.5005)
    without = made(tmp_path, "1..1\nok 1\n")
    assert (value(without, "tests.duration"), value(without, "tests.wall")) == (None, None)
    odd = made(tmp_path, f"1..2\nok 1 # time=-5ms\nok 2\n  ---\n  duration_ms: {'9' * 400}\n  ...\n# duration_ms nan\n")
    assert (value(odd, "tests.duration"), value(odd, "tests.wall"), counts(odd)) == (None, None, {"passed": 2})


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("1..3\nok 1\n", "attribute-mismatch", "a plan says 1..3 where 1 were counted"),
        ("ok 1\nok 2\n1..1\n", "attribute-mismatch", "a plan says 1..1 where 2 were counted"),
        ("1..1\n    1..2\n    ok 1\nok 1\n", "attribute-mismatch", "a plan says 1..2 where 1 were counted"),
        ("TAP version 13\nok 1\nok 2\n", "cut-off", "2 test points of a stream without a plan"),
        ("1..0 # SKIP no perl\n", "no-cases", "holds no test case"),
        ("TAP version 14\n", "no-cases", "holds no test case"),
    ],
)
def test_plans_are_only_held_against_the_points(tmp_path: Path, text: str, code: str, message: str) -> None:
    found = warnings(made(tmp_path, text))
    assert set(found) == {code}
    assert message in found[code]


@pytest.mark.parametrize("bail", ["Bail out!", "bail out! no\u202e database", "    Bail out! no"])
def test_a_run_that_was_given_up_is_an_error(tmp_path: Path, bail: str) -> None:
    facts = made(tmp_path, f"1..9\nok 1\n{bail}\nBail out! no\n")
    assert counts(facts) == {"passed": 1, "errors": 1}
    assert set(warnings(facts)) == {"bailed-out", "attribute-mismatch"}
    assert "\u202e" not in str(warnings(facts))


@pytest.mark.parametrize("first", ["1..2\nok 1\nok 2\n", "ok 1\nok 2\n1..2\n", "TAP version 13\nok 1\nok 2\n1..2\n"])
@pytest.mark.parametrize("second", ["1..1\nnot ok 1\n", "not ok 1\n1..1\n", "TAP version 14\nnot ok 1\n1..1\n"])
@pytest.mark.parametrize("nested", [False, True])
def test_several_streams_in_one_file(tmp_path: Path, first: str, second: str, nested: bool) -> None:
    inside = "# Subtest: a\n    not ok 1\n    1..1\n"
    facts = made(tmp_path, first + (second.replace("not ok 1", f"{inside}not ok 1") if nested else second))
    assert (counts(facts), warnings(facts)) == ({"passed": 2, "failed": 1}, {})


def test_what_prove_says_of_a_file_is_no_test_point(tmp_path: Path) -> None:
    text = (
        "t/a.t .. \n1..1\nok 1\nok\nt/b.t .. skipped: no\nt/c.t .. \nok 1\n1..1\nok\nAll tests successful.\nFiles=3\n"
    )
    facts = made(tmp_path, text)
    assert (by_file(facts), warnings(facts)) == ({"t/a.t": 1, "t/c.t": 1}, {})
    assert counts(made(tmp_path, "1..2\nLoading modules ...\nok\nok\n")) == {"passed": 2}, "no header, so no harness"


def test_groups_by_name_and_file(tmp_path: Path) -> None:
    rules = [GroupRule("nests", ("*nests",)), GroupRule("cart", ("cart.test.js::*",))]
    found = by_group(read_with(TAP, SAMPLES / "vitest-flat.tap", *rules))
    assert {name: (one.passed, one.total) for name, one in found.items()} == {"nests": (1, 1), "cart": (3, 5)}


@pytest.mark.parametrize("version", ["15", "99", "0", "9" * 9])
def test_another_version_is_refused_with_its_place(tmp_path: Path, version: str) -> None:
    with pytest.raises(Refusal) as caught:
        made(tmp_path, f"\nTAP version {version}\n1..1\nok 1\n")
    assert (caught.value.code, caught.value.line, caught.value.column) == ("wrong-format", 2, 1)


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        (b"TAP version 13\n", True),
        (b"> shop@1.0.0 test\n> node --test\n\nTAP version 14\n", True),
        (b"\n# a comment\n1..3\n", True),
        (b"not ok 1 - a", True),
        (b"# Subtest: a\n    ok 1\n", True),
        (b"t/a.t .. \nok 1\n", True),
        (b"Bail out!\n", True),
        ("TAP version 13\r\nok 1".encode("utf-16"), True),
        (b"ok, let us begin\n", False),
        (b"1.5\n", False),
        (b"t/a.t .. ok\nAll tests successful.\n", False),
        (b"<testsuite/>", False),
        (b"# a document\n\nwith text\n", False),
        (b"", False),
    ],
)
def test_what_is_recognised(head: bytes, ours: bool) -> None:
    assert tap.recognises(head) == ours


def test_line_ends_encodings_and_long_lines(tmp_path: Path) -> None:
    text = "TAP version 13\r\nok 1 - \xfc\r\n" + "x" * (3 << 20) + "\r\nnot ok 2\r\n1..2\r\n"
    for content in (text.encode(), text.encode("utf-16"), text.encode("latin-1"), b"\xef\xbb\xbf" + text.encode()):
        facts = made_with(TAP, tmp_path, content)
        assert (counts(facts), warnings(facts)) == ({"passed": 1, "failed": 1}, {})


Tree = list["str | Tree"]
ENDS = {"ok": "passed", "not ok": "failed", "ok # SKIP": "skipped", "not ok # TODO": "xfailed", "ok # TODO": "xpassed"}
TREES = st.recursive(
    st.sampled_from(sorted(ENDS)), lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=12
)


def written(tree: Tree, level: int, plan_first: bool) -> tuple[list[str], bool]:
    """Return the lines of a stream, and whether it failed."""
    indent, lines, failed = "    " * level, [], False
    for number, one in enumerate(tree, 1):
        if isinstance(one, str):
            word, _, directive = one.partition(" #")
            lines.append(f"{indent}{word} {number} - a" + (f" #{directive}" if directive else ""))
            failed |= one == "not ok"
        else:
            inside, inner = written(one, level + 1, plan_first)
            lines += [f"{indent}# Subtest: a", *inside, f"{indent}{'not ok' if inner else 'ok'} {number} - a"]
            failed |= inner
    plan = f"{indent}1..{len(tree)}"
    return ([plan, *lines] if plan_first else [*lines, plan]), failed


def leaves(tree: Tree) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in tree:
        found += Counter([ENDS[one]]) if isinstance(one, str) else leaves(one)
    return found


@given(st.lists(TREES, min_size=1, max_size=4), st.booleans())
def test_any_nesting_counts_its_leaves(tmp_path_factory: pytest.TempPathFactory, tree: Tree, plan_first: bool) -> None:
    lines, _ = written(tree, 0, plan_first)
    facts = made(tmp_path_factory.getbasetemp(), "\n".join(["TAP version 14", *lines]))
    assert counts(facts) == leaves(tree)
    assert not warnings(facts)
