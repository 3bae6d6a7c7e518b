"""Words and metrics that are carried into a document: only where it was asked for, once, and never as structure."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import README, RETRO, at_the_end_of_the_phase, succeed
from measured import AFTER, BEFORE, BESIDE, CARRYING, CONFIG, facts
from phasemetrics.document.markdown import parse
from phasemetrics.document.passages import items_after, items_under
from phasemetrics.escaping import inert
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.model import Phase
from phasemetrics.settings import Config
from phasemetrics.surroundings import beside_of
from phasemetrics.value import Value

CARRIED = ("targets", "metrics", "rows", "criteria", "needs", "previous_name")


def said(found: dict[str, Any]) -> dict[str, Any]:
    """Return what is carried as plain text, and the code for what is not."""

    def text(value: Any) -> Any:
        if isinstance(value, list):
            return [(row.get("text") or row["name"]).text for row in value]
        return value.code if value.text is None else value.text

    return {name: text(found["carried"][name]) for name in CARRIED}


def test_nothing_is_carried_unless_the_configuration_says_so() -> None:
    found = facts(BEFORE, AFTER, CONFIG, BESIDE)
    assert said(found) == dict.fromkeys(CARRIED, "not-carried")
    keys = {name: found["carried"][name].mend.rpartition("[carry] ")[2] for name in CARRIED}
    assert keys == {**dict.fromkeys(CARRIED[:3], "metrics = true"), **dict.fromkeys(CARRIED[3:], "words = true")}


def test_what_is_carried() -> None:
    found = facts(BEFORE, AFTER, CARRYING, BESIDE)
    assert said(found) == {
        "targets": "Parse large file <= 320 ms, Coverage >= 90%, Tests passing >= 100",
        "metrics": "Parse large file, Coverage, Tests passing",
        "rows": ["Parse large file", "Coverage", "Tests passing"],
        "criteria": ["A change is parsed in 50 ms", "No token is read twice", "The old parser is gone"],
        "needs": BESIDE.needs,
        "previous_name": "Tokens",
    }
    words = [*(row["text"] for row in found["carried"]["criteria"]), found["carried"]["needs"]]
    assert all(value.once and value.origin is None for value in [*words, found["carried"]["previous_name"]])


@pytest.mark.parametrize(
    ("config", "beside", "expected"),
    [
        ({"carry": {"metrics": True}}, BESIDE, {"targets": "not-configured", "rows": "not-configured"}),
        ({"carry": {"metrics": True}, "metric": [{"name": "A", "from": "x"}]}, BESIDE, {"targets": "no-target"}),
        ({"carry": {"words": True}}, Beside(), {"criteria": "no-previous-document", "needs": "no-previous-document"}),
        (
            {"carry": {"words": True}},
            Beside(criteria=("***", "\n"), needs="**"),
            {"criteria": "not-named", "needs": "not-named"},
        ),
        ({"carry": {"words": True}}, Beside(criteria=("A b", "`a` B")), {"criteria": ["A b"]}),
        ({"carry": {"words": True}}, BESIDE, {"previous_name": "not-configured", "metrics": "not-carried"}),
    ],
)
def test_what_is_not_there_says_why(config: dict[str, Any], beside: Beside, expected: dict[str, Any]) -> None:
    found = said(facts(BEFORE, AFTER, Config.model_validate(config), beside))
    assert {name: found[name] for name in expected} == expected


def test_the_first_phase_has_nothing_to_carry(tmp_path: Path) -> None:
    config = Config.model_validate({"carry": {"words": True}, "phase": {"alpha": {}}})
    beside = beside_of(tmp_path, config, Phase("alpha", None, None))
    assert [one.code for one in (beside.criteria, beside.needs) if isinstance(one, Value)] == ["no-previous-phase"] * 2


# The documents of the phase before

RETRO_2 = """\
# Phase: Tokens

## Success Criteria
- [x] Of this phase, and no business of the next

## Next Phase: Parser

### Success Criteria
- [ ] **Latency**: a change is parsed
  in 50 ms
  - and never in 100
- [x] No token is read twice, see [the notes](notes.md)
- [ ] [Measurable outcome]
- [ ] Below [X] ms
1. `tokens[first]` is kept [1]
2. *`Tokens[first]` is  kept [1]*
* TBD

No item.

```
- [ ] code
```

### Risks
- Time
"""
README_2 = """\
# Phase 2

**Dependencies from Phase 1:**
- what this one needed

## Next Steps

### Phase 3: Parser

**Components planned:**
- [Component 1]

**Dependencies from Phase 2:** the spans

- [ ] the token stream
- [What Phase [X+1] needs from this phase]
- its positions

