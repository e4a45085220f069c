"""How a caller may say how long something may take, and what is said of what is no time."""

import fractions
import math

import httpx
import pytest

from outpostkit import AsyncClient, Client, RetryPolicy
from outpostkit.exceptions import ConfigurationError
from outpostkit.repository.lfs.client import LfsClient

ALL = ("connect", "read", "write", "pool")


def limits(timeout):
    """The seconds of each phase that a client makes of an argument."""
    client = Client("token", timeout=timeout)
    return tuple(client._calls.settings.timeout[phase] for phase in ALL)


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [
        (5, (5.0, 5.0, 5.0, 5.0)),
        (fractions.Fraction(5, 2), (2.5, 2.5, 2.5, 2.5)),
        ((5, 30), (5.0, 30.0, 30.0, 30.0)),
        ((5, None), (5.0, None, None, None)),
        ((1, 2, 3, 4), (1.0, 2.0, 3.0, 4.0)),
        (httpx.Timeout(7, connect=None), (None, 7.0, 7.0, 7.0)),
        (math.inf, (None, None, None, None)),
        ((5, math.inf), (5.0, None, None, None)),
        (httpx.Timeout(math.inf), (None, None, None, None)),
        (5e8, (1e6, 1e6, 1e6, 1e6)),
    ],
)
def test_a_timeout_has_the_forms_that_other_libraries_have(timeout, expected):
    """A number, (connect, read) as of requests, four phases, or httpx's own; infinity is none."""
    assert limits(timeout) == expected


WRONG = ["30", "", b"5", True, 0, -1, math.nan, 1e9, (), (1,), (1, 2, 3), (1, "2"), (0, 5), {}, 1j]


@pytest.mark.parametrize("timeout", WRONG, ids=repr)
@pytest.mark.parametrize(
    "use",
    [
        lambda timeout: Client("token", timeout=timeout),
        lambda timeout: AsyncClient("token", timeout=timeout),
        lambda timeout: Client("token").with_options(timeout=timeout),
        lambda timeout: LfsClient("https://lfs.test", timeout=timeout),
    ],
    ids=["Client", "AsyncClient", "with_options", "LfsClient"],
)
def test_what_is_no_timeout_is_refused_by_name(use, timeout):
    """It is an error of the argument, before anything is sent."""
    with pytest.raises(ConfigurationError, match="timeout"):
        use(timeout)


def test_a_text_is_refused_with_the_way_out():
    """What ``os.environ`` gives is text; the error says what to do with it."""
    with pytest.raises(ConfigurationError, match=r"not the text '30'.*float\(\)"):
        Client("token", timeout="30")


@pytest.mark.parametrize("seconds", ["30", True, 0, -1, math.nan, 1e9])
def test_every_other_limit_is_checked_alike(sdk, seconds):
    """The deadline, the idle time of a stream, the time to wait, that of one prediction."""

    def stream(client):
        return sdk.predictor(client).infer_stream(idle_timeout=seconds).__enter__()

    async def stream_async(client):
        await sdk.predictor(client).infer_stream(idle_timeout=seconds).__aenter__()

    for use in (
        lambda client: client.with_options(deadline=seconds),
        lambda client: sdk.predictor(client).infer(timeout=seconds),
        lambda client: sdk.endpoint(client).wait_until_healthy(timeout=seconds),
        stream_async if sdk.is_async else stream,
    ):
        with pytest.raises(ConfigurationError, match=r"timeout|deadline"):
            sdk.do(use)


@pytest.mark.parametrize(
    "field",
    [
        {"initial_delay": "1"}, {"max_delay": math.inf}, {"retry_after_ceiling": math.nan},
        {"deadline": "5"}, {"deadline": 0}, {"multiplier": "2"}, {"jitter": None},
        {"max_attempts": "3"}, {"max_attempts": 2.5}, {"max_attempts": True},
        {"statuses": "503"}, {"statuses": 503}, {"statuses": ["503"]}, {"on_retry": "print"},
    ],
    ids=str,
)  # fmt: skip
def test_a_policy_names_the_field_that_it_cannot_use(field):
    """Also one of another type."""
    with pytest.raises(ConfigurationError, match=next(iter(field))):
        RetryPolicy(**field)


def test_no_limit_at_all_is_no_limit(sdk, server):
    """Infinity reaches neither a socket nor a clock."""
    server.on("GET", "/v1/user", server.json(server.user))
    server.handle("POST", "/predict", lambda request: server.json(1))

    def predict(client):
        predictor = sdk.predictor(client, timeout=math.inf)
        return predictor.infer(json=1, timeout=(math.inf, math.inf))

    policy = RetryPolicy(deadline=math.inf)
    assert sdk.do(sdk.user, timeout=math.inf, retry=policy).name == "aj-ya"
    assert sdk.do(predict, retry=policy).json() == 1


@pytest.mark.parametrize("retries", ["1", -1, True, 1.5])
def test_a_number_of_retries_is_a_whole_number(retries):
    """As of ``with_options(retries=...)``."""
    with pytest.raises(ConfigurationError, match="retries"):
        Client("token").with_options(retries=retries)
