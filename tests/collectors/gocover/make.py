"""Writes the reports here and `expected.json` again: `python tests/collectors/gocover/make.py`.

    set.out     as `go test -coverprofile=set.out ./...` writes it
    atomic.out  as two profiles of `go test -covermode=atomic -coverpkg=./...` look, one behind the other

Both were made from the table below, in the shape that cmd/cover documents (`file:line.column,line.column statements
count`), for Go is not needed to develop this. The expected numbers are added up from the table as `go tool cover
-func` does for its total: statements of the blocks that ran in any of the profiles.
"""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
# File, block, its statements, its count in the first run and in the second.
BLOCKS = [
    ("github.com/acme/shop/main.go", "9.13,12.2", 3, 0, 0),
    ("github.com/acme/shop/cart/cart.go", "11.32,13.2", 1, 4, 2),
    ("github.com/acme/shop/cart/cart.go", "16.45,17.15", 1, 4, 0),
    ("github.com/acme/shop/cart/cart.go", "17.15,19.3", 1, 0, 1),
    ("github.com/acme/shop/cart/cart.go", "20.2,22.13", 3, 4, 0),
    ("github.com/acme/shop/cart/cart.go", "25.32,25.47", 1, 0, 0),
]


def profile(mode: str, run: int) -> str:
    counts = [min(block[3 + run], 1) if mode == "set" else block[3 + run] for block in BLOCKS]
    rows = [f"{file}:{place} {n} {count}" for (file, place, n, *_), count in zip(BLOCKS, counts, strict=True)]
    return "\n".join([f"mode: {mode}", *rows, ""])


def numbers(*runs: int) -> dict[str, list[int]]:
    covered = sum(block[2] for block in BLOCKS if any(block[3 + run] for run in runs))
    return {"lines": [covered, sum(block[2] for block in BLOCKS)]}


def main() -> None:
    (HERE / "set.out").write_text(profile("set", 0), encoding="utf-8")
    (HERE / "atomic.out").write_text(profile("atomic", 0) + profile("atomic", 1), encoding="utf-8")
    expected = {"set.out": numbers(0), "atomic.out": numbers(0, 1)}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
