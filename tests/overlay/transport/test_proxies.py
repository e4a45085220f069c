"""Proxies: which variables are understood, what goes where, and what errors say of it."""

import anyio
import httpx
import pytest

from outpostkit import AsyncClient, Client, RetryPolicy
from outpostkit.exceptions import (
    ConfigurationError,
    OutpostConnectionError,
    OutpostHTTPException,
)
from outpostkit.transport._settings.proxies import proxies_for

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ONCE = RetryPolicy(max_attempts=1)


@pytest.fixture(params=["blocking", "asyncio", "trio"])
def ask(request):
    """Make a client with these options, and return the answer that it gets."""

    def blocking(url, **options):
        with Client("token", base_url=url, **options) as client:
            return client._request("GET", "/user")

    def awaited(url, **options):
        async def main():
            async with AsyncClient("token", base_url=url, **options) as client:
                return await client._request("GET", "/user")

        return anyio.run(main, backend=request.param)

    return blocking if request.param == "blocking" else awaited


def is_proxied(url):
    """Whether an address is reached through a proxy of the environment."""
    proxies = proxies_for(None, True)
    assert proxies is not None
    return proxies.route(httpx.URL(url)).proxy is not None


@pytest.mark.parametrize(
    ("entry", "direct", "proxied"),
    [
        ("api.test", "http://api.test http://x.api.test:8080", "http://xapi.test http://test"),
        (".api.test", "http://api.test http://x.api.test", "http://xapi.test"),
        ("*.api.test", "http://api.test http://x.api.test", "http://other.test"),
        ("API.Test.", "http://api.test", "http://other.test"),
        ("api.test:8080", "http://api.test:8080", "http://api.test https://api.test"),
        ("api.test:443", "https://api.test", "http://api.test"),
        ("bücher.test", "http://bücher.test", "http://buecher.test"),
        ("10.1.2.3", "http://10.1.2.3", "http://10.1.2.4"),
        ("10.1.2.3:80", "http://10.1.2.3", "http://10.1.2.3:81"),
        ("10.0.0.0/8", "http://10.200.1.1 https://10.0.0.1:8443", "http://11.0.0.1 http://a.test"),
        ("10.0.0.0/255.0.0.0", "http://10.200.1.1", "http://11.0.0.1"),
        ("fd00::1", "http://[fd00::1] http://[fd00:0::1]:8080", "http://[fd00::2]"),
        ("[fd00::1]", "http://[fd00::1]", "http://[fd00::2]"),
        ("[fd00::1]:8080", "http://[fd00::1]:8080", "http://[fd00::1]"),
        ("fd00::/8", "http://[fd12::1]", "http://[fe12::1]"),
        ("::1/128", "http://[::1]", "http://[fd00::1]"),
        ("*", "http://api.test http://10.0.0.1 http://[fd00::1]", ""),
        ("10.1.*", "http://10.1.2.3", "http://10.2.1.1"),
        ("http://api.test", "http://api.test", "https://api.test"),
        ("<local>", "http://intranet", "http://api.test"),
        ("a.test, b.test  c.test;d.test,", "http://a.test http://c.test http://d.test", "http://e.test"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_what_no_proxy_names_is_reached_directly(monkeypatch, name, entry, direct, proxied):
    """As curl understands it."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv(name, entry)

    assert [url for url in direct.split() if is_proxied(url)] == []
    assert [url for url in proxied.split() if not is_proxied(url)] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080",
        "https://api.localhost",
        "http://127.0.0.1",
        "http://127.8.9.10:1",
        "http://[::1]:8080",
        "http://[::ffff:127.0.0.1]",
    ],
)
def test_this_machine_is_reached_directly(monkeypatch, url):
    """A proxy would look for it on a machine of its own."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    assert not is_proxied(url)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:9/", "write socks5://"),
        ("all_proxy", "socks4://127.0.0.1:9", "scheme must be one of"),
        ("HTTP_PROXY", "socks5h://127.0.0.1:9", "socksio"),
        ("http_proxy", "ftp://127.0.0.1:9", "scheme must be one of"),
        ("HTTPS_PROXY", "no proxy at all", "address of a host"),
        ("https_proxy", "http://", "address of a host"),
        ("HTTPS_PROXY", "http://proxy.test:port", "address of a host"),
        ("HTTPS_PROXY", "http://proxy.test:99999", "address of a host"),
        ("HTTP_PROXY", "http://proxy.test/path", "address of a host"),
        ("HTTP_PROXY", "http://[::1", "address of a host"),
        ("HTTP_PROXY", "http://user:se#same@proxy.test:3128", "address of a host"),
        ("HTTP_PROXY", "ftp://user:se/same@proxy.test:3128", "scheme must be one of"),
    ],
)
def test_a_variable_that_cannot_be_read_is_named(ask, monkeypatch, variable, value, said):
    """Whatever is asked, unless ``trust_env=False``; a password is not shown."""
    if "socksio" in said:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigurationError, match=f"^{variable}: .*{said}") as caught:
        ask("http://127.0.0.1:1")

    assert "same" not in str(caught.value)
    with pytest.raises(OutpostConnectionError):
        ask("http://127.0.0.1:1", trust_env=False, retry=ONCE)


