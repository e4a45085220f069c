"""All deployments of an endpoint, page after page; decides and performs nothing."""

from typing import TYPE_CHECKING, List, Optional, Set

if TYPE_CHECKING:
    from outpost_api.models import EndpointDeployment, ListEndpointDeploymentsResponse

PAGE_SIZE = 100


class Pages:
    """Where the reading is.

    The end is where nothing follows, not where a page is short: how much a page holds is the
    server's choice.

    Attributes:
        cursor_id: the page after this deployment comes next; None is the first page.
        is_over: there is no next page.
    """

    def __init__(self) -> None:
        self.cursor_id: Optional[str] = None
        self.is_over = False
        self._known: Set[str] = set()

    def new(self, listed: "ListEndpointDeploymentsResponse") -> "List[EndpointDeployment]":
        """Return the deployments of a page that no page before it had.

        So a server which ignores the cursor does not make this endless.
        """
        new = [each for each in listed.deployments if each.id not in self._known]
        self._known.update(each.id for each in new)
        if not new or len(self._known) >= listed.total:
            self.is_over = True
        else:
            self.cursor_id = listed.deployments[-1].id
        return new
