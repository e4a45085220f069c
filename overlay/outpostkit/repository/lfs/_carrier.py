"""What sends the requests of transfers: connections of their own, and no address in any log."""

from typing import TYPE_CHECKING, Any, Awaitable, Callable, Dict, Optional, TypeVar, cast

import httpx

from outpostkit._calls.connections import AsyncClosing, Closing, Connections
from outpostkit._calls.http_clients import of_transport
from outpostkit._calls.settings.timeouts import seconds_by_phase
from outpostkit.exceptions import ConfigurationError
from outpostkit.repository._transmission import Steps, run, run_async
from outpostkit.repository.lfs._actions import Patience
from outpostkit.retry import RetryPolicy
from outpostkit.transport import choose_async_transport, choose_transport

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from outpostkit._calls.connections import AsyncHttpOptions, SyncHttpOptions
    from outpostkit._calls.settings.timeouts import Timeout

T = TypeVar("T")

#: Seconds for each phase of a request; "read" and "write" are between two pieces of a body.
TRANSFER_TIMEOUT: Dict[str, Optional[float]] = {
    "connect": 10.0,
    "read": 60.0,
    "write": 60.0,
    "pool": 60.0,
}
#: The size of an object is not known here, so there is no limit for all of a transfer.
TRANSFER_POLICY = RetryPolicy(deadline=None)


class Carrier(Closing):
    """Takes the steps of transfers with blocking input and output."""

    def __init__(
        self,
        timeout: "Timeout" = None,
        retry: Optional[RetryPolicy] = None,
        **http_options: "Unpack[SyncHttpOptions]",
    ) -> None:
        self.patience = _patience(timeout, retry)
        options = _checked(cast("Dict[str, Any]", http_options))

        def make() -> httpx.Client:
            if "transport" not in options and "mounts" not in options:
                options["transport"] = choose_transport(**of_transport(options))
            return httpx.Client(**options)

        self._connections: Connections[httpx.Client] = Connections(make)

    def run(self, steps: "Steps[T]") -> T:
        """Take the steps, and return what they end in."""
        return run(steps, _send_with(self._connections.open()))

    def close(self) -> None:
        """Close the connections; again does nothing."""
        http = self._connections.take()
        if http is not None:
            http.close()


class AsyncCarrier(AsyncClosing):
    """Takes the steps of transfers without blocking the event loop."""

    def __init__(
        self,
        timeout: "Timeout" = None,
        retry: Optional[RetryPolicy] = None,
        **http_options: "Unpack[AsyncHttpOptions]",
    ) -> None:
        self.patience = _patience(timeout, retry)
        options = _checked(cast("Dict[str, Any]", http_options))

        def make() -> httpx.AsyncClient:
            if "transport" not in options and "mounts" not in options:
                options["transport"] = choose_async_transport(**of_transport(options))
            return httpx.AsyncClient(**options)

        self._connections: Connections[httpx.AsyncClient] = Connections(make)

    async def run(self, steps: "Steps[T]") -> T:
        """Take the steps, and return what they end in."""
        return await run_async(steps, _send_async_with(self._connections.open()))

    async def aclose(self) -> None:
        """Close the connections; again does nothing."""
        http = self._connections.take()
        if http is not None:
            await http.aclose()


# The clients of httpx log the address of every request that they send, and the address of a
# transfer is as good as a password. Their transports, which proxies are chosen among, log nothing.


def _send_with(http: httpx.Client) -> Callable[[httpx.Request], httpx.Response]:
    def send(request: httpx.Request) -> httpx.Response:
        response = http._transport_for_url(request.url).handle_request(request)
        response.request = request
        return response

    return send


def _send_async_with(
    http: httpx.AsyncClient,
) -> Callable[[httpx.Request], Awaitable[httpx.Response]]:
    async def send(request: httpx.Request) -> httpx.Response:
        transport = http._transport_for_url(request.url)
        response = await transport.handle_async_request(request)
        response.request = request
        return response

    return send


def _patience(timeout: "Timeout", retry: Optional[RetryPolicy]) -> Patience:
    policy = TRANSFER_POLICY if retry is None else retry
    if timeout is None:
        return Patience(policy, TRANSFER_TIMEOUT)
    return Patience(policy, seconds_by_phase(timeout))


def _checked(options: Dict[str, Any]) -> Dict[str, Any]:
    for name in ("auth", "cookies", "event_hooks", "follow_redirects", "headers", "params"):
        if options.get(name):
            raise ConfigurationError(
                f"{name}: transfers go to other servers than the API, and send nothing but what "
                "those ask for"
            )
    return options
