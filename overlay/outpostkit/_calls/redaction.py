"""Taking secrets out of text that a person or a log may see."""

from __future__ import annotations

import json
from typing import Iterable, List, Tuple, Union
from urllib.parse import quote

REPLACEMENT = "[redacted]"

Secrets = Union[Tuple[str, ...], List[str]]


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` without the secrets, as they are or as JSON or a URL would write them."""
    for secret in secrets:
        for form in _forms(secret):
            if form in text:
                text = text.replace(form, REPLACEMENT)
    return text


def redact_bytes(content: bytes, secrets: Iterable[str]) -> bytes:
    """Return ``content`` without the secrets; the same object when it holds none."""
    for secret in secrets:
        for form in _forms(secret):
            encoded = form.encode("utf-8", "surrogatepass")
            if encoded in content:
                content = content.replace(encoded, REPLACEMENT.encode())
    return content


def _forms(secret: str) -> List[str]:
    if not secret:
        return []
    as_json = json.dumps(secret)[1:-1]
    forms = {
        secret,
        as_json,
        as_json.replace("/", "\\/"),
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe="", errors="replace"),
    }
    # The longest first: a shorter form may be part of it.
    return sorted(forms, key=len, reverse=True)
