"""A world with one object of every kind, and a caller of every kind that can be refused."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import bson
from bson import ObjectId
from pydantic.alias_generators import to_camel
from pymongo import monitoring

import resolvers.catalogue
from auth.subject import WIDER
from gateway.database import Database
from models import (
    ApiToken,
    Backup,
    Card,
    ChangelogEntry,
    Conversation,
    Lease,
    MissionActivity,
    Notification,
    OAuthGrant,
    RemoteCall,
)
from models.base import Record, collection, to_record, utc_now
from models.enums import (
    AutomationTrigger,
    AutonomyMode,
    DraftQuestionKind,
    FieldType,
    MissionActivityKind,
    PipelineStepType,
    RelationType,
    RemoteCallState,
    Role,
    ServerRole,
    TokenScope,
)
from models.installation_enums import BackupStatus
from resolvers.account import api_token
from resolvers.account.avatar import set_avatar
from resolvers.activity.log_line import create_log_line
from resolvers.agent import agent, agent_automation, agent_template
from resolvers.api_key import api_key
from resolvers.attachment import attachment
from resolvers.automation import automation
from resolvers.automation.follow import follow as follow_automations
from resolvers.budget import budget
from resolvers.card import card, comment, label
from resolvers.card.checklist import add_checklist_item
from resolvers.card.custom import set_card_custom_fields
from resolvers.catalogue import CATALOGUE
from resolvers.column import column, scope
from resolvers.conversation import conversation, pre_session
from resolvers.credential import credential
from resolvers.custom_field import custom_field
from resolvers.discovery import engine
from resolvers.document import document
from resolvers.document import link as document_link
from resolvers.files.attachment_link import link_to
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.agent_automation import AgentAutomationCreate
from resolvers.inputs.agent_template import AgentTemplateCreate
from resolvers.inputs.api_key import ApiKeyCreate
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.inputs.attachment import AttachmentCreate
from resolvers.inputs.automation import AutomationCreate
from resolvers.inputs.budget import BudgetCreate
from resolvers.inputs.card import CardCreate, ChecklistItemAdd, CommentCreate
from resolvers.inputs.column import ColumnCreate
from resolvers.inputs.conversation import AssistantSay, PreSessionCreate
from resolvers.inputs.credential import CredentialCreate
from resolvers.inputs.custom_field import (
    CardCustomFieldsSet,
    CustomFieldCreate,
    CustomFieldOptionInput,
    CustomFieldValueInput,
)
from resolvers.inputs.discovery_engine import DiscoveryEngineCreate
from resolvers.inputs.document import DocumentCreate
from resolvers.inputs.job import JobCreate, QueueCreate, ScheduleCreate
from resolvers.inputs.label import LabelCreate
from resolvers.inputs.log_line import LogLineCreate
from resolvers.inputs.mission import MissionActivityInput, MissionCreate, MissionReport
from resolvers.inputs.organization import (
    OrganizationCreate,
    OrganizationMemberAdd,
    OrganizationMemberInvite,
    OrganizationMemberUpdate,
)
from resolvers.inputs.pilotage import (
    DecisionCreate,
    ObjectiveCreate,
    PilotageDocumentCreate,
    PilotagePriorityCreate,
    StandingOrderCreate,
    TodoCreate,
)
from resolvers.inputs.pipeline import PipelineCreate, PipelineStepInput
from resolvers.inputs.plugin import PluginInstall, RemoteToolCall
from resolvers.inputs.project import ProjectCreate, ProjectMemberAdd
from resolvers.inputs.project_draft import (
    DraftDeliverableInput,
    DraftPhaseInput,
    DraftQuestionInput,
    ProjectDraftAsk,
    ProjectDraftCreate,
    ProjectDraftUpdate,
)
from resolvers.inputs.proposal import ProposalCreate
from resolvers.inputs.relation import RelationCreate
from resolvers.inputs.scope import ScopeCreate
from resolvers.inputs.script import ScriptCreate, ScriptStart
from resolvers.inputs.skill import SkillCreate
from resolvers.inputs.team import TeamCreate, TeamMemberAdd
from resolvers.inputs.template import TemplateCreateFromProject
from resolvers.inputs.transfer import ProjectImportStart
from resolvers.inputs.wallet import WalletGrant
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite
from resolvers.inputs.workspace_file import WorkspaceFileWrite
from resolvers.installation.installation import grant_server_role
from resolvers.invitation import accept, invitation, organization_invitation
from resolvers.job import job, queue, schedule
from resolvers.kit.context import Context
from resolvers.kit.nouns import NOUNS
from resolvers.lane.changelog import entry_of
from resolvers.member import organization_member, project_member, team_member
from resolvers.mission import drive as mission_drive
from resolvers.mission import mission
from resolvers.notification.follow import follow
from resolvers.organization import organization
from resolvers.pilotage import decision, objective, priority, standing_order, todo
from resolvers.pilotage import document as pilotage_document
from resolvers.pipeline import pipeline
from resolvers.plugin import plugin, remote
from resolvers.project import project
from resolvers.project_draft import project_draft
from resolvers.proposal import proposal
from resolvers.relation import relation
from resolvers.script import run as script_run
from resolvers.script import script
from resolvers.skill import assign, skill
from resolvers.team import team
from resolvers.template import template
from resolvers.transfer import job as transfer_job
from resolvers.wallet import wallet
from resolvers.workspace import workspace
from resolvers.workspace_file.workspace_file import write_workspace_file
from resolvers.worktree import worktree
from tests.machine import folder_of, repository
from tests.resolvers.attaching import upload
from tests.resolvers.lab import PICTURE, People, again
from tests.written import Written

assert resolvers.catalogue  # every operation, and the gate that agents pass

Ids = dict[str, Any]

PLACES: Mapping[str, str] = {
    **{to_camel(noun.key): noun.kind.name.lower() for noun in NOUNS.values()},
    "boardId": "scope",
    "boardTemplateId": "template",
    "draftId": "project_draft",
    "fieldId": "custom_field",
    "fileNumber": "workspace_file",
    "agentNumber": "agent",
    "agentSlug": "agent_slug",
    "automationNumber": "agent_automation",
    "engineSlug": "engine_slug",
    "credentialKey": "credential_key",
    "integrationId": "integration",
    "templateNumber": "agent_template",
    "invitationId": "invitation_id",
    "itemId": "item",
    "jobId": "transfer_job",
    "workId": "job",
    "keyId": "api_token",
    "orgNumber": "organization",
    "inviteToken": "organization_invitation",
    "memberNumber": "user",
    "preSessionId": "pre_session",
    "productSlug": "project",
    "queueName": "queue_name",
    "priorityId": "pilotage_priority",
    "ruleId": "automation",
    "ruleNumber": "standing_order",
    "sessionId": "session",
    "taskNumber": "card",
    "teamNumber": "team",
    "token": "invitation",
    "userNumber": "member_id",
    "versionId": "version",
}
"""Where the world keeps what an id of that name, in a path or a body, most likely means."""


def hook_of(ids: Ids) -> dict[str, str]:
    """The settings of a webhook."""
    return {"url": "https://hooks.example/orrery", "secret": str(ids["credential"])}


@dataclass
class World:
    """`ids` names every object (and what tests need besides); `tokens` are bearer tokens of the callers."""

    people: People
    owner: Context
    ids: Ids = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def context(self, caller: str) -> Context:
        """A request of a caller; raises Unauthenticated where the credential is refused."""
        if caller == "anonymous":
            return again(self.people.anonymous)
        return await self.people.by_jwt(self.tokens[caller])

    def token_without(self, missing: TokenScope) -> str:
        """The name of the owner's token that has every scope but one."""
        return f"without {missing.value}"


