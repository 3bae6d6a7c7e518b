"""The configuration: `phasemetrics.toml`, or `[tool.phasemetrics]` in `pyproject.toml`."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from phasemetrics.errors import Refusal, UsageError
from phasemetrics.privilege import Privilege, privilege
from phasemetrics.reading import CONFIG_LIMIT, read_regular
from phasemetrics.settings import SUITES, Config, tables

FILE = "phasemetrics.toml"
_PLACE = re.compile(r"^(?P<message>.*?) \(at line (?P<line>\d+), column (?P<column>\d+)\)$", re.DOTALL)

# tomllib takes 2 GB for a key of 20 000 parts. The `+` are possessive, and none starts within a part: this is linear.
_KEY_PARTS = 64
_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"""(?<![\w"'.\\-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{_KEY_PARTS}}}""".encode())


class Project(BaseModel):
    """Where a project lies and what it configures: `root` is the folder that all names are relative to.

    `path` is that of the configuration. `privilege` is what this run has and a stranger must not get, unless the
    person trusts all that lies there.
    """

    model_config = ConfigDict(frozen=True)

    root: Path
    config: Config
    origin: str | None
    path: Path | None = None
    privilege: Privilege | None = None


def load(start: Path, named: Path | None = None, *, trusted: bool = False) -> Project:
    """Find and read the configuration for the folder `start`.

    Looks in `start` and the folders above it, up to the one that holds `.git`; without one every default holds.
    `trusted`: no stranger wrote any of it, whatever started this run.
    Raises UsageError for a file that cannot be read, an unknown key, or a value of the wrong kind.
    """
    top = next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)
    held = None if trusted else privilege(os.environ)
    if named is not None:
        return _project(top, start / named, _table(named, required=True), held)
    for folder in (start, *start.parents):
        for name in (FILE, "pyproject.toml"):
            path = folder / name
            # A pipe or a device in its place is refused, not passed over.
            if path.exists() and not path.is_dir() and (table := _table(path, required=False)) is not None:
                return _project(folder, path, table, held)
        if folder == top:
            break
    return Project(root=top, config=Config(), origin=None, privilege=held)


def read(content: bytes, path: Path) -> Config:
    """Return what a configuration of a project says; raise UsageError as `load` does. Nothing is read from `path`."""
    return _config(path, _parsed(path, content))


def _project(root: Path, path: Path, table: dict[str, Any] | None, held: Privilege | None) -> Project:
    return Project(root=root, config=_config(path, table), origin=path.name, path=path, privilege=held)


def _config(path: Path, table: dict[str, Any] | None) -> Config:
    try:
        config = Config.model_validate(table or {})
    except ValidationError as error:
        raise _wrong(path, error) from None
    names = [metric.name for metric in config.metric]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError("bad-config", f"two metrics are called {twice!r}", path=path.name, mend="rename one")
    _check_groups(config, path.name)
    return config


def _check_groups(config: Config, file: str) -> None:
    """Raise UsageError for a group that could match no test case, whatever the report holds."""
    suites = (*SUITES, *config.suite)
    for name, group in config.group.items():
        table = f'[group."{name}"]'
        if not (group.names or group.markers):
            mend = 'add names = ["test_…*"] or markers = ["…"] to it'
            raise UsageError("bad-config", f"{table} does not say which test cases it counts", path=file, mend=mend)
        if group.suite is not None and group.suite not in suites:
            near = difflib.get_close_matches(group.suite, suites, n=1)
            mend = f"did you mean {near[0]!r}?" if near else f'add [suite.{group.suite}] path = "…"'
            message = f"{table} is of suite {group.suite!r}, and there is no such suite"
            raise UsageError("bad-config", message, path=file, mend=mend)


def _table(path: Path, *, required: bool) -> dict[str, Any] | None:
    """Return our table of a TOML file; None when a pyproject.toml has none."""
    try:
        content = read_regular(path, path.name, CONFIG_LIMIT)
    except Refusal as error:
        if error.code == "empty-file" and not required:
            return None if path.name == "pyproject.toml" else {}
        mend = error.mend or "see docs/configuration.md"
        raise UsageError("bad-config", error.message, path=path.name, mend=mend) from None
    # A project without our table should not pay for reading it, nor fail because of it.
    if path.name == "pyproject.toml" and b"phasemetrics" not in content and not required:
        return None
    return _parsed(path, content)


def _parsed(path: Path, content: bytes) -> dict[str, Any] | None:
    if _LONG_KEY.search(content):
        message = f"a dotted key has more than {_KEY_PARTS} parts"
        raise UsageError("bad-config", message, path=path.name, mend="mend the TOML")
    try:
        table: dict[str, Any] = tomllib.loads(content.decode())
    except tomllib.TOMLDecodeError as error:
        raise _broken(path.name, str(error), content) from None
    except UnicodeDecodeError:
        raise UsageError("bad-config", "is not UTF-8", path=path.name, mend="save it as UTF-8") from None
    except RecursionError:
        raise UsageError("bad-config", "the TOML is nested too deep", path=path.name, mend="mend the TOML") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise UsageError("bad-config", str(error), path=path.name, mend="mend the TOML") from None
    return _own_table(path, table)


def _own_table(path: Path, table: dict[str, Any]) -> dict[str, Any] | None:
    if path.name != "pyproject.toml":
        return table
    tool = table.get("tool")
    own = tool.get("phasemetrics") if isinstance(tool, dict) else None
    if own is not None and not isinstance(own, dict):
        message = "tool.phasemetrics is not a table"
        raise UsageError("bad-config", message, path=path.name, mend="write it as [tool.phasemetrics]")
    return own


def _broken(name: str, said: str, content: bytes) -> UsageError:
    place = _PLACE.match(said)
    if place is not None:
        line, column = int(place["line"]), int(place["column"])
    else:  # "(at end of document)"
        line, column = content.count(b"\n") + 1, 1
    message = place["message"] if place else said
    return UsageError("bad-config", message, path=name, line=line, column=column, mend="mend the TOML")


def _wrong(path: Path, error: ValidationError) -> UsageError:
    """Turn the first thing that is wrong into one line, with what was probably meant."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    # A misspelled key is reported as missing as well: the spelling says more.
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    location = [str(part) for part in first["loc"]]
    dotted = ".".join(location)
    if first["type"] != "extra_forbidden":
        return UsageError("bad-config", f"{dotted}: {first['msg']}", path=path.name, mend="see docs/configuration.md")
    near = difflib.get_close_matches(location[-1], _known_keys(location), n=1)
    meant = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(_known_keys(location))}"
    return UsageError("bad-config", f"unknown key `{dotted}`", path=path.name, mend=meant)


def _known_keys(location: list[str]) -> list[str]:
    table = tables().get(location[0], Config) if len(location) > 1 else Config
    return sorted(field.alias or name for name, field in table.model_fields.items())
