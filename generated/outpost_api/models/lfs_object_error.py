# Generated from spec/outpost.yaml#/components/schemas/LfsObjectError by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""LfsObjectError: Why one object of a batch cannot be transferred."""

from attrs import define

from outpost_api.model import Model


@define
class LfsObjectError(Model):
    """Why one object of a batch cannot be transferred.

    Attributes:
        code: Status code that fits the reason: 404 for an object that does not exist. (400 to 599)
        message: The reason.
    """

    code: int
    message: str


__all__ = ["LfsObjectError"]
