"""A query and a subscription compose: the cursor of a snapshot is never newer than anything in it."""

import re
from typing import Any

import pytest

from models.records import ProjectRecord
from resolvers.kit.context import Context
from resolvers.notification.follow import follow
from resolvers.project import project as project_operations
from tests.gateway.lab import Board, Lab, count_queries
from tests.serving.graph.streams import replay

RENAME = "mutation ($id: ID!, $name: String!) { projectUpdate(id: $id, input: {name: $name}) { cursor } }"
PROJECT = "query ($id: ID!) { project(id: $id) { name cursor workspace { cursor } } }"
ALL = "{ organizations { nodes { workspaces { nodes { cursor projects { nodes { cursor name } } } } } } }"
EVENTS = """
subscription ($id: ID!, $after: Cursor) {
  projectEvents(projectId: $id, after: $after) {
    __typename ... on Event { cursor } ... on ProjectUpdated { project { name cursor workspace { cursor } } }
  }
}
"""
VIEWER = "{ viewer { id notificationsCursor unreadNotificationCount } }"
OTHER = "query ($id: ID!) { project(id: $id) { members { nodes { user { notificationsCursor } } } } }"
WORKSPACE = """
mutation ($o: ID!) {
  workspaceCreate(input: {organizationId: $o, name: "More", slug: "more"}) { cursor workspace { id cursor } }
}
"""
NOTIFICATIONS = """
subscription ($after: Cursor) { notifications(after: $after) { __typename ... on Event { cursor } } }
"""
WORKSPACE_EVENTS = """
subscription ($id: ID!, $after: Cursor) {
  workspaceEvents(workspaceId: $id, after: $after) { __typename ... on Event { cursor } }
}
"""


async def test_a_snapshot_and_the_events_after_its_cursor_leave_out_nothing_and_double_nothing(
    lab: Lab, board: Board
) -> None:
    before = await board.ann.ask(PROJECT, id=board.project)
    renamed = await board.ann.ask(RENAME, id=board.project, name="Landing")

    events = await replay(lab.app, board.ann.token, EVENTS, id=board.project, after=before["project"]["cursor"])
    after = await board.ann.ask(PROJECT, id=board.project)

    assert [event["__typename"] for event in events] == ["ProjectUpdated", "StreamReady"]
    assert events[0]["cursor"] == renamed["projectUpdate"]["cursor"]
    assert after["project"]["cursor"] == after["project"]["workspace"]["cursor"] == events[0]["cursor"]
    assert await replay(lab.app, board.ann.token, EVENTS, id=board.project, after=after["project"]["cursor"]) == [
        {"__typename": "StreamReady", "cursor": after["project"]["cursor"]}
    ]


