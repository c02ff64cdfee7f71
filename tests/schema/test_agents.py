"""What agents are about, and their templates, over the graph."""

from tests.gateway.lab import Board, Lab, Person
from tests.schema.test_mission import CREATE_AGENT

TEMPLATE = """
mutation ($i: AgentTemplateCreateInput!) {
  agentTemplateCreate(input: $i) { agentTemplate { id slug tools config archived createdBy { id } } cursor }
}
"""
ARCHIVE = """
mutation ($id: ID!) { agentTemplateUpdate(id: $id, input: {archived: true}) { agentTemplate { archived } } }
"""
DELETE = "mutation ($id: ID!) { agentTemplateDelete(id: $id) { deletedId } }"
REPORT = """
mutation ($id: ID!) {
  agentReport(id: $id, input: {status: BLOCKED, currentTask: "Ask"}) { agent { status currentTask reportedStatus } }
}
"""
RECORD = """
mutation ($i: AgentAutomationCreateInput!) {
  agentAutomationCreate(input: $i) { agentAutomation { id number status agent { slug } file { exists modifiedAt } } }
}
"""
AMEND = """
mutation ($id: ID!) { agentAutomationUpdate(id: $id, input: {status: DISABLED}) { agentAutomation { status label } } }
"""
STARTS = """
query ($o: String!, $id: ID!) {
  workspace(orgSlug: $o, slug: "personal") {
    agentAutomations(filter: {status: {eq: DISABLED}, path: {contains: "ATLAS"}}) { nodes { id type path } totalCount }
  }
  node(id: $id) { ... on AgentAutomation { name createdBy { id } } }
}
"""
FORGET = "mutation ($id: ID!) { agentAutomationDelete(id: $id) { deletedId } }"
SWITCH = "mutation ($id: ID!) { %s(id: $id, input: {note: %s}) { agent { status note } } }"
SET_UP = """
mutation ($w: ID!) {
  agentSetUp(input: {workspaceId: $w, name: "Scout", slug: "scout"}) {
    agent { slug status } token steps { step status detail } cursor
  }
}
"""
READ = """
query ($o: String!, $w: ID!) {
  workspace(orgSlug: $o, slug: "personal") {
    agentTemplates { slug }
    agents { nodes { slug status emoji intervalSeconds } }
  }
  agentIdle(workspaceId: $w, agentName: "atlas") { skip reason }
}
"""


async def test_an_agent_of_a_template_reports_is_stopped_and_begins_anew(lab: Lab, board: Board) -> None:
    ann = board.ann
    values = {"workspaceId": board.workspace, "name": "Scout", "slug": "scout", "icon": "🔭", "config": {"tries": 2}}

    template = (await ann.ask(TEMPLATE, i=values))["agentTemplateCreate"]["agentTemplate"]
    told = {"workspaceId": board.workspace, "name": "Atlas", "slug": "atlas", "templateId": template["id"]}
    made = (await ann.ask(CREATE_AGENT, input={**told, "intervalSeconds": 60}))["agentCreate"]
    agent_id = made["agent"]["id"]
    atlas = Person(lab.client(made["token"]), agent_id, made["token"], "atlas")
    script = {"workspaceId": board.workspace, "agentId": agent_id, "name": "Run", "type": "script"}
    recorded = (await ann.ask(RECORD, i={**script, "path": "/srv/atlas/run.sh"}))["agentAutomationCreate"]
    automation = recorded["agentAutomation"]
    amended = (await ann.ask(AMEND, id=automation["id"]))["agentAutomationUpdate"]["agentAutomation"]
    starts = await ann.ask(STARTS, o=board.org_slug, id=automation["id"])
    forgotten = (await ann.ask(FORGET, id=automation["id"]))["agentAutomationDelete"]
    reported = (await atlas.ask(REPORT, id=agent_id))["agentReport"]["agent"]
    read = await ann.ask(READ, o=board.org_slug, w=board.workspace)
    stopped = (await ann.ask(SWITCH % ("agentStop", '"Too loud"'), id=agent_id))["agentStop"]["agent"]
    started = (await ann.ask(SWITCH % ("agentStart", "null"), id=agent_id))["agentStart"]["agent"]
    again = (await ann.ask(SWITCH % ("agentRestart", '"Anew"'), id=agent_id))["agentRestart"]["agent"]
    set_up = (await ann.ask(SET_UP, w=board.workspace))["agentSetUp"]
    archived = (await ann.ask(ARCHIVE, id=template["id"]))["agentTemplateUpdate"]["agentTemplate"]
    deleted = (await ann.ask(DELETE, id=template["id"]))["agentTemplateDelete"]

    assert (template["config"], template["archived"], template["createdBy"]) == ({"tries": 2}, False, {"id": ann.id})
    assert automation == {
        "id": automation["id"],
        "number": 1,
        "status": "ACTIVE",
        "agent": {"slug": "atlas"},
        "file": None,
    }
    assert amended == {"status": "DISABLED", "label": None}
    assert starts["workspace"]["agentAutomations"] == {
        "nodes": [{"id": automation["id"], "type": "script", "path": "/srv/atlas/run.sh"}],
        "totalCount": 1,
    }
    assert starts["node"] == {"name": "Run", "createdBy": {"id": ann.id}}
    assert forgotten == {"deletedId": automation["id"]}
    assert reported == {"status": "BLOCKED", "currentTask": "Ask", "reportedStatus": "BLOCKED"}
    assert read["workspace"]["agentTemplates"] == [{"slug": "scout"}]
    assert read["workspace"]["agents"]["nodes"] == [
        {"slug": "atlas", "status": "BLOCKED", "emoji": "🔭", "intervalSeconds": 60}
    ]
    assert read["agentIdle"] == {"skip": True, "reason": "NO_TASKS"}
    assert stopped == {"status": "PAUSED", "note": "Too loud"}
    assert started == {"status": "IDLE", "note": None}
    assert again == {"status": "IDLE", "note": "Anew"}
    assert set_up["agent"] == {"slug": "scout", "status": "IDLE"}
    assert (set_up["token"][:3], len(set_up["steps"])) == ("sl_", 10)
    assert set_up["steps"][0] == {"step": "registration", "status": "DONE", "detail": "the agent scout"}
    assert archived == {"archived": True}
    assert deleted == {"deletedId": template["id"]}
