"""Uploads of large files to a real server: in one piece, in parts, and through failures."""

import base64
import hashlib
import io
import os
from pathlib import Path
from typing import Any, List

import pytest

from outpostkit.exceptions import ConfigurationError, OutpostConnectionError
from outpostkit.repository.lfs.exc import LfsError

CONTENT = os.urandom(3500)
OID = hashlib.sha256(CONTENT).hexdigest()

PARTS = [(1, 0, 1000), (2, 1000, 2000), (3, 2000, 3000), (4, 3000, 3500)]


@pytest.fixture(params=["basic", "part", "parts", "agent"])
def way(request: pytest.FixtureRequest, lfs: Any) -> str:
    """Every way to transfer that servers know."""
    if request.param != "basic":
        lfs.transfer, lfs.form = "multipart-basic", request.param
    return str(request.param)


def test_a_file_is_stored_whichever_way_the_server_wants_it(transfers, lfs, way: str) -> None:
    """The caller gets hash and size, the server the bytes."""
    stored = transfers.upload(io.BytesIO(CONTENT))

    assert stored == {"oid": OID, "size": 3500}
    assert lfs.objects[OID] == CONTENT


def test_only_what_follows_the_position_of_a_file_is_uploaded(transfers, lfs, way: str) -> None:
    """Hash, size and bytes are those of the same range."""
    file = io.BytesIO(b"before" + CONTENT)
    file.seek(6)

    stored = transfers.upload(file)

    assert stored == {"oid": OID, "size": 3500}
    assert lfs.objects == {OID: CONTENT}


def test_an_empty_file_is_a_file(transfers, lfs, way: str) -> None:
    """No byte is no reason to send all of them."""
    stored = transfers.upload(io.BytesIO(b""))

    assert stored == {"oid": hashlib.sha256(b"").hexdigest(), "size": 0}
    assert lfs.objects[stored["oid"]] == b""


def test_a_path_is_opened_and_closed(transfers, lfs, tmp_path: Path) -> None:
    """No file has to be opened by the caller."""
    path = tmp_path / "model.bin"
    path.write_bytes(CONTENT)

    transfers.upload(path)

    assert lfs.objects[OID] == CONTENT


def test_a_pipe_is_uploaded_although_it_can_be_read_once(transfers, lfs, way: str) -> None:
    """Its hash has to be known before its first byte is sent."""
    reader, writer = os.pipe()
    os.write(writer, CONTENT)
    os.close(writer)

    with open(reader, "rb") as pipe:
        transfers.upload(pipe)

    assert lfs.objects[OID] == CONTENT


def test_a_text_file_is_refused(transfers, lfs) -> None:
    """Its bytes would depend on the machine; nothing is sent."""
    with pytest.raises(ConfigurationError, match="binary"):
        transfers.upload(io.StringIO("text"))

    assert lfs.seen == []


def test_progress_adds_up_to_the_size(transfers, lfs, way: str) -> None:
    """Also when a request has to be repeated."""
    lfs.faults = {"upload": [503], "part2": [503]}
    told: List[int] = []

    transfers.upload(io.BytesIO(CONTENT), told.append)

    assert sum(told) == 3500
    assert all(each > 0 for each in told)


def test_what_is_there_already_is_not_sent(transfers, lfs, way: str) -> None:
    """The server knows the object; the progress is complete at once."""
    lfs.keep(CONTENT)
    told: List[int] = []

    stored = transfers.upload(io.BytesIO(CONTENT), told.append)

    assert stored == {"oid": OID, "size": 3500}
    assert lfs.actions == ["batch"]
    assert told == [3500]


def test_a_server_that_names_no_transfer_means_basic(transfers, lfs) -> None:
    """As the Git LFS protocol says."""
    lfs.transfer = None

    transfers.upload(io.BytesIO(CONTENT))

    assert lfs.actions == ["batch", "upload", "verify"]


