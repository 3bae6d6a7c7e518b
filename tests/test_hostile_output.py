"""What strangers' names come to on the terminal, in CI, and in every format for programs."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import shutil
import subprocess
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

import nursery
from hostile_names import ATTACKS, name, tame
from hostile_phase import NUMBER, TEMPLATES, HostilePhase, phase
from phasemetrics.evidence.model import Machine, Metric, Source
from phasemetrics.scaffolding import nothing_known
from phases_workshop import record
from shapes import made, shape

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_OURS = {f"\x1b[{code}m" for code in ("0", "1", "2", "31", "32", "33", "36", "1;32", "1;31", "90")}
_PHASES = ("1", "a__b__", "www.example")  # no phase may be called anything worse
_TAME = ("1", "axxbxx", "wwwxexample")
_COMMANDS = (
    ("check",),
    ("check", "-v"),
    ("show",),
    ("show", "--tests", "--bench"),
    ("show", "--line", "3", "implementation-plan.md"),
    ("doctor",),
    ("trend",),
    ("trend", "--metric", "*"),
)
Give = Callable[[], str]


def hostile() -> Give:
    random, numbers = Random(8), count()

    def give() -> str:
        number = next(numbers)
        return f"{tame(number)}{ATTACKS[number]}" if number < len(ATTACKS) else name(random, number)

    return give


def harmless() -> Give:
    numbers = count()
    return lambda: tame(next(numbers))


def written(root: Path, give: Give, phases: tuple[str, ...]) -> Path:
    """Write a project in which everything is named by `give`: its configuration, both ends of a phase, documents."""
    root.mkdir()
    known = with_words(phase(give), give)
    (root / "phasemetrics.toml").write_text(as_toml(known.settings), encoding="utf-8")
    record(root, NUMBER, "baseline", known.before)
    for number in (*phases, NUMBER):
        record(root, number, "end", known.after)
    for template in TEMPLATES:
        if template.name != "places":
            (root / f"{template.name}.md").write_text(template.blank(nothing_known()), encoding="utf-8")
    (root / "claims.md").write_text("# Done\n\n## Results\n\n- Total tests: 9876\n", encoding="utf-8")
    return root


def with_words(known: HostilePhase, give: Give) -> HostilePhase:
    """Return the phase with what else reports say in words: units, machines, options, sources."""
    unit = {f"bench.{give()}.median": Metric(3.0, give()) for _ in range(5)}
    metrics = {**known.after.metrics, **unit}
    machine = Machine(give(), give(), give(), 2, give())
    timed = [one.removeprefix("bench.").removesuffix(".median") for one in metrics if one.startswith("bench.")]
    options = {one: {give(): give()} for one in timed}
    sources = (*known.after.sources, Source(give(), "bench", give(), "a" * 64, "2026-11-20T09:00:00Z"))
    before = replace(known.before, metrics={**known.before.metrics, **unit})
    after = replace(known.after, metrics=metrics, machine=machine, options=options, sources=sources)
    return HostilePhase(known.settings, before, after)


def as_toml(settings: dict[str, Any]) -> str:
    def text(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

    names = [f"{template.name}.md" for template in TEMPLATES if template.name != "places"]
    lines = [f"module = {text(settings['module'])}", f"documents = {json.dumps([*names, 'claims.md'])}"]
    for key, value in settings.items():
        if isinstance(value, dict):
            for own, inner in value.items():
                if isinstance(inner, dict):
                    lines += [f"[{key}.{own}]", *(f"{one} = {text(two)}" for one, two in inner.items())]
            if not any(isinstance(inner, dict) for inner in value.values()):
                lines += [f"[{key}]", *(f"{one} = {text(two)}" for one, two in value.items())]
        elif isinstance(value, list):
            for one in value:
                lines += [f"[[{key}]]", *(f"{own} = {text(inner)}" for own, inner in one.items())]
    content = "\n".join(lines) + "\n"
    assert tomllib.loads(content)["module"] == settings["module"]
    return content


@pytest.fixture(scope="module", name="project")
def _project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("hostile") / "project", hostile(), _PHASES)


@pytest.fixture(scope="module", name="twin")
def _twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("harmless") / "project", harmless(), _TAME)


def ran(root: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    phased = () if arguments[0] in {"trend", "collect"} or "-p" in arguments else ("-p", NUMBER)
    ended = nursery.ran(root, *arguments, *phased, **variables)
    assert "Traceback" not in ended.stderr
    return ended


def is_harmless(text: str) -> bool:
    """Return whether a text is lines of visible characters, of which none is an order to a CI system."""
    hidden = {one for one in text if unicodedata.category(one) in _HIDDEN} - {"\n"}
    orders = [line for line in text.split("\n") if line.lstrip().startswith(("::", "##["))]
    assert (hidden, orders, "\ufffd" in text) == (set(), [], False)
    return bool(text)


@pytest.mark.parametrize("arguments", _COMMANDS, ids=" ".join)
def test_what_a_person_reads_is_visible(project: Path, arguments: tuple[str, ...]) -> None:
    plainly = ran(project, *arguments)
    assert plainly.returncode in {0, 1}, plainly.stderr
    assert is_harmless(plainly.stdout + plainly.stderr)


@pytest.mark.parametrize("arguments", [*_COMMANDS[:4], ("trend", "--metric", "*")], ids=" ".join)
def test_a_terminal_gets_colours_and_no_other_order(project: Path, arguments: tuple[str, ...]) -> None:
    obeys_nothing_else(project, *arguments)


def test_a_terminal_does_not_obey_a_document(project: Path, tmp_path: Path) -> None:
    own = shutil.copytree(project, tmp_path / "own")
    document = own / "summary.md"
    text = document.read_text(encoding="utf-8").replace("**[One", "\x1b[2J\x9b31m\u202e\x07\ttext\n\n**[One")
    document.write_text(text, encoding="utf-8")
    shown = obeys_nothing_else(own, "check")
    assert "\\x1b[2J\\x9b31m\\u202e\\x07" in shown
    assert b"\x1b[2J\xc2\x9b31m" in nursery.ran(own, "check", "-p", NUMBER).stdout.encode()  # a patch is as it is


def obeys_nothing_else(project: Path, *arguments: str) -> str:
    """Run the program on a terminal, hold what it shows there against the rule, and return it without colours."""
    phased = () if arguments[0] == "trend" else ("-p", NUMBER)
    ours, theirs = pty.openpty()
    environment = nursery.clean() | {"TERM": "xterm-256color", "PYTHONUTF8": "1", "COLUMNS": "100"}
    started = subprocess.Popen(
        [str(nursery.PROGRAM), *arguments, *phased], cwd=project, env=environment, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b"".join(_until_closed(ours))
    assert started.wait() in {0, 1}
    text = shown.decode("utf-8", "replace")
    bare = _COLOURS.sub("", text).replace("\r\n", "\n")
    assert is_harmless(bare.replace("\t", " "))
    assert set(_COLOURS.findall(text)) <= _OURS
    return bare


def _until_closed(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            read = os.read(descriptor, 65536)
        except OSError:  # the other end is closed
            read = b""
        if not read:
            os.close(descriptor)
            return
        yield read


def test_another_encoding_gets_no_raw_character(project: Path) -> None:
    for arguments in _COMMANDS[2:4]:
        ended = ran(project, *arguments, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
        assert ended.returncode in {0, 1}, ended.stderr
        assert ended.stdout.isascii()
        assert is_harmless(ended.stdout)


def test_an_annotation_is_ours(project: Path) -> None:
    lines = ran(project, "check", "--format", "github").stdout.splitlines()
    assert any(line.startswith("::error file=claims.md,") for line in lines)
    for line in lines:
        begun = re.match(r"::(?:error|warning) file=[^:,]+,line=\d+,col=\d+,title=phasemetrics::", line)
        assert begun
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", line)
        assert is_harmless(line[begun.end() :].lstrip(":"))


@pytest.mark.parametrize("arguments", [("check", "--json"), ("show", "--tests", "--bench", "--json")], ids=" ".join)
def test_json_is_ascii(project: Path, twin: Path, arguments: tuple[str, ...]) -> None:
    said, other = (ran(root, *arguments).stdout for root in (project, twin))
    assert said.isascii()
    assert json.loads(said).keys() == json.loads(other).keys()


def trend(root: Path, form: str) -> str:
    ended = ran(root, "trend", "--metric", "*", "--format", form)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_rows_for_programs_hold_text_and_numbers(project: Path, twin: Path) -> None:
    found = list(csv.reader(io.StringIO(trend(project, "csv"))))
    assert len(found) == len(list(csv.reader(io.StringIO(trend(twin, "csv")))))
    for row in found[1:]:
        assert len(row) == len(found[0])
        float(row[found[0].index("value")])
        for cell in row[: found[0].index("value")]:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "::"))
    for form in ("json", "ndjson", "csv"):
        assert is_harmless(trend(project, form))
    assert all(json.loads(line)["phase"] for line in trend(project, "ndjson").splitlines())


def test_openmetrics_has_the_same_samples(project: Path, twin: Path) -> None:
    texts = [trend(root, "openmetrics") for root in (project, twin)]
    families = [
        sorted((family.name, len(family.samples)) for family in text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
        for text in texts
    ]
    assert families[0] == families[1]
    assert is_harmless(texts[0])


def test_a_trend_in_markdown_keeps_its_shape(project: Path, twin: Path) -> None:
    said, other = (trend(root, "markdown") for root in (project, twin))
    assert _counted(shape(said)[1]) == _counted(shape(other)[1])  # metrics stand in another order
    assert not made(said) - made(other)


def _counted(tags: object) -> Counter[str]:
    assert isinstance(tags, tuple)
    return Counter(map(str, tags))


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[tuple[str, ...]] = Counter()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[(tag, *(key for key, _ in attrs))] += 1

    def handle_comment(self, data: str) -> None:
        self.tags["comment", data] += 1


def test_a_page_keeps_its_tags(project: Path, twin: Path) -> None:
    said, other = (trend(root, "html") for root in (project, twin))
    assert _Page(said).tags == _Page(other).tags
    assert is_harmless(said)
