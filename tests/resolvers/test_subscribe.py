"""The sources of the subscriptions: what passes, resuming, lagging."""

import pytest

from models.enums import MissionStatus
from models.errors import BadUserInput, Forbidden
from models.records import WorkspaceRecord
from realtime import subscription as bounds
from resolvers import subscribe
from resolvers.inputs.job import JobComplete, JobHold, QueueCreate, QueueUpdate, ScheduleCreate
from resolvers.inputs.project import ProjectMemberAdd
from resolvers.job.job import complete_job, delete_job, hold_job
from resolvers.job.queue import create_queue, delete_queue, update_queue
from resolvers.job.schedule import create_schedule, delete_schedule
from resolvers.job.untold import OF_QUEUES
from resolvers.kit.context import Context
from resolvers.member.project_member import add_project_member
from resolvers.notification.follow import follow
from resolvers.notification.notification import mark_all_notifications_read
from resolvers.subscribe import mission_events, notifications, project_events, queue_events, workspace_events
from tests.resolvers.conftest import Join
from tests.resolvers.jobs import claim, put
from tests.resolvers.lab import People, again
from tests.resolvers.missions import Crew
from tests.resolvers.projects import Board, make_board
from tests.resolvers.watching import watching


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace)


# --- what passes -------------------------------------------------------------------------------------------------


async def test_a_projects_stream_shows_that_project_alone(board: Board, crew: Crew, owner: Context) -> None:
    # Given a project beside another, and an agent
    other = await make_board(owner, crew.workspace)
    atlas = await crew.hire()
    async with watching(project_events(board.ctx, board.project["_id"])) as watcher:
        # When something happens in both, and to a mission about a card
        card = await board.card(title="Lens 4")
        await other.card(title="Elsewhere")
        await crew.ask(atlas, cardId=card["_id"])
        await board.label("Urgent")
        await watcher.until(4)

    # Then only its own events are shown, missions left out but for what the card tells of its own
    assert watcher.types == ["StreamReady", "CardCreated", "CardUpdated", "LabelCreated"]
    assert watcher.events[1]["data"]["card"]["_id"] == card["_id"]
    assert {event["project_id"] for event in watcher.events[1:]} == {board.project["_id"]}


async def test_types_choose_among_the_events(board: Board) -> None:
    async with watching(project_events(board.ctx, board.project["_id"], types=["LabelCreated"])) as watcher:
        await board.card()
        await board.label("Urgent")
        await watcher.until(2)

    assert watcher.types == ["StreamReady", "LabelCreated"]


@pytest.mark.parametrize("types", [["CardExploded"], ["CardCreated", "MissionStatusChanged"], ["StreamReady"], [""]])
async def test_unknown_types_are_refused_with_those_there_are(board: Board, types: list[str]) -> None:
    with pytest.raises(BadUserInput) as refused:
        await project_events(board.ctx, board.project["_id"], types=types)

    assert refused.value.field == "types"
    assert all(name in refused.value.message for name in subscribe.PROJECT_TYPES)


async def test_a_workspaces_stream_shows_missions_to_those_with_the_scope(
    board: Board, crew: Crew, people: People, owner: Context
) -> None:
    # Given somebody with all scopes, and a token that reads projects alone
    atlas = await crew.hire()
    token = await people.with_token(owner, ["projects:read"])
    workspace_id = crew.workspace["_id"]
    async with (
        watching(workspace_events(again(owner), workspace_id)) as full,
        watching(workspace_events(again(token), workspace_id)) as narrow,
    ):
        # When a mission and a card come
        await crew.ask(atlas)
        await board.card()
        await full.until(3)
        await narrow.until(2)

    # Then the token does not see the mission
    assert full.types == ["StreamReady", "MissionStatusChanged", "CardCreated"]
    assert narrow.types == ["StreamReady", "CardCreated"]
    with pytest.raises(Forbidden):
        await workspace_events(again(token), workspace_id, types=["MissionStatusChanged"])


