"""The commands; only what lies here prints, exits, reads the clock or the working directory."""

from __future__ import annotations

import contextlib
import os
import sys

_INTERRUPTED = 130
_DEFECT = 70


def main() -> None:
    """Run the command line and exit with the code that the contract gives for what happened."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        with contextlib.suppress(AttributeError):
            getattr(sys, name).reconfigure(errors="backslashreplace")
    code = _run()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # Python would try again at its end, and make an exit code of its own of it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def _run() -> int:
    from phasemetrics.errors import PhasemetricsError

    try:
        from phasemetrics.cli.app import application

        code = application()(standalone_mode=False)
        sys.stdout.flush()
        # typer makes this exit code of a KeyboardInterrupt.
        return _interrupted() if code == _INTERRUPTED else code if isinstance(code, int) else 0
    except PhasemetricsError as error:
        return _refused(error)
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:
        return _other(error)


def _refused(error: object) -> int:
    from phasemetrics.errors import PhasemetricsError

    with contextlib.suppress(OSError):
        print(error, *getattr(error, "__notes__", ()), sep="; ", file=sys.stderr)
    return error.exit_code if isinstance(error, PhasemetricsError) else _DEFECT


def _interrupted() -> int:
    with contextlib.suppress(OSError):
        print("interrupted; nothing is left half done", file=sys.stderr)
    return _INTERRUPTED


def _other(error: Exception) -> int:
    """Tell apart what typer raises, and a defect of ours, which is one line too."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):
        show()
        return code
    if type(error).__name__ == "Abort":
        return _interrupted()
    from phasemetrics import __version__
    from phasemetrics.escaping import visible

    what = visible(f"{type(error).__name__}: {error}", 300)
    place = _where(error)
    print(f"error[defect]: {what} (phasemetrics {__version__}{place}); please report this line", file=sys.stderr)
    return _DEFECT


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    return f", {os.path.basename(code.co_filename)}:{trace.tb_lineno} in {code.co_name}"  # noqa: PTH119


__all__ = ["main"]
