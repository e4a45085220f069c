"""What generated models hold, read and write."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest


def test_attributes_are_named_as_on_the_wire(generate: Callable[..., Any]) -> None:
    """A wire name that Python cannot spell gets another attribute, and stays on the wire."""
    api = generate(
        schemas="A: {properties: {createdAt: {}, class: {type: string}, a-b: {type: string}}}"
    )

    made = api.models.A.from_dict({"createdAt": "now", "class": "c", "a-b": "d"})

    assert (made.createdAt, made.class_, made.a_b) == ("now", "c", "d")
    assert made.to_dict() == {"createdAt": "now", "class": "c", "a-b": "d"}


def test_names_that_become_equal_stay_apart(generate: Callable[..., Any]) -> None:
    """Two wire names with one Python spelling both keep their value."""
    api = generate(schemas="A: {properties: {a-b: {}, a_b: {}, to_dict: {type: string}}}")
    value = {"a-b": "1", "a_b": "2", "to_dict": "3"}

    assert api.models.A.from_dict(value).to_dict() == value


def test_unset_and_none_are_different(generate: Callable[..., Any]) -> None:
    """An unset field is not written; None is written as null."""
    api = generate(schemas="A: {properties: {a: {type: [string, 'null']}}}")

    assert api.models.A().to_dict() == {}
    assert api.models.A(None).to_dict() == {"a": None}


def test_defaults_of_every_kind_are_kept(generate: Callable[..., Any]) -> None:
    """A default of the document is the attribute's, and objects do not share it."""
    api = generate(
        schemas="""
        A:
          properties:
            i: {type: integer, default: 3}
            f: {type: number, default: 1}
            n: {type: [string, 'null'], default: null}
            e: {$ref: '#/components/schemas/E', default: b}
            l: {type: array, items: {type: string}, default: [x]}
            o: {$ref: '#/components/schemas/B', default: {x: 1}}
        B: {properties: {x: {type: integer}}}
        E: {type: string, enum: [a, b]}
        """
    )
    first, second = api.models.A(), api.models.A()

    first.l.append("y")

    assert (first.i, first.f, first.n, first.e, second.l, first.o.x) == (
        3,
        1.0,
        None,
        "b",
        ["x"],
        1,
    )


@pytest.mark.parametrize(
    ("values", "default"),
    [
        (["abc", 5], "a"),
        ([10, 20], 1),
        ([10, 20], 0),
        (["1", 2], 1),
        ([1, 2], "1"),
        ([1, 2], True),
        ([True, "x"], 1),
        ([0, "x"], False),
        (["a, b", 5], "a"),
        (["abc"], "a"),
    ],
)
def test_a_default_that_is_no_value_of_the_enum_is_none(
    generate: Callable[..., Any], values: list[Any], default: Any
) -> None:
    """Neither a part of a value nor what Python takes for the same is one of the values."""
    schema = {"properties": {"e": {"enum": values, "default": default}}}

    api = generate(document={"components": {"schemas": {"A": schema}}})

    assert api.models.A().to_dict() == {}


@pytest.mark.parametrize(
    ("values", "default"),
    [(["abc", 5], "abc"), ([10, 1], 1), (["1", 1], "1"), ([1, True], True), ([True, 1], 1)],
)
def test_a_default_that_is_a_value_of_the_enum_is_kept(
    generate: Callable[..., Any], values: list[Any], default: Any
) -> None:
    """It has the type that the document gives it."""
    schema = {"properties": {"e": {"enum": values, "default": default}}}

    api = generate(document={"components": {"schemas": {"A": schema}}})

    assert repr(api.models.A().e) == repr(default)
    assert [repr(api.models.A.from_dict({"e": each}).e) for each in values] == list(
        map(repr, values)
    )


def test_unknown_enum_values_survive(generate: Callable[..., Any]) -> None:
    """A value that the document does not know equals its text and is written back."""
    api = generate(schemas="A: {properties: {e: {type: string, enum: [one, One, 'on e', '']}}}")

    made = api.models.A.from_dict({"e": "two"})

    assert made.e == "two"
    assert made.to_dict() == {"e": "two"}
    assert {member.value for member in type(made.e)} == {"one", "One", "on e", ""}