async def build(people: People) -> World:
    """Register everyone, make everything."""
    owner = await people.register("owner")
    world = World(people, owner)
    await set_avatar(again(owner), PICTURE)
    world.ids["session"] = owner.subject.credential_id
    world.tokens["owner"] = people.sign_ins[owner.user_id].access_token
    await _tenants(world)
    for role in ("admin", "member", "viewer"):
        await _joined(world, role, Role(role))
    bystander = await _registered(world, "bystander")
    await people.confirm(bystander)
    values = OrganizationMemberAdd(email=people.email(bystander), role=Role.MEMBER)
    await organization_member.add_organization_member(again(owner), world.ids["organization"], values)
    await people.confirm(await _registered(world, "outsider"))
    # Nothing of a tenant is opened by it, which the denials of both hold.
    await grant_server_role(again(bystander), bystander.user_id, ServerRole.ADMIN)
    await grant_server_role(again(bystander), world.ids["outsider_id"], ServerRole.SUPER_ADMIN)
    await _backup(world)
    await _wallet(world)
    await _team(world)
    await _objects(world)
    await _pilotage(world)
    await _tokens(world)
    await _applications(world)
    await _agents(world)
    await _conversations(world)
    return world


async def _backup(world: World) -> None:
    """One that is whole, with a file where the services of the world have theirs."""
    content, name = b"a backup", f"orrery-{secrets.token_hex(4)}.zip"
    kept = Backup(
        filename=name,
        status=BackupStatus.COMPLETED,
        size=len(content),
        created_by=world.ids["outsider_id"],
        documents=1,
    )
    kept.sha256 = sha256(content).hexdigest()
    record = to_record(kept)
    await collection(Backup).insert_one(record)
    if (folder := world.owner.services.backup_dir) is not None:
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    world.ids |= {"backup": record["_id"], "backup_name": name}


