"""What errors carry, say and survive."""

import copy
import inspect
import pickle
from typing import List, Type

import pytest

from outpost_api.errors import ApiError, ResponseError
from outpostkit import exceptions
from outpostkit.exceptions import (
    EndpointFailedError,
    EndpointNotServingError,
    NotFoundError,
    OutpostConnectionError,
    OutpostError,
    OutpostHTTPException,
    OutpostTimeoutError,
    PredictionHTTPException,
    UnreadableResponseError,
    WaitTimeoutError,
    exception_for_status,
)

EXAMPLES: List[OutpostError] = [
    OutpostError("something"),
    exceptions.ConfigurationError("timeout must be more than 0"),
    exceptions.ModelError("out of memory"),
    OutpostConnectionError("no connection", method="GET", url="http://x/v1/user", attempts=3),
    OutpostTimeoutError("no answer", method="GET", url="http://x/v1/user"),
    NotFoundError(404, "no such endpoint", "not_found", request_id="r-1", headers={"a": "b"}),
    PredictionHTTPException(500, "it broke", None, {"error": "it broke"}, content=b"{}"),
    UnreadableResponseError("not JSON", status_code=200, content=b"<html>"),
    exceptions.ResponseTooLargeError("the body is more than 1 GiB", operation_id="infer"),
    WaitTimeoutError("me/echo", timeout_s=5, status="starting", problem=None),
    EndpointFailedError("me/echo", status="failed", deployment_id="d-1", log_tail=["boom"]),
    EndpointNotServingError("me/echo", status="scaled_to_zero"),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_errors_cross_process_borders_unharmed(error: OutpostError) -> None:
    """A worker can hand them to its parent: pickling and copying keep class, text and facts."""
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


def test_every_public_error_has_one_root() -> None:
    """`except OutpostError` catches whatever the SDK raises on purpose."""
    classes = [getattr(exceptions, name) for name in exceptions.__all__]

    assert all(issubclass(each, OutpostError) and issubclass(each, ApiError) for each in classes)


def test_every_error_is_drawn_in_the_tree() -> None:
    """The module's docstring is the overview, so it must be complete."""
    assert [name for name in exceptions.__all__ if name not in (exceptions.__doc__ or "")] == []
    assert sorted(exceptions.__all__) == sorted(
        name
        for name, value in vars(exceptions).items()
        if inspect.isclass(value) and value.__module__ == exceptions.__name__
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, exceptions.UnexpectedRedirectError),
        (400, exceptions.BadRequestError),
        (401, exceptions.AuthenticationError),
        (403, exceptions.PermissionDeniedError),
        (404, exceptions.NotFoundError),
        (409, exceptions.ConflictError),
        (418, OutpostHTTPException),
        (422, exceptions.UnprocessableEntityError),
        (429, exceptions.RateLimitError),
        (500, exceptions.ServerError),
        (599, exceptions.ServerError),
    ],
)
def test_each_status_has_its_class(status: int, kind: Type[OutpostHTTPException]) -> None:
    """Callers catch what they can do something about by its class."""
    assert exception_for_status(status) is kind
    assert issubclass(kind, ResponseError)


def test_the_message_says_what_happened_to_what_and_what_to_do() -> None:
    """One text holds request, status, the server's words and the next step."""
    error = NotFoundError(
        404,
        "there is no endpoint 'echo'",
        "not_found",
        request_id="r-7",
        method="GET",
        url="https://api.outpost.run/v1/endpoints/me/echo",
        attempts=2,
    )

    assert str(error) == (
        "GET https://api.outpost.run/v1/endpoints/me/echo: status 404 after 2 attempts: "
        "[not_found] there is no endpoint 'echo' (request id r-7)\n"
        "Check the entity and the name; a private resource is not shown to others' tokens."
    )


def test_errors_are_made_by_hand_as_in_earlier_versions() -> None:
    """Status, message and code are the positional arguments; a prediction's data comes fourth."""
    plain = OutpostHTTPException(503, "down", "maintenance")
    prediction = PredictionHTTPException(500, "broken", None, {"error": "broken"})

    assert (plain.status_code, plain.message, plain.code) == (503, "down", "maintenance")
    assert prediction.data == {"error": "broken"}
