# Generated from spec/outpost.yaml#/components/schemas/LfsBatchObject by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""LfsBatchObject: What to do for one object."""

from typing import Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.lfs_actions import LfsActions
from outpost_api.models.lfs_object_error import LfsObjectError


@define
class LfsBatchObject(Model):
    """What to do for one object. An upload without `actions` and `error` is already stored.

    Attributes:
        oid: SHA-256 of the content, in lower-case hexadecimal. (pattern ``^[0-9a-f]{64}$``)
        size: Size of the content in bytes. (at least 0)
        authenticated: True when the actions need no further credentials. (default None)
        actions: The requests to send; null when there is nothing to do or after an error. (default
            None)
        error: Why this object cannot be transferred; the others of the batch still can. (default
            None)
    """

    oid: str
    size: int
    authenticated: Optional[bool] = None
    actions: Optional[LfsActions] = None
    error: Optional[LfsObjectError] = None


__all__ = ["LfsBatchObject"]
