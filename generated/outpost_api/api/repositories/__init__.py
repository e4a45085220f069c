# Generated from spec/outpost.yaml#/paths by
# generator/outpost_generator/templates/tag_init.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Files of model and dataset repositories."""

from typing import TYPE_CHECKING, List

if TYPE_CHECKING:
    from outpost_api.api.repositories import download_blob, search_tree, view_blob, view_tree

__all__ = [
    "download_blob",
    "search_tree",
    "view_blob",
    "view_tree",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.{name}")


def __dir__() -> List[str]:
    return sorted([*globals(), *__all__])
