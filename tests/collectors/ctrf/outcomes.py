"""One test for each outcome, for make.py."""

import pytest


def test_passes() -> None:
    pass


@pytest.mark.parametrize("name", ["/", "a|b", "<!-- -->"])
def test_fails(name: str) -> None:
    raise AssertionError(name)


@pytest.mark.skip(reason="later")
def test_skipped() -> None:
    pass


@pytest.mark.xfail(reason="known")
def test_expected_to_fail() -> None:
    raise AssertionError


@pytest.fixture
def broken() -> None:
    raise RuntimeError


@pytest.mark.usefixtures("broken")
def test_without_setup() -> None:
    pass


class TestNested:
    def test_inside(self) -> None:
        pass
