"""Opens the store that a URL names."""

from __future__ import annotations

import difflib
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from phasemetrics.errors import Refusal, UsageError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

    from phasemetrics.stores.store import Store

_BUCKETS = {"s3": "AWS", "gs": "GOOGLE", "az": "AZURE"}
_TABLES = ("postgresql", "postgres", "postgresql+psycopg")
_KNOWN = (*_BUCKETS, "file", *_TABLES)
# A host that is gone is known in seconds: 3 attempts to connect, of 3 s each; one request of 15 s.
_RETRY: RetryConfig = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=12),
    "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=2), "base": 2},
}


def open_store(url: str) -> Store:
    """Return the store at `s3://bucket/prefix`, `gs://…`, `az://…`, `file:///folder` or `postgresql://…`.

    Credentials are read from the environment. Raises UsageError for another URL and where the extra that reads it is
    not installed, Refusal where it cannot be reached.
    """
    parts = _parts(url)
    if parts.scheme in _TABLES:
        from phasemetrics.stores.tables import open_tables

        return open_tables(url)
    try:
        import obstore  # noqa: F401
    except ImportError:
        mend = "pip install 'phasemetrics[store]'"
        raise UsageError("no-extra", "needs a library that is not installed", path=shown(url), mend=mend) from None
    from phasemetrics.stores.objects import Objects

    if parts.scheme == "file":
        folder = _folder(parts, url)
        return Objects(_local(folder, url), shown(url), folder)
    return Objects(_bucket(parts, url), shown(url))


def shown(url: str) -> str:
    """Return a URL as it may be printed: without user, password, query and fragment."""
    scheme, found, rest = url.partition("://")
    if not found:
        return "the store"
    user, at, place = rest.rpartition("@")
    if any(mark in user for mark in "/?#"):
        return f"{scheme}://…"  # a secret may begin or end anywhere in it
    return f"{scheme}://{(place if at else rest).partition('?')[0].partition('#')[0]}"


def _parts(url: str) -> SplitResult:
    """Return the parts of a URL whose scheme is known; raise UsageError for any other."""
    scheme, found, _ = url.partition("://")
    if not found or scheme not in _KNOWN:
        near = difflib.get_close_matches(scheme, _KNOWN, n=1) if found else []
        mend = f"did you mean `{near[0]}://…`?" if near else "write it like s3://bucket/prefix or file:///folder"
        raise UsageError("bad-store", "is no URL of a store", path=shown(url), mend=mend)
    try:
        return urlsplit(url)
    except ValueError:
        mend = "write it like s3://bucket/prefix"
        raise UsageError("bad-store", "is no URL", path=shown(url), mend=mend) from None


def _folder(parts: SplitResult, url: str) -> Path:
    folder = Path(unquote(parts.path))
    if parts.netloc or not folder.is_absolute() or parts.query or parts.fragment:
        mend = "write it with three slashes, like file:///srv/phases"
        raise UsageError("bad-store", "names no folder of this machine", path=shown(url), mend=mend)
    return folder


def _local(folder: Path, url: str) -> ObjectStore:
    from obstore.store import LocalStore

    if not folder.is_dir():
        # Made here it would be made where a share is not mounted, too.
        message, mend = "there is no such folder", "make it, or mount what should be there"
        raise Refusal("store-unreachable", message, path=shown(url), mend=mend)
    return LocalStore(folder)


def _bucket(parts: SplitResult, url: str) -> ObjectStore:
    from obstore.store import from_url

    from phasemetrics.stores.failures import answering

    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        mend = "write bucket and prefix alone, like s3://bucket/prefix; credentials come from the environment"
        raise UsageError("bad-store", "does not name a bucket, or says more", path=shown(url), mend=mend)
    client: ClientConfig = {"connect_timeout": timedelta(seconds=3), "timeout": timedelta(seconds=15)}
    # These options replace what the library would read of them in the environment.
    if os.environ.get(f"{_BUCKETS[parts.scheme]}_ALLOW_HTTP", "").lower() in {"1", "true"}:
        client["allow_http"] = True
    with answering(shown(url)):
        return from_url(url, client_options=client, retry_config=_RETRY)
