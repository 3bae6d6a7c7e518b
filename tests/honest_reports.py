"""Reports as tools write them, only large: the golden samples with more of what is in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parent / "collectors"
# What tells one item of a report from another: a copy is another item.
_NAMES = frozenset(
    ["name", "fullname", "fullName", "FullName", "Method", "command", "path", "filepath", "file", "run_name", "id"]
)
_ATTRIBUTE = re.compile(r'\b(name|filename|sourcefilename|file|path|fullPath|testName|\w*[iI]d|uniqueid)="([^"]*)"')

# Of each format: the sample, and where in it there is more of what.
_JSON: dict[str, tuple[str, tuple[str | int, ...]]] = {
    "bencher_metric_format": ("report.json", ()),
    "benchmark_dotnet": ("full.json", ("Benchmarks",)),
    "coverage_json": ("branch.json", ("files",)),
    "ctrf": ("pytest.json", ("results", "tests")),
    "custom_json": ("ours.json", ("benchmarks",)),
    "google_benchmark": ("once.json", ("benchmarks",)),
    "hyperfine": ("commands.json", ("results",)),
    "istanbul": ("nyc.json", ()),
    "jmh": ("session.json", ()),
    "k6": ("summary-export.json", ("metrics",)),
    "locust": ("session.json", ()),
    "pyperf": ("suite.json", ("benchmarks",)),
    "pytest_benchmark": ("session.json", ("benchmarks",)),
    "simplecov": ("resultset.json", ("RSpec", "coverage")),
    "tinybench": ("tinybench-6.json", ()),
    "vitest": ("vitest-4.json", ("files",)),
}
_XML: dict[str, tuple[str, tuple[str, ...]]] = {
    "clover": ("c8.xml", ("project",)),
    "coverage_xml": ("branch.xml", ("classes",)),
    "jacoco": ("module.xml", ("report",)),
    "junit": ("pytest-xunit2.xml", ("testsuite",)),
    "opencover": ("coverlet.xml", ("Modules",)),
    "trx": ("shop.trx", ("Results", "TestDefinitions")),
    "xunit_net": ("shop.xml", ("assembly",)),
}
_TEXT: dict[str, tuple[str, str]] = {
    "criterion": ("stream.json", r'("id":")'),
    "go_bench": ("packages.txt", r"^(Benchmark)"),
    "go_test": ("packages.jsonl", r'("Package":")'),
    "gocover": ("set.out", r"^(?=\S+:\d)()"),
    "lcov": ("python.info", r"^(SF:)"),
    "tap": ("perl.tap", r"^()\Z(?!)"),
}
FORMATS = sorted({*_JSON, *_XML, *_TEXT})


def grown(name: str, size: int) -> bytes:
    """Return a report in the format `name` of about `size` bytes."""
    if name in _JSON:
        sample, path = _JSON[name]
        return _grown_json(json.loads((GOLDEN / name / sample).read_bytes()), path, size)
    if name in _XML:
        sample, containers = _XML[name]
        return _grown_xml(_sample(name, sample), containers, size)
    sample, before_a_name = _TEXT[name]
    return _grown_text(_sample(name, sample), before_a_name, size)


def _sample(name: str, file: str) -> str:
    return (GOLDEN / name / file).read_text(encoding="utf-8-sig")


def _grown_json(root: Any, path: tuple[str | int, ...], size: int) -> bytes:
    inside = root
    for step in path:
        inside = inside[step]
    items = list(inside.items()) if isinstance(inside, dict) else list(enumerate(inside))
    weight = len(json.dumps(inside))
    for number in range(size // weight):
        for key, item in items:
            if isinstance(inside, dict):
                inside[_numbered(str(key), number)] = _renamed(item, number)
            else:
                inside.append(_renamed(item, number))
    return json.dumps(root).encode()


def _renamed(value: Any, number: int) -> Any:
    if isinstance(value, list):
        return [_renamed(one, number) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _numbered(one, number) if key in _NAMES and isinstance(one, str) else _renamed(one, number)
        for key, one in value.items()
    }


def _numbered(name: str, number: int) -> str:
    """Return another name of the same sort: a suffix and a label in braces stay what they are."""
    stem, dot, suffix = name.rpartition(".")
    if "{" in name:
        return f"{number}_{name}"
    return f"{stem}_{number}.{suffix}" if dot and suffix.isalpha() else f"{name}_{number}"


def _grown_xml(text: str, containers: tuple[str, ...], size: int) -> bytes:
    for container in containers:
        begin = re.search(rf"<{container}\b[^>]*>", text)
        assert begin is not None
        end = text.rindex(f"</{container}>")
        inside = text[begin.end() : end]
        times = range(size // len(inside) // len(containers))
        more = "".join(_ATTRIBUTE.sub(_attribute(number), inside) for number in times)
        text = text[:end] + more + text[end:]
    return text.encode()


def _attribute(number: int) -> Callable[[re.Match[str]], str]:
    return lambda found: f'{found[1]}="{_numbered(found[2], number)}"'


def _grown_text(text: str, before_a_name: str, size: int) -> bytes:
    def copies() -> Iterator[str]:
        yield text
        made = len(text)
        for number in count():
            if made >= size:
                return
            copy = re.sub(before_a_name, rf"\g<1>N{number}_", text, flags=re.MULTILINE)
            copy = re.sub(r"^mode: .*\n", "", copy)
            made += len(copy)
            yield copy

    return "".join(copies()).encode()
