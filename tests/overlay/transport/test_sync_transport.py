"""What only the blocking transport has to do: threads and processes."""

import gc
import os
import subprocess
import sys
import threading

import httpx
import pytest

from outpostkit.transport import PooledTransport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_many_threads_share_one_transport(serve):
    """Every thread gets its own answers, over no more connections than allowed."""

    def echo_path(peer):
        while True:
            request = peer.read_request()
            if request is None:
                return
            body = request[1].encode()
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    server = serve(echo_path)
    transport = PooledTransport(limits=httpx.Limits(max_connections=4))
    wrong = []

    def work(number):
        with httpx.Client(transport=transport, timeout=60) as client:
            for turn in range(25):
                path = f"/{number}/{turn}"
                if client.get(server.url + path).text != path:
                    wrong.append(path)
            barrier.wait(120)  # closing a client closes the transport under the others

    barrier = threading.Barrier(16)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(server.requests) == 400
    assert server.connections <= 4


def test_closing_wakes_a_thread_that_is_reading(serve):
    """``close`` from another thread ends a request that waits for its answer."""
    server = serve(lambda peer: peer.read_request() and peer.wait_for_end())
    transport = PooledTransport()

    def close_when_it_reads():
        server.wait_for_requests(1)
        transport.close()

    closer = threading.Thread(target=close_when_it_reads)
    closer.start()

    with httpx.Client(transport=transport) as client, pytest.raises(httpx.TransportError):
        client.get(server.url)
    assert server.wait_until_open(0)
    closer.join()


def test_a_dropped_transport_closes_its_connections(serve):
    """Forgetting a client without closing it keeps nothing open, and warns of nothing."""
    server = serve(OK)

    httpx.Client(transport=PooledTransport()).get(server.url)
    gc.collect()

    assert server.wait_until_open(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_process_does_not_use_the_parents_connections(serve):
    """After ``fork`` parent and child each have their own; neither sees the other's answers."""
    server = serve(OK)
    code = """
import os, sys, httpx
from outpostkit.transport import PooledTransport

client = httpx.Client(transport=PooledTransport())
url = sys.argv[1]
assert client.get(url + "/parent").content == b"ok"
child = os.fork()
if not child:
    assert client.get(url + "/child").content == b"ok"
    client.close()
    os._exit(0)
_, status = os.waitpid(child, 0)
assert client.get(url + "/parent-again").content == b"ok"
sys.exit(status)
"""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", code, server.url]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120)

    assert (done.returncode, done.stderr) == (0, "")
    assert server.connections == 2
    assert [path for _, path in server.requests] == ["/parent", "/child", "/parent-again"]
