"""Front matter is read in place, as YAML means it, and what is no YAML is not read at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.document.fields import fields
from phasemetrics.document.frontmatter import Key, front_matter
from phasemetrics.document.markdown import parse
from phasemetrics.document.yamltext import quoted


def key(text: str) -> Key:
    """Return the first key under `key-files`."""
    return next(one for one in front_matter(parse(f"---\nkey-files:\n{text}\n---\n")) if one.section == "key-files")


@pytest.mark.parametrize(
    ("text", "style", "items", "value"),
    [
        ("  created: [a.ts, b.ts]", "flow", ["a.ts", "b.ts"], " [a.ts, b.ts]"),
        ("  created: []", "flow", [], " []"),
        ("  created: ['it''s', \"b \\\"c\\\".ts\", d#e.ts,]  # new", "flow", ["it's", 'b "c".ts', "d#e.ts"], None),
        ("  created: [\n    a.ts,  # one\n    'b, c.ts'\n  ]", "flow", ["a.ts", "b, c.ts"], None),
        ("  created:\n    - a.ts\n    - \"b # c.ts\"", "block", ["a.ts", "b # c.ts"], None),
        ("  created:\n  - a.ts\n  - b.ts (new: types)  # why", "block", ["a.ts", "b.ts (new: types)"], None),
        ("  created:  # new\n\n    - a.ts", "block", ["a.ts"], "\n\n    - a.ts"),
        ("  created:\n    [\n      a.ts,\n      b.ts,\n    ]", "flow", ["a.ts", "b.ts"], None),
        ("  created:\n    - path: a.ts\n      provides: \"types\"\n    - provides: x", "block", ["a.ts", None], None),
        ("  created:\n    - a long\n      text", "block", [None], None),
        ("  created:", "empty", [], ""),
        ("  created:   # none yet", "empty", [], ""),
        ("  created: TBD", "scalar", [], " TBD"),
        ("  created: \"TBD\" # later", "scalar", [], ' "TBD"'),
        ("  created: {a: b}", "other", [], None),
        ("  created: |\n    - a.ts", "other", [], None),
        ("  created: &new\n    - a.ts", "other", [], None),
        ("  created:\n    nested: x", "other", [], None),
    ],
)  # fmt: skip
def test_a_value_is_read_where_it_stands(text: str, style: str, items: list[str | None], value: str | None) -> None:
    found = key(text)
    assert (found.style, [item.text for item in found.items]) == (style, items)
    if value is not None:
        whole = f"---\nkey-files:\n{text}\n---\n"
        assert whole[found.span.start : found.span.end] == value


def test_other_keys_are_no_hindrance() -> None:
    text = (
        "---\nphase: 01\ntags: [a: b, \"c\"]\nrequires:\n  - phase: x\n    provides: 'y'\nnotes: |\n  key-files:\n"
        '    created: []\n  "open\n# key-files:\n"quoted key": x\nkey-files:  # files\n  # more\n  created: []\n\n'
        "list:\n- (see: that) one\n- two\n---\nkey-files:\n  created: []\n"
    )
    document = parse(text)
    assert [one.address for one in fields(document)] == ["front matter/key-files.created/key_files.created"]
    assert {one.name for one in front_matter(document) if not one.section} == {
        "phase", "tags", "requires", "notes", "quoted key", "key-files", "list",
    }  # fmt: skip


FINE = "key-files:\n  created: []\n"


@pytest.mark.parametrize(
    "text",
    [
        f"---\n{FINE}",
        f"\n---\n{FINE}---\n",
        f"---\ntags: [a, b\n{FINE}---\n",
        f"---\ntags: [a, b}}\n{FINE}---\n",
        f'---\ntitle: "open\n{FINE}---\n',
        f"---\ntitle: 'it's'\n{FINE}---\n",
        f"---\ntitle: one: two\n{FINE}---\n",
        f"---\ntags: [a] b\n{FINE}---\n",
        f"---\nwords alone\n{FINE}---\n",
        f"---\n{FINE}{FINE}---\n",
        f"---\n{FINE}key_files:\n  created: []\n---\n",
        "---\nkey-files:\n\tcreated: []\n---\n",
        "---\nkey-files:\n  created: []\n  created: []\n---\n",
        "---\nkey-files:\n    created: []\n  modified: []\n---\n",
        "---\nkey-files: []\n---\n",
        "---\nkey-files:\n- created: []\n---\n",
        "---\nother:\n  created: []\n---\n",
        "---\nkey-files:\n  created: [a, [b]\n---\n",
        "```\n---\nkey-files:\n  created: []\n---\n```\n",
    ],
)
def test_what_is_malformed_or_something_else_has_no_fields(text: str) -> None:
    assert fields(parse(text)) == ()
    assert fields(parse(f"---\n{FINE}---\n"))


paths = st.lists(
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn"), exclude_characters="\ufeff"), min_size=1),
    max_size=6,
)


@given(paths, st.sampled_from(["\n", "\r\n"]))
def test_any_path_is_read_back_from_both_kinds_of_lists(names: list[str], eol: str) -> None:
    flow = f"[{', '.join(map(quoted, names))}]"
    block = "".join(f"{eol}    - {quoted(name)}" for name in names)
    text = f"---{eol}key-files:{eol}  created: {flow}  # c{eol}  modified:{block}{eol}---{eol}"
    created, modified = (one for one in front_matter(parse(text)) if one.section)
    assert [item.text for item in created.items] == names
    assert [item.text for item in modified.items] == names
    assert text[modified.span.start : modified.span.end] == block


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("src/a.ts", "src/a.ts"), (".env", ".env"), ("Makefile", "Makefile"),
        ("app/(admin)/x.tsx", "app/(admin)/x.tsx"),
        ("größe/日本.py", "größe/日本.py"), ("app/[id]/page.tsx", '"app/[id]/page.tsx"'), ("a b.py", '"a b.py"'),
        ("2026-01-01", '"2026-01-01"'), ("1e3", '"1e3"'), (".5", '".5"'), ("true", '"true"'), ("No", '"No"'),
        ("@scope/x.ts", '"@scope/x.ts"'), ("a:b", '"a:b"'), ("a#b", '"a#b"'), ('say "x"', '"say \\"x\\""'),
        ("-x", '"-x"'), ("a,b", '"a,b"'), (".inf", '".inf"'),
    ],
)  # fmt: skip
def test_a_path_is_quoted_where_yaml_would_take_it_for_something_else(path: str, written: str) -> None:
    assert quoted(path) == written
