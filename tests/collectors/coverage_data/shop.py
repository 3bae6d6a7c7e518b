"""A small project with every kind of branch that coverage names: to a line, to an exit, never taken."""

from __future__ import annotations


class Shop:
    """Its docstring is executed, and is no statement."""

    def price(self, number: int) -> int:
        if number > 1:
            return number
        return 0

    def note(self, number: int) -> None:
        if number > 1:
            self.last = number

    def first(self, numbers: list[int]) -> int:
        for number in numbers:
            if number == 5:
                break
        else:
            return -1
        return number


def debug() -> str:  # pragma: no cover
    return "never counted"


if __name__ == "__main__":
    Shop().price(2)
    Shop().note(0)
    Shop().first([1, 2])
