# Generated from spec/outpost.yaml#/components/schemas/ContainerConfigKey by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""ContainerConfigKey: A setting of a container."""

from typing import List, Optional

from attrs import define

from outpost_api.model import Model, OpenEnum
from outpost_api.types import JsonValue


class ContainerConfigKeyType(OpenEnum):
    """What its values are. Open: clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    choice = "choice"
    integer = "integer"
    boolean = "boolean"


@define
class ContainerConfigKey(Model):
    """A setting of a container.

    Attributes:
        name: Its name in `config`, such as `torch_dtype`. (at most 64 characters)
        type: What its values are. Open: clients accept values that are not listed.
        default: What holds when it is not given; any JSON value.
        description: What it changes, in a sentence. (at most 1000 characters)
        choices: What it can be; null where it is no choice.
        minimum: Least value; null where it is no number.
        maximum: Greatest value; null where it is no number.
    """

    name: str
    type: ContainerConfigKeyType
    default: JsonValue
    description: str
    choices: Optional[List[str]]
    minimum: Optional[int]
    maximum: Optional[int]


__all__ = ["ContainerConfigKey", "ContainerConfigKeyType"]
