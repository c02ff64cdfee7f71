"""Agents, missions and notifications over the graph."""

from resolvers.notification.follow import follow
from tests.gateway.lab import Board, Lab, Person

CREATE_AGENT = """
mutation ($input: AgentCreateInput!) {
  agentCreate(input: $input) {
    agent { id name slug autonomyMode tools mcpOnly user { isAgent name } } token cursor
  }
}
"""
CREATE_MISSION = """
mutation ($input: MissionCreateInput!) {
  missionCreate(input: $input) {
    mission { id status progress prompt agent { slug } card { title } project { name } createdBy { email } } cursor
  }
}
"""
CLAIM = "mutation ($w: ID!) { missionClaim(workspaceId: $w) { mission { id status startedAt } cursor } }"
REPORT = """
mutation ($id: ID!, $input: MissionReportInput!) {
  missionReport(id: $id, input: $input) { mission { status progress activities { nodes { kind content tool data } } } }
}
"""


async def new_agent(lab: Lab, board: Board, slug: str = "atlas") -> tuple[str, Person]:
    """An agent of the board's workspace: its id, and whoever speaks with its token."""
    values = {"workspaceId": board.workspace, "name": slug.title(), "slug": slug}
    made = (await board.ann.ask(CREATE_AGENT, input=values))["agentCreate"]
    return made["agent"]["id"], Person(lab.client(made["token"]), made["agent"]["id"], made["token"], slug)


async def test_an_agent_is_created_changed_and_deleted(lab: Lab, board: Board) -> None:
    ann = board.ann
    values = {"workspaceId": board.workspace, "name": "Atlas", "slug": "atlas", "tools": ["search"], "mcpOnly": True}

    made = (await ann.ask(CREATE_AGENT, input=values))["agentCreate"]
    changed = await ann.ask(
        """mutation ($id: ID!) { agentUpdate(id: $id, input: {autonomyMode: AUTONOMOUS}) {
          agent { name autonomyMode } token } }""",
        id=made["agent"]["id"],
    )
    listed = await ann.ask(
        'query ($o: String!) { workspace(orgSlug: $o, slug: "personal") { agents { totalCount nodes { slug } } } }',
        o=board.org_slug,
    )
    await ann.ask("mutation ($id: ID!) { agentDelete(id: $id) { deletedId } }", id=made["agent"]["id"])
    gone = await ann.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[made["agent"]["id"]])

    assert made["token"].startswith("sl_")
    assert {**made["agent"], "id": ""} == {
        "id": "",
        "name": "Atlas",
        "slug": "atlas",
        "autonomyMode": "SUPERVISED",
        "tools": ["search"],
        "mcpOnly": True,
        "user": {"isAgent": True, "name": "Atlas"},
    }
    assert changed["agentUpdate"] == {"agent": {"name": "Atlas", "autonomyMode": "AUTONOMOUS"}, "token": None}
    assert listed["workspace"]["agents"] == {"totalCount": 1, "nodes": [{"slug": "atlas"}]}
    assert gone["nodes"] == [None]


async def test_a_mission_is_started_by_an_objective_or_from_a_card_and_written_to(lab: Lab, board: Board) -> None:
    # Given an agent, and a card that is assigned to nobody
    agent_id, _ = await new_agent(lab, board)
    card = await board.card("Look into it")

    # When it is run, started from the card, and told something
    objective = {"workspaceId": board.workspace, "agentUserId": agent_id, "objective": "Tidy up", "maxSteps": 3}
    run = await board.ann.ask(
        """mutation ($input: AgentRunInput!) { agentRun(input: $input) {
          mission { prompt maxSteps stepCount plan waitingFor output { text } continues { id } } } }""",
        input=objective,
    )
    started = await board.ann.ask(
        """mutation ($card: ID!, $project: ID!) { cardMissionStart(input: {cardId: $card, projectId: $project}) {
          mission { id card { id } agent { id } } } }""",
        card=card,
        project=board.project,
    )
    mission = started["cardMissionStart"]["mission"]
    told = await board.ann.ask(
        """mutation ($id: ID!) { missionPrompt(id: $id, input: {text: "Mind the rain"}) {
          mission { activities { nodes { kind content author { email } } } } } }""",
        id=mission["id"],
    )
    answered = await board.ann.refused(
        'mutation ($id: ID!) { missionAnswer(id: $id, input: {answer: "Blue"}) { cursor } }', id=mission["id"]
    )

    # Then the only agent works on the card, reads what it is told, and was asked nothing that could be answered
    assert run["agentRun"]["mission"] == {
        "prompt": "Tidy up",
        "maxSteps": 3,
        "stepCount": 0,
        "plan": None,
        "waitingFor": None,
        "output": None,
        "continues": None,
    }
    assert mission == {"id": mission["id"], "card": {"id": card}, "agent": {"id": agent_id}}
    assert told["missionPrompt"]["mission"]["activities"]["nodes"] == [
        {"kind": "PROMPT", "content": "Mind the rain", "author": {"email": "ann@example.com"}}
    ]
    assert answered["extensions"]["code"] == "CONFLICT"


