"""Part of the project, and never run."""


def idle(number: int) -> int:
    if number:
        return number
    return 1
