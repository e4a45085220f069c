# Generated from spec/outpost.yaml#/components/schemas/EntityType by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EntityType: What an entity is."""

from outpost_api.model import OpenEnum


class EntityType(OpenEnum):
    """What an entity is. Open: clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    user = "user"
    team = "team"


__all__ = ["EntityType"]
