"""Which prediction domains get the token."""

from pathlib import Path
from typing import Any, Dict, Optional, Sequence

import httpx
import pytest

from outpostkit import Client
from outpostkit.exceptions import ConfigurationError

CLOUD = "https://api.outpost.run/v1"
OWN = "https://outpost.example.com/v1"
PLAIN = "http://outpost.lan:8000/v1"
LOCAL = "http://127.0.0.1:8000/v1"


def domain(sdk: Any, server: Any, base_url: str, protocol: str, name: str, **options: Any) -> str:
    """Return where predictions go when an API of that address names that domain."""
    resource = server.endpoint(primaryDomain={"protocol": protocol, "name": name, "id": "d"})

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=resource)

    def job(client: Any) -> Any:
        return sdk.endpoint(client).get_prediction_client()

    transport = httpx.MockTransport(answer)
    found: str = sdk.do(job, base_url=base_url, transport=transport, **options).domain
    return found


@pytest.mark.parametrize(
    ("base_url", "protocol", "name", "address"),
    [
        (CLOUD, "https", "echo.outpost.run", "https://echo.outpost.run"),
        (CLOUD, "https", "x1.eu.outpost.run", "https://x1.eu.outpost.run"),
        (CLOUD, "https", "x.api.outpost.run", "https://x.api.outpost.run"),
        (CLOUD, "https", "outpost.run", "https://outpost.run"),
        (CLOUD, "HTTPS", "Echo.OUTPOST.run.", "https://echo.outpost.run"),
        (CLOUD, "https", "echo.outpost.run:8443", "https://echo.outpost.run:8443"),
        (CLOUD, "https", "api.outpost.run:443", "https://api.outpost.run"),
        (OWN, "https", "echo.outpost.example.com", "https://echo.outpost.example.com"),
        (PLAIN, "http", "outpost.lan:8000", "http://outpost.lan:8000"),
        (PLAIN, "https", "outpost.lan", "https://outpost.lan"),
        (PLAIN, "http", "echo.outpost.lan:8000", "http://echo.outpost.lan:8000"),
        (LOCAL, "http", "127.0.0.1:9000", "http://127.0.0.1:9000"),
        (LOCAL, "http", "localhost:9000", "http://localhost:9000"),
        (LOCAL, "http", "[::1]:9000", "http://[::1]:9000"),
        ("http://localhost:8000/v1", "http", "127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/v1", "http", "[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("https://localhost:8443/v1", "http", "127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://10.0.0.5:8000/v1", "http", "10.0.0.5:8000", "http://10.0.0.5:8000"),
        ("https://api.bücher.example/v1", "https", "x.bücher.example", None),
    ],
)
def test_the_apis_own_site_gets_the_token(
    sdk, server, base_url: str, protocol: str, name: str, address: Optional[str]
) -> None:
    """Its host and those below it, the domain that `api.` stands before, and this machine."""
    found = domain(sdk, server, base_url, protocol, name)

    assert found == (address or "https://x.xn--bcher-kva.example")


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        (CLOUD, "evil.example"),
        (CLOUD, "outpost.run.evil.example"),
        (CLOUD, "evil-outpost.run"),
        (CLOUD, "api-outpost.run"),
        (CLOUD, "run"),
        (CLOUD, "127.0.0.1:8000"),
        (CLOUD, "localhost"),
        (CLOUD, "10.0.0.1"),
        (CLOUD, "0x7f.1"),
        (CLOUD, "[::1]"),
        (CLOUD, "[::ffff:127.0.0.1]"),
        (CLOUD, "outpost。run.evil.example"),
        (OWN, "example.com"),
        (OWN, "other.example.com"),
        ("https://api.example/v1", "evil.example"),
        ("https://outpost.github.io/v1", "evil.github.io"),
        (LOCAL, "evil.example"),
        (LOCAL, "127.0.0.1.evil.example"),
        (LOCAL, "192.168.0.9:8000"),
        (LOCAL, "0.0.0.0:8000"),
        ("https://10.0.0.5/v1", "x.10.0.0.5"),
        ("https://10.0.0.5/v1", "10.0.0.6"),
    ],
)
def test_another_site_does_not_get_it(sdk, server, base_url: str, name: str) -> None:
    """The error says which, of which endpoint, and how it is allowed; the token is not in it."""
    with pytest.raises(ConfigurationError, match="that is another site") as caught:
        domain(sdk, server, base_url, "https", name)

    assert "aj-ya/echo" in str(caught.value)
    assert "Client(prediction_hosts=[" in str(caught.value)
    assert server.token not in str(caught.value)


@pytest.mark.parametrize("name", ["outpost.lan", "outpost.lan:22", "outpost.lan:9000"])
def test_without_tls_another_port_is_another_program(sdk, server, name: str) -> None:
    """Nothing but the port tells the API from others of its machine."""
    with pytest.raises(ConfigurationError, match="that is another site"):
        domain(sdk, server, PLAIN, "http", name)


@pytest.mark.parametrize("hosts", [None, ["*.outpost.run", "localhost", "evil.example"]])
@pytest.mark.parametrize("name", ["echo.outpost.run", "localhost:8000", "evil.example"])
def test_a_token_that_came_by_tls_does_not_leave_without(
    sdk, server, name: str, hosts: Optional[Sequence[str]]
) -> None:
    """Whatever is allowed."""
    with pytest.raises(ConfigurationError, match="without TLS, and the API is https://api"):
        domain(sdk, server, CLOUD, "http", name, prediction_hosts=hosts)