def test_parts_are_sent_in_order_and_then_committed(transfers, lfs) -> None:
    """init, the parts with their MD5, commit with the entity tags, verify."""
    lfs.transfer = "multipart-basic"

    transfers.upload(io.BytesIO(CONTENT))

    assert lfs.actions == ["batch", "init", "part1", "part2", "part3", "part4", "commit", "verify"]
    for number, begin, end in PARTS:
        (part,) = lfs.requests(f"part{number}")
        md5 = base64.b64encode(hashlib.md5(CONTENT[begin:end]).digest()).decode()
        assert (part.method, part.body) == ("PUT", CONTENT[begin:end])
        assert part.headers["content-md5"] == md5
    tags = b", ".join(b'{"ETag": "\\"tag-%d\\"", "PartNumber": %d}' % (n, n) for n in (1, 2, 3, 4))
    assert lfs.requests("commit")[0].body == b'{"oid": "%s", "parts": [%s]}' % (OID.encode(), tags)


def test_agents_of_git_lfs_complete_with_xml(transfers, lfs) -> None:
    """The parts are listed in the header of ``upload``, which is not sent to anybody."""
    lfs.transfer, lfs.form = "multipart-basic", "agent"

    transfers.upload(io.BytesIO(CONTENT))

    complete = lfs.requests("complete")[0]
    assert complete.method == "POST"
    assert b'<Part><PartNumber>4</PartNumber><ETag>"tag-4"</ETag></Part>' in complete.body
    assert "chunk_size" not in complete.headers


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"part_1": "http://a", "part_3": "http://a", "chunk_size": "2000"}, "not complete"),
        ({"part_1": "http://a"}, "without their size"),
        ({"part_1": "http://a", "chunk_size": "3499"}, "do not hold the whole object"),
    ],
)
def test_a_list_of_parts_that_does_not_fit_is_refused(
    transfers, lfs, header: Any, reason: str
) -> None:
    """Nothing is sent, and nothing half stored."""
    upload = {"href": f"{lfs.url}/complete/{OID}", "header": header}
    lfs.batch_changes = {"objects": [{"oid": OID, "size": 3500, "actions": {"upload": upload}}]}
    lfs.transfer = "multipart-basic"

    with pytest.raises(LfsError, match=reason):
        transfers.upload(io.BytesIO(CONTENT))

    assert lfs.actions == ["batch"]


def test_a_storage_that_fails_with_a_success_is_noticed(transfers, lfs) -> None:
    """S3 may answer 200 to the completion, and say in the body that it failed."""
    lfs.transfer, lfs.form = "multipart-basic", "agent"
    usual = lfs.answer
    failed = 200, {}, b"<Error><Code>InternalError</Code></Error>"
    lfs.answer = lambda seen: failed if seen.action == "complete" else usual(seen)

    with pytest.raises(LfsError, match="put the parts together"):
        transfers.upload(io.BytesIO(CONTENT))

    assert lfs.actions[-1] == "abort"


def test_parts_that_are_there_are_skipped(transfers, lfs) -> None:
    """An upload that broke off is continued; the tags of those parts are committed too."""
    lfs.transfer, lfs.done_parts = "multipart-basic", [1, 3]
    lfs.parts = {1: CONTENT[:1000], 3: CONTENT[2000:3000]}
    told: List[int] = []

    transfers.upload(io.BytesIO(CONTENT), told.append)

    assert [each for each in lfs.actions if each.startswith("part")] == ["part2", "part4"]
    assert lfs.objects[OID] == CONTENT
    assert lfs.requests("commit")[0].body.count(b"PartNumber") == 4
    assert sum(told) == 3500


@pytest.mark.parametrize("fault", [503, 500, 429, "reset"])
def test_a_failed_part_is_repeated_and_no_other(transfers, lfs, fault: Any) -> None:
    """The bytes of that part, from its beginning."""
    lfs.transfer, lfs.faults = "multipart-basic", {"part2": [fault, fault]}

    transfers.upload(io.BytesIO(CONTENT))

    assert [len(lfs.requests(f"part{number}")) for number in (1, 2, 3, 4)] == [1, 3, 1, 1]
    assert {each.body for each in lfs.requests("part2")} == {CONTENT[1000:2000]}
    assert lfs.objects[OID] == CONTENT


@pytest.mark.parametrize("form", ["part", "parts", "agent"])
@pytest.mark.parametrize("fault", [403, "reset"])
def test_an_upload_that_fails_is_given_up_at_the_server(
    transfers, lfs, fault: Any, form: str
) -> None:
    """So that the parts do not stay there for ever; the error is that of the part."""
    lfs.transfer, lfs.form, lfs.faults = "multipart-basic", form, {"part2": [fault] * 4}

    with pytest.raises(
        (LfsError, OutpostConnectionError), match=f"part 2 of 4 of object {OID[:12]}"
    ):
        transfers.upload(io.BytesIO(CONTENT))

    assert lfs.actions[-1] == "abort"
    assert lfs.requests("abort")[0].method == "DELETE"
    assert OID not in lfs.objects


