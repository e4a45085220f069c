# Generated from spec/outpost.yaml#/components/schemas/LfsBatchRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""LfsBatchRequest: Objects to transfer."""

from typing import ClassVar, List, Union

from attrs import define

from outpost_api.model import Model
from outpost_api.models.lfs_operation import LfsOperationLike
from outpost_api.models.lfs_reference import LfsReference
from outpost_api.models.lfs_transfer import LfsTransferLike
from outpost_api.models.object_attributes import ObjectAttributes
from outpost_api.types import UNSET, Unset


@define
class LfsBatchRequest(Model):
    """Objects to transfer.

    Attributes:
        transfers: Forms of transfer that the caller can do, best first. Left out or null, only
            `basic`. (at most 10 items)
        operation: Direction of the transfer.
        objects: The objects. (1 to 1000 items)
        ref: The reference that the objects belong to, which some servers check permissions by. An
            object, as the Git LFS protocol says; the published clients send its bare name, which is
            accepted too.
    """

    __native__: ClassVar[bool] = False

    operation: LfsOperationLike
    objects: List[ObjectAttributes]
    transfers: Union[Unset, List[LfsTransferLike], None] = UNSET
    ref: Union[Unset, LfsReference, str, None] = UNSET


__all__ = ["LfsBatchRequest"]
