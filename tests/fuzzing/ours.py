"""The targets of what we read apart from reports: our own files, and what people write by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from everything import EVERYTHING, everything
from fuzzing.invariants import check_in_documents
from fuzzing.target import Target
from measured import AFTER, BEFORE
from phasemetrics import config as configuration
from phasemetrics.claiming import claims
from phasemetrics.document import ledger as ledgers
from phasemetrics.document.fields import fields
from phasemetrics.document.frontmatter import front_matter
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import decode, parse
from phasemetrics.document.plan import plan
from phasemetrics.document.template import Template
from phasemetrics.errors import Refusal, UsageError
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.grouping import Grouping, group_rules
from phasemetrics.evidence.model import Phase
from phasemetrics.evidence.snapshot import dumps, loads
from phasemetrics.repositories import name_in_url
from phasemetrics.scaffolding import nothing_known
from phasemetrics.templates import builtin, wordings
from phasemetrics.writing import journal as journals
from phasemetrics.writing.state import state_folder
from phasemetrics_collectors import (
    _manifest_go,
    _manifest_npm,
    _manifest_pyproject,
    _manifest_requirements,
)
from phasemetrics_collectors._manifest_changes import differences
from phasemetrics_collectors._manifest_wanted import Wanted

_TOP = Path(__file__).parents[2]
_TOML = re.compile(r"^```toml\n(.*?)^```", re.DOTALL | re.MULTILINE)
_PHASE = Phase("3", BEFORE, AFTER)
_SMALL = (
    "# Phase 3\n\n## Test Results\n\n- Tests passing: [number]\n\n| Metric | Value |\n|---|---|\n| Speed | [X]% |\n"
)
_BOTH = (Refusal, UsageError)
_MANIFESTS = {
    "requirements": (_manifest_requirements.read, b"# -r\nrich==13.9.4 \\\n  --hash=sha256:ab\nhttpx[http2]>=0.27,<1; "
                     b"python_version < '3.12'\n-e .\n-c c.txt\nx @ https://e.org/x.whl\n"),
    "pyproject": (_manifest_pyproject.read, (_TOP / "pyproject.toml").read_bytes().partition(b"[tool.")[0] +
                  b'[tool.poetry.dependencies]\npython = "^3.11"\na = { version = "~1.2", extras = ["x"] }\n'),
    "go-mod": (_manifest_go.read, b"module a.org/shop\n\ngo 1.22\n\nrequire (\n\tgolang.org/x/net v0.1.0 // indirect\n"
               b"\tgopkg.in/yaml.v3 v3.0.1\n)\nrequire a.org/b v1.2.3-pre+incompatible\nreplace a.org/b => ../b\n"),
    "package-json": (_manifest_npm.read, b'{"name":"shop","dependencies":{"@a/b":"^1.2.3","c":">=1 <2 || 3.x"},'
                     b'"devDependencies":{"d":"latest","e":"file:../e","f":"1.0.0 - 2.1"}}'),
}  # fmt: skip


def our_targets(scratch: Path) -> Iterator[Target]:
    """Yield a target for each of our own readers; those that need a file have it in `scratch`."""
    documents = tuple(path.read_bytes() for path in sorted((_TOP / "docs").glob("*.md")) if path.stat().st_size < 20000)
    filled = plan(builtin()[0].blank(nothing_known()), builtin(), everything(), Ledger())
    yield Target("snapshot", (dumps(AFTER), dumps(BEFORE)), _snapshot)
    yield Target("ledger", (ledgers.dumps(filled.ledger)[:6000], b'{"schema":1,"holes":{}}'), _ledger)
    yield Target("journal", tuple(_journals(scratch)), _journal(scratch))
    yield Target("configuration", _configurations(), _configured(scratch), _BOTH)
    yield Target("front-matter", (_FRONT, b"---\nkey-files: [a, 'b']\n---\n"), _front_matter)
    yield Target("template", tuple(one.source.encode()[:2500] for one in builtin()), _template, _BOTH, share=0.05)
    yield Target("claims", (_CLAIMS, *documents), _claims(scratch), share=0.05)
    yield Target("git-pointer", (b"gitdir: .git-elsewhere\n", b"gitdir: /x/../y\n"), _pointer(scratch))
    yield Target("remote-url", (b"https://me:x@host.org:443/a/b.git?q", b"git@host.org:a/b.git", b"file:///a"), _remote)
    for name, (read, seed) in _MANIFESTS.items():
        yield Target(name, (seed,), _manifest(read, seed))


def _snapshot(content: bytes) -> None:
    found = loads(content, "end.json")
    assert loads(dumps(found), "end.json") == found, "is not the same after it was written"
    if crc32(content) % 4 == 0:
        check_in_documents(found)


def _ledger(content: bytes) -> None:
    found = ledgers.loads(content, "ledger.json")
    assert ledgers.loads(ledgers.dumps(found), "ledger.json") == found, "is not the same after it was written"
    if crc32(content) % 4 == 0:
        plan(_SMALL, builtin(), everything(), found)


def _journals(scratch: Path) -> Iterator[bytes]:
    digest, place = sha256(b"x").hexdigest(), scratch / "journal.json"
    document = journals.Entry(scratch / "docs/a.md", "docs/a.md", scratch / "docs/.pm-01234567", digest, digest)
    name = ".phasemetrics/ledger/a.json"
    ledger = journals.Entry(scratch / name, name, scratch / ".phasemetrics/ledger/.pm-89abcdef", None, digest, b"x")
    for whole in (
        journals.Journal((document,), ()),
        journals.Journal((document,), (ledger,), (scratch / ".phasemetrics", scratch / ".phasemetrics/ledger")),
    ):
        journals.save(whole, place, scratch)
        yield place.read_bytes()


def _journal(scratch: Path) -> Callable[[bytes], None]:
    place = scratch / "journal.json"

    def run(content: bytes) -> None:
        place.write_bytes(content)
        found = journals.load(place, scratch, "journal.json")
        for entry in found.entries if found else ():
            for path in (entry.path, entry.temporary, entry.document or entry.path):
                parts = path.relative_to(scratch).parts
                assert ".." not in parts, f"{path} leaves the project"
                assert ".git" not in map(str.casefold, parts), f"{path} is in git's own folder"

    return run


def _configurations() -> tuple[bytes, ...]:
    text = (_TOP / "docs" / "configuration.md").read_text("utf-8")
    whole = 'documents = ["docs/{phase}.md"]\n[phase.3]\nname = "Parser"\nweeks = "5-6"\n[[metric]]\nname = "Tests"\n' \
        'from = "tests.total"\ntarget = ">= 3"\n[suite.unit]\npath = "t"\n[group."happy path"]\nsuite = "unit"\n' \
        'names = ["test_[ab]*"]\n'  # fmt: skip
    return whole.encode(), *(block.encode() for block in _TOML.findall(text))


def _configured(scratch: Path) -> Callable[[bytes], None]:
    place = scratch / "phasemetrics.toml"

    def run(content: bytes) -> None:
        place.write_bytes(content)
        config = configuration.load(scratch, place).config
        groups = Grouping(group_rules(config), scratch)
        groups.of("test_a[x]", "t.Test", "t/test_a.py", ("slow",))
        if crc32(content) % 4 == 0:
            plan(_SMALL, builtin(), facts_of(_PHASE, config, "no baseline"), Ledger())

    return run


_FRONT = b"""---
phase: 01-foundation
tags: [cli, "x: y", {a: b}]   # what it is about
key-files:
  created: [important files created]
  modified:
    - path/to/file   # what was there
    - path: 'a''b'
