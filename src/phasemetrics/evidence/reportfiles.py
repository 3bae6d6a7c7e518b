"""The files that the report options name: single files, globs, and folders with all that is inside."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Kind, Report, Warning
from phasemetrics.limits import limits, raising
from phasemetrics.realpath import lies_inside, real

_NAMED = re.compile(r"(?P<format>[a-z][a-z_]+):(?P<pattern>.+)", re.DOTALL)  # a drive is one letter
_FILE_COUNT = 100_000  # in a folder: nobody looks for reports in a home directory
_OPTION: Mapping[Kind, str] = {"junit": "--junit", "coverage": "--coverage", "bench": "--bench"}
_CALLED: dict[Kind, str] = {"junit": "test reports", "coverage": "coverage reports"}

# What a file in a folder is to a kind of reports: one of them, one of another kind, or nothing that is known.
Verdict = Literal["ours", "theirs", "unknown"]
Judge = Callable[[Path, Kind], Verdict]


@dataclass(slots=True)
class Found:
    """The `reports` of one kind, sorted within a pattern; `single` where one file was named, and no more."""

    reports: list[Report] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    single: bool = False


def find(root: Path, patterns: Collection[str], kind: Kind, judge: Judge) -> Found:
    """Return the reports that `patterns` name, each once; `judge` says which files of a folder are some.

    Raises Refusal for a pattern that names nothing, and for more files than the limit.
    """
    found = Found(single=len(patterns) == 1 and not any(_is_many(root, named_format(root, one)[1]) for one in patterns))
    seen: set[Path] = set()
    names: Counter[str] = Counter()
    for given in patterns:
        chosen, pattern = named_format(root, given)
        paths = _files(root, pattern, kind, judge, found.warnings)
        if not paths:
            message = "no file matches" if glob.has_magic(pattern) else "there is no such file"
            lost = "; an upload may have left out what begins with a dot" if _is_hidden(pattern) else ""
            mend = f"run the command that writes it, or name another with {_OPTION[kind]}{lost}"
            raise Refusal("missing-report", message, path=pattern, mend=mend)
        for path in paths:
            place = real(path)  # a report and a link to it are one report
            if place not in seen:
                seen.add(place)
                name = _display(path, root)
                names[name] += 1
                # Reports from elsewhere may have the same name, and are still two.
                called = name if names[name] == 1 else f"{name} ({names[name]})"
                found.reports.append(Report(path, called, format=chosen))
        if len(seen) > (most := limits().report_files):
            message = f"more than {most} files match, the limit"
            raise Refusal("too-many-reports", message, path=pattern, mend=raising("report_files"))
    return found


def named_format(root: Path, given: str) -> tuple[str, str]:
    """Return the format that a person named before a pattern, as in `lcov:build/*.info`, and the pattern.

    A file that is called so is that file.
    """
    match = _NAMED.fullmatch(given)
    if match is None or os.path.exists(root / given):  # noqa: PTH110 - see below
        return "", given
    return match["format"], match["pattern"]


def require_all(found: Mapping[Kind, Found], expected: int) -> None:
    """Refuse a run of which not exactly the `expected` number of reports is there, of tests and of coverage each.

    One file that was named outright is taken for merged as long as the other kind is in several.
    """
    counted = {kind: one for kind, one in found.items() if kind in _CALLED and (one.reports or kind == "junit")}
    wanted = {kind: one for kind, one in counted.items() if not one.single and one.reports} or counted
    wrong = [
        f"expected {expected} {_CALLED[kind]}, found {len(one.reports)}"
        for kind, one in wanted.items()
        if len(one.reports) != expected
    ]
    if wrong:
        message = f"the run is not complete: {'; '.join(wrong)}"
        mend = "fetch the reports of every job, and none of an earlier run; or say how many there are"
        raise Refusal("partial-run", message, mend=mend)


def _is_hidden(pattern: str) -> bool:
    # upload-artifact leaves such files out since 4.4, and `.coverage.*` is what coverage calls its data.
    return any(part.startswith(".") and part.strip(".") for part in pattern.split("/"))


def _is_many(root: Path, pattern: str) -> bool:
    return glob.has_magic(pattern) or os.path.isdir(root / pattern)  # noqa: PTH112 - Path.is_dir raises, see below


def _files(root: Path, pattern: str, kind: Kind, judge: Judge, warnings: list[Warning]) -> list[Path]:
    named = _expand(root, pattern)
    folders = [path for path in named if os.path.isdir(path)]  # noqa: PTH112
    files = [path for path in named if path not in folders] if folders else named
    if files or not folders:  # a glob that names both means the files
        return files
    for folder in folders:
        _require_here(folder, root, pattern)
        files += _inside(folder, _display(folder, root), kind, judge, warnings)
    if not files:
        message = f"no file in this folder is one of the {kind} formats that are known here"
        mend = f"run the command that writes one, or name another with {_OPTION[kind]}"
        raise Refusal("missing-report", message, path=pattern, mend=mend)
    return files


def _require_here(folder: Path, root: Path, pattern: str) -> None:
    """Refuse a link that stands for a folder elsewhere: whoever made the reports could have all files there read."""
    if Path(os.path.normpath(folder)).is_relative_to(root) and not lies_inside(folder, root):
        message = "leads out of the project, to a folder"
        raise Refusal("outside-project", message, path=pattern, mend="name that folder itself, or a file in it")


def _inside(folder: Path, name: str, kind: Kind, judge: Judge, warnings: list[Warning]) -> Iterator[Path]:
    unknown: list[str] = []
    for path in _below(folder, name):
        verdict = judge(path, kind)
        if verdict == "ours":
            yield path
        elif verdict == "unknown":
            unknown.append(path.relative_to(folder).as_posix())
    if unknown:
        files = "1 file is" if len(unknown) == 1 else f"{len(unknown)} files are"
        message = f"{files} in no format that is known here and passed over, such as {visible(unknown[0])}"
        warnings.append(Warning("passed-over", visible(name, 500), message))


def _below(folder: Path, name: str) -> Iterator[Path]:
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if one != ".git")
        for path in (Path(place, one) for one in sorted(files)):
            count += 1
            if count > _FILE_COUNT:
                mend = "name the folder that only holds reports"
                raise Refusal("too-many-reports", f"more than {_FILE_COUNT} files are inside", path=name, mend=mend)
            yield path


def _expand(root: Path, pattern: str) -> list[Path]:
    literal = root / pattern
    if os.path.exists(literal):  # noqa: PTH110 - Path.exists raises for a name that is too long
        return [literal]
    if not glob.has_magic(pattern):
        return []
    if literal.is_relative_to(root):
        pattern = str(literal.relative_to(root))  # the folders above may have brackets in their names
    # Path.glob cannot take an absolute pattern, and skips nothing that begins with a dot: `.coverage.*` is a report.
    found: Iterable[str] = glob.glob(pattern, root_dir=root, recursive=True, include_hidden=True)  # noqa: PTH207
    return [root / name for name in sorted(found)]


def _display(path: Path, root: Path) -> str:
    try:
        return real(path).relative_to(real(root)).as_posix()
    except (ValueError, OSError):
        return path.name  # a report from elsewhere: where it lies is nobody's business but this machine's
