# Generated from spec/outpost.yaml#/components/schemas/FinetuningServiceCreateResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningServiceCreateResponse: The finetuning service that was created."""

from attrs import define

from outpost_api.model import Model


@define
class FinetuningServiceCreateResponse(Model):
    """The finetuning service that was created.

    Attributes:
        id: Id of the service. (at most 64 characters)
        name: Name of the service. (at most 64 characters)
    """

    id: str
    name: str


__all__ = ["FinetuningServiceCreateResponse"]
