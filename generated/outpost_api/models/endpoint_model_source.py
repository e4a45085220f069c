# Generated from spec/outpost.yaml#/components/schemas/EndpointModelSource by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointModelSource: Where the model is stored."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class EndpointModelSource(OpenEnum):
    """Where the model is stored. Open: clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    huggingface = "huggingface"
    outpost = "outpost"
    folder = "folder"


#: A member, or its text as it is.
if TYPE_CHECKING:
    EndpointModelSourceLike = Union[
        EndpointModelSource, Literal["huggingface", "outpost", "folder"]
    ]
else:
    EndpointModelSourceLike = EndpointModelSource

__all__ = ["EndpointModelSource", "EndpointModelSourceLike"]
