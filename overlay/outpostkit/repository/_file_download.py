"""The steps of downloading a file of a repository to a path."""

from typing import TYPE_CHECKING, Callable, Optional, Union

from outpostkit.exceptions import OutpostError, exception_for_status
from outpostkit.repository._part_file import PartFile
from outpostkit.repository._receiving import Receiving
from outpostkit.repository._source import Progress
from outpostkit.repository._transmission import Steps, Transmission, Work, answer_to

if TYPE_CHECKING:
    import os

    from outpost_api.models import Error
    from outpost_api.request import RequestPlan
    from outpostkit._calls.calls import AsyncCalls, Calls


def file_download(
    calls: "Union[Calls, AsyncCalls]",
    plan: "RequestPlan[bytes, Error]",
    target: "Union[str, os.PathLike[str]]",
    on_progress: "Optional[Callable[[int], None]]",
) -> "Steps[None]":
    """Download what ``plan`` answers to ``target``, which appears when it is whole.

    Raises:
        OutpostHTTPException: the server refused; of the class for its status.
        OutpostConnectionError: no answer came, or it broke off too often.
    """
    part = PartFile(target)
    yield Work(part.open)
    try:
        request = calls.exchange_for_plan(plan).request
        # Pieces of a compressed answer could not be put together.
        request.headers["Accept-Encoding"] = "identity"
        retry = calls.settings.retry
        transmission = Transmission(
            request,
            label=f"{request.method} {request.url.path}",
            # A file may take long: the limit for calls holds only where the user has set it.
            policy=retry if calls.settings.has_own_retry else retry.replace(deadline=None),
            timeout=calls.settings.timeout,
            clock=calls.settings.clock,
            secrets=calls.settings.secrets,
            receiving=Receiving(part.file, wrong=OutpostError, progress=Progress(on_progress)),
        )
        response = yield from answer_to(transmission)
        if not response.is_success:
            from outpostkit._calls.answers import http_error

            raise http_error(
                exception_for_status(response.status_code),
                response,
                attempts=transmission.exchange.attempts,
                operation_id=plan.operation.id,
            )
        yield Work(part.commit)
    except BaseException:
        part.give_up(keep=False)
        raise
