"""What schemathesis cannot know: rules that the document states in words, not in a schema."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from schemathesis.checks import CHECKS

# Messages of answers to requests that a schema allows and the document's text does not.
STATED_IN_WORDS = re.compile(
    "|".join(
        (
            r"required when modelSource is",  # "Its source says which of the two is looked at."
            # "required with either config, and needs the one that belongs to it"
            r"required (where \w+ is given|when templateType is)",
            r"contradicts hardwareInstance",  # "Sending both is an error unless they are equal."
            r"there is no '",  # hardware: "One of `listHardwareInstances`"
            r"prebuiltContainerDetails\.(name|config)",  # "One of `listContainers`"
            r"is more than max",  # "Not more than `max`."
            r"expected an image",  # "The image: PNG, JPEG, GIF or WebP"
            r"is given twice",  # two secrets of one name are no environment
            r"cannot contain a NUL",  # as no variable of an environment can
            r"template file is empty",
            r"is not a zip archive",  # "or a zip archive of a folder"
            # "nanoseconds since 1970-01-01 UTC in digits, or a date and time as in ISO 8601"
            r"expected nanoseconds since the epoch",
        )
    )
)

found = CHECKS.get_one("ensure_resource_availability")
accepted = CHECKS.get_one("positive_data_acceptance")
refused = CHECKS.get_one("negative_data_rejection")


@schemathesis.check
def created_is_found(ctx, response, case):  # type: ignore[no-untyped-def]  # as documented there
    """As ``ensure_resource_availability``, but for what a repeated ``Idempotency-Key`` answers.

    That is what was created the first time, and may have been deleted since.
    """
    parent = ctx.internals.find_parent(case_id=case.id)
    if parent is not None and "idempotency-key" in {name.lower() for name in parent.headers or ()}:
        return None
    return found(ctx, response, case)


@schemathesis.check
def valid_data_is_accepted(ctx, response, case):  # type: ignore[no-untyped-def]  # as documented there
    """As ``positive_data_acceptance``, but for rules in words."""
    if response.status_code in (400, 422) and STATED_IN_WORDS.search(response.text):
        return None
    return accepted(ctx, response, case)


@schemathesis.check
def invalid_data_is_refused(ctx, response, case):  # type: ignore[no-untyped-def]  # as documented there
    """As ``negative_data_rejection``, but for two things that the schemas cannot tell.

    Predictions take what the template says, and an empty value in a query is no value: the
    published clients send one for everything that they have not been given.
    """
    # As it was sent: an empty list or object becomes an empty value, too.
    sent = parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True)
    if case.operation.path.startswith("/domains/") or any(not value for _, value in sent):
        return None
    return refused(ctx, response, case)
