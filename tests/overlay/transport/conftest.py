"""Servers that misbehave on purpose, and one way to talk to both transports."""

import asyncio
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time

import httpx
import pytest

from outpostkit.transport import AsyncPooledTransport, PooledTransport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

#: Seconds after which a wait for what has to happen gives up, on a machine however busy.
GIVE_UP_S = 60


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock, log):
        self.sock = sock
        self.log = log
        self.unread = b""

    def read_request(self):
        """Return method, path, headers and body of the next request, or None at the end."""
        while b"\r\n\r\n" not in self.unread:
            if not self._read_more():
                return None
        head, _, self.unread = self.unread.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        method, path, _ = lines[0].split(" ")
        headers = httpx.Headers([line.split(": ", 1) for line in lines[1:]])
        self.log.append((method, path))
        if headers.get("transfer-encoding") == "chunked":
            body = self._read_chunks()
        else:
            body = self._read_exactly(int(headers.get("content-length", 0)))
        return method, path, headers, body

    def answer(self, *responses):
        """Read one request for each response, and send that."""
        for response in responses:
            if self.read_request() is None:
                return
            self.send(response)

    def send(self, data):
        self.sock.sendall(data)

    def wait_for_end(self):
        """Wait until the client closes the connection."""
        while self._read_more():
            self.unread = b""

    def reset(self):
        """Break the connection: the client sees a reset and not an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _read_more(self):
        data = self.sock.recv(65536)
        self.unread += data
        return bool(data)

    def _read_exactly(self, size):
        while len(self.unread) < size and self._read_more():
            pass
        data, self.unread = self.unread[:size], self.unread[size:]
        return data

    def _read_chunks(self):
        pieces = []
        while True:
            while b"\r\n" not in self.unread:
                if not self._read_more():
                    raise ConnectionError("the client ended in the middle of its body")
            size, _, self.unread = self.unread.partition(b"\r\n")
            piece = self._read_exactly(int(size, 16) + 2)[:-2]
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)


class ScriptedServer:
    """Serves the n-th connection with the n-th script; the last script serves all further ones."""

    def __init__(self, scripts, tls=None):
        self.scripts = scripts
        self.tls = tls
        self.requests = []
        self.connections = 0
        self.open = 0
        self.closed = threading.Condition()
        self.failures = []
        self._socks = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.settimeout(GIVE_UP_S)
            script = self.scripts[min(self.connections, len(self.scripts) - 1)]
            self.connections += 1
            with self.closed:
                self.open += 1
                self._socks.append(sock)
            threading.Thread(target=self._serve, args=(sock, script), daemon=True).start()

    def _serve(self, sock, script):
        try:
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
            script(Peer(sock, self.requests))
        except OSError:
            pass  # the client went away, which is what many tests want
        except Exception as error:
            self.failures.append(error)
        finally:
            sock.close()
            with self.closed:
                self.open -= 1
                self.closed.notify_all()

    def wait_until_open(self, count):
        """Return whether no more than ``count`` connections are open, as soon as that is so."""
        with self.closed:
            return self.closed.wait_for(lambda: self.open <= count, timeout=GIVE_UP_S)

    def wait_for_requests(self, count):
        """Wait until so many requests have arrived."""
        assert happens(lambda: len(self.requests) >= count)

    def stop(self):
        # Closing a listener does not wake a thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._socks:
            sock.close()


@pytest.fixture
def serve():
    """Start a server: ``serve(script, ...)``, or ``serve(bytes, ...)`` to answer with these."""
    servers = []

    def start(*scripts, tls=None):
        def repeating(response):
            def script(peer):
                while peer.read_request() is not None:
                    peer.send(response)

            return script

        scripts = [each if callable(each) else repeating(each) for each in scripts]
        servers.append(ScriptedServer(scripts, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
    assert [failure for server in servers for failure in server.failures] == []


class Waits:
    """Waiting until a client has come to some point, from whatever thread."""

    def wait_until_queued(self, count):
        """Wait until so many requests wait for a connection."""
        assert happens(lambda: sum(len(pool._queue) for pool in self.pools()) >= count)

    def wait_until_idle_is_stale(self):
        """Wait until it can be seen from here that the server has closed what is kept."""
        assert happens(
            lambda: all(each.is_stale() for pool in self.pools() for each in list(pool._idle))
        )


def happens(condition):
    """Return whether the condition comes to hold."""
    give_up_at = time.monotonic() + GIVE_UP_S
    while not condition():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.002)
    return True


class Sync(Waits):
    """The blocking transport under a blocking client."""

    name = "sync"
    timeout_s = GIVE_UP_S

    def __init__(self, transport=None, **options):
        self.transport = PooledTransport(**options) if transport is None else transport
        self.client = httpx.Client(transport=self.transport, timeout=self.timeout_s)

    def request(self, method, url, **options):
        return self.client.request(method, url, **options)

    def body(self, pieces):
        """A request body that can be read once."""
        return iter(pieces)

    def open(self, method, url, **options):
        """Send a request and leave the body of the response unread."""
        return self.client.send(self.client.build_request(method, url, **options), stream=True)

    def send(self, request):
        """Give a request straight to the transport, as it is."""
        response = self.transport.handle_request(request)
        response.read()
        return response

    def read(self, response):
        return response.read()

    def read_some(self, response):
        """Return the first piece of the body."""
        return next(response.iter_raw())

    def close_response(self, response):
        response.close()

    def pools(self):
        return [self.transport._pool]

    def places_taken(self):
        return len(self.transport._pool)

    def all_at_once(self, calls):
        """Make calls (method, url) at the same time; return responses and errors in order."""
        found = [None] * len(calls)

        def run(index, call):
            try:
                found[index] = self.request(*call)
            except Exception as error:
                found[index] = error

        threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def close_transport(self):
        self.transport.close()

    def stop(self):
        self.client.close()


class Async(Waits):
    """The asyncio transport under an async client, in a loop that runs when asked to."""

    name = "async"
    timeout_s = GIVE_UP_S

    def __init__(self, transport=None, **options):
        self.transport = AsyncPooledTransport(**options) if transport is None else transport
        self.client = httpx.AsyncClient(transport=self.transport, timeout=self.timeout_s)
        self.loop = asyncio.new_event_loop()

    def run(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    def request(self, method, url, **options):
        return self.run(self.client.request(method, url, **options))

    def body(self, pieces):
        async def generate():
            for piece in pieces:
                yield piece

        return generate()

    def open(self, method, url, **options):
        request = self.client.build_request(method, url, **options)
        return self.run(self.client.send(request, stream=True))

    def send(self, request):
        async def send():
            response = await self.transport.handle_async_request(request)
            await response.aread()
            return response

        return self.run(send())

    def read(self, response):
        return self.run(response.aread())

    def read_some(self, response):
        self.pieces = response.aiter_raw()  # kept, for a collected iterator closes the response
        return self.run(self.pieces.__anext__())

    def close_response(self, response):
        self.run(response.aclose())

    def pools(self):
        return list(self.transport._pools.values())

    def places_taken(self):
        return sum(len(pool) for pool in self.transport._pools.values())

    def all_at_once(self, calls):
        async def run():
            return await asyncio.gather(
                *(self.client.request(*call) for call in calls), return_exceptions=True
            )

        return self.run(run())

    def close_transport(self):
        self.run(self.transport.aclose())

    def stop(self):
        self.run(self.client.aclose())
        self.run(self.loop.shutdown_asyncgens())
        self.run(self.loop.shutdown_default_executor()) if hasattr(
            self.loop, "shutdown_default_executor"
        ) else None
        self.loop.close()


@pytest.fixture(params=[Sync, Async], ids=lambda kind: kind.name)
def connect(request):
    """Make an HTTP client on one of our transports: ``connect(limits=...)``."""
    clients = []

    def make(transport=None, **options):
        clients.append(request.param(transport, **options))
        return clients[-1]

    yield make
    for client in clients:
        client.stop()


@pytest.fixture
def http(connect):
    """An HTTP client on one of our transports, with default settings."""
    return connect()


@pytest.fixture
def unused_port():
    """A port that nobody listens on, and nobody else can take while the test runs."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1 and two.test, and its key."""
    openssl = shutil.which("openssl")
    assert openssl, "this test needs the openssl command"
    folder = tmp_path_factory.mktemp("tls")
    (folder / "config").write_text(
        "[req]\ndistinguished_name=name\nx509_extensions=ext\nprompt=no\n"
        "[name]\nCN=outpost.test\n"
        "[ext]\nsubjectAltName=IP:127.0.0.1,DNS:two.test\nbasicConstraints=critical,CA:TRUE\n"
        "keyUsage=digitalSignature,keyCertSign\n"
    )
    subprocess.run(
        f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 "
        "-config config -keyout key.pem -out cert.pem".split(),
        cwd=folder,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest.fixture
def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
