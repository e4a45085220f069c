"""Large files of a repository: ask the Git LFS server how, transfer, and check.

:class:`LfsClient` blocks, :class:`AsyncLfsClient` is for ``async`` code.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Dict, Optional, Sequence, Type

from outpost_api.later import later
from outpostkit._calls.connections import AsyncClosing, Closing
from outpostkit._calls.signatures import takes
from outpostkit._published.names import old_names
from outpostkit.repository.lfs import exc as exc, transfer as transfer, types
from outpostkit.repository.lfs._carrier import AsyncCarrier, Carrier
from outpostkit.repository.lfs._plans import PRIORITY, LfsPlans
from outpostkit.repository.lfs.logger import create_lfs_logger as create_lfs_logger
from outpostkit.repository.lfs.transfer import (
    AsyncBasicTransferAdapter,
    AsyncMultipartTransferAdapter,
    BasicTransferAdapter,
    MultipartTransferAdapter,
    OnProgress,
    PathOrFile,
)
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    from outpostkit._calls.settings import options, timeouts

else:
    options = later("outpostkit._calls.settings.options")
    timeouts = later("outpostkit._calls.settings.timeouts")

    __getattr__ = old_names(__name__)

__all__ = ["AsyncLfsClient", "LfsClient"]


class LfsClient(LfsPlans, Closing):
    """Uploads and downloads large files. Close it, or use it in a ``with`` statement."""

    #: What does each way to transfer by itself, with the actions of a batch.
    TRANSFER_ADAPTERS: ClassVar[Dict[str, Type[BasicTransferAdapter]]] = {
        "basic": BasicTransferAdapter,
        "multipart-basic": MultipartTransferAdapter,
    }

    def __init__(
        self,
        lfs_server_url: str,
        auth_token: Optional[str] = None,
        transfer_adapters: Sequence[str] = PRIORITY,
        *,
        timeout: "timeouts.Timeout" = None,
        retry: Optional[RetryPolicy] = None,
        **http_options: "options.Unpack[options.SyncHttpOptions]",
    ) -> None:
        """Address a Git LFS server. Nothing is sent yet.

        Args:
            lfs_server_url: its address.
            auth_token: sent to this server alone, never to the storage that it names.
            transfer_adapters: ways to transfer that may be used, best first.
            timeout: seconds for each phase of a request, or an ``httpx.Timeout``; by default 10 to
                connect and 60 between two pieces of a body.
            retry: which failures are tried again; by default without a limit for a whole transfer.
            http_options: ``verify``, ``cert``, ``proxy``, ``limits``, ``transport`` and so on of
                ``httpx.Client``.

        Raises:
            ConfigurationError: an argument cannot be used.
        """
        self._carrier = Carrier(timeout, retry, **http_options)
        super().__init__(lfs_server_url, auth_token, transfer_adapters, self._carrier.patience)

    @takes(LfsPlans._batch)
    def batch(self, *args: "Any", **kwargs: "Any") -> types.BatchResponse:
        """Ask how to transfer objects, and return the answer as the server wrote it.

        Args:
            prefix: ``organization/repo_type/repo``.
            operation: ``upload`` or ``download``.
            objects: their ``oid`` and ``size``, and properties that begin with ``x-``.
            ref: the git reference that they belong to, such as ``refs/heads/main``.
            transfers: ways to transfer, best first; those of the client by default.

        Raises:
            LfsError: the server refused, or answered something else.
            OutpostConnectionError: no answer came.

        Source: operation ``createLfsBatch``.
        """
        return self._carrier.run(self._batch(*args, **kwargs))

    def upload(
        self,
        file_obj: PathOrFile,
        organization: str,
        repo_type: str,
        repo: str,
        on_progress: OnProgress = None,
        **extras: object,
    ) -> types.ObjectAttributes:
        """Upload a file and return its SHA-256 and its size; what is there already is not sent.

        The file is read twice or, with parts, up to three times, and never held in memory.

        Args:
            file_obj: a path, or a file opened in binary mode, of which everything from where it
                stands is uploaded.
            organization: the user or team that owns the repository.
            repo_type: ``model`` or ``dataset``.
            repo: name of the repository.
            on_progress: is called with the bytes that were sent since the last call; what has to
                be repeated is not counted twice, so all calls together give the size.
            extras: more properties of the object; ``filename=`` is sent as ``x-filename``.

        Raises:
            LfsError: a server refused the object, one of its parts or its verification.
            OutpostConnectionError: a server gave no answer, after all retries.

        Source: operation ``createLfsBatch``.
        """
        return self._carrier.run(
            self._upload(file_obj, organization, repo_type, repo, on_progress, **extras)
        )

    def download(
        self,
        file_obj: PathOrFile,
        object_sha256: str,
        object_size: int,
        organization: str,
        repo_type: str,
        repo: str,
        on_progress: OnProgress = None,
        **extras: object,
    ) -> None:
        """Download an object; its size and its SHA-256 are checked.

        A connection that breaks is taken up where it broke. With a path, this holds for the next
        call too: what has come is kept beside it, under a name that begins with a dot.

        Args:
            file_obj: a path, whose file appears when it is whole and right; or a file opened in
                binary mode, which is filled from where it stands. After a failure such a file is
                cut back to there, if it can be.
            object_sha256: the object, in lower-case hexadecimal.
            object_size: its size in bytes.
            organization: the user or team that owns the repository.
            repo_type: ``model`` or ``dataset``.
            repo: name of the repository.
            on_progress: is called with the bytes that came since the last call.
            extras: more properties of the object; see :meth:`upload`.

        Raises:
            LfsError: there is no such object (``status_code`` 404), a server refused, or what it
                sent is something else.
            OutpostConnectionError: no answer came, or it broke off, after all retries.

        Source: operation ``createLfsBatch``.
        """
        self._carrier.run(
            self._download(
                file_obj,
                object_sha256,
                object_size,
                organization,
                repo_type,
                repo,
                on_progress,
                **extras,
            )
        )

    def close(self) -> None:
        """Close the connections; again does nothing."""
        self._carrier.close()


class AsyncLfsClient(LfsPlans, AsyncClosing):
    """Uploads and downloads large files from ``async`` code; as :class:`LfsClient`, awaited."""

    TRANSFER_ADAPTERS: ClassVar[Dict[str, Type[AsyncBasicTransferAdapter]]] = {
        "basic": AsyncBasicTransferAdapter,
        "multipart-basic": AsyncMultipartTransferAdapter,
    }

    def __init__(
        self,
        lfs_server_url: str,
        auth_token: Optional[str] = None,
        transfer_adapters: Sequence[str] = PRIORITY,
        *,
        timeout: "timeouts.Timeout" = None,
        retry: Optional[RetryPolicy] = None,
        **http_options: "options.Unpack[options.AsyncHttpOptions]",
    ) -> None:
        """Address a Git LFS server; see :class:`LfsClient`."""
        self._carrier = AsyncCarrier(timeout, retry, **http_options)
        super().__init__(lfs_server_url, auth_token, transfer_adapters, self._carrier.patience)

    @takes(LfsPlans._batch)
    async def batch(self, *args: "Any", **kwargs: "Any") -> types.BatchResponse:
        """Ask how to transfer objects; see :meth:`LfsClient.batch`."""
        return await self._carrier.run(self._batch(*args, **kwargs))

    async def upload(
        self,
        file_obj: PathOrFile,
        organization: str,
        repo_type: str,
        repo: str,
        on_progress: OnProgress = None,
        **extras: object,
    ) -> types.ObjectAttributes:
        """Upload a file and return its SHA-256 and size; see :meth:`LfsClient.upload`.

        ``on_progress`` is a plain function, and called in another thread than the event loop's.
        """
        return await self._carrier.run(
            self._upload(file_obj, organization, repo_type, repo, on_progress, **extras)
        )

    async def download(
        self,
        file_obj: PathOrFile,
        object_sha256: str,
        object_size: int,
        organization: str,
        repo_type: str,
        repo: str,
        on_progress: OnProgress = None,
        **extras: object,
    ) -> None:
        """Download an object and check it; see :meth:`LfsClient.download`."""
        await self._carrier.run(
            self._download(
                file_obj,
                object_sha256,
                object_size,
                organization,
                repo_type,
                repo,
                on_progress,
                **extras,
            )
        )

    async def aclose(self) -> None:
        """Close the connections; again does nothing."""
        await self._carrier.aclose()
