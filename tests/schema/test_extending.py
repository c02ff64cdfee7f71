"""Skills, pipelines, drafts of projects, plugins and checkout over the graph."""

from bson import ObjectId

from models import RemoteCall
from models.base import collection
from models.enums import RemoteCallState
from tests.gateway.lab import Board, Lab
from tests.schema.test_mission import new_agent

SKILL = (
    "mutation ($i: SkillCreateInput!) { skillCreate(input: $i) { skill { id slug tools createdBy { id } } cursor } }"
)
GIVE = "mutation ($a: ID!, $s: ID!) { agentSkillAdd(agentId: $a, skillId: $s) { agent { skills { slug } } } }"
TAKE = "mutation ($a: ID!, $s: ID!) { agentSkillRemove(agentId: $a, skillId: $s) { agent { skills { slug } } } }"
WRITE = """
mutation ($i: WorkspaceFileWriteInput!) {
  workspaceFileWrite(input: $i) { workspaceFile { id path number content size } }
}
"""
FILES = """
query ($o: String!) { workspace(orgSlug: $o, slug: "personal") {
  files(first: 5, filter: {category: {null: true}}) { nodes { path content } totalCount }
  changelog { nodes { title project { name } } } changelogSummary { date count areas { project { name } titles } }
} }
"""
PIPELINE = """
mutation ($i: PipelineCreateInput!) {
  pipelineCreate(input: $i) {
    pipeline { id name enabled steps { id type after agent { slug } arguments condition { step equals negated } } }
  }
}
"""
SERVERS = "query ($w: ID!) { remoteServers(workspaceId: $w) { name error tools { name description inputSchema } } }"
CALL = """
mutation ($i: RemoteToolCallInput!) {
  remoteToolCall(input: $i) { remoteCall { id server arguments createdBy { id } } }
}
"""
SETTLE = """
mutation ($id: ID!) {
  remoteCallSettle(id: $id, input: {done: true, note: "It is there"}) { remoteCall { state result settledBy { id } } }
}
"""
CALLS = 'query ($o: String!) { workspace(orgSlug: $o, slug: "personal") { remoteCalls(first: 5) { nodes { id } } } }'
DRAFT = "mutation ($i: ProjectDraftCreateInput!) { projectDraftCreate(input: $i) { projectDraft { id stage } } }"
ASK = """
mutation ($id: ID!, $q: [DraftQuestionInput!]) {
  projectDraftAsk(id: $id, input: {readiness: 30, questions: $q}) { projectDraft { stage questions { id kind } } }
}
"""
PLAN = """
mutation ($id: ID!, $r: [DraftPhaseInput!]) {
  projectDraftUpdate(id: $id, input: {roadmap: $r}) { projectDraft { stage roadmap { deliverables { priority } } } }
}
"""


async def test_a_skill_is_created_given_taken_and_deleted(lab: Lab, board: Board) -> None:
    ann, (agent_id, _) = board.ann, await new_agent(lab, board)
    values = {"workspaceId": board.workspace, "slug": "triage", "description": "Sorting", "instructions": "# Sort"}

    made = (await ann.ask(SKILL, i=values))["skillCreate"]["skill"]
    given = (await ann.ask(GIVE, a=agent_id, s=made["id"]))["agentSkillAdd"]
    renamed = await ann.ask(
        'mutation ($id: ID!) { skillUpdate(id: $id, input: {slug: "sorting"}) { skill { slug } } }', id=made["id"]
    )
    taken = (await ann.ask(TAKE, a=agent_id, s=made["id"]))["agentSkillRemove"]
    deleted = await ann.ask("mutation ($id: ID!) { skillDelete(id: $id) { deletedId } }", id=made["id"])

    assert (made["slug"], made["tools"], made["createdBy"]) == ("triage", [], {"id": ann.id})
    assert given == {"agent": {"skills": [{"slug": "triage"}]}}
    assert renamed["skillUpdate"]["skill"]["slug"] == "sorting"
    assert taken == {"agent": {"skills": []}}
    assert deleted["skillDelete"]["deletedId"] == made["id"]


