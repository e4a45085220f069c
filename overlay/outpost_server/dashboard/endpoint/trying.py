"""The form that sends a prediction, and its answer, shown while it comes."""

from __future__ import annotations

import base64
import codecs
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http.client import responses

import httpx
import msgspec
from starlette.responses import Response, StreamingResponse

from outpost_server.dashboard.documentation.page import routes_of
from outpost_server.dashboard.endpoint.page import Address, named_endpoint
from outpost_server.dashboard.endpoint.routes import METHODS, base_path, predicting_first
from outpost_server.dashboard.forms import file_of, text_of
from outpost_server.dashboard.in_process import ComingAnswer, InProcessTransport
from outpost_server.dashboard.visit import Visit, address
from outpost_server.rules.problem import Problem, invalid

MAX_ANSWER_BYTES = 8 * 1024 * 1024
MAX_SHOWN_CHARACTERS = 200_000
ANSWER_TIMEOUT_S = 120.0
# Where the answer is shown while it comes: whoever looks at it can cancel it.
STREAM_TIMEOUT_S = 3600.0
WITHOUT_BODY = frozenset({"GET", "DELETE", "HEAD", "OPTIONS"})
# What a script asks for: one JSON object per line, see :func:`_lines`.
STREAM = "application/x-ndjson"
# Pictures and sounds that hold nothing else.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SOUNDS = frozenset({"audio/wav", "audio/x-wav", "audio/mpeg", "audio/ogg", "audio/flac"})


@dataclass(frozen=True)
class Answer:
    """What the endpoint answered. ``text`` is None where the answer is no text.

    ``begun_s`` is the time to its head, ``taken_s`` that to its end. ``picture`` and ``sound``
    are addresses that hold all of it.
    """

    status: int
    phrase: str
    media_type: str
    size: int
    begun_s: float
    taken_s: float
    is_cut: bool
    is_broken: bool
    request_id: str
    text: str | None
    picture: str | None = None
    sound: str | None = None


async def show_routes(visit: Visit) -> Response:
    """Return what can be sent; nothing while no replica is ready, which asking would wake."""
    endpoint = await named_endpoint(visit)
    domain = endpoint.primaryDomain
    if domain is None or not visit.dashboard.traffic.replicas(endpoint.id).ready:
        return Response(status_code=204)
    try:
        found = await routes_of(visit, domain.id)
    except Problem:  # no document
        found = []
    return visit.page("endpoint/_routes.html", {"routes": predicting_first(endpoint, found)})


async def send(visit: Visit) -> Response:
    """Send the form to the route as the one who has signed in.

    A script gets the answer while it comes; without one it is a page of its own. Either tells of
    the endpoint's own status, whatever that is.
    """
    endpoint = await named_endpoint(visit)
    is_script = STREAM in visit.request.headers.get("accept", "")
    try:
        request = await _request(visit, base_path(endpoint))
        if is_script:
            return StreamingResponse(_lines(visit, request), media_type=STREAM)
        problem, answer = "", await _exchange(visit, request)
    except Problem as refusal:
        problem, answer = refusal.message, None
    if is_script:
        return Response(_line(html=_html(visit, problem=problem)), media_type=STREAM)
    shown = {"answer": answer, "is_coming": False, "problem": problem}
    return visit.page("endpoint/answer.html", {"address": Address.of(visit), **shown})


async def _request(visit: Visit, base: str) -> httpx.Request:
    method = (await text_of(visit.request, "route") or "POST").partition(" ")[0]
    if method not in METHODS:
        raise invalid("route", f"expected one of {', '.join(METHODS)}")
    url = _url(visit, base, await text_of(visit.request, "path") or "/predict")
    headers = {
        "authorization": f"Bearer {visit.session.token}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "outpostkit-dashboard",
    }
    kind = await text_of(visit.request, "kind")
    if method in WITHOUT_BODY:
        return httpx.Request(method, url, headers=headers)
    if kind == "json":
        text = await text_of(visit.request, "json")
        if not text:
            return httpx.Request(method, url, headers=headers)
        try:
            json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Problem(422, f"This is not JSON: {error}", "invalid_json") from None
        headers["content-type"] = "application/json"
        return httpx.Request(method, url, headers=headers, content=text.encode())
    file = await file_of(visit.request, "file")
    if file is None:
        raise Problem(422, "Choose a file first.", "no_file")
    media_type = file.content_type or "application/octet-stream"
    if kind == "raw":
        headers["content-type"] = media_type
        return httpx.Request(method, url, headers=headers, content=await file.read())
    field = await text_of(visit.request, "field") or "file"
    part = (file.filename, await file.read(), media_type)
    return httpx.Request(method, url, headers=headers, files={field: part})


