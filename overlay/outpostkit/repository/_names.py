"""Names of repositories, references and paths, as arguments of the SDK."""

from typing import Literal, Union

from outpost_api.models import RepositoryType
from outpostkit.exceptions import ConfigurationError

#: Longer than those of entities: see the pattern in the document.
MAX_LENGTH = 96


def checked_type(value: object) -> str:
    """Return the type of a repository: ``model`` or ``dataset``."""
    written = value.value if isinstance(value, RepositoryType) else value
    if not isinstance(written, str) or written not in ("model", "dataset"):
        raise ConfigurationError(f"repo_type must be 'model' or 'dataset', not {value!r}")
    return written


def checked_repository(value: object, field: str) -> str:
    """Return the name of a repository.

    Raises:
        ConfigurationError: it is empty, too long, or would address something else.
    """
    if not isinstance(value, str):
        raise ConfigurationError(f"{field} must be a string, not {type(value).__name__}")
    is_other = "/" in value or "\\" in value or value in ("", ".", "..")
    if is_other or len(value) > MAX_LENGTH or not value.isprintable() or " " in value:
        raise ConfigurationError(
            f"{field} {value[:100]!r} is not the name of a repository: 1 to {MAX_LENGTH} "
            "characters without slashes and white space, such as 'my-model'"
        )
    return value


def checked_ref(value: object) -> str:
    """Return a branch, a tag, a commit hash or ``HEAD``."""
    if not isinstance(value, str) or value in ("", ".", "..") or not value.isprintable():
        raise ConfigurationError(
            f"ref must be a branch, a tag, a commit hash or 'HEAD', not {value!r}"
        )
    return value


def path_in_repository(value: object, *, is_folder: bool = False) -> str:
    """Return a path from the root of a repository, as the API takes it.

    A slash at the beginning means the root too; that of a folder may also end in one.

    Raises:
        ConfigurationError: it is empty, or has a segment that is empty, ``.`` or ``..``.
    """
    if not isinstance(value, str):
        raise ConfigurationError(f"path must be a string, not {type(value).__name__}")
    path = value[1:] if value.startswith("/") else value
    if is_folder:
        path = path[:-1] if path.endswith("/") else path
        if not path:
            return ""
    if any(segment in ("", ".", "..") for segment in path.split("/")):
        what = "a folder" if is_folder else "a file"
        raise ConfigurationError(
            f"path {value[:200]!r} does not name {what} of the repository: it is empty or has a "
            "segment that is empty, '.' or '..'; write it from the root, such as 'data/train.csv'"
        )
    return path


RepoType = Union[str, RepositoryType]

#: What a repository holds.
REPOSITORY_TYPES = Literal["model", "dataset"]
