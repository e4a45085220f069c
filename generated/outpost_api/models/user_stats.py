# Generated from spec/outpost.yaml#/components/schemas/UserStats by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""UserStats: Numbers about a user."""

from attrs import define

from outpost_api.model import Model


@define
class UserStats(Model):
    """Numbers about a user.

    Attributes:
        followers_count: How many users and teams follow the user. (at least 0)
        following_count: How many users and teams the user follows. (at least 0)
    """

    followers_count: int
    following_count: int


__all__ = ["UserStats"]
