"""Loading a prediction template: from a file to an instance with a ``predict`` method."""

from __future__ import annotations

import inspect
import traceback
from pathlib import Path
from types import ModuleType, TracebackType

from outpost_server.log_files import well_formed
from outpost_server.worker.loading.module import import_hint, import_template


class TemplateError(Exception):
    """The template cannot be served; ``detail`` is its own traceback when it raised."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def load_template(path: Path, class_name: str, root: Path | None = None) -> object:
    """Return an instance of ``class_name`` from the file at ``path``.

    ``root`` is the folder of all files of the template, that of the file when left out.

    Raises:
        TemplateError: the file cannot be imported, the class is missing, it has no method
            ``predict``, or creating it raised.
    """
    template_class = _find_class(_import(path, root or path.parent), class_name)
    try:
        template: object = template_class()
    except BaseException as error:  # also SystemExit: a template that exits must not end silently
        failed = _raised("The template class could not be created", error, path)
        raise TemplateError(f"{failed.reason}{loop_hint(error)}", failed.detail) from None
    if not callable(getattr(template, "predict", None)):
        raise TemplateError(f"The template class {class_name!r} has no method 'predict'.")
    return template


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


def _import(path: Path, root: Path) -> ModuleType:
    try:
        return import_template(path, root)
    except BaseException as error:  # also SystemExit, see above
        failed = _raised("The template file could not be imported", error, path)
        hint = import_hint(error, path, root)
        raise TemplateError(f"{failed.reason}{hint and '.'}{hint}", failed.detail) from None


def _find_class(module: ModuleType, class_name: str) -> type:
    found = getattr(module, class_name, None)
    if inspect.isclass(found):
        return found
    classes = sorted(
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__
    )
    listed = ", ".join(classes) if classes else "none"
    raise TemplateError(
        f"The template file defines no class {class_name!r}. Classes in the file: {listed}."
    )


def _raised(what: str, error: BaseException, path: Path) -> TemplateError:
    return TemplateError(f"{what}: {describe(error)}", own_traceback(error, path))


def loop_hint(error: BaseException) -> str:
    """Return the way out where an event loop was missing, or was another one; else nothing."""
    text = str(error).lower()
    if isinstance(error, RuntimeError) and ("event loop" in text or "different loop" in text):
        return (
            ". What belongs to the event loop of predict is to be made in 'async def setup(self)', "
            "which is awaited before the first request."
        )
    return ""


def describe(error: BaseException) -> str:
    """Return the type and the message of an exception in one line."""
    try:
        message = str(error)
    except Exception:  # one whose text cannot be made
        message = ""
    return well_formed(f"{type(error).__name__}: {message}".removesuffix(": "))
