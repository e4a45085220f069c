"""Following a log: decided without a clock or a server, and then over real HTTP."""

import dataclasses
import json
import time
from typing import Any, Dict, List, Optional, Tuple

import pytest
from hypothesis import given, settings, strategies as st

from outpostkit._types.endpoint import EndpointLog, EndpointLogData
from outpostkit.endpoints._log_following import (
    PAGE_LINES,
    Emit,
    Fetch,
    Fetched,
    FollowPace,
    LogCursor,
    LogReply,
    follow,
)
from outpostkit.exceptions import (
    ConfigurationError,
    NotFoundError,
    OutpostConnectionError,
    OutpostError,
)

PATH = "/v1/endpoints/aj-ya/echo"
SECOND = 1_000_000_000


def line(at_ns: int, message: str = "x") -> EndpointLog:
    """One line of the template."""
    data = EndpointLogData(20, "runtime", "INFO", "echo", message)
    return EndpointLog(str(at_ns), data)


class Log:
    """A log as the API gives it: the newest lines of a period, as many as are asked for."""

    def __init__(self) -> None:
        self.lines: List[EndpointLog] = []
        self.questions = 0

    def write(self, *lines: EndpointLog) -> None:
        self.lines = sorted([*self.lines, *lines], key=lambda each: int(each.timestamp))

    def read(self, step: Fetch) -> List[EndpointLog]:
        self.questions += 1
        found = [
            each
            for each in self.lines
            if (step.start_ns or 0) <= int(each.timestamp)
            and (step.end_ns is None or int(each.timestamp) < step.end_ns)
        ]
        return found[-step.limit :]


def play(log: Log, arrivals: List[Any], **options: Any) -> Tuple[List[EndpointLog], float]:
    """Follow a log; each rest brings the next arrival: lines, or a problem for the next question.

    Returns what was handed out, and the time that the resting took.
    """
    options.setdefault("is_endless", True)
    options.setdefault("start_ns", 0)
    steps = follow(**options)
    out: List[EndpointLog] = []
    clock = 0.0
    problem: Optional[OutpostError] = None
    reply: LogReply = None
    left = list(arrivals)
    while True:
        try:
            step = steps.send(reply)
        except StopIteration:
            return out, clock
        if isinstance(step, Fetch):
            reply = Fetched(clock, [] if problem else log.read(step), problem)
            problem = None
        elif isinstance(step, Emit):
            out.extend(step.lines)
            reply = clock
        else:
            if not left:
                steps.close()
                return out, clock
            clock += step.seconds
            arrived = left.pop(0)
            if isinstance(arrived, OutpostError):
                problem = arrived
            else:
                log.write(*arrived)
            reply = clock


def test_lines_come_once_though_the_last_seconds_are_read_again() -> None:
    """A line that comes late is found; equal lines of one moment are as many as were written."""
    log = Log()
    log.write(line(10 * SECOND))
    twins = [line(12 * SECOND), line(12 * SECOND)]
    late = line(11 * SECOND, "late")

    out, _ = play(log, [twins, [late], [line(12 * SECOND)], []])

    assert [each.timestamp[:2] for each in out] == ["10", "12", "12", "11", "12"]


