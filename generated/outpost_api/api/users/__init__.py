# Generated from spec/outpost.yaml#/paths by
# generator/outpost_generator/templates/tag_init.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""The users of a server that somebody runs, for the server's own user only."""

from typing import TYPE_CHECKING, List

if TYPE_CHECKING:
    from outpost_api.api.users import add_user, list_users, remove_user, renew_token_of_user

__all__ = [
    "add_user",
    "list_users",
    "remove_user",
    "renew_token_of_user",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.{name}")


def __dir__() -> List[str]:
    return sorted([*globals(), *__all__])
