"""Taking secrets out of what a person, a log or a monitor may see: texts, and tracebacks.

Secrets are environment variables too, so many are no secrets: ``1``, ``true``, ``endpoint``. Taken
out, they would leave texts that nobody can read, and show by the holes what they are. Hence

* a long value, or one of 8 characters that mixes letters, capitals and digits, can only be the
  secret: it goes wherever it is, also within a word;
* one of 5 characters that is neither a plain word nor a number goes where it stands by itself;
* all else stays.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Dict, Iterable, Iterator, List, Set, Tuple, Union
from urllib.parse import quote

REPLACEMENT = "[redacted]"

Secrets = Union[Tuple[str, ...], List[str]]

_LONG = 16
_MIXED = 8
_SHORTEST = 5
#: Begins by itself: after no letter and no digit, but of ``\n`` in JSON or ``%20`` in an address.
_BEFORE = r"(?:(?<!\w)|(?<=\\[nrt])|(?<=%[0-9A-F][0-9A-F]))"
_AFTER = r"(?!\w)"


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` without the secrets, as they are or as JSON or a URL would write them."""
    for form, is_anywhere in _forms(secrets):
        if form in text:
            pattern = re.escape(form) if is_anywhere else f"{_BEFORE}{re.escape(form)}{_AFTER}"
            text = re.sub(pattern, REPLACEMENT, text)
    return text


def redact_bytes(content: bytes, secrets: Iterable[str]) -> bytes:
    """Return ``content`` without the secrets; the same object when it holds none."""
    for form, is_anywhere in _forms(secrets):
        encoded = form.encode("utf-8", "surrogatepass")
        if encoded in content:
            pattern = re.escape(encoded)
            if not is_anywhere:
                pattern = _BEFORE.encode() + pattern + _AFTER.encode()
            cleaned = re.sub(pattern, REPLACEMENT.encode(), content)
            content = content if cleaned == content else cleaned
    return content


def _forms(secrets: Iterable[str]) -> List[Tuple[str, bool]]:
    """Return what is taken out, and whether it is within words too."""
    found: Dict[str, bool] = {}
    for secret in _texts(secrets):
        is_anywhere = len(secret) >= _LONG or (len(secret) >= _MIXED and _is_mixed(secret))
        if not (is_anywhere or _is_telling(secret)):
            continue
        as_json = json.dumps(secret)[1:-1]
        for form in (
            secret,
            as_json,
            as_json.replace("/", "\\/"),
            json.dumps(secret, ensure_ascii=False)[1:-1],
            quote(secret, safe="", errors="replace"),
        ):
            found[form] = is_anywhere
    # The longest first: a shorter one may be part of it.
    return sorted(found.items(), key=lambda form: len(form[0]), reverse=True)


def _texts(secrets: Iterable[object]) -> Iterator[str]:
    """Yield the secrets; what gives tokens is among them, as it knows of new ones first."""
    for secret in secrets:
        if isinstance(secret, str):
            yield secret
        else:
            yield from getattr(secret, "texts", tuple)()


def _is_mixed(secret: str) -> bool:
    """Tell whether two of small letters, capitals (beyond the first) and digits are in it."""
    kinds = (str.islower, str.isupper, str.isdigit)
    found = [any(map(kind, secret)) for kind in kinds]
    found[1] = any(map(str.isupper, secret[1:]))
    return sum(found) >= 2


def _is_telling(secret: str) -> bool:
    """Tell whether it is neither a plain word nor a number that texts have anyway."""
    if len(secret) < _SHORTEST or secret.isalpha():
        return False
    return len(secret) >= _MIXED or not secret.replace(".", "").isdigit()


#: Packages that hold a request, with its headers, in local variables while they send it.
_CARRIERS = frozenset({"h11", "h2", "hpack", "httpcore", "httpx", "outpost_api", "outpostkit"})


def forget_locals(error: BaseException) -> None:
    """Empty the local variables of what has ended in an error, where they may hold the token.

    Monitors such as Sentry send those of every frame of a traceback, and of its causes. The lines
    of the traceback stay, and so do the variables of the caller's own code.
    """
    left: List[BaseException] = [error]
    seen: Set[int] = set()
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        left.extend(other for other in (each.__cause__, each.__context__) if other is not None)
        left.extend(getattr(each, "exceptions", ()))
        traceback = each.__traceback__
        while traceback is not None:
            frame = traceback.tb_frame
            if frame.f_globals.get("__name__", "").partition(".")[0] in _CARRIERS:
                with suppress(RuntimeError):  # it still runs
                    frame.clear()
            traceback = traceback.tb_next
