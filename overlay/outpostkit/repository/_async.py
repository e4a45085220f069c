"""A repository, for ``async`` code; the twin of :mod:`outpostkit.repository._blocking`."""

from pathlib import Path
from typing import TYPE_CHECKING, Callable, Literal, Optional, Union, overload

from outpost_api.later import later
from outpostkit.client import AsyncClient
from outpostkit.repository._names import RepoType, checked_ref
from outpostkit.repository._plans import AtRef, RepositoryPlans

if TYPE_CHECKING:
    from outpost_api import models
    from outpostkit._resources import values
    from outpostkit._resources.raw import Awaited
    from outpostkit.repository import _lists
else:
    values = later("outpostkit._resources.values")
    models = later("outpost_api.models")
    _lists = later("outpostkit.repository._lists")


class AsyncRepository(RepositoryPlans):
    """A model or dataset repository; as :class:`outpostkit.Repository`, awaited."""

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncRepository"

    def __init__(self, client: AsyncClient, repo_type: RepoType, entity: str, name: str) -> None:
        """Address a repository; see :class:`outpostkit.Repository`."""
        super().__init__(repo_type, entity, name)
        self._client = client

    def at(self, ref: str) -> "AsyncRepositoryAtRef":
        """Return this repository at one reference; nothing is awaited."""
        return AsyncRepositoryAtRef(self._client, self.repo_type, self.entity, self.name, ref)

    @overload
    async def view_blob(self, path: str, ref: str = ..., raw: Literal[True] = ...) -> bytes: ...
    @overload
    async def view_blob(
        self, path: str, ref: str = ..., *, raw: Literal[False]
    ) -> "models.RepositoryBlob": ...
    @overload
    async def view_blob(
        self, path: str, ref: str = ..., raw: bool = ...
    ) -> "Union[bytes, models.RepositoryBlob]": ...
    async def view_blob(
        self, path: str, ref: str = "HEAD", raw: bool = True
    ) -> "Union[bytes, models.RepositoryBlob]":
        """Return a file as git stores it; see :meth:`outpostkit.Repository.view_blob`."""
        if raw:
            return await self._client.call(self._view_bytes_plan(path, ref))
        return await self._client.call(self._view_document_plan(path, ref))

    @overload
    async def download_blob(self, path: str, ref: str = ..., raw: Literal[True] = ...) -> bytes: ...
    @overload
    async def download_blob(
        self, path: str, ref: str = ..., *, raw: Literal[False]
    ) -> "models.RepositoryBlob": ...
    @overload
    async def download_blob(
        self, path: str, ref: str = ..., raw: bool = ...
    ) -> "Union[bytes, models.RepositoryBlob]": ...
    async def download_blob(
        self, path: str, ref: str = "HEAD", raw: bool = True
    ) -> "Union[bytes, models.RepositoryBlob]":
        """Return a file with its full content; see :meth:`outpostkit.Repository.download_blob`."""
        if raw:
            return await self._client.call(self._download_bytes_plan(path, ref))
        return await self._client.call(self._download_document_plan(path, ref))

    async def download(
        self,
        path: str,
        to: "values.FilePath",
        ref: str = "HEAD",
        on_progress: Optional[Callable[[int], None]] = None,
    ) -> Path:
        """Download a file to a path of this machine; see :meth:`outpostkit.Repository.download`.

        ``on_progress`` is a plain function, and called in another thread than the event loop's.
        """
        from outpostkit.repository._file_download import file_download
        from outpostkit.repository._transmission import run_async

        calls = self._client._calls
        http = calls.connections.open()
        plan = self._download_bytes_plan(path, ref)
        await run_async(
            file_download(calls, plan, to, on_progress),
            http.deliver,
        )
        return Path(to)

    async def view_tree(
        self,
        ref: str = "HEAD",
        path: str = "/",
        with_commit: bool = False,
        with_metadata: bool = False,
    ) -> "_lists.TreeList":
        """Return the entries directly in a folder; see :meth:`outpostkit.Repository.view_tree`."""
        from outpostkit.repository._lists import tree_of

        plan = self._tree_plan(ref, path, with_commit, with_metadata)
        found = await self._client.call(plan)
        return tree_of(found)

    async def search_tree(self, search: str, ref: str = "HEAD") -> "_lists.SearchList":
        """Return entries by a text in their path; see :meth:`outpostkit.Repository.search_tree`."""
        from outpostkit.repository._lists import found_of

        found = await self._client.call(self._search_plan(search, ref))
        return found_of(found)


class AsyncRepositoryAtRef(AtRef[AsyncRepository]):
    """A repository at one reference; as :class:`outpostkit.RepositoryAtRef`, awaited."""

    def __init__(
        self, client: AsyncClient, repo_type: RepoType, entity: str, name: str, ref: str
    ) -> None:
        """Address a repository at a reference; see :class:`outpostkit.Repository`."""
        self.repository = AsyncRepository(client, repo_type, entity, name)
        self.ref = checked_ref(ref)

    @overload
    async def view_blob(self, path: str, raw: Literal[True] = ...) -> bytes: ...
    @overload
    async def view_blob(self, path: str, raw: Literal[False]) -> "models.RepositoryBlob": ...
    @overload
    async def view_blob(
        self, path: str, raw: bool = ...
    ) -> "Union[bytes, models.RepositoryBlob]": ...
    async def view_blob(self, path: str, raw: bool = True) -> "Union[bytes, models.RepositoryBlob]":
        """Return a file as git stores it; see :meth:`outpostkit.Repository.view_blob`."""
        return await self.repository.view_blob(path, self.ref, raw)

    @overload
    async def download_blob(self, path: str, raw: Literal[True] = ...) -> bytes: ...
    @overload
    async def download_blob(self, path: str, raw: Literal[False]) -> "models.RepositoryBlob": ...
    @overload
    async def download_blob(
        self, path: str, raw: bool = ...
    ) -> "Union[bytes, models.RepositoryBlob]": ...
    async def download_blob(
        self, path: str, raw: bool = True
    ) -> "Union[bytes, models.RepositoryBlob]":
        """Return a file with its full content; see :meth:`outpostkit.Repository.download_blob`."""
        return await self.repository.download_blob(path, self.ref, raw)

    async def download(
        self,
        path: str,
        to: "values.FilePath",
        on_progress: Optional[Callable[[int], None]] = None,
    ) -> Path:
        """Download a file to a path of this machine; see :meth:`outpostkit.Repository.download`."""
        return await self.repository.download(path, to, self.ref, on_progress)

    async def view_tree(
        self, path: str = "/", with_commit: bool = False, with_metadata: bool = False
    ) -> "_lists.TreeList":
        """Return the entries directly in a folder; see :meth:`outpostkit.Repository.view_tree`."""
        return await self.repository.view_tree(self.ref, path, with_commit, with_metadata)

    async def search_tree(self, search: str) -> "_lists.SearchList":
        """Return entries by a text in their path; see :meth:`outpostkit.Repository.search_tree`."""
        return await self.repository.search_tree(search, self.ref)


if TYPE_CHECKING:

    class RawAsyncRepository:
        search_tree = Awaited(AsyncRepository.search_tree)
        view_blob = Awaited(AsyncRepository.view_blob)
        view_tree = Awaited(AsyncRepository.view_tree)
