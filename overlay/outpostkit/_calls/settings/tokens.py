"""Tokens that are asked for: a function of the caller's gives one when the first request needs it.

It is kept for further requests, and asked for anew when the server does not accept it any more.
"""

from __future__ import annotations

import itertools
import threading
from typing import Any, Awaitable, Callable, List, Optional, Tuple, Union

from outpostkit.exceptions import ConfigurationError
from outpostkit.profiles._values import is_sendable

#: A token, or what gives one.
Token = Union[str, Callable[[], str]]
#: The same in ``async`` code.
AsyncToken = Union[str, Callable[[], str], Callable[[], Awaitable[str]]]

#: Stands in a request for a token that is asked for when the request is sent.
PLACEHOLDER = "asked-for-when-it-is-sent"

#: Former tokens that are still taken out of errors.
_REMEMBERED = 8

_names = itertools.count()


class TokenSource:
    """Who gives tokens, and what was given. Nothing of it is part of its repr."""

    def __init__(self, ask: Callable[[], Any]) -> None:
        self.ask = ask
        self._lock = threading.Lock()
        #: The thread, or the task, that asks just now.
        self._asking: Any = None
        self._turns: Any = None
        self._known: List[str] = []
        #: How often a token was given.
        self.answers = 0
        #: Which of all tokens is the latest: it stays when the same one is given again.
        self.number = 0

    def texts(self) -> Tuple[str, ...]:
        """Return the token and those before it: what nobody may see."""
        return tuple(self._known)

    def current(self, used: int = 0) -> int:
        """Make sure of a token of a later answer than ``used``; return the number of its answer.

        Threads that need one at the same time wait for one answer.

        Raises:
            ConfigurationError: what is given is no token. What the function raises passes through.
        """
        self._check_not_asking(threading.get_ident())
        with self._lock:
            if self.answers <= used:
                self._asking = threading.get_ident()
                try:
                    self._take(self.ask())
                finally:
                    self._asking = None
            return self.answers

    def _check_not_asking(self, who: object) -> None:
        if self._asking is not None and self._asking == who:
            raise ConfigurationError(
                "api_token: the function that gives the token calls with the client that asks it; "
                "give it a client with a token of its own"
            )

    async def current_async(self, used: int = 0) -> int:
        """Do the same without blocking the event loop; tasks of one loop wait for each other."""
        import anyio

        task = anyio.get_current_task().id
        self._check_not_asking(task)
        async with self._turn():
            if self.answers <= used:
                self._asking = task
                try:
                    answer = self.ask()
                    if hasattr(answer, "__await__"):
                        answer = await answer
                    self._take(answer)
                finally:
                    self._asking = None
            return self.answers

    def _turn(self) -> Any:
        import anyio
        from anyio.lowlevel import RunVar

        # A lock belongs to an event loop, and a client may be used in several.
        with self._lock:
            if self._turns is None:
                self._turns = RunVar(f"outpostkit token {next(_names)}")
        turn = self._turns.get(None)
        if turn is None:
            turn = anyio.Lock()
            self._turns.set(turn)
        return turn

    def _take(self, answer: object) -> None:
        problem = _problem(answer)
        if problem is not None:
            close = getattr(answer, "close", None)
            if callable(close):
                close()  # a coroutine that nobody awaits
            del answer, close  # monitors collect the locals of whoever raises
            raise ConfigurationError(f"api_token: {problem}")
        token = str(answer).strip()
        if self._known[-1:] != [token]:
            self._known = [*self._known[1 - _REMEMBERED :], token]
            self.number += 1
        self.answers += 1

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> Tuple[object, ...]:
        return TokenSource, (self.ask,)


def check_blocking(ask: Callable[[], Any]) -> None:
    """Make sure that a function can be asked by code that blocks.

    Raises:
        ConfigurationError: it is a coroutine function.
    """
    from inspect import iscoroutinefunction

    if iscoroutinefunction(ask) or iscoroutinefunction(type(ask).__call__):
        raise ConfigurationError(
            "api_token: a coroutine function is for AsyncClient; Client needs a plain function"
        )


def _problem(answer: object) -> Optional[str]:
    if hasattr(answer, "__await__"):
        return "what it names gives a coroutine, which is for AsyncClient"
    if not isinstance(answer, str):
        return f"what it names gave a value of class {type(answer).__name__} instead of a token"
    if not answer.strip():
        return "what it names gave an empty text instead of a token"
    if not is_sendable(answer.strip()):
        return "what it names gave a text with characters that no header can carry"
    return None
