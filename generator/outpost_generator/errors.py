"""What a document or a setting does not allow, and why a run stopped."""

from collections.abc import Sequence

from attrs import frozen


@frozen
class Problem:
    """Something that cannot be generated as it stands.

    ``level`` is ``error`` (the run fails), or ``warning`` (the meaning was clear, and was used).
    """

    pointer: str
    reason: str
    way_out: str
    level: str = "error"

    def __str__(self) -> str:
        return f"{self.level}: {self.pointer}\n  {self.reason}\n  {self.way_out}"


class GenerationFailed(Exception):
    """The document, the configuration or the output folder does not allow a complete result.

    ``problems`` holds every problem found, each with where it is, why, and the way out.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
