"""Plans: what is sent, and what is refused before anything is sent."""

import io
import pickle
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings, strategies as st

from outpost_api import UNSET, File, InvalidArgument
from outpost_api.api import endpoints, repositories, user
from outpost_api.bodies import FileBody, MultipartBody, Part
from outpost_api.encoding import path_segment, path_segments
from outpost_api.models import AvatarForm

# A machine that is busy is no failure: how long an example takes says nothing about its rule.
FEW = settings(max_examples=50)


@FEW
@given(
    st.text(st.characters(blacklist_categories=["Cs"]), min_size=1).filter(
        lambda text: text not in (".", "..")
    )
)
def test_a_path_segment_arrives_as_it_was_given(text: str) -> None:
    """Any text stays one segment and reads back as itself."""
    written = path_segment("name", text)

    assert "/" not in written
    assert unquote(written) == text


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_addresses_something_else_is_refused(name: str) -> None:
    """Empty and dot segments are refused, naming the parameter."""
    with pytest.raises(InvalidArgument) as caught:
        endpoints.get_endpoint.plan("me", name)

    assert caught.value.name == "name"


@pytest.mark.parametrize("path", ["a/../b", "../a", "a//b", "/a", "a/", "."])
def test_a_file_path_cannot_leave_its_repository(path: str) -> None:
    """A path with empty or dot segments is refused; slashes between others are kept."""
    with pytest.raises(InvalidArgument, match=r"^path: "):
        repositories.view_blob.plan("model", "me", "repo", "HEAD", path)  # type: ignore[arg-type]  # text is an enum value

    assert path_segments("path", "a b/c%d") == "a%20b/c%25d"


def test_half_a_character_is_refused() -> None:
    """A lone surrogate has no bytes, so no address can carry it."""
    with pytest.raises(InvalidArgument):
        path_segment("name", "\ud800")


def test_a_plan_is_pure_and_sends_the_same_twice() -> None:
    """Making a plan touches nothing; its body is the same each time it is read."""
    plan = user.upload_user_avatar.plan(
        body=AvatarForm(File(io.BytesIO(b"image"), filename="a.png"))
    )

    assert isinstance(plan.body, MultipartBody)
    assert b"".join(plan.body.chunks()) == b"".join(plan.body.chunks())
    assert plan.body.content_length == len(b"".join(plan.body.chunks()))
    assert plan.replayable


def test_a_file_is_read_from_where_it_stands() -> None:
    """A file that was read in part is sent from there, each time."""
    file = io.BytesIO(b"0123456789")
    file.seek(5)

    body = FileBody(file)

    assert [b"".join(body.chunks()) for _ in range(2)] == [b"56789", b"56789"]
    assert body.content_length == 5


def test_a_stream_says_that_it_can_be_sent_once() -> None:
    """What cannot be rewound is not replayable and has no length."""

    class Stream(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return False

    body = FileBody(Stream())  # type: ignore[arg-type]  # a raw stream is a binary file

    assert (body.replayable, body.content_length) == (False, None)


def test_two_multipart_bodies_never_share_a_boundary() -> None:
    """The boundary is random, so no file can forge a part."""
    part = Part("a", b"x")

    assert MultipartBody([part]).boundary != MultipartBody([part]).boundary


def test_names_in_a_multipart_heading_cannot_break_out() -> None:
    """Quotes and line breaks in a file name are escaped."""
    body = MultipartBody([Part("a", b"x", filename='x"\r\nEvil: 1\r\n\r\n')])

    assert b"\r\nEvil" not in b"".join(body.chunks())


def test_a_file_opened_as_text_is_refused_by_name(tmp_path: Path) -> None:
    """Only bytes can be sent, so text is refused with a reason."""
    with pytest.raises(TypeError, match="binary mode"):
        File("text")  # type: ignore[arg-type]  # the mistake under test


def test_a_file_is_named_after_its_path(tmp_path: Path) -> None:
    """The base name goes to the server, not the folders of the user's machine."""
    path = tmp_path / "template.py"
    path.write_bytes(b"x")

    with path.open("rb") as opened:
        assert File(opened).filename == "template.py"


def test_unset_parameters_are_not_in_the_query() -> None:
    """An optional parameter that is not given does not appear."""
    assert endpoints.list_deployments.plan("me", "x").query == ()
    assert endpoints.list_deployments.plan("me", "x", limit=UNSET, skip=0).query == (("skip", "0"),)


def test_a_plan_can_be_moved_to_another_address() -> None:
    """The overlay sends a plan to the path and domain that an endpoint names."""
    plan = endpoints.get_endpoint.plan("me", "x")

    moved = plan.moved(path="/other", base_url="http://there")

    assert (moved.path, moved.base_url, plan.path) == ("/other", "http://there", "/endpoints/me/x")
    assert moved.url("http://ignored") == "http://there/other"


def test_invalid_arguments_pickle() -> None:
    """An error crosses process borders with its facts."""
    error = pickle.loads(pickle.dumps(InvalidArgument("name", "no")))

    assert (error.name, error.reason, str(error)) == ("name", "no", "name: no")
