"""From components of the normalised document to the modules of ``models``."""

import ast
from collections.abc import Callable
from typing import Any

from attrs import evolve, frozen

from outpost_generator.python.text import blocks, wrap
from outpost_generator.python.types import DictOf, Named, Type, annotation, leaves
from outpost_generator.reading.references import schema_name
from outpost_generator.schemas.graph import components_in_order
from outpost_generator.schemas.models import Models
from outpost_generator.schemas.parse import is_enum, is_object
from outpost_generator.views.aliases import alias_view, aliases_in_order
from outpost_generator.views.defaults import FieldDefault, field_default
from outpost_generator.views.descriptions import bounds, describe
from outpost_generator.views.enums import enum_view
from outpost_generator.views.printed.models import (
    AliasView,
    ClassView,
    EnumView,
    FieldView,
    ModelModuleView,
)

#: (pointer) -> the three lines that begin a file
HeaderMaker = Callable[[str], str]
#: What is assigned to a field that has no default.
_REQUIRED = frozenset(("", "field(repr=False)"))


def model_modules(models: Models, header: HeaderMaker) -> dict[str, ModelModuleView]:
    """Return the module of every component, by module name."""
    modules: dict[str, ModelModuleView] = {}
    for group in models.groups:
        home = models.modules[group[0]]
        modules[home] = _module(models, group, header(models.document.origins[group[0]]))
        for component in group[1:]:
            if models.owners[component] != component:
                continue
            name = models.names[component]
            line = f"from {models.package}.models.{home} import {name}"
            modules[models.modules[component]] = ModelModuleView(
                header=header(models.document.origins[component]),
                docstring=f"{name}: see :mod:`{models.package}.models.{home}`.",
                imports=(line,),
                classes=(),
                enums=(),
                aliases=(),
                renamed=(),
                exported=(name,),
            )
    return dict(sorted(modules.items()))


def _module(models: Models, group: list[str], header: str) -> ModelModuleView:
    home = models.modules[group[0]]
    later = {component for component in group if not is_enum(models.schema(component))}
    classes: list[ClassView] = []
    enums: list[EnumView] = []
    aliases: list[AliasView] = []
    imports: set[str] = set()
    renamed: set[str] = set()
    for component in _innermost_first(models, group):
        schema = models.schema(component)
        if is_enum(schema):
            enums.append(enum_view(models, component))
            imports.add(f"from {models.package}.model import OpenEnum")
            if component in models.likes:
                imports.add("from typing import TYPE_CHECKING, Literal, Union")
        elif is_object(schema):
            view, lines, hidden = _class(models, component, home, later)
            later.discard(component)
            classes.append(view)
            imports.update(lines)
            renamed.update(hidden)
        else:
            continue
    for component, is_recursive in aliases_in_order(models, group):
        view_, lines = alias_view(models, component, home, is_recursive)
        aliases.append(view_)
        imports.update(lines)
    classes_ = [models.names[component] for component in group]
    shown = [
        models.names[component] for component in group if models.owners[component] == component
    ]
    names = classes_ + [models.likes[component] for component in group if component in models.likes]
    return ModelModuleView(
        header=header,
        docstring=f"{', '.join(shown)}: {_first_line(models, group[0])}",
        imports=tuple(sorted(imports)),
        classes=tuple(classes),
        enums=tuple(enums),
        aliases=tuple(aliases),
        renamed=tuple(sorted(renamed)),
        exported=tuple(names),
    )


