# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/later.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Modules that annotations name, and that are loaded by nobody but who reads those."""

from importlib import import_module


class _Later:
    """A module that is loaded when something of it is asked for."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> object:
        value: object = getattr(import_module(self._name), name)
        return value


def later(name: str) -> object:
    """Return a module that is loaded when something of it is asked for.

    A type checker imports the module instead; ``typing.get_type_hints`` finds in this one what
    annotations name, without every program having to load it.
    """
    return _Later(name)


__all__ = ["later"]
