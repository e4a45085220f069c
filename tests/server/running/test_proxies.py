"""Whose word counts about where a client is."""

from __future__ import annotations

import httpx
import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost
from outpost_server.commands.local import local
from outpost_server.running.proxies import BehindProxies

PROXIES = ("10.0.0.0/8", "::1", "fe80::/10")
WHERE = """
from fastapi import Request

class Where:
    def predict(self, request: Request):
        names = ("x-forwarded-for", "x-forwarded-proto")
        return {name: request.headers.getlist(name) for name in names}
"""


async def seen(peer, *said, name="x-forwarded-for", scheme="http"):
    """Return address and scheme of a request that a peer sends with these headers."""
    scopes = []

    async def app(scope, receive, send):
        scopes.append(scope)

    headers = [(name.encode(), line.encode("latin-1")) for line in said]
    scope = {"type": "http", "client": (peer, 1), "scheme": scheme, "headers": headers}
    await BehindProxies(app, PROXIES)(scope, None, None)
    return scopes[0]["client"][0], scopes[0]["scheme"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("peer", "said", "expected"),
    [
        ("10.1.2.3", ["192.0.2.7"], "192.0.2.7"),
        ("192.0.2.1", ["192.0.2.7"], "192.0.2.1"),
        ("10.1.2.3", ["198.51.100.9, 192.0.2.7"], "192.0.2.7"),
        ("10.1.2.3", ["198.51.100.9", "192.0.2.7"], "192.0.2.7"),
        ("10.1.2.3", ["192.0.2.7, 10.9.9.9, 10.8.8.8"], "192.0.2.7"),
        ("10.1.2.3", ["10.9.9.9, 10.8.8.8"], "10.9.9.9"),
        ("10.1.2.3", ["192.0.2.7:4711"], "192.0.2.7"),
        ("10.1.2.3", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("10.1.2.3", ["2001:db8::7"], "2001:db8::7"),
        ("::1", ["192.0.2.7"], "192.0.2.7"),
        ("::ffff:10.1.2.3", ["::ffff:192.0.2.7"], "192.0.2.7"),
        ("10.1.2.3", [], "10.1.2.3"),
        ("10.1.2.3", [""], "10.1.2.3"),
        ("10.1.2.3", ["unknown"], "10.1.2.3"),
        ("10.1.2.3", ["192.0.2.7, <script>"], "10.1.2.3"),
        ("10.1.2.3", ["192.0.2.7, _hidden, 10.8.8.8"], "10.8.8.8"),
        ("10.1.2.3", ["[" + "1" * 5000, "é"], "10.1.2.3"),
    ],
)
async def test_the_last_address_that_is_no_proxy_counts(peer, said, expected):
    """Of proxies that are trusted; whatever comes before it is anybody's claim."""
    assert (await seen(peer, *said))[0] == expected


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("peer", "said", "scheme", "expected"),
    [
        ("10.1.2.3", ["https"], "http", "https"),
        ("10.1.2.3", ["https"], "ws", "wss"),
        ("10.1.2.3", ["https, http"], "http", "http"),
        ("10.1.2.3", ["javascript"], "http", "http"),
        ("192.0.2.1", ["https"], "http", "http"),
    ],
)
async def test_a_trusted_proxy_says_what_is_encrypted(peer, said, scheme, expected):
    """Nobody else does, and nothing else than https is."""
    assert (await seen(peer, *said, name="x-forwarded-proto", scheme=scheme))[1] == expected


def test_templates_limits_and_cookies_go_by_the_client_behind_the_proxy(connect, tmp_path):
    """Guesses of one client leave those of another their share."""
    told = {"x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https"}
    with LocalOutpost(
        data_folder=tmp_path, trusted_proxies=["127.0.0.1"], rate_limit=60
    ) as outpost:
        api = connect(outpost)
        where = api.deployed(WHERE, "Where").predict(headers=told).json()
        signed_in = api.http.post(
            api.origin + "/dashboard/sign-in", data={"token": api.token}, headers=told
        )
        with httpx.Client(base_url=api.base_url, trust_env=False) as guesser:
            codes = [guesser.get("/user", headers=told).status_code for _ in range(62)]
            other = guesser.get("/user", headers={"x-forwarded-for": "192.0.2.8"}).status_code

    assert where == {"x-forwarded-for": ["192.0.2.7"], "x-forwarded-proto": ["https"]}
    assert "secure" in signed_in.headers["set-cookie"].lower()
    assert codes[-1] == 429
    assert other == 401


@pytest.mark.parametrize("proxy", ["proxy.example", "10.0.0.1/8", "10.0.0.0/33", "*", ""])
def test_a_proxy_that_is_none_is_refused(tmp_path, proxy):
    """It says what one is."""
    command = ["start", "--trusted-proxy", proxy, "--data", str(tmp_path)]
    refused = CliRunner().invoke(local, command)

    assert refused.exit_code == 1
    assert "trusted proxy" in refused.output
    assert "10.0.0.0/8" in refused.output
