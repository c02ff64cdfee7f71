"""How the operations on skills, pipelines, drafts, plugins and checkout are called on the world's objects."""

from collections.abc import Callable
from typing import Any

from models.agent_enums import AgentStatus
from resolvers.inputs.agent import AgentReport, AgentSetUp, AgentSwitch
from resolvers.inputs.agent_template import AgentTemplateCreate, AgentTemplateUpdate
from resolvers.inputs.billing import BillingCheckout, BillingPlanChange, BillingPortal, BillingReceive
from resolvers.inputs.pipeline import PipelineCreate, PipelineUpdate
from resolvers.inputs.plugin import PluginInstall, PluginUpdate, RemoteCallSettle, RemoteToolCall
from resolvers.inputs.project_draft import (
    ProjectDraftAsk,
    ProjectDraftCreate,
    ProjectDraftRefine,
    ProjectDraftUpdate,
)
from resolvers.inputs.skill import SkillCreate, SkillUpdate
from resolvers.inputs.workspace_file import WorkspaceFileSearch, WorkspaceFileWrite
from resolvers.kit.page import Window
from tests.denials.world import Ids, hook_of

EXTENDING: dict[str, Callable[[Ids], tuple[Any, ...]]] = {
    "skill": lambda ids: (ids["skill"],),
    "skills": lambda ids: (ids["workspace"],),
    "skillCreate": lambda ids: (
        SkillCreate.of(workspace_id=ids["workspace"], slug="more", description="For more", instructions="Do more"),
    ),
    "skillUpdate": lambda ids: (ids["skill"], SkillUpdate.of(description="For less")),
    "skillDelete": lambda ids: (ids["skill"],),
    "changelogEntry": lambda ids: (ids["changelog_entry"],),
    "changelog": lambda ids: (ids["workspace"], Window.read()),
    "changelogSummary": lambda ids: (ids["workspace"],),
    "workspaceFile": lambda ids: (ids["workspace_file"],),
    "workspaceFileText": lambda ids: (ids["workspace_file"],),
    "workspaceFiles": lambda ids: (ids["workspace"], Window.read()),
    "workspaceFileSearch": lambda ids: (ids["workspace"], WorkspaceFileSearch.of(query="kind")),
    "workspaceFileWrite": lambda ids: (WorkspaceFileWrite.of(workspace_id=ids["workspace"], path="more/run.sh"),),
    "workspaceFileDelete": lambda ids: (ids["workspace_file"],),
    "agentNamed": lambda ids: (ids["workspace"], "planner"),
    "agentTemplate": lambda ids: (ids["agent_template"],),
    "agentTemplates": lambda ids: (ids["workspace"],),
    "agentTemplateCreate": lambda ids: (
        AgentTemplateCreate.of(workspace_id=ids["workspace"], name="More", slug="more"),
    ),
    "agentTemplateUpdate": lambda ids: (ids["agent_template"], AgentTemplateUpdate.of(archived=True)),
    "agentTemplateDelete": lambda ids: (ids["agent_template"],),
    "agentReport": lambda ids: (ids["other agent"], AgentReport(status=AgentStatus.IDLE, current_task="Looking")),
    "agentSetUp": lambda ids: (
        AgentSetUp.of(workspace_id=ids["workspace"], name="Scout", slug="scout", template_id=ids["agent_template"]),
    ),
    "agentStop": lambda ids: (ids["agent"], AgentSwitch(note="Too loud")),
    "agentStart": lambda ids: (ids["agent"], AgentSwitch(note="Go on")),
    "agentRestart": lambda ids: (ids["agent"], AgentSwitch(note="Anew")),
    "agentIdle": lambda ids: (ids["workspace"], "planner"),
    "agentIdleCheck": lambda ids: ("planner", ids["workspace"]),
    "agentSkills": lambda ids: (ids["agent"],),
    "agentSkillAdd": lambda ids: (ids["agent"], ids["spare_skill"]),
    "agentSkillRemove": lambda ids: (ids["other agent"], ids["skill"]),
    "projectDraft": lambda ids: (ids["project_draft"],),
    "projectDrafts": lambda ids: (ids["workspace"], Window.read()),
    "projectDraftCreate": lambda ids: (ProjectDraftCreate.of(workspace_id=ids["workspace"], name="More"),),
    "projectDraftUpdate": lambda ids: (ids["project_draft"], ProjectDraftUpdate.of(name="Other")),
    "projectDraftAsk": lambda ids: (ids["project_draft"], ProjectDraftAsk(readiness=70)),
    "projectDraftRefine": lambda ids: (ids["project_draft"], ProjectDraftRefine(answers={"r1q1": "Soon"})),
    "projectDraftGenerateRoadmap": lambda ids: (ids["project_draft"],),
    "projectDraftExecute": lambda ids: (ids["planned_draft"],),
    "projectDraftDelete": lambda ids: (ids["project_draft"],),
    "plugins": lambda _: (),
    "plugin": lambda ids: (ids["plugin"],),
    "workspacePlugins": lambda ids: (ids["workspace"],),
    "pluginInstall": lambda ids: (
        PluginInstall.of(workspace_id=ids["workspace"], plugin="webhook", name="More", settings=hook_of(ids)),
    ),
    "pluginUpdate": lambda ids: (ids["plugin"], PluginUpdate.of(name="Other")),
    "pluginRemove": lambda ids: (ids["plugin"],),
    "remoteServers": lambda ids: (ids["workspace"],),
    "remoteCall": lambda ids: (ids["remote_call"],),
    "remoteToolCall": lambda ids: (
        RemoteToolCall(workspace_id=ids["workspace"], plugin_id=ids["mcp_plugin"], tool="echo"),
    ),
    "remoteCallSettle": lambda ids: (ids["remote_call"], RemoteCallSettle(done=True, note="It is there")),
    "billingCheckout": lambda ids: (ids["organization"], BillingCheckout()),
    "billingPlanChange": lambda ids: (ids["organization"], BillingPlanChange(plan="team")),
    "billingPortal": lambda ids: (ids["organization"], BillingPortal()),
    "billingReceive": lambda _: (BillingReceive(payload="{}", signature="t=1,v1=0"),),
    "pipeline": lambda ids: (ids["pipeline"],),
    "pipelines": lambda ids: (ids["workspace"], Window.read()),
    "pipelineCreate": lambda ids: (PipelineCreate.of(workspace_id=ids["workspace"], name="More", steps=[]),),
    "pipelineUpdate": lambda ids: (ids["pipeline"], PipelineUpdate.of(name="Other", steps=[])),
    "pipelineRun": lambda ids: (ids["pipeline"],),
    "pipelineDelete": lambda ids: (ids["pipeline"],),
}
