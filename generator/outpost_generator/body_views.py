"""How the request body of an operation is written, one view per media type."""

from typing import TYPE_CHECKING, Any

from outpost_generator.document import pointer
from outpost_generator.parse import is_object
from outpost_generator.text import literal
from outpost_generator.types import ANY, BYTES, STR, UNSET, Named, Plain, Type, union
from outpost_generator.views import ArgumentView, BodyView

if TYPE_CHECKING:
    from outpost_generator.operation_views import _Builder

_FILE = Plain("IO[bytes]", ("from typing import IO",))


def bodies_of(builder: "_Builder") -> "tuple[tuple[BodyView, ...], ArgumentView | None, ArgumentView | None]":
    """Return the ways to write the body, its argument, and the argument that chooses between them."""
    body = builder.operation.get("requestBody")
    content = (body or {}).get("content") or {}
    if not content:
        return (), None, None
    types = {media_type: _body_type(builder, media_type, media) for media_type, media in content.items()}
    shown = union(*types.values())
    if not body.get("required"):
        shown = union(UNSET, shown)
    builder.used.append(shown)
    builder.names.update(("body", "media_type"))
    views = []
    seen: list[Type] = []
    for media_type, media in content.items():
        content_, content_type = _content(builder, media_type, media)
        views.append(
            BodyView(
                media_type=literal(media_type),
                condition=_condition(builder, types[media_type], seen),
                content=content_,
                content_type=content_type,
            )
        )
        seen.append(types[media_type])
    argument = ArgumentView("body", builder.models.text(shown), "" if body.get("required") else " = UNSET")
    chooser = None
    if len(content) > 1 or "*" in next(iter(content)):
        builder.imports.add(f"from {builder.models.package}.types import UNSET")
        builder.imports.add(f"from {builder.models.package}.types import Unset")
        builder.imports.add("from typing import Union")
        chooser = ArgumentView("media_type", "Union[Unset, str]", " = UNSET")
    return tuple(views), argument, chooser


def _body_type(builder: "_Builder", media_type: str, media: dict[str, Any]) -> Type:
    from outpost_generator.operation_views import media_kind

    kind = media_kind(media_type)
    schema = media.get("schema")
    if kind in ("json", "form", "multipart"):
        if not isinstance(schema, dict):
            return ANY
        return builder.models.types.at(f"{builder.where}/requestBody/content{pointer(media_type)[1:]}/schema")
    if kind == "text":
        return STR
    return union(BYTES, _FILE, Plain("File"))


def _condition(builder: "_Builder", type_: Type, seen: list[Type]) -> str:
    """Return the test that chooses a later media type by the class of the body."""
    if not seen or type_ in seen or not isinstance(type_, Named):
        return ""
    if not is_object(builder.models.schema(type_.component)):
        return ""
    return f"isinstance(body, {builder.models.names[type_.component]})"


def _content(builder: "_Builder", media_type: str, media: dict[str, Any]) -> tuple[str, str]:
    """Return the expressions of the body and of its Content-Type."""
    from outpost_generator.operation_views import media_kind

    package = builder.models.package
    kind = media_kind(media_type)
    sent = literal(media_type)
    if kind == "json":
        builder.imports.add(f"from {package}.codec import encode_json")
        return "encode_json(body)", sent
    if kind == "form":
        builder.imports.add(f"from {package}.bodies import form_body")
        return "form_body(body)", sent
    if kind == "multipart":
        builder.imports.add(f"from {package}.bodies import multipart_body")
        encoding = {
            name: each["contentType"]
            for name, each in (media.get("encoding") or {}).items()
            if isinstance(each, dict) and _is_one_media_type(each.get("contentType"))
        }
        return f"multipart_body(body, {literal(encoding)})" if encoding else "multipart_body(body)", ""
    builder.imports.add(f"from {package}.bodies import raw_body")
    if kind == "text":
        return "raw_body(body)", literal(f"{media_type}; charset=utf-8")
    return "raw_body(body)", literal("application/octet-stream") if "*" in media_type else sent


def _is_one_media_type(value: object) -> bool:
    return isinstance(value, str) and "," not in value and "*" not in value
