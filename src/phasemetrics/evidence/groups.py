"""Groups of test cases that a document counts by their label, such as `Happy path: 12 tests`."""

from __future__ import annotations

import re
import unicodedata
from functools import partial

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import TestCount
from phasemetrics.evidence.outcomes import no_tests, ran
from phasemetrics.evidence.side import Side
from phasemetrics.settings import SUITES, Config
from phasemetrics.value import Lookup, Value, absent

ALL = "all"
_NO_WORD = re.compile(r"[\W_]+")


def group_facts(after: Side, config: Config) -> dict[str, Lookup[Value]]:
    """Return for each suite, and for `all` of them, the test cases of a group by its label in the document."""

    def answer(suite: str, label: str) -> Value:
        found = group_count(after, config, label, suite)
        return found if isinstance(found, Value) else Value(str(found.total), after.origin("junit"))

    return {suite: Lookup(partial(answer, suite)) for suite in dict.fromkeys((ALL, *SUITES, *config.suite))}


def group_count(after: Side, config: Config, label: str, suite: str = ALL) -> TestCount | Value:
    """Return the test cases of the group that a document calls `label`, or the value that says why there are none.

    A rule of another suite than `suite` does not answer; in `all` every rule may.
    """
    rules = _rules_for(config, label, suite)
    if not rules:
        return _no_group(label, suite)
    if len(rules) > 1:
        named = " and ".join(_table(one) for one in rules)
        return absent("ambiguous-group", f"{_quoted(label)} may be {named}", "call one of them what the document does")
    if after.snapshot is None or not ran(after):
        return no_tests(after)
    (name,) = rules
    count = next((one for one in after.snapshot.groups if one.path == name), None)
    if count is None:
        reason = f"the recorded test cases were not counted by {_table(name)}"
        return absent("group-not-counted", reason, "run `phasemetrics fill` again; its reports must be JUnit XML")
    if not count.total:
        mend = "compare it with the report; pytest writes no markers by itself, docs/formats.md says how it does"
        return absent("empty-group", f"no test case matches the rule {_table(name)}", mend)
    return count


def _rules_for(config: Config, label: str, suite: str) -> list[str]:
    """Return the groups that a label means: the one of that name, else those where one begins with the other."""
    wanted = _folded(label)
    if not wanted:
        return []
    asked = (name for name, rule in sorted(config.group.items()) if suite == ALL or rule.suite in {None, suite})
    keys = {name: _folded(name) for name in asked}
    exact = [name for name, key in keys.items() if key == wanted]
    return exact or [name for name, key in keys.items() if _begins(key, wanted) or _begins(wanted, key)]


def _begins(text: str, start: str) -> bool:
    return text.startswith(f"{start} ")


def _folded(text: str) -> str:
    """Return the words of a label: no case, blanks, emphasis, punctuation."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _no_group(label: str, suite: str) -> Value:
    within = "" if suite == ALL else f'suite = "{visible(suite)}", '
    example = f'[group."{visible(_folded(label), 60)}"] {within}names = ["test_…*"]'
    mend = f"`phasemetrics explain no-group` says how; such as {example}"
    return absent("no-group", f"no rule says which tests are {_quoted(label)}", mend)


def _quoted(label: str) -> str:
    return f"'{visible(label.strip())}'"


def _table(name: str) -> str:
    return f'[group."{visible(name)}"]'