async def _wallet(world: World) -> None:
    """Of the organization, with something in it."""
    some = WalletGrant(owner_id=world.ids["organization"], amount=1_000, action="To begin with")
    await wallet.grant(await world.context("outsider"), some)


async def _tenants(world: World) -> None:
    owner, ids = world.owner, world.ids
    ids["org_slug"] = f"acme-{secrets.token_hex(4)}"
    made = await organization.create_organization(again(owner), OrganizationCreate(name="Acme", slug=ids["org_slug"]))
    ids["organization"] = made.value["_id"]
    ids["workspace_slug"] = "eng"
    eng = WorkspaceCreate(organization_id=ids["organization"], name="Engineering", slug=ids["workspace_slug"])
    ids["workspace"] = (await workspace.create_workspace(again(owner), eng)).value["_id"]
    ids["user"] = owner.user_id
    key = CredentialCreate.of(organization_id=ids["organization"], key="models.example", value="sk-secret-of-acme")
    spend = BudgetCreate.of(organization_id=ids["organization"], subject_id=ids["workspace"], limit_usd=1000)
    ids["budget"] = (await budget.create_budget(again(owner), spend)).value["_id"]
    waiting = QueueCreate.of(workspace_id=ids["workspace"], name="Mails")
    ids["queue_name"] = "Mails"
    ids["queue"] = (await queue.create_queue(again(owner), waiting)).value["_id"]
    work = JobCreate.of(queue_id=ids["queue"], name="Send")
    ids["job"] = (await job.create_job(again(owner), work)).value["_id"]
    nightly = ScheduleCreate.of(queue_id=ids["queue"], name="Sweep", cron="0 3 1 1 *")
    ids["schedule"] = (await schedule.create_schedule(again(owner), nightly)).value["_id"]
    ids["credential_key"], ids["integration"] = key.key, "anthropic"
    ids["credential"] = (await credential.create_credential(again(owner), key)).value["_id"]


async def _team(world: World) -> None:
    """Of the owner, with the member in it."""
    core = TeamCreate.of(organization_id=world.ids["organization"], name="Core")
    world.ids["team"] = (await team.create_team(again(world.owner), core)).value["_id"]
    joining = TeamMemberAdd(user_id=world.ids["member_id"])
    await team_member.add_team_member(again(world.owner), world.ids["team"], joining)


async def _conversations(world: World) -> None:
    """Of the owner: one with the assistant, and one about the prompt of a card, with a draft."""
    ids = world.ids
    said = AssistantSay(project_id=ids["project"], content="What is next?")
    message = (await conversation.message_assistant(again(world.owner), said)).value
    ids["message"], ids["conversation"] = message["_id"], message["conversation_id"]
    about = PreSessionCreate(card_id=ids["card"])
    ids["pre_session"] = (await pre_session.create_pre_session(again(world.owner), about)).value["_id"]
    draft = {"$set": {"draft": "Do it well"}}
    await collection(Conversation).update_one({"_id": ids["pre_session"]}, draft)


