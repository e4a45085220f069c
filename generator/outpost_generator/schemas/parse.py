"""Types by openapi-python-client: its parser says which kind of value a type and format are.

It loses schemas for reasons that have nothing to do with that (names that collide, defaults it
cannot hold, recursion without an object between), one lost schema removes everything that depends
on it, and it is slow with many. So it is asked once about each pair of a type and a format. Names,
references, unions, maps, defaults and all else stay in the normalised document and the views.
"""

import re
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from openapi_python_client import schema as oai
from openapi_python_client.config import Config as ParserConfig, ConfigFile, MetaType
from openapi_python_client.parser import properties as parsed
from openapi_python_client.parser.errors import PropertyError
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.schema.untrusted_string import UntrustedString

from outpost_generator.config import Config
from outpost_generator.errors import Problem
from outpost_generator.python.types import (
    ANY,
    NONE,
    DictOf,
    ListOf,
    Literals,
    Named,
    Plain,
    Type,
    leaves,
    optional,
    union,
)
from outpost_generator.reading.document import SECTIONS, Document, operations, pointer
from outpost_generator.reading.references import schema_name

#: Where a schema of an operation describes what a user passes in.
_PASSED = re.compile(r"#/paths/[^/]*/[^/]+/(parameters|requestBody)/")
#: Where it describes what a user is given.
_RETURNED = re.compile(r"#/paths/[^/]*/[^/]+/responses/|#/webhooks/")

_SCALARS = ("string", "integer", "number", "boolean")


@frozen
class Types:
    """What the parser found: a type for every place of the document that holds a schema."""

    by_pointer: dict[str, Type]
    problems: tuple[Problem, ...]

    def at(self, where: str) -> Type:
        """Return the type of the schema at a pointer of the normalised document."""
        return self.by_pointer[where]

    def used_in_operations(self) -> set[str]:
        """Return the components that operations and webhooks name."""
        return {
            leaf.component
            for where, type_ in self.by_pointer.items()
            if not where.startswith("#/components/")
            for leaf in leaves(type_)
            if isinstance(leaf, Named)
        }

    def passed_in(self) -> list[str]:
        """Return the components that parameters and request bodies name."""
        return self._named_in(_PASSED)

    def returned(self) -> list[str]:
        """Return the components that answers, webhooks and callbacks name."""
        return self._named_in(_RETURNED)

    def _named_in(self, places: "re.Pattern[str]") -> list[str]:
        named = [
            leaf.component
            for where, type_ in self.by_pointer.items()
            if places.match(where)
            for leaf in leaves(type_)
            if isinstance(leaf, Named)
        ]
        return list(dict.fromkeys(named))


def parse(document: Document, config: Config) -> Types:
    """Give every schema a type."""
    reading = _Reading(config, document.schemas)
    for name, schema in document.schemas.items():
        reading.component(name, schema)
    for section in SECTIONS:
        for name, method, operation in operations(document.root, section):
            reading.operation(operation, pointer(section, name, method))
    return Types(reading.types, tuple(reading.problems))


def is_object(schema: dict[str, Any]) -> bool:
    """Return whether a component becomes a class with fields."""
    if "$ref" in schema or schema.get("oneOf") or schema.get("anyOf") or "enum" in schema:
        return False
    # Beside the type of a list or a scalar, properties say nothing: they are of objects.
    return bool(schema.get("properties")) and schema.get("type", "object") == "object"


def is_enum(schema: dict[str, Any]) -> bool:
    """Return whether a component becomes an enum class: text values only."""
    values = schema.get("enum")
    return (
        isinstance(values, list)
        and len(values) > 1
        and all(isinstance(value, str) for value in values)
        and schema.get("type", "string") == "string"
    )


