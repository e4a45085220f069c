# Generated from spec/outpost.yaml#/components/schemas/LfsActions by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""LfsActions: Requests that transfer one object; which of them are present tells the form, see `createLfsBatch`."""

from typing import List, Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.basic_action_attributes import BasicActionAttributes
from outpost_api.models.multipart_action_attributes import MultipartActionAttributes
from outpost_api.models.multipart_part_attributes import MultipartPartAttributes
from outpost_api.models.multipart_parts_action import MultipartPartsAction


@define
class LfsActions(Model):
    """Requests that transfer one object; which of them are present tells the form, see
    `createLfsBatch`.

    Attributes:
        upload: PUT the content here. With `multipart-basic`, its header lists the parts instead.
            (default None)
        download: GET the content from here. (default None)
        verify: POST `{oid, size}` here when the upload is complete. (default None)
        init: Send this before the first part. (default None)
        part: The parts to upload. (default None)
        parts: The parts to upload, as servers before May 2024 sent them. `part` wins. (at most
            10000 items; default None)
        commit: Send this after the last part, with `{oid, parts}` as JSON, where each part has
            `ETag` (the header of that name of the part's answer) and `PartNumber` (from 1).
            (default None)
        abort: Send this to give up, so that the server frees the parts. (default None)
    """

    upload: Optional[BasicActionAttributes] = None
    download: Optional[BasicActionAttributes] = None
    verify: Optional[BasicActionAttributes] = None
    init: Optional[MultipartActionAttributes] = None
    part: Optional[MultipartPartsAction] = None
    parts: Optional[List[MultipartPartAttributes]] = None
    commit: Optional[MultipartActionAttributes] = None
    abort: Optional[MultipartActionAttributes] = None


__all__ = ["LfsActions"]
