# Generated from spec/outpost.yaml#/components/schemas/ThirdPartyToken by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""ThirdPartyToken: A key of another service."""

from attrs import define

from outpost_api.model import Model


@define
class ThirdPartyToken(Model):
    """A key of another service. That it has an `id` follows from its use; name, type and time are what
    a person needs to choose among several.

    Attributes:
        id: Opaque identifier. (at most 64 characters)
        name: The name that the user gave it. (at most 200 characters)
        type: The service it is for, such as `huggingface`. (at most 64 characters)
        createdAt: When it was created, UTC.
    """

    id: str
    name: str
    type: str
    createdAt: str


__all__ = ["ThirdPartyToken"]
