"""What users predict with, as a request carries it: arrays, images, files and paths included.

In ``json``, at any depth:

* arrays (numpy, and whatever else has ``tolist()``, such as tensors) become nested lists, their
  scalars numbers;
* ``bytes``, ``pathlib.Path`` (what the file holds), open files (from where they stand) and images
  (as PNG) become base64 text, with ``+`` and ``/`` and without line breaks; files that are open in
  text mode become their text;
* datetimes, UUIDs, enums, sets, dataclasses and attrs classes become what msgspec makes of them.

In ``files``, a path is sent under its name, an image as PNG and an array as a ``.npy`` file.
Neither numpy nor PIL is imported here: an object that comes from them has brought them.
"""

import contextlib
import io
import math
import mimetypes
import os
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Tuple

from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    from typing import IO


def json_bytes(value: object) -> bytes:
    """Return a value as JSON.

    Raises:
        ConfigurationError: something in it has no form in JSON, such as NaN or an object of an
            unknown class.
    """
    import msgspec

    from outpost_api.codec import NO_UTF8, unwritable

    try:
        encoded = msgspec.json.encode(value, enc_hook=plain)
    except UnicodeEncodeError:
        raise ConfigurationError(f"json: {unwritable(value)} {NO_UTF8}") from None
    except (TypeError, ValueError, RecursionError, OverflowError) as problem:
        raise ConfigurationError(f"json: {problem}") from None
    # msgspec writes NaN and infinity as null, which a model would take for something else.
    if b"null" in encoded and _has_nan(value):
        raise ConfigurationError(
            "json: NaN and infinity have no form in JSON; send None, or text, instead"
        )
    return encoded


@contextlib.contextmanager
def prepared_options(**options: Any) -> "Iterator[Dict[str, Any]]":
    """Give the arguments of a request as httpx takes them; close what was opened for it after.

    A body that is a file is under the name ``file``, which httpx does not know.

    Raises:
        ConfigurationError: two bodies are given, or a value cannot be sent.
    """
    given = {name: value for name, value in options.items() if value is not None}
    if isinstance(given.get("data"), (str, bytes)):
        _only_one_of(given, "content", "data")
        given["content"] = given.pop("data")
    _only_one_of(given, "json", "content", "data")
    _only_one_of(given, "json", "content", "files")
    with contextlib.ExitStack() as opened:
        if "json" in given:
            given["content"] = json_bytes(given.pop("json"))
            given["headers"] = _with_content_type(given.get("headers"), "application/json")
        if "files" in given:
            given["files"] = [
                (field, _file_part(field, value, opened)) for field, value in _pairs(given["files"])
            ]
        content = given.get("content")
        if isinstance(content, PurePath):
            given["file"] = opened.enter_context(_open(content, "content"))
            given["headers"] = _with_content_type(given.get("headers"), _media_type(content.name))
        elif callable(getattr(content, "read", None)):
            given["file"] = content
        if "file" in given:
            del given["content"]
            if isinstance(given["file"], io.TextIOBase):
                raise ConfigurationError("content: open the file in binary mode, 'rb'")
        yield given


def plain(value: Any) -> Any:
    """Return what an object is in JSON; msgspec asks for what it does not know itself."""
    if callable(getattr(value, "tolist", None)):
        return value.tolist()
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, (str, int, float)):  # subclasses, which msgspec does not take
        return next(kind(value) for kind in (str, int, float) if isinstance(value, kind))
    if isinstance(value, PurePath):
        with _open(value, "json") as file:
            return file.read()
    if _is_image(value):
        return _png(value)
    if callable(getattr(value, "read", None)):
        return value.read()
    raise TypeError(
        f"a value of class {type(value).__name__} has no form in JSON; pass what it holds as "
        "text, numbers, lists and dictionaries"
    )


def _has_nan(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, Mapping):
        return any(_has_nan(each) for each in value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(_has_nan(each) for each in value)
    to_list: Callable[[], Any] = getattr(value, "tolist", None) or list
    return callable(getattr(value, "tolist", None)) and _has_nan(to_list())


def _file_part(field: str, value: Any, opened: contextlib.ExitStack) -> Any:
    """Return one part of ``files`` as httpx takes it: (filename, content, media type, headers)."""
    if isinstance(value, tuple):
        filename, content, *rest = value
        return (filename, _file_content(field, content, opened)[1], *rest)
    if _is_own(value):
        return _file_content(field, value, opened)
    return value  # bytes, text and open files, which httpx knows


def _file_content(field: str, value: Any, opened: contextlib.ExitStack) -> Tuple[str, Any, str]:
    if isinstance(value, PurePath):
        file = opened.enter_context(_open(value, f"files[{field!r}]"))
        return value.name, file, _media_type(value.name)
    if _is_image(value):
        return f"{field}.png", _png(value), "image/png"
    if _is_array(value):
        return f"{field}.npy", _npy(value), "application/octet-stream"
    return field, value, "application/octet-stream"


def _is_own(value: object) -> bool:
    return isinstance(value, PurePath) or _is_image(value) or _is_array(value)


def _is_image(value: object) -> bool:
    return _comes_from(value, "PIL") and callable(getattr(value, "save", None))


def _is_array(value: object) -> bool:
    return _comes_from(value, "numpy") and hasattr(value, "dtype")


def _comes_from(value: object, package: str) -> bool:
    """Tell whether an object is of a class of this package, or of a subclass of one."""
    return any(each.__module__.partition(".")[0] == package for each in type(value).__mro__)


def _png(image: Any) -> bytes:
    target = io.BytesIO()
    try:
        image.save(target, format="PNG")
    except OSError as problem:
        raise ConfigurationError(
            f"an image of mode {getattr(image, 'mode', '?')!r} cannot be sent as PNG: {problem}; "
            "convert it, such as with image.convert('RGB')"
        ) from None
    return target.getvalue()


def _npy(array: Any) -> bytes:
    target = io.BytesIO()
    try:
        import_module("numpy").save(target, array, allow_pickle=False)
    except ValueError as problem:
        raise ConfigurationError(f"an array cannot be sent as a file: {problem}") from None
    return target.getvalue()


def _open(path: PurePath, where: str) -> "IO[bytes]":
    try:
        return open(path, "rb")
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise ConfigurationError(f"{where}: {os.fspath(path)} cannot be read: {reason}") from None


def _pairs(files: Any) -> "List[Tuple[str, Any]]":
    """Return name and value of every part; a list of a mapping is several parts of one name."""
    pairs = list(files.items()) if isinstance(files, Mapping) else list(files)
    return [
        (name, part)
        for name, value in pairs
        for part in (value if isinstance(value, list) else [value])
    ]


def _with_content_type(headers: Any, media_type: str) -> "List[Tuple[str, str]]":
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers or [])
    if any(name.lower() == "content-type" for name, _ in pairs):
        return pairs
    return [*pairs, ("Content-Type", media_type)]


def _media_type(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def _only_one_of(given: Mapping[str, Any], *names: str) -> None:
    found = [name for name in names if name in given]
    if len(found) > 1:
        raise ConfigurationError(
            f"{' and '.join(found)}: each would be the whole body; give one of them"
        )
