"""Blocking and async code is written the same way: every class has a twin with the same methods."""

import inspect
from typing import Any, Dict, List, Tuple

import pytest

import outpostkit

#: Every public class that has a twin, by its name.
PAIRS = sorted(name for name in outpostkit.__all__ if f"Async{name}" in outpostkit.__all__)
#: What cannot have one name in both colours, because Python itself has two.
TWO_NAMES = {
    "close": "aclose",
    "__enter__": "__aenter__",
    "__exit__": "__aexit__",
}


def members(cls: type) -> Dict[str, Any]:
    """Return the public members of a class, and those that ``with`` uses."""
    return {
        name: getattr(cls, name)
        for name in dir(cls)
        if not name.startswith("_") or name in TWO_NAMES or name in TWO_NAMES.values()
    }


def parameters(function: Any) -> List[Tuple[str, Any, Any]]:
    """Return names, kinds and defaults of parameters."""
    return [
        (each.name, each.kind, each.default)
        for each in inspect.signature(function).parameters.values()
    ]


def test_every_public_class_that_asks_a_server_has_a_twin() -> None:
    """None is forgotten."""
    asking = {
        name
        for name in outpostkit.__all__
        if inspect.isclass(getattr(outpostkit, name))
        and not name.startswith("Async")
        and "client" in inspect.signature(getattr(outpostkit, name).__init__).parameters
    }

    assert asking | {"Client"} == set(PAIRS)


@pytest.mark.parametrize("name", PAIRS)
def test_a_class_and_its_twin_have_the_same_methods(name: str) -> None:
    """And the same constructor."""
    blocking = getattr(outpostkit, name)
    twin = getattr(outpostkit, f"Async{name}")

    assert {TWO_NAMES.get(each, each) for each in members(blocking)} == set(members(twin))
    assert parameters(blocking) == parameters(twin)


@pytest.mark.parametrize("name", PAIRS)
def test_a_method_and_its_twin_have_the_same_parameters(name: str) -> None:
    """With the same names, kinds and defaults; what sends a request is awaited."""
    blocking = members(getattr(outpostkit, name))
    twin = members(getattr(outpostkit, f"Async{name}"))

    for method, function in blocking.items():
        other = twin[TWO_NAMES.get(method, method)]
        # A property that sends a request is a method there, as a property cannot be awaited.
        if isinstance(function, property):
            assert isinstance(other, property) or parameters(other) == [
                ("self", inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty)
            ]
        elif callable(function):
            assert parameters(function) == parameters(other), method
            if inspect.iscoroutinefunction(function):
                assert inspect.iscoroutinefunction(other), method
