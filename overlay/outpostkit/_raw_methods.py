"""What ``with_raw_response`` has, resource by resource, for type checkers.

When a program runs, :class:`outpostkit._calls.raw.RawMethods` finds the methods by name; here their
types are derived from those of the methods themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from typing import Any, Callable, Coroutine, Generic, TypeVar

    from typing_extensions import Concatenate, ParamSpec

    from outpost_api.models import Error
    from outpost_api.response import Response
    from outpostkit._endpoint.async_endpoint import AsyncEndpoint
    from outpostkit._endpoint.endpoint import Endpoint
    from outpostkit._finetuning.async_finetuning import (
        AsyncFinetuningJob,
        AsyncFinetunings,
        AsyncFinetuningService,
    )
    from outpostkit.endpoints import AsyncEndpoints, Endpoints
    from outpostkit.finetuning import FinetuningJob, Finetunings, FinetuningService
    from outpostkit.repository import AsyncRepository, Repository
    from outpostkit.team import AsyncTeam, Team
    from outpostkit.user import AsyncUser, User

    P = ParamSpec("P")
    T = TypeVar("T")

    class _Answer(Generic[P, T]):
        """A method whose answer is given as a whole."""

        def __init__(self, method: Callable[Concatenate[Any, P], T]) -> None: ...
        def __get__(self, raw: object, owner: object) -> Callable[P, Response[T, Error]]: ...

    class _Awaited(Generic[P, T]):
        """The same of a method that is awaited."""

        def __init__(
            self, method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]
        ) -> None: ...
        def __get__(
            self, raw: object, owner: object
        ) -> Callable[P, Coroutine[Any, Any, Response[T, Error]]]: ...

    class RawEndpoint:
        delete = _Answer(Endpoint.delete)
        deploy = _Answer(Endpoint.deploy)
        get = _Answer(Endpoint.get)
        get_custom_template = _Answer(Endpoint.get_custom_template)
        get_logs = _Answer(Endpoint.get_logs)
        list_deployments = _Answer(Endpoint.list_deployments)
        replica_status = _Answer(Endpoint.replica_status)
        status = _Answer(Endpoint.status)
        update = _Answer(Endpoint.update)
        update_name = _Answer(Endpoint.update_name)

    class RawEndpoints:
        create = _Answer(Endpoints.create)
        list = _Answer(Endpoints.list)

    class RawUser:
        delete = _Answer(User.delete)
        delete_avatar = _Answer(User.delete_avatar)
        follow = _Answer(User.follow)
        get = _Answer(User.get)
        is_following = _Answer(User.is_following)
        list_followers = _Answer(User.list_followers)
        list_following = _Answer(User.list_following)
        list_third_party_tokens = _Answer(User.list_third_party_tokens)
        teams = _Answer(User.teams)
        unfollow = _Answer(User.unfollow)
        update_socials = _Answer(User.update_socials)
        upload_avatar = _Answer(User.upload_avatar)

    class RawTeam:
        delete = _Answer(Team.delete)
        delete_avatar = _Answer(Team.delete_avatar)
        get = _Answer(Team.get)
        list_followers = _Answer(Team.list_followers)
        list_following = _Answer(Team.list_following)
        members = _Answer(Team.members)
        update_socials = _Answer(Team.update_socials)
        upload_avatar = _Answer(Team.upload_avatar)

    class RawFinetunings:
        create = _Answer(Finetunings.create)
        list = _Answer(Finetunings.list)

    class RawFinetuningService:
        create_job = _Answer(FinetuningService.create_job)
        info = _Answer(FinetuningService.info)
        list_jobs = _Answer(FinetuningService.list_jobs)

    class RawFinetuningJob:
        configs = _Answer(FinetuningJob.configs)
        delete = _Answer(FinetuningJob.delete)
        enqueue = _Answer(FinetuningJob.enqueue)
        get_logs = _Answer(FinetuningJob.get_logs)
        info = _Answer(FinetuningJob.info)
        trainer_logs = _Answer(FinetuningJob.trainer_logs)

    class RawRepository:
        search_tree = _Answer(Repository.search_tree)
        view_blob = _Answer(Repository.view_blob)
        view_tree = _Answer(Repository.view_tree)

    class RawAsyncEndpoint:
        delete = _Awaited(AsyncEndpoint.delete)
        deploy = _Awaited(AsyncEndpoint.deploy)
        get = _Awaited(AsyncEndpoint.get)
        get_custom_template = _Awaited(AsyncEndpoint.get_custom_template)
        get_logs = _Awaited(AsyncEndpoint.get_logs)
        list_deployments = _Awaited(AsyncEndpoint.list_deployments)
        replica_status = _Awaited(AsyncEndpoint.replica_status)
        status = _Awaited(AsyncEndpoint.status)
        update = _Awaited(AsyncEndpoint.update)
        update_name = _Awaited(AsyncEndpoint.update_name)

    class RawAsyncEndpoints:
        create = _Awaited(AsyncEndpoints.create)
        list = _Awaited(AsyncEndpoints.list)

    class RawAsyncUser:
        delete = _Awaited(AsyncUser.delete)
        delete_avatar = _Awaited(AsyncUser.delete_avatar)
        follow = _Awaited(AsyncUser.follow)
        get = _Awaited(AsyncUser.get)
        is_following = _Awaited(AsyncUser.is_following)
        list_followers = _Awaited(AsyncUser.list_followers)
        list_following = _Awaited(AsyncUser.list_following)
        list_third_party_tokens = _Awaited(AsyncUser.list_third_party_tokens)
        teams = _Awaited(AsyncUser.teams)
        unfollow = _Awaited(AsyncUser.unfollow)
        update_socials = _Awaited(AsyncUser.update_socials)
        upload_avatar = _Awaited(AsyncUser.upload_avatar)

    class RawAsyncTeam:
        delete = _Awaited(AsyncTeam.delete)
        delete_avatar = _Awaited(AsyncTeam.delete_avatar)
        get = _Awaited(AsyncTeam.get)
        list_followers = _Awaited(AsyncTeam.list_followers)
        list_following = _Awaited(AsyncTeam.list_following)
        members = _Awaited(AsyncTeam.members)
        update_socials = _Awaited(AsyncTeam.update_socials)
        upload_avatar = _Awaited(AsyncTeam.upload_avatar)

    class RawAsyncFinetunings:
        create = _Awaited(AsyncFinetunings.create)
        list = _Awaited(AsyncFinetunings.list)

    class RawAsyncFinetuningService:
        create_job = _Awaited(AsyncFinetuningService.create_job)
        info = _Awaited(AsyncFinetuningService.info)
        list_jobs = _Awaited(AsyncFinetuningService.list_jobs)

    class RawAsyncFinetuningJob:
        configs = _Awaited(AsyncFinetuningJob.configs)
        delete = _Awaited(AsyncFinetuningJob.delete)
        enqueue = _Awaited(AsyncFinetuningJob.enqueue)
        get_logs = _Awaited(AsyncFinetuningJob.get_logs)
        info = _Awaited(AsyncFinetuningJob.info)
        trainer_logs = _Awaited(AsyncFinetuningJob.trainer_logs)

    class RawAsyncRepository:
        search_tree = _Awaited(AsyncRepository.search_tree)
        view_blob = _Awaited(AsyncRepository.view_blob)
        view_tree = _Awaited(AsyncRepository.view_tree)


class WithRawResponse:
    """The same methods, giving the whole answer: ``.with_raw_response.get().headers``."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, resource: Endpoint, owner: object) -> RawEndpoint: ...
        @overload
        def __get__(self, resource: Endpoints, owner: object) -> RawEndpoints: ...
        @overload
        def __get__(self, resource: User, owner: object) -> RawUser: ...
        @overload
        def __get__(self, resource: Team, owner: object) -> RawTeam: ...
        @overload
        def __get__(self, resource: Finetunings, owner: object) -> RawFinetunings: ...
        @overload
        def __get__(self, resource: FinetuningService, owner: object) -> RawFinetuningService: ...
        @overload
        def __get__(self, resource: FinetuningJob, owner: object) -> RawFinetuningJob: ...
        @overload
        def __get__(self, resource: Repository, owner: object) -> RawRepository: ...
        @overload
        def __get__(self, resource: AsyncEndpoint, owner: object) -> RawAsyncEndpoint: ...
        @overload
        def __get__(self, resource: AsyncEndpoints, owner: object) -> RawAsyncEndpoints: ...
        @overload
        def __get__(self, resource: AsyncUser, owner: object) -> RawAsyncUser: ...
        @overload
        def __get__(self, resource: AsyncTeam, owner: object) -> RawAsyncTeam: ...
        @overload
        def __get__(self, resource: AsyncFinetunings, owner: object) -> RawAsyncFinetunings: ...
        @overload
        def __get__(
            self, resource: AsyncFinetuningService, owner: object
        ) -> RawAsyncFinetuningService: ...
        @overload
        def __get__(self, resource: AsyncFinetuningJob, owner: object) -> RawAsyncFinetuningJob: ...
        @overload
        def __get__(self, resource: AsyncRepository, owner: object) -> RawAsyncRepository: ...
        def __get__(self, resource: object, owner: object) -> object: ...

    else:

        def __get__(self, resource, owner):
            from outpostkit._calls.raw import RawMethods

            return self if resource is None else RawMethods(resource)
