"""Which container a deployment has, and what its template is told of the container's settings."""

from __future__ import annotations

import json
from typing import Any

from outpost_server.containers.catalogue import ContainerRefused, find_container, read_config
from outpost_server.keeping.store.records import Container

#: The variable in which a template finds the settings of its container, as a JSON object.
CONFIG_VARIABLE = "OUTPOST_CONTAINER_CONFIG"


def choose_container(asked: Container | None, declared: str) -> tuple[str, dict[str, Any]]:
    """Return the container's own name, and its settings with their defaults.

    What the endpoint asks for goes before what its template declares. Endpoints from before there
    was a catalogue may ask for what is not in it: that counts as not said.
    """
    named = None if asked is None else find_container(asked.name)
    container = named or find_container(declared)
    assert container is not None  # what a template declares has been checked
    said = asked.config if asked is not None and container is named else None
    try:
        settings = read_config(container.name, said)
    except ContainerRefused:
        settings = read_config(container.name, None)
    return container.name, settings


def settings_variable(settings: dict[str, Any]) -> dict[str, str]:
    """Return the variable in which a template finds the settings of its container."""
    return {CONFIG_VARIABLE: json.dumps(settings, sort_keys=True)}