def test_a_discriminated_union_is_read_by_its_tag(generate: Callable[..., Any]) -> None:
    """The tag chooses the class, however alike the members; an unknown tag keeps the object."""
    api = generate(
        schemas="""
        Pet:
          oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
          discriminator: {propertyName: kind, mapping: {meow: '#/components/schemas/Cat'}}
        Cat: {properties: {kind: {type: string}, name: {type: string}}}
        Dog: {properties: {kind: {type: string}, name: {type: string}}}
        Owner: {properties: {pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
        """
    )
    pets = [{"kind": "Dog", "name": "a"}, {"kind": "meow", "name": "b"}, {"kind": "fish"}]

    owner = api.models.Owner.from_dict({"pets": pets})

    assert [type(pet).__name__ for pet in owner.pets] == ["Dog", "Cat", "dict"]
    assert owner.to_dict() == {"pets": pets}


def test_a_union_without_a_discriminator_is_read_by_its_shape(generate: Callable[..., Any]) -> None:
    """The member that fits best is taken."""
    api = generate(
        schemas="""
        Holder: {properties: {x: {$ref: '#/components/schemas/X'}}}
        X:
          anyOf:
            - $ref: '#/components/schemas/A'
            - $ref: '#/components/schemas/B'
            - type: string
        A: {properties: {a: {type: integer}}}
        B: {required: [b], properties: {b: {type: integer}}}
        """
    )
    read = api.models.Holder.from_dict

    assert [type(read({"x": x}).x).__name__ for x in ({"a": 1}, {"b": 1}, "s")] == ["A", "B", "str"]


def test_models_may_hold_themselves_and_each_other(generate: Callable[..., Any]) -> None:
    """Recursion through properties, arrays, maps and unions is read and written."""
    api = generate(
        schemas="""
        Node:
          properties:
            children: {$ref: '#/components/schemas/Nodes'}
            tree: {$ref: '#/components/schemas/Tree'}
        Nodes: {type: array, items: {$ref: '#/components/schemas/Node'}}
        Tree: {properties: {root: {$ref: '#/components/schemas/Node'}}}
        Json: {anyOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/Json'}}]}
        Holder: {properties: {json: {$ref: '#/components/schemas/Json'}}}
        """
    )
    value = {"children": [{"children": []}], "tree": {"root": {}}}

    assert api.models.Node.from_dict(value, strict=True).to_dict() == value
    assert (
        api.codec.decoder(api.models.Node)(b'{"tree":{"root":{"children":[{}]}}}')
        .tree.root.children[0]
        .to_dict()
        == {}
    )
    assert api.models.Holder.from_dict({"json": ["a", ["b"]]}).to_dict() == {"json": ["a", ["b"]]}


def test_further_properties_are_kept_when_the_document_allows_them(
    generate: Callable[..., Any],
) -> None:
    """Typed further properties are read as their type; undeclared ones are ignored."""
    api = generate(
        schemas="""
        Kept:
          properties: {a: {type: integer}}
          additionalProperties: {$ref: '#/components/schemas/Item'}
        Item: {properties: {n: {type: integer}}}
        Ignored: {properties: {a: {type: integer}}}
        """
    )

    made = api.models.Kept.from_dict({"a": 1, "b": {"n": 2}})

    assert made.additional_properties == {"b": api.models.Item(2)}
    assert made.to_dict() == {"a": 1, "b": {"n": 2}}
    assert api.models.Ignored.from_dict({"a": 1, "b": 2}).to_dict() == {"a": 1}


def test_formats_become_python_types(generate: Callable[..., Any]) -> None:
    """Dates and UUIDs are Python values; a configuration can keep them as text."""
    schemas = """
    A:
      properties:
        t: {type: string, format: date-time}
        d: {type: string, format: date}
        u: {type: string, format: uuid}
    """
    value = {
        "t": "2024-01-02T03:04:05Z",
        "d": "2024-01-02",
        "u": "12345678-1234-5678-1234-567812345678",
    }

    typed = generate(schemas=schemas).models.A.from_dict(value)
    plain = generate(schemas=schemas, config={"formats": {"date-time": "str"}}).models.A.from_dict(
        value
    )

    assert typed.t == datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    assert (typed.d, typed.u) == (datetime.date(2024, 1, 2), uuid.UUID(value["u"]))
    assert plain.t == value["t"]
    assert typed.to_dict() == value


