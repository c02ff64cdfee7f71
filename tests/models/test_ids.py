"""Ids that carry the kind of what they name."""

from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from models import DOCUMENTS
from models.errors import BadUserInput
from models.ids import Kind, kind_of, new_id, parse_id


@given(st.sampled_from(Kind))
def test_an_id_tells_its_kind_and_survives_as_text(kind: Kind) -> None:
    made = new_id(kind)

    assert kind_of(made) is kind
    assert parse_id(str(made), kind) == made
    assert parse_id(str(made).upper(), kind) == made


def test_ids_of_a_process_are_distinct_and_in_the_order_of_creation() -> None:
    made = [new_id(Kind.CARD) for _ in range(1000)]

    assert len(set(made)) == len(made)
    assert made == sorted(made)


def test_an_id_that_was_made_elsewhere_may_have_no_kind() -> None:
    assert kind_of(ObjectId("0" * 24)) is None


def test_the_codes_of_kinds_are_distinct_and_stay() -> None:
    codes = {kind.name: kind.value for kind in Kind}

    assert len(set(codes.values())) == len(codes)
    assert (codes["USER"], codes["WORKSPACE"], codes["CARD"], codes["EVENT"]) == (0x11, 0x31, 0x51, 0x81)


KNOWN_BY_ANOTHER_ID = {
    "StorageAccount",
    "AttemptCount",
    "Avatar",
    "BusMessage",
    "FileChunk",
    "FileLeftover",
    "IdempotencyKey",
    "Lease",
    "StoredFile",
    "StreamHead",
}
"""Documents that nobody fetches by an id of theirs."""


def test_every_document_that_has_an_id_of_its_own_has_a_kind_of_its_own() -> None:
    factories = {model.__name__: model.model_fields["id"].default_factory for model in DOCUMENTS}
    made = [factory() for factory in factories.values() if factory is not None]

    kinds = [kind_of(one) for one in made]

    assert None not in kinds
    assert len(set(kinds)) == len(kinds)
    assert {name for name, factory in factories.items() if factory is None} == KNOWN_BY_ANOTHER_ID


@pytest.mark.parametrize(
    "value",
    ["", "x", "g" * 24, "0" * 23, "0" * 25, "0" * 12, b"0" * 12, None, 7, 1.5, True, [], {"$ne": None}, "\ud800" * 24],
)
def test_what_is_no_id_is_bad_input_that_names_the_field(value: Any) -> None:
    with pytest.raises(BadUserInput) as refused:
        parse_id(value, Kind.CARD, field="cardId")

    assert refused.value.field == "cardId"


@pytest.mark.parametrize(("kind", "noun"), [(Kind.CARD, "a card"), (Kind.API_TOKEN, "an api token")])
def test_the_id_of_another_kind_is_bad_input_that_names_the_kind(kind: Kind, noun: str) -> None:
    with pytest.raises(BadUserInput, match=noun):
        parse_id(str(new_id(Kind.USER)), kind)


@given(st.text(max_size=30))
def test_any_text_is_an_id_or_bad_input(text: str) -> None:
    try:
        parsed = parse_id(text)
    except BadUserInput:
        return
    assert str(parsed) == text.lower()
