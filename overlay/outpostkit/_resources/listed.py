"""Answers that are lists: iterated, indexed and searched as one, with the fields that they have."""

from typing import (
    TYPE_CHECKING,
    Callable,
    ClassVar,
    Generic,
    List,
    Optional,
    Sequence,
    Type,
    TypeVar,
    Union,
    overload,
)

from outpost_api.later import later
from outpostkit._resources.resource import Resource
from outpostkit.exceptions import UnreadableResponseError

if TYPE_CHECKING:
    from outpost_api import model
else:
    model = later("outpost_api.model")

T = TypeVar("T")
R = TypeVar("R")
Object = TypeVar("Object", bound=Resource)

#: How many items ``repr`` shows.
SHOWN = 20


class Listed(Sequence[T]):
    """An answer that is a list of what it brought; what matched beyond counts in ``total``.

    Comes before the class of the answer among the bases of a class.
    """

    __slots__ = ()

    #: The field with the items as they came.
    _field: ClassVar[str]
    #: The class of the answer; objects of it are equal to this when their fields are.
    _model: "ClassVar[Type[model.Model]]"

    def _items(self) -> List[T]:
        found: object = getattr(self, self._field)
        return found if isinstance(found, list) else []  # a value of the wrong type came

    def __len__(self) -> int:
        return len(self._items())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> List[T]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[T, List[T]]:
        return self._items()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self._model) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # as that of every answer

    def __repr__(self) -> str:
        items = self._items()
        shown = [repr(each) for each in items[:SHOWN]]
        if len(items) > SHOWN:
            shown.append(f"and {len(items) - SHOWN} more")
        return f"<{type(self).__name__} of {len(items)}: {', '.join(shown) or 'nothing'}>"


class ListedObjects(Listed[Object], Generic[Object, R]):
    """A list whose items have methods, each made of the record that came when it is first asked."""

    __slots__ = ()

    _made: Optional[List[Object]]
    _make: Callable[[R], Object]

    def _items(self) -> List[Object]:
        if self._made is None:
            found: object = getattr(self, self._field)
            records: List[R] = found if isinstance(found, list) else []
            self._made = [self._object(place, record) for place, record in enumerate(records)]
        return self._made

    def _object(self, place: int, record: R) -> Object:
        if not hasattr(type(record), "__wire_names__"):
            raise UnreadableResponseError(
                f"item {place} of {self._field} is no object, so that there is nothing to address; "
                f".{self._field} has what came"
            )
        return self._make(record)

    def __contains__(self, value: object) -> bool:
        """Tell whether it has this one, another object that addresses the same, or its name."""
        if isinstance(value, str):
            return any(value in each._names() for each in self._items())
        return isinstance(value, Resource) and any(
            type(each) is type(value) and each._names() == value._names() for each in self._items()
        )
