# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/__init__.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Outpost API: typed functions for every operation.

Nothing is loaded before it is used: neither httpx, nor the models, nor the operations.
"""

from typing import TYPE_CHECKING, List

if TYPE_CHECKING:
    from outpost_api.client import AsyncClient, Client
    from outpost_api.errors import ApiError, DecodeError, InvalidArgument, ResponseError
    from outpost_api.types import UNSET, File, JsonValue, Unset

_HOMES = {
    "AsyncClient": "client",
    "Client": "client",
    "ApiError": "errors",
    "DecodeError": "errors",
    "InvalidArgument": "errors",
    "ResponseError": "errors",
    "UNSET": "types",
    "File": "types",
    "JsonValue": "types",
    "Unset": "types",
}

__all__ = [
    "UNSET",
    "ApiError",
    "AsyncClient",
    "Client",
    "DecodeError",
    "File",
    "InvalidArgument",
    "JsonValue",
    "ResponseError",
    "Unset",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> List[str]:
    return sorted([*globals(), *_HOMES])
