"""Where settings come from, and what is said about those that cannot be used."""

import pytest

from outpostkit import Client
from outpostkit._resources.names import endpoint_identity
from outpostkit.constants import V1_API_URL
from outpostkit.exceptions import ConfigurationError, MissingTokenError
from outpostkit.profiles._values import origin, resolve_base_url, resolve_token


def test_without_a_token_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a client fails, before any request, naming the variable and where to get a token."""
    monkeypatch.delenv("OUTPOST_API_TOKEN", raising=False)

    with pytest.raises(MissingTokenError, match=r"OUTPOST_API_TOKEN.*https://outpost\.run/"):
        Client()


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_an_empty_token_counts_as_none(empty: str) -> None:
    """`Client(api_token=os.environ.get(...))` with an empty variable is a missing token."""
    with pytest.raises(MissingTokenError):
        resolve_token(empty, {"OUTPOST_API_TOKEN": empty})


def test_the_argument_goes_before_the_environment() -> None:
    """An explicit token wins; white space around it is a copying mistake."""
    environment = {"OUTPOST_API_TOKEN": "from-environment\n"}

    assert resolve_token("from-argument", environment) == "from-argument"
    assert resolve_token(None, environment) == "from-environment"


@pytest.mark.parametrize("token", ["se cret", "sec\nret", "sécret", "sec\x00ret"])
def test_a_token_that_no_header_can_carry_is_refused_without_showing_it(token: str) -> None:
    """httpx would fail later and quote it."""
    with pytest.raises(ConfigurationError) as caught:
        resolve_token(token, {})

    assert token not in str(caught.value)
    assert "api_token" in str(caught.value)


def test_the_base_url_comes_from_argument_environment_or_default() -> None:
    """In that order; a slash at its end changes nothing."""
    environment = {"OUTPOST_BASE_URL": "http://127.0.0.1:8080/v1/"}

    assert resolve_base_url("http://localhost/v1/", environment) == "http://localhost/v1"
    assert resolve_base_url(None, environment) == "http://127.0.0.1:8080/v1"
    assert resolve_base_url(None, {}) == V1_API_URL


@pytest.mark.parametrize(
    "url",
    ["localhost:8080", "ftp://x/v1", "http://", "http://x:port/", "http://x/?q=1", "http://a b/"],
)
def test_a_base_url_that_is_no_address_is_refused(url: str) -> None:
    """The error shows what one looks like."""
    with pytest.raises(ConfigurationError, match=r"base_url.*https://api.outpost.run/v1"):
        resolve_base_url(url, {})


def test_credentials_in_a_base_url_are_refused_without_showing_them() -> None:
    """They would be printed wherever the address is."""
    with pytest.raises(ConfigurationError) as caught:
        resolve_base_url("http://me:hunter2@x/v1", {})

    assert "hunter2" not in str(caught.value)


def test_an_origin_is_scheme_host_and_port() -> None:
    """Default ports are the same origin as written ones; everything else differs."""
    assert origin("https://Host/a") == origin("https://host:443/b")
    assert origin("http://host/a") != origin("https://host/a")


def test_a_client_shows_where_it_goes_and_not_its_token() -> None:
    """repr is what ends up in logs and notebooks."""
    client = Client("secret-token", base_url="http://localhost/v1")

    assert repr(client) == "Client(base_url='http://localhost/v1')"


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        ("me", "a/b"),
        ("me", ".."),
        ("me", "a..b"),
        ("me", ""),
        ("../me", "a"),
        ("me", "a b"),
        ("me", "a" * 65),
    ],
)
def test_a_name_that_could_address_something_else_is_refused(entity: str, name: str) -> None:
    """Slashes, dots that climb and white space never reach an address."""
    with pytest.raises(ConfigurationError, match=r"entity|name"):
        endpoint_identity(entity, name, None)


@pytest.mark.parametrize("full_name", ["echo", "me/echo/x", "me/", "/echo", "me/..", ""])
def test_a_full_name_is_entity_slash_name(full_name: str) -> None:
    """Nothing else is one."""
    with pytest.raises(ConfigurationError, match=r"name|entity"):
        endpoint_identity(None, None, full_name)


def test_an_endpoint_is_named_in_either_form() -> None:
    """Entity and name, or both in one."""
    assert endpoint_identity("me", "echo", None) == ("me", "echo")
    assert endpoint_identity(None, None, "me/echo") == ("me", "echo")


def test_contradicting_forms_are_refused() -> None:
    """Guessing which one was meant would address the wrong endpoint."""
    with pytest.raises(ConfigurationError, match="contradicts"):
        endpoint_identity("me", "other", "me/echo")
