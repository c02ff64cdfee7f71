"""What people write to the agents of cards, and all that was said, as it is read."""

import pytest
from bson import ObjectId

from models import MissionActivity
from models.errors import BadUserInput, NotFound
from models.ids import Kind, new_id
from models.records import WorkspaceRecord
from resolvers.inputs.mission import CardMessages, CardMissionPrompt
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.mission.board_run import CARD_PROMPT
from resolvers.mission.messages import list_messages
from resolvers.mission.prompt import prompt_card
from tests.resolvers.lab import People, again
from tests.resolvers.missions import Crew
from tests.resolvers.projects import make_board
from tests.stubs import stubs


async def test_people_write_to_the_agent_of_a_card_whether_one_works_or_not(
    people: People, owner: Context, workspace: WorkspaceRecord
) -> None:
    # When somebody writes to a card that no agent works on
    crew, board = Crew(people, owner, workspace), await make_board(owner, workspace, 1)
    atlas, card = await crew.hire("atlas"), await board.card(0)
    begun = (await prompt_card(board.ctx, card["_id"], CardMissionPrompt(text="How far are you?"))).value
    said = (await prompt_card(board.ctx, card["_id"], CardMissionPrompt(text="Hurry"))).value

    # Then a run begins with that, which takes what follows
    assert (begun["reason"], begun["prompt"], begun["continues_id"], said["_id"]) == (
        "message",
        CARD_PROMPT,
        None,
        begun["_id"],
    )
    assert await atlas.claim() is not None
    await atlas.complete(begun, "Far")
    next_ = (await prompt_card(board.ctx, card["_id"], CardMissionPrompt(text="And now?"))).value
    assert (next_["continues_id"], next_["agent_id"]) == (begun["_id"], atlas.record["_id"])

    # And all messages are found, from any of them or a moment on, in pages
    ctx = board.ctx
    found = await list_messages(ctx, card["_id"], CardMessages())
    assert [message["content"] for message in found.nodes] == ["How far are you?", "Hurry", "And now?"]
    first, middle, end = found.nodes
    for values, wanted, more in (
        ({"since": first["_id"]}, [middle, end], False),
        ({"since": first["created_at"], "before": end["_id"]}, [middle], False),
        ({"since": str(first["_id"]), "limit": 1}, [middle], True),
        ({"before": end["_id"], "limit": 1}, [middle], True),
        ({"before": middle["created_at"].isoformat()}, [first], False),
        ({"missionId": begun["_id"]}, [first, middle], False),
        ({"missionId": begun["_id"], "since": first["_id"]}, [middle], False),
        ({"missionId": begun["_id"], "before": middle["created_at"]}, [first], False),
        ({"missionId": begun["_id"], "before": end["_id"]}, [first, middle], False),
        ({"missionId": next_["_id"], "since": middle["_id"]}, [end], False),
    ):
        page = await list_messages(again(ctx), card["_id"], read_input(CardMessages, values))
        assert [message["_id"] for message in page.nodes] == [message["_id"] for message in wanted], values
        assert (page.has_previous if "since" not in values else page.has_next) is more, values
    for values in ({"missionId": new_id(Kind.MISSION)}, {"since": new_id(Kind.MISSION_ACTIVITY)}):
        with pytest.raises(NotFound):
            await list_messages(again(ctx), card["_id"], read_input(CardMessages, values))
    with pytest.raises(BadUserInput):
        read_input(CardMessages, {"since": "yesterday"})

    # And in a mission its own order holds, where the clock of another process is behind
    earlier = (int.from_bytes(first["_id"].binary[:4]) - 2).to_bytes(4)
    behind = {**middle, "_id": ObjectId(earlier + middle["_id"].binary[4:])}
    await stubs(MissionActivity).delete_one({"_id": middle["_id"]})
    await stubs(MissionActivity).insert_one(behind)
    for bound, expected in (({"since": first["_id"]}, behind), ({"before": behind["_id"]}, first)):
        asked = read_input(CardMessages, {"missionId": begun["_id"], **bound})
        page = await list_messages(again(ctx), card["_id"], asked)
        assert [message["_id"] for message in page.nodes] == [expected["_id"]]
