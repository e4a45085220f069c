"""Files of certificates: read anew by every new client, and named when they cannot be used."""

import asyncio
import os
import pathlib
import shutil
import ssl
import subprocess

import anyio
import httpx
import pytest

from outpostkit import AsyncClient, Client
from outpostkit.exceptions import ConfigurationError, OutpostConnectionError
from outpostkit.transport import PooledTransport
from outpostkit.transport._settings import tls as _tls

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Certificates:
    """Certificates that sign themselves, each with a key, made once."""

    def __init__(self, folder):
        self.folder = folder
        self._openssl = shutil.which("openssl")
        assert self._openssl, "this test needs the openssl command"
        for name in ("one", "two"):
            self.make(name, "IP:127.0.0.1")
        self.make("elsewhere", "DNS:elsewhere.test")
        self.run("pkey -in one.key -aes256 -passout pass:sesame -out sealed.key")
        both = (folder / "one.pem").read_text() + (folder / "one.key").read_text()
        (folder / "both.pem").write_text(both)
        (folder / "empty.pem").write_text("")
        (folder / "words.pem").write_text("no certificate\n")
        (folder / "broken.pem").write_text((folder / "one.pem").read_text()[:300])
        (folder / "nothing").mkdir()

    def run(self, command):
        subprocess.run(
            [self._openssl, *command.split()],
            cwd=self.folder,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def make(self, name, host, days=2):
        (self.folder / "config").write_text(
            "[req]\ndistinguished_name=name\nx509_extensions=ext\nprompt=no\n"
            f"[name]\nCN={name}.test\n"
            f"[ext]\nsubjectAltName={host}\nbasicConstraints=critical,CA:TRUE\n"
            "keyUsage=digitalSignature,keyCertSign\n"
        )
        self.run(
            f"req -x509 -newkey rsa:2048 -nodes -days {days} -config config "
            f"-keyout {name}.key -out {name}.pem"
        )

    def __call__(self, name):
        return str(self.folder / name)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def tls_of(certificates, name, client=None):
    """The TLS settings of a server; with ``client`` it wants to see that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates(f"{name}.pem"), certificates(f"{name}.key"))
    if client is not None:
        context.load_verify_locations(certificates(f"{client}.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture(params=["blocking", "asyncio", "trio"])
def ask(request):
    """Make a client with these options, and return what it gets from an address."""

    def blocking(url, **options):
        with Client("token", base_url=url, **options) as client:
            return client._request("GET", "/").content

    def awaited(url, **options):
        async def main():
            async with AsyncClient("token", base_url=url, **options) as client:
                return (await client._request("GET", "/")).content

        return anyio.run(main, backend=request.param)

    return blocking if request.param == "blocking" else awaited


def test_a_new_client_reads_a_renewed_file(serve, certificates, ask, tmp_path):
    """Of the authorities, and of the client's own certificate, under the same names as before."""
    server = serve(OK, tls=tls_of(certificates, "two", client="two"))
    options = {"verify": tmp_path / "ca.pem", "cert": (tmp_path / "tls.crt", tmp_path / "tls.key")}

    def renew(name):
        shutil.copy(certificates(f"{name}.pem"), tmp_path / "ca.pem")
        shutil.copy(certificates(f"{name}.pem"), tmp_path / "tls.crt")
        shutil.copy(certificates(f"{name}.key"), tmp_path / "tls.key")

    renew("one")
    with pytest.raises(OutpostConnectionError):
        ask(server.url, **options)
    renew("two")

    assert ask(server.url, **options) == b"ok"


def test_a_renewed_bundle_of_the_environment_is_read_too(
    serve, certificates, ask, tmp_path, monkeypatch
):
    """``SSL_CERT_FILE`` keeps its name when its content changes."""
    server = serve(OK, tls=tls_of(certificates, "two"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    shutil.copy(certificates("one.pem"), tmp_path / "ca.pem")
    with pytest.raises(OutpostConnectionError, match="verify="):
        ask(server.url)
    shutil.copy(certificates("two.pem"), tmp_path / "ca.pem")

    assert ask(server.url) == b"ok"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"verify": "missing.pem"}, "verify: .*missing.pem.*No such file"),
        ({"verify": "empty.pem"}, "verify: .*empty.pem is empty"),
        ({"verify": "words.pem"}, "verify: .*words.pem has no certificate"),
        ({"verify": "broken.pem"}, "verify: .*broken.pem cannot be used"),
        ({"verify": "nothing"}, "verify: .*nothing has no certificates.*rehash"),
        ({"cert": "missing.pem"}, "cert: .*missing.pem.*No such file"),
        ({"cert": "words.pem"}, "cert: .*words.pem has no certificate"),
        ({"cert": "one.pem"}, r"cert: .*one.pem has no private key.*cert=\(file, key\)"),
        ({"cert": ("one.pem", "missing.key")}, "cert: .*missing.key.*No such file"),
        ({"cert": ("one.pem", "empty.pem")}, "cert: .*empty.pem has no private key"),
        ({"cert": ("one.pem", "two.key")}, "cert: .*two.key is not that of .*one.pem"),
        ({"cert": ("one.pem", "sealed.key")}, "cert: .*sealed.key has a password"),
        ({"cert": ("one.pem", "sealed.key", "x")}, "cert: the password does not open .*sealed.key"),
    ],
    ids=str,
)
def test_a_file_that_cannot_be_used_is_named(serve, certificates, ask, options, said):
    """With its argument, once and before anything is sent."""
    server = serve(OK, tls=tls_of(certificates, "one"))
    paths = {
        name: tuple(value if value == "x" else certificates(value) for value in given)
        if isinstance(given, tuple)
        else certificates(given)
        for name, given in options.items()
    }

    with pytest.raises(ConfigurationError, match=said):
        ask(server.url, **paths)
    assert server.connections == 0


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_variable_that_names_nothing_is_named(serve, certificates, ask, name, monkeypatch):
    """Such as that of an environment that was removed; ``trust_env=False`` does not look at it."""
    server = serve(OK, tls=tls_of(certificates, "one"))
    monkeypatch.setenv(name, "/nowhere/certificates")

    with pytest.raises(ConfigurationError, match=f"{name}: .*/nowhere/certificates"):
        ask(server.url)
    with pytest.raises(OutpostConnectionError, match="verify="):
        ask(server.url, trust_env=False)


