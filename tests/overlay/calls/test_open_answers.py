"""Answers that are opened and read later, by the stream functions of outpost_api or by oneself."""

import gzip
from typing import Any, List

import pytest
from werkzeug import Response

from outpost_api.api.predictions import infer
from outpost_api.api.user import get_user
from outpostkit.exceptions import (
    AuthenticationError,
    OutpostConnectionError,
    OutpostTimeoutError,
    UnreadableResponseError,
)
from tests.generated.stream_cases import TEXTS, TextCase, pieces

GET_USER = get_user.plan()


def opened(sdk: Any, how: str, **options: Any) -> List[bytes]:
    """Open getUser and read it in one of the ways of httpx; blocking code in both colours."""

    def blocking(client: Any) -> List[bytes]:
        answer = client.open(GET_USER, **options)
        try:
            found = getattr(answer, how)()
            return [found] if how == "read" else list(found)
        finally:
            answer.close()

    async def asynchronous(client: Any) -> List[bytes]:
        answer = await client.open(GET_USER, **options)
        try:
            found = getattr(answer, f"a{how}")()
            return [await found] if how == "read" else [piece async for piece in found]
        finally:
            await answer.aclose()

    result: List[bytes] = sdk.do(asynchronous if sdk.is_async else blocking)
    return result


WAYS = pytest.mark.parametrize("how", ["iter_bytes", "iter_raw", "read"])


@WAYS
def test_an_open_answer_is_read_as_that_of_httpx(sdk, server, how) -> None:
    """It was tried again before it was there."""
    whole = Response(iter([b"one", b"two"]), headers={"Content-Length": "6"})
    server.on("GET", "/v1/user", server.json({}, 503, Retry_After="0"), whole)

    assert (
        b"".join(opened(sdk, how, extra_headers={"X-A": "1"}, extra_query={"q": "2"})) == b"onetwo"
    )
    assert len(server.requests) == 2
    assert (server.last.headers["X-A"], server.last.args["q"]) == ("1", "2")


@WAYS
def test_an_open_answer_that_breaks_off_is_an_error_of_ours(sdk, server, how) -> None:
    """While it is read, with the address and without the token."""
    server.on("GET", "/v1/user", Response(iter([b"12"]), headers={"Content-Length": "5"}))

    with pytest.raises(OutpostConnectionError, match="GET http") as caught:
        opened(sdk, how)
    assert server.token not in str(caught.value)


@WAYS
def test_an_open_answer_that_stands_still_is_a_timeout(sdk, server, how) -> None:
    """After the idle timeout."""

    def stands_still(request: Any) -> Response:
        def body() -> Any:
            yield b"12"
            server.hang()

        return Response(body(), headers={"Content-Length": "5"})

    server.handle("GET", "/v1/user", stands_still)

    with pytest.raises(OutpostTimeoutError):
        opened(sdk, how, idle_timeout=0.05)


@pytest.mark.parametrize("how", ["iter_bytes", "read"])
def test_an_open_answer_that_cannot_be_decompressed_is_an_error_of_ours(sdk, server, how) -> None:
    """As one that is read at once is."""
    body = gzip.compress(b"text" * 100)[:-20] + b"x" * 20
    server.on("GET", "/v1/user", Response(body, headers={"Content-Encoding": "gzip"}))

    with pytest.raises(OutpostConnectionError, match="cannot be decompressed"):
        opened(sdk, how)


def test_what_is_no_success_is_not_opened(sdk, server) -> None:
    """It raises what a call raises."""
    server.on("GET", "/v1/user", server.json({"message": f"who is {server.token}?"}, 401))

    with pytest.raises(AuthenticationError) as caught:
        opened(sdk, "read")
    assert server.token not in str(caught.value)


def test_an_operation_that_breaks_off_while_it_streams_is_an_error_of_ours(sdk, server) -> None:
    """What came before was handed out."""
    server.on("POST", "/predict", Response(iter([b"12"]), headers={"Content-Length": "5"}))
    got: List[bytes] = []

    def blocking(client: Any) -> None:
        with infer.stream(base_url=server.url, client=client) as stream:
            got.extend(stream)

    async def asynchronous(client: Any) -> None:
        async with await infer.astream(base_url=server.url, client=client) as stream:
            async for piece in stream:
                got.append(piece)

    with pytest.raises(OutpostConnectionError, match=r"POST .*/predict"):
        sdk.do(asynchronous if sdk.is_async else blocking)
    assert got == [b"12"]