async def _registered(world: World, name: str) -> Context:
    person = await world.people.register(name)
    world.tokens[name] = world.people.sign_ins[person.user_id].access_token
    world.ids[f"{name}_email"] = world.people.email(person)
    world.ids[f"{name}_id"] = person.user_id
    return person


async def _joined(world: World, name: str, role: Role) -> None:
    person = await _registered(world, name)
    values = WorkspaceMemberInvite(email=world.people.email(person), role=role)
    invited = await invitation.invite_workspace_member(again(world.owner), world.ids["workspace"], values)
    await accept.accept_invitation(again(person), invited.value.token or "")
    if role is Role.ADMIN:
        await organization_member.update_organization_member(
            again(world.owner), world.ids["organization"], person.user_id, OrganizationMemberUpdate(role=role)
        )


async def _objects(world: World) -> None:
    ids = world.ids

    async def made(create: Callable[[Context, Any], Awaitable[Any]], values: Any) -> Record:
        record: Record = (await create(again(world.owner), values)).value
        return record

    ids["folder"] = str(folder_of(ids["org_slug"]))
    repository(folder_of(ids["org_slug"]))
    launch = ProjectCreate.of(workspace_id=ids["workspace"], name="Launch", path=ids["folder"])
    ids["project"] = (await made(project.create_project, launch))["_id"]
    await project_member.add_project_member(
        again(world.owner), ids["project"], ProjectMemberAdd(user_id=ids["member_id"])
    )
    ids["scope"] = (await made(scope.create_scope, ScopeCreate.of(project_id=ids["project"], name="Phase")))["_id"]
    ids["column"] = (await made(column.create_column, ColumnCreate.of(project_id=ids["project"], name="To do")))["_id"]
    ids["label"] = (await made(label.create_label, LabelCreate.of(project_id=ids["project"], name="bug")))["_id"]
    first = CardCreate.of(project_id=ids["project"], column_id=ids["column"], title="First", label_ids=[ids["label"]])
    ids["card"] = (await made(card.create_card, first))["_id"]
    item = await add_checklist_item(again(world.owner), ids["card"], ChecklistItemAdd(title="Step"))
    ids["item"] = item.value["checklist"][-1]["id"]
    level = CustomFieldCreate.of(
        project_id=ids["project"], name="Level", type=FieldType.SELECT, options=[CustomFieldOptionInput(label="Low")]
    )
    made_field = await made(custom_field.create_custom_field, level)
    ids["custom_field"], ids["option"] = made_field["_id"], made_field["options"][0]["id"]
    await set_card_custom_fields(
        again(world.owner),
        ids["card"],
        CardCustomFieldsSet(values=[CustomFieldValueInput(field_id=ids["custom_field"], value="Low")]),
    )
    pattern = TemplateCreateFromProject(project_id=ids["project"], name="Pattern", include_cards=True)
    ids["template"] = (await made(template.create_template, pattern))["_id"]
    tidy = {"type": "remove_label", "labelId": str(ids["label"])}
    tidied = AutomationCreate.of(
        project_id=ids["project"],
        trigger=AutomationTrigger.TASK_CREATED,
        conditions={"title": "third_card"},
        action=tidy,
    )
    ids["automation"] = (await made(automation.create_automation, tidied))["_id"]
    for name in ("second_card", "third_card"):
        ids[name] = (await made(card.create_card, CardCreate.of(project_id=ids["project"], title=name)))["_id"]
    # As if the card had been done: the board of the world tells no card so.
    done = await collection(Card).find_one({"_id": ids["third_card"]})
    assert done is not None
    entry = entry_of({**done, "completed_at": done["created_at"]}, {}, None)
    await collection(ChangelogEntry).insert_one(entry)
    ids["changelog_entry"] = entry["_id"]
    waits = RelationCreate(card_id=ids["card"], target_card_id=ids["second_card"], type=RelationType.BLOCKS)
    ids["relation"] = (await made(relation.create_relation, waits))["_id"]
    said = CommentCreate(card_id=ids["card"], content="Hello")
    ids["comment"] = (await made(comment.create_comment, said))["_id"]
    ids["worktree"] = (await made(worktree.create_worktree, ids["card"]))["_id"]
    tests = ScriptCreate.of(project_id=ids["project"], name="Test", command="make test")
    ids["script"] = (await made(script.create_script, tests))["_id"]
    # Also where the gateway around this world lets none run.
    lets_run = replace(world.owner.services, runs_scripts=True)
    await script_run.run_script(Context(world.owner.subject, lets_run), ids["script"], ScriptStart())
    ids["script_run"] = (await made(script_run.cancel_script, ids["script"]))["_id"]
    file = AttachmentCreate(card_id=ids["card"], file=upload(b"Hello", name="hello.txt"))
    ids["attachment"] = (await made(attachment.create_attachment, file))["_id"]
    ids["link"] = link_to(world.owner.services, ids["attachment"]).partition("?")[2]
    large = ProjectImportStart(workspace_id=ids["workspace"], file=upload(b'{"project": {"name": "Large"}}'))
    ids["transfer_job"] = (await made(transfer_job.start_import, large))["_id"]
    written = DocumentCreate.of(workspace_id=ids["workspace"], title="Plan", content="# Plan")
    made_document = await made(document.create_document, written)
    ids["document"], ids["version"] = made_document["_id"], made_document["content_id"]
    await document_link.link_document(again(world.owner), ids["document"], ids["card"])
    invited = WorkspaceMemberInvite(email="nobody@example.com")
    made_invitation = await invitation.invite_workspace_member(again(world.owner), ids["workspace"], invited)
    ids["invitation"] = made_invitation.value.token
    ids["invitation_id"] = made_invitation.value.invitation["_id"]
    asked = OrganizationMemberInvite(email="nobody@example.com")
    to_all = await organization_invitation.invite_organization_member(again(world.owner), ids["organization"], asked)
    ids["organization_invitation"] = to_all.value.token
    ids["organization_invitation_id"] = to_all.value.invitation["_id"]


