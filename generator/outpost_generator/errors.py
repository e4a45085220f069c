"""Why a run stopped."""

from collections.abc import Sequence

from outpost_generator.document import Problem


class GenerationFailed(Exception):
    """The document, the configuration or the output folder does not allow a complete result.

    ``problems`` holds every problem found, each with where it is, why, and the way out.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
