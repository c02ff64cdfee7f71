"""Inputs about agents and missions."""

import strawberry
from strawberry.scalars import JSON

from schema.enums import AutonomyMode, MissionActivityKind
from schema.inputs.base import given, required


@strawberry.input(description="A new agent.")
class AgentCreateInput:
    workspace_id: strawberry.ID = required("The workspace that it works in.")
    name: str = required("The name, 1 to 100 characters.")
    slug: str = required("The name in addresses, unique in the workspace.")
    description: str | None = given("What it is good at.")
    autonomy_mode: AutonomyMode | None = given("How freely it acts; SUPERVISED by default.")
    tools: list[str] | None = given("The tools that it may use.")
    mcp_only: bool | None = given("Whether it is only driven from outside, over MCP.")


@strawberry.input(description="What changes of an agent.")
class AgentUpdateInput:
    name: str | None = given("The name, 1 to 100 characters.")
    slug: str | None = given("The name in addresses, unique in the workspace.")
    description: str | None = given("What it is good at; null clears it.")
    autonomy_mode: AutonomyMode | None = given("How freely it acts.")
    tools: list[str] | None = given("The tools that it may use.")
    mcp_only: bool | None = given("Whether it is only driven from outside, over MCP.")


@strawberry.input(description="A new mission.")
class MissionCreateInput:
    agent_id: strawberry.ID = required("Whom it is for.")
    card_id: strawberry.ID | None = given("The card that it is about.")
    prompt: str = required("What is asked.")


@strawberry.input(description="One report of an agent.")
class MissionActivityInput:
    kind: MissionActivityKind = required("What is reported.")
    content: str = required("The text.")
    tool: str | None = given("The tool that an action used.")
    data: JSON | None = given("Details.")


@strawberry.input(description="What an agent reports about a mission that it runs.")
class MissionReportInput:
    activities: list[MissionActivityInput] | None = given("What it did, in order.")
    progress: float | None = given("How far it is, 0 to 1.")
    output_delta: str | None = given("Text that is streamed to whoever watches, and not kept.")
    awaiting_approval: bool | None = given("True waits for a person, false goes on.")
