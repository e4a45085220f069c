# Generated from spec/outpost.yaml#/paths by
# generator/outpost_generator/templates/tag_init.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""The owner of the token."""

from typing import TYPE_CHECKING, List

if TYPE_CHECKING:
    from outpost_api.api.user import (
        delete_user,
        delete_user_avatar,
        follow,
        get_user,
        is_following,
        list_third_party_tokens,
        list_user_followers,
        list_user_following,
        list_user_teams,
        renew_user_token,
        unfollow,
        update_user_socials,
        upload_user_avatar,
    )

__all__ = [
    "delete_user",
    "delete_user_avatar",
    "follow",
    "get_user",
    "is_following",
    "list_third_party_tokens",
    "list_user_followers",
    "list_user_following",
    "list_user_teams",
    "renew_user_token",
    "unfollow",
    "update_user_socials",
    "upload_user_avatar",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.{name}")


def __dir__() -> List[str]:
    return sorted([*globals(), *__all__])
