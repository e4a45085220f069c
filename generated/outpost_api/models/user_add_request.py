# Generated from spec/outpost.yaml#/components/schemas/UserAddRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""UserAddRequest: A user to add."""

from typing import Union

from attrs import define

from outpost_api.model import Model
from outpost_api.types import UNSET, Unset


@define
class UserAddRequest(Model):
    """A user to add.

    Attributes:
        name: Handle; no other user or team has it, whatever its upper and lower case. (1 to 64
            characters; pattern ``^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$``)
        expiresIn: Seconds until the token ends. One without does not end by itself. (60 to
            315360000)
    """

    name: str
    expiresIn: Union[Unset, int] = UNSET


__all__ = ["UserAddRequest"]
