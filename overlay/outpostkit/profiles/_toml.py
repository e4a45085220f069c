"""The configuration file's syntax: read by the standard library or tomli, written here."""

import json
from importlib import import_module
from types import ModuleType
from typing import Any, Dict, List, Mapping

from outpostkit.exceptions import ConfigurationError


def loads(text: str, path: str) -> Dict[str, Any]:
    """Return what a TOML text holds.

    Raises:
        ConfigurationError: it is not TOML, or nothing here can read TOML.
    """
    toml: Any = _reader(path)
    try:
        found: Dict[str, Any] = toml.loads(text)
    except toml.TOMLDecodeError as problem:
        # Only the place: a message could quote a token.
        _, _, place = str(problem).rpartition("(")
        raise ConfigurationError(f"{path} is not TOML ({place.rstrip(')')})") from None
    return found


def _reader(path: str) -> ModuleType:
    for name in ("tomllib", "tomli"):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise ConfigurationError(
        f"{path} cannot be read by this Python; install the package tomli, use Python 3.11 or "
        "newer, or set OUTPOST_API_TOKEN instead"
    )


def dumps(config: Mapping[str, Any], path: str) -> str:
    """Return the TOML text of tables, texts, numbers, booleans and lists of them.

    Raises:
        ConfigurationError: it holds something else, such as a date.
    """
    lines: List[str] = []
    _table((), config, lines, path)
    return "\n".join(lines).lstrip("\n") + "\n"


def _table(names: "tuple[str, ...]", table: Mapping[str, Any], lines: List[str], path: str) -> None:
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    if names and (plain or not table):
        lines.extend(("", f"[{'.'.join(_key(name) for name in names)}]"))
    lines.extend(f"{_key(key)} = {_value(value, path)}" for key, value in plain.items())
    for key, value in table.items():
        if isinstance(value, dict):
            _table((*names, key), value, lines, path)


def _key(key: str) -> str:
    is_bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if is_bare else _text(key)


def _value(value: object, path: str) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, list) and not any(isinstance(each, dict) for each in value):
        return f"[{', '.join(_value(each, path) for each in value)}]"
    raise ConfigurationError(
        f"{path} holds something that cannot be kept when it is written; edit it by hand"
    )


def _text(text: str) -> str:
    # A JSON string is a TOML string, except that DEL must be escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
