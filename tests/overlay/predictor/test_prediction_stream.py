"""Predictions that are read while they are made, from a server that may misbehave."""

import json
import pickle
import socket
import threading
from contextlib import nullcontext
from typing import Any, Iterator, List, Optional

import httpx
import pytest
from werkzeug import Response

from outpostkit import RetryPolicy, ServerSentEvent
from outpostkit.exceptions import (
    ConfigurationError,
    OutpostConnectionError,
    OutpostTimeoutError,
    PredictionHTTPException,
    UnreadableResponseError,
)
from tests.generated.stream_cases import (
    EVENTS,
    LINES,
    TEXTS,
    EventCase,
    LineCase,
    TextCase,
    pieces,
)

#: Seconds after which a wait for what has to happen gives up, on a machine however busy.
GIVE_UP_S = 60


class StreamingServer:
    """Answers each request with a chunked body that a script writes; notices when clients go.

    A step of the script is a piece of the body, an event to wait for, or None to hang up.
    """

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.script: List[Any] = []
        self.client_left = threading.Event()
        #: What a script waits for that nothing is to follow.
        self.never = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self.never.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(GIVE_UP_S)
                try:
                    connection.recv(65536)
                    self._answer(connection)
                    if connection.recv(1) == b"":
                        self.client_left.set()
                except OSError:
                    self.client_left.set()

    def _answer(self, connection: socket.socket) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Request-Id: r-1\r\n\r\n"
        connection.sendall(head)
        for step in self.script:
            if isinstance(step, threading.Event):
                step.wait(GIVE_UP_S)
            elif step is None:
                return connection.shutdown(socket.SHUT_RDWR)
            else:
                connection.sendall(b"%x\r\n%s\r\n" % (len(step), step))
        connection.sendall(b"0\r\n\r\n")
        return None


@pytest.fixture
def streaming() -> Iterator[StreamingServer]:
    """A server without a script."""
    server = StreamingServer()
    yield server
    server.close()


def read(
    sdk: Any,
    url: str,
    how: str,
    count: Optional[int] = None,
    on_part: Any = lambda part: None,
    policy: Optional[RetryPolicy] = None,
    **options: Any,
) -> List[Any]:
    """Read a streamed prediction in one of the four ways, all of it or the first parts."""
    options = {"json": {"prompt": "x"}, **options}
    got: List[Any] = []

    def blocking(predictor: Any) -> List[Any]:
        with predictor.infer_stream(**options) as answer:
            for part in getattr(answer, how)():
                on_part(part)
                got.append(part)
                if len(got) == count:
                    break
        return got

    async def waiting(predictor: Any) -> List[Any]:
        async with predictor.infer_stream(**options) as answer:
            async for part in getattr(answer, how)():
                on_part(part)
                got.append(part)
                if len(got) == count:
                    break
        return got

    def job(client: Any) -> Any:
        predictor = sdk.Predictor(client, url, "/predict", "/healthcheck")
        return waiting(predictor) if sdk.is_async else blocking(predictor)

    result: List[Any] = sdk.do(job, **({} if policy is None else {"retry": policy}))
    return result


def test_an_answer_is_read_in_four_ways(sdk, streaming) -> None:
    """However the server cuts it into pieces."""
    whole = b'data: {"t": "a"}\r\n\r\ndata: {"t": "\xc3\xbc"}\n\n'
    streaming.script = [whole[:7], whole[7:18], whole[18:33], whole[33:]]
    data = ['{"t": "a"}', '{"t": "ü"}']

    assert b"".join(read(sdk, streaming.url, "bytes")) == whole
    assert read(sdk, streaming.url, "events") == [ServerSentEvent(each) for each in data]
    assert read(sdk, streaming.url, "lines") == [f"data: {data[0]}", "", f"data: {data[1]}", ""]

    streaming.script = [b'{"n": 1}\n\n[2', b"]\n3"]

    assert read(sdk, streaming.url, "json_lines") == [{"n": 1}, [2], 3]


def answer_in_pieces(server, content: bytes) -> Any:
    """Answer with the content, cut in another way each time; return how many ways there are."""
    cuts = pieces(content)
    left = iter(cuts)
    server.handle("POST", "/predict", lambda request: Response(iter(next(left))))
    return cuts


@pytest.mark.parametrize("case", EVENTS, ids=lambda case: case.name)
def test_events_are_read_as_the_standard_says(sdk, server, case: EventCase) -> None:
    """However the network cuts the bytes."""
    for _ in answer_in_pieces(server, case.content):
        assert read(sdk, server.url, "events") == case.events


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.name)
def test_text_is_cut_where_its_lines_end(sdk, server, case: TextCase) -> None:
    """And nowhere else."""
    for _ in answer_in_pieces(server, case.content):
        assert read(sdk, server.url, "lines") == case.lines


@pytest.mark.parametrize("case", LINES, ids=lambda case: case.name)
def test_each_line_is_a_value(sdk, server, case: LineCase) -> None:
    """Up to the first that is none, which is an error."""
    for _ in answer_in_pieces(server, case.content):
        got: List[Any] = []
        with pytest.raises(UnreadableResponseError) if case.breaks else nullcontext():
            read(sdk, server.url, "json_lines", on_part=got.append)
        assert got == case.values


def test_parts_are_there_before_the_answer_is_complete(sdk, streaming) -> None:
    """Leaving early closes the connection, and does not wait for the rest."""
    left = threading.Event()
    streaming.script = [b"one\n", left, *[b"two\n"] * 1000]

    assert read(sdk, streaming.url, "lines", count=1) == ["one"]
    left.set()
    assert streaming.client_left.wait(GIVE_UP_S)


