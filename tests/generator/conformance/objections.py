"""Objections of openapi-core to requests that are right, by what it does not know.

The proof that such a request is right stands in ``trial``: the drawn values are allowed by
jsonschema, and every one of them is in the request as it was drawn. An objection for any other
reason counts as a failure.
"""

from __future__ import annotations

import re

_KNOWN = (
    (r"read-only property", "refuses readOnly in the schema of a parameter"),
    (r"got <class 'list'>", "knows no list of types for a parameter"),
    (r"could not be resolved", "takes the value of a tag for a reference"),
    (r"is valid under each of", "takes oneOf at its word; the document means anyOf"),
    (r"b'.*' is not|<- \$\S*: b'", "keeps parts of a multipart form as bytes"),
    (r"Missing required query|has become 'null'", "sees no object that is spread over the query"),
    (r"^query [\w ]+: \['.*\] has become", "reads one item of a list whose type is a choice"),
    (r"deepObject.*not available", "knows no list as deepObject"),
    (r"no attribute 'querystring'", "does not know OpenAPI 3.2"),
    (r"'null' is not (one of|valid under)", "has no null for a query or a form"),
    (r"query parameter.* is not valid under any", "reads one item of a list that may be null"),
    (r"is not of type '(number|integer|boolean)'", "keeps the scalars of a form as text"),
    (r"'\{.*(is not of type 'object'|is not valid under)", "reads no JSON in a field or an item"),
    (r"'null' has become", "fills a default into what is null in a form"),
    (r": \[\] is new", "reads a list that is not in a form as an empty one"),
    (r"is not a 'time'", "reads a time of day only without an offset"),
    (
        r"(?i)(required|invalid) header parameter: (accept|authorization|content-type)\b",
        "demands headers that the specification ignores as parameters",
    ),
    (r"Missing required path parameter", "looks for matrix and label values under `;name*`"),
    (r"dictionary update sequence", "takes the letters of a cookie for the pairs of an object"),
    (r"bytes-like object is required", "reads no form whose fields have a style"),
    (r"^query \w+\.\S*: .* is lost", "knows no objects joined by spaces or pipes"),
    (
        r"Failed to cast value to (object|array type)",
        "reads no JSON and no list of one item in a field of a form or of a query",
    ),
    (r": \d+ is not valid under any", "takes a text of digits for a number"),
    (
        r"^body\.\S+ is lost|^body\.\w+: .* is lost",
        "reads only those fields of a form that one schema names",
    ),
    (r"^body\.\w+: \{", "reads no objects in a form"),
    (r"Value \{\} not valid for schema", "reads nothing of a form whose schema is a choice"),
    (r"is a required property", "reads fields of a form only where they are described"),
    (r"recursion", "goes in circles where a base with a discriminator is extended"),
)


def reason(objection: str) -> str | None:
    """Return why the judge objects to what is right; ``None`` when that is not known."""
    return next((why for known, why in _KNOWN if re.search(known, objection)), None)
