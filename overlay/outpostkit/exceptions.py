"""Every error that a caller of Outpost Kit can catch.

OutpostError
├── ConfigurationError        an argument or setting cannot be used; nothing was sent (a ValueError)
│   ├── MissingTokenError     there is no API token
│   └── TemplateError         the prediction template cannot be deployed as it is
├── OutpostConnectionError    no answer came, or only its beginning; has .method, .url,
│   │                         .operation_id, .attempts, .request_id
│   └── OutpostTimeoutError   it took too long (also a TimeoutError)
├── OutpostHTTPException      the server answered with an error; has .status_code, .message,
│   │                         .code, .request_id, .headers, .content, .method, .url, .attempts
│   ├── BadRequestError           400
│   ├── AuthenticationError       401: the token is wrong
│   ├── PermissionDeniedError     403: the token is right, and may not do this
│   ├── NotFoundError             404
│   ├── ConflictError             409: the name is taken, or the state does not allow it
│   ├── UnprocessableEntityError  422: the server refused a value
│   ├── RateLimitError            429; has .retry_after_s
│   ├── ServerError               500 to 599
│   ├── UnexpectedRedirectError   300 to 399: redirects are not followed
│   └── PredictionHTTPException   the prediction domain answered with an error; has .data
├── UnreadableResponseError   a successful answer that is not what the API documents
│   └── ResponseTooLargeError an answer that is too large to be read whole
├── WaitTimeoutError          waited long enough (also a TimeoutError); has .status
├── EndpointFailedError       the deployment failed; has .log_tail
├── EndpointNotServingError   the endpoint is asleep or not deployed, and stays so; has .status
└── ModelError                a prediction ended in an error of the ML model itself

All of them can be pickled and copied, and none of them holds the API token, even when a server
sends it back. ``OutpostError`` is itself an ``outpost_api.errors.ApiError``.
"""

from __future__ import annotations

from typing import ClassVar, Dict, List, Mapping, Optional, Tuple, Type

from outpost_api.errors import ApiError, DecodeError, ResponseError

__all__ = [
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "EndpointFailedError",
    "EndpointNotServingError",
    "MissingTokenError",
    "ModelError",
    "NotFoundError",
    "OutpostConnectionError",
    "OutpostError",
    "OutpostHTTPException",
    "OutpostTimeoutError",
    "PermissionDeniedError",
    "PredictionHTTPException",
    "RateLimitError",
    "ResponseTooLargeError",
    "ServerError",
    "TemplateError",
    "UnexpectedRedirectError",
    "UnprocessableEntityError",
    "UnreadableResponseError",
    "WaitTimeoutError",
]


class OutpostError(ApiError):
    """Base class of every error of this package."""

    def __reduce__(self) -> Tuple[object, ...]:
        # The default calls the class with self.args, which subclasses with keywords cannot take.
        return (_restore, (type(self), self.args, self.__dict__.copy()))


class ConfigurationError(OutpostError, ValueError):
    """An argument or a setting cannot be used as it is. Nothing was sent."""


class MissingTokenError(ConfigurationError):
    """There is no API token, neither as an argument nor in the environment. Nothing was sent."""


class TemplateError(ConfigurationError):
    """The prediction template cannot be deployed as it is. Nothing was sent."""


class ModelError(OutpostError):
    """A prediction ended in an error of the ML model itself."""


