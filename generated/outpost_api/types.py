# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/types.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Values that appear in the signatures of every module of this package."""

from typing import TYPE_CHECKING, Any, Mapping, Sequence, Union

import msgspec

from outpost_api.file import File

if TYPE_CHECKING:
    #: Any value that JSON can write.
    JsonValue = Union[None, bool, int, float, str, Sequence["JsonValue"], Mapping[str, "JsonValue"]]
else:
    # msgspec resolves annotations at run time and cannot hold a recursive alias.
    JsonValue = Any

#: The type of :data:`UNSET`.
Unset = msgspec.UnsetType

#: "Not given": never sent, neither as null nor as an empty value. Different from ``None``.
UNSET = msgspec.UNSET

__all__ = ["UNSET", "File", "JsonValue", "Unset"]