async def test_a_missions_stream_shows_its_whole_life_in_order(crew: Crew) -> None:
    # Given a mission beside another
    atlas = await crew.hire()
    mission, other = await crew.ask(atlas), await crew.ask(atlas)
    async with watching(mission_events(again(crew.owner), mission["_id"])) as watcher:
        # When it is driven from its claim to its end
        await atlas.claim()
        await atlas.claim()
        await atlas.report(other, progress=0.1)
        await atlas.report(mission, activities=[{"kind": "thought", "content": "Dusty."}], outputDelta="The ")
        await atlas.report(mission, outputDelta="lens")
        await atlas.report(mission, progress=0.5)
        await atlas.report(mission, awaitingApproval=True)
        await atlas.report(mission, awaitingApproval=False)
        await atlas.complete(mission)
        await watcher.until(9)

    # Then a watcher sees all of it in order, the text as it was written, and nothing of the other
    assert watcher.types == [
        "StreamReady",
        "MissionStatusChanged",
        "MissionActivityAdded",
        "MissionOutputDelta",
        "MissionOutputDelta",
        "MissionProgressed",
        *["MissionStatusChanged"] * 3,
    ]
    assert [event["data"]["text"] for event in watcher.events[3:5]] == ["The ", "lens"]
    assert {event["mission_id"] for event in watcher.events[1:]} == {mission["_id"]}
    last = watcher.events[-1]["data"]
    assert (last["from_status"], last["to_status"]) == (MissionStatus.RUNNING, MissionStatus.COMPLETED)

    # And whoever comes later, with an old cursor, sees the same without the text
    ready = watcher.events[0]["cursor"]
    async with watching(mission_events(again(crew.owner), mission["_id"], ready)) as later:
        await later.until(7)
    assert later.types == [
        "MissionStatusChanged",
        "MissionActivityAdded",
        "MissionProgressed",
        *["MissionStatusChanged"] * 3,
        "StreamReady",
    ]


