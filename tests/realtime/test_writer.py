"""The writer's queue: turns of actors, bounds before the work, deadlines while waiting, heavy transactions."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count

import pytest
from bson import ObjectId
from pymongo.errors import OperationFailure

from gateway.database import Database
from models import Label
from models.base import insert_all
from models.errors import Conflict, RateLimited
from models.ids import Kind, new_id
from realtime import writer
from realtime.change import MOST_RESTED, REST, Change
from realtime.events.label import LabelCreated
from realtime.log import EventLog
from tests.patience import PATIENCE, until
from tests.realtime.log_lab import appends, logged, new_label
from tests.realtime.writer_lab import ANN, BOB, Plug, noting, started


@pytest.fixture
def log(database: Database) -> EventLog:
    return EventLog(database.client)


@pytest.fixture
def stream() -> ObjectId:
    return new_id(Kind.WORKSPACE)


async def test_one_change_of_somebody_else_does_not_wait_for_all_of_a_flood(
    log: EventLog, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given 30 changes that wait, in transactions of two
    monkeypatch.setattr(writer, "MAX_BATCH", 2)
    plug = Plug()
    held = await plug.hold(log, stream)
    flood = await started(log, stream, ANN, *(appends(stream) for _ in range(30)))

    # When somebody else has one
    (other,) = await started(log, stream, BOB, appends(stream))
    plug.pull()
    committed = await asyncio.wait_for(other, PATIENCE)

    # Then it was in the first transaction after what ran already
    assert committed.cursor.seq <= 2
    await asyncio.gather(held, *flood)
    assert [one["seq"] for one in await logged(stream)] == list(range(1, 32))


async def test_the_changes_of_one_actor_keep_their_order(log: EventLog, stream: ObjectId) -> None:
    seen: list[str] = []
    plug = Plug()
    held = await plug.hold(log, stream)

    anns = await started(log, stream, ANN, *(noting(seen, f"ann {n}", appends(stream)) for n in range(4)))
    bobs = await started(log, stream, BOB, *(noting(seen, f"bob {n}", appends(stream)) for n in range(2)))
    plug.pull()
    await asyncio.gather(held, *anns, *bobs)

    # They take turns as they come. After a conflict, which the embedded database may find in anything, they begin once
    # more and in other parts: what was seen before the first repetition, and the last time of each, say their order.
    turns = ["ann 0", "bob 0", "ann 1", "bob 1", "ann 2", "ann 3"]
    again = next((at for at, name in enumerate(seen) if name in seen[:at]), len(seen))
    assert seen[:again] == turns[:again]
    committed = sorted(set(seen), key=lambda name: max(at for at, noted in enumerate(seen) if noted == name))
    assert [name for name in committed if name.startswith("ann")] == [name for name in turns if name.startswith("ann")]
    assert [name for name in committed if name.startswith("bob")] == [name for name in turns if name.startswith("bob")]


async def test_who_has_too_many_changes_under_way_is_refused_before_the_next_begins(
    log: EventLog, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given somebody with as many changes as one may have, in two streams
    monkeypatch.setattr(writer, "MAX_OF_ACTOR", 3)
    plug, other_plug, seen = Plug(), Plug(), list[str]()
    held = [await plug.hold(log, stream), await other_plug.hold(log, other := new_id(Kind.WORKSPACE))]
    waiting = await started(log, stream, ANN, appends(stream), appends(stream))
    waiting += await started(log, other, ANN, appends(other))

    # When they send another one, then it is refused, and one of somebody else is not
    with pytest.raises(RateLimited):
        await log.write(new_id(Kind.WORKSPACE), ANN, noting(seen, "ann", appends(stream)))
    await log.write(free := new_id(Kind.WORKSPACE), BOB, appends(free))
    assert seen == []

    # And once the others are done they may go on
    plug.pull()
    other_plug.pull()
    await asyncio.gather(*held, *waiting)
    await log.write(free, ANN, appends(free))


async def test_everybody_together_has_a_bound(log: EventLog, stream: ObjectId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_CHANGES", 2)
    plug = Plug()
    held = await plug.hold(log, stream)
    (waiting,) = await started(log, stream, ANN, appends(stream))

    with pytest.raises(RateLimited):
        await log.write(new_id(Kind.WORKSPACE), new_id(Kind.USER), appends(stream))

    plug.pull()
    await asyncio.gather(held, waiting)


async def test_a_change_whose_time_is_up_while_it_waits_is_refused_and_never_runs(
    log: EventLog, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a transaction that takes longer than a change may take
    plug, seen = Plug(), list[str]()
    held = await plug.hold(log, stream)
    monkeypatch.setattr(writer, "PATIENCE", 0.05)

    # When a change waits for it, then it is refused while the other goes on
    with pytest.raises(RateLimited):
        await log.write(stream, ANN, noting(seen, "late", appends(stream)))
    assert not held.done()

    # And it does not run afterwards
    plug.pull()
    await held
    monkeypatch.undo()
    await log.write(stream, ANN, appends(stream))
    assert seen == []


async def test_a_change_that_waits_when_its_caller_goes_never_runs(log: EventLog, stream: ObjectId) -> None:
    plug, seen = Plug(), list[str]()
    held = await plug.hold(log, stream)
    (given_up,) = await started(log, stream, ANN, noting(seen, "given up", appends(stream)))

    given_up.cancel()
    plug.pull()
    await held
    await log.write(stream, ANN, appends(stream))

    assert seen == []
    assert len(await logged(stream)) == 1


async def test_a_heavy_change_ends_its_transaction(
    log: EventLog, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given changes that wait, some of which append many events
    monkeypatch.setattr(writer, "MAX_WEIGHT", 10)
    commits: list[int] = []
    log.on_commit(lambda heads: commits.extend(head.seq for head in heads.values()))
    plug = Plug()
    held = await plug.hold(log, stream)
    tasks = await started(log, stream, ANN, *(appends(stream, count) for count in (1, 12, 4, 4, 4, 1)))

    # When they are committed
    plug.pull()
    await asyncio.gather(held, *tasks)

    # Then each transaction ended with the change that made it heavy
    assert commits == [13, 25, 26]


async def test_a_transaction_that_meets_a_conflict_is_tried_with_half_of_its_changes(
    log: EventLog, stream: ObjectId
) -> None:
    # Given eight changes that wait, of which no transaction takes more than two
    together: dict[object, int] = {}
    sizes: list[int] = []

    async def body(change: Change) -> None:
        together[change.session] = together.get(change.session, 0) + 1
        sizes.append(together[change.session])
        if together[change.session] > 2:
            raise OperationFailure("WriteConflict", code=112)
        await appends(stream)(change)

    plug = Plug()
    held = await plug.hold(log, stream)
    tasks = await started(log, stream, ANN, *(body for _ in range(8)))

    # When they are committed
    plug.pull()
    await asyncio.gather(held, *tasks)

    # Then all are, in smaller transactions
    assert [one["seq"] for one in await logged(stream)] == list(range(1, 9))
    assert max(sizes) == 3


async def test_a_failure_is_told_to_its_own_caller_alone_also_after_a_conflict(log: EventLog, stream: ObjectId) -> None:
    # Given four changes, the second of which fails, in a transaction that meets a conflict at first
    conflicts = [OperationFailure("WriteConflict", code=112)]

    async def fails(change: Change) -> None:
        raise Conflict("is taken")

    async def meets(change: Change) -> None:
        if conflicts:
            raise conflicts.pop()
        await appends(stream)(change)

    plug = Plug()
    held = await plug.hold(log, stream)
    tasks = await started(log, stream, ANN, meets, fails, appends(stream), appends(stream))

    plug.pull()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    await held
    assert [type(one) for one in outcomes if isinstance(one, BaseException)] == [Conflict]
    assert isinstance(outcomes[1], Conflict)
    assert [one["seq"] for one in await logged(stream)] == [1, 2, 3]


async def test_a_stream_whose_turns_have_ended_is_forgotten(log: EventLog, stream: ObjectId) -> None:
    await asyncio.gather(*(log.write(stream, ANN, appends(stream)) for _ in range(5)))

    counted = log._writer
    await until(lambda: not counted._queues and not counted._under_way)
    assert counted._total == 0


async def test_a_large_change_gives_way_between_its_commands_while_somebody_else_asks(
    log: EventLog, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a clock that goes on with each look by a second, and Bob, who asks for something or does not
    asks = [False]
    monkeypatch.setattr("realtime.change.others_ask", lambda actor_id: asks[0] and actor_id == ANN)
    rests = watch_rests(monkeypatch)

    # When Ann changes much, alone and beside him
    alone = (await log.write(stream, ANN, writes_labels(stream, 100))).value
    asks[0] = True
    little = (await log.write(stream, ANN, writes_labels(stream, 10))).value
    beside = (await log.write(stream, ANN, writes_labels(stream, 100))).value

    # Then she rests beside him alone, after the first commands, and no longer than a transaction may take
    assert (alone.rested, little.rested) == (0.0, 0.0)
    assert rests == [REST] * 2
    assert beside.rested == sum(rests) >= MOST_RESTED


async def test_a_change_that_somebody_waits_for_does_not_rest(
    log: EventLog, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.change.others_ask", lambda _: True)
    rests, plug = watch_rests(monkeypatch), Plug()
    tasks = [await plug.hold(log, stream)]
    tasks += [asyncio.create_task(log.write(stream, who, writes_labels(stream, 100))) for who in (ANN, ANN, BOB, BOB)]
    await asyncio.sleep(0)
    plug.pull()
    done = await asyncio.gather(*tasks)

    # The last of all rests: nobody else waits for that one, whatever more of the same person's does
    assert [bool(one.value.rested) for one in done[1:]] == [False, False, False, True]
    assert rests


def watch_rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What changes rest, where each of their commands takes a second."""
    rests: list[float] = []
    clock = count()

    async def sleep(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr("realtime.change.perf_counter", lambda: float(next(clock)))
    monkeypatch.setattr("realtime.change.sleep", sleep)
    return rests


def writes_labels(workspace_id: ObjectId, number: int) -> Callable[[Change], Awaitable[Change]]:
    """A body that writes many documents, and returns its change."""
    labels = [new_label(workspace_id, f"label {n}") for n in range(number)]

    async def body(change: Change) -> Change:
        await insert_all(Label, labels, change)
        change.append(workspace_id, *(LabelCreated(label=one, project_id=one["project_id"]) for one in labels))
        return change

    return body
