# Generated from spec/outpost.yaml#/components/schemas/TeamStats by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""TeamStats: Numbers about a team."""

from attrs import define

from outpost_api.model import Model


@define
class TeamStats(Model):
    """Numbers about a team.

    Attributes:
        followers_count: How many users and teams follow the team. (at least 0)
    """

    followers_count: int


__all__ = ["TeamStats"]
