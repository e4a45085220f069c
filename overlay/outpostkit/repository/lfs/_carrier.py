"""What sends the requests of transfers: connections of their own, and no address in any log."""

from typing import TYPE_CHECKING, Any, Dict, Optional, TypeVar, cast

from outpostkit._calls.connections import AsyncClosing, Closing, Connections
from outpostkit._calls.http_clients.clients import async_http, blocking_http
from outpostkit._calls.settings.timeouts import seconds_by_phase
from outpostkit.exceptions import ConfigurationError
from outpostkit.repository._transmission import Steps, run, run_async
from outpostkit.repository.lfs._actions import Patience
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    from outpostkit._calls.settings.options import AsyncHttpOptions, SyncHttpOptions, Unpack
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

        self._connections = Connections(lambda: blocking_http(options))

    def run(self, steps: "Steps[T]") -> T:
        """Take the steps, and return what they end in."""
        return run(steps, self._connections.open().deliver)

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

        self._connections = Connections(lambda: async_http(options))

    async def run(self, steps: "Steps[T]") -> T:
        """Take the steps, and return what they end in."""
        return await run_async(steps, self._connections.open().deliver)

    async def aclose(self) -> None:
        """Close the connections; again does nothing."""
        http = self._connections.take()
        if http is not None:
            await http.aclose()


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
