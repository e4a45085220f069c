# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""What every model has: reading from and writing to plain JSON values."""

import enum
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Type, TypeVar

if TYPE_CHECKING:
    from outpost_api.types import JsonValue
else:
    JsonValue = Any  # as there

M = TypeVar("M", bound="Model")
N = TypeVar("N", bound="OpenEnum")


class Model:
    """Base of the attrs classes of this package. Attributes are named as on the wire."""

    __slots__ = ()

    #: Attribute to wire name, where they differ.
    __wire_names__: ClassVar[Mapping[str, str]] = {}
    #: Whether msgspec can read and write the class, and all it holds, by itself.
    __native__: ClassVar[bool] = True

    if not TYPE_CHECKING:

        @property
        def __dict__(self):
            """The fields by name, as ``vars`` shows those of any object; a copy."""
            return {field.name: getattr(self, field.name) for field in self.__attrs_attrs__}

    @classmethod
    def from_dict(cls: Type[M], data: "Mapping[str, JsonValue]", strict: bool = False) -> M:
        """Return the model that a JSON object describes. Unknown fields are ignored.

        Args:
            data: the JSON object.
            strict: whether a missing field or a value of the wrong type is an error; if not, a
                missing required field reads as ``None`` and a wrong value is kept as it is.

        Raises:
            DecodeError: ``data`` is not an object, or does not fit under ``strict``; the error
                names the JSON path.
        """
        # An enum alone, such as an argument's default, shall not load the readers and msgspec.
        from outpost_api.codec import from_builtins

        return from_builtins(cls, data, strict=strict)

    def to_dict(self) -> "Dict[str, JsonValue]":
        """Return the JSON object of this model under its wire names, without unset fields."""
        from outpost_api.codec import to_builtins

        written: Dict[str, JsonValue] = to_builtins(self)
        return written


class OpenEnum(str, enum.Enum):
    """A string enumeration that keeps values the document does not know.

    An unknown value becomes a member-like object that equals the plain string, so that a newer
    server does not break an older client.
    """

    @classmethod
    def _missing_(cls: Type[N], value: object) -> "N":
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is not a string, so it is no {cls.__name__}")
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, specification: str) -> str:
        return format(str(self.value), specification)