@define
class _Reading:
    config: Config
    schemas: dict[str, Any]
    types: dict[str, Type] = field(factory=dict)
    problems: list[Problem] = field(factory=list)
    _scalars: dict[tuple[str, Any], Type] = field(factory=dict)

    def component(self, name: str, schema: Any) -> None:
        where = pointer("components", "schemas", name)
        schema = schema if isinstance(schema, dict) else {}
        if is_object(schema):
            for each, value in schema["properties"].items():
                at = f"{where}/properties{pointer(each)[1:]}"
                self.types[at] = self.type(value, at)
            self._held(schema, "additionalProperties", where)
        elif not is_enum(schema):
            self.types[where] = self.type(schema, where)

    def operation(self, operation: dict[str, Any], where: str) -> None:
        for index, parameter in enumerate(operation["parameters"]):
            self._holder(parameter, f"{where}/parameters/{index}")
        if "requestBody" in operation:
            self._holder(operation["requestBody"], f"{where}/requestBody")
        for status, response in operation["responses"].items():
            at = f"{where}/responses/{status}"
            self._holder(response, at)
            for name, header in (response.get("headers") or {}).items():
                self._holder(header, f"{at}/headers{pointer(name)[1:]}")

    def _holder(self, holder: Any, where: str) -> None:
        self._held(holder, "schema", where)
        for media_type, media in (holder.get("content") or {}).items():
            for key in ("schema", "itemSchema"):
                self._held(media, key, f"{where}/content{pointer(media_type)[1:]}")

    def _held(self, holder: Any, key: str, where: str) -> None:
        if isinstance(holder.get(key), dict):
            self.types[f"{where}/{key}"] = self.type(holder[key], f"{where}/{key}")

    def type(self, schema: Any, where: str) -> Type:
        """Return the type of a schema; ``where`` it stands, for problems."""
        if not isinstance(schema, dict):
            return ANY
        found = self._bare(schema, where)
        return optional(found) if schema.get("nullable") else found

    def _bare(self, schema: dict[str, Any], where: str) -> Type:
        if "$ref" in schema:
            return self._referred(schema["$ref"], where)
        if "enum" in schema:
            return literal(schema["enum"])
        choices = [
            self.type(member, f"{where}/{key}/{index}")
            for key in ("anyOf", "oneOf")
            for index, member in enumerate(schema.get(key) or ())
        ]
        if choices:
            return union(*choices)
        kind = schema.get("type")
        if kind == "array" or (kind is None and {"items", "prefixItems"} & set(schema)):
            return ListOf(self._item(schema, where))
        if kind == "object" or (kind is None and "additionalProperties" in schema):
            at = f"{where}/additionalProperties"
            return DictOf(self.type(schema.get("additionalProperties"), at))
        return self._scalar(kind, schema.get("format")) if kind in _SCALARS else ANY

    def _item(self, schema: dict[str, Any], where: str) -> Type:
        first, rest = schema.get("prefixItems"), schema.get("items")
        if not isinstance(first, list) or not first:
            return self.type(rest, f"{where}/items")
        members = [
            self.type(item, f"{where}/prefixItems/{index}") for index, item in enumerate(first)
        ]
        has_rest = isinstance(rest, dict) and rest != {"not": {}}
        return union(*members, *([self.type(rest, f"{where}/items")] if has_rest else []))

    def _referred(self, reference: str, where: str) -> Type:
        component = schema_name(reference)
        if component is None or component not in self.schemas:
            way_out = "Correct the reference, or add the schema it names."
            self.problems.append(Problem(where, f"{reference} does not exist", way_out))
            return ANY
        target = self.schemas[component]
        # An alias says itself that it may be null; a class cannot.
        is_class = is_object(target) or is_enum(target)
        may_be_null = is_class and target.get("nullable")
        return optional(Named(component)) if may_be_null else Named(component)

    def _scalar(self, kind: str, format: Any) -> Type:
        """Return what the parser makes of a type and a format."""
        format = format if isinstance(format, str) else None
        if (kind, format) not in self._scalars:
            found, _ = parsed.property_from_data(
                name=UntrustedString("value"),
                required=True,
                data=oai.Schema.model_validate({"type": kind, "format": format}),
                schemas=parsed.Schemas(),
                parent_name="",
                config=_PARSER_CONFIG,
            )
            self._scalars[kind, format] = self._of_property(found, format)
        return self._scalars[kind, format]

    def _of_property(self, found: object, format: "str | None") -> Type:
        match found:
            case BooleanProperty():
                return Plain("bool")
            case IntProperty():
                return Plain("int")
            case FloatProperty():
                return Plain("float")
            case parsed.AnyProperty() | PropertyError():
                return ANY
            case _:
                # All others are text with a format; which formats are Python types is configured.
                return self.config.format_type(format)


def literal(values: list[Any]) -> Type:
    """Return the type of a value that is one of a few constants."""
    fit = [value for value in values if value is None or isinstance(value, str | bool | int)]
    if len(fit) < len(values):
        return ANY
    constants = tuple(value for value in fit if value is not None)
    if not constants:
        return NONE
    return optional(Literals(constants)) if None in fit else Literals(constants)


#: The parser wants to know where its document came from only to name it in messages.
_NOWHERE = Path("document")
_PARSER_CONFIG = ParserConfig.from_sources(
    ConfigFile(),
    meta_type=MetaType.NONE,
    document_source=_NOWHERE,
    file_encoding="utf-8",
    overwrite=False,
    output_path=None,
)