metrics:
  tests-total: null
  coverage: "~"
text: |
  more
---
# Title
"""


def _front_matter(content: bytes) -> None:
    document = parse(decode(content, "a.md"))
    for key in front_matter(document):
        assert key.span.start <= key.span.end <= len(document.text), f"{key.name} ends before it begins"
    for field in fields(document):
        field.is_blank(document)
        field.text(document)


def _template(content: bytes) -> None:
    template = Template("mine", content.decode("utf-8", "replace"), "mine.md.j2")
    assert len(template.patterns) + len(template.headings) >= 0
    plan(template.blank(nothing_known()), [template], everything(), Ledger())


_CLAIMS = b"""# Phase 3

## Results

- Total tests: 31 (30 passed, 1 failed, ~5 skipped)
- **Coverage**: 98.6% of 1,234 lines, up from 90%; target: >= 95 %
- Parse large file: 320 ms; `core.py` has 120 lines, 3-5 files changed (+20/-3)

| Metric | Before | After |
|---|---:|---|
| Tests | 1.2k | 31 / 31 |

### Files created (2)

- `a.py`
- `b.py`
"""


def _claims(scratch: Path) -> Callable[[bytes], None]:
    book = wordings(EVERYTHING.phrasebook.model_dump(), EVERYTHING.metric)

    def run(content: bytes) -> None:
        document = parse(decode(content, "a.md"))
        phase = Phase("3", BEFORE, None)  # without a commit nothing is asked of git
        for one in claims(scratch, phase, [document], [()], book)[0]:
            line = document.lines[one.line - 1]
            assert document.raw(line)[one.column - 1 :].startswith(one.old), f"{one.address} is not where it says"

    return run


def _pointer(scratch: Path) -> Callable[[bytes], None]:
    place = scratch / "pointed"
    place.mkdir()

    def run(content: bytes) -> None:
        (place / ".git").write_bytes(content)
        state_folder(place)

    return run


def _remote(content: bytes) -> None:
    name = name_in_url(content.decode("utf-8", "surrogateescape"))
    assert name is None or (name.isprintable() and ".." not in name.split("/")), f"{name!r} can be no name"


def _manifest(read: Callable[[bytes, str], Iterator[Wanted]], seed: bytes) -> Callable[[bytes], None]:
    before = {"manifest": list(read(seed, "manifest"))}

    def run(content: bytes) -> None:
        found = list(read(content, "manifest"))
        for one in differences(before, {"manifest": found}):
            text = f"{one.name}{one.before}{one.after}"
            assert text.isprintable(), f"{text!r} cannot be printed"

    return run
