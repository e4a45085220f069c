"""What every object has that calls the API with a client: other settings, and whole answers."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Tuple, TypeVar

from outpost_api.later import later
from outpostkit._calls.settings import CallSettings
from outpostkit._calls.signatures import shown_as

if TYPE_CHECKING:
    from outpostkit._calls.settings import options
else:
    options = later("outpostkit._calls.settings.options")

Self = TypeVar("Self", bound="Resource")


class Resource:
    """Base of the classes whose methods call the API through ``self._client``."""

    if TYPE_CHECKING:
        with_raw_response: Any  # of a type of its own in every class
    else:

        @property
        def with_raw_response(self):
            """The same methods, giving the whole answer: ``.with_raw_response.get().headers``."""
            from outpostkit._resources.raw import RawMethods

            return RawMethods(self)

        def __init__(self, client):
            """Call the API with ``client``; the ``Namespace`` of 0.0.69, which was subclassed."""
            self._client = client

    def _names(self) -> Tuple[str, ...]:
        """Return what it is called within one list of its kind; the same for no other one."""
        return ()

    @shown_as(CallSettings.with_options)
    def with_options(self: Self, **options: options.Unpack[options.CallOptions]) -> Self:
        """Return the same object with other settings, for one call or for many.

        It shares connections with this one; the arguments are those of
        :meth:`outpostkit.Client.with_options`::

            endpoint.with_options(deadline=5, headers={"X-Team": "blue"}).get()
        """
        other: Any = copy.copy(self)
        other._client = other._client.with_options(**options)
        same: Self = other
        return same
