# Generated from spec/outpost.yaml#/components/schemas/ObjectAttributes by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""ObjectAttributes: One object of Git LFS."""

from typing import ClassVar, Dict

from attrs import define, field

from outpost_api.model import Model
from outpost_api.types import JsonValue


@define
class ObjectAttributes(Model):
    """One object of Git LFS. In a batch request it may carry further properties for the storage, whose
    names begin with `x-`.

    Attributes:
        oid: SHA-256 of the content, in lower-case hexadecimal. (pattern ``^[0-9a-f]{64}$``)
        size: Size of the content in bytes. (at least 0)
        additional_properties: further fields of the object, by wire name.
    """

    __native__: ClassVar[bool] = False

    oid: str
    size: int
    additional_properties: Dict[str, JsonValue] = field(factory=dict)


__all__ = ["ObjectAttributes"]
