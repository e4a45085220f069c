"""Creating something once, however often the request comes: the ``Idempotency-Key`` header."""

from __future__ import annotations

import hashlib

from starlette.responses import Response

from outpost_server.control_plane.call import Call
from outpost_server.keeping.store.records import CreationKey
from outpost_server.rules.idempotency_key import require_key
from outpost_server.rules.problem import Problem


def creation_key(call: Call, body: bytes) -> CreationKey | None:
    """Return the key of a creating request, None when it has none.

    Raises:
        Problem: 400, the header is not a valid key.
    """
    key = call.request.headers.get("idempotency-key")
    if key is None:
        return None
    require_key(key)
    what = f"{call.request.method} {call.request.url.path}\n".encode()
    return CreationKey(call.user.id, key, hashlib.sha256(what + body).hexdigest())


def earlier_answer(call: Call, key: CreationKey | None) -> Response | None:
    """Return the answer that the same request got before, if it came before.

    Raises:
        Problem: 409, the key came with another request.
    """
    found = None if key is None else call.store.answers.earlier(key)
    if found is None or key is None:
        return None
    request_digest, body = found
    if request_digest != key.request_digest:
        message = "The Idempotency-Key has been used for another request."
        raise Problem(409, message, "idempotency_key_reused")
    return Response(body, 201, media_type="application/json")
