"""What transfers never do: show a secret, send the token elsewhere, leave something behind."""

import functools
import io
import logging
import os
import pickle
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, List

import anyio
import pytest

from outpostkit.exceptions import OutpostError
from outpostkit.repository.lfs.client import AsyncLfsClient, LfsClient
from outpostkit.repository.lfs.exc import LfsError
from outpostkit.repository.lfs.logger import create_lfs_logger
from outpostkit.repository.lfs.transfer import calculate_digest_header

CONTENT = os.urandom(3500)
REPOSITORY = ("aj-ya", "model", "support-tone-gpt2")
SECRETS = (
    "op_secret-token/1",
    "only-for-the-storage",
    "c2lnbmVkLWFkZHJlc3M",
    "cGF0aC10aGF0LWlzLXNpZ25lZA",
)


@pytest.mark.parametrize("transfer", ["basic", "multipart-basic"])
def test_the_token_goes_to_the_lfs_server_alone(transfers, lfs, tmp_path, transfer: str) -> None:
    """The addresses of the actions get their own headers, and nothing else that is secret."""
    lfs.transfer = transfer

    stored = transfers.upload(io.BytesIO(CONTENT))
    transfers.download(tmp_path / "a", stored["oid"], stored["size"])

    asked = [each for each in lfs.seen if each.action == "batch"]
    sent = [each for each in lfs.seen if each.action != "batch"]
    assert len(asked) == 2
    assert all(each.headers["authorization"] == f"Bearer {SECRETS[0]}" for each in asked)
    assert len(sent) >= 3
    assert not any("authorization" in each.headers for each in sent)
    assert all(each.headers["x-storage-key"] == SECRETS[1] for each in sent)


@pytest.mark.parametrize("action", ["batch", "upload", "verify", "download"])
@pytest.mark.parametrize("fault", [400, 302, "reset"])
def test_no_error_tells_a_secret(transfers, lfs, tmp_path, action: str, fault: Any) -> None:
    """Even when the server quotes the address and a header; in the traceback neither."""
    lfs.faults = {action: [fault] * 5}
    oid = lfs.keep(b"other")
    if action == "download":
        transfer = functools.partial(transfers.download, tmp_path / "a", oid, 5)
    else:
        transfer = functools.partial(transfers.upload, io.BytesIO(CONTENT))

    with pytest.raises(OutpostError) as caught:
        transfer()

    kind, error, trace = type(caught.value), caught.value, caught.tb
    told = "".join(traceback.format_exception(kind, error, trace))
    told += repr(error) + str(vars(error)) + repr(pickle.loads(pickle.dumps(error)))
    assert not [secret for secret in SECRETS if secret in told]


def test_the_error_of_a_storage_is_its_code_and_not_its_page(transfers, lfs, tmp_path) -> None:
    """S3 quotes the whole request, with its signature, in the body."""
    oid = lfs.keep(CONTENT)
    body = (
        b"<Error><Code>SignatureDoesNotMatch</Code><StringToSign>GET\nsecret</StringToSign></Error>"
    )
    lfs.answer_of = lfs.answer
    lfs.answer = lambda seen: (
        (403, {"Content-Type": "application/xml"}, body)
        if seen.action == "download"
        else lfs.answer_of(seen)
    )

    with pytest.raises(LfsError, match="SignatureDoesNotMatch") as caught:
        transfers.download(tmp_path / "a", oid, len(CONTENT))

    assert "secret" not in str(caught.value)


def test_a_cancelled_upload_is_given_up_at_the_server(lfs) -> None:
    """Cancelling is a failure too: the parts are freed, and the cancellation goes on."""
    lfs.transfer = "multipart-basic"

    async def main() -> bool:
        async with AsyncLfsClient(lfs.url) as client:
            with anyio.CancelScope() as scope:

                def cancel(sent: int) -> None:
                    anyio.from_thread.run_sync(scope.cancel)

                await client.upload(io.BytesIO(CONTENT), *REPOSITORY, cancel)
            return bool(scope.cancelled_caught)

    assert anyio.run(main)
    assert "abort" in lfs.actions
    assert lfs.objects == {}


def test_a_callback_that_fails_ends_the_upload_and_frees_the_parts(transfers, lfs) -> None:
    """Its own error reaches the caller."""
    lfs.transfer = "multipart-basic"

    def stop(sent: int) -> None:
        raise KeyError("stopped by the user")

    with pytest.raises(KeyError, match="stopped"):
        transfers.upload(io.BytesIO(CONTENT), stop)

    # The server may notice the part that was cut off after it has answered the abort.
    assert "abort" in lfs.actions
    assert "commit" not in lfs.actions


def test_a_callback_that_fails_ends_a_download_without_a_wrong_file(
    transfers, lfs, tmp_path: Path
) -> None:
    """What has come is kept for the next time, under another name."""

    def stop(received: int) -> None:
        raise KeyError("stopped by the user")

    with pytest.raises(KeyError, match="stopped"):
        transfers.download(tmp_path / "a", lfs.keep(CONTENT), len(CONTENT), stop)

    assert not (tmp_path / "a").exists()


def test_a_downloaded_file_may_be_read_by_whom_other_new_files_may(
    transfers, lfs, tmp_path: Path
) -> None:
    """As if the program had written it with ``open``."""
    (tmp_path / "other").write_bytes(b"")

    transfers.download(tmp_path / "a", lfs.keep(CONTENT), len(CONTENT))

    assert (tmp_path / "a").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_importing_everything_makes_no_file_and_no_log_handler(tmp_path: Path) -> None:
    """The published client wrote to a file in /tmp as soon as it was imported."""
    program = (
        "import logging, tempfile, os\n"
        "import outpostkit.repository.lfs.client, outpostkit.repository.lfs.transfer\n"
        "from outpostkit.repository.lfs.logger import create_lfs_logger\n"
        "create_lfs_logger('x').warning('not to be seen in a file')\n"
        "loggers = [logging.getLogger(), *logging.Logger.manager.loggerDict.values()]\n"
        "print([each for each in loggers if getattr(each, 'handlers', None)])\n"
        "print(os.listdir(tempfile.gettempdir()), os.listdir('.'))\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        check=True, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60,
    )  # fmt: skip

    assert done.stdout.splitlines() == ["[]", "[] []"]


def test_loggers_are_below_that_of_the_package() -> None:
    """One switch for all of it."""
    names: List[str] = [create_lfs_logger(name).name for name in ("mine", "outpostkit.x")]

    assert names == ["outpostkit.lfs.mine", "outpostkit.x"]
    assert create_lfs_logger("mine").level == logging.NOTSET


def test_clients_show_no_token_and_close_twice(lfs) -> None:
    """In a notebook, a client is printed by accident."""
    client = LfsClient(lfs.url, SECRETS[0])
    client.close()
    client.close()

    assert repr(client) == f"LfsClient({lfs.url!r})"


def test_the_digest_of_bytes_is_a_header() -> None:
    """As HTTP writes it; another digest is an error."""
    assert calculate_digest_header(b"", "contentMD5") == {"Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}
    with pytest.raises(LfsError, match="sha-256"):
        calculate_digest_header(b"", "sha-256")
