"""Every limit: what is just within is read, what is just over is refused with the key that raises it, and soon."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import costs
import honest_reports
import phases_workshop
from git_workshop import Workshop
from journey import phasemetrics
from limiting import limited
from phasemetrics.config import Project
from phasemetrics.document import ledger
from phasemetrics.errors import Refusal, UsageError
from phasemetrics.evidence import snapshot
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.model import Kind
from phasemetrics.explaining import explanations
from phasemetrics.limitkeys import LimitsTable
from phasemetrics.limits import Limits, limits
from phasemetrics.reading import read_regular
from phasemetrics.settings import Config
from phasemetrics.shape import excess
from phasemetrics.templates import all_templates
from phasemetrics.writing.guard import read_document
from phasemetrics_collectors import git

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?P<key>\w+)` \| (?P<default>[^|]+) \| [^|]+ \| (?P<codes>[^|]+) \|$", re.MULTILINE)
ROWS = {row["key"]: row for row in ROW.finditer(PAGE)}
Reading = Callable[[Path], object]


def collecting(kind: Kind, name: str, content: str | bytes) -> Reading:
    """Return what reads a report."""

    def read(root: Path) -> object:
        (root / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return collect_reports(Evidence(root, {kind: (name,)}))

    return read


def shards(root: Path) -> object:
    for number in range(5):
        (root / f"junit-{number}.xml").write_text("<testsuite><testcase name='a'/></testsuite>")
    return collect_reports(Evidence(root, {"junit": ("junit-*.xml",)}))


def document(root: Path) -> object:
    (root / "a.md").write_bytes(b"x" * 1000)
    return read_document(root / "a.md", "a.md")


def template(root: Path) -> object:
    (root / "own.md.j2").write_text("x" * 1000)
    return all_templates(Project(root=root, config=Config(), origin=None), ["own.md.j2"])


def cases(count: int) -> str:
    return "<testcase name='a'/>" * count


def stored(root: Path) -> object:
    (root / "a.json").write_bytes(b"{" + b" " * 998 + b"}")
    return read_regular(root / "a.json", "a.json", "json_size")


XML = f"<testsuite>{cases(98)}"
TAP = "TAP version 14\n" + "ok\n" * 100 + "1..100\n"
GO = [{"Action": "run", "Package": "p", "Test": "T"}, {"Action": "pass", "Package": "p", "Test": "T"}]
LONG = json.dumps({"Action": "output", "Package": "p", "Test": "T", "Output": "x" * 1000})
CTRF = {"reportFormat": "CTRF", "results": {"tool": {"name": "x"}, "summary": {}, "tests": []}}
DEEP = json.dumps(CTRF | {"extra": [[[[[[]]]]]]})
MANY = json.dumps(CTRF | {"extra": [{}] * 93})
GO_BENCH = "goos: linux\npkg: p\nBenchmarkA 1 1.0 ns/op\n"
VALUES_OF_BENCHMARKS = [{"name": f"a{number}", "unit": "s", "value": 1} for number in range(7)]
LCOV = "SF:a.py\n" + "DA:1,1\n" * 97 + "end_of_record\n"

# Each is read with the limit at this value, and refused with one less. What follows what is too much is no report:
# whoever refuses that has read on.
EDGES: list[tuple[str, str, int, Reading]] = [
    ("document", "document_size", 1000, document),
    ("template", "template_size", 1000, template),
    ("xml", "report_size", len(XML) + 12, collecting("junit", "a.xml", f"{XML}</testsuite>")),
    ("tap", "report_size", len(TAP), collecting("junit", "a.tap", TAP)),
    ("lcov", "report_size", len(LCOV), collecting("coverage", "a.info", LCOV)),
    ("record", "json_size", 1000, stored),
    ("json", "json_size", len(MANY), collecting("junit", "a.json", MANY)),
    ("line", "token_size", len(LONG) + 1, collecting("junit", "a.jsonl", "\n".join([*map(json.dumps, GO), LONG, ""]))),
    ("lcov line", "token_size", 1001, collecting("coverage", "a.info", LCOV.replace("a.py", "a" * 997))),
    ("shards", "report_files", 5, shards),
    ("elements", "elements", 99, collecting("junit", "a.xml", f"{XML}</testsuite>")),
    ("values", "elements", 99, collecting("junit", "a.json", MANY)),
    ("lines", "elements", 99, collecting("coverage", "a.info", LCOV)),
    ("points and plans", "elements", 101, collecting("junit", "a.tap", TAP)),
    ("tests", "elements", 2, collecting("junit", "a.jsonl", "\n".join(map(json.dumps, GO)))),
    ("results", "metrics", 7, collecting("bench", "a.txt", GO_BENCH * 7)),
    ("metrics", "metrics", 7, collecting("bench", "a.json", json.dumps(VALUES_OF_BENCHMARKS))),
    ("depth", "nesting", 20, collecting("junit", "a.xml", "<testsuite>" * 20 + "</testsuite>" * 20)),
    ("json depth", "nesting", 7, collecting("junit", "a.json", DEEP)),
]


@pytest.mark.parametrize(("key", "value", "read"), [edge[1:] for edge in EDGES], ids=[edge[0] for edge in EDGES])
def test_just_within_is_read_and_just_over_is_refused(tmp_path: Path, key: str, value: int, read: Reading) -> None:
    with limited(**{key: value}):
        assert read(tmp_path)
    with limited(**{key: value - 1}), pytest.raises((Refusal, UsageError)) as caught:
        read(tmp_path)
    assert f"raise `{key}` in [limits]" in str(caught.value)
    assert str(value - 1) in caught.value.message, "the limit is named"
    assert caught.value.code in re.findall(r"`([\w-]+)`", ROWS[key]["codes"])


@pytest.mark.parametrize(
    ("chosen", "read"),
    [
        ({"elements": 50}, collecting("junit", "a.xml", f"<testsuite>{cases(99)}<no xml")),
        ({"nesting": 5}, collecting("junit", "a.xml", "<testsuite>" * 30 + "<no xml")),
        ({"elements": 50}, collecting("junit", "a.tap", "TAP version 14\n" + "ok\n" * 99 + "TAP version 99\n")),
        ({"elements": 50}, collecting("coverage", "a.info", LCOV + "no lcov\n")),
        ({"elements": 50}, collecting("junit", "a.json", f"{MANY} no json")),
        ({"nesting": 6}, collecting("junit", "a.json", f"{DEEP} no json")),
        ({"report_size": 50}, collecting("junit", "a.xml", "<testsuite>" + "<no xml" * 50)),
        ({"json_size": 45}, collecting("junit", "a.json", MANY[:40] + " no json")),
    ],
)
def test_what_follows_is_not_read(tmp_path: Path, chosen: dict[str, int], read: Reading) -> None:
    with limited(**chosen), pytest.raises(Refusal, match=rf"raise `{next(iter(chosen))}` in \[limits\]"):
        read(tmp_path)


def test_a_large_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    for name, key in (("a.xml", "report_size"), ("a.json", "json_size")):
        with (tmp_path / name).open("wb") as stream:
            stream.write(b"<testsuite/>" if name == "a.xml" else b'{"reportFormat": "CTRF", "results": {}}')
            stream.truncate(getattr(limits(), key) + 1)  # a hole: it takes no room, and no time unless it is read
        with pytest.raises(Refusal, match=f"too-large.*`{key}`"):
            collect_reports(Evidence(tmp_path, {"junit": (name,)}))


def test_what_git_prints_has_a_limit(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "shop")
    first = shop.commit({"a.txt": "1"})
    second = shop.commit({f"long-name-of-a-file-{number}.txt": "2" for number in range(40)})
    with git.open_repository(shop.root) as repository:
        size = len(repository.view.read("ls-tree", "-r", "-z", "--name-only", second))
        with limited(git_size=size):
            assert len(git.tracked_paths(repository, second)) == 41
        with limited(git_size=size - 1), pytest.raises(Refusal, match=r"git-too-much.*`git_size`"):
            git.tracked_paths(repository, second)
        assert len(git.compare(repository, first, second)) == 40, "the next question is answered"


def test_records_have_a_limit(tmp_path: Path) -> None:
    roots = [str(root) for root in phases_workshop.many(tmp_path, 2, 3)]
    (tmp_path / "phasemetrics.toml").write_text("[limits]\nrecords = 12\n")
    assert phasemetrics(tmp_path, "trend", *roots).code == 0
    (tmp_path / "phasemetrics.toml").write_text("[limits]\nrecords = 11\n")
    found = phasemetrics(tmp_path, "trend", *roots)
    assert found.code == 3
    assert "error[too-many-records]" in found.err
    assert "raise `records`" in found.err


@pytest.mark.parametrize("deep", [b"[" * 65 + b"]" * 65, b'{"a":' * 65 + b"1" + b"}" * 65])
def test_our_own_json_has_the_limits_too(deep: bytes) -> None:
    for loads in (snapshot.loads, ledger.loads):
        with pytest.raises(Refusal, match="65 levels, the limit is 64"):
            loads(deep, "a.json")
        with limited(elements=64), pytest.raises(Refusal, match="65 objects and lists, the limit is 64"):
            loads(deep, "a.json")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("name", "kind", "most"), [("junit", "junit", 1), ("coverage_json", "coverage", 24)])
def test_memory_grows_no_faster_than_is_promised(tmp_path: Path, name: str, kind: str, most: int) -> None:
    (tmp_path / name).write_bytes(honest_reports.grown(name, 3 << 20))
    _, peak, said = costs.cost(tmp_path, kind, name)
    assert said.startswith("read")
    assert peak <= 64 + most * 3.1, "MiB"


# What a JSON text holds, told without parsing it


def test_a_string_holds_no_lists() -> None:
    for text in ("[[", '"', "\\", '\\"', '\\\\"[', "]", "}{", "a" * 9):
        content = json.dumps({text: [text, {"[": text}]}).encode()
        with limited(nesting=3, elements=3):
            assert excess(content) is None
        with limited(nesting=2):
            assert excess(content) == ("is nested too deeply: 3 levels, the limit is 2", "nesting")
        with limited(elements=2):
            assert excess(content) == ("holds 3 objects and lists, the limit is 2", "elements")


def counted(value: object) -> tuple[int, int]:
    """Return how many objects and lists there are in a value, and how deep they are."""
    if not isinstance(value, dict | list):
        return 0, 0
    inside = [counted(one) for one in (value.values() if isinstance(value, dict) else value)]
    return 1 + sum(count for count, _ in inside), 1 + max((depth for _, depth in inside), default=0)


TEXT = st.text('[]{}"\\ab\n\u00e9', max_size=6)
VALUES = st.recursive(
    st.none() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)


@given(VALUES, st.booleans())
def test_counts_and_levels_are_those_of_the_parsed_value(value: object, ascii_only: bool) -> None:
    content = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    count, depth = counted(value)
    with limited(elements=max(count, 1), nesting=max(depth, 1)):
        assert excess(content) is None
    if depth > 1:
        with limited(nesting=depth - 1):
            assert excess(content) == (f"is nested too deeply: {depth} levels, the limit is {depth - 1}", "nesting")
        with limited(elements=count - 1):
            assert excess(content) == (f"holds {count} objects and lists, the limit is {count - 1}", "elements")


# The configuration


def test_the_configuration_puts_limits_in_force(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(f"<testsuite>{cases(3)}</testsuite>")
    for table, code in (("elements = 4", 0), ("elements = 3", 3), ('report_size = "1 KiB"', 0), ("report_size = 9", 3)):
        (tmp_path / "pyproject.toml").write_text(f"[tool.phasemetrics.limits]\n{table}\n")
        found = phasemetrics(tmp_path, "collect", "--junit", "a.xml")
        assert found.code == code, found.err
        assert ("in [limits] of the configuration" in found.err) is bool(code)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("report_sise = 1", "did you mean `report_size`?"),
        ("elements = 0", "greater than or equal to 1"),
        ("nesting = 501", "less than or equal to 500"),
        ("elements = true", "valid integer"),
        ("git_seconds = 1.5", "valid integer"),
        ('report_size = "256"', "is no size"),
        ('report_size = "256 Mib"', "is no size"),
        ('report_size = "10 s"', "is no size"),
        ('report_size = "0.3 B"', "is no size"),
        ('report_size = "-1 MiB"', "greater than or equal to 1"),
        ('elements = "2 M"', "valid integer"),
    ],
)
def test_a_limit_that_is_none_is_refused(tmp_path: Path, table: str, said: str) -> None:
    (tmp_path / "phasemetrics.toml").write_text(f"[limits]\n{table}\n")
    found = phasemetrics(tmp_path, "collect", "--junit", "a.xml")
    assert found.code == 2
    assert "error[bad-config]: phasemetrics.toml: " in found.err
    assert said in found.err


def test_sizes_are_texts_or_numbers() -> None:
    table = LimitsTable.model_validate(
        {"report_size": "1.5 GiB", "json_size": 7, "token_size": "64 KB", "git_size": "9 B"}
    )
    chosen = table.chosen()
    found = (chosen.report_size, chosen.json_size, chosen.token_size, chosen.git_size)
    assert found == (3 << 29, 7, 64_000, 9)


# The page


def test_the_page_and_the_code_agree() -> None:
    usual = dataclasses.asdict(Limits())
    assert list(usual) == list(LimitsTable.model_fields) == list(dataclasses.asdict(LimitsTable().chosen()))
    assert LimitsTable().chosen() == Limits()
    sizes = {key for key in usual if key.endswith("_size")}
    spelled = {key: f"{value >> 20} MiB" if key in sizes else str(value) for key, value in usual.items()}
    assert {key: row["default"].strip() for key, row in ROWS.items()} == spelled


def test_every_code_on_the_page_is_one() -> None:
    named = {code for row in ROWS.values() for code in re.findall(r"`([\w-]+)`", row["codes"])}
    assert named <= set(explanations())
    assert named >= {"too-large", "git-too-much", "git-timeout", "too-many-reports", "too-many-records"}


def test_every_key_has_an_edge() -> None:
    elsewhere = {"git_size", "records", "git_seconds", "fetch_seconds"}  # the last two with real hanging programs
    assert {edge[1] for edge in EDGES} | elsewhere == set(ROWS)
