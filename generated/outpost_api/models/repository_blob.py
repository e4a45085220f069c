# Generated from spec/outpost.yaml#/components/schemas/RepositoryBlob by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""RepositoryBlob: What is known of one file at one commit."""

from typing import ClassVar, Optional

from attrs import define

from outpost_api.model import Model, OpenEnum
from outpost_api.models.object_attributes import ObjectAttributes


class RepositoryBlobEncoding(OpenEnum):
    """How `content` is written: as text, or as base64 when the bytes are no UTF-8; null without
    `content`.

    Values that this document does not know survive as they are.
    """

    utf8 = "utf-8"
    base64 = "base64"


@define
class RepositoryBlob(Model):
    """What is known of one file at one commit.

    Attributes:
        path: Path from the root of the repository. (at most 4096 characters)
        oid: Hash of the git object. (at most 64 characters)
        size: Size of the answered file in bytes. (at least 0)
        commit: Hash of the commit that was read. (at most 64 characters)
        encoding: How `content` is written: as text, or as base64 when the bytes are no UTF-8; null
            without `content`.
        content: The file; null when it is larger than 5 MiB (5,242,880 bytes).
        lfs: The object that Git LFS keeps for this file; null when git itself stores it.
    """

    __native__: ClassVar[bool] = False

    path: str
    oid: str
    size: int
    commit: str
    encoding: Optional[RepositoryBlobEncoding]
    content: Optional[str]
    lfs: Optional[ObjectAttributes]


__all__ = ["RepositoryBlob", "RepositoryBlobEncoding"]
