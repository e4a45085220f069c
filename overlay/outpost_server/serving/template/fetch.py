"""Templates by URL: fetched once per deployment, bounded in size and time."""

from __future__ import annotations

import asyncio
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from outpost_server.serving.template.source import TemplateRefused

MAX_TEMPLATE_BYTES = 10 * 1024 * 1024
FETCH_TIMEOUT_S = 30.0
MAX_REDIRECTS = 5
REDIRECTS = frozenset((301, 302, 303, 307, 308))


async def fetch_template(url: str, *, timeout_s: float = FETCH_TIMEOUT_S) -> bytes:
    """Return the bytes at ``url``.

    Raises:
        TemplateRefused: it cannot be had, or is larger than ``MAX_TEMPLATE_BYTES``.
    """
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with (
            # With trust_env the operator's netrc would go to whatever address a user names.
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            asyncio.timeout(timeout_s),
        ):
            return await _follow(session, URL(url))
    except TimeoutError:
        raise TemplateRefused(f"The template was not fetched within {timeout_s:g} s.") from None
    except (aiohttp.ClientError, ValueError) as error:
        raise TemplateRefused(
            f"The template could not be fetched: {type(error).__name__}: {error}"
        ) from None


async def _follow(session: aiohttp.ClientSession, url: URL) -> bytes:
    # Each address by itself: the one before may need a proxy, and the next none.
    for _ in range(MAX_REDIRECTS + 1):
        async with session.get(url, allow_redirects=False, proxy=_proxy(url)) as response:
            location = response.headers.get("location")
            if response.status in REDIRECTS and location:
                url = url.join(URL(location))
                if url.scheme not in ("http", "https"):
                    raise TemplateRefused(f"The template URL leads to {url.scheme!r}, not to HTTP.")
                continue
            if response.status != 200:
                raise TemplateRefused(f"The template URL answered with status {response.status}.")
            return await _read(response)
    raise TemplateRefused(f"The template URL leads on more than {MAX_REDIRECTS} times.")


def _proxy(url: URL) -> str | None:
    if url.host is None or proxy_bypass(url.authority):
        return None
    return getproxies().get(url.scheme)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    content = b""
    async for chunk in response.content.iter_chunked(65536):
        content += chunk
        if len(content) > MAX_TEMPLATE_BYTES:
            raise TemplateRefused(
                f"The template is larger than {MAX_TEMPLATE_BYTES // 1024 // 1024} MiB."
            )
    return content
