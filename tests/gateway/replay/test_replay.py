"""An old snapshot plus the events since equals a fresh read, for every mutation of the catalogue."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pytest
from graphql import GraphQLUnionType
from pymongo import monitoring

from auth.subject import ANONYMOUS, Subject
from gateway.database import Database
from models import Card
from models.base import collection
from models.errors import NotFound
from models.rank import MAX_LENGTH
from models.records import CardRecord
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.card import card, comment, label
from resolvers.card import update as card_update
from resolvers.catalogue import CATALOGUE
from resolvers.column import column
from resolvers.deletion import deletion
from resolvers.inputs.card import CardCreate, CardMove, CardUpdate, CommentCreate
from resolvers.inputs.column import ColumnCreate, ColumnUpdate
from resolvers.inputs.label import LabelCreate
from resolvers.kit.context import Context, Services
from resolvers.notification.follow import follow as follow_notifications
from schema.graph import graph
from serving.graph.engine import GraphEngine
from serving.transports.protocol import OperationRefused, OperationRequest
from tests.conftest import empty
from tests.gateway.replay.client import RULES, follow, state_of, subscription
from tests.gateway.replay.mutation import mutation
from tests.gateway.replay.snapshot import SNAPSHOT
from tests.gateway.replay.state import JSON, State
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.kept import check_facts, check_lanes, forget_lanes, ledger_of
from tests.resolvers.lab import People, again
from tests.services import whole_services
from tests.serving.graph.streams import engine_of, replay_to
from tests.world.build import build
from tests.world.sample import Case
from tests.world.samples import CALLS, table
from tests.world.world import World
from tests.written import Kept, Written

# Only clients that are made later have it.
CHANGED = Written()
"""The collections that may be other than at first."""
monitoring.register(CHANGED)

CASES = table(lambda sample: sample.cases)
UNSEEN = table(lambda sample: sample.unseen)
"""Mutations that change nothing of what a client of a workspace keeps, and why."""
NOT_RUN = table(lambda sample: sample.not_run)
"""Mutations of the caller's own account that take a code or a link out of a mail; they belong to no workspace."""
DELETIONS = (
    "cardDelete",
    "columnClean",
    "columnDelete",
    "customFieldDelete",
    "documentDelete",
    "labelDelete",
    "projectDelete",
    "scopeDelete",
    "workspaceDelete",
)
MUTATIONS = sorted(name for name, one in CATALOGUE.items() if not one.read_only)


def types_of(union: str) -> list[str]:
    found = graph().type_map[union]
    assert isinstance(found, GraphQLUnionType)
    return [type_.name for type_ in found.types]


def workspace_events() -> str:
    return subscription("workspaceEvents", {"workspaceId": "ID!", "after": "Cursor"}, types_of("WorkspaceEvent"))


@dataclass
class Watched:
    """The world, what the database held of it at first, and a client of its owner's.

    `snapshot` and `cards` are what it read of the world at first.
    """

    world: World
    services: Services
    kept: Kept
    engine: GraphEngine
    snapshot: JSON = field(default_factory=dict)
    cards: list[CardRecord] = field(default_factory=list)

    @property
    def owner(self) -> Subject:
        return self.world.owner.subject

    async def reset(self) -> None:
        """Everything as it was at first."""
        await self.kept.put_back()

    async def read(self) -> JSON:
        """A snapshot of all that the owner sees."""
        ids = self.world.ids
        request = OperationRequest(SNAPSHOT, {"org": ids["org_slug"], "slug": ids["workspace_slug"]})
        outcome = await self.engine.run(self.owner, self.engine.prepare(self.owner, request))
        codes = {one["extensions"]["code"] for one in outcome.payload.get("errors", ())}
        assert codes <= {"NOT_FOUND"}, outcome.payload["errors"]
        data: JSON = outcome.payload["data"]
        return data

    async def read_cards(self) -> list[CardRecord]:
        """The records of all cards."""
        return await collection(Card).find({}).to_list()

    async def begin(self, case: Case) -> tuple[JSON, list[CardRecord]]:
        """A snapshot, and the cards, with what a case asks to be there first."""
        if case.prepare is None:
            return self.snapshot, self.cards
        await case.prepare(self.world)
        await follow_notifications(self.services)
        return await self.read(), await self.read_cards()

    async def change(self, name: str, case: Case) -> None:
        """Ask the graph for a mutation as a case has it; for one that brings a file, the operation."""
        ctx, arguments = await self.world.context(case.caller), case.arguments or CALLS[name]
        call = arguments(self.world.ids)
        if (request := mutation(name, call)) is None:
            await CATALOGUE[name].run(ctx, *call)
            return
        engine = self.engine if ctx.services is self.services else engine_of(ctx.services)
        outcome = await engine.run(ctx.subject, engine.prepare(ctx.subject, request))
        assert outcome.payload.get("errors", []) == []

    async def since(self, snapshot: JSON) -> list[JSON]:
        """The events of both streams after a snapshot. Raises OperationRefused where the workspace is gone."""
        workspace, viewer = snapshot["workspace"], snapshot["viewer"]
        personal = subscription("notifications", {"after": "Cursor"}, types_of("NotificationEvent"))
        cursor = viewer["notificationsCursor"]
        own = await replay_to(self.engine, self.owner, personal, after=cursor)
        asked = {"workspaceId": workspace["id"], "after": workspace["cursor"]}
        shared = await replay_to(self.engine, self.owner, workspace_events(), **asked)
        queues = {queue["id"]: queue["cursor"] for queue in workspace["queues"]["nodes"]}
        created = [event["queue"] for event in shared if event["__typename"] == "QueueCreated"]
        queues = {queue["id"]: queue["cursor"] for queue in created} | queues
        deleted = {event["queueId"] for event in shared if event["__typename"] == "QueueDeleted"}
        of_queues = [await self.since_of(queues[queue_id], queue_id) for queue_id in queues.keys() - deleted]
        for stream in (own, shared, *of_queues):
            assert stream[-1]["recovered"]
        return [*own, *shared, *chain.from_iterable(of_queues)]

    async def since_of(self, cursor: str, queue_id: str) -> list[JSON]:
        """The events of a queue after a cursor."""
        asked = subscription("queueEvents", {"queueId": "ID!", "after": "Cursor"}, types_of("QueueEvent"))
        return await replay_to(self.engine, self.owner, asked, queueId=queue_id, after=cursor)


