"""The two ways to transfer an object, for those who have asked for a batch themselves.

:class:`outpostkit.repository.lfs.client.LfsClient` does both steps. Addresses and headers come from
the ``actions`` of the batch; the API token is never sent to them.
"""

from typing import BinaryIO, Callable, Dict, Mapping, Optional, Union

from outpostkit._resources.values import FilePath
from outpostkit.repository._source import Progress, Source
from outpostkit.repository._transmission import Steps, Work
from outpostkit.repository.lfs import types
from outpostkit.repository.lfs._actions import Patience
from outpostkit.repository.lfs._carrier import AsyncCarrier, Carrier
from outpostkit.repository.lfs._download import Download
from outpostkit.repository.lfs._upload import Upload, digest_header
from outpostkit.repository.lfs.logger import create_lfs_logger as create_lfs_logger

__all__ = [
    "AsyncBasicTransferAdapter",
    "AsyncMultipartTransferAdapter",
    "BasicTransferAdapter",
    "MultipartTransferAdapter",
    "calculate_digest_header",
]

PathOrFile = Union[FilePath, BinaryIO]
OnProgress = Optional[Callable[[int], None]]
UploadSpec = Union[types.UploadObjectAttributes, types.MultipartUploadObjectAttributes]


def calculate_digest_header(data: bytes, want_digest: str) -> Dict[str, str]:
    """Return the header with the digest of ``data`` that a server wants.

    Raises:
        LfsError: ``want_digest`` is not ``contentMD5``.
    """
    import io

    source = Source(io.BytesIO(data))
    source.open()
    return digest_header(source.slice(0, len(data)), want_digest)


def upload_steps(upload: Upload, transfer: str) -> "Steps[None]":
    """Return the steps of an upload by the name of its way to transfer."""
    return upload.in_parts() if transfer == "multipart-basic" else upload.in_one_piece()


def _standalone_upload(
    file_obj: PathOrFile,
    spec: Mapping[str, object],
    on_progress: OnProgress,
    patience: Patience,
    transfer: str,
) -> "Steps[None]":
    source = Source(file_obj)
    try:
        yield Work(source.open, only_reads=True)
        yield from upload_steps(Upload(spec, source, Progress(on_progress), patience), transfer)
    finally:
        source.close()


class BasicTransferAdapter:
    """One object in one request."""

    TRANSFER = "basic"

    def __init__(self, carrier: Optional[Carrier] = None) -> None:
        """Use the connections of ``carrier``; without, every call makes its own."""
        self._carrier = carrier

    def upload(
        self, file_obj: PathOrFile, upload_spec: UploadSpec, on_progress: OnProgress = None
    ) -> None:
        """Upload an object; without actions it is there already, and nothing is sent.

        Args:
            file_obj: a path, or a file opened in binary mode, which is sent from where it stands.
            upload_spec: the object as the batch describes it.
            on_progress: is called with the bytes that were sent since the last call; all calls
                together give the size.

        Raises:
            LfsError: a server refused, or its actions cannot be used.
            OutpostConnectionError: a server gave no answer.
        """
        if self._carrier is None:
            with Carrier() as carrier:
                return type(self)(carrier).upload(file_obj, upload_spec, on_progress)
        patience = self._carrier.patience
        steps = _standalone_upload(file_obj, upload_spec, on_progress, patience, self.TRANSFER)
        return self._carrier.run(steps)

    def download(
        self,
        file_obj: PathOrFile,
        download_spec: types.DownloadObjectAttributes,
        on_progress: OnProgress = None,
    ) -> None:
        """Download an object and check its size and its SHA-256.

        Args:
            file_obj: a path, whose file appears when it is whole and right; or a file opened in
                binary mode, which is filled from where it stands. After a failure such a file is
                cut back to there, if it can be.
            download_spec: the object as the batch describes it.
            on_progress: is called with the bytes that came since the last call.

        Raises:
            LfsError: the server refused, or sent something else.
            OutpostConnectionError: no answer came, or it broke off too often.
        """
        if self._carrier is None:
            with Carrier() as carrier:
                return type(self)(carrier).download(file_obj, download_spec, on_progress)
        download = Download(download_spec, Progress(on_progress), self._carrier.patience)
        return self._carrier.run(download.to(file_obj))


class MultipartTransferAdapter(BasicTransferAdapter):
    """One object in parts. A failed part is repeated; after a failure the server is told."""

    TRANSFER = "multipart-basic"


class AsyncBasicTransferAdapter:
    """One object in one request, from ``async`` code; as :class:`BasicTransferAdapter`."""

    TRANSFER = "basic"

    def __init__(self, carrier: Optional[AsyncCarrier] = None) -> None:
        """Use the connections of ``carrier``; without, every call makes its own."""
        self._carrier = carrier

    async def upload(
        self, file_obj: PathOrFile, upload_spec: UploadSpec, on_progress: OnProgress = None
    ) -> None:
        """Upload an object; see :meth:`BasicTransferAdapter.upload`.

        ``on_progress`` is a plain function here too, and called in another thread.
        """
        if self._carrier is None:
            async with AsyncCarrier() as carrier:
                return await type(self)(carrier).upload(file_obj, upload_spec, on_progress)
        patience = self._carrier.patience
        steps = _standalone_upload(file_obj, upload_spec, on_progress, patience, self.TRANSFER)
        return await self._carrier.run(steps)

    async def download(
        self,
        file_obj: PathOrFile,
        download_spec: types.DownloadObjectAttributes,
        on_progress: OnProgress = None,
    ) -> None:
        """Download an object and check it; see :meth:`BasicTransferAdapter.download`."""
        if self._carrier is None:
            async with AsyncCarrier() as carrier:
                return await type(self)(carrier).download(file_obj, download_spec, on_progress)
        download = Download(download_spec, Progress(on_progress), self._carrier.patience)
        return await self._carrier.run(download.to(file_obj))


class AsyncMultipartTransferAdapter(AsyncBasicTransferAdapter):
    """One object in parts, from ``async`` code; as :class:`MultipartTransferAdapter`."""

    TRANSFER = "multipart-basic"
