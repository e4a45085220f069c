# Generated from spec/outpost.yaml#/paths by
# generator/outpost_generator/templates/tag_init.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""What there is to choose from for an endpoint."""

from typing import TYPE_CHECKING, List

if TYPE_CHECKING:
    from outpost_api.api.catalogue import list_containers, list_hardware_instances, list_tasks

__all__ = [
    "list_containers",
    "list_hardware_instances",
    "list_tasks",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.{name}")


def __dir__() -> List[str]:
    return sorted([*globals(), *__all__])
