# Generated from spec/outpost.yaml#/components/schemas/LfsBatchResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""LfsBatchResponse: How to transfer the objects of a batch."""

from typing import List

from attrs import define

from outpost_api.model import Model
from outpost_api.models.lfs_batch_object import LfsBatchObject
from outpost_api.models.lfs_transfer import LfsTransfer


@define
class LfsBatchResponse(Model):
    """How to transfer the objects of a batch.

    Attributes:
        transfer: The form of transfer that the server chose.
        objects: The objects, in the order of the request.
    """

    transfer: LfsTransfer
    objects: List[LfsBatchObject]


__all__ = ["LfsBatchResponse"]
