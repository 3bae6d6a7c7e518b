"""Tests of several groups, by marker and by name; `make.py` and the tests run it as `tests/unit/test_grouped.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def closing() -> Iterator[None]:
    yield
    raise RuntimeError("in teardown")


@pytest.mark.happy
@pytest.mark.parametrize("name", ["plain", "a/b", "[x]"])
def test_reads(name: str) -> None:
    pass


@pytest.mark.happy
@pytest.mark.usefixtures("closing")
def test_fails_then_teardown_error() -> None:
    pytest.fail("wrong")


@pytest.mark.edge
class TestEmpty:
    @pytest.mark.happy
    def test_reads_nothing(self) -> None:
        pass

    @pytest.mark.skip(reason="not here")
    def test_refuses(self) -> None:
        pass


def test_unmarked() -> None:
    pass
