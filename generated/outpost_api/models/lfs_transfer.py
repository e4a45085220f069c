# Generated from spec/outpost.yaml#/components/schemas/LfsTransfer by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""LfsTransfer: Form of a transfer: `basic` in one request, `multipart-basic` in parts."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class LfsTransfer(OpenEnum):
    """Form of a transfer: `basic` in one request, `multipart-basic` in parts. Open: clients accept
    values that are not listed.

    Values that this document does not know survive as they are.
    """

    basic = "basic"
    multipart_basic = "multipart-basic"


#: A member, or its text as it is.
if TYPE_CHECKING:
    LfsTransferLike = Union[LfsTransfer, Literal["basic", "multipart-basic"]]
else:
    LfsTransferLike = LfsTransfer

__all__ = ["LfsTransfer", "LfsTransferLike"]