class OutpostConnectionError(OutpostError):
    """No answer came, or not all of it: the server could not be reached, or the connection broke.

    Attributes:
        method: HTTP method of the request.
        url: its address without the query.
        operation_id: the operation of the API that was called, or an empty string.
        attempts: how often it was tried.
        request_id: the server's id of the request, when an answer had begun and gave one.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str = "",
        url: str = "",
        operation_id: str = "",
        attempts: int = 1,
        request_id: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.method = method
        self.url = url
        self.operation_id = operation_id
        self.attempts = attempts
        self.request_id = request_id


class OutpostTimeoutError(OutpostConnectionError, TimeoutError):
    """No answer came in time."""


class OutpostHTTPException(OutpostError, ResponseError):
    """The server answered with a status that is not a success.

    Attributes:
        status_code: the status, any integer.
        message: what the server says went wrong, or an excerpt of its answer.
        code: the server's code for the problem, when it gave one.
        headers: response headers, names in lower case.
        content: the body.
        parsed: the body as an ``outpost_api.models.Error``, when it is one.
        request_id: the server's id of the request, when it gave one; quote it to support.
        operation_id: the operation of the API that was called.
        method: HTTP method of the request.
        url: its address without the query.
        attempts: how often it was tried.
        retry_after_s: the seconds that the server asks callers to wait, when it does.
    """

    #: What the caller can do about it; the last sentence of the message.
    advice = ""

    def __init__(
        self,
        status_code: int,
        message: str,
        code: Optional[str] = None,
        *,
        headers: Optional[Mapping[str, str]] = None,
        content: bytes = b"",
        parsed: object = None,
        request_id: Optional[str] = None,
        operation_id: str = "",
        method: str = "",
        url: str = "",
        attempts: int = 1,
        retry_after_s: Optional[float] = None,
    ) -> None:
        ResponseError.__init__(
            self,
            status_code,
            message,
            code=code,
            headers=headers,
            content=content,
            parsed=parsed,
            request_id=request_id,
            operation_id=operation_id,
            method=method,
            url=url,
        )
        self.attempts = attempts
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        subject = f"{self.method} {self.url}: " if self.url else ""
        code = f" [{self.code}]" if self.code else ""
        tried = f" after {self.attempts} attempts" if self.attempts > 1 else ""
        request = f" (request id {self.request_id})" if self.request_id else ""
        advice = f"\n{self.advice}" if self.advice else ""
        return f"{subject}status {self.status_code}{tried}:{code} {self.message}{request}{advice}"


class BadRequestError(OutpostHTTPException):
    """400: the server does not understand the request."""

    advice = "Correct what the message names; sending the same again fails the same way."


class AuthenticationError(OutpostHTTPException):
    """401: the server does not accept the API token."""

    advice = (
        "Check the token in api_token= or OUTPOST_API_TOKEN: it may be mistyped, revoked or meant "
        "for another server. https://outpost.run/ gives a new one."
    )


class PermissionDeniedError(OutpostHTTPException):
    """403: the token is valid and may not do this."""

    advice = "Ask the owner of the resource for access, or use a token of an account that has it."


class NotFoundError(OutpostHTTPException):
    """404: there is nothing of that name, or nothing that this token may see."""

    advice = "Check the entity and the name; a private resource is not shown to others' tokens."


class ConflictError(OutpostHTTPException):
    """409: the name is taken, or the state of the resource does not allow the operation."""

    advice = "Choose another name, or bring the resource into a state that allows this."


class UnprocessableEntityError(OutpostHTTPException):
    """422: the server refused a value of the request."""

    advice = "Correct the value that the message names; sending the same again fails the same way."


class RateLimitError(OutpostHTTPException):
    """429: too many requests."""

    advice = "Send fewer requests, or wait for retry_after_s seconds before the next."


class ServerError(OutpostHTTPException):
    """500 to 599: the server, or something before it, failed."""

    advice = "This is a fault of the server or of something before it; later may be better."


class UnexpectedRedirectError(OutpostHTTPException):
    """300 to 399: the server points elsewhere, and the token is not carried there."""

    advice = "If the API has moved, set base_url= or OUTPOST_BASE_URL to its new address."


class PredictionHTTPException(OutpostHTTPException):
    """The prediction domain answered with a status from 400 to 599.

    Besides the attributes of :class:`OutpostHTTPException`:

    Attributes:
        data: the JSON value of the body, or None when it is not JSON.
    """

    def __init__(
        self,
        status_code: int,
        message: str,
        code: Optional[str] = None,
        data: object = None,
        *,
        headers: Optional[Mapping[str, str]] = None,
        content: bytes = b"",
        parsed: object = None,
        request_id: Optional[str] = None,
        operation_id: str = "",
        method: str = "",
        url: str = "",
        attempts: int = 1,
        retry_after_s: Optional[float] = None,
    ) -> None:
        super().__init__(
            status_code,
            message,
            code,
            headers=headers,
            content=content,
            parsed=parsed,
            request_id=request_id,
            operation_id=operation_id,
            method=method,
            url=url,
            attempts=attempts,
            retry_after_s=retry_after_s,
        )
        self.data = data


class UnreadableResponseError(OutpostError, DecodeError):
    """The server answered with a success whose body is not what the API documents.

    The attributes are those of :class:`outpost_api.errors.DecodeError`.
    """

    #: What the caller can do about it; the last sentence of the message.
    advice = (
        "Something other than Outpost may have answered, such as a proxy or a login page: check "
        "base_url= or OUTPOST_BASE_URL."
    )

    def __str__(self) -> str:
        return f"{DecodeError.__str__(self)}\n{self.advice}"


class ResponseTooLargeError(UnreadableResponseError):
    """The answer of a success is larger than the client reads whole; no more of it was read.

    The attributes are those of :class:`outpost_api.errors.DecodeError`; ``content`` is empty.
    """

    advice = (
        "Read it in pieces, with client.stream(), predictor.infer_stream() or "
        "repository.download(), or allow more with max_response_bytes=."
    )


class WaitTimeoutError(OutpostError, TimeoutError):
    """An endpoint did not become what was waited for in time.

    Attributes:
        endpoint: ``entity/name`` of the endpoint.
        timeout_s: the seconds that were allowed.
        status: the status it had last, or None when it could not be asked.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        timeout_s: float,
        status: Optional[str],
        problem: Optional[str],
        wanted: str = "healthy",
    ) -> None:
        seen = f"its status is {status!r}" if problem is None else f"asking it failed: {problem}"
        super().__init__(
            f"endpoint {endpoint} was not {wanted} after {timeout_s:g} s; {seen}. "
            "Wait again with a longer timeout=, or look at get_logs()."
        )
        self.endpoint = endpoint
        self.timeout_s = timeout_s
        self.status = status


