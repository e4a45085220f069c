"""What arrived, read a second time without openapi-core: by the shape of what was drawn.

A drawn value was found valid by jsonschema before it was sent. So a request whose texts are those
of the drawn value is right, whatever openapi-core makes of it.
"""

from __future__ import annotations

import email.parser
import email.policy
import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import httpx

from tests.generator.conformance.documents import Described

_DELIMITERS = {"pipeDelimited": "|", "spaceDelimited": " "}


def parameter(
    described: dict[str, Any], place: str, drawn: Any, raw: str | None, request: httpx.Request
) -> Any:
    """Return the value of one parameter; ``raw`` is its text in the path, not yet decoded."""
    name = described["name"]
    style = described.get("style", "form" if place in ("query", "cookie") else "simple")
    explode = described.get("explode", style in ("form", "deepObject"))
    if place == "query":
        pairs = parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True)
        if "content" in described:
            return json.loads(dict(pairs)[name])
        return _of_pairs(pairs, name, drawn, style, explode)
    if place == "querystring":
        pairs = parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True)
        return {key: _of_form(pairs, key, item) for key, item in drawn.items()}
    if "content" in described and place != "querystring":
        text = raw or "" if place == "path" else request.headers.get(name, "")
        return json.loads(unquote(text) if place == "path" else text)
    if place == "path":
        text = raw or ""
        if style == "label":
            text = text.removeprefix(".")
        if style == "matrix":
            text = text.removeprefix(f";{name}=").removeprefix(";")
            text = text.replace(f";{name}=", ";") if isinstance(drawn, list) else text
        delimiter = {"label": ".", "matrix": ";"}.get(style, ",") if explode else ","
        return _split(text, drawn, delimiter, explode, unquote)
    if place == "header":
        return _split(request.headers.get(name, ""), drawn, ",", explode, str)
    cookies = dict(
        each.strip().partition("=")[::2] for each in request.headers.get("cookie", "").split(";")
    )
    return _split(cookies.get(name, ""), drawn, ",", False, unquote)


def _of_pairs(
    pairs: list[tuple[str, str]], name: str, drawn: Any, style: str, explode: bool
) -> Any:
    found = [value for each, value in pairs if each == name]
    if isinstance(drawn, dict) and (style == "deepObject" or explode):
        made: dict[str, Any] = {}
        for key, item in drawn.items():
            at = f"{name}[{key}]" if style == "deepObject" else key
            if isinstance(item, dict) and style != "deepObject":
                held = [json.loads(value) for each, value in pairs if each == key]
                made[key] = item if item in held else held[0]  # another object may have the key
            else:
                made[key] = _of_pairs(pairs, at, item, style, True)
        return made
    if isinstance(drawn, (list, dict)) and not explode:
        return _split("".join(found), drawn, _DELIMITERS.get(style, ","), False, str)
    if isinstance(drawn, list):
        return [_nested(value, item) for value, item in zip(found, drawn, strict=False)]
    # Two objects whose keys are parameters of their own may both have one of that name.
    return next((each for each in found if each == str(drawn)), found[0] if found else None)


def _split(text: str, drawn: Any, delimiter: str, explode: bool, decode: Any) -> Any:
    if isinstance(drawn, list) and drawn and isinstance(drawn[0], dict):
        return json.loads(f"[{decode(text)}]")  # objects have no other text
    if isinstance(drawn, list):
        return [decode(part) for part in text.split(delimiter)]
    if isinstance(drawn, dict):
        parts = text.split(delimiter)
        pairs = (
            [part.partition("=")[::2] for part in parts]
            if explode
            else list(zip(parts[::2], parts[1::2], strict=False))
        )
        return {decode(key): decode(value) for key, value in pairs}
    return decode(text)


def body(request: httpx.Request, drawn: Any) -> Any:
    """Return the body of a request: JSON, form, multipart, or text."""
    media_type = request.headers.get("content-type", "")
    essence = media_type.partition(";")[0]
    if "json" in essence:
        return json.loads(request.content)
    if essence == "application/x-www-form-urlencoded":
        pairs = parse_qsl(request.content.decode("ascii"), keep_blank_values=True)
        return {name: _of_form(pairs, name, item) for name, item in drawn.items()} | {
            name: value for name, value in pairs if re.split(r"\[", name)[0] not in drawn
        }
    if essence == "multipart/form-data":
        return _of_parts(_parts(media_type, request.content), drawn)
    return request.content.decode("utf-8")


def _of_form(pairs: list[tuple[str, str]], name: str, drawn: Any) -> Any:
    found = [value for each, value in pairs if each == name]
    if isinstance(drawn, dict):
        return {key: _of_form(pairs, f"{name}[{key}]", item) for key, item in drawn.items()}
    if isinstance(drawn, list):
        return [_nested(value, item) for value, item in zip(found, drawn, strict=False)]
    return _nested(found[0], drawn) if found else None


def _of_parts(parts: list[tuple[str, str]], drawn: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {name: value for name, value in parts if name not in drawn}
    for name, item in drawn.items():
        found = [value for each, value in parts if each == name]
        if isinstance(item, list):
            made[name] = [_nested(value, each) for value, each in zip(found, item, strict=False)]
        elif item is None and not found:
            made[name] = None  # a form has no null: what is null is not there
        else:
            made[name] = _nested(found[0], item) if found else "(nothing)"
    return made


def _nested(text: str, drawn: Any) -> Any:
    return json.loads(text) if isinstance(drawn, (dict, list)) else text


def _parts(media_type: str, content: bytes) -> list[tuple[str, str]]:
    head = f"Content-Type: {media_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            (part.get_payload(decode=True) or b"").decode("utf-8"),
        )
        for part in message.iter_parts()
    ]


def raw_segments(
    operation: Described, path: str, drawn: dict[tuple[str, str], Any]
) -> dict[str, str] | None:
    """Return the encoded values of a path's parameters; ``None`` when it is another path."""
    # Some documents tell operations apart by a fragment, or by a query.
    template = operation.path.partition("#")[0].partition("?")[0]
    plain = {
        name: quote(str(value), "") for (place, name), value in drawn.items() if place == "path"
    }
    if re.sub(r"\{([^{}]*)\}", lambda found: plain.get(found[1], ""), template) == path:
        return plain  # where two stand in one segment, nothing else tells them apart
    names = re.findall(r"\{([^{}]*)\}", template)
    pattern = ""
    for index, piece in enumerate(re.split(r"\{([^{}]*)\}", template)):
        spans = operation.parameters.get(("path", piece), {}).get("x-multi-segment")
        pattern += ("(.*)" if spans else "([^/]*)") if index % 2 else re.escape(piece)
    found = re.fullmatch(pattern, path)
    return dict(zip(names, found.groups(), strict=True)) if found else None
