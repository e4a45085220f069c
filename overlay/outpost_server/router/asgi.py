"""The few words of ASGI that the router speaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from outpost_server.rules.problem import Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


def header(scope: Scope, name: bytes) -> str | None:
    for found, value in scope["headers"]:
        if found == name:
            return str(value.decode("latin-1"))
    return None


async def send_problem(send: Send, problem: Problem, kind: str = "http.response") -> None:
    """Answer with an error; ``kind`` is what the types of the messages begin with."""
    body = problem.body
    headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in problem.headers.items()
    ]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": f"{kind}.start", "status": problem.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