def lines(sdk: Any) -> List[str]:
    """Stream getUser, and return its lines."""

    def blocking(client: Any) -> List[str]:
        with client.stream(GET_USER) as answer:
            return list(answer.iter_lines())

    async def asynchronous(client: Any) -> List[str]:
        async with client.stream(GET_USER) as answer:
            return [line async for line in answer.iter_lines()]

    result: List[str] = sdk.do(asynchronous if sdk.is_async else blocking)
    return result


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.name)
def test_text_is_cut_where_its_lines_end(sdk, server, case: TextCase) -> None:
    """However the network cuts the bytes."""
    cuts = iter(pieces(case.content))
    server.handle("GET", "/v1/user", lambda request: Response(iter(next(cuts))))

    for _ in pieces(case.content):
        assert lines(sdk) == case.lines


def test_text_has_the_encoding_that_its_type_says(sdk, server) -> None:
    """UTF-8 where it says none."""
    text = Response("ü\nö".encode("latin-1"), content_type="text/plain; charset=latin-1")
    server.on("GET", "/v1/user", text)

    assert lines(sdk) == ["ü", "ö"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_text_is_cut_into_lines_in_every_encoding(sdk, server, encoding) -> None:
    """Also where the bytes of a line end stand within other characters."""
    said = "eins\nzw\u0a0ai\r\n\u010a"
    text = Response(said.encode(encoding), content_type=f"text/plain; charset={encoding}")
    server.on("GET", "/v1/user", text)

    assert lines(sdk) == ["eins", "zw\u0a0ai", "\u010a"]


@pytest.mark.parametrize("encoding", ["hex", "undefined", "nonsense"])
def test_text_in_what_is_no_encoding_is_taken_for_utf_8(sdk, server, encoding) -> None:
    """As that of an answer that says none."""
    text = Response(b"a\n\xc3\xb6", content_type=f"text/plain; charset={encoding}")
    server.on("GET", "/v1/user", text)

    assert lines(sdk) == ["a", "ö"]


def test_a_line_that_would_fill_the_memory_is_an_error_of_ours(sdk, server, monkeypatch) -> None:
    """It is not read to its end."""
    monkeypatch.setattr("outpost_api.stream_parsing.MOST_BYTES", 10)
    server.on("GET", "/v1/user", Response("x" * 100))

    with pytest.raises(UnreadableResponseError, match="longer than 10 bytes"):
        lines(sdk)


STRANGE_LINES = "a\u2028b\nc\x85d\re\x0bf\x0cg\x1ch\r\ni".encode()


@pytest.mark.parametrize("how", ["open", "stream", "infer_stream", "its response"])
def test_lines_end_alike_however_they_are_asked_for(sdk, server, how: str) -> None:
    """With LF, CR LF or CR; what Unicode calls a line end may stand within one."""
    for method, path in [("GET", "/v1/user"), ("POST", "/predict")]:
        server.on(method, path, Response(STRANGE_LINES, content_type="text/plain; charset=utf-8"))

    def blocking(client: Any) -> List[str]:
        if how == "open":
            return list(client.open(GET_USER).iter_lines())
        if how == "stream":
            with client.stream(GET_USER) as answer:
                return list(answer.iter_lines())
        with sdk.predictor(client).infer_stream(json=1) as answer:
            return list(answer.lines() if how == "infer_stream" else answer.response.iter_lines())

    async def asynchronous(client: Any) -> List[str]:
        if how == "open":
            return [line async for line in (await client.open(GET_USER)).aiter_lines()]
        if how == "stream":
            async with client.stream(GET_USER) as answer:
                return [line async for line in answer.iter_lines()]
        async with sdk.predictor(client).infer_stream(json=1) as answer:
            lines = answer.lines() if how == "infer_stream" else answer.response.aiter_lines()
            return [line async for line in lines]

    lines = sdk.do(asynchronous if sdk.is_async else blocking)

    assert lines == ["a\u2028b", "c\x85d", "e\x0bf\x0cg\x1ch", "i"]
