"""Annotations that programs read: everything public is found by ``typing.get_type_hints``."""

import functools
import importlib
import inspect
import pkgutil
import typing
from typing import Any, Dict, Iterator, List, Tuple

import httpx
import pytest

import outpost_api
import outpostkit
from outpost_api import models
from outpostkit import AsyncEndpoints, Client, Endpoint, Endpoints, EndpointSecret, Predictor
from tests.overlay.surface.test_imports import loaded_by

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

#: Packages of the extras, which have annotations of their own frameworks.
OF_EXTRAS = {"cli", "demo", "local"}


def public_modules() -> List[str]:
    """The modules of both packages that have no underscore before their name."""
    found = []
    for package in (outpostkit, outpost_api):
        found.append(package.__name__)
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            parts = each.name.split(".")[1:]
            if parts[0] not in OF_EXTRAS and not any(part.startswith("_") for part in parts):
                found.append(each.name)
    return found


def annotated(module: str) -> Iterator[Tuple[str, Any]]:
    """Yield the public functions and classes of a module, and the public members of those."""
    found = importlib.import_module(module)
    for name in getattr(found, "__all__", None) or dir(found):
        thing = getattr(found, name, None)
        home = str(getattr(thing, "__module__", ""))
        if name.startswith("_") or home.partition(".")[0] not in ("outpostkit", "outpost_api"):
            continue
        if inspect.isfunction(thing):
            yield name, thing
        elif inspect.isclass(thing):
            yield name, thing
            yield from ((f"{name}.{each}", member) for each, member in members(thing).items())


def members(cls: type) -> Dict[str, Any]:
    """The public functions of a class, those behind properties, and its constructor."""
    functions: Dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        for name, member in vars(base).items():
            function = getattr(member, "__func__", member)
            function = getattr(function, "fget", None) or function
            if isinstance(function, functools.cached_property):
                function = function.func
            is_public = not name.startswith("_") or name in ("__init__", "__call__")
            ours = str(getattr(function, "__module__", "")).startswith("outpost")
            if is_public and ours and inspect.isfunction(function):
                functions[name] = function
    return functions


@pytest.mark.parametrize("module", public_modules())
def test_annotations_of_everything_public_can_be_read(module: str) -> None:
    """By whoever builds commands, tools, checks or pages from them."""
    unread = {}
    for name, thing in annotated(module):
        try:
            typing.get_type_hints(thing)
        except Exception as problem:  # whatever is wrong with it
            unread[name] = f"{type(problem).__name__}: {problem}"

    assert unread == {}


def test_annotations_are_the_classes_themselves() -> None:
    """Not what stands for them until they are loaded."""
    assert typing.get_type_hints(Client.user.fget)["return"] is models.UserDetails  # type: ignore[attr-defined]  # of a property
    assert typing.get_type_hints(Client.endpoints)["return"] is Endpoints
    assert typing.get_type_hints(Predictor.infer)["return"] is httpx.Response
    assert typing.get_type_hints(Endpoint.get)["return"] is models.EndpointResource


@pytest.mark.parametrize("cls", [Endpoints, AsyncEndpoints])
def test_parameters_that_are_declared_elsewhere_are_read_too(cls: Any) -> None:
    """Those that ``help`` shows, and no others."""
    hints = typing.get_type_hints(cls.create)

    assert hints.keys() - {"return"} == inspect.signature(cls.create).parameters.keys() - {"self"}
    assert (
        hints["secrets"]
        == typing.Optional[typing.Union[typing.Mapping[str, str], typing.Sequence[EndpointSecret]]]
    )


def test_annotations_load_nothing_before_they_are_read() -> None:
    """The modules that they name are not those that a program needs."""
    loaded = loaded_by(
        "from outpostkit import Client, Endpoints, Endpoint, Predictor, Finetunings, User"
    )

    assert "outpost_api.models.user_details" not in loaded
    assert "outpostkit._calls.settings.options" not in loaded
