"""Every way a pytest test can end; `make.py` and the tests run it as `tests/test_outcomes.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def broken() -> None:
    raise RuntimeError("in setup")


@pytest.fixture
def closing() -> Iterator[None]:
    yield
    raise RuntimeError("in teardown")


def test_passes() -> None:
    pass


def test_fails() -> None:
    pytest.fail("wrong")


@pytest.mark.usefixtures("broken")
def test_setup_error() -> None:
    pass


@pytest.mark.usefixtures("closing")
def test_teardown_error() -> None:
    pass


@pytest.mark.usefixtures("closing")
def test_fails_then_teardown_error() -> None:
    pytest.fail("wrong")


def test_skips() -> None:
    pytest.skip("not here")


@pytest.mark.xfail(reason="known")
def test_xfails() -> None:
    pytest.fail("wrong")


@pytest.mark.xfail(reason="known", strict=False)
def test_xpasses() -> None:
    pass


@pytest.mark.xfail(reason="known", strict=True)
def test_xpasses_strictly() -> None:
    pass


@pytest.mark.parametrize("text", ["<!-- x -->", "a|b", "a\nb", "\x1b[31mred", "\u202egnp", "]]>", "a\0b"])
def test_hostile_name(text: str) -> None:
    pass


class TestInClass:
    def test_method(self) -> None:
        pass
