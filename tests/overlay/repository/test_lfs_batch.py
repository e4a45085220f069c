"""Asking a Git LFS server: what is sent, and answers that cannot be used."""

import json
import pickle
from typing import Any

import pytest

from outpostkit.exceptions import ConfigurationError, OutpostConnectionError, OutpostError
from outpostkit.repository.lfs.client import AsyncLfsClient, LfsClient
from outpostkit.repository.lfs.exc import LfsError

OID = "0" * 64
PREFIX = "aj-ya/model/support-tone-gpt2"


def batch(transfers: Any, *args: Any, **kwargs: Any) -> Any:
    """Ask for one object."""
    return transfers.do(
        lambda client: client.batch(
            PREFIX, "upload", [{"oid": OID, "size": 7, "x-filename": "a.bin"}], *args, **kwargs
        )
    )


def test_a_batch_is_asked_for_as_git_lfs_describes_it(transfers, lfs) -> None:
    """Path, media types, token, and every property of the object."""
    reply = batch(transfers, "refs/heads/main")

    (seen,) = lfs.seen
    assert (seen.method, seen.path) == ("POST", f"/{PREFIX}/objects/batch")
    assert json.loads(seen.body) == {
        "operation": "upload",
        "objects": [{"oid": OID, "size": 7, "x-filename": "a.bin"}],
        "transfers": ["multipart-basic", "basic"],
        "ref": {"name": "refs/heads/main"},
    }
    assert seen.headers["content-type"] == "application/vnd.git-lfs+json"
    assert seen.headers["accept"] == "application/vnd.git-lfs+json"
    assert seen.headers["authorization"] == "Bearer op_secret-token/1"
    assert reply == lfs.batch(json.loads(seen.body))