def test_secrets_are_not_shown(generate: Callable[..., Any]) -> None:
    """Passwords and write-only fields are left out of repr."""
    api = generate(
        schemas="""
        A:
          required: [a]
          properties: {a: {type: string, format: password}, b: {type: string, writeOnly: true}}
        """
    )

    assert "hunter2" not in repr(api.models.A("hunter2", "hunter2"))


@pytest.mark.parametrize(
    "name", ["Any", "Optional", "Model", "None", "type", "list", "UNSET", "int", "1st", "été", "💥"]
)
def test_any_schema_name_becomes_a_class(generate: Callable[..., Any], name: str) -> None:
    """Names that our modules or Python use are changed, whatever they are."""
    api = generate(
        schemas=f"'{name}': {{properties: {{a: {{type: array, items: {{type: integer}}}}}}}}"
    )

    (made,) = [getattr(api.models, each) for each in api.models.__all__]
    assert made.from_dict({"a": [1]}).to_dict() == {"a": [1]}


def test_field_names_may_be_snake_case(generate: Callable[..., Any]) -> None:
    """A setting names attributes the Python way; the wire is as it was."""
    api = generate(
        schemas="""
        A:
          required: [createdAt]
          properties:
            createdAt: {type: string}
            "@type": {type: string}
            innerItem: {$ref: "#/components/schemas/A"}
        """,
        config={"field_names": "snake"},
    )

    read = api.models.A.from_dict(
        {"createdAt": "now", "@type": "x", "innerItem": {"createdAt": "b"}}
    )

    assert (read.created_at, read.type, read.inner_item.created_at) == ("now", "x", "b")
    assert read.to_dict() == {
        "createdAt": "now",
        "@type": "x",
        "innerItem": {"createdAt": "b"},
    }


def test_models_may_be_frozen(generate: Callable[..., Any]) -> None:
    """A setting makes models that cannot be changed; they are read as fast as others."""
    api = generate(
        schemas="A: {properties: {n: {type: integer}, inner: {$ref: '#/components/schemas/A'}}}",
        config={"frozen": True},
    )

    read = api.codec.decoder(api.models.A)(b'{"n": 1, "inner": {"n": 2}}')

    assert hash(read) == hash(api.models.A(1, api.models.A(2)))
    assert api.models.A.__native__
    with pytest.raises(AttributeError):
        read.n = 2


def test_a_class_stands_beside_what_is_described_inside_it(generate: Callable[..., Any]) -> None:
    """Inline objects and enums share the module of their holder; named schemas have their own."""
    api = generate(
        schemas="""
        Thing:
          type: object
          properties:
            other: {$ref: '#/components/schemas/Other'}
            size:
              type: object
              properties: {unit: {enum: [m, cm]}, of: {$ref: '#/components/schemas/Thing'}}
        Other: {type: object, properties: {a: {type: string}}}
        """,
    )

    modules = sorted(path.stem for path in (api.folder / "models").glob("*.py"))

    assert modules == ["__init__", "other", "thing"]
    assert api.models.ThingSize(unit="cm").to_dict() == {"unit": "cm"}
    assert api.models.Thing.from_dict({"size": {"of": {}}}).size.of == api.models.Thing()


