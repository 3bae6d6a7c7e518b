"""What went wrong between us and a bucket, in one line that holds no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from phasemetrics.errors import Refusal

_ADDRESS = re.compile(r"\b(https?)://[^\s/]*@?[^\s]*")
_STATUS = re.compile(r"status code: (\d{3}(?: [A-Za-z ]+)?)")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_DENIED = re.compile(r"^40[13]\b")
_UNKNOWN_CALLER = re.compile(r"Missing|credential|token request|metadata|/api/token|account must", re.IGNORECASE)
_CREDENTIALS = "give its credentials in the environment: `docs/stores.md` lists the variables"


@contextmanager
def answering(shown: str) -> Iterator[None]:
    """Turn what the library raises into a Refusal about the store that is `shown` so."""
    from obstore.exceptions import BaseError

    try:
        yield
    except NotImplementedError:
        message = "cannot create an object only where there is none, and without that writers overwrite each other"
        mend = "allow it (for S3: unset AWS_CONDITIONAL_PUT), or name another store"
        raise Refusal("store-unfit", message, path=shown, mend=mend) from None
    except (BaseError, OSError, ValueError) as error:
        raise _unreachable(shown, error) from None


def _unreachable(shown: str, error: Exception) -> Refusal:
    said = str(error).split("\n\n", 1)[0]
    message, mend = _told(said, type(error).__name__)
    return Refusal("store-unreachable", message, path=shown, mend=mend)


def _told(said: str, kind: str) -> tuple[str, str]:
    """Return what a person needs of an answer, and what mends it."""
    status, code = _STATUS.search(said), _CODE.search(said)
    if status is not None and code is not None:
        answer = f"answers {status[1].strip()} ({code[1]})"
    elif status is not None:
        answer = f"answers {status[1].strip()}"
    else:
        answer = ""
    if _UNKNOWN_CALLER.search(said) or kind in {"UnauthenticatedError", "PermissionDeniedError"}:
        return answer or "does not let us in", _CREDENTIALS
    if status is not None and _DENIED.match(status[1]):
        return answer, _CREDENTIALS
    if (status is not None and status[1].startswith("404")) or kind == "FileNotFoundError":
        return answer or "is not there", "make the bucket or the folder first, or mend the name"
    if "builder error" in said:
        return (
            "is not reached over TLS, and nothing allows that",
            "write its address with https; else see docs/stores.md",
        )
    if "sending request" in said or "timed out" in said:
        return "does not answer", "look at the network and at the address, and try again"
    return f"cannot be used: {_ADDRESS.sub('…', said)}", "look at the address and at the service, and try again"
