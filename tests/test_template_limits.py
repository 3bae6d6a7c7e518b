"""A team's templates, a stranger's included, are read and used within limits of size, number and steps."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from limiting import limited
from measured import facts
from nursery import ran
from phasemetrics.config import load
from phasemetrics.document import growth, markdown, search
from phasemetrics.document.folding import fold, mojibake
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.plan import plan
from phasemetrics.document.recognition import recognise
from phasemetrics.document.repeating import repeated
from phasemetrics.document.template import Template
from phasemetrics.errors import PhasemetricsError, Refusal, UsageError
from phasemetrics.scaffolding import nothing_known
from phasemetrics.templates import MOST_FILES, MOST_LINES, MOST_TAGS, all_templates, builtin
from phasemetrics.value import Value

HOLE = '{{ after.tests.passed | hole("X") }}'
LOOP = '{% for file in files.created | blank %}\n- {{ file.path | hole("[f]") }}\n{% endfor %}\n'


def own(source: str) -> Template:
    return Template("own", source, "own.md.j2")


def read(root: Path, name: str = ".") -> list[Template]:
    return [one for one in all_templates(load(root), [name]) if one not in builtin()]


def refused(root: Path, name: str = ".") -> str:
    with pytest.raises(PhasemetricsError) as caught:
        read(root, name)
    assert caught.value.code in {"bad-template", "no-template", "not-a-file", "too-large", "empty-file"}
    return str(caught.value)


@pytest.mark.parametrize(
    ("count", "source", "said"),
    [
        (MOST_FILES + 1, "# T\n", f"more than {MOST_FILES} files"),
        (2, "\n" * (MOST_LINES // 2 + 1), f"more than {MOST_LINES} lines"),
        (2, "\u2028" * (MOST_LINES // 2 + 1), f"more than {MOST_LINES} lines"),
        (2, f"{HOLE}\n" * (MOST_TAGS // 2 + 1), f"more than {MOST_TAGS} tags"),
        (2, "x" * 600_000, "more than 1048576 characters"),
    ],
)
def test_templates_are_limited_all_together(tmp_path: Path, count: int, source: str, said: str) -> None:
    for number in range(count - 1):
        (tmp_path / f"{number}.md.j2").write_text(source, "utf-8")
    assert len(read(tmp_path)) == count - 1
    (tmp_path / "z.md.j2").write_text(source, "utf-8")
    assert said in refused(tmp_path)


def test_what_is_no_template_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md.j2")
    assert "is not a regular file" in refused(tmp_path)
    assert "there is no such template" in refused(tmp_path, "pipe.md.j2")
    (tmp_path / "pipe.md.j2").unlink()
    for name in ("absent", "a" * 300, "nul\0nul", "x/../../absent"):
        assert "there is no such template" in refused(tmp_path, name)
    (tmp_path / "folder.md.j2").mkdir()
    assert "is a directory" in refused(tmp_path)
    assert read(tmp_path, "folder.md.j2") == []
    (tmp_path / "folder.md.j2").rmdir()
    (tmp_path / "t.md.j2").write_bytes("# T\n".encode("utf-16"))
    assert "t.md.j2: is not UTF-8" in refused(tmp_path)
    (tmp_path / "t.md.j2").write_bytes(b"# T \xed\xa0\x80\n")
    assert "t.md.j2: is not UTF-8" in refused(tmp_path)
    (tmp_path / "t.md.j2").write_bytes(b"x" * ((1 << 20) + 1))
    assert "is 1048577 bytes, the limit is 1048576" in refused(tmp_path)
    (tmp_path / "t.md.j2").write_bytes(b"\xef\xbb\xbf# T\r\n")
    assert [one.source for one in read(tmp_path)] == ["# T\r\n"]


def test_a_link_shows_no_file_from_elsewhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md.j2"
    secret.write_text("SECRET {{ x }}\n")
    root = tmp_path / "p"
    (root / "folder").mkdir(parents=True)
    (root / "folder" / "a.md.j2").symlink_to(secret)
    (root / "linked").symlink_to(tmp_path)
    assert read(root, "folder") == []
    for name in ("folder/a.md.j2", "linked", "linked/secret.md.j2"):
        said = refused(root, name)
        assert "leads out of the project" in said
        assert "SECRET" not in said
    (root / "folder" / "b.md.j2").write_text("# B\n")
    (root / "inside").symlink_to("folder")
    assert [one.name for one in read(root, "inside")] == ["b"]


@pytest.mark.parametrize(
    "source",
    [
        f"# T\n\n{'x' * 2000}{HOLE}\n",
        f"{HOLE} a " * 70,
        LOOP.replace("- ", "- " + "x" * 2000),
        "{{ a\n|\n hole('" + "X" * 2000 + "') }}",
    ],
)
def test_a_line_with_holes_has_a_length(source: str) -> None:
    with pytest.raises(UsageError, match=r"the limit where there are holes is 2000") as caught:
        own(source).blank(nothing_known())
    assert caught.value.code == "bad-template"
    assert caught.value.line is not None


def test_what_is_printed_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "PRINTED", 5000)
    words = "word " * 100
    assert len(own(f"# T\n\n{words}\n").blank(nothing_known())) < 5000
    with pytest.raises(Refusal, match="too-large"):
        own(f"# T\n\n{words}\n" * 10).blank(nothing_known())
    body = f"### {{{{ component.name | hole('[C #]') }}}}\n\n{words}\n\n"
    sections = own(f"# T\n\n## Components\n\n{{% for component in components | blank(2) %}}\n{body}{{% endfor %}}\n")
    text = sections.blank(nothing_known())
    assert repeated(text, [sections], 5).count("### [C ") == 5
    with pytest.raises(Refusal, match="the limit of a new document is 5000"):
        repeated(text, [sections], 50)


def test_a_long_line_is_not_repeated_for_each_of_many_files() -> None:
    known = facts()
    path = known["files"]["created"][0]["path"]
    assert isinstance(path, Value)
    items = [{"path": replace(path, text=f"src/f{number}.py")} for number in range(100)]
    document = f"# T\n\n## Files\n\n- [f] {'x' * 1000}\n"
    template = own(f"# T\n\n## Files\n\n{LOOP}")
    with limited(document_size=50_000), pytest.raises(Refusal) as caught:
        plan(document, [template], {**known, "files": {**known["files"], "created": items}}, Ledger())
    assert caught.value.code == "too-large"
    filled = plan(document, [template], {**known, "files": {**known["files"], "created": items}}, Ledger())
    assert filled.text.count("\n- ") == 100


def test_looking_for_lines_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    head = "# T\n\n## S\n\n"
    template = own(head + "".join(f"- Line {number}: {HOLE}\n" for number in range(100)))
    document = markdown.parse(head + "".join(f"- Line {number}: X\n" for number in range(100)))
    assert len(recognise(document, [template]).holes) == 100
    other = markdown.parse(head + "- Another line: X\n" * 100)
    assert recognise(other, [template]).holes == ()
    monkeypatch.setattr(search, "STEPS", 100_000)
    with pytest.raises(Refusal) as caught:
        recognise(other, [template])
    assert caught.value.code == "too-much-to-compare"
    # One that is found at once costs what its lines do, however often it stands there.
    lines = markdown.parse(head + "- Line 0: X\n" * 2000)
    assert len(recognise(lines, [own(f"{head}- Line 0: {HOLE}\n")]).holes) == 2000


def test_the_header_of_a_table_counts_for_each_of_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    head = "# T\n\n## S\n\n"
    template = own(f"{head}| a | b |\n|---|---|\n| x | {HOLE} |\n")
    more = "".join(f" c{number} |" for number in range(500))
    document = markdown.parse(f"{head}| a | b |{more}\n{'|---' * 502}|\n" + "| y | X |\n" * 50)
    assert recognise(document, [template]).holes == ()
    monkeypatch.setattr(search, "STEPS", 50_000)
    with pytest.raises(Refusal, match="too-much-to-compare"):
        recognise(document, [template])


def test_a_line_that_nobody_could_compare_stays_as_it_is() -> None:
    long = "A *b*  " * 5000
    found = fold(long)
    assert (found.text, found.end_of(7), found.index_at(9)) == (long, 7, 9)
    assert found.offsets[len(long)] == len(long)
    assert fold("A *b*  c").text == "a b c"
    # A run of strange characters is tried at each of them: as long as this one it would take minutes.
    assert fold("é" * 15_000).text == "é" * 15_000
    assert fold(f"{mojibake('→ ünïcode')} ").text == "→ ünïcode "


def test_the_document_is_named_and_untouched(tmp_path: Path) -> None:
    template = "# T\n\n## S\n\n" + "".join(f"- Line {number}: {HOLE}\n" for number in range(700))
    (tmp_path / "t.md.j2").write_text(template)
    (tmp_path / "phasemetrics.toml").write_text('templates = ["t.md.j2"]\n[phase.3]\n')
    document = ("# T\n\n## S\n\n" + "- Something else than that: X\n" * 2000).encode()
    (tmp_path / "DOC.md").write_bytes(document)
    ended = ran(tmp_path, "reset", "DOC.md")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.startswith("error[too-much-to-compare]: ")
    assert (tmp_path / "DOC.md").read_bytes() == document
