"""How operations on extensions, on the pilotage and on checkout are called on the world's objects."""

from collections.abc import Callable
from typing import Any

from models.agent_enums import AgentStatus
from models.enums import StatsInterval
from resolvers.inputs.agent import AgentReport, AgentSetUp, AgentSwitch
from resolvers.inputs.agent_automation import AgentAutomationCreate, AgentAutomationUpdate
from resolvers.inputs.agent_template import AgentTemplateCreate, AgentTemplateUpdate
from resolvers.inputs.billing import (
    BillingCheckout,
    BillingPaymentBegin,
    BillingPlanChange,
    BillingPortal,
    BillingReceive,
)
from resolvers.inputs.discovery_engine import DiscoveryEngineCreate, DiscoveryEngineUpdate
from resolvers.inputs.log_line import LogLineCreate, LogLineList
from resolvers.inputs.pilotage import (
    BriefingCreate,
    DecisionCreate,
    DecisionUpdate,
    ObjectiveCreate,
    ObjectiveUpdate,
    PilotageDocumentCreate,
    PilotageDocumentUpdate,
    PilotagePriorityCreate,
    PilotagePriorityUpdate,
    StandingOrderCreate,
    StandingOrderUpdate,
    TodoCreate,
    TodoUpdate,
)
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
from resolvers.kit.periods import Periods
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
    "logLine": lambda ids: (ids["log_line"],),
    "logLines": lambda ids: (ids["workspace"], LogLineList()),
    "logLineCreate": lambda ids: (
        LogLineCreate.of(workspace_id=ids["workspace"], agent_name="planner", message="Begun"),
    ),
    "dashboard": lambda ids: (ids["workspace"],),
    "workspaceCounts": lambda ids: (ids["workspace"],),
    "workspaceHealth": lambda ids: (ids["workspace"],),
    "agentEfficiency": lambda ids: (ids["workspace"], Periods.between(None, None, StatsInterval.DAY)),
    "agentQueues": lambda ids: (ids["workspace"],),
    "workspaceFile": lambda ids: (ids["workspace_file"],),
    "workspaceFileText": lambda ids: (ids["workspace_file"],),
    "workspaceFiles": lambda ids: (ids["workspace"], Window.read()),
    "workspaceFileSearch": lambda ids: (ids["workspace"], WorkspaceFileSearch.of(query="kind")),
    "workspaceFileWrite": lambda ids: (WorkspaceFileWrite.of(workspace_id=ids["workspace"], path="more/run.sh"),),
    "workspaceFileDelete": lambda ids: (ids["workspace_file"],),
    "agentNamed": lambda ids: (ids["workspace"], "planner"),
    "agentAutomation": lambda ids: (ids["agent_automation"],),
    "agentAutomations": lambda ids: (ids["workspace"], Window.read()),
    "agentAutomationCreate": lambda ids: (
        AgentAutomationCreate.of(
            workspace_id=ids["workspace"], agent_id=ids["agent"], name="More", type="script", path="more.sh"
        ),
    ),
    "agentAutomationUpdate": lambda ids: (
        ids["agent_automation"],
        AgentAutomationUpdate.of(agent_id=ids["other agent"], label="more"),
    ),
    "agentAutomationDelete": lambda ids: (ids["agent_automation"],),
    "agentTemplate": lambda ids: (ids["agent_template"],),
    "agentTemplates": lambda ids: (ids["workspace"],),
    "agentTemplateCreate": lambda ids: (
        AgentTemplateCreate.of(workspace_id=ids["workspace"], name="More", slug="more"),
    ),
    "agentTemplateUpdate": lambda ids: (ids["agent_template"], AgentTemplateUpdate.of(archived=True)),
    "agentTemplateDelete": lambda ids: (ids["agent_template"],),
    "discoveryEngine": lambda ids: (ids["discovery_engine"],),
    "discoveryEngines": lambda ids: (ids["workspace"],),
    "discoveryEngineNamed": lambda ids: (ids["workspace"], ids["engine_slug"]),
    "discoveryEngineRuns": lambda ids: (ids["discovery_engine"], Window.read()),
    "discoveryEngineCreate": lambda ids: (
        DiscoveryEngineCreate.of(workspace_id=ids["workspace"], name="More", layer="backend"),
    ),
    "discoveryEngineUpdate": lambda ids: (
        ids["discovery_engine"],
        DiscoveryEngineUpdate.of(every_seconds=3600, model="haiku"),
    ),
    "discoveryEngineRun": lambda ids: (ids["discovery_engine"],),
    "discoveryEngineDelete": lambda ids: (ids["discovery_engine"],),
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
    "billingSummary": lambda ids: (ids["organization"],),
    "billingPlanCheck": lambda ids: (ids["organization"], "team"),
    "billingPaymentBegin": lambda ids: (ids["organization"], BillingPaymentBegin(package="small")),
    "pricing": lambda _: (),
    "billingReceive": lambda _: (BillingReceive(payload="{}", signature="t=1,v1=0"),),
    "pipeline": lambda ids: (ids["pipeline"],),
    "pipelines": lambda ids: (ids["workspace"], Window.read()),
    "pipelineCreate": lambda ids: (PipelineCreate.of(workspace_id=ids["workspace"], name="More", steps=[]),),
    "pipelineUpdate": lambda ids: (ids["pipeline"], PipelineUpdate.of(name="Other", steps=[])),
    "pipelineRun": lambda ids: (ids["pipeline"],),
    "pipelineDelete": lambda ids: (ids["pipeline"],),
    "objectiveCreate": lambda ids: (ObjectiveCreate.of(workspace_id=ids["workspace"], objective="More"),),
    "objectiveUpdate": lambda ids: (ids["objective"], ObjectiveUpdate.of(status="done")),
    "objectiveDelete": lambda ids: (ids["objective"],),
    "pilotagePriorityCreate": lambda ids: (PilotagePriorityCreate.of(workspace_id=ids["workspace"], label="More"),),
    "pilotagePriorityUpdate": lambda ids: (ids["pilotage_priority"], PilotagePriorityUpdate.of(active=False)),
    "pilotagePriorityDelete": lambda ids: (ids["pilotage_priority"],),
    "todoCreate": lambda ids: (
        TodoCreate.of(workspace_id=ids["workspace"], label="More", objective_id=ids["objective"]),
    ),
    "todoUpdate": lambda ids: (ids["todo"], TodoUpdate.of(status="done")),
    "todoDelete": lambda ids: (ids["todo"],),
    "decisionCreate": lambda ids: (DecisionCreate.of(workspace_id=ids["workspace"], title="More"),),
    "decisionUpdate": lambda ids: (ids["decision"], DecisionUpdate.of(impact="Less work")),
    "decisionDelete": lambda ids: (ids["decision"],),
    "pilotageDocumentCreate": lambda ids: (PilotageDocumentCreate.of(workspace_id=ids["workspace"], title="More"),),
    "pilotageDocumentUpdate": lambda ids: (ids["pilotage_document"], PilotageDocumentUpdate.of(owner="Ann")),
    "pilotageDocumentDelete": lambda ids: (ids["pilotage_document"],),
    "standingOrders": lambda ids: (ids["workspace"], Window.read()),
    "standingOrderCreate": lambda ids: (
        StandingOrderCreate.of(workspace_id=ids["workspace"], text="More", agent_id=ids["agent"]),
    ),
    "standingOrderUpdate": lambda ids: (ids["standing_order"], StandingOrderUpdate.of(category="tests")),
    "standingOrderDelete": lambda ids: (ids["standing_order"],),
    "pilotageCycleClose": lambda ids: (ids["workspace"], 1),
    "briefingCreate": lambda ids: (BriefingCreate(agent_id=ids["agent"]),),
    "pilotageState": lambda ids: (ids["workspace"],),
    "pilotageDashboard": lambda ids: (ids["workspace"],),
    "pilotagePortfolio": lambda ids: (ids["workspace"],),
}
