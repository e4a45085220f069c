"""Enumerations of text values as classes."""

from typing import Any

from outpost_generator.python.naming import member_name, unique_name
from outpost_generator.python.text import blocks
from outpost_generator.schemas.models import Models
from outpost_generator.views.descriptions import describe
from outpost_generator.views.printed.models import EnumView, MemberView


def enum_view(models: Models, component: str) -> EnumView:
    schema = models.schema(component)
    lines = blocks(describe(schema)) or [f"{models.names[component]}."]
    lines += ["", "Values that this document does not know survive as they are."]
    return EnumView(
        name=models.names[component],
        docstring="\n".join(lines),
        members=enum_members(schema),
        like=models.likes.get(component, ""),
    )


def enum_members(schema: dict[str, Any]) -> tuple[MemberView, ...]:
    """Return the members of an enum, each value once, under names that differ."""
    taken: set[str] = set()
    chosen = schema.get("x-enum-varnames") or schema.get("x-enumNames") or []
    members: dict[str, MemberView] = {}
    for index, value in enumerate(schema["enum"]):
        preferred = (
            chosen[index] if index < len(chosen) and isinstance(chosen[index], str) else value
        )
        if value not in members:
            members[value] = MemberView(unique_name(member_name(preferred), taken), value)
    return tuple(members.values())
