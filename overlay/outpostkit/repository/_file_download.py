"""The steps of downloading a file of a repository to a path."""

import hashlib
from typing import TYPE_CHECKING, Callable, Optional, Union

from outpostkit.exceptions import OutpostError, exception_for_status
from outpostkit.repository._part_file import PartFile
from outpostkit.repository._proof import Proof
from outpostkit.repository._receiving import Receiving
from outpostkit.repository._source import Progress
from outpostkit.repository._to_path import to_path
from outpostkit.repository._transmission import Steps, Transmission, answer_to

if TYPE_CHECKING:
    import os

    import httpx

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
        OSError: the disk is full, or the file cannot be written.
    """
    request = calls.exchange_for_plan(plan).request
    # Pieces of a compressed answer could not be put together.
    request.headers["Accept-Encoding"] = "identity"
    label = f"{request.method} {request.url.path}"

    def receiving_of(part: PartFile) -> Receiving:
        return Receiving(
            part.file,
            label=f"{label} to {part.target}",
            wrong=OutpostError,
            progress=Progress(on_progress),
            proof=None if part.proof is None else Proof(part.proof),
        )

    def content(receiving: Receiving) -> "Steps[None]":
        retry = calls.settings.retry
        transmission = Transmission(
            request,
            label=label,
            # A file may take long: the limit for calls holds only where the user has set it.
            policy=retry if calls.settings.has_own_retry else retry.replace(deadline=None),
            timeout=calls.settings.timeout,
            clock=calls.settings.clock,
            secrets=calls.settings.secrets,
            receiving=receiving,
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

    part = PartFile(target, tag=_tag_of(request.url), has_proof=True)
    yield from to_path(part, receiving_of, content)


def _tag_of(url: "httpx.URL") -> str:
    """Return what tells downloads of one file from those of others; it names no address."""
    plain = url.copy_with(query=None, fragment=None, username=None, password=None)
    return hashlib.sha256(str(plain).encode("utf-8")).hexdigest()
