"""Operations whose answer arrives piece by piece."""

from typing import Any

from attrs import frozen

from outpost_generator.python.types import ANY, BYTES, ListOf, Named, Type
from outpost_generator.reading.document import pointer
from outpost_generator.reading.media import media_kind, streamed_as
from outpost_generator.reading.references import schema_name
from outpost_generator.schemas.parse import is_object
from outpost_generator.views.operation_context import OperationContext

_EVENT_FIELDS = frozenset(("event", "data", "id", "retry", "comment"))


@frozen
class StreamView:
    """The iterator of an operation's answer."""

    item: str  # annotation of one item
    media_type: str
    pieces: str  # streaming.Events(Chunk)


def stream_of(context: OperationContext) -> "StreamView | None":
    """Return how a success is iterated: events before lines before bytes; ``None`` if it is not."""
    found: dict[str, tuple[str, Any, str]] = {}
    for status, response in context.operation["responses"].items():
        if status[:1] != "2":
            continue
        for media_type, media in (response.get("content") or {}).items():
            at = f"{context.where}/responses/{status}/content{pointer(media_type)[1:]}"
            kind = streamed_as(media_type)
            if kind is None and media_kind(media_type) == "binary":
                kind = "bytes"
            if kind is not None:
                found.setdefault(kind, (media_type, media, at))
    for kind in ("events", "lines", "bytes"):
        if kind in found:
            return _view(context, kind, *found[kind])
    return None


def _view(context: OperationContext, kind: str, media_type: str, media: Any, at: str) -> StreamView:
    context.need_module("streaming")
    if kind == "bytes":
        # A range is no type to ask for; what there is will do.
        asked = "*/*" if "*" in media_type else media_type
        return StreamView(context.text(BYTES), asked, "streaming.Chunks()")
    type_ = _item(context, media, at)
    text = context.text(type_)
    run_time = context.models.run_time_text(type_)
    if kind == "lines":
        return StreamView(text, media_type, f"streaming.Lines({run_time})")
    whole = ", whole=True" if _is_event(context, type_) else ""
    return StreamView(text, media_type, f"streaming.Events({run_time}{whole})")


def _item(context: OperationContext, media: dict[str, Any], at: str) -> Type:
    """Return the type of one item: ``itemSchema``, or what a schema says of one event."""
    types = context.models.types.by_pointer
    if isinstance(media.get("itemSchema"), dict):
        return types.get(f"{at}/itemSchema", ANY)
    found = types.get(f"{at}/schema", ANY)
    if isinstance(found, Named) and context.models.is_alias(found.component):
        target = context.models.alias_type(found.component)
        return target.item if isinstance(target, ListOf) else found
    return found.item if isinstance(found, ListOf) else found


def _is_event(context: OperationContext, type_: Type) -> bool:
    """Return whether a schema describes the event itself rather than its data."""
    if not isinstance(type_, Named):
        return False
    schema = context.models.schema(type_.component)
    if "$ref" in schema:
        target = schema_name(schema["$ref"])
        return target in context.models.names and _is_event(context, Named(str(target)))
    names = set(schema.get("properties") or ())
    return is_object(schema) and "data" in names and names <= _EVENT_FIELDS
