"""How fast a batch may go: as fast as it can, until the server says 429; then at the server's pace.

Decides and performs nothing. Whoever sends asks :meth:`Pace.pause` before, and says what became of
it. A server that limits its callers tells them little: that this request was too much, and perhaps
when to come back. From that the pace learns a rate, and lifts it again:

* After a 429 nobody sends before the server's ``Retry-After`` is over (or a back-off, without one).
* Then requests go evenly, at the rate at which the server took them in the last second before. How
  many are on their way at the same time follows from that.
* The rate is kept for some seconds, the *plateau*: each 429 costs a pause, so the limit is not
  looked for all the time. Then it is lifted, slowly at first and ever faster, so that a limit which
  is gone is forgotten within seconds. When it is still there, the plateau that follows is longer.
"""

import math
from collections import deque
from typing import Callable, Deque, Optional

from outpostkit.retry import RetryPolicy

#: Seconds before a 429 whose requests say how many a second the server takes. Most limits are by
#: the second; a longer one is kept by its Retry-After alone.
LOOKED_BACK_S = 1.0
#: How far even sending may lag behind, in seconds, and catch up: timers are not exact.
CATCH_UP_S = 0.15
#: Requests a second while the server has taken none.
PROBES_PER_S = 10.0
#: The share of a rate that is kept: of one that was measured, and of one that proved too high.
BELOW, LESS = 0.98, 0.85
#: When so many times the rate was taken, the limit is another one now.
HIGHER = 1.2
#: After t seconds without a 429 beyond the plateau, the rate is exp(LIFT * t * t) times higher:
#: 16 % after one, fourfold after three. Faster while a limit is new.
LIFT, LIFT_OF_A_NEW_LIMIT = 0.15, 0.4
#: Seconds of the shortest pause; a server that rounds down asks for none.
SHORTEST_PAUSE_S = 0.05
#: The plateau, in pauses that a 429 has cost, and in seconds: at first, and at most.
FIRST_PAUSES, MOST_PAUSES = 3.0, 12.0
FIRST_AT_LEAST_S, FIRST_AT_MOST_S, MOST_AT_LEAST_S, MOST_AT_MOST_S = 0.5, 4.0, 2.0, 12.0


class Sending:
    """One request on its way."""

    __slots__ = ("at", "is_refused")

    def __init__(self, at: float) -> None:
        self.at = at
        self.is_refused = False


class Pace:
    """The pace of one batch. Times are seconds of one clock that never goes back."""

    def __init__(self, policy: RetryPolicy, random: Callable[[], float]) -> None:
        self._policy = policy
        self._random = random
        #: What was sent in the last second that something was sent in.
        self._recent: Deque[Sending] = deque()
        #: Requests a second; None before the first 429.
        self._rate: Optional[float] = None
        #: The rate that went well for a whole plateau.
        self._proven: Optional[float] = None
        self._plateau_s = 0.0
        self._lift = LIFT
        self._next_at = 0.0
        #: When the pause is over, None where there is none.
        self._stopped_until: Optional[float] = None
        self._stopped_at = self._resumed_at = -math.inf
        self._is_to_learn = False
        #: How many pauses in a row were followed by nothing but another 429.
        self._in_vain = 0

    def pause_s(self, now: float) -> float:
        """Return the seconds until another request may be sent; 0 is now."""
        if self._stopped_until is not None:
            if now < self._stopped_until:
                return self._stopped_until - now
            self._resume(now)
        if self._rate is None:
            return 0.0
        return max(0.0, self._next_at - now)

    def sent(self, now: float) -> Sending:
        """Take note of a request that is sent now."""
        sending = Sending(now)
        recent = self._recent
        recent.append(sending)
        while recent[0].at <= now - LOOKED_BACK_S:
            recent.popleft()
        if self._rate is not None:
            gap_s = 1.0 / (self._rate * self._growth(now))
            self._next_at = max(self._next_at, now - CATCH_UP_S) + gap_s
        return sending

    def refused(self, sending: Sending, now: float, retry_after_s: Optional[float]) -> None:
        """Take note that a request was too much."""
        sending.is_refused = True
        until = now + self._asked_s(retry_after_s)
        if self._stopped_until is not None:
            self._stopped_until = max(self._stopped_until, until)
            return
        # What was sent before the last pause, and is refused only now, says nothing new.
        self._is_to_learn = sending.at > self._stopped_at
        self._stopped_at = now
        self._stopped_until = until

    def _asked_s(self, retry_after_s: Optional[float]) -> float:
        policy = self._policy
        if retry_after_s is None:
            return policy.backoff(self._in_vain + 1, self._random())
        asked_s = min(max(retry_after_s, SHORTEST_PAUSE_S), policy.retry_after_ceiling)
        if self._in_vain:
            asked_s = max(asked_s, policy.backoff(self._in_vain, self._random()))
        return asked_s

    def _resume(self, now: float) -> None:
        if self._is_to_learn:
            self._learn(now)
        self._stopped_until = None
        self._resumed_at = self._next_at = now

    def _learn(self, now: float) -> None:
        since = self._stopped_at - LOOKED_BACK_S
        taken = [each for each in self._recent if each.at > since and not each.is_refused]
        if not taken or taken[-1].at <= self._resumed_at:
            self._in_vain += 1
            self._rate = self._rate or PROBES_PER_S
            return
        self._in_vain = 0
        paused_s = now - self._stopped_at
        rate = self._next_rate(float(len(taken)))
        is_as_before = rate == self._rate
        first_s = min(max(FIRST_PAUSES * paused_s, FIRST_AT_LEAST_S), FIRST_AT_MOST_S)
        most_s = min(max(MOST_PAUSES * paused_s, MOST_AT_LEAST_S), MOST_AT_MOST_S)
        self._plateau_s = min(2 * self._plateau_s, most_s) if is_as_before else first_s
        self._rate = rate

    def _next_rate(self, measured: float) -> float:
        rate = self._rate
        if rate is None:
            return measured * BELOW
        if self._stopped_at - self._resumed_at < self._plateau_s:
            proven = self._proven
            if proven is None or proven >= rate:
                self._proven = None
                return max(1.0, min(measured, rate) * LESS)
            return proven if proven >= LESS * rate else math.sqrt(proven * rate)
        self._proven = rate
        self._lift = LIFT if measured <= HIGHER * rate else LIFT_OF_A_NEW_LIMIT
        return rate if measured <= HIGHER * rate else measured * 0.9

    def _growth(self, now: float) -> float:
        lifted_s = now - self._resumed_at - self._plateau_s
        return 1.0 if lifted_s <= 0 else math.exp(min(self._lift * lifted_s * lifted_s, 50.0))
