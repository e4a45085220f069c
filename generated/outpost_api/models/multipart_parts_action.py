# Generated from spec/outpost.yaml#/components/schemas/MultipartPartsAction by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""MultipartPartsAction: The parts of one object."""

from typing import List

from attrs import define

from outpost_api.model import Model
from outpost_api.models.multipart_part_attributes import MultipartPartAttributes


@define
class MultipartPartsAction(Model):
    """The parts of one object.

    Attributes:
        parts: The parts, in order. (at most 10000 items)
    """

    parts: List[MultipartPartAttributes]


__all__ = ["MultipartPartsAction"]