async def _pilotage(world: World) -> None:
    ids = world.ids

    async def made(create: Callable[[Context, Any], Awaitable[Any]], values: type[Any], **given: Any) -> Any:
        return (await create(again(world.owner), values.of(workspace_id=ids["workspace"], **given))).value

    ids["objective"] = (await made(objective.create_objective, ObjectiveCreate, objective="Sell"))["_id"]
    first = await made(priority.create_priority, PilotagePriorityCreate, label="Billing")
    ids["pilotage_priority"] = first.pilotage_priority["_id"]
    serving = {"objective_id": ids["objective"], "priority_id": ids["pilotage_priority"]}
    ids["todo"] = (await made(todo.create_todo, TodoCreate, label="Test", **serving))["_id"]
    ids["decision"] = (await made(decision.create_decision, DecisionCreate, title="Buy"))["_id"]
    registered = await made(pilotage_document.create_document, PilotageDocumentCreate, title="Billing API")
    ids["pilotage_document"] = registered["_id"]
    kept = await made(write_workspace_file, WorkspaceFileWrite, path="planner/SOUL.md", content="Be kind")
    ids["workspace_file"] = kept["_id"]
    logged = await made(create_log_line, LogLineCreate, agent_name="planner", message="Begun")
    ids["log_line"] = logged["_id"]
    order = await made(standing_order.create_standing_order, StandingOrderCreate, text="Write tests")
    ids["standing_order"] = order["_id"]


