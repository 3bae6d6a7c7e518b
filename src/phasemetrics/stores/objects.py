"""A store in a bucket or in a folder: one object for each record, written once and never changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from phasemetrics.errors import Refusal
from phasemetrics.evidence.history import Record, end_order
from phasemetrics.evidence.store import Side
from phasemetrics.limits import limits
from phasemetrics.stores.failures import answering
from phasemetrics.stores.keys import Key, folder_of, key_of, read_key

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_AT_ONCE = 16  # requests under way while many records are read
_TURNS = 5  # attempts to create one that others are creating
_BATCH = 256  # records that are held in memory meanwhile


class Objects:
    """The records below one prefix of a bucket, or in one folder where `folder` names it (see `Store`)."""

    def __init__(self, store: ObjectStore, shown: str, folder: Path | None = None) -> None:
        self._store = store
        self._shown = shown
        self._folder = folder

    def put(self, record: Record) -> bool:
        """Create the object of a record; return whether it is new.

        Raises Refusal where other bytes lie under its key, where the store does not answer, or where it cannot create
        an object only if it is not there.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError

        key = key_of(record)
        with answering(self._shown):
            for _ in range(_TURNS):
                try:
                    obstore.put(self._store, key, record.content, mode="create", use_multipart=False)
                except AlreadyExistsError:
                    if self._is_kept(key, record.content):
                        return False
                    continue
                if self._folder is not None:
                    _keep(self._folder / key, self._folder)
                return True
        message, mend = f"others are writing {key}, and it does not come to be", "run the same command again"
        raise Refusal("store-unreachable", message, path=self._shown, mend=mend)

    def records(self, repository: str | None = None) -> Iterator[Record]:
        """Yield what was measured last of each end of each phase, of one repository or of all, in their order."""
        newest: dict[tuple[str, str, Side], Key] = {}
        for key in self._keys(None if repository is None else folder_of(repository)):
            end = key.repository, key.phase, key.side
            if repository in (None, key.repository) and (end not in newest or newest[end].age < key.age):
                newest[end] = key
        found = iter(sorted(newest.values(), key=lambda key: end_order(key.repository, key.phase, key.side)))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while batch := list(islice(found, _BATCH)):
                yield from pool.map(self._read, batch)

    def latest(self, repository: str, phase: str, side: Side) -> Record | None:
        """Return what was measured last of one end of a phase; None where nothing was sent."""
        newest = max(self._keys(folder_of(repository, phase, side)), key=lambda key: key.age, default=None)
        return None if newest is None else self._read(newest)

    def _keys(self, prefix: str | None) -> Iterator[Key]:
        """Yield the keys that are ours; what else lies in the bucket is not looked at."""
        import obstore

        with answering(self._shown):
            for chunk in obstore.list(self._store, prefix, chunk_size=1000):
                yield from filter(None, (read_key(one["path"]) for one in chunk))

    def _read(self, key: Key) -> Record:
        with answering(self._shown):
            content = self._content(key.name)
        if hashlib.sha256(content).hexdigest()[:12] != key.hash:
            raise self._damaged(key.name, "its bytes are not those that its name speaks of")
        return Record(key.repository, key.phase, key.side, content)

    def _content(self, name: str) -> bytes:
        import obstore

        found = obstore.get(self._store, name)
        if found.meta["size"] > (most := limits().json_size):
            raise self._damaged(name, f"it has {found.meta['size']} bytes, the limit is {most}")
        return bytes(found.bytes())

    def _is_kept(self, name: str, content: bytes) -> bool:
        """Return whether an object is there; raise Refusal where it has other bytes.

        S3 calls it a conflict while another writer is on it, who may be killed before it is there.
        """
        try:
            found = self._content(name)
        except FileNotFoundError:
            return False
        if found != content:
            raise self._damaged(name, "its bytes are not those that were to be kept under this name")
        return True

    def _damaged(self, name: str, message: str) -> Refusal:
        mend = "look at it, remove it, and send the record again with `phasemetrics push`"
        return Refusal("damaged-store", f"the object {name} is damaged: {message}", path=self._shown, mend=mend)


def _keep(path: Path, top: Path) -> None:
    """Let a file and its name outlive a loss of power; the folders above it may be new as well."""
    for one in (path, *path.parents):
        descriptor = os.open(one, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if one == top:
            return
