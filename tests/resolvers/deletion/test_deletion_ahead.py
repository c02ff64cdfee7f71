"""Where the parts of a deletion find what they take: however much there is, little of it is read at once."""

from collections.abc import Callable
from datetime import timedelta
from secrets import token_bytes
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models import (
    Activity,
    Attachment,
    Card,
    Column,
    Comment,
    DocumentLink,
    DocumentVersion,
    LoggedEvent,
    MissionActivity,
    Notification,
    Relation,
    StreamHead,
    Tombstone,
)
from models import Document as StoredDocument
from models.base import Recorded, collection, to_record, utc_now
from models.enums import RelationType
from models.ids import Kind, new_id
from realtime.log import Change
from resolvers.deletion import ahead as deletion_ahead
from resolvers.deletion import deletion
from resolvers.deletion.ahead import Ahead
from resolvers.deletion.cascade import AT_A_TIME, CHOSEN, Step
from resolvers.deletion.cascade_parts import cards_of_workspace
from resolvers.deletion.plan import PLANS
from resolvers.deletion.run import Pace, Worker
from resolvers.kit.context import Context
from resolvers.project.project import delete_project
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.attaching import attach
from tests.resolvers.deletions import Clock, finish_deletions
from tests.resolvers.lab import again
from tests.resolvers.projects import make_board
from tests.resolvers.test_indexes import examined, recorded
from tests.resolvers.traffic import traffic
from tests.stubs import stub, stubs

ENOUGH = 10
SIZES = (60, 240)
BEGAN = int(utc_now().timestamp()) - 2 * 24 * 3600
"""When what is deleted was made; read once, so that what is made at once is in one second whenever a test runs."""
OTHERWISE = {
    "ApiToken": "their ids are found in the collection of an agent first",
    "Automation": "at most a hundred in a project, found by whether they are enabled",
    "AutomationProgress": "one",
    "Card": "lanes name them",
    "CardFacts": "one of a project",
    "CardFactsBlock": "one for some hundred cards",
    "Document": "those of a project are found in the order of their ranks, and are at most some thousand in each room",
    "Fanout": "they wait for some seconds",
    "Lane": "one of a column, and one for some hundred cards",
    "ProjectMember": "as many as there are people, in each project",
    "Template": "made one by one, by people",
    "AgentTemplate": "made one by one, by people",
    "DiscoveryEngine": "at most a hundred, in the order of their slugs",
    "Skill": "made one by one, by people",
    "WorkspaceFile": "at most a thousand, in the order of their paths",
    "Script": "at most some dozens in a project, in the order of their ranks",
    "Scope": "at most some hundred in a project, in the order of their ranks",
    "Column": "at most some hundred in a project, in the order of their ranks",
    "Label": "at most some hundred in a project, in the order of their names",
    "CustomField": "made one by one, by people",
    "StorageAccount": "one",
    "Worker": "at most a thousand, by their names",
}
"""What has no index by a workspace or a project and then by its ids, each with the reason why it is never much."""

