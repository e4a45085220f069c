"""Packages whose names are loaded from their homes when they are asked for."""

from importlib import import_module
from sys import modules
from typing import Callable, List, Mapping, Tuple


def door(package: str, homes: Mapping[str, str]) -> Tuple[List[str], Callable[[str], object]]:
    """Return ``__all__`` and ``__getattr__`` of a package: its names, each with its module."""
    return sorted(homes), lambda name: load(package, homes, name)


def load(package: str, homes: Mapping[str, str], name: str) -> object:
    """Return what a package has under a name, and keep it there.

    Raises:
        AttributeError: it has nothing of that name.
    """
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    value: object = getattr(import_module(homes[name]), name)
    setattr(modules[package], name, value)
    return value
