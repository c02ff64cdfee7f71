"""Deleting a parent deletes what is below it, and says so in events, all in the parent's own change."""

from collections.abc import Callable, Mapping
from typing import Any

from beanie import Document
from bson import ObjectId

from models import (
    Activity,
    Agent,
    ApiToken,
    Card,
    Column,
    Comment,
    Invitation,
    Label,
    Mission,
    MissionActivity,
    Notification,
    Project,
    ProjectMember,
    Scope,
    Workspace,
    WorkspaceMember,
)
from models.base import Record, collection
from realtime.events import (
    AgentDeleted,
    CardDeleted,
    ColumnDeleted,
    Event,
    LabelDeleted,
    ProjectDeleted,
    ScopeDeleted,
    WorkspaceDeleted,
    WorkspaceMemberRemoved,
)
from realtime.log import Change

Where = Mapping[str, Any]


async def delete_cards(change: Change, where: Where) -> None:
    """Delete cards with their comments. Their missions and activities stay, without the card."""
    cards = await collection(Card).find(where, {"workspace_id": 1, "project_id": 1}, session=change.session).to_list()
    if not cards:
        return
    ids = [card["_id"] for card in cards]
    await collection(Comment).delete_many({"card_id": {"$in": ids}}, session=change.session)
    await collection(Card).delete_many({"_id": {"$in": ids}}, session=change.session)
    for card in cards:
        event = CardDeleted(deleted_id=card["_id"], project_id=card["project_id"], card_id=card["_id"])
        change.append(card["workspace_id"], event)


async def delete_columns(change: Change, where: Where) -> None:
    """Delete columns with their cards."""
    columns = await _doomed(change, Column, where)
    if columns:
        await delete_cards(change, {"column_id": {"$in": [column["_id"] for column in columns]}})
        await _delete(change, Column, columns, ColumnDeleted)


async def delete_scope_contents(change: Change, scope: Record) -> None:
    """Delete the columns and cards of a scope."""
    await delete_columns(change, {"scope_id": scope["_id"]})
    await delete_cards(change, {"scope_id": scope["_id"]})


async def delete_project_contents(change: Change, project: Record) -> None:
    """Delete all that a project holds. Its missions stay, without the project."""
    inside = {"project_id": project["_id"]}
    await delete_cards(change, inside)
    await _delete(change, Column, await _doomed(change, Column, inside), ColumnDeleted)
    await _delete(change, Scope, await _doomed(change, Scope, inside), ScopeDeleted)
    await _delete(change, Label, await _doomed(change, Label, inside), LabelDeleted)
    for model in (ProjectMember, Activity, Notification):
        await collection(model).delete_many(inside, session=change.session)


async def delete_workspace_contents(change: Change, workspace: Record) -> None:
    """Delete all that a workspace holds, and say so in its own history, which stays."""
    inside = {"workspace_id": workspace["_id"]}
    projects = await collection(Project).find(inside, session=change.session).to_list()
    for project in projects:
        await delete_project_contents(change, project)
        event = ProjectDeleted(deleted_id=project["_id"], project_id=project["_id"])
        change.append(workspace["_id"], event)
    agents = await collection(Agent).find(inside, {"_id": 1}, session=change.session).to_list()
    change.append(workspace["_id"], *(AgentDeleted(deleted_id=agent["_id"]) for agent in agents))
    members = await collection(WorkspaceMember).find(inside, {"user_id": 1}, session=change.session).to_list()
    change.append(workspace["_id"], *(WorkspaceMemberRemoved(user_id=one["user_id"]) for one in members))
    for model in (Project, Agent, ApiToken, Mission, MissionActivity, Invitation, WorkspaceMember):
        await collection(model).delete_many(inside, session=change.session)
    await collection(Workspace).delete_one({"_id": workspace["_id"]}, session=change.session)
    change.append(workspace["_id"], WorkspaceDeleted(deleted_id=workspace["_id"]))


async def _doomed(change: Change, model: type[Document], where: Where) -> list[Record]:
    wanted = {"workspace_id": 1, "project_id": 1}
    return await collection(model).find(where, wanted, session=change.session).to_list()


async def _delete(change: Change, model: type[Document], doomed: list[Record], event: Callable[..., Event]) -> None:
    if not doomed:
        return
    ids: list[ObjectId] = [one["_id"] for one in doomed]
    await collection(model).delete_many({"_id": {"$in": ids}}, session=change.session)
    for one in doomed:
        change.append(one["workspace_id"], event(deleted_id=one["_id"], project_id=one["project_id"]))
