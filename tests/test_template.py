"""Templates read both ways: what they print, what they recognise, and what they may not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from everything import everything
from measured import AFTER, BEFORE, LATER, facts
from phasemetrics.config import load
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.plan import plan
from phasemetrics.document.template import Template
from phasemetrics.errors import UsageError
from phasemetrics.escaping import plain
from phasemetrics.scaffolding import nothing_known
from phasemetrics.settings import Config
from phasemetrics.templates import all_templates, builtin

OWN = """# Iterationsbericht {{ phase.number | hole("__") }}

## Qualität

Grüne Tests: {{ after.tests.passed | hole("___") }} von {{ after.tests.total | hole("___") }} ([Wer hat gemessen?])

| Kennzahl | Vorher | Nachher |
|---|---|---|
{% for metric in metrics | blank(2) %}
| {{ metric.name | hole("Kennzahl #") }} | {{ metric.before | hole("?") }} | {{ metric.after | hole("?") }} |
{% endfor %}

## Neues

{% for file in files.created | blank %}
* {{ file.path | code | hole("`…`") }}
{% else %}
* nichts
{% endfor %}
"""


def own(source: str = OWN) -> Template:
    return Template("bericht", source, "bericht.md.j2")


@pytest.mark.parametrize("template", builtin(), ids=lambda template: template.name)
def test_what_a_template_prints_it_recognises(template: Template) -> None:
    blank = template.blank(nothing_known())
    filled = plan(blank, builtin(), everything(), Ledger())
    assert filled.kind == template.name
    names = {slot.name for pattern in template.patterns for slot in pattern.slots}
    found = {one.address.rpartition("/")[2].partition("#")[0] for one in filled.fillings}
    assert names <= found


def test_a_teams_own_template_is_understood_like_ours() -> None:
    blank = own().blank(nothing_known())
    assert "| Kennzahl 1 | ? | ? |\n| Kennzahl 2 | ? | ? |\n" in blank
    first = plan(blank, (own(), *builtin()), facts(BEFORE, AFTER), Ledger())
    assert "# Iterationsbericht 3\n" in first.text
    assert "Grüne Tests: 146 von 147 ([Wer hat gemessen?])\n" in first.text
    assert (
        "| Parse large file | 412 ms | 305 ms |\n| Coverage | 78.4% | 84.6% |\n| Tests passing | 118 | 146 |\n"
        in first.text
    )
    assert "* `internal/cache/tree.py`\n" in first.text
    later = plan(first.text, (own(), *builtin()), facts(BEFORE, LATER), first.ledger)
    assert "Grüne Tests: 150 von 152 ([Wer hat gemessen?])\n" in later.text
    assert "* `internal/cache/evict.py`\n" in later.text


def test_a_persons_bracket_may_hold_anything() -> None:
    filled = plan(
        own().blank(nothing_known()).replace("[Wer hat gemessen?]", "Ada, am Montag"), [own()], facts(), Ledger()
    )
    assert "Grüne Tests: 146 von 147 (Ada, am Montag)\n" in filled.text


def test_a_team_template_of_our_name_stands_in_for_ours(tmp_path: Path) -> None:
    (tmp_path / "readme.md.j2").write_text("# Ours {{ phase.number | hole('N') }}\n", encoding="utf-8")
    found = {template.name: template.source for template in all_templates(load(tmp_path), ["."])}
    assert found["readme"].startswith("# Ours")
    assert set(found) == {template.name for template in builtin()}


RECKLESS = {
    "an attribute of Python": "{{ phase.number.__class__ | hole('X') }}",
    "a call": "{{ phase.number() | hole('X') }}",
    "arithmetic": "{{ 'a' * 3000000000 | hole('X') }}",
    "a test": "{% if phase %}x{% endif %}",
    "a range": "{% for x in range(1000000000) %}\n{{ x | hole('X') }}\n{% endfor %}",
    "a loop inside a loop": "{% for a in x | blank %}\n{% for b in x | blank %}\n{% endfor %}\n{% endfor %}",
    "a loop without blank rows": "{% for a in metrics %}\n{{ a.name | hole('X') }}\n{% endfor %}",
    "an include": "{% include '/etc/passwd' %}",
    "an assignment": "{% set x = 1 %}",
    "a macro": "{% macro f() %}{% endmacro %}",
    "a filter of Jinja2": "{{ phase.number | center(999999999) | hole('X') }}",
    "many blank rows": "{% for a in metrics | blank(1000000) %}\n{{ a.name | hole('X') }}\n{% endfor %}",
    "half a blank row": "{% for a in metrics | blank(1.5) %}\n{{ a.name | hole('X') }}\n{% endfor %}",
    "blank rows without a number": "{% for a in metrics | blank('x') %}\n{{ a.name | hole('X') }}\n{% endfor %}",
    "a number of 5000 digits": f"{{% for a in metrics | blank({'9' * 5000}) %}}\nx\n{{% endfor %}}",
    "a filter with too little": "{{ phase.number | hole | hole('X') }}",
    "a filter with another type": "{{ phase.number | hole(1) }}",
    "deep nesting": f"{{{{{'(' * 3000}",
    "a long name": f"{{{{ phase{'.a' * 300} | hole('X') }}}}",
    "a loop of two lines": "{% for a in metrics | blank %}\n{{ a.name | hole('X') }}\nmore\n{% endfor %}",
    "a text of its own": "{{ 'abc' | hole('X') }}",
    "a whole table of facts": "{{ after.tests | hole('X') }}",
    "no placeholder": "{{ phase.number }}",
    "an unclosed tag": "{{ phase.number",
    "a row without a header": "\n- x\n{{ phase.nothing | hole('X') }}",
}


@pytest.mark.parametrize("case", RECKLESS)
def test_a_template_may_only_have_holes_and_rows(case: str) -> None:
    template = own(f"# T\n\n## S\n\n{RECKLESS[case]}\n")
    with pytest.raises(UsageError) as raised:
        plan(template.blank(nothing_known()), [template], facts(), Ledger())
    assert raised.value.exit_code == 2
    assert raised.value.path == "bericht.md.j2"


@pytest.mark.parametrize("line", ["- Now: X and more = Y", "- Now: X = Y"])
def test_a_placeholder_counts_only_where_its_value_would_be_read_back(line: str) -> None:
    template = own('# T\n\n- Now: {{ after.tests.total | hole("X") }} = {{ after.tests.passed | hole("Y") }}\n')
    filled = plan(f"# T\n\n{line}\n", [template], facts(), Ledger())  # proves itself
    assert filled.changed == (line == "- Now: X = Y")


def test_a_name_that_does_not_exist_is_named() -> None:
    with pytest.raises(UsageError, match="nmae"):
        own('# {{ phase.nmae | hole("X") }}\n').blank(nothing_known())


def test_names_are_looked_up_only_where_their_line_stands() -> None:
    template = own('# T\n\n## Metrics\n\n- Odd: {{ after.nothing | hole("X") }}\n')
    with pytest.raises(UsageError, match="nothing"):
        plan("# T\n\n## Metrics\n\n- Odd: X\n", [template], facts(), Ledger())


@pytest.mark.parametrize("name", ["`parse()` time", "**Fast** path", "the *other*", "a_b__c__", "x ** 2"])
def test_a_name_of_any_dress_is_read_back(name: str) -> None:
    source = '## Sum\n- Now: {{ after.headline | hole("[Now]") }}\n- **{{ phase.name | hole("[Name]") }}**\n'
    phase = {"3": {"name": name}}
    metric = [{"name": name, "from": "tests.passed"}]
    config = Config.model_validate({"phase": phase, "metric": metric})
    first = plan("## Sum\n- Now: [Now]\n- **[Name]**\n", [own(source)], facts(config=config), Ledger())
    assert first.text == f"## Sum\n- Now: {plain(name)} 146\n- **{plain(name)}**\n"
    later = plan(first.text, [own(source)], facts(after=LATER, config=config), first.ledger)
    assert later.text == f"## Sum\n- Now: {plain(name)} 150\n- **{plain(name)}**\n"
