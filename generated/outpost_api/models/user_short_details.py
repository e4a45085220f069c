# Generated from spec/outpost.yaml#/components/schemas/UserShortDetails by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""UserShortDetails: A user, in short."""

from attrs import define

from outpost_api.model import Model


@define
class UserShortDetails(Model):
    """A user, in short.

    Attributes:
        id: Opaque identifier. (at most 64 characters)
        name: Handle. (at most 64 characters)
        avatarUrl: Address of the picture. (at most 2048 characters)
    """

    id: str
    name: str
    avatarUrl: str


__all__ = ["UserShortDetails"]
