"""Which file of a repository a report means, when it spells the path as seen from somewhere else."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable

# Where a collector joined the folder of sources with the report's own name for a file, this stands between them.
JOINT = "/./"
_FOREIGN = frozenset({"site-packages", "dist-packages", "node_modules"})


class TreePaths:
    """The paths of one tree, by all their endings."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            self._by_name[posixpath.basename(path)].append(path)
        self._endings: dict[str, dict[str, list[str]]] = {}

    def find(self, spelled: str) -> list[str]:
        """Return the files that a spelled path may mean: none, the one, or all that fit equally well.

        The longest common ending decides. A path of the tree that is such an ending as a whole comes first
        (`/app/src/a.py`, `github.com/acme/shop/cart.go`), then the one file that ends so (`com/acme/Cart.java` is
        `src/main/java/com/acme/Cart.java`). A name alone is enough only where it is all that was spelled or all
        that the tree has, and a file of an installed package is never one of the tree.
        """
        _, _, rest = spelled.partition(JOINT)
        found = self._fitting(posixpath.normpath(spelled))
        return found if found or not rest else self._fitting(posixpath.normpath(rest))

    def _fitting(self, spelled: str) -> list[str]:
        parts = [part for part in spelled.split("/") if part]
        endings = self._endings_of(parts[-1]) if parts else {}
        deepest = max((ending.count("/") + 1 for ending in endings), default=0)
        # No longer ending can be one of the tree, and a stranger's path may have any number of folders.
        for first in range(max(0, len(parts) - deepest), len(parts)):
            ending, before = "/".join(parts[first:]), parts[:first]
            if ending not in endings or _FOREIGN & set(before):
                continue
            if ending in self._paths:
                return [ending]
            if first == len(parts) - 1 and before:
                return []  # only the name is the same
            return _passing_through(before, endings[ending])
        return []

    def _endings_of(self, name: str) -> dict[str, list[str]]:
        if name not in self._endings:
            endings = defaultdict(list)
            for path in self._by_name.get(name, ()):
                parts = path.split("/")
                for first in range(len(parts)):
                    endings["/".join(parts[first:])].append(path)
            self._endings[name] = dict(endings)
        return self._endings[name]


def _passing_through(folders: list[str], paths: list[str]) -> list[str]:
    """Return those of `paths` that have the spelled folders in them, such as the name of a module, else all."""
    if len(paths) == 1:
        return paths
    wanted = set(folders)
    most = max(len(wanted & set(path.split("/"))) for path in paths)
    return sorted(path for path in paths if len(wanted & set(path.split("/"))) == most)
