"""The repositories of one user or team, for both kinds of code."""

from typing import TYPE_CHECKING, Optional

from outpost_api.later import later
from outpostkit._resources.owned import AsyncOwned, Owned
from outpostkit.client import AsyncClient, Client
from outpostkit.repository._names import RepoType

if TYPE_CHECKING:
    from outpostkit._resources.raw import Answer, Awaited
    from outpostkit.repository import _async, _blocking
else:
    _async = later("outpostkit.repository._async")
    _blocking = later("outpostkit.repository._blocking")


class Repositories(Owned):
    """The repositories of one user or team; ``client.repositories()`` makes one.

    The API has no list of them.
    """

    if TYPE_CHECKING:
        with_raw_response: "RawRepositories"

    def __init__(self, client: Client, entity: Optional[str] = None) -> None:
        """Address the repositories of ``entity``, a user or a team; see :meth:`Client.endpoints`.

        Raises:
            ConfigurationError: ``entity`` is not a name.
        """
        super().__init__(client, entity)

    def get(self, name: str, repo_type: RepoType = "model") -> "_blocking.Repository":
        """Return a repository that there is; ``Repository(...)`` addresses one without asking.

        Args:
            name: its name.
            repo_type: ``model`` or ``dataset``.

        Raises:
            NotFoundError: there is no such repository, it is empty, or the token may not see it.
            ConfigurationError: an argument is not what it should be; nothing was sent.

        Source: operation ``viewTree``.
        """
        from outpostkit.repository._blocking import Repository

        repository = Repository(self._client, repo_type, self.entity, name)
        repository.view_tree()
        return repository


class AsyncRepositories(AsyncOwned):
    """The repositories of one user or team, for ``async`` code; as :class:`Repositories`."""

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncRepositories"

    def __init__(self, client: AsyncClient, entity: Optional[str] = None) -> None:
        """Address the repositories of ``entity``; see :class:`Repositories`."""
        super().__init__(client, entity)

    async def get(self, name: str, repo_type: RepoType = "model") -> "_async.AsyncRepository":
        """Return a repository that there is; see :meth:`Repositories.get`."""
        from outpostkit.repository._async import AsyncRepository

        await self._know_entity()
        repository = AsyncRepository(self._client, repo_type, self.entity, name)
        await repository.view_tree()
        return repository


if TYPE_CHECKING:

    class RawRepositories:
        get = Answer(Repositories.get)

    class RawAsyncRepositories:
        get = Awaited(AsyncRepositories.get)
