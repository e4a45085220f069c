"""What holds for every way in which a transfer can be cut into pieces."""

import hashlib
import io
from typing import Any, List, Optional

import httpx
import pytest
from hypothesis import given, strategies as st

from outpostkit.repository._receiving import Receiving, StartOver
from outpostkit.repository._source import Progress, Source
from outpostkit.repository.lfs._agent_form import agent_parts
from outpostkit.repository.lfs.exc import LfsError

CONTENTS = st.binary(max_size=200)


def answer(content: bytes, wanted: Optional[str], honours_ranges: bool) -> httpx.Response:
    """What a server sends."""
    if wanted is None or not honours_ranges:
        return httpx.Response(200, content=content)
    first = int(wanted[6:-1])
    if first >= len(content):
        return httpx.Response(416)
    where = f"bytes {first}-{len(content) - 1}/{len(content)}"
    return httpx.Response(206, headers={"Content-Range": where}, content=content[first:])


def receive(receiving: Receiving, response: httpx.Response, cut: int) -> bool:
    """Take ``cut`` bytes of an answer, and tell whether it was all."""
    try:
        receiving.accept(response)
        for at in range(0, len(response.content[:cut]), 7):
            receiving.write(response.content[:cut][at : at + 7])
        receiving.complete()
    except httpx.RemoteProtocolError:
        return False
    return True


@given(
    content=CONTENTS,
    left=st.binary(max_size=250),
    is_prefix=st.booleans(),
    attempts=st.lists(st.tuples(st.integers(0, 250), st.booleans()), max_size=6),
)
def test_a_file_in_pieces_is_right_when_it_is_complete(
    content: bytes, left: bytes, is_prefix: bool, attempts: List[Any]
) -> None:
    """Whatever was left, wherever answers break, and whether ranges are honoured or not."""
    oid = hashlib.sha256(content).hexdigest()
    file = io.BytesIO(content[: len(left)] if is_prefix else left)
    told: List[int] = []
    receiving = Receiving(
        file, wrong=LfsError, progress=Progress(told.append), size=len(content), sha256=oid
    )
    receiving.take_over()

    # The last two answers are whole: pieces that do not fit are noticed, and fetched again.
    for cut, honours_ranges in [*attempts, (250, True), (250, False)]:
        wanted = receiving.headers().get("Range")
        if receiving.is_whole():
            break
        if receive(receiving, answer(content, wanted, honours_ranges), cut):
            break

    assert file.getvalue() == content
    assert sum(told) == len(content)


@given(content=CONTENTS, before=st.binary(max_size=20), pieces=st.lists(st.integers(0, 200)))
def test_slices_are_the_bytes_that_they_name(
    content: bytes, before: bytes, pieces: List[int]
) -> None:
    """In any order, any number of times, counted from where the file stood."""
    file = io.BytesIO(before + content)
    file.seek(len(before))
    source = Source(file)
    source.open()
    source.measure()

    for pos in pieces:
        part = source.slice(min(pos, source.size), max(0, source.size - pos))
        assert b"".join(part.chunks()) == content[pos:]
    assert (source.sha256, source.size) == (hashlib.sha256(content).hexdigest(), len(content))


@given(size=st.integers(0, 10_000), chunk=st.integers(1, 5000))
def test_parts_from_a_header_hold_every_byte_once(size: int, chunk: int) -> None:
    """One after the other, the last one shorter."""
    count = max(1, -(-size // chunk))
    header = {f"part_{number}": "https://a" for number in range(1, count + 1)}

    parts, _ = agent_parts({"href": "https://a", "header": {**header, "chunk_size": chunk}}, size)

    reached = 0
    for part in parts:
        assert part["pos"] == reached
        reached += int(str(part["size"]))
    assert reached == size


@given(positions=st.lists(st.integers(0, 1000)))
def test_progress_never_goes_back(positions: List[int]) -> None:
    """Its sum is the furthest that was reached."""
    told: List[int] = []
    progress = Progress(told.append)

    for position in positions:
        progress.reached(position)

    assert sum(told) == max(positions, default=0)
    assert all(each > 0 for each in told)


def test_pieces_of_another_version_are_noticed() -> None:
    """They have the right size together, and the wrong hash."""
    oid = hashlib.sha256(b"newnew").hexdigest()
    file = io.BytesIO(b"old")
    receiving = Receiving(file, wrong=LfsError, progress=Progress(None), size=6, sha256=oid)
    receiving.take_over()
    rest = httpx.Response(206, headers={"Content-Range": "bytes 3-5/6"}, content=b"new")

    receiving.accept(rest)
    receiving.write(b"new")
    with pytest.raises(StartOver):
        receiving.complete()

    assert file.getvalue() == b""
    assert receiving.headers() == {}
