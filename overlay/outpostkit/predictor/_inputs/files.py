"""Parts of ``files=``: a path is sent under its name, an image as PNG, an array as ``.npy``."""

from __future__ import annotations

import io
import mimetypes
import os
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, List, Mapping, Tuple

from outpostkit.exceptions import ConfigurationError
from outpostkit.predictor._inputs.no_form import NoForm

if TYPE_CHECKING:
    import contextlib
    from typing import IO


def file_parts(files: Any, opened: contextlib.ExitStack) -> List[Tuple[str, Any]]:
    """Return the parts of ``files`` as httpx takes them; ``opened`` closes what is opened for them.

    Raises:
        ConfigurationError: a path cannot be read, or an image or an array be written.
    """
    return [(field, _part(field, value, opened)) for field, value in _pairs(files)]


def open_file(path: PurePath, where: str) -> IO[bytes]:
    """Open a file to send it.

    Raises:
        ConfigurationError: it cannot be read; ``where`` is the argument that names it.
    """
    try:
        return open(path, "rb")
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise ConfigurationError(f"{where}: {os.fspath(path)} cannot be read: {reason}") from None


def media_type(filename: str) -> str:
    """Return what a file of this name most likely holds."""
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def is_image(value: object) -> bool:
    """Tell whether a value is an image of PIL."""
    return _comes_from(value, "PIL") and callable(getattr(value, "save", None))


def png(image: Any) -> bytes:
    """Return an image as PNG.

    Raises:
        NoForm: PNG has no such images.
    """
    target = io.BytesIO()
    try:
        image.save(target, format="PNG")
    except OSError as problem:
        raise NoForm(
            f"is an image of mode {getattr(image, 'mode', '?')!r}, which cannot be sent as PNG: "
            f"{problem}",
            "convert it, such as with image.convert('RGB')",
        ) from None
    return target.getvalue()


def _part(field: str, value: Any, opened: contextlib.ExitStack) -> Any:
    """Return one part of ``files`` as httpx takes it: (filename, content, media type, headers)."""
    if isinstance(value, tuple):
        filename, content, *rest = value
        return (filename, _content(field, content, opened)[1], *rest)
    if isinstance(value, PurePath) or is_image(value) or _is_array(value):
        return _content(field, value, opened)
    return value  # bytes, text and open files, which httpx knows


def _content(field: str, value: Any, opened: contextlib.ExitStack) -> Tuple[str, Any, str]:
    where = f"files[{field!r}]"
    if isinstance(value, PurePath):
        return value.name, opened.enter_context(open_file(value, where)), media_type(value.name)
    if is_image(value):
        try:
            return f"{field}.png", png(value), "image/png"
        except NoForm as problem:
            raise ConfigurationError(f"{where}: it {problem.what}; {problem.way_out}") from None
    if _is_array(value):
        return f"{field}.npy", _npy(value, where), "application/octet-stream"
    return field, value, "application/octet-stream"


def _is_array(value: object) -> bool:
    return _comes_from(value, "numpy") and hasattr(value, "dtype")


def _comes_from(value: object, package: str) -> bool:
    """Tell whether an object is of a class of this package, or of a subclass of one."""
    return any(each.__module__.partition(".")[0] == package for each in type(value).__mro__)


def _npy(array: Any, where: str) -> bytes:
    target = io.BytesIO()
    try:
        import_module("numpy").save(target, array, allow_pickle=False)
    except ValueError as problem:
        raise ConfigurationError(f"{where}: an array cannot be sent as a file: {problem}") from None
    return target.getvalue()


def _pairs(files: Any) -> List[Tuple[str, Any]]:
    """Return name and value of every part; a list of a mapping is several parts of one name."""
    pairs = list(files.items()) if isinstance(files, Mapping) else list(files)
    return [
        (name, part)
        for name, value in pairs
        for part in (value if isinstance(value, list) else [value])
    ]
