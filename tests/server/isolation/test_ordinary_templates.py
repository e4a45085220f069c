"""What templates do as a matter of course works as ever within their isolation."""

from __future__ import annotations

import os

import pytest

from outpost_server import LocalOutpost
from outpostkit import Client, EndpointCustomTemplateConfig, Endpoints

SOURCE = """
import multiprocessing, os, socket, sqlite3, ssl, subprocess, sys, tempfile, threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import shared_memory
from pathlib import Path


def double(number):
    return 2 * number


class Ordinary:
    def __init__(self):
        self.folder = os.getcwd()

    def predict(self, what: str):
        return getattr(self, what)()

    def temporary_files(self):
        with tempfile.NamedTemporaryFile("w+") as file, tempfile.TemporaryDirectory() as folder:
            file.write("kept")
            file.seek(0)
            Path(folder, "one").write_text("one")
            Path(folder, "one").rename(Path(folder, "two"))
            return file.read() + Path(folder, "two").read_text()

    def working_folder(self):
        Path("below").mkdir(exist_ok=True)
        Path("below/file").write_text("written")
        return Path("below/file").read_text()

    def home(self):
        place = Path.home() / ".cache" / "library" / "file"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("cached")
        return place.read_text()

    def database(self):
        with sqlite3.connect("own.db") as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE IF NOT EXISTS one (two)")
            return "kept" if database.execute("SELECT count(*) FROM one").fetchone() else ""

    def fork(self):
        with multiprocessing.get_context("fork").Pool(2) as pool:
            return pool.map(double, [1, 2])

    def shared_memory(self):
        block = shared_memory.SharedMemory(create=True, size=16)
        try:
            block.buf[:4] = b"byte"
            return bytes(block.buf[:4]).decode()
        finally:
            block.close()
            block.unlink()

    def synchronisation(self):
        lock, queue = multiprocessing.Lock(), multiprocessing.Queue()
        child = multiprocessing.get_context("fork").Process(target=queue.put, args=("sent",))
        with lock:
            child.start()
        found = queue.get(timeout=20)
        child.join()
        return found

    def programs(self):
        done = subprocess.run(["sh", "-c", "echo $((1 + 1)) | cat"], capture_output=True, text=True)
        return done.stdout.strip() + done.stderr

    def python(self):
        code = "import json, fastapi; print(json.dumps([1]))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        return done.stdout.strip() + done.stderr

    def devices(self):
        with open("/dev/null", "w") as nothing, open("/dev/urandom", "rb") as random:
            nothing.write("x")
            return len(random.read(8))

    def terminal(self):
        import pty
        leader, follower = pty.openpty()
        os.write(follower, b"x")
        return os.read(leader, 1).decode()

    def certificates(self):
        return ssl.create_default_context().cert_store_stats()["x509_ca"] > 0

    def names(self):
        return socket.getaddrinfo("localhost", 80)[0][4][0] in ("127.0.0.1", "::1")

    def connections(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            with socket.create_connection(server.getsockname()) as client:
                client.sendall(b"x")
                return server.accept()[0].recv(1).decode()

    def unix_socket(self):
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
            server.bind(tempfile.mkdtemp() + "/socket")
            server.listen()
            client.connect(server.getsockname())
            client.sendall(b"x")
            return server.accept()[0].recv(1).decode()

    def signals(self):
        child = subprocess.Popen(["sleep", "60"])
        child.terminate()
        return child.wait()

    def threads(self):
        found = []
        thread = threading.Thread(target=found.append, args=("ran",))
        thread.start()
        thread.join()
        return found[0]

    def itself(self):
        status = Path("/proc/self/status").read_text()
        environment = Path("/proc/self/environ").read_bytes()
        return len(os.listdir("/proc/self/fd")) > 2 and "Name:" in status and b"PATH" in environment

    def late_import(self):
        import xml.dom.minidom, wsgiref.handlers, curses
        return curses.__name__
"""

EXPECTED = {
    "temporary_files": "keptone",
    "working_folder": "written",
    "home": "cached",
    "database": "kept",
    "fork": [2, 4],
    "shared_memory": "byte",
    "synchronisation": "sent",
    "programs": "2",
    "python": "[1]",
    "devices": 8,
    # A plain user's terminals are the operator's as well.
    **({"terminal": "x"} if os.geteuid() == 0 else {}),
    "certificates": True,
    "names": True,
    "connections": "x",
    "unix_socket": "x",
    "signals": -15,
    "threads": "ran",
    "itself": True,
    "late_import": "curses",
}


@pytest.fixture(scope="module")
def predictor(tmp_path_factory):
    """An endpoint of such a template, on a server that shares no folder."""
    file = tmp_path_factory.mktemp("ordinary") / "ordinary.py"
    file.write_text(SOURCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OUTPOST_WRITABLE_FOLDERS", raising=False)
        outpost = LocalOutpost()
    with outpost, Client(api_token=outpost.api_token, base_url=outpost.base_url) as client:
        template = EndpointCustomTemplateConfig("file", "Ordinary", str(file))
        endpoint = Endpoints(client, "local").create(template)
        endpoint.deploy(wait=True, timeout=60)
        yield endpoint.get_prediction_client()


@pytest.mark.parametrize("what", EXPECTED)
def test_a_template_may(predictor, what):
    """Do this, by the means that libraries use."""
    assert predictor.infer(params={"what": what}).json() == EXPECTED[what]
