"""All deployments of an endpoint, page after page; decides and performs nothing."""

import dataclasses
from typing import TYPE_CHECKING, Generator, List, Optional, Set

if TYPE_CHECKING:
    from outpost_api.models import EndpointDeployment, ListEndpointDeploymentsResponse

PAGE_SIZE = 100


@dataclasses.dataclass(frozen=True)
class Page:
    """Hand out ``new``, then ask for the page after the deployment ``cursor_id``."""

    new: "List[EndpointDeployment]"
    cursor_id: Optional[str]


def pages() -> (
    "Generator[Page, Optional[ListEndpointDeploymentsResponse], List[EndpointDeployment]]"
):
    """Decide which page comes next, and return what the last one has that is new.

    Send the answer back for each :class:`Page`. The end is where nothing follows, not where a
    page is short: how much a page holds is the server's choice. A deployment that a page repeats
    is not handed out again, so that a server which ignores the cursor does not make this endless.
    """
    known: Set[str] = set()
    new: List[EndpointDeployment] = []
    cursor_id: Optional[str] = None
    while True:
        listed = yield Page(new, cursor_id)
        assert listed is not None, "a Page is answered with the deployments on it"
        new = [each for each in listed.deployments if each.id not in known]
        known.update(each.id for each in new)
        if not new or len(known) >= listed.total:
            return new
        cursor_id = listed.deployments[-1].id
