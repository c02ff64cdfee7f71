"""Templates of agents: their order, their slugs, and what an agent takes from one."""

import plistlib
from contextlib import nullcontext
from typing import Any

import pytest
from bson import ObjectId

from models import WorkspaceFile, WorkspaceFileText
from models.agent_enums import SetUpStatus
from models.base import collection
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from resolvers.agent.agent import MAX_AGENTS, create_agent
from resolvers.agent.agent_automation import list_agent_automations
from resolvers.agent.agent_template import (
    create_agent_template,
    delete_agent_template,
    list_agent_templates,
    update_agent_template,
)
from resolvers.agent.scaffold import automations_of, files_of
from resolvers.agent.set_up import set_up_agent
from resolvers.api_key.api_key import create_api_key
from resolvers.inputs.agent import AgentCreate, AgentSetUp
from resolvers.inputs.agent_automation import MAX_AGENT_AUTOMATIONS
from resolvers.inputs.agent_template import AgentTemplateCreate, AgentTemplateUpdate
from resolvers.inputs.api_key import ApiKeyCreate
from resolvers.inputs.workspace_file import MAX_FILES
from resolvers.kit.context import Context
from resolvers.kit.groups import DEFAULT_TOOLS
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from tests.resolvers.lab import People, again, event_types


def template(workspace: Any, slug: str, **values: Any) -> AgentTemplateCreate:
    given = {"workspaceId": workspace["_id"], "name": slug.title(), "slug": slug, **values}
    return read_input(AgentTemplateCreate, given)


def agent(workspace: Any, slug: str, **values: Any) -> AgentCreate:
    return read_input(AgentCreate, {"workspaceId": workspace["_id"], "name": slug.title(), "slug": slug, **values})


async def text_of(file_id: ObjectId) -> str:
    found = await collection(WorkspaceFileText).find_one({"_id": file_id})
    assert found is not None
    return found["content"]


async def test_an_agent_begins_with_what_its_template_says_where_nothing_else_is_said(
    owner: Context, people: People, workspace: Any
) -> None:
    # Given a template, and one that comes before it
    said = {"model": "small", "intervalSeconds": 3600, "icon": "🔭", "description": "Looks", "tools": ["read_board"]}
    scout = (await create_agent_template(again(owner), template(workspace, "scout", sortOrder=2, **said))).value
    await create_agent_template(again(owner), template(workspace, "plain", sortOrder=1, config={"retries": 2}))
    listed = await list_agent_templates(again(owner), workspace["_id"])
    assert [(each["slug"], each["config"]) for each in listed] == [("plain", {"retries": 2}), ("scout", {})]

    # When agents are made with it
    taken = (await create_agent(again(owner), agent(workspace, "one", templateId=scout["_id"]))).value.agent
    own = {"model": None, "emoji": "📦", "tools": ["*"], "templateId": scout["_id"]}
    other = (await create_agent(again(owner), agent(workspace, "two", **own))).value.agent
    plain = (await create_agent(again(owner), agent(workspace, "three", templateId=listed[0]["_id"]))).value.agent

    # Then each has what it says, but for what was said otherwise
    keys = ("model", "interval_seconds", "emoji", "description", "tools")
    assert [taken[key] for key in keys] == ["small", 3600, "🔭", "Looks", ["read_board"]]  # type: ignore[literal-required]
    assert [other[key] for key in keys] == [None, 3600, "📦", "Looks", ["*"]]  # type: ignore[literal-required]
    assert tuple(plain["tools"]) == tuple(DEFAULT_TOOLS)

    # And no agent begins with an archived one, one of elsewhere or one that is gone; its slug is taken until then
    await update_agent_template(again(owner), scout["_id"], AgentTemplateUpdate.of(archived=True))
    with pytest.raises(Conflict):
        await create_agent(again(owner), agent(workspace, "four", templateId=scout["_id"]))
    with pytest.raises(Conflict):
        await create_agent_template(again(owner), template(workspace, "scout"))
    await delete_agent_template(again(owner), scout["_id"])
    with pytest.raises(NotFound):
        await create_agent(again(owner), agent(workspace, "four", templateId=scout["_id"]))
    await create_agent_template(again(owner), template(workspace, "scout"))
    stranger = await people.register("Oz")
    with pytest.raises(NotFound):
        await create_agent_template(again(stranger), template(workspace, "more"))
    with pytest.raises(BadUserInput):
        template(workspace, "more", config={"$where": "1"})
    told = [kind for kind in await event_types(workspace["_id"]) if kind.startswith("AgentTemplate")]
    assert told[-3:] == ["AgentTemplateUpdated", "AgentTemplateDeleted", "AgentTemplateCreated"]