def test_a_server_that_cannot_even_give_up_does_not_hide_the_error(transfers, lfs) -> None:
    """What failed first is what the caller has to know."""
    lfs.transfer, lfs.faults = "multipart-basic", {"part1": [403], "abort": ["reset"]}

    with pytest.raises(LfsError) as caught:
        transfers.upload(io.BytesIO(CONTENT))

    assert caught.value.status_code == 403


def test_a_commit_that_may_have_happened_is_not_repeated(transfers, lfs) -> None:
    """A second one could fail although the first has worked."""
    lfs.transfer, lfs.faults = "multipart-basic", {"commit": ["reset"]}

    with pytest.raises(OutpostConnectionError):
        transfers.upload(io.BytesIO(CONTENT))

    assert len(lfs.requests("commit")) == 1


def test_the_verification_is_repeated(transfers, lfs) -> None:
    """It only looks."""
    lfs.faults = {"verify": ["reset", 503]}

    transfers.upload(io.BytesIO(CONTENT))

    assert len(lfs.requests("verify")) == 3


def test_a_verification_that_fails_is_an_error(transfers, lfs) -> None:
    """The bytes were sent, and are not what they should be."""
    lfs.faults = {"verify": [422]}

    with pytest.raises(LfsError, match="verification") as caught:
        transfers.upload(io.BytesIO(CONTENT))

    assert (caught.value.status_code, caught.value.oid) == (422, OID)


def test_a_part_without_etag_cannot_be_committed(transfers, lfs) -> None:
    """A commit with an empty tag would be refused, or worse."""
    lfs.transfer, lfs.gives_etags = "multipart-basic", False

    with pytest.raises(LfsError, match="ETag"):
        transfers.upload(io.BytesIO(CONTENT))

    assert lfs.actions[-1] == "abort"


def test_a_digest_that_is_not_known_is_an_error(transfers, lfs) -> None:
    """A part without the digest that its server wants would be refused."""
    lfs.transfer, lfs.want_digest = "multipart-basic", "crc32"

    with pytest.raises(LfsError, match="crc32"):
        transfers.upload(io.BytesIO(CONTENT))


@pytest.mark.parametrize(
    "part", [{"pos": 4000}, {"pos": -1}, {"size": 3501}, {"pos": 10, "size": 3495}, {"size": "x"}]
)
def test_parts_outside_of_the_file_are_refused(transfers, lfs, part: Any) -> None:
    """The server has mixed something up; nothing of it is sent."""
    spec = {"oid": OID, "size": 3500, "actions": {"part": {"parts": [{"href": lfs.url, **part}]}}}

    adapter = transfers.adapter("multipart-basic")
    with pytest.raises(LfsError, match="outside"):
        transfers.result(lambda: adapter.upload(io.BytesIO(CONTENT), spec))

    assert lfs.seen == []


def test_a_part_of_no_bytes_sends_no_bytes(transfers, lfs) -> None:
    """Size 0 is a size, and not everything that is left."""
    parts = [
        {"href": f"{lfs.url}/part1/", "pos": 0, "size": 0},
        {"href": f"{lfs.url}/part2/", "pos": 0},
    ]
    spec = {"oid": OID, "size": 3500, "actions": {"part": {"parts": parts}}}
    adapter = transfers.adapter("multipart-basic")

    transfers.result(lambda: adapter.upload(io.BytesIO(CONTENT), spec))

    assert [each.body for each in lfs.seen] == [b"", CONTENT]


def test_a_file_that_becomes_shorter_is_noticed(transfers, lfs, tmp_path: Path) -> None:
    """Half a file is not reported as uploaded."""
    path = tmp_path / "model.bin"
    path.write_bytes(CONTENT * 1000)
    server_batch = lfs.batch

    def shorten(request: Any) -> Any:
        os.truncate(path, 10)
        return server_batch(request)

    lfs.batch = shorten

    with pytest.raises(ConfigurationError, match="shorter"):
        transfers.upload(path)

    assert lfs.objects == {}
