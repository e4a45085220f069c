"""Templates by URL: bounded in size and time."""

from __future__ import annotations

import threading

import pytest
from werkzeug import Response

from outpost_server.serving.template.fetch import MAX_TEMPLATE_BYTES, fetch_template
from outpost_server.serving.template.source import TemplateRefused

pytestmark = pytest.mark.anyio


async def test_a_file_is_fetched_through_redirects(httpserver):
    """The bytes come as they are."""
    httpserver.expect_request("/old").respond_with_data(
        "", status=302, headers={"Location": "/new"}
    )
    httpserver.expect_request("/new").respond_with_data(b"\xc3\xa9")

    assert await fetch_template(httpserver.url_for("/old")) == "é".encode()


async def test_a_file_that_is_too_large_is_refused(httpserver):
    """Not more than the bound is read."""
    httpserver.expect_request("/").respond_with_data(b"#" * (MAX_TEMPLATE_BYTES + 1))

    with pytest.raises(TemplateRefused, match="larger than 10 MiB"):
        await fetch_template(httpserver.url_for("/"))


async def test_a_server_that_does_not_answer_is_given_up(httpserver):
    """Fetching has a time limit."""

    given_up = threading.Event()

    def late(request):
        given_up.wait(60)
        return Response()

    httpserver.expect_request("/").respond_with_handler(late)

    try:
        with pytest.raises(TemplateRefused, match=r"not fetched within 0\.1 s"):
            await fetch_template(httpserver.url_for("/"), timeout_s=0.1)
    finally:
        given_up.set()


async def test_an_unreachable_address_is_refused():
    """The network's own reason is passed on."""
    with pytest.raises(TemplateRefused, match="could not be fetched"):
        await fetch_template("http://127.0.0.1:9/template.py")


async def test_the_operators_netrc_is_for_no_template(httpserver, monkeypatch, tmp_path):
    """Users name the address: it gets nothing that is known of it here."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login operator password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    httpserver.expect_request("/").respond_with_handler(
        lambda request: Response(request.headers.get("Authorization", "nothing"))
    )

    assert await fetch_template(httpserver.url_for("/")) == b"nothing"


async def test_redirects_are_bounded_and_stay_within_http(httpserver):
    """The message says where it ended."""
    httpserver.expect_request("/round").respond_with_data(
        "", status=302, headers={"Location": "/round"}
    )
    httpserver.expect_request("/file").respond_with_data(
        "", status=302, headers={"Location": "file:///etc/passwd"}
    )

    with pytest.raises(TemplateRefused, match="more than 5 times"):
        await fetch_template(httpserver.url_for("/round"))
    with pytest.raises(TemplateRefused, match="'file'"):
        await fetch_template(httpserver.url_for("/file"))
