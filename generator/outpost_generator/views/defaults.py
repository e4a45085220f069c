"""Defaults of the document as Python expressions."""

from typing import Any

from attrs import frozen

from outpost_generator.python.text import literal
from outpost_generator.python.types import (
    UNSET,
    DictOf,
    ListOf,
    Literals,
    Named,
    Plain,
    Type,
    UnionOf,
    optional,
    union,
)
from outpost_generator.schemas.models import Models
from outpost_generator.schemas.parse import is_enum, is_object
from outpost_generator.views.enums import enum_members


@frozen
class FieldDefault:
    """What a field is when nobody gives it.

    Attributes:
        expression: of the value; "" when the field is required.
        is_made: whether it is made anew for every object.
        is_secret: whether the field is kept out of the repr.
    """

    expression: str = ""
    is_made: bool = False
    is_secret: bool = False

    @property
    def is_field(self) -> bool:
        """Whether ``attrs.field`` says it."""
        return self.is_made or self.is_secret

    @property
    def code(self) -> str:
        """What is assigned in the body of the class."""
        if not self.is_field:
            return self.expression
        given = f"factory=lambda: {self.expression}" if self.is_made else ""
        given = given or (f"default={self.expression}" if self.expression else "")
        shown = "repr=False" if self.is_secret else ""
        return f"field({', '.join(filter(None, (given, shown)))})"


def field_default(
    models: Models, schema: dict[str, Any], type_: Type, required: bool
) -> tuple[FieldDefault, Type]:
    """Return the default of a field, and the type it then has."""
    is_secret = schema.get("format") == "password" or bool(schema.get("writeOnly"))
    # What only the server sets, only the server knows: a default of ours would be sent to it.
    if "default" in schema and (required or not schema.get("readOnly")):
        value = schema["default"]
        if value is None:
            type_ = optional(type_)
        expression = default_expression(models, type_, value)
        if expression is not None:
            return FieldDefault(expression, isinstance(value, list | dict), is_secret), type_
    if not required:
        return FieldDefault("UNSET", is_secret=is_secret), union(UNSET, type_)
    match schema.get("enum"):
        case [str(constant)]:
            return FieldDefault(literal(constant)), type_
    return FieldDefault(is_secret=is_secret), type_


def default_expression(models: Models, type_: Type, value: Any) -> "str | None":
    """Return the source of a default value, or ``None`` when it does not fit the type."""
    members = type_.members if isinstance(type_, UnionOf) else (type_,)
    if value is None:
        return "None"
    for member in members:
        found = _member_expression(models, member, value)
        if found is not None:
            return found
    return None


def _member_expression(models: Models, type_: Type, value: Any) -> "str | None":
    match type_:
        case Plain(text):
            fits = {
                "str": isinstance(value, str),
                "bool": isinstance(value, bool),
                "int": isinstance(value, int) and not isinstance(value, bool),
                "float": isinstance(value, int | float) and not isinstance(value, bool),
                "JsonValue": True,
            }.get(text, False)
            if fits and text == "float":
                return literal(float(value))
            return literal(value) if fits else None
        case Literals():
            return literal(value) if value in type_ else None
        case ListOf(item):
            if not isinstance(value, list):
                return None
            items = [default_expression(models, item, each) for each in value]
            return f"[{', '.join(str(each) for each in items)}]" if None not in items else None
        case DictOf(inner):
            if not isinstance(value, dict):
                return None
            pairs = {key: default_expression(models, inner, each) for key, each in value.items()}
            if None in pairs.values():
                return None
            return "{" + ", ".join(f"{literal(key)}: {each}" for key, each in pairs.items()) + "}"
        case Named(component):
            schema = models.schema(component)
            name = models.names[component]
            if is_enum(schema):
                members = {member.value: member.name for member in enum_members(schema)}
                return f"{name}.{members[value]}" if value in schema["enum"] else None
            if is_object(schema):
                return f"{name}.from_dict({literal(value)})" if isinstance(value, dict) else None
            return default_expression(models, models.alias_type(component), value)
    return None
