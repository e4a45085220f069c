"""The predictions with idempotency keys that are under way, and the answers that are kept of them.

All of it is in memory, within bounds: after a time, or when a caller has too many, an answer is
forgotten, the oldest first. Who asks for it with its key then has the prediction made once more.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable
from typing import NamedTuple

from outpost_server.router.answer import AnswerCutShort
from outpost_server.router.disconnect import ClientGone
from outpost_server.router.execution import Execution, Unattended
from outpost_server.router.forward import NoAnswer, ReplicaLost
from outpost_server.rules.problem import Problem

_log = logging.getLogger("outpost.http")

#: An answer is kept for so long; an execution that nobody waits for may take as long.
KEPT_S = 600.0
UNATTENDED_S = 600.0
#: Bytes of one answer that is kept, of all that one caller has, and of all.
KEPT_BYTES = 4 * 1024 * 1024
KEPT_BYTES_OF_ONE, KEPT_BYTES_OF_ALL = 32 * 1024 * 1024, 128 * 1024 * 1024
#: Answers of one caller, however short.
KEPT_OF_ONE = 30_000
#: About what an execution takes besides its answer.
OVERHEAD_BYTES = 1024
#: So many executions of a caller go on though nobody waits for them.
UNATTENDED_OF_ONE = 100

#: What is no fault of this server, and known to who looks for the reason.
_EXPECTED = (AnswerCutShort, ClientGone, NoAnswer, Problem, ReplicaLost, Unattended)


class Name(NamedTuple):
    """What an execution is found by: nobody finds what another caller, or endpoint, has."""

    caller: str
    endpoint_id: str
    key: str


class Executions:
    """All of them, by their names."""

    def __init__(self) -> None:
        self._by_name: dict[Name, Execution] = {}
        self._tasks: dict[Execution, asyncio.Task[None]] = {}
        #: Those that are kept, by caller; the oldest first, with the time when it is forgotten.
        self._kept: dict[str, OrderedDict[Name, float]] = {}
        #: The bytes reserved for each, and for all of each caller.
        self._sizes: dict[Name, int] = {}
        self._bytes: Counter[str] = Counter()
        self._unattended: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def find(self, name: Name) -> Execution | None:
        """Return the execution of this name that is under way, or has an answer."""
        return self._by_name.get(name)

    def begin(self, name: Name, request_line: bytes) -> Execution:
        """Return a new execution; :meth:`run` makes it, or :meth:`forget` gives it up."""
        execution = Execution(request_line, lambda size: self._reserve(name, size))
        self._by_name[name] = execution
        self._sizes[name] = 0
        self._reserve(name, OVERHEAD_BYTES)
        return execution

    def run(self, name: Name, execution: Execution, work: Awaitable[None]) -> None:
        """Let an execution go on by itself, with whoever reads it or without."""
        task = asyncio.create_task(self._run(name, execution, work))
        self._tasks[execution] = task
        timer: asyncio.TimerHandle | None = None

        def left_alone() -> None:
            nonlocal timer
            self._unattended[name.caller] += 1
            if self._unattended[name.caller] > UNATTENDED_OF_ONE:
                task.cancel()
            timer = asyncio.get_running_loop().call_later(UNATTENDED_S, task.cancel)

        def attended(_: object = None) -> None:
            nonlocal timer
            if timer is not None:
                timer.cancel()
                timer = None
                self._unattended[name.caller] -= 1
                if not self._unattended[name.caller]:
                    del self._unattended[name.caller]

        execution.left_alone, execution.attended = left_alone, attended
        task.add_done_callback(attended)

    def forget(self, name: Name, execution: Execution) -> None:
        """Have the next request of this name make the prediction anew."""
        if self._by_name.get(name) is execution:
            del self._by_name[name]
            self._give_back(name)

    async def _run(self, name: Name, execution: Execution, work: Awaitable[None]) -> None:
        failure: Exception | None = None
        try:
            await work
        except asyncio.CancelledError:
            failure = ClientGone()  # of all who could have waited for it
        except Exception as error:
            failure = error
            if not isinstance(error, _EXPECTED):
                _log.exception("a request with an idempotency key failed")
        finally:
            del self._tasks[execution]
            execution.end(failure)
            if execution.has_answer:
                self._keep(name)
            else:
                self.forget(name, execution)

    def _reserve(self, name: Name, size: int) -> bool:
        """Take room for an answer, of the oldest that are kept if need be; False if there is none.

        An answer that is told so is not kept, and gives back what it has.
        """
        caller = name.caller
        has_room = self._sizes[name] + size <= KEPT_BYTES
        while has_room and self._bytes[caller] + size > KEPT_BYTES_OF_ONE:
            has_room = self._drop_oldest(caller)
        while has_room and self._bytes.total() + size > KEPT_BYTES_OF_ALL:
            most = max(self._kept, key=self._bytes.__getitem__, default=caller)
            has_room = self._drop_oldest(most)
        if has_room:
            self._sizes[name] += size
            self._bytes[caller] += size
        else:
            self._give_back(name)
            self._sizes[name] = 0
        return has_room

    def _give_back(self, name: Name) -> None:
        self._bytes[name.caller] -= self._sizes.pop(name)
        if not self._bytes[name.caller]:
            del self._bytes[name.caller]

    def _keep(self, name: Name) -> None:
        kept = self._kept.setdefault(name.caller, OrderedDict())
        kept[name] = time.monotonic() + KEPT_S
        while len(kept) > KEPT_OF_ONE:
            self._drop_oldest(name.caller)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(KEPT_S, self._expire)

    def _drop_oldest(self, caller: str) -> bool:
        """Forget the oldest answer of a caller, if there is one."""
        kept = self._kept.get(caller)
        if kept is None:
            return False
        name, _ = kept.popitem(last=False)
        del self._by_name[name]
        self._give_back(name)
        if not kept:
            del self._kept[caller]
        return True

    def _expire(self) -> None:
        now = time.monotonic()
        for caller in list(self._kept):
            while caller in self._kept and next(iter(self._kept[caller].values())) <= now:
                self._drop_oldest(caller)
        first = min((next(iter(kept.values())) for kept in self._kept.values()), default=None)
        self._timer = None
        if first is not None:
            # Not one by one: some stay a little longer.
            after_s = max(first - now, KEPT_S / 10)
            self._timer = asyncio.get_running_loop().call_later(after_s, self._expire)
