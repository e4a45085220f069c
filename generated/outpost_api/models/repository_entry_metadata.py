# Generated from spec/outpost.yaml#/components/schemas/RepositoryEntryMetadata by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""RepositoryEntryMetadata: More about one file."""

from typing import ClassVar, Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.object_attributes import ObjectAttributes


@define
class RepositoryEntryMetadata(Model):
    """More about one file.

    Attributes:
        mediaType: Media type, guessed from the name. (at most 255 characters)
        isBinary: Whether git treats the content as binary.
        lfs: The object that Git LFS keeps for this file; null when git itself stores it.
    """

    __native__: ClassVar[bool] = False

    mediaType: str
    isBinary: bool
    lfs: Optional[ObjectAttributes]


__all__ = ["RepositoryEntryMetadata"]
