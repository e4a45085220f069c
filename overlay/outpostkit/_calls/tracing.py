"""One OpenTelemetry span for a call, in programs that record spans.

A program that does has imported ``opentelemetry.trace``. So nothing is imported here, and others
pay one look into ``sys.modules`` and do not even load this module. Names follow OpenTelemetry's
conventions for HTTP clients; addresses go without their query, and nothing of headers and bodies is
recorded.
"""

import sys
from typing import TYPE_CHECKING, Any, Dict, Optional

if TYPE_CHECKING:
    import httpx


class CallSpan:
    """The span of one call, with all its attempts."""

    def __init__(self, span: Any, api: Any) -> None:
        self._span = span
        self._api = api

    def answered(self, response: "httpx.Response", attempts: int) -> None:
        """End with an answer."""
        status_code = response.status_code
        found: Dict[str, Any] = {"http.response.status_code": status_code}
        request_id = response.headers.get("x-request-id")
        if request_id:
            found["outpost.request_id"] = request_id
        if status_code >= 400:
            found["error.type"] = str(status_code)
            self._span.set_status(self._api.Status(self._api.StatusCode.ERROR))
        self._end(found, attempts)

    def failed(self, error: BaseException, attempts: int) -> None:
        """End without an answer."""
        kind = type(error)
        self._span.set_status(self._api.Status(self._api.StatusCode.ERROR))
        self._end({"error.type": f"{kind.__module__}.{kind.__qualname__}"}, attempts)

    def _end(self, attributes: Dict[str, Any], attempts: int) -> None:
        if attempts > 1:
            attributes["http.request.resend_count"] = attempts - 1
        self._span.set_attributes(attributes)
        self._span.end()


def begin_span(
    request: "httpx.Request", operation_id: str, template: Optional[str]
) -> Optional[CallSpan]:
    """Begin the span of a call and tell the server of it; None when nobody records spans.

    Args:
        request: gets the header ``traceparent``, or what else the program's propagator writes.
        operation_id: the operation of the API, or an empty string.
        template: the path of the operation, its parameters not filled in.
    """
    api: Any = sys.modules.get("opentelemetry.trace")
    if api is None or not hasattr(api, "get_tracer"):  # the latter while it is being imported
        return None
    from outpostkit._version import __version__

    url = request.url
    attributes: Dict[str, Any] = {
        "http.request.method": request.method,
        "server.address": url.host,
        "server.port": url.port or (443 if url.scheme == "https" else 80),
        "url.full": str(url.copy_with(query=None, fragment=None, username=None, password=None)),
    }
    if template:
        attributes["url.template"] = template
    if operation_id:
        attributes["outpost.operation"] = operation_id
    name = f"{request.method} {template}" if template else request.method
    span = api.get_tracer("outpostkit", __version__).start_span(
        name, kind=api.SpanKind.CLIENT, attributes=attributes
    )
    # Imported by the program, or by the line above it that imports opentelemetry.trace.
    from opentelemetry import propagate

    carrier: Dict[str, str] = {}
    propagate.inject(carrier, context=api.set_span_in_context(span))
    request.headers.update(carrier)
    return CallSpan(span, api)