**See:** nothing
- else
"""


def documents(root: Path, **texts: str) -> Beside:
    """Return what is read beside phase 3 of a project that keeps these documents of phase 2."""
    names = {"retro": "docs/RETRO_{phase}.md", "readme": "docs/README_{phase}.md"}
    (root / "docs").mkdir(exist_ok=True)
    for name, text in texts.items():
        (root / names[name].replace("{phase}", "2")).write_text(text, encoding="utf-8")
    config = Config.model_validate({"carry": {"words": True}, "documents": [*names.values(), "docs/ONE.md"]})
    return beside_of(root, config, Phase("3", None, None))


def test_criteria_and_needs_come_from_the_documents_of_the_phase_before(tmp_path: Path) -> None:
    beside = documents(tmp_path, retro=RETRO_2, readme=README_2)
    assert beside.criteria == (
        "**Latency**: a change is parsed in 50 ms",
        "No token is read twice, see [the notes](notes.md)",
        "`tokens[first]` is kept [1]",
    )
    assert beside.needs == "the spans; the token stream; its positions"


def test_documents_that_are_missing_or_say_nothing_are_named(tmp_path: Path) -> None:
    none = documents(tmp_path)
    assert isinstance(none.criteria, Value)
    assert (none.criteria.code, none.criteria.text) == ("no-previous-document", None)
    assert "docs/RETRO_2.md, docs/README_2.md" in none.criteria.reason
    # One document for all phases is not that of the phase before: it would be carried into itself.
    (tmp_path / "docs/ONE.md").write_text(RETRO_2)
    assert documents(tmp_path).criteria == none.criteria
    silent = documents(
        tmp_path, readme="# Phase 2\n\n## Next Steps\n\n**Dependencies from Phase 2:**\n- [What is needed]\n"
    )
    assert isinstance(silent.needs, Value)
    assert silent.needs.code == "not-named"
    (tmp_path / "docs/README_2.md").unlink()
    (tmp_path / "docs/README_2.md").symlink_to("/etc/hostname")
    assert documents(tmp_path).needs == none.needs


@given(st.text())
def test_any_document_can_be_read_for_items(text: str) -> None:
    for document in (parse(text), parse(f"**Needs:** {text}"), parse(f"- [ ] {text}")):
        found = items_under(document, lambda _: True) + items_after(document, "needs", lambda _: True)
        assert all(item == item.strip() != "" and "\n" not in item for item in found)


# Words from another document are hostile

HOSTILE = [
    *("# Heading", "> quote", "- item", "+ item", "* item", "1. item", "12) item", "-", "#", "1.", "```", "~~~ js"),
    *("---", "***", "_ _ _", "===", "| a | b |", "<div>", "<!-- off", "</p>", "<?php", "[ ] box", "[x]", "[a]: b"),
    *("a\n# b", "a\r\n\r\n- b", "a\u2028# b", "\x00", "a <!-- b", "\t- code", "    code", "\u202ea", "\\# a"),
]


def shape(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((line.kind, line.path) for line in parse(text).lines)


def builds_nothing(words: str) -> None:
    shown = inert(words)
    for template in ("- [ ] {}\n", "{}\n", "Phase 2: {}\n", "## A\n\n1. {}\n\nb\n"):
        assert list(shape(template.format(shown))) == list(shape(template.format("words"))), template.format(shown)
    assert inert(shown) == shown


@pytest.mark.parametrize("words", HOSTILE)
def test_words_build_nothing_where_they_are_put(words: str) -> None:
    builds_nothing(words)
    builds_nothing(f"{words} {words}")


@given(st.one_of(st.text(min_size=1), st.lists(st.sampled_from(HOSTILE)).map(" ".join)).filter(str.strip))
def test_no_words_build_anything(words: str) -> None:
    builds_nothing(words)


@pytest.mark.parametrize(
    "words", ["A **bold** claim", "the `code`", "*all* of it", "5 ms", "#3 is done", "-5 °C", "a - b"]
)
def test_words_that_build_nothing_stay_as_they_are(words: str) -> None:
    assert inert(words) == words


# The installed program


@pytest.fixture(scope="module", name="ended")
def _ended(sample_before: Path, sample_after: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample at the end of its phase, with hostile words in the documents of the phase before."""
    project = at_the_end_of_the_phase(sample_before, sample_after, tmp_path_factory.mktemp("carried"))
    (project / "docs/phases/RETRO_2.md").write_text(RETRO_2.replace("No token", "# No token"))
    (project / "docs/phases/README_PHASE2.md").write_text(README_2)
    settings = (project / "phasemetrics.toml").read_text()
    (project / "phasemetrics.toml").write_text(f"{settings}\n[carry]\nwords = true\n")
    return project


@pytest.fixture(name="project")
def _project(ended: Path, tmp_path: Path) -> Path:
    return shutil.copytree(ended, tmp_path / "project", symlinks=True)


OBJECTIVES = """\
## Objectives
- [ ] **Latency**: a change is parsed in 50 ms
- [ ] \\# No token is read twice, see [the notes](notes.md)
- [ ] tokens[first] is kept [1]
"""


def test_a_phase_starts_with_what_the_phase_before_set_for_it(project: Path) -> None:
    for name in (RETRO, README):
        (project / name).unlink()
    shutil.rmtree(project / ".phasemetrics/ledger")
    succeed(project, "new", "retrospective", "-p", "3", "-o", RETRO)
    succeed(project, "new", "readme", "-p", "3", "-o", README)
    assert OBJECTIVES in (project / RETRO).read_text(encoding="utf-8")
    needs = "- Phase 2: the spans; the token stream; its positions\n"
    assert needs in (project / README).read_text(encoding="utf-8")


def test_words_are_filled_into_placeholders_and_then_left_alone(project: Path) -> None:
    succeed(project, "fill", "-p", "3")
    assert OBJECTIVES in (project / RETRO).read_text(encoding="utf-8")
    made = (project / RETRO).read_bytes()
    succeed(project, "fill", "-p", "3")
    assert (project / RETRO).read_bytes() == made
    readme = (project / README).read_bytes()
    (project / "docs/phases/RETRO_2.md").write_text(RETRO_2.replace("50 ms", "10 ms"))
    (project / "docs/phases/README_PHASE2.md").write_text(README_2.replace("the spans", "the ranges"))
    succeed(project, "fill", "-p", "3")
    assert (project / RETRO).read_bytes() == made
    assert (project / README).read_bytes() == readme
