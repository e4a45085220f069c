# Generated from spec/outpost.yaml#/components/schemas/FinetuningModelSource by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningModelSource: Where a training run takes the model from that it starts with; `none` starts from nothing."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class FinetuningModelSource(OpenEnum):
    """Where a training run takes the model from that it starts with; `none` starts from nothing. Open:
    clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    huggingface = "huggingface"
    outpost = "outpost"
    none = "none"


#: A member, or its text as it is.
if TYPE_CHECKING:
    FinetuningModelSourceLike = Union[
        FinetuningModelSource, Literal["huggingface", "outpost", "none"]
    ]
else:
    FinetuningModelSourceLike = FinetuningModelSource

__all__ = ["FinetuningModelSource", "FinetuningModelSourceLike"]
