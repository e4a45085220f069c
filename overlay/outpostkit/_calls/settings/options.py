"""What a client takes by keyword, as types: for type checkers, and for who reads annotations.

A program that does neither never loads this module, which imports httpx.
"""

import sys
from typing import TYPE_CHECKING, Any, Callable, List, Mapping, Optional, Sequence, Tuple, Union

import httpx

from outpostkit._calls.settings import ExtraHeaders, ExtraQuery, Unchanged
from outpostkit._calls.settings.timeouts import Timeout
from outpostkit.retry import RetryPolicy
from outpostkit.transport._settings.socket_options import SocketOption
from outpostkit.transport._settings.tls import CertTypes, VerifyTypes

if TYPE_CHECKING:
    from typing_extensions import TypedDict, Unpack as Unpack
else:
    from typing import TypedDict

    if sys.version_info >= (3, 11):
        from typing import Unpack
    else:
        try:
            from typing_extensions import Unpack
        except ImportError:

            class Unpack:
                """What stands for it where it is not installed: any keywords."""

                def __class_getitem__(cls, options):
                    return Any


class CallOptions(TypedDict, total=False):
    """The arguments of :meth:`CallSettings.with_options`."""

    timeout: Timeout
    retry: Optional[RetryPolicy]
    retries: Optional[int]
    deadline: Union[float, Unchanged, None]
    headers: ExtraHeaders
    query: ExtraQuery
    repeatable: Optional[bool]
    strict: Optional[bool]
    max_response_bytes: Optional[int]


class HttpOptions(TypedDict, total=False):
    """Options of ``httpx.Client`` and ``httpx.AsyncClient``, and of their transports."""

    cert: Optional[CertTypes]
    cookies: Union[httpx.Cookies, Mapping[str, str], None]
    event_hooks: Optional[Mapping[str, List[Callable[..., Any]]]]
    headers: Union[Mapping[str, str], Sequence[Tuple[str, str]], None]
    http1: bool
    http2: bool
    limits: httpx.Limits
    params: Union[Mapping[str, str], Sequence[Tuple[str, str]], None]
    proxy: Union[str, httpx.URL, httpx.Proxy, None]
    trust_env: bool
    socket_options: Optional[Sequence[SocketOption]]
    verify: Optional[VerifyTypes]


class SyncHttpOptions(HttpOptions, total=False):
    """The options of ``httpx.Client``."""

    mounts: Optional[Mapping[str, Optional[httpx.BaseTransport]]]
    transport: Optional[httpx.BaseTransport]


class AsyncHttpOptions(HttpOptions, total=False):
    """The options of ``httpx.AsyncClient``."""

    mounts: Optional[Mapping[str, Optional[httpx.AsyncBaseTransport]]]
    transport: Optional[httpx.AsyncBaseTransport]
