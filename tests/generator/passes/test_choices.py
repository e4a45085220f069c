"""Choices beside other structure, bases with extensions, conditions."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

PAGE = """
/things:
  get:
    operationId: getThing
    responses:
      '200':
        description: ok
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
"""
PETS = """
Thing: {type: object, properties: {pet: {$ref: '#/components/schemas/Pet'}}}
Pet:
  type: object
  required: [kind]
  discriminator: {propertyName: kind, mapping: {meow: '#/components/schemas/Cat'}}
  properties:
    kind: {type: string}
    friends: {type: array, items: {allOf: [{$ref: '#/components/schemas/Pet'}]}}
Cat:
  allOf:
    - {$ref: '#/components/schemas/Pet'}
    - {type: object, properties: {lives: {type: integer}}}
Dog: {allOf: [{$ref: '#/components/schemas/Pet'}], properties: {breed: {type: string}}}
Puppy: {allOf: [{$ref: '#/components/schemas/Dog'}], properties: {weeks: {type: integer}}}
"""


def test_a_base_is_read_as_the_extension_that_its_tag_names(generate: Callable[..., Any]) -> None:
    """By the mapping, else by the name of the extension; of extensions of extensions, too."""
    models = generate(PAGE, PETS).models

    def read(pet: dict[str, Any]) -> Any:
        return models.Thing.from_dict({"pet": pet}).pet

    assert read({"kind": "meow", "lives": 9}) == models.Cat(kind="meow", lives=9)
    assert read({"kind": "Puppy", "weeks": 3}) == models.Puppy(kind="Puppy", weeks=3)
    assert read({"kind": "Dog", "friends": [{"kind": "meow"}]}).friends == [models.Cat("meow")]


def test_an_extension_that_nobody_knew_is_read_as_the_base(generate: Callable[..., Any]) -> None:
    """What all have in common is there."""
    models = generate(PAGE, PETS).models

    thing = models.Thing.from_dict({"pet": {"kind": "fish", "fins": 2}})

    assert thing.pet == models.PetBase(kind="fish")


def test_each_alternative_has_what_stands_beside_the_choice(generate: Callable[..., Any]) -> None:
    """Properties beside oneOf belong to all its members, and classes in them are shared."""
    models = generate(
        PAGE,
        """
        Thing:
          type: object
          required: [id]
          properties: {id: {type: string}, state: {enum: [open, shut]}}
          oneOf:
            - {title: By Name, required: [name], properties: {name: {type: string}}}
            - {$ref: '#/components/schemas/Numbered'}
        Numbered: {type: object, required: [number], properties: {number: {type: integer}}}
        """,
    ).models

    assert models.ThingByName(id="a", name="b", state=models.ThingState("open")).to_dict()
    assert models.ThingNumbered(id="a", number=1, state=models.ThingState("open")).to_dict()


def test_a_choice_inside_all_of_keeps_what_it_is_joined_with(generate: Callable[..., Any]) -> None:
    """allOf of a union and an object is a union of objects with the fields of both."""
    api = generate(
        PAGE,
        """
        Thing:
          allOf:
            - {anyOf: [{$ref: '#/components/schemas/Text'}, {$ref: '#/components/schemas/Image'}]}
            - {type: object, properties: {file: {type: string}}}
        Text: {type: object, required: [text], properties: {text: {type: string}}}
        Image: {type: object, required: [url], properties: {url: {type: string}}}
        """,
    )

    assert api.models.ThingText(text="a", file="b").to_dict() == {"text": "a", "file": "b"}
    assert api.models.ThingImage(url="a", file="b").to_dict() == {"url": "a", "file": "b"}


def test_a_choice_of_required_fields_makes_no_other_class(generate: Callable[..., Any]) -> None:
    """``anyOf`` that only demands one of some fields leaves one class with all of them."""
    api = generate(
        PAGE,
        """
        Thing:
          type: object
          properties: {a: {type: string}, b: {type: string}}
          anyOf: [{required: [a]}, {required: [b]}, {required: [c]}]
        """,
    )

    assert api.models.Thing(b="x", c=1).to_dict() == {"b": "x", "c": 1}


def test_a_constant_tells_members_of_a_union_apart(generate: Callable[..., Any]) -> None:
    """Without a discriminator, too; classes of inline members are named by it."""
    models = generate(
        PAGE,
        """
        Thing: {type: object, properties: {part: {$ref: '#/components/schemas/Part'}}}
        Part:
          oneOf:
            - required: [type]
              properties: {type: {const: text}, text: {type: string}}
            - required: [type]
              properties: {type: {const: image}, text: {type: integer}}
        """,
    ).models

    read = models.Thing.from_dict({"part": {"type": "image", "text": "not a number"}})

    assert isinstance(read.part, models.PartImage)


def test_a_constant_is_not_made_up_for_an_answer(generate: Callable[..., Any]) -> None:
    """An object without the tag is none of the members that require it."""
    models = generate(
        PAGE,
        """
        Thing: {type: object, properties: {check: {$ref: '#/components/schemas/Check'}}}
        Check: {anyOf: [{$ref: '#/components/schemas/Mail'}, {$ref: '#/components/schemas/Day'}]}
        Mail: {type: object, required: [by], properties: {by: {const: mail}}}
        Day: {type: object, properties: {by: {const: day}}}
        """,
    ).models

    assert models.Thing.from_dict({"check": {}}).to_dict() == {"check": {}}


@pytest.mark.parametrize("word", ["then", "else"])
def test_fields_under_a_condition_are_there(generate: Callable[..., Any], word: str) -> None:
    """What ``then``, ``else`` and ``dependentSchemas`` describe can be sent and read."""
    api = generate(
        PAGE,
        f"""
        Thing:
          type: object
          properties: {{method: {{type: string}}}}
          if: {{properties: {{method: {{const: card}}}}}}
          {word}: {{properties: {{number: {{type: string}}}}}}
          dependentSchemas: {{number: {{properties: {{expiry: {{type: string}}}}}}}}
        """,
    )

    assert api.models.Thing(number="1", expiry="2").to_dict() == {"number": "1", "expiry": "2"}


def test_further_fields_of_all_parts_are_kept(generate: Callable[..., Any]) -> None:
    """``unevaluatedProperties`` with a schema types them."""
    api = generate(
        PAGE,
        "Thing: {properties: {a: {type: string}}, unevaluatedProperties: {type: integer}}",
    )

    assert api.models.Thing.from_dict({"a": "x", "b": 1}).additional_properties == {"b": 1}


def test_alternatives_that_multiply_are_read_as_any_object(generate: Callable[..., Any]) -> None:
    """A union of thousands of classes helps nobody, and a document could ask for billions."""
    choices = "- {oneOf: [{properties: {a: {}}}, {properties: {b: {}}}, {properties: {c: {}}}]}\n"

    api = generate(PAGE, "Thing:\n  allOf:\n" + 40 * f"    {choices}")

    assert api.get_thing.read(httpx.Response(200, json={"x": 1})).parsed == {"x": 1}


def test_a_discriminated_union_may_hold_unions(generate: Callable[..., Any]) -> None:
    """Tags lead to the classes inside; of classes with one tag, the fields decide."""
    api = generate(
        schemas="""
            Effect:
              oneOf: [{$ref: "#/components/schemas/Shadow"}, {$ref: "#/components/schemas/Noise"}]
              discriminator: {propertyName: type}
            Shadow: {type: object, required: [type], properties: {type: {enum: [SHADOW]}}}
            Noise:
              oneOf: [{$ref: "#/components/schemas/Mono"}, {$ref: "#/components/schemas/Duo"}]
            Mono:
              type: object
              required: [type, one]
              properties: {type: {enum: [NOISE]}, one: {type: string}}
            Duo:
              type: object
              required: [type, two]
              properties: {type: {enum: [NOISE]}, two: {type: string}}
            Layer: {type: object, properties: {effects: {
              type: array, items: {$ref: "#/components/schemas/Effect"}}}}
        """
    )

    layer = api.models.Layer.from_dict(
        {"effects": [{"type": "SHADOW"}, {"type": "NOISE", "two": "a"}, {"type": "GLOW"}]}
    )

    assert layer.effects == [
        api.models.Shadow(),
        api.models.Duo(two="a"),
        {"type": "GLOW"},
    ]


def test_further_properties_beside_a_choice_are_kept(generate: Callable[..., Any]) -> None:
    """What no alternative has a field for is read as the map that stands beside them."""
    api = generate(
        schemas="""
            Payment:
              type: object
              properties:
                data:
                  type: object
                  additionalProperties: {type: string}
                  anyOf: [{$ref: "#/components/schemas/Card"}, {$ref: "#/components/schemas/Bank"}]
            Card: {type: object, properties: {number: {type: string}}}
            Bank: {type: object, properties: {iban: {type: string}}}
        """
    )

    card = api.models.Payment.from_dict({"data": {"number": "1"}}, strict=True)
    more = api.models.Payment.from_dict({"data": {"number": "1", "extra": "2"}}, strict=True)

    assert card.data == api.models.Card(number="1")
    assert more.data == {"number": "1", "extra": "2"}


def test_a_tag_that_an_alternative_forgets_to_describe_is_kept(
    generate: Callable[..., Any],
) -> None:
    """It would be lost, and with it what the object is."""
    api = generate(
        schemas="""
            Method:
              type: object
              properties:
                data:
                  discriminator: {propertyName: type}
                  oneOf: [{$ref: "#/components/schemas/Card"}, {$ref: "#/components/schemas/Bank"}]
            Card: {type: object, properties: {number: {type: string}}}
            Bank: {type: object, properties: {iban: {type: string}}}
        """
    )
    content = {"data": {"type": "Bank", "iban": "1"}}

    method = api.models.Method.from_dict(content)

    assert method.data == api.models.Bank(type="Bank", iban="1")
    assert method.to_dict() == content
