"""The table `[limits]` of the configuration: how much of an input is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from phasemetrics.limits import Limits
from phasemetrics.units import parse_quantity

_USUAL = Limits()
_MOST_LEVELS = 500  # what Python's reader of JSON surely takes, wherever it is called


def _in_bytes(value: object) -> object:
    """Return the bytes that a text such as `256 MiB` says; whatever is no text as it is."""
    if not isinstance(value, str):
        return value
    size = parse_quantity(value)
    if size is None or size.unit != "byte" or size.value != int(size.value):
        raise ValueError(f"{value!r} is no size; write it like '256 MiB', or as a number of bytes")
    return int(size.value)


Bytes = Annotated[int, BeforeValidator(_in_bytes), Field(ge=1, le=2**40)]
Count = Annotated[int, Field(ge=1, le=10**9)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]


class LimitsTable(BaseModel):
    """`[limits]`: the keys of `Limits`, with its values where none is given."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    document_size: Bytes = _USUAL.document_size
    report_size: Bytes = _USUAL.report_size
    json_size: Bytes = _USUAL.json_size
    template_size: Bytes = _USUAL.template_size
    token_size: Bytes = _USUAL.token_size
    git_size: Bytes = _USUAL.git_size
    report_files: Count = _USUAL.report_files
    elements: Count = _USUAL.elements
    metrics: Count = _USUAL.metrics
    records: Count = _USUAL.records
    nesting: int = Field(default=_USUAL.nesting, ge=1, le=_MOST_LEVELS)
    git_seconds: Seconds = _USUAL.git_seconds
    fetch_seconds: Seconds = _USUAL.fetch_seconds

    def chosen(self) -> Limits:
        """Return the limits that the table says."""
        return Limits(**self.model_dump())
