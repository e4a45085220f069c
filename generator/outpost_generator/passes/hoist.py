"""Schemas that become classes get a name of their own, wherever they stand."""

from typing import Any

from attrs import evolve

from outpost_generator.passes.choices import SHARED
from outpost_generator.passes.subtypes import VARIANT_OF
from outpost_generator.python.naming import pascal_case, unique
from outpost_generator.reading import limits
from outpost_generator.reading.document import SECTIONS, Change, Document, operations, pointer

#: What is said of a place, and what of the place and of the class that stands there.
_OF_USE = ("default", "nullable", "readOnly", "writeOnly")
_OF_BOTH = ("description", "deprecated", "example", "examples", "title")
_MANY = ("allOf", "anyOf", "oneOf")
#: With one of these beside it, a lone member of allOf is another class.
_STRUCTURE = frozenset(("required", "additionalProperties"))


def hoist(document: Document) -> Document:
    """Move inline objects and enums into components, named after the place they stand at."""
    hoister = _Hoister(document)
    for name, schema in document.schemas.items():
        at = pointer("components", "schemas", name)
        hoister.origins.setdefault(name, at)
        hoister.schemas[name] = hoister.inside(schema, pascal_case(name), hoister.origins[name])
    sections: dict[str, Any] = {}
    for section in SECTIONS:
        items = {name: dict(item) for name, item in (document.root.get(section) or {}).items()}
        for name, method, operation in operations(document.root, section):
            at = pointer(section, name, method)
            parent = (
                pascal_case(operation.get("operationId") or f"{method} {name}")
                if section == "paths"
                else pascal_case(name)
            )
            items[name][method] = hoister.operation(
                operation, parent, str(operation.get("x-origin", at) if section != "paths" else at)
            )
        if section in document.root:
            sections[section] = items
    done = document.with_root({**document.root, **sections}, hoister.changes)
    return evolve(done.with_schemas(hoister.schemas), origins=hoister.origins)


