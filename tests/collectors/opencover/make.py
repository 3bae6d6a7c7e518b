"""Writes the reports here and `expected.json` again: `python tests/collectors/opencover/make.py`.

    coverlet.xml   as `dotnet test -p:CollectCoverage=true -p:CoverletOutputFormat=opencover` writes it: a point a line
    opencover.xml  as `OpenCover.Console.exe -register:user -target:…` writes it: points over several lines, hidden
                   ones, a module that was skipped

Both were made from the tables below, in the shape of OpenCover's coverage.xsd, for .NET is not needed to develop
this. The expected numbers are added up from the tables, line by line.
"""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
HIDDEN = 0xFEEFEE
# First and last line of a sequence point, and its visits; then line, offset, path and visits of a branch.
Points = list[tuple[int, int, int]]
Branches = list[tuple[int, int, int, int]]
CART = r"C:\work\shop\src\Cart.cs"
COVERLET: tuple[Points, Branches] = (
    [(10, 10, 4), (11, 11, 4), (12, 12, 0), (13, 13, 4), (14, 14, 4), (20, 20, 0), (21, 21, 0)],
    [(11, 3, 0, 0), (11, 3, 1, 4), (14, 20, 0, 4), (14, 20, 1, 1)],
)
OPENCOVER: tuple[Points, Branches] = (
    [(10, 10, 4), (11, 13, 4), (12, 12, 0), (14, 16, 0), (HIDDEN, HIDDEN, 9), (16, 17, 1)],
    [(11, 3, 0, 0), (11, 3, 1, 4), (HIDDEN, 5, 0, 1)],
)


def numbers(points: Points, branches: Branches) -> dict[str, list[int]]:
    real = [(line, hits) for first, last, hits in points if first != HIDDEN for line in range(first, last + 1)]
    ways = [hits for line, _, _, hits in branches if line != HIDDEN]
    return {
        "lines": [len({line for line, hits in real if hits}), len({line for line, _ in real})],
        "branches": [sum(hits > 0 for hits in ways), len(ways)],
    }


def report(points: Points, branches: Branches, skipped: str) -> str:
    visited = sum(hits > 0 for _, _, hits in points)
    summary = f'<Summary numSequencePoints="{len(points)}" visitedSequencePoints="{visited}" sequenceCoverage="0"/>'
    spots = "".join(
        f'<SequencePoint vc="{hits}" uspid="{i}" ordinal="{i}" sl="{first}" sc="9" el="{last}" ec="10" fileid="1"/>\n'
        for i, (first, last, hits) in enumerate(points)
    )
    ways = "".join(
        f'<BranchPoint vc="{hits}" uspid="{i}" ordinal="{i}" path="{path}" offset="{offset}" '
        f'offsetend="{offset + 2}" sl="{line}" fileid="1"/>\n'
        for i, (line, offset, path, hits) in enumerate(branches)
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<CoverageSession>
{summary}
<Modules>
{skipped}<Module hash="ED-DE-3E">
<ModulePath>shop.dll</ModulePath>
<ModuleName>shop</ModuleName>
<Files>
<File uid="1" fullPath="{CART}"/>
</Files>
<Classes>
<Class>
<FullName>Acme.Shop.Cart</FullName>
<Methods>
<Method cyclomaticComplexity="2" isConstructor="false">
<Name>System.Int32 Acme.Shop.Cart::Total()</Name>
<FileRef uid="1"/>
<SequencePoints>
{spots}</SequencePoints>
<BranchPoints>
{ways}</BranchPoints>
</Method>
</Methods>
</Class>
</Classes>
</Module>
</Modules>
</CoverageSession>
"""


def main() -> None:
    skipped = '<Module skippedDueTo="Filter" hash="01-02">\n<ModulePath>mscorlib.dll</ModulePath>\n</Module>\n'
    (HERE / "coverlet.xml").write_text(report(*COVERLET, ""), encoding="utf-8")
    (HERE / "opencover.xml").write_text(report(*OPENCOVER, skipped), encoding="utf-8")
    expected = {"coverlet.xml": numbers(*COVERLET), "opencover.xml": numbers(*OPENCOVER)}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
