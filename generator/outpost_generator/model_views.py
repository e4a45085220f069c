"""From components of the normalised document to the modules of ``models``."""

from collections.abc import Iterable
from typing import Any

from attrs import define, field

from outpost_generator.config import Config
from outpost_generator.descriptions import bounds, describe
from outpost_generator.document import Document, pointer
from outpost_generator.graph import components_in_order
from outpost_generator.naming import class_name, field_name, member_name, snake_case, unique
from outpost_generator.parse import Types, is_enum, is_object
from outpost_generator.references import schema_name
from outpost_generator.text import docstring, literal
from outpost_generator.types import (
    NONE,
    UNSET,
    DictOf,
    ListOf,
    Named,
    Plain,
    Type,
    UnionOf,
    annotation,
    leaves,
    optional,
    typing_names,
    union,
)
from outpost_generator.views import AliasView, ClassView, EnumView, FieldView, MemberView, ModelModuleView


@define
class Models:
    """The classes of a document: their names, modules and types."""

    document: Document
    types: Types
    config: Config
    package: str
    names: dict[str, str] = field(factory=dict)
    modules: dict[str, str] = field(factory=dict)
    #: component -> the module its class is really in: models that hold each other share one
    homes: dict[str, str] = field(factory=dict)
    groups: list[list[str]] = field(factory=list)
    _native: dict[str, bool] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        taken: set[str] = set()
        modules: set[str] = set()
        # Names that are class names already keep them, whatever stands before them in the document.
        ordered = sorted(self.document.schemas, key=lambda name: class_name(name) != name)
        for component in ordered:
            self.names[component] = unique(class_name(component), taken)
            self.modules[component] = unique(snake_case(self.names[component]), modules)
        edges = {component: self._holds(component) for component in self.document.schemas}
        self.groups = components_in_order(edges)
        order = {component: index for index, component in enumerate(self.document.schemas)}
        for group in self.groups:
            group.sort(key=order.__getitem__)
            for component in group:
                self.homes[component] = self.modules[group[0]]

    def schema(self, component: str) -> dict[str, Any]:
        """Return the schema of a component."""
        found = self.document.schemas[component]
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

    def extra_type(self, component: str) -> "Type | None":
        """Return the type of further properties that a class keeps, or ``None`` when it drops them."""
        extra = self.schema(component).get("additionalProperties")
        if isinstance(extra, dict):
            return self.types.at(f"{self.where(component)}/additionalProperties")
        return Plain("JsonValue") if extra is True else None

    def alias_type(self, component: str) -> Type:
        """Return what an alias stands for."""
        return self.types.at(self.where(component))

    def expand(self, type_: Type) -> Type:
        """Return the type with aliases of plain types put in place: ``str`` tells more than ``EntityName``."""
        match type_:
            case Named(component) if self.is_alias(component):
                target = self.alias_type(component)
                inner = target.members if isinstance(target, UnionOf) else (target,)
                return target if all(isinstance(each, Plain) for each in inner) else type_
            case ListOf(item):
                return ListOf(self.expand(item))
            case DictOf(value):
                return DictOf(self.expand(value))
            case UnionOf(members):
                return union(*[self.expand(member) for member in members])
            case _:
                return type_

    def is_alias(self, component: str) -> bool:
        """Return whether a component is neither a class nor an enum."""
        schema = self.schema(component)
        return not is_object(schema) and not is_enum(schema)

    def is_native(self, type_: Type) -> bool:
        """Return whether msgspec reads and writes the type by itself."""
        return all(self._leaf_is_native(leaf, ()) for leaf in leaves(type_)) and not self._mixes_models(type_)

    def text(self, type_: Type) -> str:
        """Return the annotation of a type."""
        return annotation(self.expand(type_), self.names.__getitem__)

    def imports(self, types: Iterable[Type], beside: "str | None" = None) -> list[str]:
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
                        home = self.homes[leaf.component]
                        lines.add(f"from {self.package}.models.{home} import {self.names[leaf.component]}")
                else:
                    lines.update(leaf.imports)
                    if leaf.text in ("JsonValue", "Unset", "File"):
                        lines.add(f"from {self.package}.types import {leaf.text}")
        return sorted(lines)

    def _holds(self, component: str) -> list[str]:
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

    def _leaf_is_native(self, leaf: "Plain | Named", above: tuple[str, ...]) -> bool:
        if isinstance(leaf, Plain):
            return leaf.text != "File"
        component = leaf.component
        if component in above:
            return True
        if component not in self._native:
            native = self._component_is_native(component, (*above, component))
            if above:
                return native  # may rest on a circle that is still being looked at
            self._native[component] = native
        return self._native[component]

    def _component_is_native(self, component: str, above: tuple[str, ...]) -> bool:
        schema = self.schema(component)
        if is_enum(schema):
            return True
        if is_object(schema):
            types = list(self.field_types(component).values())
            if self.extra_type(component) is not None or any(field_name(name) != name for name in schema["properties"]):
                return False
        else:
            types = [self.alias_type(component)]
        return all(
            self._leaf_is_native(leaf, above) for type_ in types for leaf in leaves(type_)
        ) and not any(self._mixes_models(type_) for type_ in types)

    def _mixes_models(self, type_: Type) -> bool:
        """Return whether a union holds two kinds of JSON object, which msgspec cannot tell apart."""
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


