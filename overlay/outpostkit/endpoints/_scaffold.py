"""A first prediction template, written to a file for its author to fill in."""

import os

from outpostkit.exceptions import ConfigurationError

#: What the file says. It can be deployed as it is: it answers with what it is asked.
SCAFFOLD = '''"""A prediction template: each replica makes one Template and calls its predict."""

from typing import Any, Callable, Dict, List, Type, Union


class Template:
    # Packages of the operating system that the code below needs, such as "ffmpeg".
    system_dependencies: List[str] = []

    # Python packages that the code below needs, such as "pillow>=10".
    python_requirements: List[str] = []

    # Status or exception to the function that answers for it; see FastAPI's exception handlers.
    exception_handlers: Dict[Union[int, Type[Exception]], Callable[..., Any]] = {}

    def __init__(self) -> None:
        # Load the model here: once, before the first request. The secrets that the endpoint was
        # created with are environment variables: os.environ["NAME"].
        ...

    def predict(self, item: Dict[str, Any]) -> Any:
        # Handles POST requests to the prediction path, as a FastAPI route handler: declare the
        # parameters you expect, return what the caller shall get.
        return item
'''


def scaffold(name: str) -> None:
    """Write a prediction template to start from into the current folder.

    Args:
        name: name of the file; ``.py`` is added when it is missing. It holds a class ``Template``
            that can be deployed as it is.

    Raises:
        ConfigurationError: the file exists already, or cannot be written; nothing was changed.
    """
    if not isinstance(name, str) or not name.strip():
        raise ConfigurationError("name: give the name of the file to write, such as 'template.py'")
    path = name if name.endswith(".py") else f"{name}.py"
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(SCAFFOLD)
    except FileExistsError:
        raise ConfigurationError(
            f"name: there is a file {os.path.abspath(path)!r} already; choose another name"
        ) from None
    except (OSError, ValueError) as problem:
        raise ConfigurationError(f"name: {path!r} cannot be written: {problem}") from problem
