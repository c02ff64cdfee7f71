"""Agents: service users of a workspace that carry out missions."""

from datetime import datetime

import strawberry

from resolvers.mission import mission
from resolvers.user.user import user_of_member
from schema.connection import Connection, window
from schema.enums import AutonomyMode
from schema.loading import edge
from schema.node import Node
from schema.references import MissionRef, UserRef


@strawberry.type(description="A service user of a workspace that carries out missions.")
class Agent(Node):
    name: str = strawberry.field(description="The name.")
    slug: str = strawberry.field(description="The name in addresses, unique in the workspace.")
    description: str | None = strawberry.field(description="What it is good at.")
    autonomy_mode: AutonomyMode = strawberry.field(description="How freely it acts.")
    tools: list[str] = strawberry.field(description="The tools that it may use.")
    mcp_only: bool = strawberry.field(description="Whether it is only driven from outside, over MCP.")
    user: UserRef = edge(user_of_member, needs=("user_id",), description="The user that it acts as.")
    created_at: datetime = strawberry.field(description="When it was created.")
    missions: Connection[MissionRef] = edge(
        mission.missions_of_agent, arguments=window, description="Its missions, newest first."
    )
