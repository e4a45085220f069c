# Generated from spec/outpost.yaml#/paths by
# generator/outpost_generator/templates/tag_init.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Groups of users that own things together."""

from typing import TYPE_CHECKING, List

if TYPE_CHECKING:
    from outpost_api.api.teams import (
        delete_team,
        delete_team_avatar,
        get_team,
        list_team_followers,
        list_team_following,
        list_team_members,
        put_team_member,
        remove_team_member,
        update_team_socials,
        upload_team_avatar,
    )

__all__ = [
    "delete_team",
    "delete_team_avatar",
    "get_team",
    "list_team_followers",
    "list_team_following",
    "list_team_members",
    "put_team_member",
    "remove_team_member",
    "update_team_socials",
    "upload_team_avatar",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.{name}")


def __dir__() -> List[str]:
    return sorted([*globals(), *__all__])
