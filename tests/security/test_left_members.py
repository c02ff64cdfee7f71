"""What is left for somebody who has left a workspace: nothing of it, not even through what they were told."""

import pytest

from auth.subject import ANONYMOUS
from models import Activity, Notification
from models.base import collection
from resolvers.activity import card_of, project_of
from resolvers.context import Context
from resolvers.notification_follow import follow
from tests.gateway.lab import Lab
from tests.resolvers.lab import People
from tests.security.conftest import Shared

TOLD = """{ viewer { unreadNotificationCount notifications { nodes { activity {
  meta card { title project { name workspace { members { nodes { user { email } } } } } } project { name }
} } } } }"""
COMMENT = 'mutation ($card: ID!) { commentCreate(input: {cardId: $card, content: "Bob, look"}) { cursor } }'
REMOVALS = {
    "workspace": "mutation ($w: ID!, $u: ID!) { workspaceMemberRemove(workspaceId: $w, userId: $u) { cursor } }",
    "organization": """mutation ($o: ID!, $u: ID!) {
      organizationMemberRemove(organizationId: $o, userId: $u) { cursor } }""",
}


@pytest.mark.parametrize("removal", REMOVALS)
async def test_who_was_removed_reads_nothing_of_the_workspace_through_notifications(
    lab: Lab, shared: Shared, removal: str
) -> None:
    board, bob = shared.board, shared.bob
    await shared.ann.ask(COMMENT, card=await board.card("Plans"))
    await follow(lab.app.state.services)
    before = (await bob.ask(TOLD))["viewer"]
    ids = {"w": board.workspace} if removal == "workspace" else {"o": board.organization}

    await shared.ann.ask(REMOVALS[removal], u=bob.id, **ids)

    assert before["unreadNotificationCount"] >= 2
    assert (await bob.ask(TOLD))["viewer"] == {"unreadNotificationCount": 0, "notifications": {"nodes": []}}
    assert await collection(Notification).count_documents({}) == 0


async def test_an_activity_that_was_told_opens_no_door_for_who_has_left(shared: Shared, lab: Lab) -> None:
    # Given an activity as a replay of Bob's own stream still carries it
    await shared.board.card("Plans")
    activity = await collection(Activity).find_one({"card_id": {"$ne": None}})
    assert activity is not None
    people = People(Context(ANONYMOUS, lab.app.state.services))
    inside = await project_of(await people.by_jwt(shared.bob.token), [activity], None)

    # When Bob has left
    await shared.ann.ask(REMOVALS["workspace"], u=shared.bob.id, w=shared.board.workspace)

    # Then neither the project nor the card can be reached from it
    outside = await people.by_jwt(shared.bob.token)
    assert inside[0] is not None
    assert await project_of(outside, [activity], frozenset()) == [None]
    assert await card_of(outside, [activity], frozenset({"title"})) == [None]
