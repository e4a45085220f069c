"""What a media type asks for."""


def media_kind(media_type: str) -> str:
    """Return json, text, form, multipart or binary."""
    essence = media_type.partition(";")[0].strip().lower()
    subtype = essence.partition("/")[2]
    if subtype == "json" or subtype.endswith("+json"):
        return "json"
    if essence == "application/x-www-form-urlencoded":
        return "form"
    if essence.startswith("multipart/"):
        return "multipart"
    return "text" if essence.startswith("text/") else "binary"


def streamed_as(media_type: str) -> "str | None":
    """Return events or lines for a media type that is made to arrive item by item."""
    essence = media_type.partition(";")[0].strip().lower()
    if essence == "text/event-stream":
        return "events"
    if essence.removeprefix("application/").removeprefix("x-") in _LINES or essence in _LINES:
        return "lines"
    return None


_LINES = frozenset(("ndjson", "jsonl", "jsonlines", "json-lines", "json-seq", "text/jsonl"))
