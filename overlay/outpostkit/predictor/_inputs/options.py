"""The arguments of one request, as httpx takes them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterable, Iterable, Mapping
from pathlib import PurePath
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from outpostkit.exceptions import ConfigurationError
from outpostkit.predictor._inputs.encoding import HoldsFiles, json_at_once, json_bytes


@contextlib.contextmanager
def prepared_options(**options: Any) -> Iterator[Dict[str, Any]]:
    """Give the arguments of a request as httpx takes them; close what was opened for it after.

    A body that is a file is under the name ``file``, which httpx does not know.

    Raises:
        ConfigurationError: two bodies are given, or a value cannot be sent.
    """
    with contextlib.ExitStack() as opened:
        yield _prepared(options, opened, json_bytes)


def prepared_at_once(
    options: Mapping[str, Any], opened: contextlib.ExitStack
) -> Optional[Dict[str, Any]]:
    """Give what :func:`prepared_options` gives, or None when files would have to be read for it.

    Nothing has been taken from what is given then; :func:`prepared_beside_the_loop` does it.
    """
    if isinstance(options.get("content"), PurePath):
        return None
    files, json = options.get("files"), options.get("json")
    if files is not None:
        from outpostkit.predictor._inputs.files import holds_files

        if holds_files(files):
            return None
    try:
        encoded = b"" if json is None else json_at_once(json)
    except HoldsFiles:
        return None
    return _prepared(options, opened, lambda _: encoded)


async def prepared_beside_the_loop(
    options: Mapping[str, Any], opened: contextlib.ExitStack
) -> Dict[str, Any]:
    """Give what :func:`prepared_options` gives, while the event loop goes on."""
    from outpostkit.transport._threads import abandonable

    return await abandonable(lambda: _prepared(options, opened, json_bytes))


def _prepared(
    options: Mapping[str, Any], opened: contextlib.ExitStack, encode: Callable[[object], bytes]
) -> Dict[str, Any]:
    given = {name: value for name, value in options.items() if value is not None}
    if "headers" in given:
        from outpostkit._calls.settings.headers import checked_headers

        given["headers"] = checked_headers(given["headers"])
    if isinstance(given.get("data"), (str, bytes)):
        _only_one_of(given, "content", "data")
        given["content"] = given.pop("data")
    _only_one_of(given, "json", "content", "data")
    _only_one_of(given, "json", "content", "files")
    if "json" in given:
        given["content"] = encode(given.pop("json"))
        given["headers"] = _with_content_type(given.get("headers"), "application/json")
    elif "content" in given:
        _take_content(given, opened)
    if "files" in given:
        from outpostkit.predictor._inputs.files import file_parts

        given["files"] = file_parts(given["files"], opened)
    if "params" in given or "data" in given:
        _take_fields(given)
    return given


def _take_content(given: Dict[str, Any], opened: contextlib.ExitStack) -> None:
    """Make a body that is given as it is one that httpx, or we, can send."""
    content = given["content"]
    if isinstance(content, (str, bytes)):
        return
    if isinstance(content, PurePath):
        from outpostkit.predictor._inputs.files import media_type, open_file

        given["file"] = opened.enter_context(open_file(content, "content"))
        given["headers"] = _with_content_type(given.get("headers"), media_type(content.name))
    elif callable(getattr(content, "read", None)):
        given["file"] = content
    elif isinstance(content, (bytearray, memoryview)):
        given["content"] = bytes(content)
    elif _holds_values(content):
        raise ConfigurationError(
            f"content: a {type(content).__name__} is no body as it is; json= sends it as JSON"
        )
    elif not isinstance(content, (Iterable, AsyncIterable)):
        raise ConfigurationError(
            "content: give bytes, text, a path, an open file or an iterable of bytes, not "
            f"{type(content).__name__}; json= sends values as JSON"
        )
    if "file" in given:
        del given["content"]
        if isinstance(given["file"], io.TextIOBase):
            raise ConfigurationError("content: open the file in binary mode, 'rb'")
        if getattr(given["file"], "closed", False) is True:
            raise ConfigurationError("content: the file is closed; open it, or give its path")


def _holds_values(content: Any) -> bool:
    if isinstance(content, (list, tuple)):
        return not all(isinstance(each, bytes) for each in content)
    return isinstance(content, Mapping) or hasattr(content, "tolist")


def _take_fields(given: Dict[str, Any]) -> None:
    from outpostkit.predictor._inputs.fields import form_values, query_values

    if "params" in given:
        given["params"] = query_values(given["params"])
    if "data" in given:
        given["data"] = form_values(given["data"], is_multipart="files" in given)


def _with_content_type(headers: Any, media_type: str) -> List[Tuple[str, str]]:
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers or [])
    if any(name.lower() == "content-type" for name, _ in pairs):
        return pairs
    return [*pairs, ("Content-Type", media_type)]


def _only_one_of(given: Mapping[str, Any], *names: str) -> None:
    found = [name for name in names if name in given]
    if len(found) > 1:
        raise ConfigurationError(
            f"{' and '.join(found)}: each would be the whole body; give one of them"
        )
