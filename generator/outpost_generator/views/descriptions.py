"""What a schema says about itself, as text for docstrings."""

from typing import Any

from outpost_generator.python.text import literal


def describe(schema: Any) -> str:
    """Return the description of a schema or parameter, or its title, or nothing."""
    if not isinstance(schema, dict):
        return ""
    for key in ("description", "title", "summary"):
        found = schema.get(key)
        if isinstance(found, str) and found.strip():
            return found.strip()
    return ""


def bounds(schema: Any) -> str:
    """Return the limits of a value in words: ``1 to 100, default 20``."""
    if not isinstance(schema, dict):
        return ""
    parts = [
        *_range(schema),
        *_lengths(schema),
        *([f"multiple of {schema['multipleOf']}"] if "multipleOf" in schema else []),
        *([f"pattern ``{schema['pattern']}``"] if isinstance(schema.get("pattern"), str) else []),
        *(["no repetitions"] if schema.get("uniqueItems") else []),
        *([f"default {literal(schema['default'])}"] if "default" in schema else []),
        *(["read only"] if schema.get("readOnly") else []),
        *(["deprecated"] if schema.get("deprecated") else []),
    ]
    return f"({'; '.join(parts)})" if parts else ""


def _range(schema: dict[str, Any]) -> list[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    parts = []
    if low is not None and high is not None and not (above is True or below is True):
        parts.append(f"{low} to {high}")
    else:
        if low is not None:
            parts.append(f"more than {low}" if above is True else f"at least {low}")
        if high is not None:
            parts.append(f"less than {high}" if below is True else f"at most {high}")
    if above is not None and not isinstance(above, bool):
        parts.append(f"more than {above}")
    if below is not None and not isinstance(below, bool):
        parts.append(f"less than {below}")
    return parts


def _lengths(schema: dict[str, Any]) -> list[str]:
    parts = []
    for least, most, unit in (
        ("minLength", "maxLength", "characters"),
        ("minItems", "maxItems", "items"),
        ("minProperties", "maxProperties", "fields"),
    ):
        low, high = schema.get(least), schema.get(most)
        if low is not None and high is not None:
            parts.append(f"{low} to {high} {unit}")
        elif low is not None:
            parts.append(f"at least {low} {unit}")
        elif high is not None:
            parts.append(f"at most {high} {unit}")
    return parts
