"""The GPUs of this machine, each of which one replica has at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Longer than a replica that is being retired may take to answer its last requests.
WAIT_S = 75.0


@dataclass(frozen=True)
class Holder:
    """A replica that has GPUs or waits for them. ``slug`` and ``owner_id`` are its endpoint's."""

    replica_id: str
    endpoint_id: str
    slug: str
    owner_id: str


class NoGpu(Exception):
    """A replica does not get the GPUs that it needs; the message says why, for people."""


class GpuPool:
    """Gives GPUs to replicas, first come, first served, and takes them back.

    ``gpus`` is what stands for each in ``CUDA_VISIBLE_DEVICES``.
    """

    def __init__(self, gpus: Sequence[str]) -> None:
        self.count = len(gpus)
        self._free = list(gpus)
        self._held: dict[Holder, tuple[str, ...]] = {}
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def could_have(self, count: int, endpoint_id: str) -> bool:
        """Tell whether there would be as many if the endpoint gave back those that it has."""
        own = sum(len(gpus) for one, gpus in self._held.items() if one.endpoint_id == endpoint_id)
        return count <= len(self._free) + own

    def has_free(self, count: int) -> bool:
        """Tell whether as many can be had at once."""
        return not count or (not self._waiting and count <= len(self._free))

    async def take(
        self,
        count: int,
        holder: Holder,
        *,
        wait_s: float = WAIT_S,
        on_wait: Callable[[str], None] = lambda why: None,
    ) -> tuple[str, ...]:
        """Return ``count`` GPUs that nobody else has until they are given back.

        ``on_wait`` is told why, when others have them and it waits.

        Raises:
            NoGpu: the machine has fewer, or they did not become free within ``wait_s`` seconds.
        """
        if count > self.count:
            raise NoGpu(f"it needs {_gpus(count)} and this machine has {self.count or 'none'}")
        if not self.has_free(count):
            on_wait(self._explain(count, holder))
            await self._wait(count, holder, wait_s)
        taken = tuple(self._free[:count])
        del self._free[:count]
        if taken:
            self._held[holder] = taken
        return taken

    def give_back(self, holder: Holder) -> None:
        """Take back what a replica has, if it has any."""
        self._free += self._held.pop(holder, ())
        self._wake()

    async def _wait(self, count: int, holder: Holder, wait_s: float) -> None:
        """Return when it is this one's turn and there are enough."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (count, turn)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(wait_s):
                await turn
        except TimeoutError:
            raise NoGpu(self._explain(count, holder)) from None
        finally:
            self._waiting.remove(entry)
            # Whoever is next may need less, or have its turn now that this one has gone.
            asyncio.get_running_loop().call_soon(self._wake)

    def _wake(self) -> None:
        """Let the first in the queue go on when there are enough for it."""
        if self._waiting:
            count, turn = self._waiting[0]
            if count <= len(self._free) and not turn.done():
                turn.set_result(None)

    def _explain(self, count: int, holder: Holder) -> str:
        """Say who has the GPUs. Endpoints of other owners are not named."""
        own: dict[str, int] = {}
        others = 0
        for one, gpus in self._held.items():
            if one.owner_id == holder.owner_id:
                own[one.slug] = own.get(one.slug, 0) + len(gpus)
            else:
                others += len(gpus)
        users = [f"{number} by {slug}" for slug, number in own.items()]
        users += [f"{others} by endpoints of others"] if others else []
        used = ", ".join(users) or "none"
        return (
            f"it needs {_gpus(count)}, and of the {self.count} of this machine "
            f"{len(self._free)} are free (in use: {used})"
        )


def _gpus(count: int) -> str:
    return f"{count} GPU" if count == 1 else f"{count} GPUs"