def model_modules(models: Models, header: "HeaderMaker") -> dict[str, ModelModuleView]:
    """Return the module of every component, by module name."""
    modules: dict[str, ModelModuleView] = {}
    for group in models.groups:
        home = models.modules[group[0]]
        modules[home] = _module(models, group, header(models.document.origins[group[0]]))
        for component in group[1:]:
            name = models.names[component]
            line = f"from {models.package}.models.{home} import {name}"
            modules[models.modules[component]] = ModelModuleView(
                header=header(models.document.origins[component]),
                docstring=docstring([f"{name}, which stands in :mod:`{models.package}.models.{home}`: they hold each other."]),
                imports=(line,), classes=(), enums=(), aliases=(), exported=literal([name]),
            )
    return dict(sorted(modules.items()))


def _module(models: Models, group: list[str], header: str) -> ModelModuleView:
    home = models.modules[group[0]]
    is_circle = len(group) > 1 or group[0] in models._holds(group[0])
    classes: list[ClassView] = []
    enums: list[EnumView] = []
    aliases: list[AliasView] = []
    imports: set[str] = set()
    for component in group:
        schema = models.schema(component)
        if is_enum(schema):
            enums.append(_enum(models, component))
            imports.add(f"from {models.package}.model import OpenEnum")
        elif is_object(schema):
            view, lines = _class(models, component, home, is_circle)
            classes.append(view)
            imports.update(lines)
        else:
            view_, lines = _alias(models, component, home, is_circle)
            aliases.append(view_)
            imports.update(lines)
    names = [models.names[component] for component in group]
    return ModelModuleView(
        header=header,
        docstring=docstring([f"{', '.join(names)}: {_first_line(models, group[0])}"]),
        imports=tuple(sorted(imports)),
        classes=tuple(classes),
        enums=tuple(enums),
        aliases=tuple(aliases),
        exported=literal(names),
    )


def _first_line(models: Models, component: str) -> str:
    summary = describe(models.schema(component)) or models.document.origins[component]
    return summary.split("\n")[0].split(". ")[0].rstrip(".")[:120] + "."


