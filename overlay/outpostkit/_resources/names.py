"""Names of entities and endpoints, as arguments of the SDK."""

from typing import Optional, Tuple

from outpostkit.exceptions import ConfigurationError

#: No name is longer on Outpost; a longer one is a mix-up, such as a whole address.
MAX_LENGTH = 64


def checked_name(value: object, field: str) -> str:
    """Return a name that addresses exactly one resource.

    Raises:
        ConfigurationError: it is empty, too long, or holds ``/``, ``..`` or white space. What else
            a name may hold is for the server to say.
    """
    if not isinstance(value, str):
        raise ConfigurationError(f"{field} must be a string, not {type(value).__name__}")
    problem = _problem(value)
    if problem is not None:
        raise ConfigurationError(
            f"{field} {value[:80]!r} {problem}; use the bare name, such as 'my-endpoint'"
        )
    return value


def _problem(name: str) -> Optional[str]:
    if not name:
        return "is empty"
    if "/" in name or "\\" in name:
        return "holds a slash, which separates entity and name"
    if ".." in name or name == ".":
        return "holds '..' or is '.', which would address another resource"
    if not name.isprintable() or " " in name:
        return "holds white space or control characters"
    if len(name) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters"
    return None


def endpoint_identity(
    entity: Optional[str], name: Optional[str], full_name: Optional[str]
) -> Tuple[str, str]:
    """Return entity and name from either form of naming an endpoint.

    Raises:
        ConfigurationError: neither form is complete, they differ, or a name is not one.
    """
    if full_name is not None:
        parts = full_name.split("/") if isinstance(full_name, str) else []
        if len(parts) != 2:
            raise ConfigurationError(f"full_name must be 'entity/name', not {full_name!r}")
        if (entity is not None and entity != parts[0]) or (name is not None and name != parts[1]):
            raise ConfigurationError(
                f"full_name {full_name!r} contradicts entity {entity!r} and name {name!r}; "
                "pass one form"
            )
        entity, name = parts
    if entity is None or name is None:
        raise ConfigurationError(
            "an endpoint needs entity and name, or full_name: Endpoint(client, 'me', 'my-endpoint')"
        )
    return checked_name(entity, "entity"), checked_name(name, "name")


def split_full_name(full_name: str) -> Tuple[str, str]:
    """Return ``entity/name`` as the two.

    Raises:
        ValueError: it is not of that form.
    """
    return endpoint_identity(None, None, full_name)
