"""Automations over the graph: made, changed, and read with what came of them."""

from resolvers.automation.follow import follow
from tests.gateway.lab import Board, Lab

CREATE = """
mutation ($input: AutomationCreateInput!) {
  automationCreate(input: $input) {
    cursor automation { id name trigger conditions action enabled disabledReason owner { name } project { id } }
  }
}
"""
CARD = "mutation ($input: CardCreateInput!) { cardCreate(input: $input) { card { id } } }"
UPDATE = """
mutation ($id: ID!, $input: AutomationUpdateInput!) {
  automationUpdate(id: $id, input: $input) { automation { name enabled } }
}
"""
TOGGLE = "mutation ($id: ID!) { automationToggle(id: $id) { automation { enabled } } }"
DELETE = "mutation ($id: ID!) { automationDelete(id: $id) { deletedId } }"
TRACES = """
query ($id: ID!) {
  project(id: $id) { automations { name traces(first: 5) {
    totalCount nodes { id event status error createdAt target { id title } actor { name } }
  } } }
}
"""


async def test_an_automation_is_made_changed_read_with_its_traces_and_deleted(lab: Lab, board: Board) -> None:
    # Given an automation
    values = {
        "projectId": board.project,
        "trigger": "TASK_CREATED",
        "conditions": {"title": {"startsWith": "A"}},
        "action": {"type": "add_comment", "content": "Welcome"},
    }
    made = (await board.ann.ask(CREATE, input=values))["automationCreate"]["automation"]
    shown = {**values, "name": "Task created: add comment", "enabled": True, "disabledReason": None}
    del shown["projectId"]
    assert made == {**shown, "id": made["id"], "owner": {"name": "Ann"}, "project": {"id": board.project}}

    # When a card is created that it is for
    card = await board.ann.ask(CARD, input={"projectId": board.project, "title": "A card"})
    await follow(lab.app.state.services)

    # Then its trace tells of it
    await board.ann.ask(UPDATE, id=made["id"], input={"name": "Greet"})
    [automation] = (await board.ann.ask(TRACES, id=board.project))["project"]["automations"]
    [trace] = automation["traces"]["nodes"]
    assert (automation["name"], automation["traces"]["totalCount"]) == ("Greet", 1)
    assert trace["target"] == {"id": card["cardCreate"]["card"]["id"], "title": "A card"}
    assert (trace["status"], trace["error"], trace["actor"]) == ("SUCCESS", None, {"name": "Ann"})

    # And it is disabled, and deleted
    assert (await board.ann.ask(TOGGLE, id=made["id"]))["automationToggle"]["automation"] == {"enabled": False}
    assert (await board.ann.ask(DELETE, id=made["id"]))["automationDelete"] == {"deletedId": made["id"]}
    assert (await board.ann.ask(TRACES, id=board.project))["project"]["automations"] == []


async def test_what_is_no_automation_is_refused_by_its_field(board: Board) -> None:
    values = {"projectId": board.project, "trigger": "TASK_MOVED", "action": {"type": "move_card", "columnId": 1}}

    refused = await board.ann.refused(CREATE, input=values)

    assert (refused["extensions"]["code"], refused["extensions"]["field"]) == ("BAD_USER_INPUT", "action.columnId")
