# Generated from spec/outpost.yaml#/components/schemas/RepositoryBlob/properties/encoding by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""RepositoryBlobEncoding: How `content` is written: as text, or as base64 when the bytes are no UTF-8; null without `content`."""

from outpost_api.model import OpenEnum


class RepositoryBlobEncoding(OpenEnum):
    """How `content` is written: as text, or as base64 when the bytes are no UTF-8; null without
    `content`.

    Values that this document does not know survive as they are.
    """

    utf8 = "utf-8"
    base64 = "base64"


__all__ = ["RepositoryBlobEncoding"]
