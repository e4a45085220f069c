# Generated from spec/outpost.yaml#/components/schemas/LfsOperation by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""LfsOperation: Direction of a transfer."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class LfsOperation(OpenEnum):
    """Direction of a transfer. Open: clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    upload = "upload"
    download = "download"


#: A member, or its text as it is.
if TYPE_CHECKING:
    LfsOperationLike = Union[LfsOperation, Literal["upload", "download"]]
else:
    LfsOperationLike = LfsOperation

__all__ = ["LfsOperation", "LfsOperationLike"]
