# Generated from spec/outpost.yaml#/components/schemas/UserAccount by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""UserAccount: A user of a server, as the server's own user sees it."""

from typing import Optional

from attrs import define

from outpost_api.model import Model


@define
class UserAccount(Model):
    """A user of a server, as the server's own user sees it.

    Attributes:
        id: Opaque identifier. (at most 64 characters)
        name: Handle. (at most 64 characters)
        avatarUrl: Address of the picture. (at most 2048 characters)
        createdAt: When it was created, UTC.
        tokenExpiresAt: When the user's token ends or has ended, UTC; null when it does not by
            itself.
    """

    id: str
    name: str
    avatarUrl: str
    createdAt: str
    tokenExpiresAt: Optional[str]


__all__ = ["UserAccount"]
