# Generated from spec/outpost.yaml#/components/schemas/TokenRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""TokenRequest: What a new token is to be."""

from typing import Union

from attrs import define

from outpost_api.model import Model
from outpost_api.types import UNSET, Unset


@define
class TokenRequest(Model):
    """What a new token is to be.

    Attributes:
        expiresIn: Seconds until the token ends. One without does not end by itself. (60 to
            315360000)
    """

    expiresIn: Union[Unset, int] = UNSET


__all__ = ["TokenRequest"]
