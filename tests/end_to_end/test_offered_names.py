"""The names that the annotations of the SDK list are those that a local Outpost offers."""

import typing
from collections.abc import Iterable

import pytest

from outpost_api.api import catalogue as operations
from outpostkit import Client
from outpostkit._resources import catalogue


@pytest.fixture(scope="module")
def client(local_outpost):
    with Client(api_token=local_outpost.api_token, base_url=local_outpost.base_url) as client:
        yield client


def listed(union: object) -> list[str]:
    """Return the names in an open type, each as often as it is there."""
    literal, anything = typing.get_args(union)
    assert anything is str
    return list(typing.get_args(literal))


def offered(found: Iterable[tuple[str, Iterable[str]]]) -> list[str]:
    """Return names with their aliases, sorted."""
    return sorted(each for name, aliases in found for each in (name, *aliases))


def test_the_tasks_are_those_that_are_offered(client) -> None:
    """All of them, and no others."""
    found = client.call(operations.list_tasks.plan())

    assert listed(catalogue.TaskName) == offered((task.name, ()) for task in found)


def test_the_containers_are_those_that_are_offered(client) -> None:
    """Aliases included."""
    found = client.call(operations.list_containers.plan())

    assert listed(catalogue.ContainerName) == offered((each.name, each.aliases) for each in found)


def test_the_hardware_is_that_which_is_offered(client) -> None:
    """Aliases included."""
    found = client.call(operations.list_hardware_instances.plan())

    assert listed(catalogue.HardwareName) == offered((each.id, each.aliases) for each in found)