@pytest.mark.parametrize("options", [{"proxy": "http://127.0.0.1:9"}, {"mounts": {}}], ids=str)
def test_other_transports_name_the_file_too(ask, options, certificates):
    """Those of httpx serve proxies, and what is mounted beside ours."""
    with pytest.raises(ConfigurationError, match=r"verify: .*words\.pem"):
        ask("https://127.0.0.1:9", verify=certificates("words.pem"), **options)


@pytest.mark.parametrize("verify", ["", 1, 0, b"ca.pem", [], 1j], ids=str)
def test_what_is_no_setting_of_tls_is_refused(ask, verify):
    """Nothing that is false by chance switches the check off."""
    with pytest.raises(ConfigurationError, match="verify must be"):
        ask("https://127.0.0.1:9", verify=verify)


@pytest.mark.parametrize("cert", ["", (), ("a",) * 4, ("a", None), 5, (1, 2)], ids=str)
def test_what_is_no_certificate_of_a_client_is_refused(ask, cert):
    """The error says which forms there are."""
    with pytest.raises(ConfigurationError, match=r"cert must be .*\(certificate, key, password\)"):
        ask("https://127.0.0.1:9", cert=cert)


def test_a_key_may_have_a_password_or_none(serve, certificates, ask):
    """Three files, two, or one with both in it; a path may be a Path."""
    server = serve(OK, tls=tls_of(certificates, "one", client="one"))
    verify = pathlib.Path(certificates("one.pem"))
    for cert in (
        (certificates("one.pem"), certificates("sealed.key"), "sesame"),
        (verify, pathlib.Path(certificates("one.key")), None),
        [verify, certificates("one.key")],
        pathlib.Path(certificates("both.pem")),
    ):
        assert ask(server.url, verify=verify, cert=cert) == b"ok"