def _url(visit: Visit, base: str, path: str) -> httpx.URL:
    what = "expected a path of the endpoint, such as /predict, and a query if it takes one"
    try:
        url = httpx.URL(f"http://{address(visit.request)}{base}{path}")
    except httpx.InvalidURL:
        raise invalid("path", what) from None
    # Dots have been followed: it may lead elsewhere.
    if not path.startswith("/") or not url.path.startswith(base + "/"):
        raise invalid("path", what)
    return url


async def _exchange(visit: Visit, request: httpx.Request) -> Answer:
    """Return the whole answer.

    Raises:
        Problem: 504, it did not begin in time.
    """
    began = time.monotonic()
    try:
        async with _transport(visit, ANSWER_TIMEOUT_S).begin(request) as coming:
            begun_s = time.monotonic() - began
            content = b"".join([part async for part in coming.parts()])
            return _answer(coming, content, begun_s, time.monotonic() - began)
    except httpx.ReadTimeout as late:
        raise Problem(504, str(late), "timeout") from None


async def _lines(visit: Visit, request: httpx.Request) -> AsyncIterator[bytes]:
    """Yield what a script shows: ``html`` in place of what there is, ``text`` at its end.

    First the head of the answer, then its text while it comes, then all of it as it is best shown.
    """
    began = time.monotonic()
    try:
        async with _transport(visit, STREAM_TIMEOUT_S).begin(request) as coming:
            begun_s = time.monotonic() - began
            answer = _answer(coming, b"", begun_s, begun_s)
            yield _line(html=_html(visit, answer, is_coming=True))
            content, text = bytearray(), _ComingText(answer.media_type)
            async for part in coming.parts():
                content += part
                if said := text.next(part):
                    yield _line(text=said)
            answer = _answer(coming, bytes(content), begun_s, time.monotonic() - began)
            yield _line(html=_html(visit, answer))
    except httpx.ReadTimeout as late:
        yield _line(html=_html(visit, problem=str(late)))


class _ComingText:
    """The text of an answer, part by part, as far as it is shown before all of it is there."""

    def __init__(self, media_type: str) -> None:
        is_text = media_type.startswith("text/") or media_type.endswith(("json", "jsonl"))
        self._room = MAX_SHOWN_CHARACTERS if is_text else 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def next(self, part: bytes) -> str:
        if not self._room:
            return ""
        text = self._decoder.decode(part)[: self._room]
        self._room -= len(text)
        return text


def _transport(visit: Visit, timeout_s: float) -> InProcessTransport:
    return InProcessTransport(
        visit.dashboard.server, max_bytes=MAX_ANSWER_BYTES, timeout_s=timeout_s
    )


def _line(**said: str) -> bytes:
    return msgspec.json.encode(said) + b"\n"


def _html(
    visit: Visit, answer: Answer | None = None, *, is_coming: bool = False, problem: str = ""
) -> str:
    values = {"answer": answer, "is_coming": is_coming, "problem": problem}
    return bytes(visit.page("endpoint/_answer.html", values).body).decode()


def _answer(coming: ComingAnswer, content: bytes, begun_s: float, taken_s: float) -> Answer:
    headers = httpx.Headers(coming.headers)
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_whole, address = coming.is_complete and content, None
    if is_whole and media_type in PICTURES | SOUNDS:
        address = f"data:{media_type};base64,{base64.b64encode(content).decode()}"
    return Answer(
        status=coming.status,
        phrase=responses.get(coming.status, ""),
        media_type=media_type,
        size=len(content),
        begun_s=begun_s,
        taken_s=taken_s,
        is_cut=not coming.is_complete and not coming.is_broken,
        is_broken=coming.is_broken,
        request_id=headers.get("x-request-id", ""),
        text=_text(content, media_type),
        picture=address if media_type in PICTURES else None,
        sound=address if media_type in SOUNDS else None,
    )


def _text(content: bytes, media_type: str) -> str | None:
    """Return the text to show: JSON indented, other text as it is, None for anything else."""
    if media_type == "application/json":
        with contextlib.suppress(ValueError, RecursionError):
            content = json.dumps(json.loads(content), indent=2, ensure_ascii=False).encode()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    if len(text) > MAX_SHOWN_CHARACTERS:
        return text[:MAX_SHOWN_CHARACTERS] + "\n[the rest is not shown]"
    return None if "\0" in text else text