Spread = Callable[[int, int], ObjectId]
"""The id of the nth of a kind."""


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A range holds ten, so that a test needs hundreds and not thousands."""
    monkeypatch.setattr(deletion_ahead, "ENOUGH", ENOUGH)
    monkeypatch.setattr(deletion_ahead, "MOST", 2 * ENOUGH)


def made(kind: int, seconds: int, rest: bytes = b"") -> ObjectId:
    """An id that was made so many seconds after the workspace or the project began, two days ago."""
    return ObjectId((BEGAN + seconds).to_bytes(4) + bytes([kind]) + rest + token_bytes(7 - len(rest)))


def over_time(kind: int, number: int) -> ObjectId:
    """One every minute."""
    return made(kind, 60 * number)


def at_once(kind: int, number: int) -> ObjectId:
    """All in one second after a day, as an import makes them."""
    return made(kind, 24 * 3600, number.to_bytes(3))


def in_bursts(kind: int, number: int) -> ObjectId:
    """Twelve in one second every ten minutes, as a client that sends many at a time makes them."""
    burst, place = divmod(number, 12)
    return made(kind, 600 * burst, (place << 20).to_bytes(3))


async def fill(model: type[Recorded[Any]], inside: Any, count: int, id_of: Spread) -> None:
    """Records that are unlike each other in every unique index, written straight into the database."""
    unlike = ("document_id", "card_id", "source_id", "target_id")
    records = [
        {"_id": id_of(0x51, number), **{name: ObjectId() for name in unlike}, "number": number, **inside}
        for number in range(count)
    ]
    await collection(model).insert_many(records)


def step_of(kind: Kind, model: type[Recorded[Any]]) -> Step:
    """The step that takes what names a workspace or a project, of a model."""
    return next(one for one in PLANS[kind] if one.models[:1] == (model,) and one.lanes_by is None)


MODELS = [
    (Kind.WORKSPACE, model)
    for model in (
        Activity,
        Attachment,
        StoredDocument,
        DocumentLink,
        DocumentVersion,
        MissionActivity,
        Notification,
        Relation,
    )
] + [(Kind.PROJECT, model) for model in (Activity, Attachment, DocumentLink, Notification, Relation)]


async def looked(database: Database, tombstone: Any, step: Step) -> tuple[int, list[int]]:
    """How many records were found, and how many each look at them examined."""
    ahead, found = Ahead(), 0
    with recorded() as queries:
        while await ahead.look(tombstone, [step]) is not None:
            found += len(ahead.ids)
            ahead.ids.clear()
    return found, [await examined(database, query) for query in queries]


@pytest.mark.parametrize(("kind", "model"), MODELS, ids=lambda one: getattr(one, "__name__", None) or one.name)
async def test_a_look_examines_a_bounded_number_and_no_record_twice(
    clean: Database, kind: Kind, model: type[Recorded[Any]]
) -> None:
    step = step_of(kind, model)
    for size in SIZES:
        tombstone = {"_id": made(kind, 0)}
        assert step.look is not None
        [(key, _)] = step.look(stub(tombstone)).items()
        named = [tombstone["_id"]] if key.endswith("s") else tombstone["_id"]
        await fill(model, {key: named}, size, over_time)

        found, counts = await looked(clean, tombstone, step)

        assert found == sum(counts) == size
        assert max(counts) <= 2 * ENOUGH


async def test_what_was_made_at_once_is_read_whole_once_at_most(clean: Database) -> None:
    step = step_of(Kind.WORKSPACE, Attachment)
    for size in SIZES:
        tombstone = {"_id": made(Kind.WORKSPACE, 0)}
        await fill(Attachment, {"workspace_id": tombstone["_id"]}, size, at_once)

        found, counts = await looked(clean, tombstone, step)

        assert found == size
        assert sum(one > 2 * ENOUGH for one in counts) <= 1
        assert sum(counts) <= 2 * size


async def test_a_range_that_meets_few_does_not_make_the_next_one_meet_too_many(clean: Database) -> None:
    tombstone = {"_id": made(Kind.WORKSPACE, 0)}
    await fill(Attachment, {"workspace_id": tombstone["_id"]}, max(SIZES), in_bursts)

    found, counts = await looked(clean, tombstone, step_of(Kind.WORKSPACE, Attachment))

    assert found == max(SIZES)
    assert max(counts) <= 2 * ENOUGH + 12
    assert sum(counts) <= 1.5 * found


@pytest.mark.parametrize("kind", [Kind.WORKSPACE, Kind.PROJECT], ids=lambda kind: kind.name)
def test_what_a_deletion_looks_for_has_an_index_by_ids_or_is_never_much(kind: Kind) -> None:
    deleted_id = new_id(kind)
    without = {
        step.models[0].__name__
        for step in PLANS[kind]
        if step.look is not None and not deletion_ahead._is_in_order(step, step.look(stub({"_id": deleted_id})))
    }
    assert without <= OTHERWISE.keys()


async def test_what_is_on_a_card_of_a_project_goes_with_it_and_is_not_looked_for_elsewhere(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a project that passes for large
    monkeypatch.setattr(deletion, "LARGE", 0)
    await finish_deletions(owner.services)
    board = await make_board(owner, workspace, columns=1)
    one, other = await board.card(), await board.card()
    await board.comment(one)
    await attach(board, one)
    inside = {"workspace_id": board.workspace_id, "project_id": board.project["_id"], "_id": ObjectId()}
    await stubs(DocumentLink).insert_one({**inside, "card_id": one["_id"], "document_id": ObjectId()})
    ends: Any = {"card_ids": [one["_id"], other["_id"]], "project_ids": [board.project["_id"]]}
    ends |= {"source_id": one["_id"], "target_id": other["_id"], "type": RelationType.BLOCKS.value}
    await stubs(Relation).insert_one({**inside, **ends})

    # When
    await delete_project(again(owner), board.project["_id"])
    clock = Clock()
    worker = Worker(owner.services, "one", now=clock.now)
    while await collection(Card).find_one({"workspace_id": board.workspace_id}) is not None:
        await worker.run_next()
        clock.ahead += timedelta(seconds=5)

    # Then
    for model in (Attachment, DocumentLink, Relation):
        assert await stubs(model).count_documents({"workspace_id": board.workspace_id}) == 0
    await finish_deletions(owner.services)


async def test_cards_of_a_workspace_go_by_the_ids_that_its_lanes_name(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a workspace that passes for large, with a comment on one of its cards
    monkeypatch.setattr(deletion, "LARGE", 0)
    await finish_deletions(owner.services)
    board = await make_board(owner, workspace, columns=1)
    cards = [await board.card() for _ in range(2 * AT_A_TIME)]
    await board.comment(cards[0])
    await delete_workspace(again(owner), board.workspace_id)
    ids = [card["_id"] for card in cards]
    tombstone = {"_id": board.workspace_id, CHOSEN: ids}

    # When its lanes have named them
    async def body(change: Change) -> int:
        return await cards_of_workspace.take(change, stub(tombstone), len(ids))

    with traffic() as seen:
        taken = (await owner.services.hub.log.write(board.workspace_id, owner.user_id, body)).value

    # Then nothing of them was read, nor of what is on them, which goes by a list of its own
    assert taken == len(ids)
    assert seen.written == 2
    assert seen.read <= 1  # where the stream stands
    assert await collection(Comment).count_documents({"card_id": {"$in": ids}}) == 1
    await finish_deletions(owner.services)
    assert await collection(Comment).count_documents({"card_id": {"$in": ids}}) == 0


async def test_a_workspace_in_which_much_was_done_is_answered_before_any_of_it_is_looked_for(
    owner: Context, workspace: Any
) -> None:
    await finish_deletions(owner.services)
    board = await make_board(owner, workspace, columns=1)
    card = await board.card()
    done = {"$set": {"seq": deletion.LARGE + 1}}
    await collection(StreamHead).update_one({"_id": board.workspace_id}, done)

    await delete_workspace(again(owner), board.workspace_id)

    assert await collection(Card).count_documents({"_id": card["_id"]}) == 1
    await finish_deletions(owner.services)
    assert await collection(Card).count_documents({"_id": card["_id"]}) == 0
    assert await collection(LoggedEvent).count_documents({"stream_id": board.workspace_id}) == 0


async def test_what_comes_after_it_was_looked_for_is_found_all_the_same(owner: Context) -> None:
    # Given a deletion whose worker has been through the activities
    await finish_deletions(owner.services)
    clock, deleted_id = Clock(), new_id(Kind.WORKSPACE)
    due = {"stream_id": deleted_id, "deleted_at": utc_now(), "due_at": utc_now()}
    tombstone = to_record(Tombstone(id=deleted_id, **due))
    await collection(Tombstone).insert_one(tombstone)
    worker = Worker(owner.services, "one", now=clock.now)
    assert await (await worker._ahead_of(deleted_id)).look(tombstone, PLANS[Kind.WORKSPACE]) is None

    # When some more come
    await fill(Activity, {"workspace_id": deleted_id}, 250, over_time)
    await finish_with(worker, clock)

    # Then
    assert await collection(Activity).count_documents({"workspace_id": deleted_id}) == 0
    await finish_deletions(owner.services)


async def finish_with(worker: Worker, clock: Clock) -> None:
    while await collection(Tombstone).count_documents({"emptied_at": None}):
        await worker.run_next()
        clock.ahead += timedelta(seconds=5)


def test_parts_that_last_too_long_become_smaller_and_grow_again() -> None:
    pace, first = Pace(), Pace().most_of(None)

    pace.took(2.0)
    smaller = pace.most_of(None)
    pace.took(60.0)
    smallest = pace.most_of(None)
    for _ in range(3):
        pace.took(0.05)

    assert first > smaller >= smallest > 0
    assert pace.most_of(None) == first


def test_a_part_takes_six_times_as_much_of_what_nobody_is_told_of() -> None:
    silent, told = step_of(Kind.WORKSPACE, Activity), step_of(Kind.PROJECT, Column)

    assert Pace().most_of(silent) == 6 * Pace().most_of(told)
