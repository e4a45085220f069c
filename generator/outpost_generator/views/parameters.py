"""How the parameters of an operation are taken and written."""

from typing import Any
from urllib.parse import parse_qsl

from outpost_generator.passes.parameters import IGNORED_HEADERS, TEMPLATE, plain_name
from outpost_generator.python.document_text import plain
from outpost_generator.python.text import literal
from outpost_generator.python.types import (
    ANY,
    NONE,
    STR,
    UNSET,
    DictOf,
    ListOf,
    Named,
    Plain,
    Type,
    UnionOf,
    union,
)
from outpost_generator.reading.document import pointer
from outpost_generator.reading.media import media_kind
from outpost_generator.reading.references import schema_name
from outpost_generator.schemas.parse import is_enum, is_object
from outpost_generator.views.operation_context import OperationContext
from outpost_generator.views.printed.operations import ParameterView

LOCATIONS = ("path", "query", "header", "cookie", "querystring")
_DEFAULT_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


def parameters_of(context: OperationContext) -> list[ParameterView]:
    """Return the view of every parameter in document order, those of the path included."""
    views = []
    templated = TEMPLATE.findall(context.path)
    declared = set()
    for index, parameter in enumerate(context.operation["parameters"]):
        at = f"{context.where}/parameters/{index}"
        location, name = parameter.get("in"), parameter.get("name")
        if not isinstance(name, str) or location not in LOCATIONS:
            context.problem(at, "a parameter needs a name and a place", "Give it `name` and `in`.")
        elif location == "header" and name.lower() in IGNORED_HEADERS:
            continue
        elif (location, name) not in declared:
            declared.add((location, name))
            views.append(_view(context, parameter, name, str(location), at))
    for name in templated:
        if ("path", name) not in declared:
            declared.add(("path", name))
            views.append(_view(context, {"in": "path", "required": True}, name, "path", ""))
    return views


def path_expression(path: str, views: list[ParameterView]) -> str:
    """Return the expression of the encoded path."""
    by_name = {plain(view.wire_name): view for view in views if view.location == "path"}
    parts: list[str] = []
    before, _, fragment = _split("/" + path.strip().removeprefix("/"))
    for index, piece in enumerate(TEMPLATE.split(before + fragment)):
        if index % 2:
            view = by_name.get(piece)
            parts.extend([view.write] if view is not None else [])
        elif piece:
            parts.append(literal(piece))
    return " + ".join(parts) or '"/"'


def fixed_query(context: OperationContext, path: str, views: list[ParameterView]) -> str:
    """Return the expression of the query that a path already has; empty when it has none.

    It cannot stay in the path: what is sent as the query replaces it.
    """
    in_path = {plain(view.wire_name): view for view in views if view.location == "path"}
    demanded = {view.wire_name for view in views if view.location == "query" and view.required}
    pairs = []
    for name, value in parse_qsl(_split(path.strip())[1], keep_blank_values=True):
        template = TEMPLATE.fullmatch(value)
        view = in_path.get(template[1]) if template else None
        if view is not None:
            written = f"{context.need('encoding', 'scalar_text')}({view.name})"
            pairs.append(f"({literal(name)}, {written})")
        elif name not in demanded:
            pairs.append(f"({literal(name)}, {literal(value)})")
    return f"[{', '.join(pairs)}]" if pairs else ""


def _split(path: str) -> tuple[str, str, str]:
    """Return what stands before the query, the query, and the fragment with its mark."""
    whole, mark, fragment = path.partition("#")
    before, _, query = whole.partition("?")
    return before, query, mark + fragment


