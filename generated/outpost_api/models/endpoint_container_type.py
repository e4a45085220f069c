# Generated from spec/outpost.yaml#/components/schemas/EndpointContainerType by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointContainerType: Where the container comes from."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class EndpointContainerType(OpenEnum):
    """Where the container comes from. Open: clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    custom = "custom"
    prebuilt = "prebuilt"


#: A member, or its text as it is.
if TYPE_CHECKING:
    EndpointContainerTypeLike = Union[EndpointContainerType, Literal["custom", "prebuilt"]]
else:
    EndpointContainerTypeLike = EndpointContainerType

__all__ = ["EndpointContainerType", "EndpointContainerTypeLike"]
