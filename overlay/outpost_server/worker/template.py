"""Loading a prediction template: from a file to an instance with a ``predict`` method."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from pathlib import Path
from types import TracebackType

MODULE_NAME = "outpost_template"


class TemplateError(Exception):
    """The template cannot be served; ``detail`` is its own traceback when it raised."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def load_template(path: Path, class_name: str) -> object:
    """Return an instance of ``class_name`` from the file at ``path``.

    Raises:
        TemplateError: the file cannot be imported, the class is missing, it has no method
            ``predict``, or creating it raised.
    """
    template_class = _find_class(_import(path), class_name)
    try:
        template: object = template_class()
    except BaseException as error:  # also SystemExit: a template that exits must not end silently
        raise _raised("The template class could not be created", error, path) from None
    if not callable(getattr(template, "predict", None)):
        raise TemplateError(f"The template class {class_name!r} has no method 'predict'.")
    return template


def own_traceback(error: BaseException, path: Path) -> str:
    """Return the traceback from the template's first frame on: those before are the server's."""
    own = error.__traceback__
    while own is not None and own.tb_frame.f_code.co_filename != str(path):
        own = own.tb_next
    return _format(error, own or error.__traceback__)


def _format(error: BaseException, start: TracebackType | None) -> str:
    if isinstance(error, SyntaxError):
        start = None  # the message itself holds the file, the line and the text
    return "".join(traceback.format_exception(type(error), error, start)).rstrip("\n")


def _import(path: Path) -> object:
    spec = importlib.util.spec_from_file_location(MODULE_NAME, path)
    assert spec is not None  # because the name ends in .py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Present under its name, as pydantic and pickle look it up there.
    sys.modules[MODULE_NAME] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:  # also SystemExit, see above
        raise _raised("The template file could not be imported", error, path) from None
    return module


def _find_class(module: object, class_name: str) -> type:
    found = getattr(module, class_name, None)
    if inspect.isclass(found):
        return found
    classes = sorted(
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == MODULE_NAME
    )
    listed = ", ".join(classes) if classes else "none"
    raise TemplateError(
        f"The template file defines no class {class_name!r}. Classes in the file: {listed}."
    )


def _raised(what: str, error: BaseException, path: Path) -> TemplateError:
    return TemplateError(f"{what}: {describe(error)}", own_traceback(error, path))


def describe(error: BaseException) -> str:
    """Return the type and the message of an exception in one line."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")
