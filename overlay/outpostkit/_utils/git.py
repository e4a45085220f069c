"""A door for programs written for 0.0.46 and 0.0.69: commit hashes."""

from outpostkit._published.installed import (
    REGEX_COMMIT_HASH as REGEX_COMMIT_HASH,
    extract_commit_hash as extract_commit_hash,
)
