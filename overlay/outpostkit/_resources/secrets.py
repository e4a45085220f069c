"""Secrets as arguments: objects, or a mapping of names to values, which no error shows."""

from collections.abc import Mapping as AnyMapping, Sequence as AnySequence
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    from outpost_api.models import EndpointSecret

    #: ``{"HF_TOKEN": "..."}``, or objects.
    Secrets = Union[Mapping[str, str], Sequence[EndpointSecret]]
    CheckedSecrets = Optional[List[EndpointSecret]]
else:

    def __getattr__(name):  # for who reads annotations; the class need not be loaded before
        if name != "Secrets":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from outpost_api.models import EndpointSecret

        return Union[Mapping[str, str], Sequence[EndpointSecret]]


def veiled(
    method: Callable[..., object], args: Tuple[Any, ...], kwargs: Dict[str, Any]
) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
    """Return the arguments of a method with objects for a mapping of secrets.

    Their ``repr`` has no value, so that none is seen in the frames of an error. It checks nothing:
    what it would raise had the mapping in its own frame.
    """
    code: Any = getattr(method, "__code__")  # noqa: B009 - callables need not have one
    place = code.co_varnames.index("secrets") - 1  # without self
    if len(args) > place:
        return (*args[:place], _objects(args[place]), *args[place + 1 :]), kwargs
    if "secrets" in kwargs:
        return args, {**kwargs, "secrets": _objects(kwargs["secrets"])}
    return args, kwargs


def _objects(secrets: Any) -> Any:
    if not isinstance(secrets, AnyMapping):
        return secrets
    from outpost_api.models import EndpointSecret

    return [EndpointSecret(name, value) for name, value in secrets.items()]


def checked_secrets(secrets: "Optional[Secrets]") -> "CheckedSecrets":
    """Return secrets that can be environment variables. No message shows a value.

    Raises:
        ConfigurationError: they are something else, a name is empty or given twice, or a value is
            no text.
    """
    if secrets is None:
        return None
    from outpost_api.models import EndpointSecret

    found = _objects(secrets)
    if isinstance(found, (str, bytes)) or not isinstance(found, AnySequence):
        raise ConfigurationError(
            "secrets must be a mapping of names to values, or a list of EndpointSecret, "
            f"not {type(secrets).__name__}"
        )
    seen = set()
    for place, secret in enumerate(found):
        if not isinstance(secret, EndpointSecret):
            raise ConfigurationError(
                f"secrets[{place}] must be an EndpointSecret, not {type(secret).__name__}; "
                'a mapping does as well: {"NAME": "value"}'
            )
        name: object = secret.name
        if not isinstance(name, str) or not name or "=" in name or "\0" in name:
            raise ConfigurationError(
                f"secrets: {name!r} is not the name of an environment variable"
            )
        if not isinstance(secret.value, str):
            raise ConfigurationError(
                f"secrets: the value of {name!r} must be text, not {type(secret.value).__name__}"
            )
        if name in seen:
            raise ConfigurationError(f"secrets: {name!r} is given twice")
        seen.add(name)
    return list(found)


def secret_values(secrets: "CheckedSecrets") -> Tuple[str, ...]:
    """Return what must not appear in an error of the call that sends them."""
    return tuple(secret.value for secret in secrets or ())
