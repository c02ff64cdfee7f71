"""What a workspace steers by, over the graph."""

from typing import Any

import pytest

from tests.gateway.lab import Board

STATE = """
query ($org: String!, $profile: PilotageProfile!, $detail: PilotageDetail!) {
  workspace(orgSlug: $org, slug: "personal") { pilotage {
    cycle
    state(profile: $profile, intent: DAILY_EXECUTION, detailLevel: $detail) {
      cycle contractVersion profile intent detailLevel warnings
      objectives { objective status blockedReason doneCycle createdBy { email } }
      priorities { label active } todos { label status objective { objective } priority { label } }
      decisions { title impact cycle } documents { title owner sourceType } standingOrders { text agent { name } }
      counts {
        objectives { toLaunch inProgress blocked done } todos { todo done } activePriorities decisions documents
        activeStandingOrders
      }
      history { objectives { id } todos { id } decisions { id } }
    }
    dashboard {
      cycle warnings counts { decisions } missions { queued running awaitingApproval } runs { id }
      approvals spent { calls costUsd }
    }
    risks { kind count objective { objective } project { name } }
    objectives(filter: {status: {eq: BLOCKED}}) { totalCount nodes { objective } }
    todos(filter: {objective: {null: false}}) { nodes { label } }
    priorities(first: 1, filter: {active: {eq: true}}) { nodes { label } }
    standingOrders(filter: {agent: {null: true}}) { nodes { text } }
    decisions { nodes { title } } documents { nodes { title } }
  } }
}
"""


async def test_a_pilotage_is_written_and_read(board: Board) -> None:
    # Given one of each, made by its mutation
    async def create(noun: str, selected: str, **values: Any) -> Any:
        name = noun[0].upper() + noun[1:]
        text = f"mutation ($i: {name}CreateInput!) {{ {noun}Create(input: $i) {{ {selected} cursor }} }}"
        made = await board.ann.ask(text, i={"workspaceId": board.workspace, **values})
        return made[f"{noun}Create"]

    objective = (await create("objective", "objective { id }", objective="Sell", status="BLOCKED"))["objective"]
    priority = await create("pilotagePriority", "pilotagePriority { id } warnings", label="Billing")
    serving = {"objectiveId": objective["id"], "priorityId": priority["pilotagePriority"]["id"]}
    todo = (await create("todo", "todo { id }", label="Test", **serving))["todo"]
    await create("decision", "decision { id }", title="Buy", impact="Less work")
    await create("pilotageDocument", "pilotageDocument { id }", title="API", owner="Ann", sourceType="TECH")
    await create("standingOrder", "standingOrder { id }", text="Write tests")

    # When
    read = await board.ann.ask(STATE, org=board.org_slug, profile="PILOTAGE", detail="DETAILED")
    found = read["workspace"]["pilotage"]

    # Then
    assert priority["warnings"] == []
    state = found["state"]
    assert (found["cycle"], state["cycle"], state["contractVersion"], state["intent"]) == (1, 1, 7, "DAILY_EXECUTION")
    assert [one["objective"] for one in state["objectives"]] == ["Sell"]
    assert state["objectives"][0]["createdBy"]["email"] == "ann@example.com"
    assert state["todos"] == [
        {"label": "Test", "status": "TODO", "objective": {"objective": "Sell"}, "priority": {"label": "Billing"}}
    ]
    assert state["decisions"] == [{"title": "Buy", "impact": "Less work", "cycle": 1}]
    assert state["documents"] == [{"title": "API", "owner": "Ann", "sourceType": "TECH"}]
    assert state["standingOrders"] == [{"text": "Write tests", "agent": None}]
    assert state["counts"]["objectives"] == {"toLaunch": 0, "inProgress": 0, "blocked": 1, "done": 0}
    assert state["history"] == {"objectives": [], "todos": [], "decisions": []}
    assert found["dashboard"]["missions"] == {"queued": 0, "running": 0, "awaitingApproval": 0}
    assert (found["dashboard"]["approvals"], found["dashboard"]["spent"]) == (0, {"calls": 0, "costUsd": 0})
    blocked = {"kind": "OBJECTIVE_BLOCKED", "count": 1, "objective": {"objective": "Sell"}, "project": None}
    assert found["risks"] == [blocked]
    assert found["objectives"] == {"totalCount": 1, "nodes": [{"objective": "Sell"}]}
    assert found["todos"]["nodes"] == [{"label": "Test"}]
    assert found["standingOrders"]["nodes"] == [{"text": "Write tests"}]

    # And what is done in a cycle that was closed is history
    done = "mutation ($id: ID!) { todoUpdate(id: $id, input: {status: DONE}) { todo { doneCycle } } }"
    assert (await board.ann.ask(done, id=todo["id"]))["todoUpdate"]["todo"] == {"doneCycle": 1}
    close = "mutation ($w: ID!) { pilotageCycleClose(workspaceId: $w, cycle: 1) { workspace { pilotage { cycle } } } }"
    closed = (await board.ann.ask(close, w=board.workspace))["pilotageCycleClose"]
    assert closed == {"workspace": {"pilotage": {"cycle": 2}}}
    again = await board.ann.ask(STATE, org=board.org_slug, profile="REVUE", detail="DETAILED")
    assert again["workspace"]["pilotage"]["state"]["history"]["todos"] == [{"id": todo["id"]}]


