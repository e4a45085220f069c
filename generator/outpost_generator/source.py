"""Where generated code says it comes from."""

from attrs import frozen

from outpost_generator.text import comment


@frozen
class Provenance:
    """What the header of every file needs: the document's name, our templates, the command."""

    document: str
    templates: str
    command: str

    def header(self, pointer: str, template: str) -> str:
        """Return the three comment lines that begin a file. No dates, no absolute paths."""
        return (
            f"# Generated from {comment(self.document + pointer)} by\n"
            f"# {comment(f'{self.templates}/{template}')}. Do not edit.\n"
            f"# To change it: edit either of those, then run `{comment(self.command)}`."
        )