@pytest.mark.parametrize("spread_ns", [1, 1_000_000])
@pytest.mark.parametrize("count", [PAGE_LINES, 3 * PAGE_LINES])
def test_more_lines_than_one_answer_holds_come_all_and_in_order(
    count: int, spread_ns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The API returns the newest ones, so the older ones are asked for separately."""
    monkeypatch.setattr("outpostkit.endpoints._log_following.PAGE_LINES", 50)
    monkeypatch.setattr("outpostkit.endpoints._log_following.MAX_PAGE_LINES", 200)
    log = Log()
    log.write(*(line(SECOND + n * spread_ns, str(n)) for n in range(count)))

    out, _ = play(log, [[]], start_ns=None)

    assert [each.message for each in out] == [str(n) for n in range(count)]
    assert log.questions < 300


def test_many_lines_of_one_moment_come_all() -> None:
    """A period cannot be smaller than that; as many are asked for as the API returns."""
    log = _log_of(*(line(SECOND, str(n)) for n in range(3 * PAGE_LINES)))

    out, _ = play(log, [[]], start_ns=None)

    assert len(out) == 3 * PAGE_LINES
    assert log.questions < 5


@pytest.mark.parametrize("is_endless", [True, False])
@pytest.mark.parametrize("start_ns", [None, 0])
def test_a_burst_costs_no_more_than_its_pages(is_endless: bool, start_ns: Optional[int]) -> None:
    """Though all of it lies in the last second of a long period; and nothing is waited for."""
    end = 1_700_000_000 * SECOND
    log = _log_of(*(line(end + n * 1000, str(n)) for n in range(35_000)))
    log.write(line(end - 800 * SECOND, "first"))

    out, clock = play(log, [], is_endless=is_endless, start_ns=start_ns)

    assert [each.message for each in out] == ["first", *(str(n) for n in range(35_000))]
    assert log.questions <= 6
    assert clock == 0


@settings(max_examples=60, deadline=None)
@given(
    moments=st.lists(st.integers(0, 10**12), max_size=400, unique=True),
    around=st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 150)), max_size=4),
)
def test_however_lines_are_spread_none_is_asked_for_more_than_twice(
    moments: List[int], around: List[Tuple[int, int]]
) -> None:
    """In order, each once, in hardly more questions than the answers that hold them."""
    bursts = [at + n for at, count in around for n in range(count)]
    times = sorted({*moments, *bursts})
    log = _log_of(*(line(at, str(at)) for at in times))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("outpostkit.endpoints._log_following.PAGE_LINES", 10)
        patch.setattr("outpostkit.endpoints._log_following.MAX_PAGE_LINES", 50)
        out, _ = play(log, [], is_endless=False)

    assert [int(each.timestamp) for each in out] == times
    assert log.questions <= 2 * (len(times) // 49) + 3


def test_lines_that_are_written_while_older_ones_are_read_come_too() -> None:
    """Those of a log that is followed, as soon as the older ones have come."""
    log = _log_of(*(line(n * 1000, str(n)) for n in range(12_000)))

    out, _ = play(log, [[line(12_001 * 1000, "new")], []])

    assert [each.message for each in out] == [*(str(n) for n in range(12_000)), "new"]


def test_a_server_that_does_not_know_ends_is_not_asked_for_ever() -> None:
    """What it answers is taken as it is."""

    class Older(Log):
        def read(self, step: Fetch) -> List[EndpointLog]:
            return super().read(dataclasses.replace(step, end_ns=None))

    log = Older()
    log.write(*(line(SECOND + n, str(n)) for n in range(12_000)))

    play(log, [], is_endless=False)

    assert log.questions < 4


def test_a_log_is_read_to_its_end_without_following() -> None:
    """Then nothing is waited for."""
    log = Log()
    log.write(*(line(n * SECOND, str(n)) for n in range(2500)))

    out, clock = play(log, [], is_endless=False, end_ns=2000 * SECOND)

    assert len(out) == 2000
    assert clock == 0


def test_lost_connections_lose_and_repeat_nothing() -> None:
    """What was written meanwhile comes afterwards."""
    log = Log()
    lost = OutpostConnectionError("no connection")
    log.write(line(SECOND, "a"))

    out, _ = play(log, [lost, [line(2 * SECOND, "b")], lost, lost, [line(3 * SECOND, "c")]])

    assert [each.message for each in out] == ["a", "b", "c"]


def test_a_server_that_stays_away_ends_the_following_with_the_reason() -> None:
    """After the patience, not for ever."""
    lost = OutpostConnectionError("no connection")

    with pytest.raises(OutpostConnectionError):
        play(Log(), [lost] * 100_000, pace=FollowPace(patience=10))


def test_a_deleted_endpoint_ends_the_following() -> None:
    """Without an error, as there is nothing more to read; unless it never existed."""
    gone = NotFoundError(404, "no such endpoint")

    out, _ = play(_log_of(line(SECOND)), [gone, []])

    assert len(out) == 1


def test_following_ends_at_its_timeout() -> None:
    """Without an error, and never later."""
    out, clock = play(_log_of(line(SECOND)), [[]] * 1000, timeout=7)

    assert len(out) == 1
    assert clock == pytest.approx(7)


def test_lines_before_the_start_do_not_come() -> None:
    """Though the seconds before the newest line are read again."""
    log = _log_of(line(8 * SECOND), line(10 * SECOND))

    out, _ = play(log, [[line(11 * SECOND)], []], start_ns=9 * SECOND)

    assert [int(each.timestamp) // SECOND for each in out] == [10, 11]


def test_what_is_remembered_is_bounded() -> None:
    """However many lines come in the seconds that are read again."""
    cursor = LogCursor(0, overlap_ns=5 * SECOND, memory_lines=100)

    for n in range(50):
        cursor.new([line(SECOND + n * 100 + k) for k in range(100)])
        cursor.settle()

    assert cursor.remembered <= 101


arrivals = st.lists(
    st.one_of(
        st.lists(st.tuples(st.integers(0, 4 * SECOND), st.sampled_from("ab")), max_size=6),
        st.just("lost"),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(arrivals=arrivals)
def test_whatever_arrives_comes_exactly_once(arrivals: List[Any]) -> None:
    """Each line up to 4 seconds late, whatever connections are lost between."""
    log = Log()
    script: List[Any] = []
    for n, arrival in enumerate(arrivals):
        if arrival == "lost":
            script.append(OutpostConnectionError("lost"))
        else:
            now = 10 * SECOND + n * SECOND // 10
            script.append([line(now - late // 8, text) for late, text in arrival])

    out, _ = play(log, [*script, [], []])

    assert sorted((each.timestamp, each.message) for each in out) == sorted(
        (each.timestamp, each.message) for each in log.lines
    )


def _log_of(*lines: EndpointLog) -> Log:
    log = Log()
    log.write(*lines)
    return log


def log_json(at_ns: int, message: str) -> Dict[str, Any]:
    """The JSON of a log line."""
    data = {"level_num": 20, "log_type": "runtime", "level": "INFO", "logger_name": "echo"}
    return {"timestamp": str(at_ns), "data": {**data, "message": message}}


def take(sdk: Any, count: int, **options: Any) -> List[str]:
    """Follow aj-ya/echo until so many lines have come, then close the iterator."""

    def job(client: Any) -> Any:
        lines = sdk.endpoint(client).logs(follow=True, **options)
        if not sdk.is_async:
            taken = [next(lines).message for _ in range(count)]
            lines.close()
            return taken

        async def taking() -> List[str]:
            taken = [(await lines.__anext__()).message for _ in range(count)]
            await lines.aclose()
            return taken

        return taking()

    result: List[str] = sdk.do(job)
    return result


def test_a_log_is_followed_over_http(sdk, server) -> None:
    """A restart of the server in between is not noticed; the overlap is not repeated."""
    first, second = log_json(10 * SECOND, "one"), log_json(11 * SECOND, "two")
    server.on(
        "GET",
        f"{PATH}/logs",
        server.json([first]),
        server.json({"message": "restarting"}, 503),
        server.json([first, second]),
    )

    assert take(sdk, 2, log_type="runtime", start=9 * SECOND) == ["one", "two"]
    assert server.last.args["logType"] == "runtime"
    assert server.last.args["start"] == str(9 * SECOND)


def test_following_a_log_gives_up_in_time_when_the_server_hangs(sdk, server) -> None:
    """The timeout ends a question too."""

    server.handle("GET", f"{PATH}/logs", server.hang)
    began = time.monotonic()

    def job(client: Any) -> Any:
        lines = sdk.endpoint(client).logs(follow=True, timeout=0.2)
        if not sdk.is_async:
            return list(lines)

        async def read() -> Any:
            return [each async for each in lines]

        return read()

    assert sdk.do(job) == []
    assert time.monotonic() - began < 10  # the limit of a single question is three times that


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": "yesterday"}, "start 'yesterday' is no moment"),
        ({"follow": True, "end": 5}, "follow"),
        ({"timeout": 0}, "timeout"),
    ],
)
def test_wrong_arguments_are_told_before_the_first_line(
    sdk, options: Dict[str, Any], message: str
) -> None:
    """Not only when the iteration begins."""
    with pytest.raises(ConfigurationError, match=message):
        sdk.endpoint(None).logs(**options)


@pytest.mark.parametrize(
    "text", ["2024-03-25T10:05:00.5Z", "2024-03-25T12:05:00.500+02:00", "2024-03-25T10:05:00.5"]
)
def test_moments_in_text_are_understood(sdk, server, text: str) -> None:
    """With and without a time zone, and on every Python."""
    server.on("GET", f"{PATH}/logs", server.json([log_json(2 * SECOND**2, "x")]))

    take(sdk, 1, start=text)

    assert json.loads(server.last.args["start"]) == 1711361100500000000
