"""What a workspace comes to at a glance."""

from datetime import datetime

import strawberry

from models.agent_enums import AgentStatus, HealthArea, HealthRule
from models.card_enums import CardStage
from resolvers.kit.load import one_by
from resolvers.kit.nouns import AGENT
from schema.loading import derived, edge
from schema.references import AgentRef
from schema.usage import MICRO


@strawberry.type(description="How many cards are at a stage.")
class StageCount:
    stage: CardStage = strawberry.field(description="The stage.")
    count: int = strawberry.field(description="How many cards.")


@strawberry.type(description="How many agents are about the same.")
class AgentCount:
    status: AgentStatus = strawberry.field(description="What they are about.")
    count: int = strawberry.field(description="How many agents.")


@strawberry.type(description="How much there is in a workspace.")
class WorkspaceCounts:
    agents: int | None = strawberry.field(
        description="How many agents; null for a token without the scope `pilotage:read`."
    )
    cards: int = strawberry.field(description="How many cards that are not archived.")
    projects: int = strawberry.field(description="How many projects.")
    pending: int = strawberry.field(description="How many of the cards wait for their work to start.")
    cards_by_stage: list[StageCount] = strawberry.field(
        description="Cards by stage, those that are archived among what is done or cancelled."
    )
    agents_by_status: list[AgentCount] | None = strawberry.field(
        description="Agents by what they are about; null where `agents` is."
    )


@strawberry.type(description="What an agent got done, and what its models took for that.")
class AgentEfficiency:
    agent: AgentRef = edge(one_by(AGENT, "agent_id"), needs=("agent_id",), description="The agent.")
    done: int = strawberry.field(description="How many cards it got done, as the changelog has them.")
    calls: float = strawberry.field(description="How many calls of models there were.")
    tokens: float = strawberry.field(description="The tokens that these read and wrote.")
    cost_usd: float = derived(
        lambda row: row["cost"] / MICRO, needs=("cost",), description="What they cost, in US dollars."
    )
    cards_per_thousand_tokens: float | None = strawberry.field(
        description="How many cards it got done for a thousand tokens; null where there were none."
    )


@strawberry.type(description="How much of its work an agent got done.")
class AgentCompletion:
    done: int = strawberry.field(description="How many cards in the time, as the changelog has them.")
    open: int = strawberry.field(description="How many open cards are assigned to it now.")
    rate: float | None = strawberry.field(description="The part of both that is done; null where there are none.")


@strawberry.type(description="What waits for an agent.")
class AgentQueue:
    agent: AgentRef = edge(one_by(AGENT, "agent_id"), needs=("agent_id",), description="The agent.")
    cards: int = strawberry.field(description="How many open cards of its are there whose work has not started.")
    missions: int = strawberry.field(description="How many missions are queued for it.")
    longest_wait_seconds: int | None = strawberry.field(
        description="Since when the first of them is there, in seconds; null where nothing waits."
    )
    average_wait_seconds: int | None = strawberry.field(description="The same of all of them on average.")


@strawberry.type(description="A rule, and what meets it.")
class HealthCheck:
    rule: HealthRule = strawberry.field(description="The rule.")
    checked: int = strawberry.field(description="Of how many it was asked.")
    passed: int = strawberry.field(description="How many meet it.")
    score: float | None = strawberry.field(description="The part of them that do, 0 to 1; null where there are none.")
    failing_ids: list[strawberry.ID] = strawberry.field(description="The ids of those that do not, at most 100.")


@strawberry.type(description="A part of a workspace, and how it stands.")
class HealthSection:
    area: HealthArea = strawberry.field(description="The part.")
    score: float | None = strawberry.field(description="The mean of its rules; null where there is nothing of it.")
    checks: list[HealthCheck] = strawberry.field(description="The rules.")


@strawberry.type(description="How a workspace stands.")
class WorkspaceHealth:
    at: datetime = strawberry.field(description="When it was looked at.")
    score: float | None = strawberry.field(description="The mean of its sections, 0 to 1; null where it is empty.")
    sections: list[HealthSection] = strawberry.field(
        description="By what was looked at: at agents not for a token without the scope `pilotage:read`."
    )