async def _tokens(world: World) -> None:
    async def token(name: str, scopes: list[TokenScope]) -> ObjectId:
        values = ApiTokenCreate(name=name, scopes=scopes)
        made = (await api_token.create_api_token(again(world.owner), values)).value
        world.tokens[name] = made.secret
        token_id: ObjectId = made.api_token["_id"]
        return token_id

    for missing in TokenScope:
        before = {one.scope_before for one in CATALOGUE.values() if one.scope is missing}
        lacking = {missing, WIDER.get(missing), *before}
        await token(world.token_without(missing), [scope for scope in TokenScope if scope not in lacking])
    world.ids["token"] = await token("every scope", list(TokenScope))
    robot = ApiKeyCreate.of(organization_id=world.ids["organization"], workspace_id=world.ids["workspace"], name="Key")
    made = (await api_key.create_api_key(again(world.owner), robot)).value
    world.tokens["key"], world.ids["api_token"] = made.secret, made.api_token["_id"]
    expired = await token("expired", list(TokenScope))
    yesterday = utc_now() - timedelta(days=1)
    await collection(ApiToken).update_one({"_id": expired}, {"$set": {"expires_at": yesterday}})
    await api_token.revoke_api_token(again(world.owner), await token("revoked", list(TokenScope)))


async def _applications(world: World) -> None:
    grant = to_record(
        OAuthGrant(
            user_id=world.owner.user_id,
            client_id="https://editor.example/oauth",
            client_name="Editor",
            client_host="editor.example",
            redirect_host="editor.example",
            scopes=[TokenScope.PROJECTS_READ],
            expires_at=utc_now() + timedelta(days=30),
        )
    )
    await collection(OAuthGrant).insert_one(grant)
    world.ids["oauth_grant"] = grant["_id"]


async def _agents(world: World) -> None:
    ids = world.ids
    for name in ("agent", "other agent"):
        slug = {"agent": "planner"}.get(name, name.replace(" ", "-"))
        values = AgentCreate.of(
            workspace_id=ids["workspace"],
            name=name,
            slug=slug,
            tools=["*"],
            autonomy_mode=AutonomyMode.AUTONOMOUS,
        )
        made = (await agent.create_agent(again(world.owner), values)).value
        world.tokens[name] = made.token
        ids[name] = made.agent["_id"]
    ids["agent_slug"] = "planner"
    slow = DiscoveryEngineCreate.of(workspace_id=ids["workspace"], name="Slow pages", layer="frontend")
    ids["discovery_engine"] = (await engine.create_discovery_engine(again(world.owner), slow)).value["_id"]
    ids["engine_slug"] = "slow-pages"
    kind = AgentTemplateCreate.of(workspace_id=ids["workspace"], name="Scout", slug="scout", tools=["read_board"])
    ids["agent_template"] = (await agent_template.create_agent_template(again(world.owner), kind)).value["_id"]
    script = {"name": "run.sh", "type": "script", "path": "/srv/planner/run.sh"}
    starts = AgentAutomationCreate.of(workspace_id=ids["workspace"], agent_id=ids["agent"], **script)
    recorded = await agent_automation.create_agent_automation(again(world.owner), starts)
    ids["agent_automation"] = recorded.value["_id"]
    for name in ("skill", "spare_skill"):
        text = SkillCreate.of(
            workspace_id=ids["workspace"], slug=name.replace("_", "-"), description="To read", instructions="Read"
        )
        ids[name] = (await skill.create_skill(again(world.owner), text)).value["_id"]
    for name in ("agent", "other agent"):
        await assign.add_agent_skill(again(world.owner), ids[name], ids["skill"])
    steps = [PipelineStepInput(id="look", type=PipelineStepType.AGENT, agent_id=ids["agent"], text="Look")]
    flow = PipelineCreate.of(workspace_id=ids["workspace"], name="Flow", steps=steps)
    ids["pipeline"] = (await pipeline.create_pipeline(again(world.owner), flow)).value["_id"]
    hook = PluginInstall.of(workspace_id=ids["workspace"], plugin="webhook", name="Hook", settings=hook_of(ids))
    ids["plugin"] = (await plugin.install_plugin(again(world.owner), hook)).value["_id"]
    server = {"url": "https://127.0.0.1:1/mcp"}  # which is refused before anything is sent
    tools = PluginInstall.of(workspace_id=ids["workspace"], plugin="mcp", name="Tools", settings=server)
    ids["mcp_plugin"] = (await plugin.install_plugin(again(world.owner), tools)).value["_id"]
    echo = RemoteToolCall(workspace_id=ids["workspace"], plugin_id=ids["mcp_plugin"], tool="echo")
    ids["remote_call"] = (await remote.call_remote_tool(again(world.owner), echo)).value["_id"]
    unknown = {"$set": {"state": RemoteCallState.UNKNOWN.value, "due_at": None}}
    await collection(RemoteCall).update_one({"_id": ids["remote_call"]}, unknown)
    for name in ("project_draft", "planned_draft"):
        texts = [{"content": "Soon"}]
        brief = ProjectDraftCreate.of(workspace_id=ids["workspace"], name="Ship it", context_documents=texts)
        ids[name] = (await project_draft.create_project_draft(again(world.owner), brief)).value["_id"]
    when = ProjectDraftAsk(readiness=40, questions=[DraftQuestionInput(kind=DraftQuestionKind.TEXT, text="By when?")])
    await project_draft.ask_project_draft(again(world.owner), ids["project_draft"], when)
    phase = DraftPhaseInput(name="Alpha", deliverables=[DraftDeliverableInput(title="A ship")])
    await project_draft.update_project_draft(
        again(world.owner), ids["planned_draft"], ProjectDraftUpdate.of(roadmap=[phase])
    )
    # The caller "agent" meets a mission that is the other agent's, and one that is its own is never needed here. It is
    # about no card: nobody could delete that.
    asked = MissionCreate(agent_id=ids["other agent"], project_id=ids["project"], prompt="Look around")
    ids["mission"] = (await mission.create_mission(again(world.owner), asked)).value["_id"]
    driver = await world.context("other agent")
    await mission_drive.claim_mission(driver, ids["workspace"])
    said = MissionReport(activities=[MissionActivityInput(kind=MissionActivityKind.THOUGHT, content="Hm")])
    await mission_drive.report_mission(await world.context("other agent"), ids["mission"], said)
    activity = await collection(MissionActivity).find_one({"mission_id": ids["mission"]}, {"_id": 1})
    assert activity is not None
    ids["mission_activity"] = activity["_id"]
    painted = ProposalCreate(workspace_id=ids["workspace"], mission_id=ids["mission"], action="Paint the dome")
    ids["proposal"] = (await proposal.create_proposal(await world.context("other agent"), painted)).value["_id"]
    # The owner is told of what the agent does.
    note = CommentCreate(card_id=ids["card"], content="Done")
    await comment.create_comment(await world.context("agent"), note)
    await follow(world.owner.services)
    await follow_automations(world.owner.services)
    told = await collection(Notification).find_one({"user_id": ids["user"]}, {"_id": 1})
    assert told is not None
    ids["notification"] = told["_id"]


