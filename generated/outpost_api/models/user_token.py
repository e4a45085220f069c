# Generated from spec/outpost.yaml#/components/schemas/UserToken by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""UserToken: A token, shown this once."""

from typing import Optional

from attrs import define, field

from outpost_api.model import Model


@define
class UserToken(Model):
    """A token, shown this once.

    Attributes:
        token: What to send as `Authorization: Bearer`. (at most 1000 characters)
        expiresAt: When it ends, UTC; null when it does not by itself.
    """

    token: str = field(repr=False)
    expiresAt: Optional[str]


__all__ = ["UserToken"]
