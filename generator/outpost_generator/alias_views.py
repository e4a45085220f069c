"""Components that are neither objects nor enumerations: names for types."""

from outpost_generator.descriptions import describe
from outpost_generator.graph import components_in_order
from outpost_generator.models import Models
from outpost_generator.parse import is_object
from outpost_generator.references import schema_name
from outpost_generator.text import comment, literal
from outpost_generator.types import Named, Type, UnionOf, annotation, leaves, typing_names
from outpost_generator.views import AliasView


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
    discriminator = _discriminator(models, component, type_)
    if discriminator:
        imports.add(f"from {models.package}.lenient import discriminate")
    description = describe(schema).split("\n\n")[0]
    return (
        AliasView(
            name=name,
            annotation=text,
            comment=tuple(f"#: {comment(line)}" for line in description.splitlines()),
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


def _discriminator(models: Models, component: str, type_: Type) -> str:
    rule = models.schema(component).get("discriminator")
    members = [
        each
        for each in (type_.members if isinstance(type_, UnionOf) else ())
        if isinstance(each, Named)
    ]
    classes = {each.component for each in members if is_object(models.schema(each.component))}
    if (
        not isinstance(rule, dict)
        or not isinstance(rule.get("propertyName"), str)
        or len(classes) < 2
    ):
        return ""
    mapping: dict[str, str] = {}
    for each in sorted(classes, key=list(models.document.schemas).index):
        tag = models.schema(each).get("properties", {}).get(rule["propertyName"], {})
        values = tag.get("enum") if isinstance(tag, dict) else None
        for value in values if isinstance(values, list) else [each]:
            if isinstance(value, str):
                mapping[value] = each
    for value, reference in (rule.get("mapping") or {}).items():
        target = schema_name(str(reference)) or (
            str(reference) if str(reference) in classes else None
        )
        if target in classes:
            mapping[value] = str(target)
    pairs = ", ".join(f"{literal(value)}: {models.names[each]}" for value, each in mapping.items())
    return f"discriminate({models.names[component]}, {literal(rule['propertyName'])}, {{{pairs}}})"
