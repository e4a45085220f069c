"""From components of the normalised document to the modules of ``models``."""

from collections.abc import Callable
from typing import Any

from outpost_generator.alias_views import alias_view, aliases_in_order
from outpost_generator.defaults import field_default
from outpost_generator.descriptions import bounds, describe
from outpost_generator.enum_views import enum_view
from outpost_generator.graph import components_in_order
from outpost_generator.models import Models
from outpost_generator.parse import is_enum, is_object
from outpost_generator.references import schema_name
from outpost_generator.text import blocks, docstring, literal, wrap
from outpost_generator.types import DictOf, Named, Type, leaves
from outpost_generator.views import AliasView, ClassView, EnumView, FieldView, ModelModuleView

#: (pointer) -> the three lines that begin a file
HeaderMaker = Callable[[str], str]


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
                docstring=docstring([f"{name}: see :mod:`{models.package}.models.{home}`."]),
                imports=(line,),
                classes=(),
                enums=(),
                aliases=(),
                exported=literal([name]),
            )
    return dict(sorted(modules.items()))


def _module(models: Models, group: list[str], header: str) -> ModelModuleView:
    home = models.modules[group[0]]
    later = {component for component in group if not is_enum(models.schema(component))}
    classes: list[ClassView] = []
    enums: list[EnumView] = []
    aliases: list[AliasView] = []
    imports: set[str] = set()
    for component in _innermost_first(models, group):
        schema = models.schema(component)
        if is_enum(schema):
            enums.append(enum_view(models, component))
            imports.add(f"from {models.package}.model import OpenEnum")
            if component in models.likes:
                imports.add("from typing import TYPE_CHECKING, Literal, Union")
        elif is_object(schema):
            view, lines = _class(models, component, home, later)
            later.discard(component)
            classes.append(view)
            imports.update(lines)
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
        docstring=docstring([f"{', '.join(shown)}: {_first_line(models, group[0])}"]),
        imports=tuple(sorted(imports)),
        classes=tuple(classes),
        enums=tuple(enums),
        aliases=tuple(aliases),
        exported=literal(names),
    )


def _annotation(models: Models, type_: Type, later: set[str], passed: bool) -> str:
    """Return the annotation of a field, in quotes when it names what is defined later."""
    text = models.text(type_, passed=passed)
    named = {leaf.component for leaf in leaves(models.expand(type_)) if isinstance(leaf, Named)}
    return f'"{text}"' if named & later else text


def _innermost_first(models: Models, group: list[str]) -> list[str]:
    edges = {each: [held for held in models.holds(each) if held in group] for each in group}
    order = group.index
    return [each for circle in components_in_order(edges) for each in sorted(circle, key=order)]


def _first_line(models: Models, component: str) -> str:
    summary = describe(models.schema(component)) or models.document.origins[component]
    return summary.split("\n")[0].split(". ")[0].rstrip(".")[:120] + "."


def _class(
    models: Models, component: str, home: str, later: set[str]
) -> tuple[ClassView, list[str]]:
    """Return the view of a class, and its imports; ``later``: what its module defines after it."""
    schema = models.schema(component)
    required = set(schema.get("required") or ())
    passed = component in models.passed_in
    fields: list[FieldView] = []
    used: list[Type] = []
    decorator = "frozen" if models.config.frozen else "define"
    imports = {f"from {models.package}.model import Model", f"from attrs import {decorator}"}
    attributes = models.field_names(component)
    wire_names: dict[str, str] = {}
    notes: list[str] = []
    for wire_name, type_ in models.field_types(component).items():
        property_schema = schema["properties"][wire_name]
        property_schema = property_schema if isinstance(property_schema, dict) else {}
        name = attributes[wire_name]
        if name != wire_name:
            wire_names[name] = wire_name
        default, type_, lines = field_default(models, property_schema, type_, wire_name in required)
        imports.update(lines)
        used.append(type_)
        text = _annotation(models, type_, later, passed)
        fields.append(FieldView(name=name, annotation=text, default=default))
        note = describe(property_schema) or _referred_description(models, property_schema)
        limits = bounds(property_schema)
        about = " ".join(
            part for part in (note.split("\n\n")[0].replace("\n", " "), limits) if part
        )
        if about:
            notes.append(f"    {name}: {about}")
    extra = models.extra_type(component)
    if extra is not None:
        text = _annotation(models, DictOf(extra), later, passed)
        used.append(DictOf(extra))
        imports.add("from attrs import field")
        fields.append(FieldView("additional_properties", text, " = field(factory=dict)"))
        notes.append("    additional_properties: further fields of the object, by wire name.")
    imports.update(models.imports(used, beside=home, passed=passed))
    imports.update(models.imports(used, beside=home))  # for defaults; formatting drops the unused
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
            decorator=decorator,
            name=models.names[component],
            docstring=docstring(_class_docstring(models, component, notes)),
            settings=tuple(settings),
            fields=tuple(sorted(fields, key=lambda view: bool(view.default))),
        ),
        sorted(imports),
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
