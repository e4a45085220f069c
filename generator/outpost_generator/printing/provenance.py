"""Where generated code says it comes from."""

from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from outpost_generator.python.text import one_line


@frozen
class Provenance:
    """What the header of every file needs: the document's name, the templates, the command.

    ``replaced`` are the templates that lie in the folder of the user instead of in ours.
    """

    document: str
    templates: str
    command: str
    user_templates: str = ""
    replaced: frozenset[str] = frozenset()

    def header(self, pointer: str, template: str) -> str:
        """Return the three comment lines that begin a file. No dates, no absolute paths."""
        folder = self.user_templates if template in self.replaced else self.templates
        return (
            f"# Generated from {one_line(self.document + pointer)} by\n"
            f"# {one_line(f'{folder}/{template}')}. Do not edit.\n"
            f"# To change it: edit either of those, then run `{one_line(self.command)}`."
        )

    def headers(self, template: str) -> Callable[[str], str]:
        """Return what makes the headers of all files that a template prints."""
        return lambda pointer: self.header(pointer, template)


def shown(path: Path) -> str:
    """Return how headers and messages name a file: never an absolute path."""
    return path.as_posix() if not path.is_absolute() and ".." not in path.parts else path.name
