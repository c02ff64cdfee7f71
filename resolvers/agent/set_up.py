"""Setting an agent up: the agent, and all that it begins with, in one change."""

from dataclasses import dataclass

from auth.policies import workspace as workspace_policy
from models.agent_enums import SetUpStatus
from models.records import AgentRecord, WorkspaceMemberRecord
from realtime.events.agent import AgentCreated
from realtime.log import Change, Committed
from resolvers.agent.agent import WRITE, check_token_scopes, insert_agent, token_of
from resolvers.agent.agent_automation import AGENT_AUTOMATIONS
from resolvers.agent.agent_template import template_for
from resolvers.agent.scaffold import automations_of, files_of, folder_of
from resolvers.inputs.agent import AgentSetUp
from resolvers.inputs.workspace_file import WorkspaceFileWrite
from resolvers.kit.context import Context
from resolvers.kit.groups import check_policy
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import Caller, operation
from resolvers.register.register import create_with
from resolvers.workspace_file.write import put_file


@dataclass(frozen=True, slots=True)
class SetUpStep:
    """A step of setting an agent up, and what came of it."""

    step: str
    status: SetUpStatus
    detail: str


@dataclass(frozen=True, slots=True)
class SetUpAgent:
    """An agent's record, the text of its token, which cannot be shown again, and what was done."""

    agent: AgentRecord
    token: str | None
    steps: list[SetUpStep]


@operation(
    "agentSetUp",
    inside=WORKSPACE,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    includes=("agentCreate", "workspaceFileWrite", "agentAutomationCreate"),
    reveals=True,
)
async def set_up_agent(ctx: Context, _membership: WorkspaceMemberRecord, values: AgentSetUp) -> Committed[SetUpAgent]:
    """Create an agent with the files that it begins with, what starts it, and a first sign of life.

    All of it is done, or nothing. It has a token of its own where a signed-in person asks for that: what a token made
    would outlive the token.
    """
    check_policy(values.policy, "policy")
    is_given_token = values.with_token and ctx.subject.is_person
    if is_given_token:
        check_token_scopes(ctx, "agentSetUp")

    async def body(change: Change) -> SetUpAgent:
        template = await template_for(change, values)
        agent = await insert_agent(ctx, change, values, template, heartbeat_at=change.at)
        token = await token_of(change, agent) if is_given_token else None
        change.append(values.workspace_id, AgentCreated(agent=agent))
        written = await _write_files(ctx, change, agent, None if template is None else template["identity"])
        for automation in automations_of(agent):
            await create_with(ctx, change, AGENT_AUTOMATIONS, values.workspace_id, automation)
        return SetUpAgent(agent, token, _told(agent, written, is_given_token=is_given_token))

    return await ctx.write(values.workspace_id, body)


async def _write_files(ctx: Context, change: Change, agent: AgentRecord, identity: str | None) -> list[str]:
    """The paths of its files, which are written over what stood there."""
    paths = []
    for name, content in files_of(agent, identity).items():
        path = f"{folder_of(agent)}/{name}"
        await put_file(
            ctx, change, WorkspaceFileWrite.of(workspace_id=agent["workspace_id"], path=path, content=content)
        )
        paths.append(path)
    return paths


def _told(agent: AgentRecord, written: list[str], *, is_given_token: bool) -> list[SetUpStep]:
    soul, script, plist = written
    every = agent["interval_seconds"]
    return [
        _done("registration", f"the agent {agent['slug']}"),
        _done("token", "answered here, and never again")
        if is_given_token
        else _skipped("token", "none was asked for, or not by a signed-in person"),
        _done("folder", folder_of(agent)),
        _done("SOUL.md", soul),
        _done("run.sh", script),
        _done("automation", "its script and its plist, recorded as what starts it"),
        _done("plist", plist),
        _done("schedule", f"every {every} s, by its machine") if every else _skipped("schedule", "it has no interval"),
        _done("heartbeat", "a first sign of life"),
        _done("log", "AgentCreated, in the history of the workspace"),
    ]


def _done(step: str, detail: str) -> SetUpStep:
    return SetUpStep(step, SetUpStatus.DONE, detail)


def _skipped(step: str, detail: str) -> SetUpStep:
    return SetUpStep(step, SetUpStatus.SKIPPED, detail)
