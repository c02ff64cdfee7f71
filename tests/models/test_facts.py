"""What is declared of fields holds together."""

from bson import ObjectId
from pydantic import BaseModel

from models import DOCUMENTS, Card
from models.facts import CREATE, FILTER, GRAPH, SHOWN, UPDATE, WRITTEN, Declared, declared, facts_of

MODELS: list[type[BaseModel]] = list(DOCUMENTS)


def fields() -> dict[str, Declared]:
    """Every declared field, by model and key."""
    return {f"{model.__name__}.{key}": field for model in MODELS for key, field in facts_of(model).items()}


def test_every_declared_field_says_in_a_sentence_what_it_is() -> None:
    texts = {name: [field.facts.description, *field.facts.told.values()] for name, field in fields().items()}

    assert {
        name for name, told in texts.items() if not all(text.endswith(".") and text[0].isupper() for text in told)
    } == set()
    assert len(texts) > 100


def test_a_door_is_told_otherwise_only_where_the_field_is_met() -> None:
    told = {name: (field.facts.told.keys(), field.facts.doors) for name, field in fields().items()}

    assert {name for name, (doors, met) in told.items() if any(door not in met for door in doors)} == set()


def test_a_text_that_clients_write_has_a_limit_by_declaration_or_by_hand() -> None:
    written = {
        name: field
        for name, field in fields().items()
        if field.facts.doors & WRITTEN and field.type is str and field.facts.text is None
    }

    assert written.keys() == {"Agent.color", "Label.color"}


def test_fields_are_met_where_they_are_declared() -> None:
    assert "archived" not in declared(Card, CREATE)
    assert "archived" in declared(Card, UPDATE)
    assert "archived" not in declared(Card, WRITTEN)
    assert "archived" in declared(Card, SHOWN | FILTER)


def test_null_is_told_apart_from_the_type() -> None:
    found = declared(Card, GRAPH)

    assert (found["due_date"].type.__name__, found["due_date"].nullable, found["due_date"].default) == (
        "datetime",
        True,
        None,
    )
    assert (found["title"].type, found["title"].nullable, found["title"].required) == (str, False, True)
    assert issubclass(found["assignee_id"].type, ObjectId)
