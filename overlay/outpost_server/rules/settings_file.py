"""``settings.toml`` of a data folder: what the server is told at every start."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from outpost_server.keeping.data_folder import DataFolder, FolderUnusable
from outpost_server.rules.settings import ServerSettings, SettingsError

_TYPES = get_type_hints(ServerSettings)
#: Every setting that can be kept. The data folder is where they are kept.
NAMES = tuple(
    one.name for one in fields(ServerSettings) if one.name not in ("data_folder", "is_temporary")
)
_HEAD = "# Written by `outpostkit local start` and `outpostkit local config`, without comments.\n"
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def read_settings(folder: DataFolder, *, without: str | None = None) -> dict[str, Any]:
    """Return what is kept, by the names of ``ServerSettings``; ``without`` is passed over.

    Raises:
        SettingsError: the folder is not to be trusted, the file cannot be read, or it has a name or
            value that cannot be; the message has the line.
    """
    path = folder.settings
    try:
        folder.require_trusted()
    except FolderUnusable as error:
        raise SettingsError(str(error)) from None
    try:
        text = path.read_bytes().decode()
        found = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}. Mend it, or remove the file.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    found.pop(without or "", None)
    for name, value in found.items():
        try:
            require_name(name)
            _require_type(name, value)
        except SettingsError as error:
            raise SettingsError(f"{path}, line {_line(text, name)}: {error}") from None
    problem = _problem(folder, found)
    if problem is not None:
        if problem == _problem(folder, {}):
            # Of a variable of the environment: the file cannot help it.
            raise SettingsError(problem)
        mended = (name for name in found if _problem(folder, _but(found, name)) is None)
        where = next((f", line {_line(text, name)}" for name in mended), "")
        raise SettingsError(f"{path}{where}: {problem}")
    return found


def keep_settings(folder: DataFolder, values: Mapping[str, Any]) -> None:
    """Write what is kept from now on, instead of what was."""
    lines = (f"{name} = {_toml(values[name])}\n" for name in NAMES if name in values)
    folder.write_settings(_HEAD + "".join(lines))


def require_name(name: str) -> None:
    """Raises:
    SettingsError: there is no setting of this name.
    """
    if name not in NAMES:
        raise SettingsError(f"there is no setting {name!r}: choose one of {', '.join(NAMES)}.")


def setting_of_words(name: str, words: tuple[str, ...]) -> Any:
    """Return the value that words of a command line are for a setting.

    Raises:
        SettingsError: they are too many, or not of its type.
    """
    kind = _kind(name)
    if kind is tuple:
        return list(words)
    if len(words) != 1:
        raise SettingsError(f"{name} has one value, not {len(words)}.")
    (word,) = words
    try:
        return _WORDS[word.lower()] if kind is bool else str(word) if kind is Path else kind(word)
    except (KeyError, ValueError):
        raise SettingsError(f"{name} {word!r} is not {_SHAPES[kind]}.") from None


_SHAPES: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    Path: "a path in quotes",
    tuple: "a list of texts in quotes",
}


def _kind(name: str) -> type:
    hint = _TYPES[name]
    # Of `Path | None` the first; of `tuple[str, ...]` the tuple.
    origin = get_origin(hint)
    kind: type = origin if origin is tuple else (get_args(hint) or (hint,))[0]
    return kind


def _require_type(name: str, value: object) -> None:
    kind = _kind(name)
    if kind is tuple:
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    elif kind is float:
        fits = type(value) in (int, float)
    else:
        # bool is an int to Python, and not to who sets a limit.
        fits = type(value) is (str if kind is Path else kind)
    if not fits:
        raise SettingsError(f"{name} is not {_SHAPES[kind]}.")


def _problem(folder: DataFolder, values: Mapping[str, Any]) -> str | None:
    try:
        ServerSettings(folder.root, **values)
    except SettingsError as error:
        return str(error)
    return None


def _but(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {one: value for one, value in values.items() if one != name}


def _line(text: str, name: str) -> int:
    found = re.search(rf"^[ \t]*\[*[\"']?{re.escape(name)}\b", text, re.MULTILINE)
    return 1 if found is None else text.count("\n", 0, found.start()) + 1


def _toml(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, (str, Path)):
        # A text of JSON is one of TOML, but for one control character.
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower()
