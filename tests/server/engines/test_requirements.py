"""``python_requirements``: which forms there are, and who may use which."""

from __future__ import annotations

import base64
import http.server
import os
import subprocess
import sys
import tarfile
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from outpost_server import LocalOutpost
from outpost_server.engines.engine import StartFailed
from outpost_server.engines.process.environments import Environments
from outpost_server.engines.requirements import (
    Permission,
    RequirementRefused,
    read_requirement,
)

# Builds itself, so that nothing has to be fetched.
BACKEND = """
import os, zipfile

def _write(folder, name):
    info = "own_package-1.0.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("own_package.py", open("own_package.py").read())
        archive.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: own-package\\nVersion: 1.0\\n")
        archive.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(info + "/RECORD", "")
    return name

def build_wheel(folder, config_settings=None, metadata_directory=None):
    open("left-beside-the-source", "w").close()
    return _write(folder, "own_package-1.0-py3-none-any.whl")
"""  # noqa: E501
PROJECT = """
[project]
name = "own-package"
version = "1.0"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
TEMPLATE = """
import own_package

class Own:
    python_requirements = {requirements!r}

    def predict(self):
        return own_package.ANSWER
"""


@pytest.fixture
def package(tmp_path):
    """Return a folder with a package that has to be built."""
    folder = tmp_path / "own-package"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "own_package.py").write_text("ANSWER = 42\n")
    return folder


def change(package):
    (package / "own_package.py").write_text("ANSWER = 43\n")


def as_folder(package):
    return f"own-package @ {package.as_uri()}"


def as_path(package):
    return str(package)


def as_sdist(package):
    path = package.parent / "own_package-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(package, "own_package-1.0")
    return path.as_uri()


def as_checkout(package):
    def git(*arguments):
        identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=package, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "Go on")
    return f"own-package @ git+{package.as_uri()}"


def as_subdirectory(package):
    return f"own-package @ {package.parent.as_uri()}#subdirectory={package.name}"


@pytest.mark.parametrize("form", [as_folder, as_path, as_sdist, as_checkout, as_subdirectory])
def test_a_package_that_has_to_be_built_is_installed(api, package, form):
    """Also in a server that runs in an environment of its own; the source stays as it was.

    The next deployment has what the source has by then, though it is called the same.
    """
    endpoint = api.deployed(TEMPLATE.format(requirements=[form(package)]), "Own")

    assert endpoint.predict().json() == 42
    assert not (package / "left-beside-the-source").exists()

    change(package)
    form(package)
    endpoint.deploy_and_wait()

    assert endpoint.predict().json() == 43


def test_another_user_cannot_have_what_lies_on_the_servers_machine(sign_up, package):
    """However it is written: it might be the operator's."""
    eve = sign_up("eve-of-paths")
    for form in (as_folder, as_path, as_sdist, as_checkout):
        endpoint = eve.endpoint(TEMPLATE.format(requirements=[form(package)]), "Own")

        assert endpoint.deploy_and_wait()["status"] == "failed"
        assert "--requirement-folder" in endpoint.messages("dep")[-1]


def test_a_folder_of_packages_is_for_everybody_but_not_what_its_links_lead_to(package, tmp_path):
    """The operator opens it with ``--requirement-folder``."""
    opened = Permission(folders=(package,))
    (package / "link").symlink_to(tmp_path)

    opened.require([str(package / "some.whl"), as_folder(package)])

    for path in (tmp_path / "some.whl", package / ".." / "some.whl", package / "link" / "some.whl"):
        with pytest.raises(RequirementRefused, match="only the server's own user"):
            opened.require([str(path)])


@pytest.mark.parametrize(
    "text",
    [
        "package",
        "package[extra]>=1,<2; python_version > '3'",
        "package @ https://example.org/package-1.0.whl",
        "https://example.org/package-1.0.tar.gz",
        "git+https://example.org/package@main#subdirectory=python",
        "package @ git+https://example.org/package@v1",
    ],
)
def test_what_is_elsewhere_is_for_everybody(text):
    """Names, addresses, and repositories."""
    Permission().require([text])

    assert read_requirement(text).path is None


@pytest.mark.parametrize(
    "text",
    [
        "./package", "../package", "~/package", "", "a b", "package @ /folder",
        "git+ext::sh -c id", "git+ssh://git@example.org/package", "ftp://example.org/a.whl",
        "file://other-machine/package", "file:package", "https:///package.whl",
        "-e /folder", "-r /etc/passwd", "--editable=/folder", "--target /usr", "-C x",
        "--index-url", "--index-url file:///folder", "--find-links /folder", "--no-binary --target",
        "--pre --target=/usr", "--extra-index-url https://example.org --target=/usr",
        "--trusted-host example.org", "--global-option=x", "--python /bin/sh", "--root=/", "-t/usr",
    ],
)  # fmt: skip
def test_what_is_no_requirement_is_refused(text):
    """Also by a server that allows everything there is."""
    everything = Permission(may_use_any_path=True, may_choose_indexes=True)

    with pytest.raises(RequirementRefused, match="is not valid"):
        everything.require([text])


