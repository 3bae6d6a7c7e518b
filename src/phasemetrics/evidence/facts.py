"""All that a template may name, with a value at every end: what was measured, and what the configuration says."""

from __future__ import annotations

from typing import Any

from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.carried import carried_facts
from phasemetrics.evidence.changes import change_facts
from phasemetrics.evidence.compared import comparisons, row_facts
from phasemetrics.evidence.components import component_facts, line_counts
from phasemetrics.evidence.covered import coverage_facts, covered_files
from phasemetrics.evidence.gates import gate_facts
from phasemetrics.evidence.groups import group_facts
from phasemetrics.evidence.headline import benchmark_facts, headline, performance
from phasemetrics.evidence.identity import phase_facts, project_facts
from phasemetrics.evidence.model import Phase
from phasemetrics.evidence.namedtests import changed_tests
from phasemetrics.evidence.outcomes import suite_facts, test_facts
from phasemetrics.evidence.requirements import dependency_facts
from phasemetrics.evidence.side import Side, both_ends
from phasemetrics.evidence.testlists import added_in, test_counts, test_lists
from phasemetrics.settings import Config


def facts_of(phase: Phase, config: Config, found: str, beside: Beside | None = None) -> dict[str, Any]:
    """Return the facts of a phase.

    `found` says in words where the baseline was looked for; `beside` is what was read apart from the reports.
    """
    beside = (beside or Beside()).fitting(phase, config)
    carried = carried_facts(phase, config, beside)
    config = beside.with_targets(config)
    before, after = both_ends(phase, found)
    changes = changed_tests(phase, found)
    files = change_facts(after, added_in(changes))
    compared = comparisons(phase, config)
    sum_up = headline(phase, config, compared, before, after)
    speeds = performance(phase, config, before, after)
    rows = row_facts(config, compared, before, after, beside)
    return {
        "phase": phase_facts(phase, config),
        "project": project_facts(config),
        "before": {**_side(before), "headline": sum_up["before"], "performance": speeds[0]},
        "after": {**_side(after), "headline": sum_up["after"], "performance": speeds[1]},
        "change": {"headline": sum_up["change"], "numbers": sum_up["numbers"]},
        "metrics": rows,
        "benchmarks": benchmark_facts(after),
        "suites": suite_facts(after, config),
        "groups": group_facts(after, config),
        "coverage": {"files": covered_files(after)},
        **files,
        "counts": {**files["counts"], **test_counts(changes, after)},
        "tests": test_lists(changes, before, after),
        "dependencies": dependency_facts(after),
        "components": component_facts(config),
        "line_counts": line_counts(after, beside),
        "gates": gate_facts(after, config, compared, beside),
        "carried": {**carried, "rows": rows if config.carry.metrics else carried["metrics"]},
    }


def _side(side: Side) -> dict[str, Any]:
    return {"tests": test_facts(side), "coverage": coverage_facts(side)}