def _view(
    context: OperationContext, parameter: dict[str, Any], name: str, location: str, at: str
) -> ParameterView:
    known = name in context.models.config.arguments.get(str(context.operation["operationId"]), {})
    is_plain = known or location != "path"
    python = context.argument(name if is_plain else plain_name(name) or name)
    type_, as_json = _type(context, parameter, at)
    required = bool(parameter.get("required")) or location == "path"
    return ParameterView(
        name=python,
        annotation=context.passed_text(type_ if required else union(UNSET, type_)),
        default="" if required else "UNSET",
        wire_name=name,
        location=location,
        required=required,
        write=_write(context, parameter, literal(name), python, location, type_, as_json),
    )


def _type(context: OperationContext, parameter: dict[str, Any], at: str) -> tuple[Type, bool]:
    """Return the type of a parameter, and whether it is written as JSON."""
    types = context.models.types
    content = parameter.get("content")
    if isinstance(content, dict) and content:
        media_type, media = next(iter(content.items()))
        is_json = media_kind(media_type) == "json"
        if not isinstance(media.get("schema"), dict):
            return (ANY if is_json else STR), is_json
        found = types.at(f"{at}/content{pointer(media_type)[1:]}/schema")
        return context.models.expand(found), is_json
    if isinstance(parameter.get("schema"), dict):
        return context.models.expand(types.at(f"{at}/schema")), False
    return STR, False


def _write(
    context: OperationContext,
    parameter: dict[str, Any],
    name: str,
    python: str,
    location: str,
    type_: Type,
    as_json: bool,
) -> str:
    """Return the statement (for the path: the expression) that writes a parameter."""

    def call(function: str, *arguments: str) -> str:
        return f"{context.need('encoding', function)}({', '.join(arguments)})"

    given = parameter.get("style")
    style = given if isinstance(given, str) else _DEFAULT_STYLES.get(location, "form")
    explode = parameter.get("explode")
    explode = explode if isinstance(explode, bool) else style in ("form", "cookie", "deepObject")
    shape = shape_of(context, type_)
    if as_json and location in ("path", "header", "cookie"):
        shape, python = "scalar", call("json_text", python)
    if location == "path":
        if parameter.get("x-multi-segment"):
            may_be_empty = _least_length(context, parameter.get("schema")) == 0
            return call(
                "path_segments", name, python, *(["may_be_empty=True"] if may_be_empty else [])
            )
        if style == "simple" and shape == "scalar":
            return call("path_segment", name, python)
        return call("path_value", name, python, literal(style), repr(explode))
    if location == "header":
        return f"header_fields[{name}] = {call('header_value', name, python, repr(explode))}"
    if location == "cookie":
        return f"cookie_fields.append({name} + '=' + {call('cookie_value', name, python)})"
    if location == "querystring":
        return call("query_string", "query_pairs", name, python)
    if as_json:
        return call("query_json", "query_pairs", name, python)
    if shape == "scalar":
        return f"query_pairs.append(({name}, {call('scalar_text', python)}))"
    writer = {"list": "query_list", "object": "query_object"}.get(shape, "query_value")
    return call(writer, "query_pairs", name, python, literal(style), repr(explode))


def _least_length(context: OperationContext, schema: Any) -> object:
    """Return the ``minLength`` that a schema states; ``None`` when it states none."""
    if not isinstance(schema, dict):
        return None
    component = schema_name(schema["$ref"]) if "$ref" in schema else None
    if component is not None and component in context.models.names:
        return _least_length(context, context.models.schema(component))
    return schema.get("minLength")


def shape_of(context: OperationContext, type_: Type) -> str:
    """Return scalar, list, object or any: how a value is written outside JSON."""
    match type_:
        case ListOf():
            return "list"
        case DictOf():
            return "object"
        case Plain() if type_ == ANY:
            return "any"
        case Named(component):
            schema = context.models.schema(component)
            if is_enum(schema):
                return "scalar"
            if is_object(schema):
                return "object"
            return shape_of(context, context.models.alias_type(component))
        case UnionOf(members):
            shapes = {
                shape_of(context, member) for member in members if member not in (NONE, UNSET)
            }
            return shapes.pop() if len(shapes) == 1 and NONE not in members else "any"
        case _:
            return "scalar"