INDEX_OPTIONS = [
    "--index-url https://example.org/simple",
    "--extra-index-url=https://example.org/simple",
    "--find-links https://example.org/wheels",
    "--no-binary :all:",
    "--pre",
]


@pytest.mark.parametrize("text", INDEX_OPTIONS)
def test_options_of_indexes_are_for_the_operator_to_allow(text):
    """The refusal says by which option."""
    Permission(may_choose_indexes=True).require([text])

    with pytest.raises(RequirementRefused, match="--allow-index-options"):
        Permission(may_use_any_path=True).require([text])


def test_an_allowed_option_reaches_pip(connect, monkeypatch, write_wheel, httpserver, tmp_path):
    """Packages come from the index that the template names."""
    wheel = write_wheel(tmp_path, "1.0", name="own_package", source="ANSWER = 43\n")
    page = f'<a href="{wheel.name}">{wheel.name}</a>'
    httpserver.expect_request("/wheels/").respond_with_data(page, content_type="text/html")
    content = wheel.read_bytes()
    httpserver.expect_request(f"/wheels/{wheel.name}").respond_with_data(content)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("NO_PROXY", "localhost")
    requirements = [f"--find-links {httpserver.url_for('/wheels/')}", "own-package"]
    with LocalOutpost(allow_index_options=True) as outpost:
        endpoint = connect(outpost).deployed(TEMPLATE.format(requirements=requirements), "Own")

        assert endpoint.predict().json() == 43


def test_the_password_of_an_address_is_in_no_log(api):
    """Neither in what is built, nor in pip's words, nor in the reason."""
    address = "https://someone:only-for-the-index@127.0.0.1:9/own_package-1.0-py3-none-any.whl"
    requirements = [f"own-package @ {address}", "--pre"]
    refused = api.endpoint(TEMPLATE.format(requirements=requirements), "Own")
    failing = api.endpoint(TEMPLATE.format(requirements=requirements[:1]), "Own")

    assert [one.deploy_and_wait()["status"] for one in (refused, failing)] == ["failed", "failed"]
    said = f"{refused.logs('dep')}{failing.logs('dep')}"
    assert "****@127.0.0.1" in said
    assert "only-for-the-index" not in said


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/own.whl --index-url=https://example.com",
        "own; platform_version != ' --pre '",
        "own; platform_version != ' #'",
        "https://example.org/${PIP_PASSWORD}/own.whl",
        "https://example.org/own.whl\n--pre",
        "https://example.org/own.whl\u2028--pre",
        "https://example.org/own.whl\\",
    ],
)
def test_a_requirement_is_nothing_but_a_requirement(text):
    """Not even in a file, where pip takes more for something else than behind a command."""
    with pytest.raises(RequirementRefused, match="it goes on with"):
        read_requirement(text)


class Watching(http.server.BaseHTTPRequestHandler):
    """Looks, whenever it is asked for something, who shows the password to everybody."""

    def do_GET(self):
        self.server.asked.append(self.headers["Authorization"])
        for arguments in Path("/proc").glob("*/cmdline"):
            with suppress(OSError):
                if PASSWORD.encode() in arguments.read_bytes():
                    self.server.shown.append(arguments.read_bytes())
        self.send_error(404)

    def log_message(self, *_): ...


PASSWORD = "for-one-index-only"


@pytest.fixture
def watching():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Watching) as server:
        server.asked, server.shown = [], []
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.anyio
@pytest.mark.skipif(sys.platform != "linux", reason="processes are listed otherwise here")
@pytest.mark.parametrize(
    "requirements",
    [("own-package @ {}/own_package-1.0.zip",), ("--extra-index-url {}/simple", "own-package")],
    ids=["address", "index"],
)
async def test_the_password_of_an_address_is_in_no_arguments_of_a_process(
    tmp_path, watching, requirements
):
    """Every user of a machine can read those."""
    address = f"http://ada:{PASSWORD}@127.0.0.1:{watching.server_port}"
    asked = tuple(text.format(address) for text in requirements)
    said = []

    with pytest.raises(StartFailed) as failed:
        await Environments(tmp_path / "environments").interpreter(asked, said.append)

    basic = base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
    assert f"Basic {basic}" in watching.asked
    assert watching.shown == []
    assert PASSWORD not in "\n".join([*said, str(failed.value), failed.value.traceback])
    assert not any("from -r" in line for line in said)
