"""What there is to choose from for an endpoint: tasks, containers and hardware."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from outpost_server.containers.catalogue import CONTAINERS, DEFAULT_CONTAINER, Container
from outpost_server.containers.config_keys import ConfigKey
from outpost_server.control_plane.answers import json_answer
from outpost_server.control_plane.call import Call
from outpost_server.tasks.catalogue import TASKS


async def list_tasks(call: Call) -> Response:
    answer = [
        {
            "name": task.name,
            "title": task.title,
            "description": task.description,
            "container": task.container,
        }
        for task in TASKS.values()
    ]
    return json_answer(answer)


async def list_containers(call: Call) -> Response:
    return json_answer([_container(one) for one in CONTAINERS.values()])


async def list_hardware_instances(call: Call) -> Response:
    catalogue = call.context.settings.hardware
    gpus = call.context.fleet.gpus.count
    answer = [
        {
            "id": one.id,
            "name": one.title,
            "cpus": one.cpus,
            "memoryBytes": one.memory_bytes,
            "gpus": one.gpus,
            "aliases": one.aliases,
            "isDefault": one is catalogue.default,
            "isAvailable": one.gpus <= gpus,
        }
        for one in catalogue.instances
    ]
    return json_answer(answer)


def _container(container: Container) -> dict[str, Any]:
    """``PrebuiltContainer`` of the document."""
    return {
        "name": container.name,
        "title": container.title,
        "description": container.description,
        "aliases": container.aliases,
        "isDefault": container.name == DEFAULT_CONTAINER,
        "packages": container.requirements,
        "configKeys": [_key(key) for key in container.keys.values()],
    }


def _key(key: ConfigKey) -> dict[str, Any]:
    """``ContainerConfigKey`` of the document."""
    return {
        "name": key.name,
        "type": key.kind,
        "default": key.default,
        "description": key.description,
        "choices": key.choices or None,
        "minimum": key.minimum,
        "maximum": key.maximum,
    }
