"""The form that sends a prediction, and its answer with status and latency."""

from __future__ import annotations

import base64
import contextlib
import json
import time
from dataclasses import dataclass
from http.client import responses

import httpx
from starlette.responses import Response

from outpost_server.dashboard.documentation.page import example_of
from outpost_server.dashboard.endpoint import Address, named_endpoint
from outpost_server.dashboard.forms import file_of, text_of
from outpost_server.dashboard.in_process import InProcessTransport
from outpost_server.dashboard.visit import Visit, address
from outpost_server.rules.problem import Problem

MAX_ANSWER_BYTES = 2 * 1024 * 1024
MAX_SHOWN_CHARACTERS = 200_000
ANSWER_TIMEOUT_S = 120.0
# Pictures that hold nothing but a picture.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True)
class Answer:
    """What the endpoint answered. ``text`` is None where the answer is no text."""

    status: int
    phrase: str
    media_type: str
    size: int
    taken_s: float
    is_cut: bool
    request_id: str
    text: str | None
    picture: str | None


async def show_example(visit: Visit) -> Response:
    """Return the body to begin with; nothing while no replica is ready, which it would wake."""
    endpoint = await named_endpoint(visit)
    domain = endpoint.primaryDomain
    if domain is None or not visit.dashboard.traffic.replicas(endpoint.id).ready:
        return Response(status_code=204)
    path = endpoint.predictionPath.removeprefix(f"/domains/{domain.id}")
    try:
        example = await example_of(visit, domain.id, path)
        json.loads(example)
    except (Problem, ValueError, RecursionError):  # no document, no JSON in it, or too long a one
        example = ""
    return visit.page("_example.html", {"example": example})


async def send(visit: Visit) -> Response:
    """Send the form to the prediction path as the one who has signed in."""
    where = Address.of(visit)
    endpoint = await named_endpoint(visit)
    problem, answer = "", None
    try:
        answer = await _exchange(visit, await _request(visit, endpoint.predictionPath))
    except Problem as refusal:
        problem = refusal.message
    is_part = "hx-request" in visit.request.headers
    template = "_answer.html" if is_part else "answer.html"
    values = {"address": where, "answer": answer, "problem": problem}
    # A script shows the part whatever the endpoint's own status is; that is in the part.
    return visit.page(template, values)


async def _request(visit: Visit, path: str) -> httpx.Request:
    url = f"http://{address(visit.request)}{path}"
    headers = {
        "authorization": f"Bearer {visit.session.token}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "outpostkit-dashboard",
    }
    kind = await text_of(visit.request, "kind")
    if kind == "json":
        text = await text_of(visit.request, "json")
        try:
            json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Problem(422, f"This is not JSON: {error}", "invalid_json") from None
        headers["content-type"] = "application/json"
        return httpx.Request("POST", url, headers=headers, content=text.encode())
    file = await file_of(visit.request, "file")
    if file is None:
        raise Problem(422, "Choose a file first.", "no_file")
    media_type = file.content_type or "application/octet-stream"
    if kind == "raw":
        headers["content-type"] = media_type
        return httpx.Request("POST", url, headers=headers, content=await file.read())
    field = await text_of(visit.request, "field") or "file"
    part = (file.filename, await file.read(), media_type)
    return httpx.Request("POST", url, headers=headers, files={field: part})


async def _exchange(visit: Visit, request: httpx.Request) -> Answer:
    transport = InProcessTransport(
        visit.dashboard.server, max_bytes=MAX_ANSWER_BYTES, timeout_s=ANSWER_TIMEOUT_S
    )
    began = time.monotonic()
    try:
        response = await transport.handle_async_request(request)
    except httpx.ReadTimeout as late:
        raise Problem(504, str(late), "timeout") from None
    taken_s = time.monotonic() - began
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    picture = None
    if media_type in PICTURES and not response.extensions["is_cut"]:
        picture = f"data:{media_type};base64,{base64.b64encode(response.content).decode()}"
    return Answer(
        status=response.status_code,
        phrase=responses.get(response.status_code, ""),
        media_type=media_type,
        size=len(response.content),
        taken_s=taken_s,
        is_cut=response.extensions["is_cut"],
        request_id=response.headers.get("x-request-id", ""),
        text=_text(response.content, media_type),
        picture=picture,
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