async def test_a_mission_is_claimed_reported_on_and_completed(lab: Lab, board: Board) -> None:
    agent_id, atlas = await new_agent(lab, board)
    card = await board.card("Look into it")

    asked = await board.ann.ask(CREATE_MISSION, input={"agentId": agent_id, "cardId": card, "prompt": "Find out"})
    mission = asked["missionCreate"]["mission"]
    claimed = (await atlas.ask(CLAIM, w=board.workspace))["missionClaim"]["mission"]
    none = (await atlas.ask(CLAIM, w=board.workspace))["missionClaim"]["mission"]
    activity = {"kind": "ACTION", "content": "Searched", "tool": "search", "data": {"hits": [1, None, "x"]}}
    reported = await atlas.ask(REPORT, id=mission["id"], input={"activities": [activity], "progress": 0.5})
    done = await atlas.ask(
        'mutation ($id: ID!) { missionComplete(id: $id, summary: "Found") { mission { status summary finishedAt } } }',
        id=mission["id"],
    )
    again = await board.ann.refused("mutation ($id: ID!) { missionCancel(id: $id) { cursor } }", id=mission["id"])
    read = await board.ann.ask(
        """query ($id: ID!, $card: ID!, $o: String!) {
          mission(id: $id) { status activities { totalCount } }
          card(id: $card) { missions { nodes { prompt } } }
          workspace(orgSlug: $o, slug: "personal") { missions(filter: {status: {eq: COMPLETED}}) { nodes { id } }
            agents { nodes { missions { totalCount } } } storage { quota used reports documents } }
        }""",
        id=mission["id"],
        card=card,
        o=board.org_slug,
    )

    assert {**mission, "id": ""} == {
        "id": "",
        "status": "QUEUED",
        "progress": 0,
        "prompt": "Find out",
        "agent": {"slug": "atlas"},
        "card": {"title": "Look into it"},
        "project": {"name": "Launch"},
        "createdBy": {"email": "ann@example.com"},
    }
    assert (claimed["id"], claimed["status"], none) == (mission["id"], "RUNNING", None)
    assert reported["missionReport"]["mission"]["progress"] == 0.5
    assert reported["missionReport"]["mission"]["activities"]["nodes"] == [activity]
    assert done["missionComplete"]["mission"]["status"] == "COMPLETED"
    assert done["missionComplete"]["mission"]["summary"] == "Found"
    assert again["extensions"]["code"] == "CONFLICT"
    assert read["mission"] == {"status": "COMPLETED", "activities": {"totalCount": 1}}
    assert read["card"]["missions"]["nodes"] == [{"prompt": "Find out"}]
    assert read["workspace"]["missions"]["nodes"] == [{"id": mission["id"]}]
    assert read["workspace"]["agents"]["nodes"] == [{"missions": {"totalCount": 1}}]
    stored = read["workspace"]["storage"]
    assert 0 < stored["reports"] == stored["used"] < stored["quota"]
    assert stored["documents"] == 0


async def test_a_mission_fails_or_is_cancelled(lab: Lab, board: Board) -> None:
    agent_id, atlas = await new_agent(lab, board)
    ids = []
    for prompt in ("One", "Two"):
        asked = await board.ann.ask(CREATE_MISSION, input={"agentId": agent_id, "prompt": prompt})
        ids.append(asked["missionCreate"]["mission"]["id"])
    await atlas.ask(CLAIM, w=board.workspace)

    failed = await atlas.ask(
        'mutation ($id: ID!) { missionFail(id: $id, error: "No luck") { mission { status error } } }', id=ids[0]
    )
    cancelled = await board.ann.ask(
        "mutation ($id: ID!) { missionCancel(id: $id) { mission { status } cursor } }", id=ids[1]
    )
    person = await board.ann.refused(CLAIM, w=board.workspace)

    assert failed["missionFail"]["mission"] == {"status": "FAILED", "error": "No luck"}
    assert cancelled["missionCancel"]["mission"] == {"status": "CANCELLED"}
    assert person["extensions"]["code"] == "FORBIDDEN"


async def test_notifications_are_listed_and_marked_as_read(lab: Lab, board: Board) -> None:
    bob = await lab.person("bob@example.com")
    invited = await board.ann.ask(
        'mutation ($w: ID!) { workspaceMemberInvite(workspaceId: $w, input: {email: "bob@example.com"}) { token } }',
        w=board.workspace,
    )
    await bob.ask(
        "mutation ($t: String!) { invitationAccept(token: $t) { cursor } }", t=invited["workspaceMemberInvite"]["token"]
    )
    await board.ann.ask(
        'mutation ($p: ID!) { projectMemberAdd(projectId: $p, input: {email: "bob@example.com"}) { cursor } }',
        p=board.project,
    )
    for title in ("One", "Two"):
        await board.card(title)
    mine = """{ viewer { unreadNotificationCount notifications(unreadOnly: true) {
      totalCount nodes { id readAt activity { type actor { email } card { title } project { name } } } } } }"""

    await follow(lab.app.state.services)
    before = (await bob.ask(mine))["viewer"]
    newest = before["notifications"]["nodes"][0]
    marked = await bob.ask(
        "mutation ($id: ID!) { notificationMarkRead(id: $id) { notification { id readAt } cursor } }", id=newest["id"]
    )
    between = (await bob.ask(mine))["viewer"]
    left = between["unreadNotificationCount"]
    rest = await bob.ask("mutation { notificationMarkAllRead { count cursor } }")
    foreign = await board.ann.refused(
        "mutation ($id: ID!) { notificationMarkRead(id: $id) { cursor } }", id=newest["id"]
    )
    others = await board.ann.send(
        "query ($p: ID!) { project(id: $p) { members { nodes { user { email unreadNotificationCount } } } } }",
        p=board.project,
    )

    assert newest["activity"] == {
        "type": "CARD_CREATED",
        "actor": {"email": "ann@example.com"},
        "card": {"title": "Two"},
        "project": {"name": "Launch"},
    }
    assert before["unreadNotificationCount"] == before["notifications"]["totalCount"] == left + 1
    assert marked["notificationMarkRead"]["notification"]["readAt"] is not None
    assert rest["notificationMarkAllRead"]["count"] == left
    assert foreign["extensions"]["code"] == "NOT_FOUND"
    assert [error["extensions"]["code"] for error in others["errors"]] == ["FORBIDDEN"]
