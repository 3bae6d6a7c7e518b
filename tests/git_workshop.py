"""Builds real git repositories for tests, under no configuration but the one a test writes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

NOON = "2026-11-01T12:00:00Z"


class Workshop:
    """A repository at `root` in the making; every command runs plain git."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", *options)

    def git(self, *arguments: str, date: str = NOON, check: bool = True, **variables: str) -> str:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        settings = {
            **{f"GIT_{who}_NAME": "a" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "a@example.org" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_DATE": date for who in ("AUTHOR", "COMMITTER")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_ALLOW_PROTOCOL": "file",
            "LC_ALL": "C",
        }
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            env={**clean, **settings, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=check,
        )
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def commit(self, files: dict[str, str | bytes] | None = None, date: str = NOON) -> str:
        """Write `files`, commit everything there is, and return the full object id."""
        for name, content in (files or {}).items():
            self.write(name, content)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "work", date=date)
        return self.git("rev-parse", "HEAD")

    def shortstat(self, base: str, head: str) -> tuple[int, int, int]:
        """Return files, insertions and deletions as `git diff --shortstat` prints them."""
        said = self.git("diff", "--shortstat", base, head)
        number = {part.split()[1].rstrip("s(+-)"): int(part.split()[0]) for part in said.split(",") if part.strip()}
        return number.get("file", 0), number.get("insertion", 0), number.get("deletion", 0)
