"""The operating system in a text that says more of it than its name."""

from __future__ import annotations

import re

_VERSION = re.compile(r"[\s-](?=[\d(])")


def system_name(text: str) -> str:
    """Return the system that `Linux-6.1.0-x86_64-with-glibc2.36` or `macOS 13.5 (22G90)` is, without its version.

    With every update of a kernel the machine would else be another one.
    """
    return _VERSION.split(text.strip(), maxsplit=1)[0].rstrip(" -")