def _class(models: Models, component: str, home: str, is_circle: bool) -> tuple[ClassView, list[str]]:
    schema = models.schema(component)
    required = set(schema.get("required") or ())
    fields: list[FieldView] = []
    used: list[Type] = []
    imports = {f"from {models.package}.model import Model", "from attrs import define"}
    taken: set[str] = set()
    wire_names: dict[str, str] = {}
    notes: list[str] = []
    for wire_name, type_ in models.field_types(component).items():
        property_schema = schema["properties"][wire_name]
        property_schema = property_schema if isinstance(property_schema, dict) else {}
        name = _unique_field(field_name(wire_name), taken)
        if name != wire_name:
            wire_names[name] = wire_name
        default, type_, lines = _default(models, property_schema, type_, wire_name in required)
        imports.update(lines)
        used.append(type_)
        text = models.text(type_)
        fields.append(FieldView(name=name, annotation=f'"{text}"' if is_circle else text, default=default))
        note = describe(property_schema) or _referred_description(models, property_schema)
        limits = bounds(property_schema)
        about = " ".join(part for part in (note.split("\n\n")[0].replace("\n", " "), limits) if part)
        if about:
            notes.append(f"    {name}: {about}")
    extra = models.extra_type(component)
    if extra is not None:
        text = models.text(DictOf(extra))
        used.append(DictOf(extra))
        imports.add("from attrs import field")
        fields.append(FieldView("additional_properties", f'"{text}"' if is_circle else text, " = field(factory=dict)"))
        notes.append("    additional_properties: further fields of the object, by wire name.")
    imports.update(models.imports(used, beside=home))
    settings: list[str] = []
    if wire_names:
        settings.append(f"__wire_names__: ClassVar[Mapping[str, str]] = {literal(wire_names)}")
        imports.update(("from typing import ClassVar", "from typing import Mapping"))
    if not models.is_native(Named(component)):
        settings.append("__native__: ClassVar[bool] = False")
        imports.add("from typing import ClassVar")
    if any(view.default == " = UNSET" or "UNSET" in view.default for view in fields):
        imports.add(f"from {models.package}.types import UNSET")
    return (
        ClassView(
            name=models.names[component],
            docstring=docstring(_class_docstring(models, component, notes)),
            settings=tuple(settings),
            fields=tuple(sorted(fields, key=lambda view: bool(view.default))),
        ),
        sorted(imports),
    )


def _class_docstring(models: Models, component: str, notes: list[str]) -> list[str]:
    from outpost_generator.text import blocks, wrap

    schema = models.schema(component)
    lines = blocks(describe(schema)) or [f"{models.names[component]}."]
    if schema.get("deprecated"):
        lines += ["", "Deprecated."]
    if notes:
        lines += ["", "Attributes:"]
        for note in notes:
            lines.extend(wrap(note.strip(), indent="        ", first="    "))
    return lines


def _referred_description(models: Models, schema: dict[str, Any]) -> str:
    component = schema_name(schema.get("$ref", ""))
    return describe(models.schema(component)) if component in models.names else ""


def _default(models: Models, schema: dict[str, Any], type_: Type, required: bool) -> tuple[str, Type, list[str]]:
    """Return the default of a field, the type it then has, and the imports it needs."""
    secret = schema.get("format") == "password" or bool(schema.get("writeOnly"))
    field_import = ["from attrs import field"]
    if "default" in schema:
        value = schema["default"]
        if value is None:
            type_ = optional(type_)
        expression = default_expression(models, type_, value)
        if expression is not None:
            mutable = isinstance(value, list | dict)
            if mutable:
                hidden = ", repr=False" if secret else ""
                return f" = field(factory=lambda: {expression}{hidden})", type_, field_import
            return (f" = field(default={expression}, repr=False)", type_, field_import) if secret else (
                f" = {expression}", type_, [])
    constant = schema.get("enum")
    if required and isinstance(constant, list) and len(constant) == 1 and isinstance(constant[0], str):
        return f" = {literal(constant[0])}", type_, []
    if required:
        return (" = field(repr=False)", type_, field_import) if secret else ("", type_, [])
    type_ = union(UNSET, type_)
    return (" = field(default=UNSET, repr=False)", type_, field_import) if secret else (" = UNSET", type_, [])


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
            }.get(text, text.startswith("Literal[") and isinstance(value, str | int) and repr(value) in text)
            if fits and text == "float":
                return literal(float(value))
            return literal(value) if fits else None
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
                return f"{name}.{members[literal(value)]}" if value in schema["enum"] else None
            if is_object(schema):
                return f"{name}.from_dict({literal(value)})" if isinstance(value, dict) else None
            return default_expression(models, models.alias_type(component), value)
    return None


