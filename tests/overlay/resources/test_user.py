"""The user that the token belongs to, in both colours."""

import io
import pathlib
from typing import Any

import pytest

from outpostkit import AsyncUser, Client, User
from outpostkit.exceptions import ConfigurationError, NotFoundError

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
FOLLOWER = {
    "name": "outpost",
    "id": "t1",
    "type": "team",
    "avatarUrl": "https://avatars.outpost.run/e/t1",
    "isFollowing": None,
}


def user(client: Any) -> Any:
    """The user of a client of either colour."""
    return User(client) if isinstance(client, Client) else AsyncUser(client)


def test_the_user_is_the_one_of_the_token(sdk, server) -> None:
    """The same as the client's own attribute."""
    server.on("GET", "/v1/user", server.json(server.user))

    found = sdk.do(lambda client: user(client).get())

    assert (found.name, found.stats.following_count) == ("aj-ya", 2)


def test_third_party_tokens_have_the_id_that_a_template_names(sdk, server) -> None:
    """It goes into ``keyId``."""
    token = {"id": "k1", "name": "hub", "type": "huggingface", "createdAt": "2024-01-01T00:00:00Z"}
    server.on("GET", "/v1/user/tokens", server.json([token]))

    tokens = sdk.do(lambda client: user(client).list_third_party_tokens())

    assert [(each.id, each.type) for each in tokens] == [("k1", "huggingface")]


@pytest.mark.parametrize("method", ["list_followers", "list_following"])
@pytest.mark.parametrize("asked", [False, True])
def test_lists_of_followers_tell_whom_the_user_follows_if_asked(sdk, server, method, asked) -> None:
    """Both lists can."""
    path = f"/v1/user/{method.partition('_')[2]}"
    server.on("GET", path, server.json([{**FOLLOWER, "isFollowing": asked or None}]))

    found = sdk.do(lambda client: getattr(user(client), method)(include_is_following=asked))

    assert server.last.args["isFollowing"] == str(asked).lower()
    assert [(each.name, each.type, each.isFollowing) for each in found] == [
        ("outpost", "team", asked or None)
    ]


def test_following_and_unfollowing_return_the_status(sdk, server) -> None:
    """As users of earlier versions expect."""
    server.on("PUT", "/v1/user/following/outpost", server.empty(204))
    server.on("DELETE", "/v1/user/following/outpost", server.empty(204))

    assert sdk.do(lambda client: user(client).follow("outpost")) == 204
    assert sdk.do(lambda client: user(client).unfollow("outpost")) == 204


def test_following_nobody_is_an_error(sdk, server) -> None:
    """The status that is returned is always one of success."""
    server.on("PUT", "/v1/user/following/x", server.json({"message": "no x"}, 404))

    with pytest.raises(NotFoundError, match="no x"):
        sdk.do(lambda client: user(client).follow("x"))


@pytest.mark.parametrize("answer", [True, False])
def test_whether_the_user_follows_is_a_boolean(sdk, server, answer) -> None:
    """Not following is no error."""
    server.on("GET", "/v1/user/following/outpost", server.json(answer))

    assert sdk.do(lambda client: user(client).is_following("outpost")) is answer


def test_teams_are_those_of_the_user(sdk, server) -> None:
    """With their numbers."""
    team = {**server.user, "name": "outpost", "stats": {"followers_count": 7, "new": 1}}
    server.on("GET", "/v1/user/teams", server.json([team]))

    teams = sdk.do(lambda client: user(client).teams())

    assert [(each.name, each.stats.followers_count) for each in teams] == [("outpost", 7)]


@pytest.mark.parametrize("form", ["path", "text path", "bytes", "file"])
def test_a_picture_is_uploaded_from_a_path_bytes_or_a_file(sdk, server, tmp_path, form) -> None:
    """As one binary part with its media type."""
    path = tmp_path / "me.png"
    path.write_bytes(PNG)
    forms = {"path": path, "text path": str(path), "bytes": PNG, "file": io.BytesIO(PNG)}
    seen = {}

    def keep(request):
        part = request.files["avatar"]
        seen.update(content=part.read(), type=part.content_type, name=part.filename)
        return server.empty(204)

    server.handle("POST", "/v1/user/avatar", keep, keeps_body=False)

    status = sdk.do(lambda client: user(client).upload_avatar(forms[form]))

    name = "me.png" if "path" in form else "avatar.png"
    assert (status, seen) == (204, {"content": PNG, "type": "image/png", "name": name})


@pytest.mark.parametrize(
    ("avatar", "message"),
    [
        ("no-such-file.png", "cannot be read"),
        (pathlib.Path("."), "cannot be read"),
        (b"", "is empty"),
        (b"%PDF-1.7", "no PNG"),
        (PNG + b"\0" * 5 * 1024 * 1024, "larger than 5 MiB"),
        (io.StringIO("text"), "text mode"),
        (17, "not int"),
    ],
)
def test_what_is_no_picture_is_refused_before_it_is_sent(sdk, server, avatar, message) -> None:
    """The error says what to give instead."""
    with pytest.raises(ConfigurationError, match=message):
        sdk.do(lambda client: user(client).upload_avatar(avatar))

    assert server.requests == []


def test_a_picture_can_be_removed(sdk, server) -> None:
    """The default picture returns."""
    server.on("DELETE", "/v1/user/avatar", server.empty(204))

    assert sdk.do(lambda client: user(client).delete_avatar()) == 204


@pytest.mark.parametrize(
    ("links", "sent"),
    [
        (
            {"website": "https://example.com", "x": None},
            b'{"website":"https://example.com","x":null}',
        ),
        ({"x": "ajeya"}, b'{"x":"ajeya"}'),
    ],
)
def test_a_link_that_is_left_out_stays_and_none_removes_it(sdk, server, links, sent) -> None:
    """They are two different things."""
    server.on("PUT", "/v1/user/socials", server.empty(204))

    status = sdk.do(lambda client: user(client).update_socials(**links))

    assert (status, server.last.data) == (204, sent)


def test_changing_no_link_at_all_is_refused(sdk, server) -> None:
    """It would do nothing."""
    with pytest.raises(ConfigurationError, match="website, x or both"):
        sdk.do(lambda client: user(client).update_socials())


def test_the_user_can_be_deleted(sdk, server) -> None:
    """With a plain call."""
    server.on("DELETE", "/v1/user", server.empty(204))

    assert sdk.do(lambda client: user(client).delete()) == 204