async def test_a_file_is_written_over_listed_with_its_text_and_deleted(board: Board) -> None:
    ann, values = board.ann, {"workspaceId": board.workspace, "path": "/scout//run.sh"}

    first = await ann.ask(WRITE, i={**values, "content": "true"})
    then = (await ann.ask(WRITE, i={**values, "content": "false"}))["workspaceFileWrite"]["workspaceFile"]
    listed = await ann.ask(FILES, o=board.org_slug)
    deleted = await ann.ask("mutation ($id: ID!) { workspaceFileDelete(id: $id) { deletedId } }", id=then["id"])

    assert first["workspaceFileWrite"]["workspaceFile"]["id"] == then["id"]
    assert then == {"id": then["id"], "path": "scout/run.sh", "number": 1, "content": "false", "size": 5}
    assert listed["workspace"]["files"] == {"nodes": [{"path": "scout/run.sh", "content": "false"}], "totalCount": 1}
    assert listed["workspace"]["changelog"]["nodes"] == listed["workspace"]["changelogSummary"] == []
    assert deleted["workspaceFileDelete"]["deletedId"] == then["id"]


async def test_a_pipeline_is_created_changed_and_deleted(lab: Lab, board: Board) -> None:
    ann, (agent_id, _) = board.ann, await new_agent(lab, board)
    steps = [
        {"id": "look", "type": "AGENT", "agentId": agent_id, "text": "Look"},
        {"id": "ask", "type": "CONDITION", "after": ["look"], "condition": {"step": "look", "equals": {"a": [1]}}},
        {"id": "move", "type": "TOOL", "after": ["ask"], "tool": "move_card", "arguments": {"order": 1}},
    ]

    made = (await ann.ask(PIPELINE, i={"workspaceId": board.workspace, "name": "Flow", "steps": steps}))[
        "pipelineCreate"
    ]["pipeline"]
    circle = [{"id": "a", "type": "NOTIFY", "after": ["a"]}]
    refused = await ann.refused(PIPELINE, i={"workspaceId": board.workspace, "name": "Flow", "steps": circle})
    ran = await ann.ask(
        """mutation ($id: ID!) { pipelineRun(id: $id) { mission {
          status agent { slug } pipelineSteps { step state mission { id } } } } }""",
        id=made["id"],
    )
    changed = await ann.ask(
        "mutation ($id: ID!) { pipelineUpdate(id: $id, input: {enabled: false}) { pipeline { enabled } } }",
        id=made["id"],
    )
    await ann.ask("mutation ($id: ID!) { pipelineDelete(id: $id) { deletedId } }", id=made["id"])

    assert ran["pipelineRun"]["mission"] == {
        "status": "QUEUED",
        "agent": {"slug": "pipelines"},
        "pipelineSteps": [{"step": name, "state": "PENDING", "mission": None} for name in ("look", "ask", "move")],
    }
    assert made["steps"][0] == {
        "id": "look",
        "type": "AGENT",
        "after": [],
        "agent": {"slug": "atlas"},
        "arguments": {},
        "condition": None,
    }
    assert made["steps"][1]["condition"] == {"step": "look", "equals": {"a": [1]}, "negated": False}
    assert made["steps"][2]["arguments"] == {"order": 1}
    assert refused["message"] == "steps: go in a circle: a → a"
    assert changed["pipelineUpdate"]["pipeline"]["enabled"] is False


async def test_a_draft_goes_from_questions_over_a_roadmap_to_a_project(lab: Lab, board: Board) -> None:
    ann, (agent_id, planner) = board.ann, await new_agent(lab, board, "planner")
    freely = "mutation ($id: ID!) { agentUpdate(id: $id, input: {autonomyMode: AUTONOMOUS}) { cursor } }"
    await ann.ask(freely, id=agent_id)
    draft_id = (await ann.ask(DRAFT, i={"workspaceId": board.workspace, "name": "Ship", "description": "Soon"}))[
        "projectDraftCreate"
    ]["projectDraft"]["id"]

    asked = await planner.ask(ASK, id=draft_id, q=[{"kind": "SINGLE", "text": "Where?", "options": ["A", "B"]}])
    refined = await ann.ask(
        """mutation ($id: ID!, $a: JSON) { projectDraftRefine(id: $id, input: {answers: $a}) {
          projectDraft { questions { answer } mission { status agent { slug } } } } }""",
        id=draft_id,
        a={"r1q1": "B"},
    )
    busy = await ann.refused(
        "mutation ($id: ID!) { projectDraftGenerateRoadmap(id: $id) { projectDraft { id } } }", id=draft_id
    )
    planned = await planner.ask(
        PLAN, id=draft_id, r=[{"name": "Alpha", "deliverables": [{"title": "A ship", "priority": "HIGH"}]}]
    )
    executed = await ann.ask(
        """mutation ($id: ID!) { projectDraftExecute(id: $id) { projectDraft { stage project {
          name columns { name cards { nodes { title } } } } } } }""",
        id=draft_id,
    )
    await ann.ask("mutation ($id: ID!) { projectDraftDelete(id: $id) { deletedId } }", id=draft_id)

    assert asked["projectDraftAsk"]["projectDraft"] == {
        "stage": "REFINEMENT",
        "questions": [{"id": "r1q1", "kind": "SINGLE"}],
    }
    assert refined["projectDraftRefine"]["projectDraft"] == {
        "questions": [{"answer": "B"}],
        "mission": {"status": "QUEUED", "agent": {"slug": "planner"}},
    }
    assert busy["extensions"]["code"] == "CONFLICT"
    assert planned["projectDraftUpdate"]["projectDraft"]["stage"] == "ROADMAP"
    assert executed["projectDraftExecute"]["projectDraft"] == {
        "stage": "EXECUTED",
        "project": {"name": "Ship", "columns": [{"name": "Alpha", "cards": {"nodes": [{"title": "A ship"}]}}]},
    }


