"""Automations of agents: whose they are, and what the gateway finds at their paths."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from models import AgentAutomation, User
from models.base import collection
from models.enums import ServerRole, TokenScope
from models.errors import Conflict, NotFound
from models.ids import Kind, new_id
from models.project_roots import parse_root
from models.records import AgentAutomationRecord, OrganizationRecord
from resolvers.agent import agent_automation
from resolvers.agent.agent import create_agent, delete_agent
from resolvers.agent.agent_automation import (
    create_agent_automation,
    file_of,
    list_agent_automations,
    update_agent_automation,
)
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.agent_automation import AgentAutomationCreate, AgentAutomationUpdate
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from resolvers.machine.automations import AutomationFile
from tests.resolvers.conftest import make_tenant
from tests.resolvers.lab import People, again, event_types

WHEN = datetime(2026, 5, 17, 12, 0, tzinfo=UTC)
ABSENT = AutomationFile(exists=False)


async def agent_of(ctx: Context, workspace: Any, slug: str) -> ObjectId:
    values = AgentCreate.of(workspace_id=workspace["_id"], name=slug.title(), slug=slug)
    made = (await create_agent(again(ctx), values)).value
    return ObjectId(made.agent["_id"])


async def record(ctx: Context, workspace: Any, agent_id: ObjectId, path: str) -> AgentAutomationRecord:
    inside = {"workspace_id": workspace["_id"], "agent_id": agent_id}
    values = AgentAutomationCreate.of(**inside, name="run", type="script", path=path)
    return (await create_agent_automation(again(ctx), values)).value


async def test_an_automation_is_of_an_agent_of_its_workspace_and_goes_with_it(
    owner: Context, people: People, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two agents here and one elsewhere
    scout, atlas = [await agent_of(owner, workspace, slug) for slug in ("scout", "atlas")]
    elsewhere = await make_tenant(people)
    stranger = await agent_of(elsewhere.owner, elsewhere.workspace, "stranger")

    # When what starts them is recorded
    first = await record(owner, workspace, scout, "run.sh")
    moved = await record(owner, workspace, scout, "other.sh")
    moved = (await update_agent_automation(again(owner), moved["_id"], AgentAutomationUpdate.of(agent_id=atlas))).value

    # Then they are counted, and no agent of elsewhere is started, nor one that is not there
    assert (first["number"], moved["number"], moved["agent_id"]) == (1, 2, atlas)
    for agent_id in (stranger, new_id(Kind.AGENT)):
        with pytest.raises(NotFound):
            await record(owner, workspace, agent_id, "run.sh")
        with pytest.raises(NotFound):
            await update_agent_automation(again(owner), first["_id"], AgentAutomationUpdate.of(agent_id=agent_id))
    monkeypatch.setattr(agent_automation, "AGENT_AUTOMATIONS", replace(agent_automation.AGENT_AUTOMATIONS, most=2))
    with pytest.raises(Conflict):
        await record(owner, workspace, scout, "third.sh")

    # And they go with their agent, each with an event
    await delete_agent(again(owner), scout)
    left = (await list_agent_automations(again(owner), workspace["_id"], Window.read())).nodes
    assert [automation["_id"] for automation in left] == [moved["_id"]]
    told = [kind for kind in await event_types(workspace["_id"]) if kind.startswith("Agent")]
    assert told[-2:] == ["AgentAutomationDeleted", "AgentDeleted"]
    await delete_agent(again(owner), atlas)
    assert await collection(AgentAutomation).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_files_are_found_in_the_folder_of_the_organization_and_nowhere_else(
    owner: Context, workspace: Any, organization: OrganizationRecord, people: People, tmp_path: Path
) -> None:
    # Given a folder of the organization, with a file, and what leads out of it
    own, other = tmp_path / organization["slug"] / "agents", tmp_path / "other-org" / "agents"
    for folder in (own, other):
        (folder / "scout").mkdir(parents=True)
        (folder / "scout" / "run.sh").write_text("true")
        os.utime(folder / "scout" / "run.sh", (WHEN.timestamp(), WHEN.timestamp()))
    (own / "link.sh").symlink_to(own / "scout" / "run.sh")
    (own / "folder").symlink_to(other / "scout")
    os.mkfifo(own / "pipe")
    agent_id = await agent_of(owner, workspace, "scout")
    found = {
        f"{own}/scout/run.sh": AutomationFile(exists=True, modified_at=WHEN),
        f"{own}/scout/none.sh": ABSENT,
        f"{own}/scout": ABSENT,
        f"{own}/link.sh": ABSENT,
        f"{own}/folder/run.sh": ABSENT,
        f"{own}/pipe": ABSENT,
        str(own): ABSENT,
        f"{own}/../../other-org/agents/scout/run.sh": None,
        f"{other}/scout/run.sh": None,
        "/etc/passwd": None,
        "scout/run.sh": None,
    }
    automations = [await record(owner, workspace, agent_id, path) for path in found]

    async def seen(ctx: Context, folder: str) -> list[AutomationFile | None]:
        asking = again(ctx)
        asking.services = replace(asking.services, automations_root=parse_root(folder))
        return await file_of(asking, automations, None)

    # When, then
    assert await seen(owner, f"{tmp_path}/{{org}}/agents") == list(found.values())
    assert await file_of(again(owner), automations, None) == [None] * len(found)

    # And of a folder that is nobody's, whoever runs the installation is told, and nobody else
    assert await seen(owner, str(own)) == [None] * len(found)
    await collection(User).update_one({"_id": owner.user_id}, {"$set": {"server_role": ServerRole.SUPER_ADMIN.value}})
    assert await seen(owner, str(own)) == list(found.values())

    # And no token of theirs
    token = await people.with_token(owner, list(TokenScope))
    assert await seen(token, str(own)) == [None] * len(found)
    assert await seen(token, f"{tmp_path}/{{org}}/agents") == list(found.values())
