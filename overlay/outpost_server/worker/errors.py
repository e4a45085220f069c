"""What a template raised, in words: where in its own code, and the way out where there is one."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType, TracebackType

from outpost_server.log_files import well_formed
from outpost_server.worker.confinement.confinement import Confinement
from outpost_server.worker.resources.limits import LARGER, MIB, Limits

OF_THE_LOOP = (
    "What belongs to the event loop of predict is to be made in 'async def setup(self)', which is "
    "awaited before the first request."
)
HIDDEN = (
    "Replicas see only what is theirs: send the file beside the template, or have the operator "
    "share its folder, with --readable-folder or --writable-folder."
)
NOT_WRITTEN = (
    "Replicas write into their working directory, HOME and TMPDIR, and into what the operator "
    "shares with --writable-folder."
)

NOT_A_PACKAGE = (
    "The template is a module and not part of a package: write 'import helper' for what lies "
    "beside it, not 'from . import helper'."
)


class TemplateError(Exception):
    """The template cannot be served; ``detail`` is its own traceback when it raised."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def explain(error: BaseException, where: str = "") -> str:
    """Return what :func:`describe` does, with ``where``, and the way out where there is one."""
    hint = HINTS.of(error)
    return f"{describe(error)}{where}{hint and '. '}{hint}"


def describe(error: BaseException) -> str:
    """Return the type and the message of an exception in one line."""
    try:
        message = str(error)
    except BaseException:  # one whose text cannot be made
        message = ""
    return well_formed(f"{type(error).__name__}: {message}".removesuffix(": "))


def own_traceback(error: BaseException, path: Path) -> str:
    """Return the traceback from the template's first frame on: those before are the server's."""
    own = error.__traceback__
    folder = f"{path.parent}/"
    while own is not None and not own.tb_frame.f_code.co_filename.startswith(folder):
        own = own.tb_next
    return _format(error, own or error.__traceback__)


def _format(error: BaseException, start: TracebackType | None) -> str:
    if isinstance(error, SyntaxError):
        start = None  # the message itself holds the file, the line and the text
    return well_formed("".join(traceback.format_exception(type(error), error, start)).rstrip("\n"))


class Hints:
    """``confinement`` is what this process was shut in to, nothing before it was.

    ``limits`` are its own. ``template`` is the file of the template and ``root`` the folder of
    all its files, None before it is known.
    """

    def __init__(self) -> None:
        self.confinement = Confinement()
        self.limits = Limits()
        self.template = Path()
        self.root: Path | None = None

    def of(self, error: BaseException) -> str:
        """Return a sentence with the way out, nothing where there is none to tell."""
        text = describe(error).lower()
        if isinstance(error, RuntimeError) and ("event loop" in text or "different loop" in text):
            return OF_THE_LOOP
        if isinstance(error, (FileNotFoundError, PermissionError)):
            return self._of_file(error)
        if isinstance(error, (ImportError, AttributeError)) and (taken := self._taken_by(error)):
            return taken
        if isinstance(error, UnicodeEncodeError) and _is_raised_by_starlette(error):
            return f"A header holds characters of Latin-1 only, and not {error.object!a}."
        if isinstance(error, ImportError):
            return self._of_import(error)
        if isinstance(error, MemoryError) or "allocate memory" in text:
            return self._of_memory()
        return ""

    def _taken_by(self, error: ImportError | AttributeError) -> str:
        """Return the way out where a module was meant that another one of its name stands before.

        Python's own and the worker's are imported before the template is.
        """
        if isinstance(error, ImportError):
            name = error.name or ""
        else:
            name = error.obj.__name__ if isinstance(error.obj, ModuleType) else ""
        name = name.partition(".")[0]
        found = getattr(sys.modules.get(name), "__file__", None) or ""
        if not name or self.root is None or _is_below(found, (str(self.root),)):
            return ""
        for folder in (self.template.parent, self.root):
            for own in (folder / f"{name}.py", folder / name):
                if own.exists():
                    return (
                        f"{own.name!r} among the files that were sent is not what was imported: "
                        f"{name!r} is another module, imported before it. Rename yours."
                    )
        return ""

    def _of_import(self, error: ImportError) -> str:
        """Return the way out of an import that failed because of what was not sent."""
        if "relative import" in describe(error):
            return NOT_A_PACKAGE
        if not isinstance(error, ModuleNotFoundError) or not error.name:
            return ""
        module = error.name.partition(".")[0]
        if self.root is None or PathFinder.find_spec(module) is not None:
            return ""
        beside = {one.name for one in self.root.iterdir()} - {self.template.name, "__pycache__"}
        sent = (
            "is not among the files that were sent" if beside else "was not sent: only the file was"
        )
        return (
            f"{module!r} is not installed and {sent}. Where it is a package, name it in "
            "python_requirements; where it is a file of yours, send the folder that holds both, "
            'with type="folder".'
        )

    def _of_memory(self) -> str:
        limit = self.limits.memory_bytes
        return "" if limit is None else f"The replica may use {limit // MIB} MiB; {LARGER}."

    def _of_file(self, error: OSError) -> str:
        path = error.filename
        if not self.confinement.is_enforced or not isinstance(path, str) or not os.path.isabs(path):
            return ""
        if self.confinement.uid is not None and (closed := self._closed_by_mode(path)):
            return closed
        if _is_below(path, (*self.confinement.writes, "/dev")):
            return ""
        if not _is_below(path, self.confinement.reads):
            return HIDDEN
        return NOT_WRITTEN if isinstance(error, PermissionError) else ""

    def _closed_by_mode(self, path: str) -> str:
        """Return the way out where a path is shared, and the mode of a file keeps us out."""
        is_written = _is_below(path, self.confinement.writes)
        if not is_written and not _is_below(path, self.confinement.reads):
            return ""
        real = os.path.realpath(path)
        for place in (*map(str, reversed(Path(real).parents)), real):
            wanted = os.X_OK if place != real else os.R_OK | (os.W_OK if is_written else 0)
            if is_written and place == os.path.dirname(real) and not os.path.exists(real):
                wanted |= os.W_OK
            try:
                mode = os.stat(place).st_mode & 0o7777
            except OSError:
                return ""
            if not os.access(place, wanted):
                letters = "rwX" if is_written else "rX"
                return (
                    f"{place} has mode {mode:04o}, which keeps out the user that replicas are "
                    f"here: open it to others, such as with 'chmod -R o+{letters} {place}'."
                )
        return ""


#: Those of this process.
HINTS = Hints()


def _is_raised_by_starlette(error: UnicodeEncodeError) -> bool:
    """Tell whether a header was being encoded: starlette does that as Latin-1."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__"))
    return error.encoding == "latin-1" and module.startswith("starlette.")


def _is_below(path: str, folders: Iterable[str]) -> bool:
    real = os.path.realpath(path)
    return any(real == one or real.startswith(f"{one}/") for one in map(os.path.realpath, folders))
