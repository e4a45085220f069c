"""What arrived, read and validated by openapi-core against the original document."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.request.exceptions import ParametersError
from openapi_core.validation.request.validators import V30RequestValidator, V31RequestValidator
from werkzeug.datastructures import Headers, MultiDict

from tests.generator.conformance.documents import Described


@dataclass(frozen=True)
class Arrived:
    """The values that the judge read from a request, and what it has against them."""

    parameters: dict[tuple[str, str], Any]
    body: Any
    objections: tuple[str, ...]


class Judge:
    """Reads requests by one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        # The judge splits a path that has a "#" in two; nothing else of the document is changed.
        paths = {
            path.replace("#", "%23"): item for path, item in (document.get("paths") or {}).items()
        }
        self._spec = SchemaPath.from_dict({**document, "paths": paths})
        cls: Any = V30RequestValidator
        if not document["openapi"].startswith("3.0"):
            cls = V31RequestValidator
        # Its own list of JSON media types has application/json and few others.
        self._validator = cls(
            self._spec,
            extra_media_type_deserializers={
                name: _loads for name in _media_types(document) if is_json(name)
            },
        )

    def read(
        self, operation: Described, request: httpx.Request, segments: dict[str, str]
    ) -> Arrived:
        """Return what a request says to a server that knows the document."""
        query = parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True)
        cookies = [
            each.strip().partition("=")[::2]
            for each in request.headers.get("cookie", "").split(";")
            if each.strip()
        ]
        sent = RequestParameters(
            query=MultiDict(query),
            header=Headers(request.headers.multi_items()),
            cookie=MultiDict([(name, unquote(value)) for name, value in cookies]),
            path={name: unquote(value) for name, value in segments.items()},
        )
        item = self._spec / "paths" / operation.path.replace("#", "%23")
        objections: list[str] = []
        read: Any = None
        body: Any = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                read = self._validator._get_parameters(sent, item / operation.method, item)
            except ParametersError as failure:
                objections.extend(_reason(each) for each in failure.errors)
                read = failure.parameters
            except Exception as failure:  # the judge has defects of its own
                objections.append(_reason(failure))
            try:
                body = self._body(operation, request, item / operation.method)
            except Exception as failure:
                objections.append(_reason(failure))
        found = {
            (place, name): value
            for place in ("path", "query", "header", "cookie")
            for name, value in getattr(read, place, {}).items()
        }
        return Arrived(found, body, tuple(objections))

    def _body(self, operation: Described, request: httpx.Request, at: SchemaPath) -> Any:
        media_type = request.headers.get("content-type", "")
        if not is_structured(media_type):
            return request.content.decode("utf-8") or None
        if not request.content:
            return None  # a form without fields
        return self._validator._get_body(request.content, media_type, at)


def _loads(content: Any, **_: str) -> Any:
    """Read JSON; the judge gives the parameters of the media type, such as a charset, too."""
    return json.loads(content)


def is_structured(media_type: str) -> bool:
    """Return whether a body has fields or items; others are the caller's own bytes."""
    essence = media_type.partition(";")[0]
    return is_json(media_type) or essence in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    )


def is_json(media_type: str) -> bool:
    """Return whether a body is one JSON value; those of JSON lines are several."""
    essence = media_type.partition(";")[0].strip()
    return essence.endswith(("/json", "+json")) or essence == "text/json"


def _media_types(value: Any) -> Iterator[str]:
    """Yield the essence of every media type of a document."""
    if isinstance(value, dict):
        if isinstance(value.get("content"), dict):
            yield from (name.partition(";")[0] for name in value["content"])
        for item in value.values():
            yield from _media_types(item)
    elif isinstance(value, list):
        for item in value:
            yield from _media_types(item)


def _short(error: Any) -> str:
    """Return where and why a value is not valid, at most a few words of the value itself."""
    within = [error]
    for each in within:  # an anyOf fails because something inside it does
        within.extend(each.context or ())
    overlaps = [each for each in within if "is valid under each of" in each.message]
    overlaps = overlaps or [each for each in within if "read-only property" in each.message]
    error = overlaps[0] if overlaps else error
    text = error.message
    shown = text if len(text) <= 200 else f"{text[:80]} ... {text[-120:]}"
    is_overlap = "is valid under each of" in error.message
    return f"{error.json_path}: {'is valid under each of: ' if is_overlap else ''}{shown}"


def _message(failure: BaseException) -> str:
    try:
        return str(failure)
    except AttributeError:  # one of the judge's cannot be written
        return type(failure).__name__


def _reason(failure: BaseException) -> str:
    """Return what went wrong, the causes included, on one line."""
    parts: list[str] = []
    seen: BaseException | None = failure
    while seen is not None:
        nested = list(getattr(seen, "schema_errors", None) or ())
        own = " ".join(_message(seen).split())[:160] or type(seen).__name__
        parts.append(_short(nested[0]) if nested else own)
        seen = seen.__cause__
    return " <- ".join(dict.fromkeys(parts))
