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
from openapi_python_client.config import Config as ParserConfig
from openapi_python_client.config import ConfigFile, MetaType
from openapi_python_client.parser import properties as parsed
from openapi_python_client.parser.errors import PropertyError
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.schema.untrusted_string import UntrustedString

from outpost_generator.config import Config
from outpost_generator.errors import Problem
from outpost_generator.python.types import (
    ANY,
    NONE,
    STR,
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
        found: dict[str, None] = {}
        for where, type_ in self.by_pointer.items():
            if places.match(where):
                found.update(
                    {leaf.component: None for leaf in leaves(type_) if isinstance(leaf, Named)}
                )
        return list(found)


def parse(document: Document, config: Config) -> Types:
    """Give every schema a type."""
    projection = _Projection(document, config)
    for name, schema in document.schemas.items():
        projection.component(name, schema)
    for section in SECTIONS:
        for name, method, operation in operations(document.root, section):
            projection.operation(operation, pointer(section, name, method))
    return projection.read()


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
class _Projection:
    document: Document
    config: Config
    #: made-up name -> (schema of the document, its pointer, its projection)
    sources: dict[str, list[tuple[Any, str, dict[str, Any]]]] = field(factory=dict)
    handles: dict[str, str] = field(factory=dict)
    #: made-up name of a union or map -> which of the two
    kinds: dict[str, str] = field(factory=dict)
    literals: dict[str, Type] = field(factory=dict)
    problems: list[Problem] = field(factory=list)
    schemas: dict[str, Any] = field(factory=dict)
    _properties: dict[tuple[str, str], Any] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.schemas = self.document.schemas

    def component(self, name: str, schema: Any) -> None:
        where = pointer("components", "schemas", name)
        if not isinstance(schema, dict):
            schema = {}
        places: dict[str, Any] = {}
        if is_object(schema):
            places = {
                f"{where}/properties{pointer(each)[1:]}": value
                for each, value in schema["properties"].items()
            }
            if isinstance(schema.get("additionalProperties"), dict):
                places[f"{where}/additionalProperties"] = schema["additionalProperties"]
        elif not is_enum(schema):
            places[where] = schema
        self._box(self._handle(name), places)

    def operation(self, operation: dict[str, Any], where: str) -> None:
        places: dict[str, Any] = {}
        for index, parameter in enumerate(operation["parameters"]):
            self._holder(parameter, f"{where}/parameters/{index}", places)
        if "requestBody" in operation:
            self._holder(operation["requestBody"], f"{where}/requestBody", places)
        for status, response in operation["responses"].items():
            at = f"{where}/responses/{status}"
            self._holder(response, at, places)
            for name, header in (response.get("headers") or {}).items():
                self._holder(header, f"{at}/headers{pointer(name)[1:]}", places)
        self._box(f"Operation{len(self.sources)}", places)

    def read(self) -> Types:
        by_pointer: dict[str, Type] = {}
        for handle, places in self.sources.items():
            if handle not in self.kinds:
                for schema, where, projected in places:
                    by_pointer[where] = self._type(projected, schema)
        return Types(by_pointer=by_pointer, problems=tuple(self.problems))

    def _holder(self, holder: Any, where: str, places: dict[str, Any]) -> None:
        if isinstance(holder.get("schema"), dict):
            places[f"{where}/schema"] = holder["schema"]
        for media_type, media in (holder.get("content") or {}).items():
            at = f"{where}/content{pointer(media_type)[1:]}"
            for key in ("schema", "itemSchema"):
                if isinstance(media.get(key), dict):
                    places[f"{at}/{key}"] = media[key]

    def _handle(self, component: str) -> str:
        return self.handles.setdefault(component, f"Component{len(self.handles)}")

    def _box(self, handle: str, places: dict[str, Any]) -> None:
        self.sources[handle] = held = []
        for where, schema in places.items():
            held.append((schema, where, self._project(schema, where)))

    def _inner_box(self, kind: str, places: dict[str, Any]) -> dict[str, Any]:
        handle = f"{kind}{len(self.sources)}"
        self.kinds[handle] = kind
        self._box(handle, places)
        return {"$ref": handle}

    def _project(self, schema: Any, where: str) -> dict[str, Any]:
        """Return the schema as the parser shall see it: its type and nothing else."""
        if not isinstance(schema, dict):
            return {}
        if "$ref" in schema:
            name = schema_name(schema["$ref"])
            if name is None or name not in self.schemas:
                way_out = "Correct the reference, or add the schema it names."
                self.problems.append(Problem(where, f"{schema['$ref']} does not exist", way_out))
                return {}
            return {"$ref": self._handle(name)}
        if "enum" in schema:
            return self._literal(schema)
        members = [*(schema.get("anyOf") or []), *(schema.get("oneOf") or [])]
        if members:
            keys = ["anyOf"] * len(schema.get("anyOf") or []) + ["oneOf"] * len(
                schema.get("oneOf") or []
            )
            return self._inner_box(
                "Union",
                {
                    f"{where}/{key}/{i}": member
                    for i, (key, member) in enumerate(zip(keys, members, strict=True))
                },
            )
        kind = schema.get("type")
        if kind == "array" or (kind is None and {"items", "prefixItems"} & set(schema)):
            return {"type": "array", "items": self._items(schema, where)}
        if kind == "object" or (kind is None and "additionalProperties" in schema):
            extra = schema.get("additionalProperties")
            return self._inner_box(
                "Map", {f"{where}/additionalProperties": extra if isinstance(extra, dict) else {}}
            )
        if kind in ("string", "integer", "number", "boolean"):
            return {
                "type": kind,
                **({"format": schema["format"]} if isinstance(schema.get("format"), str) else {}),
            }
        return {}

    def _items(self, schema: dict[str, Any], where: str) -> dict[str, Any]:
        first = schema.get("prefixItems")
        if isinstance(first, list) and first:
            members = {f"{where}/prefixItems/{index}": item for index, item in enumerate(first)}
            if isinstance(schema.get("items"), dict) and schema["items"] != {"not": {}}:
                members[f"{where}/items"] = schema["items"]
            return self._inner_box("Union", members)
        items = schema.get("items")
        return self._project(items, f"{where}/items") if isinstance(items, dict) else {}

    def _literal(self, schema: dict[str, Any]) -> dict[str, Any]:
        handle = f"Literal{len(self.sources)}"
        self.kinds[handle] = "Literal"
        self.sources[handle] = []
        self.literals[handle] = literal(schema["enum"])
        return {"$ref": handle}

    def _type(self, projected: dict[str, Any], schema: Any) -> Type:
        found = self._bare(projected, schema)
        return optional(found) if isinstance(schema, dict) and schema.get("nullable") else found

    def _bare(self, projected: dict[str, Any], schema: Any) -> Type:
        if "$ref" in projected:
            return self._referred(projected["$ref"], schema)
        match self._property(projected.get("type", ""), projected.get("format", "")):
            case ListProperty():
                return ListOf(self._type(projected["items"], _item_schema(schema)))
            case BooleanProperty():
                return Plain("bool")
            case IntProperty():
                return Plain("int")
            case FloatProperty():
                return Plain("float")
            case parsed.AnyProperty() | PropertyError():
                return ANY
            case NoneProperty():
                return NONE
            case _:
                # All others are text with a format; which formats are Python types is configured.
                return (
                    self.config.format_type(schema.get("format"))
                    if isinstance(schema, dict)
                    else STR
                )

    def _property(self, kind: str, format: str) -> Any:
        """Return what the parser makes of a type and a format."""
        if (kind, format) not in self._properties:
            said: dict[str, Any] = {"type": kind} if kind else {}
            said |= {"format": format} if format else {}
            said |= {"items": {}} if kind == "array" else {}
            self._properties[kind, format], _ = parsed.property_from_data(
                name=UntrustedString("value"),
                required=True,
                data=oai.Schema.model_validate(said),
                schemas=parsed.Schemas(),
                parent_name="",
                config=_PARSER_CONFIG,
            )
        return self._properties[kind, format]

    def _referred(self, handle: str, schema: Any) -> Type:
        kind = self.kinds.get(handle)
        if kind is None:
            component = schema_name(schema["$ref"])
            assert component is not None
            target = self.schemas[component]
            is_class = is_object(target) or is_enum(target)
            # An alias says itself that it may be null; a class cannot.
            may_be_null = is_class and target.get("nullable")
            return optional(Named(component)) if may_be_null else Named(component)
        if kind == "Literal":
            return self.literals[handle]
        members = [self._type(projected, inner) for inner, _, projected in self.sources[handle]]
        if kind == "Map":
            return DictOf(members[0])
        return union(*members)


def _item_schema(schema: Any) -> Any:
    if not isinstance(schema, dict) or schema.get("prefixItems"):
        return None
    return schema.get("items")


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
