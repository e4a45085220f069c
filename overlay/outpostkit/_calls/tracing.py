"""One OpenTelemetry span for a call, in programs that record spans.

A program that does has imported ``opentelemetry.trace``. So nothing is imported here, and others
pay one look into ``sys.modules`` and do not even load this module. Names follow OpenTelemetry's
conventions for HTTP clients; addresses go without their query, and nothing of headers and bodies is
recorded.

Where OpenTelemetry's instrumentation of httpx makes a span for every attempt, those are the
requests: the span of the call is internal then, and they are its children.
"""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Dict, Optional, Type, Union

if TYPE_CHECKING:
    import httpx

    from outpostkit._calls.exchange import Exchange
    from outpostkit._calls.http_clients.clients import AsyncHttp, BlockingHttp

_INSTRUMENTATION = "opentelemetry.instrumentation.httpx"


class CallSpan:
    """The span of one call, with all its attempts; it ends with a ``with`` block."""

    def __init__(self, span: Any, api: Any, exchange: "Exchange", has_children: bool) -> None:
        self._span = span
        self._api = api
        self._exchange = exchange
        self._has_children = has_children
        self._current = ExitStack()
        self._attributes: Dict[str, Any] = {}

    def answered(self, response: "httpx.Response") -> "httpx.Response":
        """Take note of the answer, and return it."""
        status_code = response.status_code
        self._attributes["http.response.status_code"] = status_code
        request_id = response.headers.get("x-request-id")
        if request_id:
            self._attributes["outpost.request_id"] = request_id
        if status_code >= 400:
            self._attributes["error.type"] = str(status_code)
        return response

    def __enter__(self) -> None:
        if self._has_children:
            self._current.enter_context(
                self._api.use_span(
                    self._span, record_exception=False, set_status_on_exception=False
                )
            )

    def __exit__(self, kind: Optional[Type[BaseException]], *_: object) -> None:
        self._current.close()
        if kind is not None:
            self._attributes["error.type"] = f"{kind.__module__}.{kind.__qualname__}"
        if "error.type" in self._attributes:
            self._span.set_status(self._api.Status(self._api.StatusCode.ERROR))
        if self._exchange.attempts > 1:
            self._attributes["http.request.resend_count"] = self._exchange.attempts - 1
        self._span.set_attributes(self._attributes)
        self._span.end()


def begin_span(http: "Union[BlockingHttp, AsyncHttp]", exchange: "Exchange") -> Optional[CallSpan]:
    """Begin the span of a call and tell the server of it; None when nobody records spans.

    The request gets the header ``traceparent``, or what else the program's propagator writes.
    """
    api: Any = sys.modules.get("opentelemetry.trace")
    if api is None or not hasattr(api, "get_tracer"):  # the latter while it is being imported
        return None
    from outpostkit._version import __version__

    request, template = exchange.request, exchange.template
    url = request.url
    attributes: Dict[str, Any] = {
        "http.request.method": request.method,
        "server.address": url.host,
        "server.port": url.port or (443 if url.scheme == "https" else 80),
        "url.full": str(url.copy_with(query=None, fragment=None, username=None, password=None)),
    }
    if template:
        attributes["url.template"] = template
    if exchange.operation_id:
        attributes["outpost.operation"] = exchange.operation_id
    name = f"{request.method} {template}" if template else request.method
    has_children = _attempts_have_spans(http)
    kind = api.SpanKind.INTERNAL if has_children else api.SpanKind.CLIENT
    span = api.get_tracer("outpostkit", __version__).start_span(
        name, kind=kind, attributes=attributes
    )
    # Imported by the program, or by the line above it that imports opentelemetry.trace.
    from opentelemetry import propagate

    carrier: Dict[str, str] = {}
    propagate.inject(carrier, context=api.set_span_in_context(span))
    request.headers.update(carrier)
    return CallSpan(span, api, exchange, has_children)


def _attempts_have_spans(http: "Union[BlockingHttp, AsyncHttp]") -> bool:
    """Tell whether OpenTelemetry's instrumentation of httpx sees the requests of a client."""
    instrumentation: Any = sys.modules.get(_INSTRUMENTATION)
    if instrumentation is None:
        return False
    transport = http._transport
    if type(transport).__module__.startswith(_INSTRUMENTATION):
        return True  # one of its own, given by the program
    import httpx

    from outpostkit._calls.http_clients.interception import AsyncStandingAside, StandingAside

    of_httpx = (httpx.HTTPTransport, httpx.AsyncHTTPTransport, StandingAside, AsyncStandingAside)
    instrumentor = getattr(instrumentation, "HTTPXClientInstrumentor", None)
    return (
        isinstance(transport, of_httpx)
        and instrumentor is not None
        and bool(instrumentor().is_instrumented_by_opentelemetry)
    )
