"""What went wrong at the hub, in one line that says what to do."""

from __future__ import annotations

import errno
import os

from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from outpost_server.models.hub.address import shown_hub
from outpost_server.models.hub.file import Damaged
from outpost_server.models.model import WAY_OUT

KEEP_A_KEY = (
    "keep a token of the hub as a third-party token (outpostkit local token add) and give its id "
    "as huggingfaceModel.keyId"
)


def explain(error: Exception, name: str, revision: str, *, has_key: bool) -> str:
    """Return why a model could not be had."""
    hub = shown_hub(os.environ)
    match error:
        case GatedRepoError():
            if has_key:
                return (
                    f"The model {name} is gated, and the key that keyId names has no access to "
                    f"it: ask for access at {hub} with the account that the key belongs to."
                )
            return f"The model {name} is gated: ask for access at {hub}, then {KEEP_A_KEY}."
        case RepositoryNotFoundError():
            private = "that the key may read it" if has_key else f"if it is private, {KEEP_A_KEY}"
            return f"There is no model {name} at {hub}: check its name; {private}."
        case RevisionNotFoundError():
            return (
                f"The model {name} has no revision {revision!r}: give a branch, a tag or a commit "
                "of it, or none for its newest."
            )
        case HfHubHTTPError() if error.response.status_code == 401:
            return f"{hub} does not accept the key that huggingfaceModel.keyId names: renew it."
        case HfHubHTTPError():
            status = error.response.status_code
            return f"The hub {hub} answered with status {status}. {WAY_OUT}"
        case HFValidationError():
            return f"huggingfaceModel.id: {name!r} is no name of a model; give it as owner/name."
        case Damaged():
            return f"The model {name} could not be fetched: {error}. Deploy again."
        case OSError(errno=errno.ENOSPC):
            return (
                "The disk is full: make room, or let HF_HOME name a folder on another disk, and "
                "deploy again."
            )
        case OSError(errno=int()):
            return f"The model {name} cannot be kept: {error}."
        case _:
            what = str(error).split("\n")[0] or "no answer"
            return f"The hub {hub} could not be reached ({type(error).__name__}: {what}). {WAY_OUT}"
