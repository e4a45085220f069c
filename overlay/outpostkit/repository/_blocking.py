"""A repository, for code that blocks.

What is asked is built by :mod:`outpostkit.repository._plans`; the twin for ``async`` code is
:mod:`outpostkit.repository._async`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Callable, Literal, Optional, Union, overload

from outpost_api.later import later
from outpostkit.client import Client
from outpostkit.repository._names import RepoType, checked_ref
from outpostkit.repository._plans import AtRef, RepositoryPlans

if TYPE_CHECKING:
    from outpost_api import models
    from outpostkit._resources import values
    from outpostkit._resources.raw import Answer
    from outpostkit.repository import _lists
else:
    values = later("outpostkit._resources.values")
    models = later("outpost_api.models")
    _lists = later("outpostkit.repository._lists")


class Repository(RepositoryPlans):
    """A model or dataset repository. Making this object sends nothing.

    ``ref`` is a branch, a tag, a commit hash, or ``HEAD`` for the newest commit of the default
    branch. A path begins at the root of the repository, with or without a slash before it.
    """

    if TYPE_CHECKING:
        with_raw_response: "RawRepository"

    def __init__(self, client: Client, repo_type: RepoType, entity: str, name: str) -> None:
        """Address a repository.

        Args:
            client: its token, connections and settings are used.
            repo_type: ``model`` or ``dataset``.
            entity: the user or team that owns it.
            name: its name.

        Raises:
            ConfigurationError: one of them is not what it should be.
        """
        super().__init__(repo_type, entity, name)
        self._client = client

    def at(self, ref: str) -> "RepositoryAtRef":
        """Return this repository at one reference."""
        return RepositoryAtRef(self._client, self.repo_type, self.entity, self.name, ref)

    @overload
    def view_blob(self, path: str, ref: str = ..., raw: Literal[True] = ...) -> bytes: ...
    @overload
    def view_blob(
        self, path: str, ref: str = ..., *, raw: Literal[False]
    ) -> "models.RepositoryBlob": ...
    @overload
    def view_blob(
        self, path: str, ref: str = ..., raw: bool = ...
    ) -> "Union[bytes, models.RepositoryBlob]": ...
    def view_blob(
        self, path: str, ref: str = "HEAD", raw: bool = True
    ) -> "Union[bytes, models.RepositoryBlob]":
        """Return a file as git stores it: of a file that Git LFS keeps, the small pointer text.

        Args:
            path: the file.
            ref: where to read it.
            raw: return its bytes; with False, a document with hash, size and (up to 5 MiB) content.

        Raises:
            NotFoundError: there is no such repository, reference or file.

        Source: operation ``viewBlob``.
        """
        if raw:
            return self._client.call(self._view_bytes_plan(path, ref))
        return self._client.call(self._view_document_plan(path, ref))

    @overload
    def download_blob(self, path: str, ref: str = ..., raw: Literal[True] = ...) -> bytes: ...
    @overload
    def download_blob(
        self, path: str, ref: str = ..., *, raw: Literal[False]
    ) -> "models.RepositoryBlob": ...
    @overload
    def download_blob(
        self, path: str, ref: str = ..., raw: bool = ...
    ) -> "Union[bytes, models.RepositoryBlob]": ...
    def download_blob(
        self, path: str, ref: str = "HEAD", raw: bool = True
    ) -> "Union[bytes, models.RepositoryBlob]":
        """Return a file with its full content, also when Git LFS keeps it, from memory.

        For a file that may be large, :meth:`download` is the better way.

        Args:
            path: the file.
            ref: where to read it.
            raw: return its bytes; with False, the document of :meth:`view_blob` about the full
                file.

        Raises:
            NotFoundError: there is no such repository, reference or file.
            ResponseTooLargeError: the file is larger than the client reads whole, 1 GiB by default.

        Source: operation ``downloadBlob``.
        """
        if raw:
            return self._client.call(self._download_bytes_plan(path, ref))
        return self._client.call(self._download_document_plan(path, ref))

    def download(
        self,
        path: str,
        to: "values.FilePath",
        ref: str = "HEAD",
        on_progress: Optional[Callable[[int], None]] = None,
    ) -> Path:
        """Download a file with its full content to a path of this machine, and return that path.

        The content is streamed, however large it is, to a file beside ``to`` that takes its name
        when it is whole; a failure leaves ``to`` as it was. A connection that breaks is taken up
        where it broke when the server names the content by a strong ``ETag``, else from the
        beginning. So is, by the next call with the same ``path``, ``ref`` and ``to``, a download
        that was given up or interrupted, or whose program was killed: what has come is kept beside
        ``to``, under a name that begins with a dot, and checked before it is used. The log says
        so. A success removes what is left of other versions. Two downloads of the same file at
        once do not meet. On Windows nothing is kept.

        Args:
            path: the file in the repository.
            to: the file to write; its folder must exist.
            ref: where to read it.
            on_progress: is called with the bytes that came since the last call; those of an
                earlier download count as soon as the server goes on with them.

        Raises:
            ConfigurationError: ``to`` is a folder, or its folder does not exist.
            NotFoundError: there is no such repository, reference or file.
            OutpostConnectionError: no answer came, or it broke off too often.
            OSError: the disk is full, or the file cannot be written; what has come is kept.

        Source: operation ``downloadBlob``.
        """
        from outpostkit.repository._file_download import file_download
        from outpostkit.repository._transmission import run

        calls = self._client._calls
        http = calls.connections.open()
        plan = self._download_bytes_plan(path, ref)
        run(
            file_download(calls, plan, to, on_progress),
            http.deliver,
        )
        return Path(to)

    def view_tree(
        self,
        ref: str = "HEAD",
        path: str = "/",
        with_commit: bool = False,
        with_metadata: bool = False,
    ) -> "_lists.TreeList":
        """Return the entries directly in a folder: folders first, then files, each by name.

        Args:
            ref: where to read it.
            path: the folder; the root by default.
            with_commit: also return the last commit that changed each entry.
            with_metadata: also return media type and Git LFS details of each file.

        Raises:
            NotFoundError: there is no such repository, reference or folder.

        Source: operation ``viewTree``.
        """
        from outpostkit.repository._lists import tree_of

        plan = self._tree_plan(ref, path, with_commit, with_metadata)
        return tree_of(self._client.call(plan))

    def search_tree(self, search: str, ref: str = "HEAD") -> "_lists.SearchList":
        """Return files and folders whose path contains a text, in any letter case, by path.

        At most 1000 come back; ``total`` counts all.

        Args:
            search: 1 to 256 characters; ``*`` and ``?`` have no special meaning.
            ref: where to look.

        Source: operation ``searchTree``.
        """
        from outpostkit.repository._lists import found_of

        return found_of(self._client.call(self._search_plan(search, ref)))


class RepositoryAtRef(AtRef[Repository]):
    """A repository at one reference: a branch, a tag, a commit hash, or ``HEAD``.

    Attributes:
        repository: the repository at any reference.
        ref: the reference.
    """

    def __init__(
        self, client: Client, repo_type: RepoType, entity: str, name: str, ref: str
    ) -> None:
        """Address a repository at a reference; see :class:`Repository`."""
        self.repository = Repository(client, repo_type, entity, name)
        self.ref = checked_ref(ref)

    @overload
    def view_blob(self, path: str, raw: Literal[True] = ...) -> bytes: ...
    @overload
    def view_blob(self, path: str, raw: Literal[False]) -> "models.RepositoryBlob": ...
    @overload
    def view_blob(self, path: str, raw: bool = ...) -> "Union[bytes, models.RepositoryBlob]": ...
    def view_blob(self, path: str, raw: bool = True) -> "Union[bytes, models.RepositoryBlob]":
        """Return a file as git stores it; see :meth:`Repository.view_blob`."""
        return self.repository.view_blob(path, self.ref, raw)

    @overload
    def download_blob(self, path: str, raw: Literal[True] = ...) -> bytes: ...
    @overload
    def download_blob(self, path: str, raw: Literal[False]) -> "models.RepositoryBlob": ...
    @overload
    def download_blob(
        self, path: str, raw: bool = ...
    ) -> "Union[bytes, models.RepositoryBlob]": ...
    def download_blob(self, path: str, raw: bool = True) -> "Union[bytes, models.RepositoryBlob]":
        """Return a file with its full content; see :meth:`Repository.download_blob`."""
        return self.repository.download_blob(path, self.ref, raw)

    def download(
        self,
        path: str,
        to: "values.FilePath",
        on_progress: Optional[Callable[[int], None]] = None,
    ) -> Path:
        """Download a file to a path of this machine; see :meth:`Repository.download`."""
        return self.repository.download(path, to, self.ref, on_progress)

    def view_tree(
        self, path: str = "/", with_commit: bool = False, with_metadata: bool = False
    ) -> "_lists.TreeList":
        """Return the entries directly in a folder; see :meth:`Repository.view_tree`."""
        return self.repository.view_tree(self.ref, path, with_commit, with_metadata)

    def search_tree(self, search: str) -> "_lists.SearchList":
        """Return entries whose path contains a text; see :meth:`Repository.search_tree`."""
        return self.repository.search_tree(search, self.ref)


if TYPE_CHECKING:

    class RawRepository:
        search_tree = Answer(Repository.search_tree)
        view_blob = Answer(Repository.view_blob)
        view_tree = Answer(Repository.view_tree)
