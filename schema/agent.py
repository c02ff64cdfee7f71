"""Agents: service users of a workspace that carry out missions."""

import strawberry

import models
from models.agent_enums import AgentStatus, IdleReason
from resolvers.agent.agent import agents_of
from resolvers.agent.presence import NEEDS, status_of_agents
from resolvers.overview.agents import completion_of_agent
from resolvers.skill.assign import skills_of
from resolvers.usage.sums import usage_of_agent
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.overview import AgentCompletion
from schema.references import SkillRef, WorkspaceRef
from schema.usage import Usage, usage_range


@shows(models.Agent, "A service user of a workspace that carries out missions.")
class Agent(Node):
    status: AgentStatus = edge(status_of_agents, needs=NEEDS, description="What it is about at the moment.")
    skills: list[SkillRef] = edge(
        skills_of, needs=("skill_ids",), description="What it can read up on, in the order in which it got them."
    )
    completion: AgentCompletion = edge(
        completion_of_agent,
        needs=("workspace_id", "user_id"),
        arguments=usage_range,
        description="How much of its work it got done.",
    )
    usage: Usage = edge(usage_of_agent, arguments=usage_range, description="What its models have cost.")


@strawberry.type(description="Whether an agent need not begin to work.")
class IdleCheck:
    skip: bool = strawberry.field(description="Whether it need not.")
    reason: IdleReason | None = strawberry.field(description="Why; null where it is to begin.")


@extends(WorkspaceRef, after="budgets")
class OfWorkspace:
    agents: Connection[Agent] = edge(agents_of, arguments=window, description="Its agents, oldest first.")