async def test_a_briefing_is_a_mission_of_an_agent(board: Board) -> None:
    hire = "mutation ($i: AgentCreateInput!) { agentCreate(input: $i) { agent { id } } }"
    values = {"workspaceId": board.workspace, "name": "Atlas", "slug": "atlas"}
    agent = (await board.ann.ask(hire, i=values))["agentCreate"]["agent"]["id"]

    asked = """mutation ($a: ID!) { briefingCreate(input: {agentId: $a, intent: DAILY_EXECUTION}) {
      mission { status prompt agent { slug } } } }"""
    mission = (await board.ann.ask(asked, a=agent))["briefingCreate"]["mission"]

    assert (mission["status"], mission["agent"]["slug"]) == ("QUEUED", "atlas")
    assert mission["prompt"].startswith("Write a briefing for the day")


@pytest.mark.parametrize(
    ("create", "update", "delete", "made", "change"),
    [
        ("objectiveCreate", "objectiveUpdate", "objectiveDelete", {"objective": "Sell"}, {"module": None}),
        (
            "pilotagePriorityCreate",
            "pilotagePriorityUpdate",
            "pilotagePriorityDelete",
            {"label": "Billing"},
            {"active": False},
        ),
        ("todoCreate", "todoUpdate", "todoDelete", {"label": "Test"}, {"status": "BLOCKED"}),
        ("decisionCreate", "decisionUpdate", "decisionDelete", {"title": "Buy"}, {"title": "Sell"}),
        (
            "pilotageDocumentCreate",
            "pilotageDocumentUpdate",
            "pilotageDocumentDelete",
            {"title": "API"},
            {"sourceType": None},
        ),
        (
            "standingOrderCreate",
            "standingOrderUpdate",
            "standingOrderDelete",
            {"text": "Write tests"},
            {"category": None},
        ),
    ],
)
async def test_each_is_changed_found_as_a_node_and_deleted(
    create: str, update: str, delete: str, made: dict[str, Any], change: dict[str, Any], board: Board
) -> None:
    # Given
    noun = create.removesuffix("Create")
    name = noun[0].upper() + noun[1:]
    making = f"mutation ($i: {name}CreateInput!) {{ {create}(input: $i) {{ {noun} {{ id }} }} }}"
    object_id = (await board.ann.ask(making, i={"workspaceId": board.workspace, **made}))[create][noun]["id"]
    changing = f"""mutation ($id: ID!, $i: {name}UpdateInput!) {{
      {update}(id: $id, input: $i) {{ {noun} {{ {next(iter(change))} }} cursor }} }}"""

    # When
    changed = await board.ann.ask(changing, id=object_id, i=change)
    found = await board.ann.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=object_id)
    gone = await board.ann.ask(f"mutation ($id: ID!) {{ {delete}(id: $id) {{ deletedId }} }}", id=object_id)

    # Then
    assert changed[update][noun] == change
    assert found["node"] == {"__typename": name, "id": object_id}
    assert gone[delete] == {"deletedId": object_id}