def test_a_server_behind_a_proxy_that_speaks_tls_is_reached_as_the_api_is(sdk, server) -> None:
    """It calls itself by the name it was asked by, and http, as it does not know of the proxy."""
    assert domain(sdk, server, OWN, "http", "outpost.example.com") == "https://outpost.example.com"
    assert domain(sdk, server, f"{OWN[:-3]}:8443/v1", "http", "outpost.example.com:8443") == (
        "https://outpost.example.com:8443"
    )


@pytest.mark.parametrize(
    "name",
    [
        "api.outpost.run@evil.example",
        "user:pass@api.outpost.run",
        "evil.example/.outpost.run",
        "evil.example#.outpost.run",
        "evil.example?.outpost.run",
        "evil.example\\.outpost.run",
        "evil.example%2f.outpost.run",
        "evil.example:80:443",
        "x.outpost.run:0",
        "x.outpost.run:99999",
        "x.outpost.run:",
        "x.outpost.run:https",
        "x y.outpost.run",
        "x\n.outpost.run",
        "x..outpost.run",
        ".outpost.run",
        "x.outpost.run..",
        "a℀b.outpost.run",
        "[::1",
        "[::1%25eth0]",
        "",
    ],
)
def test_a_name_that_is_more_than_a_host_is_refused(sdk, server, name: str) -> None:
    """What one program takes for the host, another may take for something else."""
    with pytest.raises(ConfigurationError, match="no address of a host"):
        domain(sdk, server, CLOUD, "https", name)


@pytest.mark.parametrize("protocol", ["ftp", "file", "", "https://api.outpost.run@evil.example#"])
def test_a_protocol_is_http_or_https(sdk, server, protocol: str) -> None:
    """It is not another part of the address."""
    with pytest.raises(ConfigurationError, match="no address of a host"):
        domain(sdk, server, CLOUD, protocol, "x.outpost.run")


@pytest.mark.parametrize(
    ("hosts", "name", "is_allowed"),
    [
        (["models.example.com"], "models.example.com", True),
        (["models.example.com"], "models.example.com:8443", True),
        (["models.example.com:8443"], "models.example.com", False),
        (["models.example.com:8443"], "models.example.com:8443", True),
        (["models.example.com"], "x.models.example.com", False),
        (["*.example.com"], "x.y.example.com", True),
        (["*.example.com"], "example.com", False),
        (["*.example.com"], "evil-example.com", False),
        ([" *.Example.COM. "], "X.example.com", True),
        (["a.example", "[::1]"], "[::1]:8000", True),
        (["127.0.0.1"], "127.0.0.1:8000", True),
        (["*.0.0.1"], "127.0.0.1", False),
        (["*.bücher.example"], "x.xn--bcher-kva.example", True),
        ([], "models.example.com", False),
    ],
)
def test_other_sites_can_be_allowed(
    sdk, server, hosts: Sequence[str], name: str, is_allowed: bool
) -> None:
    """By host, by all hosts below one, or by host and port."""
    try:
        domain(sdk, server, CLOUD, "https", name, prediction_hosts=hosts)
    except ConfigurationError:
        assert not is_allowed
    else:
        assert is_allowed


@pytest.mark.parametrize(
    "host",
    ["*", "*.", "https://x.example", "x.example/path", "x.*.example", "a b", "x:y", "@", "*.[::1"],
)
def test_what_is_no_host_cannot_be_allowed(sdk, host: str) -> None:
    """The error names it, before anything is sent."""
    with pytest.raises(ConfigurationError, match=r"prediction_hosts: .* is no host"):
        sdk.Client("t", prediction_hosts=["fine.example", host])


def test_the_argument_goes_before_the_environment_and_that_before_the_profile(
    sdk, server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As everywhere; a text has commas between the hosts."""
    saved = {"default": "a", "profiles": {"a": {"prediction_hosts": ["profile.example"]}}}
    monkeypatch.setattr("outpostkit.profiles._file._load", lambda path: saved)

    def hosts(**options: Any) -> Any:
        return sdk.Client("t", **options)._calls.settings.prediction_hosts

    assert hosts() == ("profile.example",)
    monkeypatch.setenv("OUTPOST_PREDICTION_HOSTS", "a.example, *.b.example:8443,")
    assert hosts() == ("a.example", "*.b.example:8443")
    assert hosts(prediction_hosts=["c.example"]) == ("c.example",)
    monkeypatch.setenv("OUTPOST_PREDICTION_HOSTS", "https://x")
    with pytest.raises(ConfigurationError, match="OUTPOST_PREDICTION_HOSTS: 'https://x' is no"):
        hosts()


def test_an_address_that_the_caller_names_is_the_callers_choice(sdk) -> None:
    """A predictor that is made by hand goes where its maker says."""
    predictor = sdk.Predictor(sdk.Client("t"), "https://site.example", "/predict", "/healthcheck")

    assert predictor.domain == "https://site.example"


@pytest.mark.parametrize(
    ("path", "is_own"),
    [
        ("user", True),
        ("/user?next=https://evil.example/", True),
        ("{own}/v1/user", True),
        ("http://evil.example/user", False),
        ("{own}@evil.example/user", False),
        ("{own}\\@evil.example/user", False),
        ("{https}/user", False),
    ],
)
def test_a_request_to_another_origin_has_no_token(path: str, is_own: bool) -> None:
    """Whatever path earlier programs pass, it counts where the request goes."""
    seen: Dict[str, bool] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        seen["token"] = request.headers.get("authorization") == "Bearer t"
        return httpx.Response(200, json={})

    own = "http://api.example:8000"
    address = path.format(own=own, https=own.replace("http", "https"))
    with Client("t", base_url=f"{own}/v1", transport=httpx.MockTransport(answer)) as client:
        client._request("GET", address)

    assert seen == {"token": is_own}
