"""An answer on its way to the web server: what HTTP cannot hold is refused before it begins."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from outpost_server.worker.answers.refused import AnswerError

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

# Where a request keeps the first message of its answer, and why its answer was refused.
FIRST, REFUSED = "outpost.first", "outpost.refused"

# RFC 9110, sections 5.1 and 5.5.
NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")


class Outgoing:
    """Passes an answer on; ``on_last`` is called before its last message is.

    An answer that states its length is held until the first part of its body is there: only then
    can the two be compared.
    """

    def __init__(self, scope: Message, send: Send, on_last: Callable[[], None]) -> None:
        self.is_complete = False
        self._scope = scope
        self._send = send
        self._on_last = on_last
        self._is_http = scope["type"] == "http"
        self._held: Message | None = None

    async def send(self, message: Message) -> None:
        """Pass a message on.

        Raises:
            AnswerError: HTTP has no such answer. The reason is kept in the scope, too, as templates
                may have handlers for what is raised.
        """
        if self._is_http and FIRST not in self._scope:
            try:
                is_held = self._begin(message)
            except AnswerError as error:
                self._scope[REFUSED] = error
                raise
            if is_held:
                return
        elif FIRST not in self._scope:
            self._scope[FIRST] = message
        start, self._held = self._held, None
        if start is not None:
            await self._send(start)
        is_last = message["type"] == "http.response.body" and not message.get("more_body")
        if is_last:
            self._on_last()
        await self._send(message)
        self.is_complete = is_last
        if message.get("more_body"):
            # A generator that never waits would keep the loop: from others, and from learning
            # that the client has gone.
            await asyncio.sleep(0)

    def require_begun(self) -> None:
        """Raise where a response has sent nothing at all.

        Raises:
            AnswerError: that is so.
        """
        if self._is_http and FIRST not in self._scope:
            raise AnswerError("The response has sent no answer.")

    def _begin(self, message: Message) -> bool:
        """Tell whether a message has to wait for the next one."""
        start = self._held
        if start is None:
            if stated_length(message) is not None and self._scope["method"] != "HEAD":
                self._held = message
                return True
            self._scope[FIRST] = message
            return False
        body, stated = message.get("body", b""), stated_length(start) or 0
        if len(body) > stated or (len(body) < stated and not message.get("more_body")):
            raise AnswerError(
                f"The answer has the header 'content-length' with {stated}, and a body of "
                f"{len(body)} bytes: leave the header out, it is added."
            )
        self._scope[FIRST] = start
        return False


def stated_length(start: Message) -> int | None:
    """Return the length of the body that an answer states, None where it states none.

    Raises:
        AnswerError: its status is no status, or its headers are no headers.
    """
    status = start["status"]
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise AnswerError(f"The answer has the status {status}: use one from 200 to 599.")
    framing: dict[bytes, bytes] = {}
    for name, value in start.get("headers", ()):
        if NAME.fullmatch(name) is None:
            raise AnswerError(f"The answer has a header named {_shown(name)}, which is no name.")
        if VALUE.fullmatch(value) is None:
            raise AnswerError(
                f"The header {_shown(name)} of the answer holds a line break or another control "
                "character, which no header can hold."
            )
        lowered = name.lower()
        if lowered in (b"content-length", b"transfer-encoding"):
            if framing:
                raise AnswerError(
                    "The answer has more than one header 'content-length' or 'transfer-encoding': "
                    "leave them out, they are added."
                )
            framing[lowered] = value
    if framing.get(b"transfer-encoding", b"chunked").lower() != b"chunked":
        raise AnswerError("The answer has a header 'transfer-encoding': leave it out, it is added.")
    length = framing.get(b"content-length")
    if length is not None and not length.isdigit():
        raise AnswerError(
            f"The answer has the header 'content-length' with {_shown(length)}, which is no length."
        )
    return None if length is None else int(length)


def _shown(text: bytes) -> str:
    return repr(text.decode("latin-1"))
