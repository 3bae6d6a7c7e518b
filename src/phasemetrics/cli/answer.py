"""What `fill` and `check` print as JSON: the shape of the contract, schema 1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from phasemetrics.cli.counts import counts
from phasemetrics.document.ownership import Filling
from phasemetrics.errors import PhasemetricsError
from phasemetrics.evidence.model import Snapshot, Warning
from phasemetrics.evidence.records import fields_of
from phasemetrics.evidence.snapshot import to_dict
from phasemetrics.filling import Outcome

SCHEMA = 1
_CLAIM = ("subject", "side", "scope", "of", "relation", "value", "high", "unit")


def answer(
    exit_code: int,
    outcomes: Sequence[Outcome],
    after: Snapshot | None,
    errors: Sequence[PhasemetricsError],
    *,
    audited: bool = False,
    notes: Sequence[Warning] = (),
) -> str:
    """Return the answer of a run, on success and on refusal alike; `audited`: claims were looked for.

    `notes` are warnings that are not about a report, so that the snapshot has them not.
    """
    snapshot = to_dict(after) if after is not None else {"metrics": {}, "files": [], "warnings": []}
    return json.dumps(
        {
            "schema": SCHEMA,
            "exit": exit_code,
            "documents": [_document(outcome, audited) for outcome in outcomes],
            "metrics": snapshot["metrics"],
            "files": snapshot["files"],
            "warnings": [*map(fields_of, notes), *snapshot["warnings"]],
            "errors": [_error(error) for error in errors],
        },
        indent=1,
    )


def _document(outcome: Outcome, audited: bool) -> dict[str, Any]:
    return {
        "path": outcome.name,
        "kind": outcome.plan.kind,
        "changed": outcome.plan.changed,
        "claims": asdict(counts(outcome.plan.fillings)) if audited else None,
        "fillings": [_filling(filling) for filling in outcome.plan.fillings],
    }


def _filling(filling: Filling) -> dict[str, Any]:
    origin = filling.origin
    return {
        "line": filling.line,
        "column": filling.column,
        "address": filling.address,
        "state": filling.state,
        "old": filling.old,
        "new": filling.new,
        "evidence": None
        if origin is None
        else {"path": origin.path, "sha256": origin.sha256 or None, "commit": origin.commit},
        "code": filling.code or None,
        "message": filling.message or None,
        "mend": filling.mend or None,
        "contradicts": filling.contradicts,
        "claim": None if filling.claim is None else {key: filling.claim[key] for key in _CLAIM},
    }


def _error(error: PhasemetricsError) -> dict[str, Any]:
    return {
        "code": error.code,
        "path": error.path,
        "line": error.line,
        "column": error.column,
        "message": error.message,
        "mend": error.mend,
    }
