"""TLS settings, made once per setting and only when an https connection is opened.

An ``ssl.SSLContext`` with the usual authorities takes 23 ms and 0.8 MiB to make, so all
transports with equal settings share one: equal in what is in their files, which are read once by
every transport. A new transport therefore sees a certificate that was renewed, and one that is
old goes on with what it began with.
"""

from __future__ import annotations

import os
import re
import ssl
import stat
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Callable, List, Optional, Tuple, Union

import httpx

from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    PathTypes = Union[str, "os.PathLike[str]"]
else:
    PathTypes = Union[str, os.PathLike]  # 3.8 has no os.PathLike[str]
#: A file of certificate and key, or (certificate file, key file), or these and the key's password.
CertTypes = Union[PathTypes, Tuple[PathTypes, PathTypes], Tuple[PathTypes, PathTypes, str]]
#: True for the usual authorities, a file or folder of others, a context, or False for no check.
VerifyTypes = Union[bool, PathTypes, ssl.SSLContext]

#: Contexts that are kept for the next transport.
_KEPT = 16

_contexts: OrderedDict[object, ssl.SSLContext] = OrderedDict()
_lock = threading.Lock()

#: How OpenSSL names certificates in a folder, so that it finds them.
_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.\d+")


class TlsSettings:
    """Whom a transport trusts, and what it shows; its context is made when it is first asked for.

    Raises:
        ConfigurationError: an argument is nothing that could be used. Files are looked at later.
    """

    __slots__ = ("_cert", "_context", "_trust_env", "_verify")

    def __init__(
        self, verify: Optional[VerifyTypes], cert: Optional[CertTypes], trust_env: bool
    ) -> None:
        self._verify = _checked_verify(verify)
        self._cert = _checked_cert(cert)
        self._trust_env = trust_env
        self._context: Optional[ssl.SSLContext] = None

    def context(self) -> ssl.SSLContext:
        """Return the context for HTTP/1.1; others with the same settings get the same one.

        Raises:
            ConfigurationError: a file cannot be used; the argument or variable and the file are
                named.
        """
        if self._context is None:
            self._context = _shared(self._verify, self._cert, self._trust_env)
        return self._context

    def own_context(self) -> ssl.SSLContext:
        """Return a context for somebody who changes it; errors as of :meth:`context`."""
        if isinstance(self._verify, ssl.SSLContext):
            return self.context()
        return _Files(self._verify, self._cert, self._trust_env).new_context()


def _shared(
    verify: Union[bool, str, ssl.SSLContext], cert: Tuple[str, ...], trust_env: bool
) -> ssl.SSLContext:
    if isinstance(verify, ssl.SSLContext):
        # Of the caller, who may have others like it and change them: it is not kept here.
        if cert:
            _Chain(cert).load_into(verify)
        verify.set_alpn_protocols(["http/1.1"])
        return verify
    files = _Files(verify, cert, trust_env)
    key = files.key()
    with _lock:
        context = None if key is None else _contexts.get(key)
        if context is None:
            context = files.new_context()
            context.set_alpn_protocols(["http/1.1"])
            if key is not None:
                _contexts[key] = context
                if len(_contexts) > _KEPT:
                    _contexts.popitem(last=False)
    return context


class _Files:
    """The files that a context is made of, and what names them."""

    def __init__(self, verify: Union[bool, str], cert: Tuple[str, ...], trust_env: bool) -> None:
        self._verify = bool(verify)
        #: What says whom to trust, and the file or folder; nothing for the usual authorities.
        self._trusted: Optional[Tuple[str, str]] = None
        if isinstance(verify, str):
            self._trusted = ("verify", verify)
        elif verify and trust_env:
            for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
                path = os.environ.get(name)
                if path:
                    self._trusted = (name, path)
                    break
        self._chain = _Chain(cert) if cert else None

    def key(self) -> Optional[object]:
        """Return what equal settings have in common; None when that cannot be known."""
        found: List[object] = [self._verify, self._trusted]
        paths: List[str] = [] if self._trusted is None else [self._trusted[1]]
        if self._chain is not None:
            found.append(self._chain.parts)
            paths.extend(self._chain.parts[:2])
        for path in paths:
            try:
                state = os.stat(path)
                if stat.S_ISREG(state.st_mode):
                    # The content and no time: two versions may be of one moment and one length.
                    with open(path, "rb") as file:
                        found.append(hash(file.read()))
                elif stat.S_ISDIR(state.st_mode):
                    found.append((state.st_ino, state.st_mtime_ns))
                else:
                    return None  # a pipe, which can be read once
            except OSError:
                return None
        return tuple(found)

    def new_context(self) -> ssl.SSLContext:
        if self._trusted is None:
            context = httpx.create_ssl_context(verify=self._verify, trust_env=False)
        else:
            context = _trusting(*self._trusted)
        if self._chain is not None:
            self._chain.load_into(context)
        return context


