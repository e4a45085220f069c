"""What a replica sends is bounded: a template can have it send anything."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from outpost_server.serving.replica_connection import Lost, ReplicaConnection

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n"


async def read(connection: ReplicaConnection) -> None:
    await connection.head()
    await connection.whole()


@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        (HEAD, b"x-more: 1\r\n" * 100),
        (HEAD + b"x-long: ", b"x" * 1000),
        (b"", b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" * 100),
        (HEAD + b"\r\n0\r\n", b"x-trailer: 1\r\n" * 100),
        (HEAD + b"\r\n0\r\nx-long: ", b"x" * 1000),
        (HEAD + b"\r\n1;", b"x" * 1000),
    ],
    ids=["headers", "a header", "interim answers", "trailers", "a trailer", "an extension"],
)
async def test_what_is_no_body_ends_the_connection_before_it_takes_room(tmp_path, begins, goes_on):
    """Headers, trailers and extensions without end."""

    async def answer(reader, writer):
        writer.write(begins)
        try:
            while True:
                writer.write(goes_on)
                await writer.drain()
        except OSError:
            writer.close()

    path = tmp_path / "replica.sock"
    async with await asyncio.start_unix_server(answer, path):
        loop = asyncio.get_running_loop()
        tracemalloc.start()
        _, connection = await loop.create_unix_connection(ReplicaConnection, path)
        with pytest.raises(Lost):
            await asyncio.wait_for(read(connection), 60)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert most < 8 * 2**20
