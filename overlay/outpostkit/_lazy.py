"""Packages whose names are loaded from their homes when they are asked for."""

from importlib import import_module
from sys import modules
from types import MappingProxyType
from typing import Callable, List, Mapping, Tuple


def door(
    package: str, homes: Mapping[str, str], also: Mapping[str, str] = MappingProxyType({})
) -> Tuple[List[str], Callable[[str], object]]:
    """Return ``__all__`` and ``__getattr__`` of a package: its names, each with its module.

    What programs for earlier versions import from it ``also`` is there and not in ``__all__``;
    ``module:name`` is something that has another name there.
    """
    return sorted(homes), lambda name: load(package, homes if name in homes else also, name)


def load(package: str, homes: Mapping[str, str], name: str) -> object:
    """Return what a package has under a name, and keep it there.

    Raises:
        AttributeError: it has nothing of that name.
    """
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    module, _, attribute = homes[name].partition(":")
    value: object = getattr(import_module(module), attribute or name)
    setattr(modules[package], name, value)
    return value
