"""Predictions: requests to an endpoint's own domain, with the client's token and connections.

What is special about them, compared with calls of the API:

* They may take long: 5 seconds to connect, but 300 until bytes come, and 600 for the whole call
  with its retries. A timeout or a retry policy that was given to the client goes before these.
* A prediction is a POST that the SDK knows nothing about, so it is not repeated when it may have
  been executed. It is repeated when no connection was made, and after a 429 (too many requests,
  this one not executed), as often as the retry policy says. With an idempotency key, which
  ``repeatable=True`` adds, it is repeated after all that the policy names, as an Outpost with that
  key executes it once. The inputs of ``infer_many`` have keys, unless they are not wanted.
* ``infer_many`` keeps to the pace of a server that limits it: a 429 there is no failed attempt.
* A 503 with ``Retry-After`` whose body is an Error object of the API (``{"message": ..., "code":
  ...}``) says that no replica has seen the request, because the endpoint is waking up or its queue
  is full. It is no failed attempt: the endpoint is asked again until the deadline of the call. A
  503 of the prediction template itself looks different (it has the template's own body) and is an
  error at once.
* The token goes to the address the endpoint names, and to no other: redirects are not followed.
  And only when that is of the API's own site, or one of the ``prediction_hosts`` of the client.
"""

from typing import TYPE_CHECKING

from outpostkit._lazy import door

if TYPE_CHECKING:
    from outpostkit.predictor._async import AsyncPredictor as AsyncPredictor
    from outpostkit.predictor._blocking import Predictor as Predictor

_HOMES = {
    "AsyncPredictor": "outpostkit.predictor._async",
    "Predictor": "outpostkit.predictor._blocking",
}

#: What 0.0.69 imported here, and programs from here.
_ALSO = {
    "Client": "outpostkit.client",
    "Namespace": "outpostkit._resources.resource:Resource",
    "OutpostError": "outpostkit.exceptions",
    "PredictionHTTPException": "outpostkit.exceptions",
}

if not TYPE_CHECKING:
    __all__, __getattr__ = door(__name__, _HOMES, _ALSO)
