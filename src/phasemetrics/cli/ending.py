"""How a run ends: `fill`, `fill --diff` and `check` are the same run with another ending."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from phasemetrics.auditing import contradictions, left_open
from phasemetrics.cli.annotating import annotate
from phasemetrics.cli.answer import answer
from phasemetrics.cli.counts import adopted, counted, counts, summed_up
from phasemetrics.cli.findings import print_findings
from phasemetrics.cli.options import Color
from phasemetrics.cli.printing import print_bytes, print_diff, print_warnings, show_fillings, tell
from phasemetrics.errors import PhasemetricsError
from phasemetrics.evidence.lateness import measured_later
from phasemetrics.evidence.model import Warning
from phasemetrics.evidence.regressions import regressions
from phasemetrics.filling import Outcome, Result

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Ending:
    """The command and how it prints; `compares`: the document is not written, so a difference is a finding.

    `annotates`: findings are printed as annotations of a GitHub workflow. `adopts`: claims are taken over.
    """

    command: str
    json: bool
    compares: bool
    quiet: bool
    verbose: bool
    color: Color
    annotates: bool = False
    adopts: bool = False


def finish(
    work: Callable[[], Result],
    ending: Ending,
    gates: Sequence[str],
    example: Callable[[Result], str] = lambda _: "",
) -> int:
    """Do the work, print what came of it, and return the exit code of the contract.

    `example` gives a command that takes a contradicted number over; empty where there is none.
    """
    result = attempted(work, json=ending.json)
    tripped = list(_tripped(result, gates))
    found = ending.compares and (result.changed or (ending.command == "check" and bool(contradictions(result))))
    code = 1 if found or tripped else 0
    if not ending.json:
        _print(result, ending)
        if ending.command == "check" and not ending.quiet:
            _conclude(result, ending, example)
    else:
        print_warnings(_warnings(result), ending.quiet)
        audited, notes = ending.command == "check", result.baseline.notes
        say_json(answer(code, result.outcomes, result.phase.after, [], audited=audited, notes=notes))
    for line in tripped:
        tell(line)
    return code


def attempted(work: Callable[[], Done], *, json: bool) -> Done:
    """Do the work; an error is printed as JSON too, where JSON was asked for."""
    try:
        return work()
    except PhasemetricsError as error:
        if json:
            say_json(answer(error.exit_code, [], None, [error]))
        raise


def say_json(text: str) -> None:
    """Print JSON, which is ASCII and never begins a line with `::`."""
    print_bytes(text.encode("ascii") + b"\n")


def _print(result: Result, ending: Ending) -> None:
    audited = ending.command == "check"
    if not audited:
        print_warnings(_warnings(result), ending.quiet)
    if not ending.quiet:
        before = result.phase.before
        later = " (measured later)" if before is not None and measured_later(before, None) else ""
        tell(f"phase {result.phase.number}: compared with {result.baseline.found}{later}")
        verb = "would write" if ending.compares else "wrote"
        for outcome in result.outcomes:
            show_fillings(outcome, verb, ending.verbose, _claims(outcome, ending), audited)
    if ending.annotates:
        annotate(result.outcomes)
        return
    if ending.compares:
        print_diff(result.outcomes, ending.color)
    for outcome in result.outcomes:
        if outcome.name == "-" and not ending.compares:
            print_bytes(outcome.after)
    if audited:
        print_findings(contradictions(result), ending.color, apart=result.changed)


def _warnings(result: Result) -> Sequence[Warning]:
    return (*result.baseline.notes, *(result.phase.after.warnings if result.phase.after else ()))


def _claims(outcome: Outcome, ending: Ending) -> str:
    """Return in words what became of the claims of a document."""
    if ending.command == "check":
        return summed_up(counts(outcome.plan.fillings))
    return adopted(outcome.plan.fillings) if ending.adopts else ""


def _conclude(result: Result, ending: Ending, example: Callable[[Result], str]) -> None:
    """Say what `check` found as a whole, and what to do about it."""
    every = counts(filling for outcome in result.outcomes for filling in outcome.plan.fillings)
    if len(result.outcomes) > 1:
        tell(f"{len(result.outcomes)} documents: {summed_up(every)}")
    if every.untold and not ending.verbose:
        tell("what cannot be told is listed with -v")
    drifted = [outcome.name for outcome in result.outcomes if outcome.plan.changed]
    wrong = len(contradictions(result))
    if drifted:
        tell(f"out of date: {', '.join(drifted)}; run `phasemetrics fill -p {result.phase.number}`")
    if wrong:
        command = example(result)
        other = f", or let the evidence write it: `{command}`" if command else ""
        tell(f"{counted(wrong, 'contradiction')}: correct what the document says{other}")
    elif not drifted:
        tell("every number that is ours is true")


def _tripped(result: Result, gates: Sequence[str]) -> Iterator[str]:
    """Yield one line for each gate that does not hold."""
    open_holes = left_open(result)
    if "missing" in gates and open_holes:
        yield f"--fail-on missing: {len(open_holes)} places have no evidence"
    metrics = result.phase.after.metrics if result.phase.after else {}
    bad = sum(int(metrics[name].value) for name in ("tests.failed", "tests.errors") if name in metrics)
    if "failed" in gates and bad:
        yield f"--fail-on failed: {bad} tests failed"
    if "regressed" in gates:
        for row in regressions(result.phase, result.config):
            yield f"--fail-on regressed: {row.name} got worse ({row.improvement() or row.message})"
