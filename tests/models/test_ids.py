"""Ids that carry the kind of what they name."""

from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from models import DOCUMENTS, ids
from models.errors import BadUserInput
from models.ids import Kind, check_inside, id_inside, ids_from, inner_id, kind_of, new_id, parse_id, raw, texts_of


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


def test_ids_stay_in_order_when_the_systems_clock_stands_still_or_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([2_000_000_000_999_999_000, 2_000_000_000_999_999_000, 1_500_000_000_000_000_000])
    monkeypatch.setattr(ids, "_clock", ids._Clock())
    monkeypatch.setattr("models.ids.time.time_ns", lambda: next(moments))

    made = [new_id(Kind.CARD) for _ in range(3)]

    assert [one.generation_time.timestamp() for one in made] == [2_000_000_000, 2_000_000_001, 2_000_000_001]
    assert made == sorted(made)


def test_nobody_can_tell_an_id_from_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[ObjectId] = set()
    for _ in range(1000):
        monkeypatch.setattr(ids, "_clock", ids._Clock())
        monkeypatch.setattr("models.ids.time.time_ns", lambda: 2_000_000_000_000_000_000)
        seen.add(new_id(Kind.CARD))  # made at the same moment, by another process

    bits = [int.from_bytes(one.binary[5:]) for one in seen]
    assert len(seen) == 1000
    for place in range(36):
        assert 350 < sum(one >> place & 1 for one in bits) < 650


def test_ids_that_follow_from_a_seed_are_repeatable_in_order_and_not_to_be_told_from_each_other() -> None:
    seed = new_id(Kind.TRANSFER_JOB)
    first, same, other = (ids_from(seed, secret) for secret in ("a", "a", "b"))

    made = [first(Kind.CARD) for _ in range(1000)]

    assert [same(Kind.CARD) for _ in range(1000)] == made == sorted(made)
    assert not set(made) & {other(Kind.CARD) for _ in range(1000)}
    assert len({one.binary[8:] for one in made}) > 990


def test_an_id_of_a_clients_making_names_its_parent() -> None:
    parent, other = new_id(Kind.PROJECT), new_id(Kind.PROJECT)
    made = id_inside(Kind.CARD, parent)

    check_inside(made, parent)
    check_inside(None, parent)
    assert str(made)[8:18] == "51" + str(parent)[-8:]
    for wrong, inside in ((made, other), (new_id(Kind.CARD), parent)):
        with pytest.raises(BadUserInput, match=f"must have {str(inside)[-8:]}, the last 8 digits"):
            check_inside(wrong, inside)


def test_an_id_that_was_made_elsewhere_may_have_no_kind() -> None:
    assert kind_of(ObjectId("0" * 24)) is None


def test_an_id_of_what_no_client_is_shown_never_has_a_kind() -> None:
    made = {inner_id() for _ in range(1000)}

    assert len(made) == 1000
    assert {kind_of(one) for one in made} == {None}


@pytest.mark.parametrize(("kind", "name"), [(Kind.USER, "a user"), (Kind.AGENT, "an agent"), (Kind.CARD, "a card")])
def test_an_id_of_another_kind_is_refused_in_plain_english(kind: Kind, name: str) -> None:
    with pytest.raises(BadUserInput, match=f"^member: is not the id of {name}$"):
        parse_id(new_id(Kind.EVENT), kind, field="member")


KNOWN_BY_ANOTHER_ID = {
    "AttemptCount",
    "AutomationProgress",
    "AutomationTrace",
    "Avatar",
    "BillingEvent",
    "BusMessage",
    "CardFacts",
    "CardFactsBlock",
    "FileChunk",
    "FileLeftover",
    "IdempotencyKey",
    "Inbox",
    "Installation",
    "Lane",
    "Lease",
    "Migration",
    "MissionRun",
    "PanelState",
    "PipelineRun",
    "PluginDelivery",
    "Preferences",
    "Probe",
    "SeenMark",
    "StorageAccount",
    "StoredFile",
    "StreamHead",
    "Tombstone",
    "UsageSum",
    "Wallet",
    "WorkspaceFileText",
    "ChangelogEntry",  # it follows from the card and the moment
}
"""Documents that nobody fetches by an id of theirs, or whose ids follow from others."""


UNTYPED = {"Fanout"}
"""Documents whose ids only sort in the order of their making."""


def test_every_document_that_has_an_id_of_its_own_has_a_kind_of_its_own() -> None:
    factories = {model.__name__: model.model_fields["id"].default_factory for model in DOCUMENTS}
    made = [factory() for name, factory in factories.items() if factory is not None and name not in UNTYPED]

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


def test_the_bytes_and_the_texts_of_many_ids_are_those_of_each() -> None:
    ids = [new_id(Kind.CARD), ObjectId()]

    assert [raw(one) for one in ids] == [one.binary for one in ids]
    assert texts_of(ids) == [str(one) for one in ids]
