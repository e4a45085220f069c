"""A large upload and a large streamed download through the router: what they cost in memory."""

from __future__ import annotations

import time
from collections.abc import Iterator

from outpostkit.local import LocalOutpost

from .deployed import Bar, connect, deploy, forget_most_memory, show, status_kib

TEMPLATE = """
from fastapi import Request
from fastapi.responses import StreamingResponse

class Bench:
    async def predict(self, request: Request, send: int = 0):
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
        if not send:
            return size

        async def parts():
            for _ in range(send):
                yield bytes(2**20)
        return StreamingResponse(parts())
"""
MIB = 1024 * 1024


def measure(mib: int) -> bool:
    """Return whether the server needs less than 64 MiB more while they pass."""
    with LocalOutpost() as outpost, connect(outpost) as http:
        endpoint = deploy(http, "transfer", TEMPLATE)
        before = status_kib(outpost.pid, "VmRSS")
        forget_most_memory(outpost.pid)
        began_at = time.perf_counter()
        answer = http.post(endpoint.url, content=_parts(mib))
        upload_s = time.perf_counter() - began_at
        upload_mib = (status_kib(outpost.pid, "VmHWM") - before) / 1024
        assert answer.json() == mib * MIB, answer.text

        forget_most_memory(outpost.pid)
        began_at = time.perf_counter()
        size = 0
        with http.stream("POST", endpoint.url, params={"send": mib}) as stream:
            for chunk in stream.iter_raw():
                size += len(chunk)
        download_s = time.perf_counter() - began_at
        download_mib = (status_kib(outpost.pid, "VmHWM") - before) / 1024
        assert size == mib * MIB
    bars = [
        Bar("memory for the upload", f"{upload_mib:.0f} MiB", "< 64 MiB", upload_mib < 64),
        Bar("memory for the download", f"{download_mib:.0f} MiB", "< 64 MiB", download_mib < 64),
    ]
    facts = {
        "upload": f"{mib / upload_s:,.0f} MiB/s",
        "download": f"{mib / download_s:,.0f} MiB/s",
    }
    return show(f"Transfer: {mib} MiB each way", bars, facts)


def _parts(mib: int) -> Iterator[bytes]:
    part = bytes(MIB)
    for _ in range(mib):
        yield part