class EndpointFailedError(OutpostError):
    """A deployment ended without serving.

    Attributes:
        endpoint: ``entity/name`` of the endpoint.
        status: ``failed``, ``cancelled`` or ``superseded``.
        deployment_id: the deployment, when it is known.
        log_tail: the last lines of its log, oldest first; empty when they could not be read.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        status: str,
        deployment_id: Optional[str] = None,
        log_tail: Optional[List[str]] = None,
    ) -> None:
        lines = list(log_tail or [])
        which = f"deployment {deployment_id} of endpoint {endpoint}" if deployment_id else endpoint
        if status == "failed":
            advice = "Correct what the log shows, then deploy again."
        else:
            advice = "Another deployment has taken its place, or it was stopped."
        log = "\n".join(["\nIts log ends:", *(f"  {line}" for line in lines)]) if lines else ""
        super().__init__(f"{which} ended as {status!r}. {advice}{log}")
        self.endpoint = endpoint
        self.status = status
        self.deployment_id = deployment_id
        self.log_tail = lines


class EndpointNotServingError(OutpostError):
    """An endpoint is not on its way to being healthy.

    Attributes:
        endpoint: ``entity/name`` of the endpoint.
        status: ``scaled_to_zero``, ``not_deployed``, ``paused`` or ``deleting``.
    """

    _ADVICE: ClassVar[Dict[str, str]] = {
        "scaled_to_zero": "it is deployed and asleep, which is no failure: any prediction "
        "wakes it, and so does get_prediction_client().wake()",
        "not_deployed": "call deploy() first",
        "deleting": "it is being deleted",
        "paused": "it serves again when somebody resumes it",
    }

    def __init__(self, endpoint: str, *, status: str) -> None:
        advice = self._ADVICE.get(status, "nothing is under way that would change that")
        super().__init__(f"endpoint {endpoint} stays {status!r}: {advice}.")
        self.endpoint = endpoint
        self.status = status


_BY_STATUS: Dict[int, Type[OutpostHTTPException]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def exception_for_status(status_code: int) -> Type[OutpostHTTPException]:
    """Return the class of error that an answer of this status raises."""
    if 300 <= status_code < 400:
        return UnexpectedRedirectError
    if status_code >= 500:
        return ServerError
    return _BY_STATUS.get(status_code, OutpostHTTPException)


def _restore(
    cls: Type[OutpostError], args: Tuple[object, ...], state: Dict[str, object]
) -> OutpostError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error
