# Generated from spec/outpost.yaml#/components/schemas/LfsReference by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""LfsReference: The git reference that objects belong to."""

from attrs import define

from outpost_api.model import Model


@define
class LfsReference(Model):
    """The git reference that objects belong to.

    Attributes:
        name: Full name of the reference, such as `refs/heads/main`. (1 to 255 characters)
    """

    name: str


__all__ = ["LfsReference"]
