"""TLS: who is trusted, who is asked for, and what it costs."""

import ssl
import time

import httpx
import pytest

from outpostkit.transport import AsyncPooledTransport, PooledTransport
from outpostkit.transport._settings import tls as _tls

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_a_trusted_server_is_served(serve, connect, server_tls, certificate):
    """``verify`` may be the file of the authority; connections are kept as without TLS."""
    server = serve(OK, tls=server_tls)
    http = connect(verify=certificate[0])

    answers = [http.request("GET", server.url).content for _ in range(3)]

    assert answers == [b"ok"] * 3
    assert server.connections == 1


def test_an_unknown_server_is_refused(serve, connect, server_tls):
    """A certificate that no authority vouches for is a ConnectError."""
    server = serve(OK, tls=server_tls)
    http = connect()

    with pytest.raises(httpx.ConnectError, match=r"(?i)certificate verify failed"):
        http.request("GET", server.url)
    assert http.places_taken() == 0
    assert server.wait_until_open(0)


def test_the_name_of_the_server_is_checked(serve, connect, server_tls, certificate):
    """A certificate for another name is refused; ``sni_hostname`` says which name to expect."""
    server = serve(OK, tls=server_tls)
    http = connect(verify=certificate[0])
    url = server.url.replace("127.0.0.1", "localhost")

    with pytest.raises(httpx.ConnectError, match=r"(?i)hostname mismatch"):
        http.request("GET", url)

    answer = http.request("GET", url, extensions={"sni_hostname": "two.test"})
    assert answer.content == b"ok"


def test_verification_can_be_switched_off(serve, connect, server_tls):
    """``verify=False`` trusts everyone."""
    server = serve(OK, tls=server_tls)

    assert connect(verify=False).request("GET", server.url).content == b"ok"


def test_a_context_of_ones_own_is_used(serve, connect, server_tls, certificate):
    """``verify`` may be an ``ssl.SSLContext``."""
    server = serve(OK, tls=server_tls)
    context = ssl.create_default_context(cafile=certificate[0])

    assert connect(verify=context).request("GET", server.url).content == b"ok"


def test_a_client_certificate_is_shown(serve, connect, server_tls, certificate):
    """``cert`` is presented to a server that asks for one."""
    server_tls.verify_mode = ssl.CERT_REQUIRED
    server_tls.load_verify_locations(certificate[0])
    server = serve(OK, tls=server_tls)

    assert connect(verify=False, cert=certificate).request("GET", server.url).content == b"ok"
    with pytest.raises(httpx.TransportError):
        connect(verify=False).request("GET", server.url)


def test_large_bodies_pass_in_both_directions(serve, connect, server_tls):
    """Records of TLS make no difference."""
    body = bytes(range(256)) * 8000
    received = []

    def script(peer):
        received.append(peer.read_request()[3])
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        peer.wait_for_end()

    server = serve(script, tls=server_tls)
    http = connect(verify=False)

    assert http.request("POST", server.url, content=body).content == body
    assert received == [body]


def test_timeouts_hold_with_tls(serve, connect, server_tls):
    """A server that is silent after the handshake is a read timeout."""
    server = serve(lambda peer: peer.read_request() and peer.wait_for_end(), tls=server_tls)
    http = connect(verify=False)

    with pytest.raises(httpx.ReadTimeout):
        http.request("GET", server.url, timeout=httpx.Timeout(60, read=0.05))
    assert http.places_taken() == 0


def test_a_handshake_that_stops_is_a_connect_timeout(serve, connect):
    """The ``connect`` timeout covers the handshake."""
    server = serve(lambda peer: peer.wait_for_end())
    http = connect(verify=False)

    with pytest.raises(httpx.ConnectTimeout):
        http.request(
            "GET",
            server.url.replace("http:", "https:"),
            timeout=httpx.Timeout(60, connect=0.05),
        )
    assert http.places_taken() == 0


def test_a_server_without_tls_is_a_connect_error(serve, connect):
    """Asking an http server for https fails before anything is sent."""
    server = serve(lambda peer: (peer._read_more(), peer.send(b"HTTP/1.1 400 Bad\r\n\r\n")))

    with pytest.raises(httpx.ConnectError):
        connect(verify=False).request("GET", server.url.replace("http:", "https:"))


def test_a_tls_connection_closed_while_idle_is_noticed(serve, connect, server_tls):
    """As without TLS: a POST goes out on a new connection."""
    server = serve(lambda peer: peer.answer(OK), OK, tls=server_tls)
    http = connect(verify=False)
    http.request("GET", server.url)
    assert server.wait_until_open(0)
    http.wait_until_idle_is_stale()

    assert http.request("POST", server.url).content == b"ok"


def test_equal_settings_share_one_context():
    """Making a context takes longer than a request; the second transport gets the first one's."""
    first = _tls.TlsSettings(True, None, True).context()

    assert _tls.TlsSettings(True, None, True).context() is first
    assert _tls.TlsSettings(False, None, True).context() is not first


@pytest.mark.parametrize("kind", [PooledTransport, AsyncPooledTransport])
def test_a_transport_costs_next_to_nothing(kind, monkeypatch):
    """Making one reads no certificates; a hundred take a fraction of a second."""
    for name in ("SSLContext", "create_default_context"):
        monkeypatch.setattr(ssl, name, None)  # whoever called it would fail
    started = time.process_time()
    for _ in range(100):
        kind()

    assert time.process_time() - started < 0.5
