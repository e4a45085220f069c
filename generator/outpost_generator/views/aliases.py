"""Components that are neither objects nor enumerations: names for types."""

from outpost_generator.passes.subtypes import VARIANT_OF
from outpost_generator.python.text import literal
from outpost_generator.python.types import Named, Type, UnionOf, annotation, leaves, typing_names
from outpost_generator.reading.references import follow, schema_name
from outpost_generator.schemas.graph import components_in_order
from outpost_generator.schemas.models import Models
from outpost_generator.schemas.parse import is_object
from outpost_generator.views.descriptions import describe
from outpost_generator.views.printed.models import AliasView


def aliases_in_order(models: Models, group: list[str]) -> list[tuple[str, bool]]:
    """Return the aliases of a group, what is named first, and whether each is recursive.

    Classes stand before them, so only an alias that leads back to itself through aliases alone
    cannot be written down at run time.
    """
    aliases = [component for component in group if models.is_alias(component)]
    edges = {each: [held for held in models.holds(each) if held in aliases] for each in aliases}
    ordered = []
    for circle in components_in_order(edges):
        for component in circle:
            ordered.append((component, len(circle) > 1 or component in edges[component]))
    return ordered


def alias_view(
    models: Models, component: str, home: str, is_recursive: bool
) -> tuple[AliasView, list[str]]:
    schema = models.schema(component)
    type_ = models.alias_type(component)
    name = models.names[component]
    passed = component in models.passed_in
    text = annotation(type_, lambda each: _quote_inside(models, each, home, is_recursive, passed))
    imports = set(models.imports([type_], beside=home, passed=passed))
    imports.update(f"from typing import {each}" for each in typing_names(text))
    for leaf in leaves(type_):  # an alias names its parts; nothing is put in place
        if isinstance(leaf, Named) and models.homes[leaf.component] != home:
            imports.add(models.import_line(leaf.component, passed))
    if is_recursive:
        imports.update(("from typing import TYPE_CHECKING", "from typing import Any"))
    discriminator, named = _discriminator(models, component, type_)
    if discriminator:
        imports.add(f"from {models.package}.unions import discriminate")
        # Classes of unions inside this one, too, which the alias itself does not name.
        imports.update(models.import_line(each) for each in named if models.homes[each] != home)
    description = describe(schema).split("\n\n")[0]
    return (
        AliasView(
            name=name,
            annotation=text,
            description=tuple(description.splitlines()),
            checked_only=is_recursive,
            discriminator=discriminator,
        ),
        sorted(imports),
    )


def _quote_inside(
    models: Models, component: str, home: str, is_recursive: bool, passed: bool
) -> str:
    name = models.name(component, passed)
    return f'"{name}"' if is_recursive and models.homes[component] == home else name


def _discriminator(models: Models, component: str, type_: Type) -> tuple[str, set[str]]:
    """Return the statement that says how the union is told apart, and the components it names."""
    rule = models.schema(component).get("discriminator")
    classes = _classes(models, type_, (component,))
    if not isinstance(rule, dict) or not isinstance(rule.get("propertyName"), str):
        return "", set()
    if len(classes) < 2:
        return "", set()
    name = rule["propertyName"]
    mapping = _tags(models, name, classes)
    for value, reference in (rule.get("mapping") or {}).items():
        target = _target(models, reference, classes)
        if target is not None:
            mapping[value] = target
    default = _target(models, rule.get("defaultMapping"), classes)
    pairs = ", ".join(f"{literal(value)}: {models.names[each]}" for value, each in mapping.items())
    last = f", {models.names[default]}" if default is not None else ""
    named = {*mapping.values(), *([default] if default is not None else [])}
    return f"discriminate({models.names[component]}, {literal(name)}, {{{pairs}}}{last})", named


def _classes(models: Models, type_: Type, above: tuple[str, ...]) -> list[str]:
    """Return the components that a union chooses between, those of unions in it included."""
    found: dict[str, None] = {}
    for each in type_.members if isinstance(type_, UnionOf) else (type_,):
        if not isinstance(each, Named) or each.component in above:
            continue
        if is_object(models.schema(each.component)):
            found[each.component] = None
        elif models.is_alias(each.component):
            inner = models.alias_type(each.component)
            found.update(dict.fromkeys(_classes(models, inner, (*above, each.component))))
    return sorted(found, key=list(models.document.schemas).index)


def _tags(models: Models, name: str, classes: list[str]) -> dict[str | int, str]:
    """Return the class of every tag: by the constant each has, else by its own name."""
    values: dict[str, list[str | int]] = {}
    for each in classes:
        tag = models.schema(each).get("properties", {}).get(name, {})
        listed = follow(models.document.root, tag).get("enum") if isinstance(tag, dict) else None
        values[each] = [value for value in listed or () if isinstance(value, str | int)]
    found: dict[str | int, str] = {}
    for each in classes:
        # Several values are those of a base, whose extensions only their names tell apart.
        shared = [other for other in classes if other != each and values[other] == values[each]]
        named = models.schema(each).get(VARIANT_OF, each)
        for value in [named] if shared or not values[each] else values[each]:
            found[value] = each
    return found


def _target(models: Models, reference: object, classes: list[str]) -> "str | None":
    """Return the class that a mapping names, by a reference or by the name of a component."""
    name = schema_name(str(reference)) or str(reference)
    for each in classes:
        if name in (each, models.schema(each).get(VARIANT_OF)):
            return each
    return None