def _trusting(source: str, path: str) -> ssl.SSLContext:
    """Return a context that trusts the authorities of a file or folder, and nobody else."""
    folders = path.split(os.pathsep) if source == "SSL_CERT_DIR" else [path]
    if any(os.path.isdir(folder) for folder in folders):
        if not any(_has_certificates(folder) for folder in folders):
            raise ConfigurationError(
                f"{source}: the folder {path} has no certificates under the names by which "
                "OpenSSL finds them, such as 5ed36f99.0; `openssl rehash FOLDER` makes those"
            )
        return ssl.create_default_context(capath=path)
    if source == "SSL_CERT_DIR":
        raise ConfigurationError(f"{source}: there is no folder {path}; {_WAY_OUT[source]}")
    content = _content(source, path)
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as problem:  # ssl.SSLError is one
        what = (
            "is empty"
            if not content.strip()
            else "has no certificate in PEM form"
            if b"-----BEGIN" not in content
            else f"cannot be used: {_reason(problem)}"
        )
        reason = f"{source}: the file {path} {what}; {_WAY_OUT[source]}"
    raise ConfigurationError(reason)


_WAY_OUT = {
    "verify": "give a file with the certificates of those to trust, in PEM form",
    "SSL_CERT_FILE": "set it to a file with the certificates of those to trust, or unset it",
    "SSL_CERT_DIR": "set it to a folder with the certificates of those to trust, or unset it",
    "cert": "give the files of the certificate and of its key, in PEM form",
}


class _Chain:
    """A client certificate: its file, the file of its key, and the password of that."""

    __slots__ = ("parts",)

    def __init__(self, parts: Tuple[str, ...]) -> None:
        self.parts = parts

    def load_into(self, context: ssl.SSLContext) -> None:
        reason = self._problem(context)
        if reason:
            raise ConfigurationError(f"cert: {reason}")

    def _problem(self, context: ssl.SSLContext) -> str:
        """Load it, and return what is in the way of that; an empty text when nothing is."""
        file = self.parts[0]
        key_file = self.parts[1] if len(self.parts) > 1 else file
        for path in (file, key_file):
            _content("cert", path)
        try:
            # Without a function OpenSSL asks whoever sits at the terminal, and waits for ever.
            context.load_cert_chain(file, key_file, self._password())
            return ""
        except _NoPassword:
            return f"the key in {key_file} has a password: cert=(certificate, key, password)"
        except (OSError, ValueError) as problem:
            reason = _reason(problem)
        if b"CERTIFICATE-----" not in _content("cert", file):
            return f"the file {file} has no certificate in PEM form"
        key = _content("cert", key_file)
        if b"PRIVATE KEY-----" not in key:
            advice = "" if len(self.parts) > 1 else "; if it has its own file: cert=(file, key)"
            return f"the file {key_file} has no private key in PEM form{advice}"
        if "MISMATCH" in reason.upper():
            return f"the key in {key_file} is not that of the certificate in {file}"
        if len(self.parts) > 2 and b"ENCRYPTED" in key:
            return f"the password does not open the key in {key_file}"
        return f"the files {file} and {key_file} cannot be used: {reason}"

    def _password(self) -> Callable[[], str]:
        if len(self.parts) > 2:
            return lambda: self.parts[2]

        def nobody_is_asked() -> str:
            raise _NoPassword

        return nobody_is_asked


class _NoPassword(Exception):
    """A key has a password, and none was given."""


def _content(source: str, path: str) -> bytes:
    """Return what is in a file, nothing of what can be read only once.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        if not (os.path.isfile(path) or os.path.isdir(path)) and os.path.exists(path):
            return b"-----BEGIN CERTIFICATE-----"  # a pipe, taken at its word
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        reason = f"{source}: the file {path} cannot be read: {why}; {_WAY_OUT[source]}"
    raise ConfigurationError(reason)


def _has_certificates(folder: str) -> bool:
    try:
        return any(_HASHED_NAME.fullmatch(name) for name in os.listdir(folder))
    except OSError:
        return False


def _reason(problem: Exception) -> str:
    return getattr(problem, "reason", None) or str(problem)


def _checked_verify(verify: object) -> Union[bool, str, ssl.SSLContext]:
    if verify is None:
        return True  # left out: never less than the usual check
    if isinstance(verify, (bool, ssl.SSLContext)):
        return verify
    path = _path(verify)
    if path is None:
        raise ConfigurationError(
            "verify must be True, the path of a file or folder with certificates, an "
            f"ssl.SSLContext, or False, not {_shown(verify)}"
        )
    return path


def _checked_cert(cert: object) -> Tuple[str, ...]:
    if cert is None:
        return ()
    parts: List[object] = list(cert) if isinstance(cert, (tuple, list)) else [cert]
    password = parts.pop() if len(parts) == 3 else None
    paths = [path for path in map(_path, parts) if path is not None]
    if not 1 <= len(parts) <= 2 or len(paths) != len(parts):
        parts, password, cert = [], None, None  # nobody who collects locals sees them
        raise ConfigurationError(
            "cert must be the path of a file with certificate and key, (certificate, key), or "
            "(certificate, key, password)"
        )
    if password is None:
        return tuple(paths)
    if isinstance(password, (bytes, bytearray)):
        password = password.decode("utf-8", "surrogateescape")
    if not isinstance(password, str):
        raise ConfigurationError("cert: the password of the key must be text")
    return (*paths, password)


def _path(value: object) -> Optional[str]:
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    return value if isinstance(value, str) and value else None


def _shown(value: object) -> str:
    return "an empty text" if value == "" else f"a value of class {type(value).__name__}"
