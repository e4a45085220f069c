"""TLS settings, made once per setting and only when an https connection is opened.

An ``ssl.SSLContext`` with the usual authorities takes 23 ms and 0.8 MiB to make, so all
transports with equal settings share one. Certificate files are read once per process.
"""

from __future__ import annotations

import os
import ssl
import threading
from typing import Dict, Optional, Tuple, Union

import httpx

#: A file of certificate and key, or (certificate file, key file), or these and the key's password.
CertTypes = Union[str, Tuple[str, str], Tuple[str, str, str]]
#: True for the usual authorities, a file or folder of others, a context, or False for no check.
VerifyTypes = Union[bool, str, ssl.SSLContext]

_contexts: Dict[object, ssl.SSLContext] = {}
_lock = threading.Lock()


def shared_context(
    verify: VerifyTypes, cert: Optional[CertTypes], trust_env: bool
) -> ssl.SSLContext:
    """Return the context for these settings, as ``httpx.Client`` understands them."""
    if isinstance(verify, ssl.SSLContext):
        if cert:
            _load(verify, cert)
        verify.set_alpn_protocols(["http/1.1"])
        return verify
    environment = (
        [os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")] if trust_env else []
    )
    key = (verify, cert, *environment)
    with _lock:
        context = _contexts.get(key)
        if context is None:
            if isinstance(verify, str):
                # httpx takes a path too, but warns that it will not for ever.
                folder = os.path.isdir(verify)
                context = ssl.create_default_context(
                    cafile=None if folder else verify, capath=verify if folder else None
                )
            else:
                context = httpx.create_ssl_context(verify=verify, trust_env=trust_env)
            if cert:
                _load(context, cert)
            context.set_alpn_protocols(["http/1.1"])
            _contexts[key] = context
    return context


def _load(context: ssl.SSLContext, cert: CertTypes) -> None:
    if isinstance(cert, str):
        context.load_cert_chain(cert)
    else:
        context.load_cert_chain(*cert)
