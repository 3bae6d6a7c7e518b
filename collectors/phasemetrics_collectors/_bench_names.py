"""Names of benchmarks that say nothing of the machine: commands and paths without the folders of it."""

from __future__ import annotations

import re

from phasemetrics_collectors._json_node import spelled

# Not the middle of a relative path, an address or a division; `-I/usr/include` has one behind its letter.
_START = r"(?:(?<![\w.~})/\\-])|(?<=\s-\w))"
_PART = r"[^\s/\\'\":;,=|&<>(){}]+"
# The folders of the Filesystem Hierarchy Standard 3.0 and of macOS, and where CI services put a checkout. Not every
# folder: `GET /api/users` is the name of a benchmark.
_TOPS = (
    "Applications|Library|System|Users|Volumes|private|bin|boot|etc|export|home|lib|lib32|lib64|media|mnt|nix|opt|root|"
    "run|sbin|scratch|srv|tmp|usr|var|builds|bitrise|codebuild|drone|github|jenkins|work|workspace|workspaces|__w"
)
_HOME = re.compile(rf"{_START}(?:/home|/Users|[A-Z]:[/\\]Users)[/\\]{_PART}")
_FOLDERS = re.compile(rf"{_START}(?:~|/(?:{_TOPS})|[A-Z]:)(?:[/\\]{_PART})*[/\\](?={_PART})")


def without_folders(text: str) -> str:
    """Return a name on one line, with only the last part of each absolute path in it.

    `/home/ann/shop/parse --fast` is `parse --fast`, and `/home/ann` itself is `~`: where something lies on one machine
    and who works there is not for the record, and no other machine has a benchmark of that name.
    """
    return _FOLDERS.sub("", _HOME.sub("~", " ".join(spelled(text).split())))