def _enum(models: Models, component: str) -> EnumView:
    from outpost_generator.text import blocks

    schema = models.schema(component)
    lines = blocks(describe(schema)) or [f"{models.names[component]}."]
    lines += ["", "Values that this document does not know survive as they are."]
    return EnumView(name=models.names[component], docstring=docstring(lines), members=enum_members(schema))


def enum_members(schema: dict[str, Any]) -> tuple[MemberView, ...]:
    """Return the members of an enum, each value once, under names that differ."""
    taken: set[str] = set()
    chosen = schema.get("x-enum-varnames") or schema.get("x-enumNames") or []
    members: dict[str, MemberView] = {}
    for index, value in enumerate(schema["enum"]):
        preferred = chosen[index] if index < len(chosen) and isinstance(chosen[index], str) else value
        if value not in members:
            members[value] = MemberView(_unique_field(member_name(preferred), taken), literal(value))
    return tuple(members.values())


def _alias(models: Models, component: str, home: str, is_circle: bool) -> tuple[AliasView, list[str]]:
    from outpost_generator.text import comment

    schema = models.schema(component)
    type_ = models.alias_type(component)
    name = models.names[component]
    text = annotation(type_, lambda each: _quote_inside(models, each, home, is_circle))
    imports = set(models.imports([type_], beside=home))
    imports.update(f"from typing import {each}" for each in typing_names(text))
    for leaf in leaves(type_):  # an alias names its parts; nothing is put in place
        if isinstance(leaf, Named) and models.homes[leaf.component] != home:
            imports.add(f"from {models.package}.models.{models.homes[leaf.component]} import {models.names[leaf.component]}")
    if is_circle:
        imports.update(("from typing import TYPE_CHECKING", "from typing import Any"))
    discriminator = _discriminator(models, component, type_)
    if discriminator:
        imports.add(f"from {models.package}.lenient import discriminate")
    description = describe(schema).split("\n\n")[0]
    return (
        AliasView(
            name=name,
            annotation=text,
            comment=tuple(f"#: {comment(line)}" for line in description.splitlines()),
            checked_only=is_circle,
            discriminator=discriminator,
        ),
        sorted(imports),
    )


def _quote_inside(models: Models, component: str, home: str, is_circle: bool) -> str:
    name = models.names[component]
    return f'"{name}"' if is_circle and models.homes[component] == home else name


def _discriminator(models: Models, component: str, type_: Type) -> str:
    rule = models.schema(component).get("discriminator")
    members = [each for each in (type_.members if isinstance(type_, UnionOf) else ()) if isinstance(each, Named)]
    classes = {each.component for each in members if is_object(models.schema(each.component))}
    if not isinstance(rule, dict) or not isinstance(rule.get("propertyName"), str) or len(classes) < 2:
        return ""
    mapping: dict[str, str] = {}
    for each in sorted(classes, key=list(models.document.schemas).index):
        tag = models.schema(each).get("properties", {}).get(rule["propertyName"], {})
        values = tag.get("enum") if isinstance(tag, dict) else None
        for value in values if isinstance(values, list) else [each]:
            if isinstance(value, str):
                mapping[value] = each
    for value, reference in (rule.get("mapping") or {}).items():
        target = schema_name(str(reference)) or (str(reference) if str(reference) in classes else None)
        if target in classes:
            mapping[value] = str(target)
    pairs = ", ".join(f"{literal(value)}: {models.names[each]}" for value, each in mapping.items())
    return f"discriminate({models.names[component]}, {literal(rule['propertyName'])}, {{{pairs}}})"


def _unique_field(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    taken.add(candidate)
    return candidate


HeaderMaker = __import__("collections.abc", fromlist=["Callable"]).Callable[[str], str]
_ = NONE
