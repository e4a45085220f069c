"""A Git LFS server and the steps of transfers with it. Performs nothing."""

from typing import ClassVar, Dict, List, Mapping, Optional, Sequence
from urllib.parse import urlsplit

from outpostkit.exceptions import ConfigurationError
from outpostkit.profiles._values import resolve_token
from outpostkit.repository._source import Progress, Source
from outpostkit.repository._transmission import Steps, Work
from outpostkit.repository.lfs import types
from outpostkit.repository.lfs._actions import LFS_MIME_TYPE, Patience
from outpostkit.repository.lfs._batch import batch_steps, object_of, transfer_of
from outpostkit.repository.lfs._download import Download
from outpostkit.repository.lfs._upload import Upload
from outpostkit.repository.lfs.transfer import OnProgress, PathOrFile, upload_steps

#: Ways to transfer, best first.
PRIORITY = ["multipart-basic", "basic"]


class LfsPlans:
    """A Git LFS server and the steps of transfers with it. Performs nothing."""

    LFS_MIME_TYPE: ClassVar[str] = LFS_MIME_TYPE
    TRANSFER_ADAPTER_PRIORITY: ClassVar[List[str]] = PRIORITY

    def __init__(
        self,
        lfs_server_url: str,
        auth_token: Optional[str],
        transfer_adapters: Sequence[str],
        patience: Patience,
    ) -> None:
        self._url = _checked_url(lfs_server_url)
        self._token = resolve_token(auth_token) if auth_token and auth_token.strip() else None
        self._transfers = _checked_transfers(transfer_adapters)
        self._patience = patience

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._url!r})"

    def _batch(
        self,
        prefix: str,
        operation: str,
        objects: Sequence[Mapping[str, object]],
        ref: Optional[str] = None,
        transfers: Optional[Sequence[str]] = None,
    ) -> "Steps[types.BatchResponse]":
        return batch_steps(
            self._url,
            self._token,
            self._patience,
            prefix=prefix,
            operation=operation,
            objects=objects,
            ref=ref,
            transfers=self._transfers if transfers is None else transfers,
        )

    def _upload(
        self,
        file_obj: PathOrFile,
        organization: str,
        repo_type: str,
        repo: str,
        on_progress: OnProgress = None,
        **extras: object,
    ) -> "Steps[types.ObjectAttributes]":
        source = Source(file_obj)
        try:
            yield Work(source.open, only_reads=True)
            yield Work(source.measure, only_reads=True)
            wanted = _wanted(source.sha256, source.size, extras)
            reply = yield from self._batch(f"{organization}/{repo_type}/{repo}", "upload", [wanted])
            transfer = transfer_of(reply, self._transfers)
            spec = object_of(reply, source.sha256, source.size)
            upload = Upload(spec, source, Progress(on_progress), self._patience)
            yield from upload_steps(upload, transfer)
            return {"oid": source.sha256, "size": source.size}
        finally:
            source.close()

    def _download(
        self,
        file_obj: PathOrFile,
        object_sha256: str,
        object_size: int,
        organization: str,
        repo_type: str,
        repo: str,
        on_progress: OnProgress = None,
        **extras: object,
    ) -> "Steps[None]":
        wanted = _wanted(object_sha256, object_size, extras)
        reply = yield from self._batch(f"{organization}/{repo_type}/{repo}", "download", [wanted])
        transfer_of(reply, self._transfers)
        spec = object_of(reply, object_sha256, object_size)
        yield from Download(spec, Progress(on_progress), self._patience).to(file_obj)


def _wanted(oid: str, size: int, extras: Mapping[str, object]) -> Dict[str, object]:
    return {"oid": oid, "size": size, **{f"x-{name}": value for name, value in extras.items()}}


def _checked_url(url: object) -> str:
    parts = urlsplit(url.strip()) if isinstance(url, str) else urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            "lfs_server_url is not an http or https address; it must look like "
            "https://lfs.outpost.run"
        )
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError(
            "lfs_server_url holds a user name, a password or a query; pass the token as auth_token="
        )
    return parts.geturl().rstrip("/")


def _checked_transfers(names: Sequence[str]) -> List[str]:
    if isinstance(names, str) or not names or any(name not in PRIORITY for name in names):
        raise ConfigurationError(
            f"transfer_adapters must be a list of some of {PRIORITY}, best first, not {names!r}"
        )
    return list(names)
