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
