"""Templates by URL: fetched once per deployment, bounded in size and time."""

from __future__ import annotations

import aiohttp

from outpost_server.serving.template_source import TemplateRefused

MAX_TEMPLATE_BYTES = 10 * 1024 * 1024
FETCH_TIMEOUT_S = 30.0
MAX_REDIRECTS = 5


async def fetch_template(url: str, *, timeout_s: float = FETCH_TIMEOUT_S) -> bytes:
    """Return the bytes at ``url``.

    Raises:
        TemplateRefused: it cannot be had, or is larger than ``MAX_TEMPLATE_BYTES``.
    """
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(url, max_redirects=MAX_REDIRECTS) as response,
        ):
            if response.status != 200:
                raise TemplateRefused(f"The template URL answered with status {response.status}.")
            return await _read(response)
    except TimeoutError:
        raise TemplateRefused(f"The template was not fetched within {timeout_s:g} s.") from None
    except (aiohttp.ClientError, ValueError) as error:
        raise TemplateRefused(
            f"The template could not be fetched: {type(error).__name__}: {error}"
        ) from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    content = b""
    async for chunk in response.content.iter_chunked(65536):
        content += chunk
        if len(content) > MAX_TEMPLATE_BYTES:
            raise TemplateRefused(
                f"The template is larger than {MAX_TEMPLATE_BYTES // 1024 // 1024} MiB."
            )
    return content