def test_a_field_may_be_called_as_the_class_of_its_value(generate: Callable[..., Any]) -> None:
    """Documents that capitalise names do so everywhere; the attribute has the name on the wire."""
    api = generate(
        paths="""
            /orders:
              post:
                requestBody:
                  content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
        """,
        schemas="""
            Order:
              type: object
              properties:
                Contact: {$ref: "#/components/schemas/Contact"}
                Status: {$ref: "#/components/schemas/Status"}
                Former: {type: array, items: {$ref: "#/components/schemas/Contact"}}
                Other: {default: open, allOf: [{$ref: "#/components/schemas/Status"}]}
                Order: {$ref: "#/components/schemas/Order"}
                Union: {type: string}
                List: {type: array, items: {type: string}}
            Contact: {type: object, properties: {Name: {type: string}}}
            Status: {type: string, enum: [open, closed]}
        """,
    )
    content = {
        "Contact": {"Name": "a"},
        "Status": "closed",
        "Former": [{"Name": "b"}],
        "Other": "open",
        "Order": {"Status": "open", "Other": "closed"},
        "Union": "c",
        "List": ["d"],
    }

    order = api.models.Order.from_dict(content, strict=True)

    assert order.Contact == api.models.Contact(Name="a")
    assert order.Status is api.models.Status.closed
    assert order.to_dict() == content
    assert api.models.Order().Other is api.models.Status.open


def test_a_required_secret_stands_before_what_is_optional(generate: Callable[..., Any]) -> None:
    """A field without a default may follow none with one, whether or not it is shown."""
    api = generate(
        schemas="""
            Login:
              type: object
              required: [password]
              properties: {realm: {type: string}, password: {type: string, format: password}}
        """
    )

    login = api.models.Login("secret", realm="r")

    assert login.to_dict() == {"realm": "r", "password": "secret"}
    assert "secret" not in repr(login)


def test_only_the_server_sets_what_is_read_only(generate: Callable[..., Any]) -> None:
    """A default of such a field is not sent."""
    api = generate(
        schemas="""
            Run:
              type: object
              properties: {external: {type: boolean, readOnly: true, default: true}}
        """
    )

    assert api.models.Run().to_dict() == {}


def test_properties_beside_the_type_of_a_list_are_not_its_items(
    generate: Callable[..., Any],
) -> None:
    """The type says what a value is; properties are of objects."""
    api = generate(
        schemas="""
            Fields: {type: array, items: {type: string}, properties: {empty: {type: boolean}}}
            Holder: {type: object, properties: {fields: {$ref: "#/components/schemas/Fields"}}}
        """
    )

    assert api.models.Holder.from_dict({"fields": ["a"]}, strict=True).fields == ["a"]


def test_a_property_of_two_members_of_all_of_has_the_fields_of_both(
    generate: Callable[..., Any],
) -> None:
    """Each member describes a part of it."""
    api = generate(
        schemas="""
            Ad:
              allOf:
              - {properties: {summary: {properties: {clicks: {type: integer}}}}}
              - {properties: {summary: {properties: {likes: {type: integer}}}}}
        """
    )
    content = {"summary": {"clicks": 1, "likes": 2}}

    ad = api.models.Ad.from_dict(content, strict=True)

    assert (ad.summary.clicks, ad.summary.likes) == (1, 2)
    assert ad.to_dict() == content


def test_a_required_field_is_optional_on_the_side_that_does_not_set_it(
    generate: Callable[..., Any],
) -> None:
    """Users do not send what is read only, servers do not answer what is write only."""
    api = generate(
        paths="""
            /users:
              post:
                requestBody: {content: {application/json: {schema: &user {
                  $ref: "#/components/schemas/User"}}}}
                responses: {"200": {description: ok, content: {application/json: {schema: *user}}}}
        """,
        schemas="""
            User:
              type: object
              required: [id, name, token]
              properties:
                id: {type: integer, readOnly: true}
                name: {type: string}
                token: {type: string, writeOnly: true}
        """,
    )
    user = api.models.User

    assert user("a", token="t").to_dict() == {"name": "a", "token": "t"}
    assert user.from_dict({"id": 1, "name": "a"}, strict=True).to_dict() == {"id": 1, "name": "a"}


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf"])
def test_a_default_that_json_has_no_number_for_is_one_all_the_same(generate, value: str) -> None:
    """YAML writes it, and so do frameworks of Python."""
    api = generate(
        schemas=f"A: {{type: object, properties: {{n: {{type: number, default: {value}}}}}}}",
    )

    assert str(api.models.A().n) == value.replace(".", "")
