"""The classes of a document: their names, their modules, their types."""

from collections.abc import Iterable
from typing import Any

from attrs import define, field

from outpost_generator.config import Config
from outpost_generator.python.naming import class_name, field_names, safe_name, snake_case, unique
from outpost_generator.python.types import (
    ANY,
    FILE,
    DictOf,
    Leaf,
    ListOf,
    Literals,
    Named,
    Plain,
    Type,
    UnionOf,
    annotation,
    leaves,
    typing_names,
    with_leaves,
)
from outpost_generator.reading.document import Document, pointer
from outpost_generator.reading.references import follow
from outpost_generator.schemas.grouping import groups, owners
from outpost_generator.schemas.parse import Types, is_enum, is_object

#: Slashes in the pointer of a schema that the document has a name for.
_NAMED = "#/components/schemas/Name".count("/")


@define
class Models:
    """The classes of a document: their names, modules and types."""

    document: Document
    types: Types
    config: Config
    package: str
    names: dict[str, str] = field(factory=dict)
    modules: dict[str, str] = field(factory=dict)
    #: component -> the module its class is in: with those that it holds and that hold it
    homes: dict[str, str] = field(factory=dict)
    groups: list[list[str]] = field(factory=list)
    #: component -> the one it stands beside, of which it is a part; or itself
    owners: dict[str, str] = field(factory=dict)
    #: enums that users pass in -> the name of what may stand for their values: member or text
    likes: dict[str, str] = field(factory=dict)
    #: components that request bodies and parameters are made of
    passed_in: set[str] = field(factory=set)
    #: components that answers are made of
    _returned: set[str] = field(factory=set)
    _edges: dict[str, list[str]] = field(factory=dict)
    #: components that msgspec cannot hold; found when first asked for
    _foreign: "set[str] | None" = None
    _schemas: dict[str, Any] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._schemas = self.document.schemas
        taken: set[str] = set()
        modules: set[str] = set()
        # Names that are class names already keep them, whatever stands before them in the document.
        ordered = sorted(self.document.schemas, key=lambda name: class_name(name) != name)
        for component in ordered:
            self.names[component] = unique(class_name(component), taken)
            self.modules[component] = unique(safe_name(snake_case(self.names[component])), modules)
        self._edges = {component: self.holds(component) for component in self.document.schemas}
        edges = self._edges
        used = self.types.used_in_operations()
        inline = {
            component
            for component, origin in self.document.origins.items()
            if component in edges and component not in used and origin.count("/") > _NAMED
        }
        self.owners = owners(edges, inline)
        self.groups = groups(edges, self.owners)
        self.passed_in = self._reachable(self.types.passed_in(), edges)
        self._returned = self._reachable(self.types.returned(), edges)
        for component in self.document.schemas:
            if component in self.passed_in and is_enum(self.schema(component)):
                self.likes[component] = unique(f"{self.names[component]}Like", taken)
        for group in self.groups:
            for component in group:
                self.homes[component] = self.modules[group[0]]

    def schema(self, component: str) -> dict[str, Any]:
        """Return the schema of a component."""
        found = self._schemas[component]
        return found if isinstance(found, dict) else {}

    def where(self, component: str) -> str:
        """Return the pointer of a component in the normalised document."""
        return pointer("components", "schemas", component)

    def field_types(self, component: str) -> dict[str, Type]:
        """Return the type of each property of a class."""
        where = self.where(component)
        return {
            name: self.types.at(f"{where}/properties{pointer(name)[1:]}")
            for name in self.schema(component).get("properties", {})
        }

    def field_names(self, component: str) -> dict[str, str]:
        """Return the attribute of each property of a class, by its wire name."""
        properties = self.schema(component).get("properties", {})
        return field_names(properties, self.config.field_names == "snake")

    def required(self, component: str) -> set[str]:
        """Return the properties that are always there.

        One that only the server sets is none where users make the object, and one that only users
        set is none where an answer holds it.
        """
        schema = self.schema(component)
        absent = [
            *(["readOnly"] if component in self.passed_in else []),
            *(["writeOnly"] if component in self._returned else []),
        ]
        properties = schema.get("properties") or {}
        return {
            name
            for name in schema.get("required") or ()
            if not any(follow(self.document.root, properties.get(name)).get(w) for w in absent)
        }

    def extra_type(self, component: str) -> "Type | None":
        """Return the type of further properties that a class keeps; ``None`` drops them."""
        extra = self.schema(component).get("additionalProperties")
        if isinstance(extra, dict):
            return self.types.at(f"{self.where(component)}/additionalProperties")
        return ANY if extra is True else None

    def alias_type(self, component: str) -> Type:
        """Return what an alias stands for."""
        return self.types.at(self.where(component))

    def expand(self, type_: Type) -> Type:
        """Return the type with aliases of plain types put in place: ``str``, not ``EntityName``."""
        return with_leaves(type_, self._expanded)

    def _expanded(self, leaf: Leaf) -> Type:
        if not isinstance(leaf, Named) or not self.is_alias(leaf.component):
            return leaf
        target = self.alias_type(leaf.component)
        inner = target.members if isinstance(target, UnionOf) else (target,)
        return target if all(isinstance(each, Plain | Literals) for each in inner) else leaf

    def is_alias(self, component: str) -> bool:
        """Return whether a component is neither a class nor an enum."""
        schema = self.schema(component)
        return not is_object(schema) and not is_enum(schema)

    def is_native(self, type_: Type) -> bool:
        """Return whether msgspec reads and writes the type by itself."""
        return all(self._leaf_is_native(leaf) for leaf in leaves(type_)) and not self._mixes_models(
            type_
        )

    def text(self, type_: Type, *, passed: bool = False) -> str:
        """Return the annotation of a type; ``passed``: of a value that users pass in."""
        return annotation(self.expand(type_), lambda component: self.name(component, passed))

    def run_time_text(self, type_: Type) -> str:
        """Return the annotation as code that is run can name it: only checkers know JsonValue."""
        known = with_leaves(self.expand(type_), lambda leaf: Plain("Any") if leaf == ANY else leaf)
        return annotation(known, self.names.__getitem__)

    def name(self, component: str, passed: bool) -> str:
        """Return the name of a component's class; of an enum that is passed in, with its text."""
        return (self.likes.get(component) if passed else None) or self.names[component]

    def imports(
        self, types: Iterable[Type], beside: "str | None" = None, *, passed: bool = False
    ) -> list[str]:
        """Return the import lines that annotations of these types need."""
        lines: set[str] = set()
        for type_ in types:
            expanded = self.expand(type_)
            text = annotation(expanded, self.names.__getitem__)
            for name in typing_names(text):
                lines.add(f"from typing import {name}")
            for leaf in leaves(expanded):
                if isinstance(leaf, Named):
                    if self.homes[leaf.component] != beside:
                        lines.add(self.import_line(leaf.component, passed))
                elif isinstance(leaf, Plain):
                    lines.update(leaf.imports)
                    if leaf.text in ("JsonValue", "Unset", "File"):
                        lines.add(f"from {self.package}.types import {leaf.text}")
        return sorted(lines)

    def import_line(self, component: str, passed: bool = False) -> str:
        """Return the line that imports a component's class."""
        home, name = self.homes[component], self.name(component, passed)
        return f"from {self.package}.models.{home} import {name}"

    def holds(self, component: str) -> list[str]:
        """Return the components that a component names."""
        schema = self.schema(component)
        if is_enum(schema):
            return []
        if is_object(schema):
            types = list(self.field_types(component).values())
            extra = self.extra_type(component)
            if extra is not None:
                types.append(extra)
        else:
            types = [self.alias_type(component)]
        held: dict[str, None] = {}
        for type_ in types:
            for leaf in leaves(type_):
                if isinstance(leaf, Named):
                    held[leaf.component] = None
        return list(held)

    @staticmethod
    def _reachable(start: Iterable[str], edges: dict[str, list[str]]) -> set[str]:
        found: set[str] = set()
        waiting = list(start)
        while waiting:
            component = waiting.pop()
            if component not in found:
                found.add(component)
                waiting.extend(edges.get(component, ()))
        return found

    def _leaf_is_native(self, leaf: Leaf) -> bool:
        if not isinstance(leaf, Named):
            return leaf != FILE
        if self._foreign is None:
            self._foreign = self._beyond_msgspec()
        return leaf.component not in self._foreign

    def _beyond_msgspec(self) -> set[str]:
        """Return the components that msgspec cannot hold, and all that hold one of them."""
        holders: dict[str, list[str]] = {}
        for component, held in self._edges.items():
            for each in held:
                holders.setdefault(each, []).append(component)
        alone = [each for each in self._edges if not self._is_native_alone(each)]
        return self._reachable(alone, holders)

    def _is_native_alone(self, component: str) -> bool:
        """Return whether msgspec can hold a component, if it can hold what the component holds."""
        schema = self.schema(component)
        if is_enum(schema):
            return True
        if is_object(schema):
            types = list(self.field_types(component).values())
            if self.extra_type(component) is not None or any(
                wire_name != name for wire_name, name in self.field_names(component).items()
            ):
                return False
        else:
            types = [self.alias_type(component)]
        return not any(FILE in leaves(type_) or self._mixes_models(type_) for type_ in types)

    def _mixes_models(self, type_: Type) -> bool:
        """Return whether a union holds two kinds of object, which msgspec cannot tell apart."""
        match type_:
            case UnionOf(members):
                objects = sum(self._is_json_object(member) for member in members)
                return objects > 1 or any(self._mixes_models(member) for member in members)
            case ListOf(item):
                return self._mixes_models(item)
            case DictOf(value):
                return self._mixes_models(value)
            case _:
                return False

    def _is_json_object(self, type_: Type, seen: tuple[str, ...] = ()) -> int:
        match type_:
            case DictOf():
                return 1
            case Named(component) if component not in seen:
                if is_object(self.schema(component)):
                    return 1
                if self.is_alias(component):
                    return self._is_json_object(self.alias_type(component), (*seen, component))
            case UnionOf(members):
                return sum(self._is_json_object(member, seen) for member in members)
        return 0
