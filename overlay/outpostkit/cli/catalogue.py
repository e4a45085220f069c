"""``outpostkit tasks``, ``containers`` and ``hardware``: what the server offers to choose from."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import click

from outpost_api.api import catalogue as operations
from outpost_api.model import Model
from outpost_api.models import ContainerConfigKey, HardwareInstance, PrebuiltContainer, TaskType
from outpost_api.request import RequestPlan
from outpost_server.tasks.catalogue import TASKS
from outpostkit import Client

GIB = 1024**3

as_json = click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON.")


class _WithTasks(click.Command):
    """A command whose help lists the tasks of this version, without asking a server."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Tasks"):
            formatter.write_dl([(task.name, task.description) for task in TASKS.values()])


@click.command(cls=_WithTasks)
@as_json
def tasks(as_json: bool) -> None:
    """List the tasks that an endpoint can be made for from a model."""
    _list(operations.list_tasks.plan(), as_json, _task)


@click.command()
@as_json
def containers(as_json: bool) -> None:
    """List the containers that endpoints run in: what is in each, and its settings."""
    _list(operations.list_containers.plan(), as_json, _container)


@click.command()
@as_json
def hardware(as_json: bool) -> None:
    """List the hardware that replicas can run on."""
    _list(operations.list_hardware_instances.plan(), as_json, _hardware)


def _list(
    plan: RequestPlan[list[Any], Any], as_json: bool, row: Callable[[Any], tuple[str, ...]]
) -> None:
    """Print what the server of the profile in use answers."""
    with Client() as client:
        found: list[Model] = client.call(plan)
    if as_json:
        click.echo(json.dumps([each.to_dict() for each in found], indent=2, ensure_ascii=False))
    else:
        for line in columns([row(each) for each in found]):
            click.echo(line)


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return a line for each row, each column as wide as its longest text; the last as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _task(task: TaskType) -> tuple[str, ...]:
    return task.name, task.container, task.description


def _container(container: PrebuiltContainer) -> tuple[str, ...]:
    also = f" (also {', '.join(container.aliases)})" if container.aliases else ""
    packages = " ".join(container.packages)
    lines = [container.description]
    lines += [f"packages: {packages}"] if packages else []
    lines += [_setting(key) for key in container.configKeys]
    return f"{container.name}{also}", "\n    ".join(["", *lines]) + "\n"


def _setting(key: ContainerConfigKey) -> str:
    allowed = str(key.type)
    if key.choices:
        allowed = ", ".join(key.choices)
    elif key.minimum is not None or key.maximum is not None:
        allowed = f"{key.minimum} to {key.maximum}"
    return f"{key.name}={json.dumps(key.default)}: {key.description} ({allowed})"


def _hardware(hardware: HardwareInstance) -> tuple[str, ...]:
    cpus = "all CPUs" if hardware.cpus is None else f"{hardware.cpus} CPUs"
    memory = "all memory" if hardware.memoryBytes is None else f"{hardware.memoryBytes / GIB:g} GiB"
    gpus = f"{hardware.gpus} GPU{'s' if hardware.gpus > 1 else ''}" if hardware.gpus else ""
    notes = [] if hardware.isAvailable else ["not on this machine"]
    notes += ["the default"] if hardware.isDefault else []
    notes += [f"also {', '.join(hardware.aliases)}"] if hardware.aliases else []
    return hardware.id, cpus, memory, gpus, "; ".join(notes)