class _Hoister:
    def __init__(self, document: Document) -> None:
        self.schemas: dict[str, Any] = {}
        self.origins: dict[str, str] = dict(document.origins)
        self.changes: list[Change] = []
        self.taken = {pascal_case(name).lower() for name in document.schemas}
        #: what stands beside a choice and has been visited: all alternatives have the same classes
        self.shared: dict[int, Any] = {}

    def operation(self, operation: dict[str, Any], parent: str, where: str) -> dict[str, Any]:
        new = dict(operation)
        new["parameters"] = [
            self.holder(
                each, parent + pascal_case(str(each.get("name", ""))), f"{where}/parameters/{index}"
            )
            for index, each in enumerate(operation.get("parameters") or [])
        ]
        if "requestBody" in operation:
            new["requestBody"] = self.holder(
                operation["requestBody"], f"{parent}Body", f"{where}/requestBody"
            )
        responses = operation.get("responses") or {}
        new["responses"] = {
            status: self.response(each, parent, status, f"{where}/responses/{status}")
            for status, each in responses.items()
        }
        return new

    def response(
        self, response: dict[str, Any], parent: str, status: str, where: str
    ) -> dict[str, Any]:
        suffix = "Response" if status.startswith("2") else f"Response{pascal_case(status)}"
        new = self.holder(response, parent + suffix, where)
        if headers := response.get("headers"):
            new["headers"] = {
                name: self.holder(
                    each,
                    f"{parent}{pascal_case(name)}Header",
                    f"{where}/headers{pointer(name)[1:]}",
                )
                for name, each in headers.items()
            }
        return new

    def holder(self, holder: dict[str, Any], name: str, where: str) -> dict[str, Any]:
        """Hoist out of the ``schema`` and ``content`` of a parameter, body, response or header."""
        new = dict(holder)
        if isinstance(holder.get("schema"), dict):
            new["schema"] = self.place(holder["schema"], name, f"{where}/schema")
        if isinstance(holder.get("content"), dict):
            new["content"] = {
                media_type: self.holder(media, name, f"{where}/content{pointer(media_type)[1:]}")
                for media_type, media in holder["content"].items()
            }
        if isinstance(holder.get("itemSchema"), dict):
            new["itemSchema"] = self.place(
                holder["itemSchema"], f"{name}Item", f"{where}/itemSchema"
            )
        return new

    def place(self, schema: Any, name: str, where: str) -> Any:
        """Return what stands at a place: the schema, or a reference to it under a new name."""
        if not isinstance(schema, dict):
            return schema
        if not _becomes_class(schema):
            return self.inside(schema, name, where)
        limits.refuse(where, len(self.schemas) + 1, limits.MOST_SCHEMAS, "schemas")
        component = unique(name or "Schema", self.taken)
        self.origins[component] = where
        self.changes.append(Change("hoist", where, f"named {component}"))
        self.schemas[component] = {}  # keeps its place before the schemas found inside it
        use = {key: schema[key] for key in (*_OF_USE, *_OF_BOTH) if key in schema}
        named = {key: value for key, value in schema.items() if key not in _OF_USE}
        self.schemas[component] = self.inside(named, component, where)
        return {"$ref": pointer("components", "schemas", component), **use}

    def inside(self, schema: Any, name: str, where: str) -> Any:
        """Hoist out of the places inside a schema."""
        if not isinstance(schema, dict):
            return schema
        new = dict(schema)
        if isinstance(schema.get("properties"), dict):
            new["properties"] = {
                each: self.place(
                    value, name + pascal_case(each), f"{where}/properties{pointer(each)[1:]}"
                )
                for each, value in schema["properties"].items()
            }
        for key, suffix in (
            ("items", "Item"),
            ("additionalProperties", "Value"),
            ("contentSchema", "Content"),
        ):
            if isinstance(schema.get(key), dict):
                new[key] = self.place(schema[key], name + suffix, f"{where}/{key}")
        for key in _MANY:
            if isinstance(schema.get(key), list):
                new[key] = self.members(schema[key], key, name, where)
        if isinstance(schema.get("prefixItems"), list):
            new["prefixItems"] = [
                self.place(each, f"{name}Item{index}", f"{where}/prefixItems/{index}")
                for index, each in enumerate(schema["prefixItems"])
            ]
        return new

    def members(self, members: list[Any], key: str, name: str, where: str) -> list[Any]:
        """Hoist out of ``allOf``, whose members become part of this class, or make classes."""
        if key == "allOf":
            return [
                self.shared.get(id(each)) or self.inside(each, name, f"{where}/allOf/{index}")
                for index, each in enumerate(members)
            ]
        for part in _shared_parts(members):
            if id(part) not in self.shared:
                self.shared[id(part)] = self.inside(part, name, where)
        return [
            self.place(each, self._member(each, name, index), f"{where}/{key}/{index}")
            for index, each in enumerate(members)
        ]

    def _member(self, member: Any, name: str, index: int) -> str:
        if not isinstance(member, dict):
            return f"{name}Option{index + 1}"
        said = [member.get("title"), member.get(VARIANT_OF), _constant(member)]
        chosen = next((each for each in said if isinstance(each, str) and pascal_case(each)), "")
        return name + (pascal_case(chosen) if chosen else f"Option{index + 1}")


def _constant(schema: dict[str, Any]) -> "str | None":
    """Return the value that a required field always has: it tells members of a union apart."""
    properties = schema.get("properties")
    for name in schema.get("required") or ():
        each = properties.get(name) if isinstance(properties, dict) else None
        values = each.get("enum") if isinstance(each, dict) else None
        if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str):
            return values[0]
    return None


def _shared_parts(members: list[Any]) -> list[Any]:
    """Return what the alternatives of a union have in common."""
    return [
        part
        for member in members
        if isinstance(member, dict)
        for part in member.get("allOf") or ()
        if isinstance(part, dict) and SHARED in part
    ]


def _becomes_class(schema: dict[str, Any]) -> bool:
    if "$ref" in schema:
        return False
    values = schema.get("enum")
    if isinstance(values, list):
        return len(values) > 1
    if schema.get("properties"):
        return True
    parts = schema.get("allOf")
    if isinstance(parts, list) and (len(parts) > 1 or (parts and _STRUCTURE & set(schema))):
        return True
    return bool(schema.get("discriminator")) and any(schema.get(key) for key in ("oneOf", "anyOf"))
