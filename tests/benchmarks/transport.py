"""What one request costs through our transports and through httpx's own.

``python -m tests.benchmarks.transport`` measures, against one server in a process of its own:
one call after another, many calls at once on one event loop, further transports, and 256 MiB up and
down. In every round each contestant does one batch, in turn; a ratio is formed within a round, and
the table shows medians. CPU is the CPU time of the client's process, so the server is not in it.

``httpx`` is a client with its own transport, ``ours`` the same client with ours, and ``ours, bare``
our transport called with a request made by hand: what is left when nothing is above it.
"""

import asyncio
import gc
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc

import httpx

from outpostkit.transport import AsyncPooledTransport, PooledTransport

BULK = 256 * 1024 * 1024
USER = b'{"id":"u1","name":"ada","avatarUrl":"https://example.test/a.png","isAdmin":false}'
POSTED = b'{"wakeup":true}'
BASELINE = "httpx"


# --- the server


class Server(asyncio.Protocol):
    """Answers with as little work as possible; swallows and pours out bulk."""

    LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
    PIECE = bytes(1 << 20)

    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""
        self.body_left = self.bulk_left = 0
        self.paused = False

    def data_received(self, data):
        if self.body_left:
            taken = min(self.body_left, len(data))
            self.body_left -= taken
            data = data[taken:]
            if self.body_left:
                return
            self.answer()
        self.buffer += data
        while True:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self.buffer = rest
            if head.startswith(b"GET /bulk"):
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % BULK)
                self.bulk_left = BULK
                self.resume_writing()
                continue
            length = self.LENGTH.search(head)
            need = int(length[1]) if length else 0
            if len(rest) < need:
                self.body_left, self.buffer = need - len(rest), b""
                return
            self.buffer = rest[need:]
            self.answer()

    def answer(self):
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: 0123456789\r\n"
            b"Date: Mon, 23 Nov 2026 08:00:00 GMT\r\nContent-Length: %d\r\n\r\n%b"
            % (len(USER), USER)
        )

    def pause_writing(self):
        self.paused = True

    def resume_writing(self):
        self.paused = False
        while self.bulk_left and not self.paused:
            size = min(self.bulk_left, len(self.PIECE))
            self.bulk_left -= size
            self.transport.write(self.PIECE[:size])


async def serve():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# --- calls


def hand_made(url, method, body):
    """A function that makes the request without a client."""
    url = httpx.URL(url)
    headers = httpx.Headers(
        [
            (b"Host", url.netloc),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"gzip, deflate"),
            (b"Connection", b"keep-alive"),
            (b"User-Agent", b"bench"),
            *([(b"Content-Length", b"%d" % len(body))] if body else []),
        ]
    )
    extensions = {"timeout": httpx.Timeout(5).as_dict()}
    return lambda: httpx.Request(
        method, url, headers=headers, stream=httpx.ByteStream(body), extensions=extensions
    )


def sync_calls(url, method, body):
    """{contestant: a call that reads the answer}"""
    make = hand_made(url, method, body)
    raw, ours, bare = httpx.Client(), httpx.Client(transport=PooledTransport()), PooledTransport()

    def through_transport():
        response = bare.handle_request(make())
        response.read()
        response.close()

    return {
        BASELINE: lambda: raw.request(method, url, content=body or None).content,
        "ours": lambda: ours.request(method, url, content=body or None).content,
        "ours, bare": through_transport,
    }


def measure_sync(url, method, body, rounds=9, batch=200):
    calls = sync_calls(url, method, body)
    for call in calls.values():
        for _ in range(20):
            call()
    samples = {name: [] for name in calls}
    for number in range(rounds):
        for name in turn(list(calls), number):
            call = calls[name]
            gc.collect()
            cpu, wall = time.process_time(), time.perf_counter()
            for _ in range(batch):
                call()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            samples[name].append({"cpu": cpu / batch, "per_s": batch / wall, "p99": None})
    report(f"{method}, one after another", samples)


def turn(names, number):
    """The names, each round beginning with another one."""
    return names[number % len(names) :] + names[: number % len(names)]


