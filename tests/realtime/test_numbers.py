"""Numbers of new objects: one after the other in a stream, by its head, and drawn ones that are taken drawn again."""

import asyncio
from itertools import chain, repeat
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models import DOCUMENTS, Card, StreamHead, User
from models.base import collection, to_record
from models.ids import Kind, new_id
from models.number import MAX_NUMBER, Numbering, numbering_of
from realtime import numbers
from realtime.change import Change
from realtime.events.label import LabelDeleted
from realtime.log import EventLog
from realtime.numbers import insert
from tests.gateway.lab import count_queries
from tests.realtime.log_lab import Body


@pytest.fixture
def stream() -> ObjectId:
    return new_id(Kind.WORKSPACE)


def creates(stream: ObjectId, *, told: bool = True, fails: bool = False) -> Body:
    """A body that writes a card, and returns its number."""

    async def body(change: Change) -> int | None:
        card = to_record(Card(workspace_id=stream, project_id=new_id(Kind.PROJECT), rank="a", title="Lens"))
        if told:
            change.append(stream, LabelDeleted(deleted_id=new_id(Kind.LABEL)))
        await insert(change, Card, card)
        if fails:
            raise LookupError("lens")
        return card["number"]

    return body


async def test_every_number_is_given_once_whoever_writes_and_whatever_fails(
    database: Database, stream: ObjectId
) -> None:
    # Given two logs that know nothing of each other, as two processes have
    logs = [EventLog(database.client), EventLog(database.client)]

    # When both write at once, changes that fail among them, and one that tells nothing comes last
    done = await asyncio.gather(
        *(logs[n % 2].write(stream, None, creates(stream, fails=n % 5 == 4)) for n in range(30)), return_exceptions=True
    )
    untold = await logs[0].write(stream, None, creates(stream, told=False))
    with count_queries() as seen:
        last = await logs[1].write(stream, None, creates(stream))

    # Then numbers go on without a hole, and to create took one look at the head
    failed = [one for one in done if isinstance(one, BaseException)]
    assert [type(one) for one in failed] == [LookupError] * 6
    assert sorted(one.value for one in done if not isinstance(one, BaseException)) == list(range(1, 25))
    assert (untold.value, last.value) == (25, 26)
    assert [read.collection for read in seen] == [StreamHead.Settings.name]
    head: Any = await collection(StreamHead).find_one({"_id": stream})
    assert (head["seq"], head["numbers"]) == (25, {"cards": 26})
    assert await collection(Card).distinct("number", {"workspace_id": stream}) == list(range(1, 27))


async def test_a_drawn_number_that_is_taken_is_drawn_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = chain([MAX_NUMBER, MAX_NUMBER, MAX_NUMBER - 1], repeat(MAX_NUMBER - 1))
    monkeypatch.setattr(numbers, "draw_number", lambda: next(drawn))

    async def body(change: Change) -> int | None:
        user = to_record(User(email=f"{ObjectId()}@example.com", name="Ann"))
        await insert(change, User, user)
        return user["number"]

    given = [(await EventLog(database.client).write(new_id(Kind.USER), None, body)).value for _ in range(2)]

    assert given == [MAX_NUMBER, MAX_NUMBER - 1]


async def test_whatever_has_a_number_is_found_by_it(database: Database) -> None:
    for model in DOCUMENTS:
        if (numbering := numbering_of(model)) is None:
            continue
        around = next((key for key in ("workspace_id", "organization_id") if key in model.model_fields), None)
        wanted = ["number", around] if numbering is Numbering.COUNTED else ["number"]
        assert wanted in [[*index.index.document["key"]] for index in model.get_settings().indexes], model
