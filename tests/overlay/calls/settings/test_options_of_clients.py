"""Options that cannot be used are named when a client is made, not by its first call."""

from typing import Any

import httpx
import pytest

from outpostkit import AsyncClient, Client
from outpostkit.exceptions import ConfigurationError


def answers(request: httpx.Request) -> httpx.Response:
    """What a transport may be made of, and is none."""
    return httpx.Response(200)


async def waits(request: httpx.Request) -> None:
    """A hook of async clients."""


@pytest.mark.parametrize(
    ("kind", "option", "value", "named"),
    [
        (Client, "transport", answers, r"transport must be an httpx\.BaseTransport.*MockTransport"),
        (Client, "transport", httpx.AsyncHTTPTransport(), r"transport.*for async clients"),
        (AsyncClient, "transport", httpx.HTTPTransport(), r"transport.*for blocking clients"),
        (Client, "transport", httpx.HTTPTransport, "transport"),
        (Client, "mounts", {"all://": answers}, r"mounts\['all://'\]"),
        (Client, "mounts", [answers], "mounts"),
        (Client, "limits", 5, r"limits must be httpx\.Limits"),
        (Client, "limits", httpx.Limits(max_connections=0), "limits: max_connections"),
        (AsyncClient, "limits", httpx.Limits(max_connections=-1), "limits: max_connections"),
        (Client, "limits", httpx.Limits(max_keepalive_connections=-1), "max_keepalive"),
        (Client, "event_hooks", [print], "event_hooks must be a mapping"),
        (Client, "event_hooks", {"request": print}, r"event_hooks\['request'\] must be a list"),
        (Client, "event_hooks", {"requests": [print]}, "no event 'requests'"),
        (Client, "event_hooks", {"request": [5]}, "int cannot be called"),
        (Client, "event_hooks", {"request": [waits]}, "waits must be a plain function"),
        (AsyncClient, "event_hooks", {"response": [answers]}, "answers must be a coroutine"),
        (Client, "strict", "yes", "strict must be True or False"),
        (AsyncClient, "repeatable", "no", "repeatable must be True or False"),
        (Client, "base_url", b"http://127.0.0.1", "base_url must be text"),
        (AsyncClient, "base_url", 5, "base_url must be text"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    kind: Any, option: str, value: Any, named: str
) -> None:
    """With what it has to be."""
    with pytest.raises(ConfigurationError, match=named):
        kind("token", **{option: value})


def test_options_that_httpx_takes_are_taken() -> None:
    """A mock is a transport of both kinds; there may be no limit."""
    mock = httpx.MockTransport(answers)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    hooks = {"request": [lambda request: None], "response": []}

    Client("token", transport=mock, mounts={"all://": None}, limits=limits, event_hooks=hooks)
    AsyncClient("token", transport=mock, limits=limits, event_hooks={"request": [waits]})


def test_what_is_changed_for_some_calls_is_named_as_it_is_called_there(sdk) -> None:
    """Not as what it becomes."""
    client = Client("token")
    for options, named in [
        ({"deadline": "5"}, "^deadline must be"),
        ({"strict": 1}, "^strict must be"),
        ({"repeatable": "false"}, "^repeatable must be"),
    ]:
        with pytest.raises(ConfigurationError, match=named):
            client.with_options(**options)
    with pytest.raises(ConfigurationError, match=r"^repeatable must be"):
        sdk.do(lambda client: sdk.predictor(client).infer(json={}, repeatable="false"))