@pytest.fixture(scope="module")
async def built(database: Database) -> AsyncIterator[Watched]:
    await empty(database)
    hub = Hub(EventLog(database.client))
    await hub.start()
    services = whole_services(hub)
    world = await build(People(Context(ANONYMOUS, services)))
    kept = Kept(database.db, CHANGED)
    await kept.keep()
    watched = Watched(world, services, kept, engine_of(services))
    watched.snapshot, watched.cards = await watched.read(), await watched.read_cards()
    yield watched
    await hub.stop()


@pytest.fixture
async def watched(built: Watched) -> Watched:
    await built.reset()
    return built


def test_every_event_that_is_shown_has_a_rule() -> None:
    unions = ("WorkspaceEvent", "QueueEvent", "NotificationEvent")
    assert {name for union in unions for name in types_of(union)} == RULES.keys()
    assert set(types_of("ProjectEvent")) <= RULES.keys()


def test_every_case_is_a_mutation() -> None:
    assert {*CASES, *UNSEEN, *NOT_RUN} <= set(MUTATIONS)


def test_only_mutations_of_the_callers_own_account_are_not_run() -> None:
    assert [name for name in NOT_RUN if CATALOGUE[name].permission is not None] == []


@pytest.mark.parametrize("name", [name for name in MUTATIONS if name not in NOT_RUN])
async def test_a_snapshot_plus_the_events_of_a_mutation_is_a_fresh_read(
    name: str, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a client with a snapshot
    case = CASES.get(name, Case())
    old, cards = await watched.begin(case)
    ledger = ledger_of(monkeypatch)

    # When something changes
    await watched.change(name, case)
    await follow_notifications(watched.services)
    new = await watched.read()
    await ledger.check(cards)
    await check_lanes()
    await check_facts()

    # Then what it is told leads where the server is, and being told again changes nothing
    before, after = state_of(old), state_of(new)
    assert (before == after) == (name in UNSEEN), f"{name} is in UNSEEN, or its noun in no snapshot"
    if new["workspace"] is None:
        with pytest.raises(OperationRefused) as refused:
            await watched.since(old)
        assert refused.value.errors[0]["extensions"]["code"] == "NOT_FOUND"
        return
    events = await watched.since(old)
    assert follow(before, events) == after
    assert follow(after, events) == after


@pytest.mark.parametrize("name", DELETIONS)
async def test_what_a_deletion_has_still_to_take_is_seen_by_nobody(
    name: str, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a deletion of which everything is left to the parts that follow, and nobody who takes them
    monkeypatch.setattr(deletion, "AT_ONCE", 0)
    case = CASES.get(name, Case())
    old, _ = await watched.begin(case)
    await watched.change(name, case)

    # Then the door is closed, and told to be, as it is once all is taken
    pending = await watched.read()
    told = await watched.since(old) if pending["workspace"] is not None else None
    await finish_deletions(watched.services)
    new = await watched.read()
    assert {**state_of(pending), "Notification": {}} == {**state_of(new), "Notification": {}}
    if told is not None:
        assert follow(state_of(old), told) == state_of(pending)
        everything = await watched.since(old)
        assert follow(state_of(old), everything) == state_of(new)
        assert follow(state_of(pending), everything) == state_of(new)


async def test_any_cursor_that_is_older_than_a_snapshot_leads_to_where_the_server_is(watched: Watched) -> None:
    # Given snapshots taken while a board changes at random
    chance = random.Random(4)
    board = Changing(again(watched.world.owner), watched.world.ids["project"], chance)
    snapshots: list[JSON] = []
    for _ in range(8):
        snapshots.append(await watched.read())
        for _ in range(8):
            await board.change()
    final = state_of(await watched.read())

    # When the events after one cursor are applied to it, or to any later snapshot
    wrong = []
    for place, cursor in enumerate(snapshots):
        events = await watched.since(cursor)
        wrong += [(place, later) for later in range(place, 8) if follow(state_of(snapshots[later]), events) != final]

    # Then all end where the server is
    assert wrong == []


async def test_cards_that_get_shorter_ranks_stay_in_their_order(watched: Watched) -> None:
    ids, owner = watched.world.ids, watched.world.owner
    values = ColumnCreate.of(project_id=ids["project"], name="Tight")
    lane = (await column.create_column(again(owner), values)).value["_id"]
    made = [
        (
            await card.create_card(again(owner), CardCreate.of(project_id=ids["project"], column_id=lane, title=f"{n}"))
        ).value["_id"]
        for n in range(3)
    ]
    for place, one in enumerate(made[:2], 1):
        rank = "a0" + "0" * MAX_LENGTH + str(place)
        await collection(Card).update_one({"_id": one}, {"$set": {"rank": rank}})
    await forget_lanes(ids["project"])
    old = await watched.read()

    await card_update.move_card(again(owner), made[2], CardMove(column_id=lane, order=1))
    events = await watched.since(old)
    after = follow(state_of(old), events)

    assert "CardsRanked" in [event["__typename"] for event in events]
    assert after == state_of(await watched.read())
    assert _in_order(after, made) == [str(made[0]), str(made[2]), str(made[1])]


def _in_order(state: State, ids: list[Any]) -> list[str]:
    cards = [state["Card"][str(one)] for one in ids]
    return [one["id"] for one in sorted(cards, key=lambda one: (one["rank"], one["id"]))]


class Changing:
    """Changes a board at random, by what people do most."""

    def __init__(self, ctx: Context, project_id: Any, chance: random.Random) -> None:
        self._ctx = ctx
        self._project_id = project_id
        self._chance = chance
        self._columns: list[Any] = []
        self._cards: list[Any] = []
        self._labels: list[Any] = []
        self._comments: list[Any] = []

    async def change(self) -> None:
        """One change."""
        ways = [self._create, self._create, self._move, self._move, self._move, self._edit, self._label, self._column]
        ways += [self._comment, self._uncomment, self._delete, self._unlabel, self._archive]
        await self._chance.choice(ways)()

    @property
    def ctx(self) -> Context:
        return again(self._ctx)

    def _one(self, of: list[Any]) -> Any:
        return self._chance.choice(of) if of else None

    async def _create(self) -> None:
        values = CardCreate.of(
            project_id=self._project_id,
            column_id=self._one(self._columns),
            title="Card",
            label_ids=self._labels[:1],
        )
        self._cards.append((await card.create_card(self.ctx, values)).value["_id"])

    async def _move(self) -> None:
        if self._cards:
            move = CardMove(column_id=self._one([None, *self._columns]), order=self._chance.randrange(4))
            await card_update.move_card(self.ctx, self._one(self._cards), move)

    async def _edit(self) -> None:
        if self._cards:
            values = CardUpdate.of(title=f"Card {self._chance.random()}", label_ids=self._labels[-2:])
            await card_update.update_card(self.ctx, self._one(self._cards), values)

    async def _archive(self) -> None:
        if self._cards:
            await card_update.archive_card(self.ctx, self._one(self._cards), self._chance.random() < 0.5)

    async def _delete(self) -> None:
        if len(self._cards) > 3:
            await card.delete_card(self.ctx, self._cards.pop(self._chance.randrange(len(self._cards))))

    async def _comment(self) -> None:
        if self._cards:
            values = CommentCreate(card_id=self._cards[0], content="Hello")
            try:
                self._comments.append((await comment.create_comment(self.ctx, values)).value["_id"])
            except NotFound:
                return

    async def _uncomment(self) -> None:
        if self._comments:
            try:
                await comment.delete_comment(self.ctx, self._comments.pop())
            except NotFound:  # it went with its card
                return

    async def _column(self) -> None:
        if self._columns and self._chance.random() < 0.5:
            values = ColumnUpdate.of(name="Renamed", order=self._chance.randrange(3))
            await column.update_column(self.ctx, self._one(self._columns), values)
        else:
            made = await column.create_column(self.ctx, ColumnCreate.of(project_id=self._project_id, name="Column"))
            self._columns.append(made.value["_id"])

    async def _label(self) -> None:
        values = LabelCreate.of(project_id=self._project_id, name=f"label {self._chance.random()}")
        self._labels.append((await label.create_label(self.ctx, values)).value["_id"])

    async def _unlabel(self) -> None:
        if self._labels:
            await label.delete_label(self.ctx, self._labels.pop(0))
