"""Every operation of the document through the clients of the SDK, which take the place of ours."""

from typing import Any, AsyncIterator, Dict, Iterator

import pytest
from pytest_httpserver import HTTPServer

import outpostkit
from outpost_api.operations import OPERATIONS
from tests.generated.test_every_operation import (
    CASES,
    STREAMS,
    WHOLE,
    Case,
    arguments_of,
    case_name,
    check_answer,
    check_request,
    check_stream,
    serve,
)

#: One success of each operation.
SUCCESSES: Dict[str, Case] = {}
for each in WHOLE:
    if each.status < 300:
        SUCCESSES.setdefault(each.id, each)
#: One success of each operation that is streamed: that which is made for it, if there is one.
STREAMED: Dict[str, Case] = {}
for each in sorted(CASES, key=lambda case: case.answer_type not in STREAMS):
    if each.status < 300 and hasattr(OPERATIONS[each.id].load(), "stream"):
        STREAMED.setdefault(each.id, each)


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[outpostkit.Client]:
    with outpostkit.Client("the-token", base_url=httpserver.url_for("")) as client:
        yield client


@pytest.fixture
async def async_client(
    httpserver: HTTPServer, anyio_backend: str
) -> AsyncIterator[outpostkit.AsyncClient]:
    url = httpserver.url_for("")
    async with outpostkit.AsyncClient("the-token", base_url=url) as client:
        yield client


def arguments(case: Case, httpserver: HTTPServer) -> Dict[str, Any]:
    """Answer as the case says, and return what to call with."""
    serve(httpserver, case)
    own_server = {"base_url": httpserver.url_for("")} if case.has_server else {}
    return {**arguments_of(case, OPERATIONS[case.id].load().plan), **own_server}


@pytest.mark.parametrize("case", SUCCESSES.values(), ids=case_name)
def test_an_operation_takes_the_blocking_client(
    case: Case, httpserver: HTTPServer, client: outpostkit.Client
) -> None:
    """It sends and reads what the document says."""
    given = arguments(case, httpserver)

    check_answer(case, OPERATIONS[case.id].load().sync(**given, client=client))
    check_request(case, httpserver.log[0][0])


@pytest.mark.anyio
@pytest.mark.parametrize("case", SUCCESSES.values(), ids=case_name)
async def test_an_operation_takes_the_asynchronous_client(
    case: Case, httpserver: HTTPServer, async_client: outpostkit.AsyncClient
) -> None:
    """It sends and reads what the document says."""
    given = arguments(case, httpserver)

    check_answer(case, await OPERATIONS[case.id].load().asyncio(**given, client=async_client))
    check_request(case, httpserver.log[0][0])


@pytest.mark.parametrize("case", STREAMED.values(), ids=case_name)
def test_a_streamed_operation_takes_the_blocking_client(
    case: Case, httpserver: HTTPServer, client: outpostkit.Client
) -> None:
    """The items, or the bytes, are those of the answer."""
    given = arguments(case, httpserver)

    with OPERATIONS[case.id].load().stream(**given, client=client) as stream:
        check_stream(case, list(stream))
    check_request(case, httpserver.log[0][0])


@pytest.mark.anyio
@pytest.mark.parametrize("case", STREAMED.values(), ids=case_name)
async def test_a_streamed_operation_takes_the_asynchronous_client(
    case: Case, httpserver: HTTPServer, async_client: outpostkit.AsyncClient
) -> None:
    """The items, or the bytes, are those of the answer."""
    given = arguments(case, httpserver)

    async with await OPERATIONS[case.id].load().astream(**given, client=async_client) as stream:
        check_stream(case, [piece async for piece in stream])
    check_request(case, httpserver.log[0][0])


def test_all_operations_are_among_them() -> None:
    """And some are streamed."""
    assert set(SUCCESSES) == set(OPERATIONS)
    assert STREAMED