def test_without_a_token_none_is_sent(transfers, lfs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the one of the environment, which is meant for the API."""
    monkeypatch.setenv("OUTPOST_API_TOKEN", "op_secret-token/1")

    transfers.do(
        lambda client: client.batch(PREFIX, "download", [{"oid": OID, "size": 7}]), auth_token=None
    )

    assert "authorization" not in lfs.seen[0].headers


def test_extras_of_an_upload_are_properties_that_begin_with_x(transfers, lfs, tmp_path) -> None:
    """They are for the storage."""
    (tmp_path / "a").write_bytes(b"a")

    transfers.do(
        lambda client: client.upload(
            tmp_path / "a", "aj-ya", "model", "support-tone-gpt2", filename="a.bin"
        )
    )

    assert json.loads(lfs.seen[0].body)["objects"][0]["x-filename"] == "a.bin"


def test_only_the_given_ways_to_transfer_are_offered(transfers, lfs) -> None:
    """In the order of preference."""
    transfers.do(
        lambda client: client.batch(PREFIX, "upload", [{"oid": OID, "size": 7}]),
        transfer_adapters=["basic"],
    )

    assert json.loads(lfs.seen[0].body)["transfers"] == ["basic"]


@pytest.mark.parametrize("fault", [503, 500, "reset"])
def test_a_batch_is_repeated(transfers, lfs, fault: Any) -> None:
    """It only asks, although it is a POST."""
    lfs.faults = {"batch": [fault, fault]}

    batch(transfers)

    assert len(lfs.seen) == 3


@pytest.mark.parametrize("status", [401, 403, 404, 422, 302])
def test_a_refused_batch_is_an_error_with_its_status(transfers, lfs, status: int) -> None:
    """And with the words of the server."""
    lfs.faults = {"batch": [status]}

    with pytest.raises(LfsError, match=f"objects/batch: status {status}") as caught:
        batch(transfers)

    assert caught.value.status_code == status
    assert isinstance(caught.value, (OutpostError, RuntimeError))
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("changes", [{"objects": None}, {"objects": {}}, {"objects": ["x"]}])
def test_an_answer_of_another_form_is_an_error(transfers, lfs, changes: Any) -> None:
    """Something else than a Git LFS server is there."""
    lfs.batch_changes = changes

    with pytest.raises(LfsError, match="lfs_server_url"):
        batch(transfers)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"transfer": "ssh"}, "'ssh'"),
        ({"objects": []}, "nothing about object"),
        ({"objects": [{"oid": OID, "error": "gone"}]}, "gone"),
        ({"objects": [{"oid": OID, "error": {"code": 410, "message": "Deleted."}}]}, "Deleted"),
        ({"objects": [{"oid": OID}]}, "does not say where"),
        ({"objects": [{"oid": OID, "actions": None}]}, "does not say where"),
        ({"objects": [{"oid": OID, "actions": {"download": {"href": "/a"}}}]}, "address"),
        (
            {"objects": [{"oid": OID, "actions": {"download": {"href": "file:///etc/a"}}}]},
            "address",
        ),
        ({"objects": [{"oid": OID, "actions": {"download": {"header": {}}}}]}, "address"),
    ],
)
def test_an_answer_that_cannot_be_used_is_an_error(
    transfers, lfs, tmp_path, changes: Any, reason: str
) -> None:
    """Nothing is written."""
    lfs.batch_changes = changes

    with pytest.raises(LfsError, match=reason):
        transfers.download(tmp_path / "a", OID, 7)

    assert list(tmp_path.iterdir()) == []


def test_a_header_that_would_become_two_is_refused(transfers, lfs, tmp_path) -> None:
    """And not quoted."""
    href = f"{lfs.url}/download/"
    action = {"href": href, "header": {"X-Key": "hidden\r\nAuthorization: x"}}
    lfs.batch_changes = {"objects": [{"oid": OID, "actions": {"download": action}}]}

    with pytest.raises(LfsError, match="header that cannot be sent") as caught:
        transfers.download(tmp_path / "a", OID, 7)

    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("aj-ya/tone", "upload", []), "prefix"),
        (("aj-ya/space/tone", "upload", []), "repo_type"),
        (("aj-ya/model/..", "upload", []), "repo"),
        ((PREFIX, "sideload", []), "operation"),
        ((PREFIX, "upload", [{"oid": "abc", "size": 7}]), "oid"),
        ((PREFIX, "upload", [{"oid": OID, "size": -1}]), "size"),
    ],
)
def test_bad_arguments_are_named(transfers, lfs, arguments: Any, reason: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match=reason):
        transfers.do(lambda client: client.batch(*arguments))

    assert lfs.seen == []


@pytest.mark.parametrize("kind", [LfsClient, AsyncLfsClient])
@pytest.mark.parametrize(
    ("arguments", "options", "reason"),
    [
        (("lfs.outpost.run",), {}, "lfs_server_url"),
        (("https://me:pw@lfs.outpost.run",), {}, "user name"),
        (("https://lfs.outpost.run", "a b"), {}, "token"),
        (("https://lfs.outpost.run", None, ["ssh"]), {}, "transfer_adapters"),
        (("https://lfs.outpost.run", None, []), {}, "transfer_adapters"),
        (("https://lfs.outpost.run",), {"headers": {"Authorization": "x"}}, "headers"),
        (("https://lfs.outpost.run",), {"follow_redirects": True}, "follow_redirects"),
        (("https://lfs.outpost.run",), {"timeout": 0}, "timeout"),
    ],
)
def test_a_client_that_cannot_work_is_not_made(
    kind: Any, arguments: Any, options: Any, reason: str
) -> None:
    """The error names the argument."""
    with pytest.raises(ConfigurationError, match=reason):
        kind(*arguments, **options)


def test_no_answer_at_all_is_a_connection_error(transfers, lfs) -> None:
    """As everywhere in the package."""
    lfs.url = "http://127.0.0.1:9"

    with pytest.raises(OutpostConnectionError, match="objects/batch") as caught:
        batch(transfers)

    assert caught.value.url == "http://127.0.0.1:9"
    assert caught.value.attempts == 4