async def test_an_agent_is_set_up_with_its_files_or_not_at_all(owner: Context, people: People, workspace: Any) -> None:
    # Given a template that says who its agents are
    who = template(workspace, "scout", identity="You look.", intervalSeconds=60)
    scout = (await create_agent_template(again(owner), who)).value

    # When an agent is set up with it
    values = {"workspaceId": workspace["_id"], "name": "Felix", "slug": "felix", "templateId": scout["_id"]}
    made = (await set_up_agent(again(owner), read_input(AgentSetUp, {**values, "workspacePath": "/srv/it's"}))).value

    # Then it was heard of, has a token that works, and its files
    assert made.agent["heartbeat_at"] is not None
    assert [step.step for step in made.steps if step.status is SetUpStatus.SKIPPED] == []
    assert made.token is not None
    assert (await people.by_jwt(made.token)).subject.agent_id == made.agent["_id"]
    files = await collection(WorkspaceFile).find({"workspace_id": workspace["_id"]}).sort("path", 1).to_list()
    assert [file["path"] for file in files] == [
        "agents/felix/SOUL.md",
        "agents/felix/orrery.felix.plist",
        "agents/felix/run.sh",
    ]
    soul, plist, script = [await text_of(file["_id"]) for file in files]
    job = plistlib.loads(plist.encode())
    assert (soul, job["StartInterval"], job["Label"]) == ("You look.", 60, "orrery.felix")
    assert "cd '/srv/it'\"'\"'s'" in script
    assert made.token not in soul + plist + script

    # And it is recorded what starts it
    starts = (await list_agent_automations(again(owner), workspace["_id"], Window.read())).nodes
    assert [(it["number"], it["agent_id"], it["type"], it["path"], it["label"]) for it in starts] == [
        (1, made.agent["_id"], "script", "/srv/it's/run.sh", None),
        (2, made.agent["_id"], "launchagent", "/srv/it's/orrery.felix.plist", "orrery.felix"),
    ]

    # And a token gives it none, nor does a second one of its name leave anything
    holder = await people.with_token(owner, list(TokenScope))
    other = (await set_up_agent(again(holder), read_input(AgentSetUp, {**values, "slug": "other"}))).value
    assert other.token is None
    key = {"organizationId": workspace["organization_id"], "workspaceId": workspace["_id"], "name": "Robot"}
    for scopes, may in ((["pilotage:read"], False), (["pilotage:read", "pilotage:write"], True)):
        secret = (await create_api_key(again(owner), read_input(ApiKeyCreate, {**key, "scopes": scopes}))).value.secret
        robot = await people.by_jwt(secret)
        with nullcontext() if may else pytest.raises(Forbidden):
            third = (await set_up_agent(robot, read_input(AgentSetUp, {**values, "slug": "third"}))).value
            assert third.token is None
    count = await collection(WorkspaceFile).count_documents({"workspace_id": workspace["_id"]})
    with pytest.raises(Conflict):
        await set_up_agent(again(owner), read_input(AgentSetUp, values))
    assert await collection(WorkspaceFile).count_documents({"workspace_id": workspace["_id"]}) == count == 9


async def test_as_many_agents_as_there_may_be_can_be_set_up(owner: Context, workspace: Any) -> None:
    record = (await create_agent(again(owner), agent(workspace, "felix"))).value.agent

    assert MAX_AGENTS * len(files_of(record, None)) <= MAX_FILES
    assert MAX_AGENTS * len(automations_of(record)) <= MAX_AGENT_AUTOMATIONS