@pytest.mark.parametrize("entry", ["a/b", "[::1", "host:port", "10.0.0.0/99", "a b@c!", "ftp://a"])
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_an_entry_of_no_proxy_that_cannot_be_read_is_named(ask, monkeypatch, name, entry):
    """Instead of a connection that goes where nobody wanted it to."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv(name, f"localhost,{entry}")

    with pytest.raises(ConfigurationError, match=f"^{name}: the entry ") as caught:
        ask("http://127.0.0.1:1")

    assert entry.split()[-1].rpartition("@")[2] in str(caught.value)


@pytest.mark.parametrize("proxy", ["", "socks://127.0.0.1:9", "http://", 5, ("http", "x"), "a b"])
def test_a_proxy_that_cannot_be_used_is_refused_by_name(ask, proxy):
    """As an argument."""
    with pytest.raises(ConfigurationError, match=r"^proxy"):
        ask("http://api.test", proxy=proxy)


@pytest.mark.parametrize(
    "form", ["http://127.0.0.1:{}", "127.0.0.1:{}", "http://u:p@127.0.0.1:{}/"]
)
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_used(ask, serve, monkeypatch, variable, form):
    """It is asked for the whole address."""
    proxy = serve(OK)
    monkeypatch.setenv(variable, form.format(proxy.url.rpartition(":")[2]))

    assert ask("http://api.test/v1").content == b"ok"
    assert proxy.requests == [("GET", "http://api.test/v1/user")]


@pytest.mark.parametrize("kind", [str, httpx.URL, httpx.Proxy])
def test_a_proxy_that_is_given_is_used_for_this_machine_too(ask, serve, kind):
    """Somebody who passes one wants just that."""
    proxy = serve(OK)

    assert ask("http://127.0.0.1:1/v1", proxy=kind(proxy.url)).content == b"ok"
    assert proxy.requests == [("GET", "http://127.0.0.1:1/v1/user")]


def test_this_machine_is_asked_over_our_transport(ask, serve, monkeypatch):
    """Behind a proxy, too, a server of one's own is reached, with every name that it has."""
    server = serve(OK)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    assert ask(server.url).content == b"ok"
    assert server.requests == [("GET", "/user")]


@pytest.mark.parametrize("url", ["http://api.test", "https://api.test"])
def test_an_error_names_the_proxy_and_the_way_round_it(ask, unused_port, monkeypatch, url):
    """Without its password."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://user:sesame@127.0.0.1:{unused_port}")
    said = rf"proxy http://127\.0\.0\.1:{unused_port} \(HTTPS?_PROXY\).*NO_PROXY=api\.test"

    with pytest.raises(OutpostConnectionError, match=said) as caught:
        ask(url, retry=ONCE)

    assert "sesame" not in str(caught.value)


def test_an_error_says_why_no_proxy_was_used(ask, unused_port, monkeypatch):
    """An entry of ``NO_PROXY`` may be too much."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(OutpostConnectionError, match=r"directly.*on this machine"):
        ask(f"http://127.0.0.1:{unused_port}", retry=ONCE)

    monkeypatch.setenv("NO_PROXY", "nobody.invalid")
    with pytest.raises(OutpostConnectionError, match=r"directly.*NO_PROXY has 'nobody\.invalid'"):
        ask("http://nobody.invalid", retry=ONCE)


def test_a_given_proxy_is_named_as_the_argument(ask, unused_port):
    """There is no variable to correct."""
    proxy = f"http://127.0.0.1:{unused_port}"

    with pytest.raises(OutpostConnectionError, match=rf"proxy {proxy} \(proxy=\)"):
        ask("http://api.test", proxy=proxy, retry=ONCE)


def test_a_proxy_that_wants_a_password_says_so(ask, serve, monkeypatch):
    """Asked for http it answers, asked for https it refuses the tunnel; neither is tried again."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    proxy = serve(refusal)
    monkeypatch.setenv("ALL_PROXY", proxy.url)

    with pytest.raises(OutpostHTTPException, match=r"407.*\n.*password.*ALL_PROXY") as answered:
        ask("http://api.test")
    with pytest.raises(OutpostConnectionError, match=r"407.*password.*ALL_PROXY") as refused:
        ask("https://api.test")

    assert answered.value.attempts == refused.value.attempts == 1