async def test_a_change_that_comes_while_a_query_reads_is_after_its_cursor(
    lab: Lab, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = project_operations.get_project
    seen: list[str] = []

    async def slow(ctx: Context, project_id: str, fields: Any = None) -> ProjectRecord:
        found = await read(ctx, project_id, fields)
        monkeypatch.setattr(project_operations, "get_project", read)
        renamed = await board.ann.ask(RENAME, id=board.project, name="Landing")
        seen.append(renamed["projectUpdate"]["cursor"])
        return found

    monkeypatch.setattr(project_operations, "get_project", slow)
    snapshot = (await board.ann.ask(PROJECT, id=board.project))["project"]

    events = await replay(lab.app, board.ann.token, EVENTS, id=board.project, after=snapshot["cursor"])

    assert snapshot["name"] == "Launch"
    assert [event["cursor"] for event in events if event["__typename"] == "ProjectUpdated"] == seen


async def test_cursors_cost_three_queries_however_many_are_asked_for(lab: Lab, board: Board) -> None:
    counts = []
    for more in (1, 20):
        for number in range(more):
            await board.ann.ask(
                "mutation ($w: ID!, $n: String!) { projectCreate(input: {workspaceId: $w, name: $n}) { cursor } }",
                w=board.workspace,
                n=f"P{number}",
            )
        with count_queries() as without:
            await board.ann.ask(ALL.replace("cursor", "id"))
        with count_queries() as seen:
            found = await board.ann.ask(ALL)
        workspace = found["organizations"]["nodes"][0]["workspaces"]["nodes"][0]
        assert {project["cursor"] for project in workspace["projects"]["nodes"]} == {workspace["cursor"]}
        counts.append(len(seen) - len(without))

    # The viewer's own stream, that of the workspace that was found, and the workspace once more.
    assert counts == [3, 3]


@pytest.mark.parametrize(
    "query",
    [
        '{ project(id: "PROJECT") { cursor } }',
        "query ($p: ID!) { one: project(id: $p) { cursor } two: project(id: $p) { workspace { cursor } } }",
        'query ($p: ID = "PROJECT") { ...Root } fragment Root on Query { project(id: $p) { cursor } }',
        "query ($p: ID!) { node(id: $p) { ... on Project { cursor } } }",
        "query ($p: ID!) { nodes(ids: [$p]) { ... on Project { workspace { cursor } } } }",
        'query { workspace(orgSlug: "ORG", slug: "WORKSPACE") { cursor } }',
        'query { organization(slug: "ORG") { workspaces { nodes { cursor } } } }',
        'query { organization(slug: "ORG") { workspace(slug: "WORKSPACE") { cursor projects { nodes { cursor } } } } }',
        "query ($p: ID!) { project(id: $p) { workspace { organization { workspaces { nodes { cursor } } } } } }",
        "{ viewer { notifications { nodes { activity { project { cursor workspace { cursor } } } } } } }",
    ],
)
async def test_a_cursor_is_the_newest_wherever_it_stands(lab: Lab, board: Board, query: str) -> None:
    # Given a workspace in which something has happened, which the viewer is notified of
    bob = await lab.person("bob@example.com")
    invite = """mutation ($w: ID!) {
      workspaceMemberInvite(workspaceId: $w, input: {email: "bob@example.com"}) { token }
    }"""
    token = (await board.ann.ask(invite, w=board.workspace))["workspaceMemberInvite"]["token"]
    await bob.ask("mutation ($t: String!) { invitationAccept(token: $t) { cursor } }", t=token)
    await bob.ask('mutation ($p: ID!) { cardCreate(input: {projectId: $p, title: "One"}) { cursor } }', p=board.project)
    renamed = await board.ann.ask(RENAME, id=board.project, name="Landing")
    await follow(lab.app.state.services)
    slugs = (await board.ann.ask("{ organizations { nodes { slug workspaces { nodes { slug } } } } }"))["organizations"]
    organization = slugs["nodes"][0]
    for name, value in {
        "PROJECT": board.project,
        "ORG": organization["slug"],
        "WORKSPACE": organization["workspaces"]["nodes"][0]["slug"],
    }.items():
        query = query.replace(name, value)

    # When it is asked where that stands
    found = await board.ann.ask(query, **({"p": board.project} if "$p: ID!" in query else {}))

    # Then it is said exactly, by whichever way it is reached
    assert set(re.findall(r"'cursor': '([^']+)'", str(found))) == {renamed["projectUpdate"]["cursor"]}


async def test_the_cursor_of_notifications_is_where_the_viewers_own_stream_stands(lab: Lab, board: Board) -> None:
    before = (await board.ann.ask(VIEWER))["viewer"]
    bob = await lab.person("bob@example.com")
    invite = """mutation ($w: ID!) {
      workspaceMemberInvite(workspaceId: $w, input: {email: "bob@example.com"}) { token }
    }"""
    token = (await board.ann.ask(invite, w=board.workspace))["workspaceMemberInvite"]["token"]
    await bob.ask("mutation ($t: String!) { invitationAccept(token: $t) { cursor } }", t=token)
    await bob.ask('mutation ($p: ID!) { cardCreate(input: {projectId: $p, title: "One"}) { cursor } }', p=board.project)

    await follow(lab.app.state.services)
    events = await replay(lab.app, board.ann.token, NOTIFICATIONS, after=before["notificationsCursor"])
    after = (await board.ann.ask(VIEWER))["viewer"]

    assert [event["__typename"] for event in events] == ["NotificationReceived", "StreamReady"]
    assert after["notificationsCursor"] == events[0]["cursor"]
    assert after["unreadNotificationCount"] == before["unreadNotificationCount"] + 1


async def test_the_stream_of_another_user_has_no_cursor(lab: Lab, board: Board) -> None:
    bob = await lab.person("bob@example.com")
    invite = """mutation ($w: ID!) {
      workspaceMemberInvite(workspaceId: $w, input: {email: "bob@example.com"}) { token }
    }"""
    token = (await board.ann.ask(invite, w=board.workspace))["workspaceMemberInvite"]["token"]
    await bob.ask("mutation ($t: String!) { invitationAccept(token: $t) { cursor } }", t=token)

    error = await bob.refused(OTHER, id=board.project)

    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_a_cursor_inside_an_event_is_the_events_own(lab: Lab, board: Board) -> None:
    before = await board.ann.ask(PROJECT, id=board.project)
    for name in ("Landing", "Orbit"):
        await board.ann.ask(RENAME, id=board.project, name=name)

    events = await replay(lab.app, board.ann.token, EVENTS, id=board.project, after=before["project"]["cursor"])

    assert len(events) == 3
    for event in events[:2]:
        assert event["project"]["cursor"] == event["project"]["workspace"]["cursor"] == event["cursor"]


async def test_a_workspace_made_by_the_request_itself_is_replayed_from_its_beginning(lab: Lab, board: Board) -> None:
    made = (await board.ann.ask(WORKSPACE, o=board.organization))["workspaceCreate"]

    events = await replay(
        lab.app, board.ann.token, WORKSPACE_EVENTS, id=made["workspace"]["id"], after=made["workspace"]["cursor"]
    )

    assert events[-2]["cursor"] == made["cursor"]
    assert events[-1]["__typename"] == "StreamReady"
