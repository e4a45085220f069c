"""Types of the generated code, before they are written down."""

from collections.abc import Callable, Iterator

from attrs import field, frozen


@frozen
class Plain:
    """A type that needs no model, such as ``str``; ``imports`` are whole import lines."""

    text: str
    imports: tuple[str, ...] = ()


@frozen
class Literals:
    """One of a few constants, in document order."""

    values: tuple[str | bool | int, ...] = field(eq=repr)  # to Python, 1 and True are the same

    def __contains__(self, value: object) -> bool:
        return any(type(value) is type(each) and value == each for each in self.values)


@frozen
class Named:
    """A component, by its name in the normalised document."""

    component: str


@frozen
class ListOf:
    """A list of one type."""

    item: "Type"


@frozen
class DictOf:
    """A mapping from text to one type."""

    value: "Type"


@frozen
class UnionOf:
    """One of several types, in document order."""

    members: "tuple[Type, ...]"


Leaf = Plain | Literals | Named
Type = Leaf | ListOf | DictOf | UnionOf

ANY = Plain("JsonValue")
NONE = Plain("None")
STR = Plain("str")
BYTES = Plain("bytes")
UNSET = Plain("Unset")
FILE = Plain("File")


def optional(type_: Type) -> Type:
    """Return the type, or ``None``."""
    return union(type_, NONE)


def union(*members: Type) -> Type:
    """Return a flat union without repetitions; of a single member, the member."""
    flat: list[Type] = []
    for member in members:
        for each in member.members if isinstance(member, UnionOf) else (member,):
            if each not in flat:
                flat.append(each)
    return flat[0] if len(flat) == 1 else UnionOf(tuple(flat))


def leaves(type_: Type) -> Iterator[Leaf]:
    """Yield every type inside a type that is made of no others."""
    match type_:
        case ListOf(item):
            yield from leaves(item)
        case DictOf(value):
            yield from leaves(value)
        case UnionOf(members):
            for member in members:
                yield from leaves(member)
        case _:
            yield type_


def with_leaves(type_: Type, change: Callable[[Leaf], Type]) -> Type:
    """Return the type with something else for what is made of no others."""
    match type_:
        case ListOf(item):
            return ListOf(with_leaves(item, change))
        case DictOf(value):
            return DictOf(with_leaves(value, change))
        case UnionOf(members):
            return union(*[with_leaves(member, change) for member in members])
        case _:
            return change(type_)


def annotation(type_: Type, name_of: Callable[[str], str]) -> str:
    """Return the source text of a type; ``name_of`` gives the class name of a component."""
    match type_:
        case Plain(text):
            return text
        case Literals(values):
            return f"Literal[{', '.join(map(repr, values))}]"
        case Named(component):
            return name_of(component)
        case ListOf(item):
            return f"List[{annotation(item, name_of)}]"
        case DictOf(value):
            return f"Dict[str, {annotation(value, name_of)}]"
        case UnionOf(members):
            if UNSET in members:  # Unset first, as the seed of a default reads best
                members = (UNSET, *[member for member in members if member != UNSET])
            if len(members) == 2 and NONE in members:
                other = members[0] if members[1] == NONE else members[1]
                return f"Optional[{annotation(other, name_of)}]"
            if NONE in members:
                members = (*[member for member in members if member != NONE], NONE)
            return f"Union[{', '.join(annotation(member, name_of) for member in members)}]"


def typing_names(text: str) -> list[str]:
    """Return what an annotation needs from ``typing``."""
    return [
        name
        for name in ("Any", "Dict", "List", "Literal", "Optional", "Union")
        if f"{name}[" in text
    ]
