"""Missions: what an agent is asked to do, and what it reports."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from resolvers.kit.position import cursor_of_mission
from resolvers.mission import mission as edges
from schema.connection import Connection, window
from schema.enums import MissionActivityKind, MissionStatus
from schema.loading import edge
from schema.node import Node
from schema.references import AgentRef, CardRef, ProjectRef, UserRef
from schema.scalars import Cursor


@strawberry.type(description="One report of an agent.")
class MissionActivity(Node):
    kind: MissionActivityKind = strawberry.field(description="What is reported.")
    content: str = strawberry.field(description="The text.")
    tool: str | None = strawberry.field(description="The tool that an action used.")
    data: JSON | None = strawberry.field(description="Details, as the agent gave them.")
    created_at: datetime = strawberry.field(description="When it was reported.")


@strawberry.type(description="What an agent is asked to do.")
class Mission(Node):
    agent: AgentRef = edge(edges.agent_of, needs=("agent_id",), description="Whom it is for.")
    card: CardRef | None = edge(
        edges.card_of, needs=("card_id", "workspace_id"), description="The card that it is about."
    )
    project: ProjectRef | None = edge(edges.project_of, needs=("project_id",), description="The project of that card.")
    prompt: str = edge(edges.prompt_of, needs=("prompt",), description="What is asked.")
    status: MissionStatus = strawberry.field(description="Where it stands.")
    progress: float = strawberry.field(description="How far it is, 0 to 1.")
    summary: str | None = strawberry.field(description="What came of it, once it is completed.")
    error: str | None = strawberry.field(description="Why it failed.")
    cursor: Cursor = edge(
        cursor_of_mission,
        needs=("workspace_id",),
        description="Where its stream stood before this request read anything: `missionEvents` after it bring every "
        "later change, perhaps with some that were read already.",
    )
    created_by: UserRef = edge(edges.creator_of, needs=("created_by",), description="Who asked.")
    created_at: datetime = strawberry.field(description="When it was asked.")
    started_at: datetime | None = strawberry.field(description="When the agent claimed it.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    activities: Connection[MissionActivity] = edge(
        edges.activities_of, arguments=window, description="What the agent reported, in order."
    )
