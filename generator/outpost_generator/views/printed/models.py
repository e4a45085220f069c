"""What templates of models may print."""

from attrs import frozen


@frozen
class FieldView:
    """One attribute of a model.

    Attributes:
        name: the attribute
        annotation: its type
        default: what stands after the annotation; "" when the field is required
    """

    name: str  # "createdAt"
    annotation: str  # "Union[Unset, str]"
    default: str


@frozen
class ClassView:
    """One model class.

    Attributes:
        decorator: of attrs: ``define`` or ``frozen``
        name: the class
        docstring: whole, with its quotes
        settings: lines of the class body before its fields
        fields: in the order of the constructor
    """

    decorator: str  # "define" or "frozen"
    name: str
    docstring: str
    settings: tuple[str, ...]  # '__wire_names__ = {"class_": "class"}'
    fields: tuple[FieldView, ...]


@frozen
class MemberView:
    """One value of an enum.

    Attributes:
        name: the attribute of the enum
        value: its text, quoted
    """

    name: str
    value: str


@frozen
class EnumView:
    """One enum class of text values.

    Attributes:
        name: the class
        docstring: whole, with its quotes
        members: in the order of the document
        like: name of "a member or its text"; "" when users never pass one in
        texts: the type of those texts
    """

    name: str
    docstring: str
    members: tuple[MemberView, ...]
    like: str
    texts: str  # 'Literal["a", "b"]'


@frozen
class AliasView:
    """A name for a type that is no class.

    Attributes:
        name: what the type is called
        annotation: the type
        comment: lines that begin with ``#``
        checked_only: recursive: shown to type checkers, ``Any`` at run time
        discriminator: statement that registers how a union is told apart; "" when it is no such
            union
    """

    name: str
    annotation: str
    comment: tuple[str, ...]
    checked_only: bool
    discriminator: str  # 'discriminate(X, "kind", {...})' or ""


@frozen
class ModelModuleView:
    """One module of ``models``.

    Attributes:
        header: the comment lines that begin the file
        docstring: of the module, with its quotes
        imports: whole lines, sorted
        classes: the model classes, what is held before what holds it
        enums: the enum classes
        aliases: the other types
        renamed: statements that give classes the names that fields called as they are leave them
        exported: the value of ``__all__``
    """

    header: str
    docstring: str
    imports: tuple[str, ...]
    classes: tuple[ClassView, ...]
    enums: tuple[EnumView, ...]
    aliases: tuple[AliasView, ...]
    renamed: tuple[str, ...]  # '_Node = Node'
    exported: str  # '["Node"]'
