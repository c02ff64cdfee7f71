"""What is left for somebody who has left a workspace: nothing of it, not even through what they were told."""

from collections.abc import Iterator

import pytest
from bson import ObjectId
from graphql import GraphQLObjectType, get_named_type

from auth.subject import ANONYMOUS
from models import Activity, Notification, User
from models.base import Record, collection
from models.enums import TokenScope
from resolvers.activity.activity import actor_of, card_of, project_of
from resolvers.kit.context import Context
from resolvers.node import get_nodes
from resolvers.notification.follow import follow
from schema.graph import graph
from schema.loading import EDGE, Edge
from schema.selection import metadata_of
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


def edges_to_users() -> Iterator[tuple[str, Edge]]:
    """Every edge of the graph that leads from something to a user, by the name of its field."""
    for name, kind in graph().type_map.items():
        for field_name, field in kind.fields.items() if isinstance(kind, GraphQLObjectType) else ():
            if EDGE in (metadata := metadata_of(field)) and get_named_type(field.type).name == "User":
                yield f"{name}.{field_name}", metadata[EDGE]


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


async def test_no_edge_leads_to_more_than_the_name_of_who_has_left(shared: Shared, lab: Lab) -> None:
    # Given every way from something to a user, and Bob at the end of it
    people, bob = People(Context(ANONYMOUS, lab.app.state.services)), ObjectId(shared.bob.id)
    job = {"$set": {"job_title": "at a competitor", "avatar": "0" * 64}}
    await collection(User).update_one({"_id": bob}, job)

    async def reached(edge: Edge) -> list[Record]:
        parent = {"_id": ObjectId(), **dict.fromkeys(edge.needs, bob)}
        watched = Context.of_stream(lab.app.state.services, ObjectId(shared.board.workspace), frozenset(TokenScope))
        return [(await edge.load(ctx, [parent], None))[0] for ctx in (await people.by_jwt(shared.ann.token), watched)]

    edges = {name: edge for name, edge in edges_to_users() if edge.needs}
    inside = {name: await reached(edge) for name, edge in edges.items()}

    # When he leaves
    await shared.ann.ask(REMOVALS["organization"], u=shared.bob.id, o=shared.board.organization)
    outside = {name: await reached(edge) for name, edge in edges.items()}

    # Then he is shown as he was called, to whoever asks and to whoever follows, and as nothing else
    assert {"Comment.author", "Activity.actor", "Card.assignee", "Card.createdBy"} <= edges.keys()
    for name in edges:
        assert [one["email"] for one in inside[name]] == ["bob@example.com"] * 2, name
        for one in outside[name]:
            assert (one["name"], one["email"]) == ("Bob", f"former-{bob}@former.invalid"), name
            assert (one["job_title"], one["avatar"]) == (None, None), name
    assert await get_nodes(await people.by_jwt(shared.ann.token), [bob]) == [None]


async def test_who_has_left_is_told_no_more_of_those_who_are_there(shared: Shared, lab: Lab) -> None:
    await shared.board.card("Plans")
    activity = await collection(Activity).find_one({"card_id": {"$ne": None}})
    assert activity is not None
    people = People(Context(ANONYMOUS, lab.app.state.services))

    await shared.ann.ask(REMOVALS["organization"], u=shared.bob.id, o=shared.board.organization)
    [actor] = await actor_of(await people.by_jwt(shared.bob.token), [activity], None)

    assert actor is not None
    assert (actor["name"], actor["email"]) == ("Ann", f"former-{shared.ann.id}@former.invalid")
