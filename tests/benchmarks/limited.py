"""Predict a lot against a server that limits its callers, loses connections and fails now and then.

    python -m tests.benchmarks.limited --inputs 10000 --concurrency 256 --per-second 500

The server, in a process of its own, takes so many predictions a second and answers the others with
429 and Retry-After; it loses 1 % of the connections, half of them when it has predicted already,
and answers 1 % with 503. It keeps its answers by their idempotency keys, as an Outpost does, and
counts how often it has predicted each input. Every input has to be right and predicted once, within
1.3 times of the time that the limit allows, blocking and async. It ends with 1 when it is not so.
"""

import argparse
import asyncio
import collections
import contextlib
import email.utils
import json
import random
import subprocess
import sys
import time
from typing import Counter, Dict, Iterator, List, Optional

import httpx

from outpostkit import AsyncClient, AsyncPredictor, Client, Predictor, RetryPolicy

BAR = 1.3
RETRY_AFTER = ("seconds", "fraction", "date", "none")
#: The seconds of one window.
WINDOW_S = 1.0


class Limiter:
    """Takes so many in every window, which begins anew each second: the strictest of limiters."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._window = 0
        self._taken = 0

    def left_s(self, now: float) -> float:
        """Take one more, and return 0; or return the seconds until the next window."""
        window = int(now / WINDOW_S)
        if window != self._window:
            self._window, self._taken = window, 0
        if self._taken < self._per_second:
            self._taken += 1
            return 0.0
        return (window + 1) * WINDOW_S - now


class Outpost:
    """What all connections share."""

    def __init__(self, per_second: int, retry_after: str, percent: int, seed: int) -> None:
        self._percent = percent
        self._limiter = Limiter(per_second)
        self._retry_after = retry_after
        self._random = random.Random(seed)
        self._answers: Dict[str, bytes] = {}
        self.predicted: Counter[int] = collections.Counter()
        self.counts: Counter[str] = collections.Counter()

    def answer(self, key: Optional[str], body: bytes) -> Optional[bytes]:
        """Return an answer to a prediction; None for a connection that is lost."""
        now = time.monotonic()
        left_s = self._limiter.left_s(now)
        if left_s:
            self.counts["refused"] += 1
            return _answer("429 Too Many Requests", b'{"message":"slow down"}', self._asked(left_s))
        chance = self._random.randrange(200)
        if chance < self._percent:
            self.counts["lost before"] += 1
            return None
        if 100 <= chance < 100 + 2 * self._percent:
            self.counts["failed"] += 1
            return _answer("503 Service Unavailable", b'{"detail":"not now"}')
        if key is None or key not in self._answers:
            self.predicted[json.loads(body)] += 1
            said = _answer("200 OK", b"%d" % (2 * json.loads(body)))
            if key is not None:
                self._answers[key] = said
        else:
            said = self._answers[key]
            self.counts["repeated"] += 1
        if self._percent <= chance < 2 * self._percent:
            self.counts["lost after"] += 1
            return None
        return said

    def _asked(self, left_s: float) -> bytes:
        if self._retry_after == "seconds":
            return b"Retry-After: 1\r\n"
        if self._retry_after == "fraction":
            return b"Retry-After: %.3f\r\n" % left_s
        if self._retry_after == "date":
            at = email.utils.formatdate(time.time() + left_s, usegmt=True)
            today = email.utils.formatdate(usegmt=True)
            return f"Retry-After: {at}\r\nDate: {today}\r\n".encode()
        return b""


def _answer(status: str, body: bytes, headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n%b" % (
        status.encode(),
        headers,
        len(body),
        body,
    )


async def _serve(
    outpost: Outpost, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = [line.partition(": ") for line in head.split("\r\n")[1:]]
            headers = {name.lower(): value for name, _, value in lines}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            if head.startswith("GET"):
                twice = sum(1 for count in outpost.predicted.values() if count > 1)
                told = {"predicted": len(outpost.predicted), "twice": twice, **outpost.counts}
                said: Optional[bytes] = _answer("200 OK", json.dumps(told).encode())
            else:
                said = outpost.answer(headers.get("idempotency-key"), body)
            if said is None:
                break
            writer.write(said)
            await writer.drain()
    writer.close()


async def _listen(outpost: Outpost) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: _serve(outpost, reader, writer), "127.0.0.1", 0, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


@contextlib.contextmanager
def running(
    per_second: int, retry_after: str = "seconds", percent: int = 1, seed: int = 1
) -> Iterator[str]:
    """Give the address of such a server, which ends with the block."""
    command = [sys.executable, __file__, "--serve", "--retry-after", retry_after]
    for name, number in (("per-second", per_second), ("percent", percent), ("seed", seed)):
        command += [f"--{name}", str(number)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def predict(
    url: str, inputs: int, concurrency: int, retry: Optional[RetryPolicy] = None
) -> List[object]:
    """Return the values of so many inputs, in their order."""
    with Client("token", base_url=url, retry=retry) as client:
        predictor = Predictor(client, url, "/predict", "/healthcheck")
        return [each.value for each in predictor.infer_many(range(inputs), concurrency=concurrency)]


def predict_async(
    url: str, inputs: int, concurrency: int, retry: Optional[RetryPolicy] = None
) -> List[object]:
    """Return the values of so many inputs, in their order."""

    async def main() -> List[object]:
        async with AsyncClient("token", base_url=url, retry=retry) as client:
            predictor = AsyncPredictor(client, url, "/predict", "/healthcheck")
            results = predictor.infer_many(range(inputs), concurrency=concurrency)
            return [each.value async for each in results]

    return asyncio.run(main())


def counts(url: str) -> Dict[str, int]:
    """Return what the server has counted."""
    told: Dict[str, int] = httpx.get(f"{url}/counts", trust_env=False).json()
    return told


def main() -> None:
    """Measure both, tell, and exit with 1 when something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.limited")
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=256)
    parser.add_argument("--per-second", type=int, default=500)
    parser.add_argument("--retry-after", choices=RETRY_AFTER, default="seconds")
    parser.add_argument("--percent", type=int, default=1, help="lost, and failed; at most 50")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        outpost = Outpost(given.per_second, given.retry_after, given.percent, given.seed)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_listen(outpost))
        return
    ideal_s = given.inputs / given.per_second
    is_good = True
    for name, run in (("blocking", predict), ("async", predict_async)):
        with running(given.per_second, given.retry_after, given.percent, given.seed) as url:
            began = time.monotonic()
            values = run(url, given.inputs, given.concurrency)
            took_s = time.monotonic() - began
            told = counts(url)
        is_right = values == [2 * n for n in range(given.inputs)]
        is_once = told["predicted"] == given.inputs and not told["twice"]
        is_good = is_good and is_right and is_once and took_s <= BAR * ideal_s
        print(
            f"{name}: {took_s:.1f} s, {took_s / ideal_s:.2f} of {ideal_s:.1f} s; "
            f"{'all right' if is_right else 'NOT all right'}, "
            f"{'each predicted once' if is_once else 'NOT each predicted once'}; {told}",
            flush=True,
        )
    if not is_good:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