# Only clients that are made later have it: conftest.py imports it before the database of the session is opened.
WRITTEN = Written()
monitoring.register(WRITTEN)
_kept: dict[str, list[tuple[datetime | None, bytes]]] = {}
"""Of each collection that nothing has written to since: the hash of every document, and when its time has come."""


async def fingerprint(database: Database) -> str:
    """A hash of everything that the database holds, when tokens were last used and what processes take turns at aside.

    What the database removes by itself, because its time has come, counts as gone some minutes before.
    """
    for name in WRITTEN.collections.copy():
        _kept.pop(name, None)
    WRITTEN.collections.clear()
    soon = utc_now() + timedelta(minutes=5)
    digest = sha256()
    for name in sorted(await database.db.list_collection_names()):
        if name == collection(Lease).name:
            continue
        if name not in _kept:
            _kept[name] = await _documents(database, name)
        digest.update(name.encode())
        for gone, stored in _kept[name]:
            if gone is None or gone > soon:
                digest.update(stored)
    return digest.hexdigest()


async def _documents(database: Database, name: str) -> list[tuple[datetime | None, bytes]]:
    lifetimes = {
        index["key"][0][0]: timedelta(seconds=index["expireAfterSeconds"])
        for index in (await database.db[name].index_information()).values()
        if "expireAfterSeconds" in index
    }
    found: list[tuple[datetime | None, bytes]] = []
    async for stored in database.db[name].find({}, {"last_used_at": 0}).sort("_id", 1):
        ends = [stored[key] + lifetime for key, lifetime in lifetimes.items() if stored.get(key) is not None]
        found.append((min(ends, default=None), sha256(bson.encode(stored)).digest()))
    return found
