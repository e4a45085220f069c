"""How the request body of an operation is written, one view per media type."""

from typing import Any

from attrs import frozen

from outpost_generator.python.text import literal
from outpost_generator.python.types import (
    ANY,
    BYTES,
    FILE,
    STR,
    UNSET,
    Named,
    Plain,
    Type,
    leaves,
    union,
)
from outpost_generator.reading.document import pointer
from outpost_generator.reading.media import media_kind
from outpost_generator.schemas.parse import is_object
from outpost_generator.views.operation_context import OperationContext
from outpost_generator.views.printed.operations import ArgumentView, BodyView

_STREAM = Plain("IO[bytes]", ("from typing import IO",))
_RAW = union(BYTES, _STREAM, FILE)


@frozen
class BodiesView:
    """The ways to write a body, its argument, and the argument that chooses between the ways."""

    bodies: tuple[BodyView, ...] = ()
    argument: "ArgumentView | None" = None
    chooser: "ArgumentView | None" = None
    refusal: str = ""


def bodies_of(context: OperationContext) -> BodiesView:
    """Return how the body is written; empty when the operation has none."""
    content = context.body.get("content") or {}
    if not content:
        return BodiesView()
    types = {media_type: _type(context, media_type, media) for media_type, media in content.items()}
    views = []
    seen: list[Type] = []
    for media_type, media in content.items():
        written, announced = _written(context, media_type, media)
        views.append(
            BodyView(
                media_type=media_type,
                condition=_condition(context, types[media_type], seen),
                content=written,
                content_type=announced,
                is_range="*" in media_type,
            )
        )
        seen.append(types[media_type])
    required = bool(context.body.get("required"))
    shown = union(*types.values()) if required else union(UNSET, *types.values())
    argument = ArgumentView("body", context.passed_text(shown), "" if required else "UNSET")
    chooser = None
    if len(views) > 1 or views[0].is_range:
        chooser = ArgumentView("media_type", context.passed_text(union(UNSET, STR)), "UNSET")
        context.need("types", "UNSET")
    refusal = f"must be one of: {', '.join(content)}"
    return BodiesView(tuple(views), argument, chooser, refusal)


def _type(context: OperationContext, media_type: str, media: dict[str, Any]) -> Type:
    kind = media_kind(media_type)
    if kind in ("json", "form", "multipart"):
        if not isinstance(media.get("schema"), dict):
            return ANY
        where = f"{context.where}/requestBody/content{pointer(media_type)[1:]}/schema"
        return context.models.types.at(where)
    return STR if kind == "text" else _RAW


def _condition(context: OperationContext, type_: Type, seen: list[Type]) -> str:
    """Return the test that chooses a later media type by the class of the body."""
    if not seen or type_ in seen:
        return ""
    if type_ == _RAW:
        file = context.need("types", "File")
        return f'(isinstance(body, (bytes, {file})) or hasattr(body, "read"))'
    if type_ == STR:
        taken = [leaf for earlier in seen for leaf in leaves(earlier)]
        is_class = all(
            is_object(context.models.schema(leaf.component))
            for leaf in taken
            if isinstance(leaf, Named)
        )
        return "isinstance(body, str)" if is_class and not {ANY, STR} & set(taken) else ""
    if not isinstance(type_, Named):
        return ""
    if not is_object(context.models.schema(type_.component)):
        return ""
    return f"isinstance(body, {context.models.names[type_.component]})"


def _written(context: OperationContext, media_type: str, media: dict[str, Any]) -> tuple[str, str]:
    """Return the expression of the body, and its Content-Type ("" when the body knows it)."""
    kind = media_kind(media_type)
    if kind == "json":
        return f"{context.need('codec', 'encode_json')}(body)", media_type
    if kind == "form":
        styles = _styles(media)
        arguments = f"body, {styles}" if styles else "body"
        return f"{context.need('bodies', 'form_body')}({arguments})", media_type
    if kind == "multipart":
        encoding = {
            name: each["contentType"]
            for name, each in (media.get("encoding") or {}).items()
            if isinstance(each, dict) and _is_one_media_type(each.get("contentType"))
        }
        arguments = f"body, {literal(encoding)}" if encoding else "body"
        essence = media_type.partition(";")[0].strip().lower()
        if essence != "multipart/form-data" and "*" not in essence:
            arguments += f", media_type={literal(essence)}"
        return f"{context.need('bodies', 'multipart_body')}({arguments})", ""
    raw = f"{context.need('bodies', 'raw_body')}(body)"
    if kind == "text" and "charset" not in media_type:
        return raw, f"{media_type}; charset=utf-8"
    return raw, media_type


def _styles(media: dict[str, Any]) -> str:
    """Return how fields of a form are written where ``encoding`` says so: (style, explode)."""
    styles = {}
    for name, each in (media.get("encoding") or {}).items():
        if not isinstance(each, dict):
            continue
        style = each.get("style")
        explode = each.get("explode")
        if media_kind(str(each.get("contentType", "-/-"))) == "json":
            styles[name] = ("json", False)
        elif isinstance(style, str) or isinstance(explode, bool):
            chosen = style if isinstance(style, str) else "form"
            styles[name] = (
                chosen,
                explode if isinstance(explode, bool) else chosen in ("form", "deepObject"),
            )
    return literal(styles) if styles else ""


def _is_one_media_type(value: object) -> bool:
    return isinstance(value, str) and "," not in value and "*" not in value
