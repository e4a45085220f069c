# Generated from spec/outpost.yaml#/components/schemas/SocialsUpdateRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""SocialsUpdateRequest: Links to change."""

from typing import Union

from attrs import define

from outpost_api.model import Model
from outpost_api.types import UNSET, Unset


@define
class SocialsUpdateRequest(Model):
    """Links to change. One that is left out stays, null removes it.

    Attributes:
        website: Address of a web site. (at most 2048 characters)
        x: Handle or address on X. (at most 2048 characters)
    """

    website: Union[Unset, str, None] = UNSET
    x: Union[Unset, str, None] = UNSET


__all__ = ["SocialsUpdateRequest"]
