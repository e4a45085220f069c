"""Loading a prediction template: from a file to an instance with a ``predict`` method."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

from outpost_server.worker.errors import TemplateError, explain, own_traceback
from outpost_server.worker.loading.module import import_template
from outpost_server.worker.loading.parameters import complete_models


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
        raise _raised("The template class could not be created", error, path) from None
    if not callable(getattr(template, "predict", None)):
        raise TemplateError(f"The template class {class_name!r} has no method 'predict'.")
    complete_models(template)
    return template


def _import(path: Path, root: Path) -> ModuleType:
    try:
        return import_template(path, root)
    except BaseException as error:  # also SystemExit, see above
        raise _raised("The template file could not be imported", error, path) from None


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
    return TemplateError(f"{what}: {explain(error)}", own_traceback(error, path))
