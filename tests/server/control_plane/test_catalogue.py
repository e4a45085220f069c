"""What the API says there is to choose from."""

from __future__ import annotations

from outpost_server.containers.catalogue import CONTAINERS
from outpost_server.tasks.catalogue import TASKS


def test_every_task_is_listed_with_a_container_that_there_is(api):
    """An endpoint of the task can be created from what is listed."""
    tasks = api.get("/tasks")

    assert {one["name"] for one in tasks} == set(TASKS)
    assert {one["container"] for one in tasks} <= set(CONTAINERS)


def test_every_container_is_listed_with_what_is_in_it(api):
    """Its packages, and the settings that it takes."""
    containers = {one["name"]: one for one in api.get("/containers")}

    assert list(containers) == ["transformers", "diffusers", "sklearn", "tensorflow", "python"]
    assert [name for name, one in containers.items() if one["isDefault"]] == ["python"]
    assert "transformers==5.24.0" in containers["transformers"]["packages"]
    assert containers["transformers"]["aliases"] == ["transformers-pt"]
    assert containers["transformers"]["configKeys"][0] == {
        "name": "torch_dtype",
        "type": "choice",
        "default": "auto",
        "description": "The type of the model's numbers; `auto` is that of its files.",
        "choices": ["auto", "float32", "float16", "bfloat16"],
        "minimum": None,
        "maximum": None,
    }


def test_every_hardware_is_listed_with_its_size(api):
    """The smallest first, which is that of endpoints that name none."""
    hardware = api.get("/hardware-instances")

    assert [one["id"] for one in hardware][:4] == ["cpu-sm", "cpu-md", "cpu-lg", "gpu-1"]
    assert hardware[0] == {
        "id": "cpu-sm",
        "name": "Small: 2 CPUs, 4 GiB",
        "cpus": 2,
        "memoryBytes": 4 * 1024**3,
        "gpus": 0,
        "aliases": [],
        "isDefault": True,
        "isAvailable": True,
    }
