"""What templates of models may print."""

from collections.abc import Mapping

from attrs import field, frozen

from outpost_generator.python.document_text import Text, texts, value


@frozen
class FieldView:
    """One attribute of a model.

    Attributes:
        name: the attribute
        annotation: its type
        default: expression of its default, or of ``field``; "" when there is neither
    """

    name: str  # createdAt
    annotation: str  # Union[Unset, str]
    default: str  # UNSET


@frozen
class ClassView:
    """One model class.

    Attributes:
        decorator: of attrs: ``define`` or ``frozen``
        name: the class
        docstring: text
        wire_names: attributes that are called otherwise on the wire -> how, text
        native: whether msgspec reads and writes it by itself
        fields: in the order of the constructor
    """

    decorator: str
    name: str
    docstring: Text = field(converter=Text)
    wire_names: Mapping[str, Text] = field(converter=value)  # {"class_": "class"}
    native: bool
    fields: tuple[FieldView, ...]


@frozen
class MemberView:
    """One value of an enum.

    Attributes:
        name: the attribute of the enum
        value: text
    """

    name: str
    value: Text = field(converter=Text)


@frozen
class EnumView:
    """One enum class of text values.

    Attributes:
        name: the class
        docstring: text
        members: in the order of the document
        like: name of "a member or its value"; "" when users never pass one in
    """

    name: str
    docstring: Text = field(converter=Text)
    members: tuple[MemberView, ...]
    like: str


@frozen
class AliasView:
    """A name for a type that is no class.

    Attributes:
        name: what the type is called
        annotation: the type
        description: lines of text
        checked_only: recursive: shown to type checkers, ``Any`` at run time
        discriminator: statement that registers how a union is told apart; "" when it is no such
            union
    """

    name: str
    annotation: str
    description: tuple[Text, ...] = field(converter=texts)
    checked_only: bool
    discriminator: str  # discriminate(X, "kind", {...})


@frozen
class ModelModuleView:
    """One module of ``models``.

    Attributes:
        header: the comment lines that begin the file
        docstring: of the module, text
        imports: whole lines, sorted
        classes: the model classes, what is held before what holds it
        enums: the enum classes
        aliases: the other types
        renamed: statements that give classes the names that fields called as they are leave them
        exported: the names in ``__all__``
    """

    header: str
    docstring: Text = field(converter=Text)
    imports: tuple[str, ...]
    classes: tuple[ClassView, ...]
    enums: tuple[EnumView, ...]
    aliases: tuple[AliasView, ...]
    renamed: tuple[str, ...]  # _Node = Node
    exported: tuple[str, ...]