@frozen
class _Scope:
    """What annotations inside one class may name, and how.

    A field may be called as the class of its value. Inside the class that name is the field, so the
    annotation takes another name for the class.
    """

    models: Models
    home: str
    later: set[str]
    passed: bool
    fields: frozenset[str]

    def name(self, component: str) -> str:
        """Return what the class of a component is called here."""
        name = self.models.name(component, self.passed)
        return f"_{name}" if name in self.fields else name

    def annotation(self, type_: Type) -> str:
        """Return the annotation of a field, in quotes when it names what is defined later."""
        text = annotation(self.models.expand(type_), self.name)
        named = self._components(type_)
        needs_quotes = named & self.later or any(self._is_renamed(each) for each in named)
        return f'"{text}"' if needs_quotes else text

    def imports(self, used: list[Type]) -> list[str]:
        """Return the lines that import classes under their other names."""
        return [
            f"{self.models.import_line(each, self.passed)} as {self.name(each)}"
            for each in self._hidden(used)
            if self.models.homes[each] != self.home
        ]

    def renamed(self, used: list[Type]) -> set[str]:
        """Return the statements that give classes of the same module their other names."""
        return {
            f"{self.name(each)} = {self.models.name(each, self.passed)}"
            for each in self._hidden(used)
            if self._is_renamed(each)
        }

    def default(self, default: FieldDefault, type_: Type) -> FieldDefault:
        """Return a default that looks names up outside of the class."""
        if default.expression in ("", "UNSET"):
            return default
        hidden = {self.models.names[each] for each in self._components(type_)} & self.fields
        if not hidden:
            return default
        nodes = ast.walk(ast.parse(default.expression, mode="eval"))
        named = {node.id for node in nodes if isinstance(node, ast.Name)}
        return evolve(default, is_made=True) if hidden & named else default

    def _hidden(self, used: list[Type]) -> list[str]:
        found = self._components(*used)
        return sorted(each for each in found if self.models.name(each, self.passed) in self.fields)

    def _is_renamed(self, component: str) -> bool:
        name = self.models.name(component, self.passed)
        return name in self.fields and self.models.homes[component] == self.home

    def _components(self, *types: Type) -> set[str]:
        named = [leaf for each in types for leaf in leaves(self.models.expand(each))]
        return {leaf.component for leaf in named if isinstance(leaf, Named)}


def _innermost_first(models: Models, group: list[str]) -> list[str]:
    edges = {each: [held for held in models.holds(each) if held in group] for each in group}
    order = group.index
    return [each for circle in components_in_order(edges) for each in sorted(circle, key=order)]


def _first_line(models: Models, component: str) -> str:
    summary = describe(models.schema(component)) or models.document.origins[component]
    return summary.split("\n")[0].split(". ")[0].rstrip(".")[:120] + "."


def _class(
    models: Models, component: str, home: str, later: set[str]
) -> tuple[ClassView, list[str], set[str]]:
    """Return the view of a class, its imports, and statements that its module ends with.

    ``later``: what the module defines after the class.
    """
    schema = models.schema(component)
    required = models.required(component)
    passed = component in models.passed_in
    fields: list[FieldView] = []
    used: list[Type] = []
    decorator = "frozen" if models.config.frozen else "define"
    imports = {f"from {models.package}.model import Model", f"from attrs import {decorator}"}
    attributes = models.field_names(component)
    scope = _Scope(models, home, later, passed, frozenset(attributes.values()))
    wire_names: dict[str, str] = {}
    notes: list[str] = []
    for wire_name, type_ in models.field_types(component).items():
        property_schema = schema["properties"][wire_name]
        property_schema = property_schema if isinstance(property_schema, dict) else {}
        name = attributes[wire_name]
        if name != wire_name:
            wire_names[name] = wire_name
        default, type_ = field_default(models, property_schema, type_, wire_name in required)
        default = scope.default(default, type_)
        used.append(type_)
        imports.update(["from attrs import field"] if default.is_field else [])
        fields.append(FieldView(name, scope.annotation(type_), default.code))
        note = describe(property_schema) or _referred_description(models, property_schema)
        limits = bounds(property_schema)
        about = " ".join(
            part for part in (note.split("\n\n")[0].replace("\n", " "), limits) if part
        )
        if about:
            notes.append(f"    {name}: {about}")
    extra = models.extra_type(component)
    if extra is not None:
        text = scope.annotation(DictOf(extra))
        used.append(DictOf(extra))
        imports.add("from attrs import field")
        fields.append(FieldView("additional_properties", text, "field(factory=dict)"))
        notes.append("    additional_properties: further fields of the object, by wire name.")
    imports.update(models.imports(used, beside=home, passed=passed))
    imports.update(scope.imports(used))
    if passed:
        imports.update(models.imports(used, beside=home))  # for defaults
    # Formatting drops those of these that are not used.
    imports.add("from typing import ClassVar, Mapping")
    imports.add(f"from {models.package}.types import UNSET")
    return (
        ClassView(
            decorator=decorator,
            name=models.names[component],
            docstring="\n".join(_class_docstring(models, component, notes)),
            wire_names=wire_names,
            native=models.is_native(Named(component)),
            fields=tuple(sorted(fields, key=lambda view: view.default not in _REQUIRED)),
        ),
        sorted(imports),
        scope.renamed(used),
    )


def _class_docstring(models: Models, component: str, notes: list[str]) -> list[str]:
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
