"""A base class for prediction templates. It is optional: any class with ``predict`` will do."""

from abc import abstractmethod
from typing import Callable, ClassVar, Dict, List, Type, Union


class EndpointHandler:
    """What a prediction template may declare; ``predict`` is the handler of prediction requests.

    Outpost makes one object per replica, so ``__init__`` is where the model is loaded.
    """

    #: Python packages that the template needs.
    python_requirements: ClassVar[List[str]] = []
    #: Packages of the operating system that it needs.
    system_dependencies: ClassVar[List[str]] = []
    #: Status or exception to the function that answers for it.
    exception_handlers: ClassVar[Dict[Union[int, Type[Exception]], Callable[..., object]]] = {}

    def __init__(self) -> None:
        """Load what predictions need."""

    @abstractmethod
    async def predict(self) -> None:
        """Answer a prediction request; declare any parameters that FastAPI supports."""
        raise NotImplementedError(f"{type(self).__name__} has no predict of its own")