async def concurrent(name, url, width, count):
    """One batch of ``count`` calls by ``width`` workers on a client of its own."""
    if name == "ours, bare":
        transport = AsyncPooledTransport()
        make = hand_made(url, "GET", b"")

        async def call():
            response = await transport.handle_async_request(make())
            await response.aread()
            await response.aclose()

        close = transport.aclose
    else:
        client = httpx.AsyncClient(transport=AsyncPooledTransport() if name == "ours" else None)

        async def call():
            assert (await client.get(url)).content == USER

        close = client.aclose
    took = []

    async def worker(times):
        for _ in range(times):
            begun = time.perf_counter()
            await call()
            took.append(time.perf_counter() - begun)

    await asyncio.gather(*(worker(1) for _ in range(width)))
    took.clear()
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(worker(max(1, count // width)) for _ in range(width)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    await close()
    took.sort()
    return {
        "cpu": cpu / len(took),
        "per_s": len(took) / wall,
        "p99": took[int(len(took) * 0.99) - 1],
    }


def measure_async(url, width, rounds=5, count=512):
    samples = {BASELINE: [], "ours": [], "ours, bare": []}
    for number in range(rounds):
        for name in turn(list(samples), number):
            samples[name].append(asyncio.run(concurrent(name, url, width, count)))
    report(f"async GET, {width} at once", samples)


def report(title, samples):
    print(f"{title:28} {'CPU us':>8} {'CPU':>7} {'per s':>8} {'p99 ms':>8}")
    for name, rounds in samples.items():
        cpu = statistics.median(each["cpu"] for each in rounds) * 1e6
        per_s = statistics.median(each["per_s"] for each in rounds)
        ratio = statistics.median(
            each["cpu"] / base["cpu"] for each, base in zip(rounds, samples[BASELINE])
        )
        slow = [each["p99"] for each in rounds if each["p99"] is not None]
        p99 = f"{statistics.median(slow) * 1e3:8.1f}" if slow else ""
        print(f"  {name:26} {cpu:8.0f} {ratio:6.2f}x {per_s:8.0f} {p99}")


# --- further transports


def measure_further():
    print(f"{'each further transport':28} {'ms':>8} {'KiB':>8}")
    for kind in (httpx.HTTPTransport, PooledTransport, AsyncPooledTransport):
        kind()
        count = 10 if kind is httpx.HTTPTransport else 1000
        gc.collect()
        begun = time.perf_counter()
        made = [kind() for _ in range(count)]
        took = time.perf_counter() - begun
        del made
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        made = [kind() for _ in range(count)]
        kib = (tracemalloc.get_traced_memory()[0] - before) / count / 1024
        tracemalloc.stop()
        del made
        print(f"  {kind.__name__:26} {took / count * 1e3:8.4f} {kib:8.1f}")


# --- bulk


def memory_kib(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field))


async def pieces_of(file):
    while True:
        piece = file.read(64 * 1024)
        if not piece:
            return
        yield piece


def bulk(name, direction, url, path):
    """Move 256 MiB once, in a process of its own; print rate, CPU and growth of memory."""
    ours, asynchronous = name.startswith("ours"), name.endswith("async")

    async def move_async(file):
        transport = AsyncPooledTransport() if ours else None
        async with httpx.AsyncClient(transport=transport, timeout=60) as client:
            await client.get(url)
            begin()
            if direction == "up":
                length = {"Content-Length": str(BULK)}
                await client.post(url + "/up", content=pieces_of(file), headers=length)
            else:
                async with client.stream("GET", url + "/bulk") as response:
                    async for piece in response.aiter_bytes():
                        file.write(piece)

    def move(file):
        with httpx.Client(transport=PooledTransport() if ours else None, timeout=60) as client:
            client.get(url)
            begin()
            if direction == "up":
                client.post(url + "/up", content=file)
            else:
                with client.stream("GET", url + "/bulk") as response:
                    for piece in response.iter_bytes():
                        file.write(piece)

    start = {}

    def begin():
        start.update(rss=memory_kib("VmRSS"), wall=time.perf_counter(), cpu=time.process_time())

    with open(path, "rb" if direction == "up" else "wb") as file:
        if asynchronous:
            asyncio.run(move_async(file))
        else:
            move(file)
    wall, cpu = time.perf_counter() - start["wall"], time.process_time() - start["cpu"]
    grown = max(0, memory_kib("VmHWM") - start["rss"])
    print(json.dumps({"rate": BULK / 2**20 / wall, "cpu": cpu, "peak": grown / 1024}))


def measure_bulk(url, rounds=5):
    with tempfile.TemporaryDirectory(
        dir="/dev/shm" if os.path.isdir("/dev/shm") else None
    ) as folder:
        source, target = os.path.join(folder, "source"), os.path.join(folder, "target")
        with open(source, "wb") as file:
            for _ in range(BULK // 2**20):
                file.write(os.urandom(2**20))
        for direction in ("up", "down"):
            names = ["httpx", "ours", "httpx async", "ours async"]
            samples = {name: [] for name in names}
            for number in range(rounds):
                for name in turn(names, number):
                    path = source if direction == "up" else target
                    command = [sys.executable, "-m", __spec__.name, "bulk", name, direction]
                    done = subprocess.run([*command, url, path], check=True, stdout=subprocess.PIPE)
                    samples[name].append(json.loads(done.stdout))
            print(
                f"{'256 MiB ' + direction:28} {'MiB/s':>8} {'rate':>7} {'CPU s':>8} {'MiB held':>9}"
            )
            for name in names:
                base = samples["httpx async" if name.endswith("async") else "httpx"]
                rate = statistics.median(each["rate"] for each in samples[name])
                ratio = statistics.median(
                    each["rate"] / other["rate"] for each, other in zip(samples[name], base)
                )
                cpu = statistics.median(each["cpu"] for each in samples[name])
                peak = max(each["peak"] for each in samples[name])
                print(f"  {name:26} {rate:8.0f} {ratio:6.2f}x {cpu:8.2f} {peak:9.1f}")


def main() -> None:
    """Print all tables."""
    command = [sys.executable, "-m", __spec__.name, "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = f"http://127.0.0.1:{int(server.stdout.readline())}"
            measure_sync(url + "/user", "GET", b"")
            measure_sync(url + "/deployments", "POST", POSTED)
            for width in (1, 32, 256):
                measure_async(url + "/user", width)
            measure_further()
            measure_bulk(url)
        finally:
            server.terminate()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    elif sys.argv[1:2] == ["bulk"]:
        bulk(*sys.argv[2:])
    else:
        main()