def test_an_answer_may_take_longer_than_the_deadline_while_it_moves(sdk, streaming, clock) -> None:
    """The deadline is for its beginning."""
    first_is_there = threading.Event()
    streaming.script = [b"a\n", first_is_there, b"b\n", b"c\n"]

    def wait_long(part: str) -> None:
        clock.sleep(600)
        first_is_there.set()

    read_lines = read(
        sdk, streaming.url, "lines", on_part=wait_long, policy=RetryPolicy(deadline=60)
    )

    assert read_lines == ["a", "b", "c"]


def test_an_answer_that_stands_still_is_given_up(sdk, streaming) -> None:
    """After the idle timeout, with what came before handed out."""
    streaming.script = [b"a\n", streaming.never]

    with pytest.raises(OutpostTimeoutError):
        read(sdk, streaming.url, "lines", idle_timeout=0.1)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), 1e9])
def test_an_idle_timeout_that_is_no_time_is_refused(sdk, streaming, seconds) -> None:
    """Before a prediction is made."""
    with pytest.raises(ConfigurationError, match="idle_timeout"):
        read(sdk, streaming.url, "lines", idle_timeout=seconds)


@pytest.mark.parametrize("how", ["bytes", "lines", "json_lines", "events"])
def test_an_answer_that_breaks_off_says_where_its_reason_is(sdk, streaming, how: str) -> None:
    """Half an answer is not taken for a whole one, and no address is to blame for it."""
    streaming.script = [b'{"a": 1}\n', None]

    with pytest.raises(OutpostConnectionError) as caught:
        read(sdk, streaming.url, how)

    assert str(caught.value).startswith(
        f"POST {streaming.url}/predict: the answer broke off after 9 bytes: "
    )
    assert str(caught.value).endswith(
        'Its template raised, or its replica ended: endpoint.get_logs(log_type="runtime") has the '
        "reason, in the line of request r-1."
    )
    assert caught.value.request_id == "r-1"
    assert pickle.loads(pickle.dumps(caught.value)).request_id == "r-1"


def test_an_answer_that_is_read_whole_says_it_too(sdk, streaming) -> None:
    """However it was asked for; and it is not asked for again, as it was made already."""
    streaming.script = [b"half", None]

    def job(client: Any) -> Any:
        return sdk.Predictor(client, streaming.url, "/predict", "/healthcheck").infer(json={})

    with pytest.raises(
        OutpostConnectionError, match=r"broke off after 4 bytes.*request r-1"
    ) as got:
        sdk.do(job)

    assert got.value.attempts == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"error": {"message": "ValueError: no more tokens"}}', "ValueError: no more tokens"),
        (b'{"message": "overloaded"}', "overloaded"),
        (b"out of memory", "out of memory"),
        (b"[1]", "[1]"),
    ],
)
def test_the_last_words_of_an_answer_are_in_its_error(sdk, streaming, data, words: str) -> None:
    """An event of the kind `error`, after which it breaks off; the event comes first."""
    streaming.script = [b"data: a\n\n", b"event: error\ndata: %b\n\n" % data, None]
    got: List[Any] = []

    with pytest.raises(OutpostConnectionError) as caught:
        read(sdk, streaming.url, "events", on_part=got.append)

    assert f"bytes: {words}. Its template raised" in str(caught.value)
    assert [event.event for event in got] == ["message", "error"]


def test_last_words_hold_no_token(sdk, server, streaming) -> None:
    """Whatever a template puts into them."""
    token = server.token.encode()
    streaming.script = [b"event: error\ndata: bad key %b\n\n" % token, None]

    with pytest.raises(OutpostConnectionError, match=r"bad key \[redacted\]"):
        read(sdk, streaming.url, "events")


def test_an_answer_is_closed_after_its_block(sdk, streaming) -> None:
    """Nothing is read from a connection that others may use."""
    streaming.script = [b"one\n", streaming.never]

    def blocking(predictor: Any) -> None:
        with predictor.infer_stream(json={}) as answer:
            pass
        next(answer.lines())

    async def waiting(predictor: Any) -> None:
        async with predictor.infer_stream(json={}) as answer:
            pass
        await answer.lines().__anext__()

    def job(client: Any) -> Any:
        predictor = sdk.Predictor(client, streaming.url, "/predict", "/healthcheck")
        return waiting(predictor) if sdk.is_async else blocking(predictor)

    with pytest.raises(httpx.StreamClosed):
        sdk.do(job)


def test_a_line_that_is_no_json_is_an_error(sdk, streaming) -> None:
    """It says what is wrong."""
    streaming.script = [b'{"n": 1}\nnonsense\n']

    with pytest.raises(UnreadableResponseError, match="not JSON"):
        read(sdk, streaming.url, "json_lines")


def test_a_failed_prediction_is_an_error_before_the_stream_begins(sdk, server) -> None:
    """With its data, as without a stream; a sleeping endpoint is waited for here too."""
    asleep = server.json({"message": "Waking.", "code": "no_replica_ready"}, 503, Retry_After="0")
    server.on("POST", "/predict", *[asleep] * 5, server.json({"error": "no text"}, 422))

    with pytest.raises(PredictionHTTPException, match="no text") as caught:
        read(sdk, server.url, "lines")

    assert caught.value.data == {"error": "no text"}
    assert len(server.requests) == 6
    assert json.loads(server.last.get_data()) == {"prompt": "x"}