def test_a_folder_of_certificates_is_used(serve, certificates, ask, tmp_path, monkeypatch):
    """As ``verify``, and as one of several in ``SSL_CERT_DIR``."""
    server = serve(OK, tls=tls_of(certificates, "one"))
    shutil.copy(certificates("one.pem"), tmp_path / "one.pem")
    certificates.run(f"rehash {tmp_path}")

    assert ask(server.url, verify=tmp_path) == b"ok"
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join(["/nowhere", str(tmp_path)]))
    assert ask(server.url) == b"ok"


def test_no_setting_is_the_usual_check(serve, certificates, ask):
    """``verify=None`` is as left out, and never no check."""
    server = serve(OK, tls=tls_of(certificates, "one"))

    with pytest.raises(OutpostConnectionError, match="signed by nobody but itself"):
        ask(server.url, verify=None, cert=None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("one", "signed by nobody but itself.*verify=PATH, or SSL_CERT_FILE=PATH.*truststore"),
        ("elsewhere", "for another address: check base_url="),
    ],
)
def test_an_error_of_trust_says_the_way_out(serve, certificates, ask, name, said):
    """It is asked once, and nobody is advised to switch the check off."""
    server = serve(OK, tls=tls_of(certificates, name))
    options = {"verify": certificates("elsewhere.pem")} if name == "elsewhere" else {}

    with pytest.raises(OutpostConnectionError, match=said) as caught:
        ask(server.url, **options)

    assert caught.value.attempts == 1
    assert "False" not in str(caught.value)


def test_a_server_without_tls_is_told_from_one_with(serve, ask):
    """Asking an http server for https says so."""
    server = serve(lambda peer: (peer._read_more(), peer.send(b"HTTP/1.1 400 Bad\r\n\r\n")))

    with pytest.raises(OutpostConnectionError, match=r"does not speak TLS.*http://127"):
        ask(server.url.replace("http:", "https:"))


def test_few_contexts_are_kept(certificates, tmp_path):
    """A process that renews its certificates for years does not keep them all."""
    for number in range(40):
        (tmp_path / "ca.pem").write_text(
            pathlib.Path(certificates("one.pem")).read_text() + f"# {number}\n"
        )
        _tls.TlsSettings(str(tmp_path / "ca.pem"), None, True).context()

    assert len(_tls._contexts) <= 16


def test_a_context_of_ones_own_is_not_kept(certificates):
    """It is the caller's, to be changed as he likes."""
    mine = ssl.create_default_context()
    before = list(_tls._contexts)

    assert _tls.TlsSettings(mine, None, True).context() is mine
    assert list(_tls._contexts) == before


def test_a_certificate_can_be_read_from_a_pipe(serve, certificates):
    """What a shell makes of ``<(command)`` can be read once."""
    server = serve(OK, tls=tls_of(certificates, "one"))
    reading, writing = os.pipe()
    os.write(writing, pathlib.Path(certificates("one.pem")).read_bytes())
    os.close(writing)
    try:
        with httpx.Client(transport=PooledTransport(verify=f"/dev/fd/{reading}")) as http:
            assert http.get(server.url).content == b"ok"
    finally:
        os.close(reading)


def test_an_event_loop_sees_the_same_error_each_time():
    """The second call of a client with a wrong file fails as the first."""

    async def main():
        url = "https://127.0.0.1:9"
        async with AsyncClient("token", base_url=url, verify="/nowhere/ca.pem") as client:
            for _ in range(2):
                with pytest.raises(ConfigurationError, match=r"verify: .*/nowhere/ca\.pem"):
                    await client._request("GET", "/")

    asyncio.run(main())
