# Generated from spec/outpost.yaml#/components/schemas/FinetuningJobCreationResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningJobCreationResponse: The job that was created."""

from attrs import define

from outpost_api.model import Model


@define
class FinetuningJobCreationResponse(Model):
    """The job that was created.

    Attributes:
        id: Id of the job. (at most 64 characters)
    """

    id: str


__all__ = ["FinetuningJobCreationResponse"]
