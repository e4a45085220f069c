"""Parts of ``files=``: a path is sent under its name, an image as PNG, an array as ``.npy``."""

from __future__ import annotations

import io
import mimetypes
import os
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Iterator, List, Mapping, Set, Tuple

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
        # Without a buffer, it can be closed while a thread still waits to read from it.
        return open(path, "rb", buffering=0)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise ConfigurationError(f"{where}: {os.fspath(path)} cannot be read: {reason}") from None


def holds_files(value: object) -> bool:
    """Tell whether a value for ``json`` holds files, and nothing that only its own thread may use.

    Files are paths, open files and images, in lists and mappings at any depth. An iterator, such as
    the cursor of a database, may belong to the thread that has made it.
    """
    waiting: List[object] = [value]
    seen: Set[int] = set()
    found = False
    while waiting:
        each = waiting.pop()
        if isinstance(each, (str, bytes, int, float, io.BytesIO)) or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, os.PathLike) or callable(getattr(each, "read", None)) or is_image(each):
            found = True
        elif isinstance(each, Mapping):
            waiting.extend(each.values())
        elif isinstance(each, (list, tuple, set, frozenset)):
            waiting.extend(each)
        elif isinstance(each, Iterator):
            return False
    return found


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
    except Exception as problem:  # of PIL's plugins: OSError, SystemError, ValueError
        raise NoForm(
            f"is an image of mode {getattr(image, 'mode', '?')!r}, which cannot be sent as PNG: "
            f"{problem}",
            "convert it, such as with image.convert('RGB')",
        ) from None
    return target.getvalue()


def _part(field: str, value: Any, opened: contextlib.ExitStack) -> Any:
    """Return one part of ``files`` as httpx takes it: (filename, content, media type, headers)."""
    if not isinstance(value, tuple):
        return _content(field, value, opened)
    if not 2 <= len(value) <= 4:
        raise ConfigurationError(
            f"files[{field!r}]: a tuple is (filename, content, media type, headers); two will do"
        )
    filename, content, *rest = value
    found = _content(field, content, opened)
    return (filename, found[1] if isinstance(found, tuple) else found, *rest)


def _content(field: str, value: Any, opened: contextlib.ExitStack) -> Any:
    """Return what is sent of a value: bytes, text or a file as they are, all else with a name."""
    where = f"files[{field!r}]"
    if isinstance(value, (bytes, str)):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, PurePath):
        return value.name, opened.enter_context(open_file(value, where)), media_type(value.name)
    if is_image(value):
        try:
            return f"{field}.png", png(value), "image/png"
        except NoForm as problem:
            raise ConfigurationError(f"{where}: it {problem.what}; {problem.way_out}") from None
    if _is_array(value):
        return f"{field}.npy", _npy(value, where), "application/octet-stream"
    if isinstance(value, io.TextIOBase):
        raise ConfigurationError(f"{where}: open the file in binary mode, 'rb'")
    if not callable(getattr(value, "read", None)):
        raise ConfigurationError(
            f"{where}: a {type(value).__name__} is no file; give a path, bytes, an open file, "
            "an image or an array"
        )
    return value


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
    pairs = files.items() if isinstance(files, Mapping) else files
    if not isinstance(files, (Mapping, list, tuple)) or not all(
        isinstance(each, (list, tuple)) and len(each) == 2 for each in pairs
    ):
        raise ConfigurationError(
            f"files: give a dictionary, or pairs of a name and a file, not {type(files).__name__}"
        )
    return [
        (str(name), part)
        for name, value in pairs
        for part in (value if isinstance(value, list) else [value])
    ]
