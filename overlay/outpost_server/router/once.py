"""Predictions that are made once, however often they are asked for: the ``Idempotency-Key`` header.

A request that comes again, with its key and its body, from the same caller to the same endpoint,
waits for the first and gets its answer, which says so (``Idempotency-Replayed: true``). What was
refused before a replica saw it, what failed (from 500 on) and what broke off is no answer: asked
again, it is made again. Any route of the template that takes a POST may be asked so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from outpost_server.router.asgi import Receive, Scope, Send, header
from outpost_server.router.disconnect import RequestBody
from outpost_server.router.execution import Execution
from outpost_server.router.executions import Executions, Name
from outpost_server.rules.idempotency_key import require_key
from outpost_server.rules.problem import Problem

Execute = Callable[[RequestBody, Send], Awaitable[None]]


def key_of(scope: Scope) -> str | None:
    """Return the key of a request, None where it has none.

    Raises:
        Problem: 400, the header is no key.
    """
    if scope["method"] != "POST":
        return None
    key = header(scope, b"idempotency-key")
    return None if key is None else require_key(key)


async def once(
    executions: Executions,
    name: Name,
    scope: Scope,
    receive: Receive,
    send: Send,
    execute: Execute,
) -> None:
    """Answer a request with a key: have it executed, or wait for the one that came before.

    Raises:
        Problem: 422, the key came with another request; 409, there was no room for its answer.
        Exception: what ``execute`` raises.
    """
    while (before := executions.find(name)) is not None:
        await before.asked.wait()
        if executions.find(name) is before:
            return await _answer_again(before, scope, receive, send)
    execution = executions.begin(name, _line(scope))
    is_running = False
    try:
        async with RequestBody(execution.taking(receive)) as body:
            executions.run(name, execution, execute(body, execution.record))
            is_running = True
            await execution.relay(send, is_replay=False)
    finally:
        if not is_running:
            executions.forget(name, execution)
            execution.asked.set()


async def _answer_again(before: Execution, scope: Scope, receive: Receive, send: Send) -> None:
    async with RequestBody(receive) as body:
        digest = hashlib.sha256(_line(scope))
        if body.is_whole:
            digest.update(body.first)
        else:
            async for part in body.parts():
                digest.update(part)
        if digest.hexdigest() != before.digest:
            message = "The Idempotency-Key has been used for another request."
            raise Problem(422, message, "idempotency_key_reused")
        if not before.is_whole:
            message = (
                "The prediction with this Idempotency-Key has been made, but there was no room to "
                "keep its answer. Another key has it made once more."
            )
            raise Problem(409, message, "answer_not_kept")
        await before.relay(send, is_replay=True)


def _line(scope: Scope) -> bytes:
    """Return what makes a request the same one besides its body."""
    kind = header(scope, b"content-type") or ""
    path = scope.get("raw_path") or scope["path"].encode()
    return b"%b?%b\n%b\n" % (path, scope["query_string"], kind.encode("latin-1"))
