"""How many replicas an endpoint should have. A rule without a clock, a process or a socket."""

from __future__ import annotations

from outpost_server.keeping.store.records import Scaling


def desired_replicas(peak_pending: int, scaling: Scaling) -> int:
    """Return how many replicas serve ``peak_pending`` requests.

    Args:
        peak_pending: the most requests pending at once during the last ``scaling.scaledown_period``
            seconds, the present included.

    One replica for every ``target_pending_requests`` of them, rounded up, never fewer than
    ``min`` nor more than ``max``. As the present counts, an endpoint grows at once and wakes from
    zero with its first request. As the past counts for one period, it gives a replica back when
    it has not been needed for that long, and is back at ``min`` one period after its last
    request.
    """
    needed = -(-peak_pending // scaling.target_pending_requests)
    return max(scaling.min, min(needed, scaling.max))