CREDENTIAL = "mutation ($i: CredentialCreateInput!) { credentialCreate(input: $i) { credential { id } } }"
INSTALL = "mutation ($i: PluginInstallInput!) { pluginInstall(input: $i) { plugin { id plugin settings enabled } } }"
INSTALLED = 'query ($o: String!) { workspace(orgSlug: $o, slug: "personal") { plugins { name enabled } } }'


async def test_a_plugin_is_found_installed_changed_and_removed(lab: Lab, board: Board) -> None:
    ann = board.ann
    held = {"organizationId": board.organization, "key": "hook", "value": "a secret of the webhook"}
    secret = (await ann.ask(CREDENTIAL, i=held))["credentialCreate"]["credential"]["id"]
    settings = {"url": "https://hooks.example/in", "secret": secret}

    answer = await lab.client().post("/graphql", json={"query": "{ plugins { key settingsSchema } }"})
    offered = answer.json()["data"]["plugins"]
    values = {"workspaceId": board.workspace, "plugin": "webhook", "name": "Chat", "settings": settings}
    made = (await ann.ask(INSTALL, i=values))["pluginInstall"]["plugin"]
    await ann.ask(
        "mutation ($id: ID!) { pluginUpdate(id: $id, input: {enabled: false}) { plugin { id } } }", id=made["id"]
    )
    listed = (await ann.ask(INSTALLED, o=board.org_slug))["workspace"]["plugins"]
    await ann.ask("mutation ($id: ID!) { pluginRemove(id: $id) { deletedId } }", id=made["id"])
    unpaid = await ann.refused(
        "mutation ($o: ID!) { billingCheckout(organizationId: $o, input: {}) { url } }", o=board.organization
    )

    assert [told["key"] for told in offered] == ["mcp", "webhook"]
    assert made == {"id": made["id"], "plugin": "webhook", "settings": settings, "enabled": True}
    assert listed == [{"name": "Chat", "enabled": False}]
    assert unpaid["extensions"]["code"] == "NOT_CONFIGURED"


async def test_a_tool_of_another_server_is_called_and_settled(lab: Lab, board: Board) -> None:
    ann = board.ann
    server = {"url": "https://127.0.0.1:1/mcp"}  # which is refused before anything is sent
    values = {"workspaceId": board.workspace, "plugin": "mcp", "name": "Tools", "settings": server}
    plugin = (await ann.ask(INSTALL, i=values))["pluginInstall"]["plugin"]["id"]

    [told] = (await ann.ask(SERVERS, w=board.workspace))["remoteServers"]
    wanted = {"workspaceId": board.workspace, "pluginId": plugin, "tool": "echo", "arguments": {"deep": {"aB": 1}}}
    made = (await ann.ask(CALL, i=wanted))["remoteToolCall"]["remoteCall"]
    unknown = {"$set": {"state": RemoteCallState.UNKNOWN.value, "due_at": None, "finished_at": None}}
    await collection(RemoteCall).update_one({"_id": ObjectId(made["id"])}, unknown)
    settled = (await ann.ask(SETTLE, id=made["id"]))["remoteCallSettle"]["remoteCall"]
    listed = (await ann.ask(CALLS, o=board.org_slug))["workspace"]["remoteCalls"]["nodes"]

    assert (told["name"], told["tools"]) == ("Tools", [])
    assert "public internet" in told["error"]
    assert made == {"id": made["id"], "server": "Tools", "arguments": {"deep": {"aB": 1}}, "createdBy": {"id": ann.id}}
    assert settled == {"state": "DONE", "result": "It is there", "settledBy": {"id": ann.id}}
    assert listed == [{"id": made["id"]}]
