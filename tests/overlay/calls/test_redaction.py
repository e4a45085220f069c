"""Which secrets are taken out of texts, and which texts stay as they are."""

import json
import random
import string
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from outpostkit import EndpointCustomTemplateConfig, EndpointSecret
from outpostkit._calls.redaction import redact, redact_bytes
from outpostkit.exceptions import UnprocessableEntityError

#: Values of environment variables that say nothing to anybody.
ORDINARY = [
    "1",
    "0",
    "true",
    "False",
    "e",
    "v",
    "a",
    "on",
    "",
    " ",
    '"',
    ":",
    "name",
    "value",
    "8000",
]
ORDINARY += ["Upper", "endpoint", "invalid", "deployment", "production", "summarization", "0.75"]

MESSAGE = (
    'The name "Upper" of the endpoint is invalid: an_invalid_value, 1 of 8000 in production, true.'
)


@pytest.mark.parametrize("value", ORDINARY)
def test_what_is_no_secret_shreds_no_text(value: str) -> None:
    """Words, numbers and letters that any text has."""
    assert redact(MESSAGE, [value]) == MESSAGE
    assert redact_bytes(MESSAGE.encode(), [value]) == MESSAGE.encode()


def test_an_error_of_create_can_be_read_whatever_the_secrets_are(sdk, server) -> None:
    """Those of one endpoint do not cut what the server says of its name."""
    refused = {"message": MESSAGE, "code": "invalid_value"}
    server.on("POST", "/v1/endpoints/aj-ya", server.json(refused, 422))
    template = EndpointCustomTemplateConfig("url", "T", "https://x.example/t.py")
    secrets = [EndpointSecret(f"S{n}", value) for n, value in enumerate(ORDINARY)]

    with pytest.raises(UnprocessableEntityError) as caught:
        sdk.do(lambda c: sdk.Endpoints(c, "aj-ya").create(template, name="upper", secrets=secrets))

    assert (caught.value.message, caught.value.code) == (MESSAGE, "invalid_value")


@pytest.mark.parametrize(
    "secret",
    [
        "a/b+c",
        "hunter2",
        "hf_secret",
        "other-secret",
        "Tr0ub4dor&3",
        "pass word/1",
        "correct-horse-battery-staple",
        "correcthorsebatterystaple",
        "12345678",
        "pä55wört",
        "-----BEGIN KEY-----\nMIIEvQ\n-----END KEY-----\n",
    ],
)
@pytest.mark.parametrize(
    "echo",
    [
        "key {} is unknown",
        "{}",
        "({})",
        '{{"input": {{"value": "{}"}}}}',
        '{{"input": "line\\n{}\\tend"}}',
        "/x?a=1&key={}&b=2",
        "GET /x%20{}",
    ],
)
def test_a_secret_is_taken_out_however_it_was_written(secret: str, echo: str) -> None:
    """Servers echo what they got as text, as JSON or in an address."""
    forms = {secret, quote(secret, safe="")}
    for is_ascii in (True, False):
        as_json = json.dumps(secret, ensure_ascii=is_ascii)[1:-1]
        forms |= {as_json, as_json.replace("/", "\\/")}

    for form in forms:
        text = echo.format(form)
        expected = echo.format("[redacted]")
        assert redact(text, [secret]) == expected
        assert redact_bytes(text.encode(), [secret]) == expected.encode()


@pytest.mark.parametrize("secret", ["a/b+c", "hunter2", "hf_secret"])
def test_a_short_secret_is_not_looked_for_within_words(secret: str) -> None:
    """There it is chance."""
    assert redact(f"x{secret}y", [secret]) == f"x{secret}y"


def test_a_secret_that_is_part_of_another_leaves_nothing_of_it() -> None:
    """In whichever order they were given."""
    secrets = ["Abcdefgh1", "Abcdefgh1-and-more", "and-more"]

    assert redact("Abcdefgh1-and-more", secrets) == "[redacted]"
    assert redact("Abcdefgh1-and-more", secrets[::-1]) == "[redacted]"


@given(st.integers(16, 64), st.text(max_size=20), st.text(max_size=20), st.integers())
def test_a_long_secret_never_stays(length: int, before: str, after: str, seed: int) -> None:
    """Whatever is around it."""
    secret = "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length))

    assert secret not in redact(before + secret + after, [secret])
