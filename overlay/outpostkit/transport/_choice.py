"""Whether a client can use our transports, or needs httpx's own."""

from __future__ import annotations

import urllib.request
from typing import Iterable, Optional

import httpx

from outpostkit.transport._pool import DEFAULT_LIMITS
from outpostkit.transport._settings.socket_options import SocketOption
from outpostkit.transport._settings.tls import CertTypes, VerifyTypes


def choose_transport(
    *,
    verify: Optional[VerifyTypes] = True,
    cert: Optional[CertTypes] = None,
    trust_env: bool = True,
    limits: httpx.Limits = DEFAULT_LIMITS,
    http1: bool = True,
    http2: bool = False,
    proxy: object = None,
    socket_options: Optional[Iterable[SocketOption]] = None,
) -> Optional[httpx.BaseTransport]:
    """Return a :class:`PooledTransport`, or None where only httpx's own transport will do.

    That is with a proxy, given or (under ``trust_env``) named by the environment or the system
    settings, and with HTTP/2. The arguments are those of ``httpx.Client``, which gets them too::

        httpx.Client(transport=choose_transport(**options), **options)

    With ``transport=None`` httpx does what it always does. Unix sockets, local addresses and
    ``trace`` need a transport that is made by hand in any case. ``socket_options`` are for the
    transport alone: ``httpx.Client`` does not know them.
    """
    if not _can_serve(http1, http2, proxy, trust_env):
        return None
    from outpostkit.transport._sync import PooledTransport

    return PooledTransport(
        verify=verify, cert=cert, trust_env=trust_env, limits=limits, socket_options=socket_options
    )


def choose_async_transport(
    *,
    verify: Optional[VerifyTypes] = True,
    cert: Optional[CertTypes] = None,
    trust_env: bool = True,
    limits: httpx.Limits = DEFAULT_LIMITS,
    http1: bool = True,
    http2: bool = False,
    proxy: object = None,
    socket_options: Optional[Iterable[SocketOption]] = None,
) -> Optional[httpx.AsyncBaseTransport]:
    """Return an :class:`AsyncPooledTransport`, or None: see :func:`choose_transport`."""
    if not _can_serve(http1, http2, proxy, trust_env):
        return None
    from outpostkit.transport._async import AsyncPooledTransport

    return AsyncPooledTransport(
        verify=verify, cert=cert, trust_env=trust_env, limits=limits, socket_options=socket_options
    )


def _can_serve(http1: bool, http2: bool, proxy: object, trust_env: bool) -> bool:
    if http2 or not http1 or proxy is not None:
        return False
    # An explicit transport makes httpx ignore the proxies of the environment.
    return not (trust_env and {"http", "https", "all"} & set(urllib.request.getproxies()))
