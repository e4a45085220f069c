"""What an Outpost offers to choose from: the names are in annotations, where editors find them."""

import inspect
import typing
from typing import Any, Set

import pytest

import outpostkit
from outpost_api.models import FinetuningTask
from outpostkit import (
    AsyncEndpoint,
    AsyncEndpoints,
    AsyncFinetunings,
    AsyncFinetuningService,
    Endpoint,
    EndpointPrebuiltContainerDetails,
    Endpoints,
    Finetunings,
    FinetuningService,
)
from tests.overlay.surface.test_imports import loaded_by

#: Every public argument that takes one of the names, with one that it has to know.
TAKE_NAMES = [
    (Endpoints.create, "task_type", "summarization"),
    (AsyncEndpoints.create, "task_type", "summarization"),
    (Endpoints.create, "hardware_instance", "cpu-md"),
    (AsyncEndpoints.create, "hardware_instance", "cpu-md"),
    (Endpoint.update, "task_type", "text-generation"),
    (AsyncEndpoint.update, "task_type", "text-generation"),
    (Endpoint.update, "hardware_instance", "gpu-1"),
    (AsyncEndpoint.update, "hardware_instance", "gpu-1"),
    (Finetunings.create, "task_type", "clm_sft"),
    (AsyncFinetunings.create, "task_type", "clm_sft"),
    (FinetuningService.create_job, "hardware_instance", "cpu-sm"),
    (AsyncFinetuningService.create_job, "hardware_instance", "cpu-sm"),
    (EndpointPrebuiltContainerDetails.__init__, "name", "transformers-pt"),
]


def parts(hint: Any) -> Set[Any]:
    """Return what a union consists of, those within it too."""
    inner = typing.get_args(hint) if typing.get_origin(hint) is typing.Union else ()
    return set().union(*map(parts, inner)) if inner else {hint}


def known(hint: Any) -> Set[str]:
    """Return the names that an annotation lists."""
    return {
        name
        for part in parts(hint)
        if typing.get_origin(part) is typing.Literal
        for name in typing.get_args(part)
    }


@pytest.mark.parametrize(
    ("method", "argument", "name"),
    TAKE_NAMES,
    ids=lambda each: getattr(each, "__qualname__", str(each)),
)
def test_an_argument_lists_the_names_and_takes_any_other(
    method: Any, argument: str, name: str
) -> None:
    """Other servers offer others."""
    hint = typing.get_type_hints(method)[argument]

    assert name in known(hint)
    assert str in parts(hint)


def test_no_argument_for_a_name_is_a_mere_text() -> None:
    """Whatever class it is added to."""
    taking = {"task_type", "hardware_instance"}
    bare = [
        f"{cls.__name__}.{name}({argument})"
        for cls in (getattr(outpostkit, each) for each in outpostkit.__all__)
        if inspect.isclass(cls)
        for name, method in inspect.getmembers(cls, inspect.isfunction)
        if not name.startswith("_")
        for argument, hint in typing.get_type_hints(method).items()
        if argument in taking and not known(hint)
    ]

    assert bare == []


def test_the_tasks_of_finetunings_are_those_of_the_document() -> None:
    """No fewer and no more."""
    hint = typing.get_type_hints(Finetunings.create)["task_type"]

    assert known(hint) == {task.value for task in FinetuningTask}


def test_names_that_are_not_listed_are_sent_as_they_are(sdk: Any, server: Any) -> None:
    """A server may offer more."""
    server.on("PUT", "/v1/endpoints/aj-ya/echo", server.json(server.endpoint()))

    sdk.do(
        lambda client: sdk.endpoint(client).update(
            task_type="divination", hardware_instance="abacus-2"
        )
    )

    assert server.last.json == {"taskType": "divination", "hardwareInstance": "abacus-2"}


def test_the_names_are_not_loaded_by_who_does_not_ask_for_them() -> None:
    """Nor by who creates an endpoint."""
    loaded = loaded_by("from outpostkit import Endpoints, Endpoint, Finetunings")

    assert "outpostkit._resources.catalogue" not in loaded