async def test_a_queues_stream_shows_it_and_its_jobs_and_its_schedules(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a queue beside another
    made = [
        (await create_queue(again(owner), QueueCreate.of(workspace_id=workspace["_id"], name=name))).value
        for name in ("Mails", "Reports")
    ]
    queue_id = made[0]["_id"]
    async with watching(queue_events(again(owner), queue_id)) as watcher:
        # When something happens in both, from a job that is put in to the end of the queue
        await put(owner, made[1])
        job = await put(owner, made[0], data={"to": "ann"})
        [held] = await claim(owner, made[0])
        await hold_job(again(owner), job["_id"], JobHold(lease_token=held["lease_token"]))
        values = JobComplete(lease_token=held["lease_token"], result="sent")
        await complete_job(again(owner), job["_id"], values)
        await delete_job(again(owner), job["_id"])
        nightly = ScheduleCreate.of(queue_id=queue_id, name="Sweep", cron="0 3 1 1 *")
        schedule = (await create_schedule(again(owner), nightly)).value
        await delete_schedule(again(owner), schedule["_id"])
        await update_queue(again(owner), queue_id, QueueUpdate.of(is_paused=True))
        await delete_queue(again(owner), queue_id)
        await watcher.until(10)

    # Then its own is told in order, without what jobs take and what came of them
    assert watcher.types == [
        "StreamReady",
        *["JobChanged"] * 4,
        "JobDeleted",
        "ScheduleChanged",
        "ScheduleDeleted",
        "QueueUpdated",
        "QueueDeleted",
    ]
    states = [event["data"]["job"]["state"] for event in watcher.events[1:5]]
    assert states == ["waiting", "active", "active", "completed"]
    leases = [event["data"]["job"]["lease_until"] for event in watcher.events[2:4]]
    assert leases[0] < leases[1]
    assert "ann" not in str(watcher.events)
    assert "sent" not in str(watcher.events)


async def test_a_workspaces_stream_tells_of_queues_and_not_of_what_is_in_them(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    async with watching(workspace_events(again(owner), workspace["_id"])) as watcher:
        values = QueueCreate.of(workspace_id=workspace["_id"], name="Mails")
        queue = (await create_queue(again(owner), values)).value
        await put(owner, queue)
        await update_queue(again(owner), queue["_id"], QueueUpdate.of(is_paused=True))
        await delete_queue(again(owner), queue["_id"])
        await watcher.until(4)

    assert watcher.types == ["StreamReady", "QueueCreated", "QueueUpdated", "QueueDeleted"]
    assert OF_QUEUES & watcher.events[2]["data"]["queue"].keys() == set()


async def test_a_queues_stream_is_resumed(owner: Context, workspace: WorkspaceRecord) -> None:
    queue = (await create_queue(again(owner), QueueCreate.of(workspace_id=workspace["_id"], name="Mails"))).value
    async with watching(queue_events(again(owner), queue["_id"])) as watcher:
        await put(owner, queue, name="Seen")
        await watcher.until(2)
    for name in ("First", "Second"):
        await put(owner, queue, name=name)

    async with watching(queue_events(again(owner), queue["_id"], watcher.events[-1]["cursor"])) as resumed:
        await resumed.until(3)

    assert [event["data"]["job"]["name"] for event in resumed.events[:2]] == ["First", "Second"]
    assert resumed.events[2]["data"] == {"recovered": True}


async def test_notifications_arrive_and_are_read(board: Board, join: Join, workspace: WorkspaceRecord) -> None:
    # Given a member of a project who watches
    grace = await join(workspace, "grace")
    await add_project_member(board.ctx, board.project["_id"], ProjectMemberAdd(user_id=grace.user_id))
    await follow(grace.services)
    await mark_all_notifications_read(again(grace))
    async with watching(notifications(again(grace))) as watcher:
        # When a card comes, and all is read
        card = await board.card()
        await follow(grace.services)
        await watcher.until(2)
        await mark_all_notifications_read(again(grace))
        await watcher.until(3)

    # Then the member is told of both, and of nothing else in the stream
    assert watcher.types == ["StreamReady", "NotificationReceived", "NotificationsRead"]
    received, read = (event["data"] for event in watcher.events[1:])
    assert received["activity"]["card_id"] == card["_id"]
    assert read == {"ids": [], "all": True, "unread_count": 0}


async def test_resuming_shows_what_was_missed(board: Board) -> None:
    async with watching(project_events(board.ctx, board.project["_id"])) as watcher:
        await board.card(title="seen")
        await watcher.until(2)
    cursor = watcher.events[-1]["cursor"]
    for n in range(3):
        await board.card(title=f"missed {n}")

    async with watching(project_events(board.ctx, board.project["_id"], cursor)) as resumed:
        await resumed.until(4)
        await board.card(title="live")
        await resumed.until(5)

    titles = [event["data"]["card"]["title"] for event in resumed.events if event["type"] == "CardCreated"]
    assert titles == ["missed 0", "missed 1", "missed 2", "live"]
    assert resumed.events[3]["data"] == {"recovered": True}


async def test_a_lagging_reader_is_told_though_it_asked_for_few_types(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a reader that stops after StreamReady
    monkeypatch.setattr(bounds, "MAX_QUEUED", 2)
    source = await project_events(board.ctx, board.project["_id"], types=["CardCreated"])
    assert (await anext(source))["type"] == "StreamReady"

    # When more comes than may wait, and another reader has seen that it came
    async with watching(project_events(board.ctx, board.project["_id"])) as quick:
        for n in range(5):
            await board.card(title=f"{n}")
            await quick.until(n + 2)

    # Then it gets what waited, and then StreamLagged
    found = [await anext(source) for _ in range(3)]
    assert [event["type"] for event in found] == ["CardCreated", "CardCreated", "StreamLagged"]
    assert found[2]["data"]["dropped"] == 3
    assert found[2]["data"]["resume_from"] == found[1]["cursor"]


@pytest.mark.parametrize("after", ["", "now", "0" * 21, "'; drop"])
async def test_a_cursor_that_is_none_is_refused(board: Board, crew: Crew, after: str) -> None:
    for attempt in (
        project_events(board.ctx, board.project["_id"], after),
        workspace_events(again(crew.owner), crew.workspace["_id"], after),
        notifications(again(crew.owner), after),
    ):
        with pytest.raises(BadUserInput) as refused:
            await attempt
        assert refused.value.field == "after"
