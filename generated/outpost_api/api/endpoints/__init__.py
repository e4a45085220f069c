# Generated from spec/outpost.yaml#/paths by
# generator/outpost_generator/templates/tag_init.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Models that are served, their deployments, logs and replicas."""

from typing import TYPE_CHECKING, List

if TYPE_CHECKING:
    from outpost_api.api.endpoints import (
        create_deployment,
        create_endpoint,
        delete_endpoint,
        get_custom_template,
        get_endpoint,
        get_endpoint_logs,
        get_endpoint_status,
        get_replica_status,
        list_deployments,
        list_endpoints,
        rename_endpoint,
        update_endpoint,
    )

__all__ = [
    "create_deployment",
    "create_endpoint",
    "delete_endpoint",
    "get_custom_template",
    "get_endpoint",
    "get_endpoint_logs",
    "get_endpoint_status",
    "get_replica_status",
    "list_deployments",
    "list_endpoints",
    "rename_endpoint",
    "update_endpoint",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.{name}")


def __dir__() -> List[str]:
    return sorted([*globals(), *__all__])
