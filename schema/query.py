"""The roots of the graph."""

from typing import Annotated, Any, cast

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

from resolvers import node
from resolvers.account import account, invited
from resolvers.account import export as account_export
from resolvers.agent import idle
from resolvers.api_key import api_key, use
from resolvers.attachment import attachment
from resolvers.billing import pricing, summary
from resolvers.card import card
from resolvers.column import scope
from resolvers.credential import credential
from resolvers.document import document
from resolvers.filing import find
from resolvers.inputs.api_key import KeyUseList
from resolvers.inputs.filing import CardNext, CardSearch
from resolvers.inputs.installation import LogList, PeopleList
from resolvers.inputs.log_line import LogFileSearch
from resolvers.installation import (
    backup,
    backup_remote,
    health,
    installation,
    log_entry,
    log_export,
    log_file,
    oidc,
    person,
    person_delete,
)
from resolvers.job import factory, queue
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.machine import filesystem
from resolvers.mission import mission
from resolvers.organization import kept, organization
from resolvers.plugin import manifest, remote
from resolvers.project import project
from resolvers.proposal import proposal
from resolvers.search import search
from resolvers.team import team
from resolvers.transfer import job as transfer_job
from resolvers.user.people import find_people
from resolvers.workspace import workspace
from schema.agent import IdleCheck
from schema.ahead import begin_board
from schema.api_token import ApiToken, KeyUses
from schema.arguments import (
    AttachmentId,
    CardId,
    DocumentId,
    LinkToken,
    MissionId,
    ProjectId,
    ProposalId,
    QueueId,
    ScopeId,
    Slug,
    TeamId,
    TransferJobId,
    WorkspaceId,
)
from schema.attachment import Attachment
from schema.backup import Backup, BackupRemote
from schema.billing import BillingSummary, PlanCheck, PlanSlug, Pricing
from schema.card import Card
from schema.connection import After, Before, Connection, First, Last
from schema.context import Info
from schema.credential import Credential
from schema.document import Document
from schema.inputs.base import read
from schema.inputs.derived import input_type
from schema.installation import Health, Installation, LogExport, Oidc, People
from schema.invitation import InvitationPreview
from schema.job import Factory, Queue
from schema.loading import resolved
from schema.log_entry import Level, LogEntry, LogFile, LogFileLine, LogLimit, LogSearch
from schema.machine import Folder, TextFile
from schema.mission import Mission
from schema.node import Node
from schema.organization import DeletedOrganization, Organization
from schema.plugin import PluginManifest, RemoteServer
from schema.project import Project
from schema.proposal import Proposal
from schema.scope import Scope
from schema.search import Archived, InProject, SearchAfter, SearchConnection, SearchFirst, SearchTypes, Words
from schema.selection import wanted_fields
from schema.team import Team
from schema.transfer import TransferJob
from schema.user import User
from schema.workspace import Workspace

NodeId = Annotated[strawberry.ID, strawberry.argument(description="The id of any object.")]
NodeIds = Annotated[list[strawberry.ID], strawberry.argument(description="The ids of at most 100 objects.")]
AgentSlug = Annotated[str, strawberry.argument(description="The slug of the agent.")]
RunMode = Annotated[
    str | None,
    strawberry.argument(description="What it is about to do: `discovery` needs nothing that waits; `task` by default."),
]
PartOfName = Annotated[
    str, strawberry.argument(description="A part of the name or of the e-mail address, 2 to 100 characters.")
]
FolderPath = Annotated[
    str | None, strawberry.argument(description="An absolute path; without one the roots are answered.")
]
FilePath = Annotated[str, strawberry.argument(description="An absolute path.")]
OfOrganization = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The id of an organization; without it, all whose admin the viewer is."),
]
OrganizationId = Annotated[strawberry.ID, strawberry.argument(description="The id of the organization.")]
KeyId = Annotated[strawberry.ID, strawberry.argument(description="The id of the key.")]
NewestOffset = Annotated[int | None, strawberry.argument(description="How many to leave out, the newest first.")]
UsesLimit = Annotated[int | None, strawberry.argument(description="How many to return: 50 by default, at most 200.")]
PeopleSearch = Annotated[
    str | None, strawberry.argument(description="A part of the name or of the e-mail address, at most 100 characters.")
]
Offset = Annotated[int | None, strawberry.argument(description="How many to leave out, the oldest first.")]
Limit = Annotated[int | None, strawberry.argument(description="How many to return: 50 by default, at most 100.")]
BeforeEntry = Annotated[strawberry.ID | None, strawberry.argument(description="Those before an entry, by its id.")]
Filename = Annotated[str, strawberry.argument(description="The name of the file.")]
PersonId = Annotated[strawberry.ID, strawberry.argument(description="The id of the person.")]
WorkspaceCards: Any = Annotated[input_type(CardSearch), strawberry.argument(description="Which cards.")]
AmongCards: Any = Annotated[input_type(CardNext), strawberry.argument(description="Among which cards.")]
OrgSlug = Annotated[str, strawberry.argument(description="The slug of the organization.")]


def fields_of(info: Info) -> frozenset[str]:
    """The record fields that the selection of a root field needs."""
    return wanted_fields(info._raw_info)


def given(value: Any) -> Any:
    """An argument, or None where it was left out."""
    return None if value is UNSET else value


@strawberry.type(description="What can be read.")
class Query:
    @resolved("Whoever asks.")
    async def viewer(self, info: Info) -> User:
        return cast("User", await account.get_viewer(info.context.ctx, fields_of(info)))

    @resolved("All that is about the viewer, to be kept or taken elsewhere.")
    async def account_export(self, info: Info) -> JSON:
        return cast("JSON", await account_export.export_account(info.context.ctx))

    @resolved("Any object by its id.")
    async def node(self, info: Info, id: NodeId) -> Node | None:
        return cast("Node", await node.get_node(info.context.ctx, id))

    @resolved("The plugins that workspaces may install; for anybody.")
    async def plugins(self, info: Info) -> list[PluginManifest]:
        return cast("list[PluginManifest]", await manifest.list_manifests(info.context.ctx))

    @resolved("The servers whose tools a workspace may call, asked just now.")
    async def remote_servers(self, info: Info, workspace_id: WorkspaceId) -> list[RemoteServer]:
        return cast("list[RemoteServer]", await remote.list_remote_servers(info.context.ctx, workspace_id))

    @resolved("Whether an agent need not begin to work at the moment, and why.")
    async def agent_idle(
        self, info: Info, workspace_id: WorkspaceId, agent_name: AgentSlug, run_mode: RunMode = None
    ) -> IdleCheck:
        return cast("IdleCheck", await idle.find_idle(info.context.ctx, workspace_id, agent_name, run_mode))

    @resolved("What works on the queues of a workspace at the moment, and what is wrong with it.")
    async def factory(self, info: Info, workspace_id: WorkspaceId) -> Factory:
        return cast("Factory", await factory.get_factory(info.context.ctx, workspace_id))

    @resolved("A queue by its id.")
    async def queue(self, info: Info, id: QueueId) -> Queue | None:
        return cast("Queue", await queue.get_queue(info.context.ctx, id, fields_of(info)))

    @resolved("Objects by their ids; null for what does not exist.")
    async def nodes(self, info: Info, ids: NodeIds) -> list[Node | None]:
        return cast("list[Node | None]", await node.get_nodes(info.context.ctx, ids))

    @resolved("The organizations that the viewer is a member of, in the order of joining.")
    async def organizations(
        self, info: Info, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Connection[Organization]:
        window = Window.read(given(first), given(after), given(last), given(before))
        found = await organization.list_organizations(info.context.ctx, window, fields_of(info))
        return cast("Connection[Organization]", found)

    @resolved("The viewer's organizations that were deleted and can be restored, oldest first.")
    async def deleted_organizations(self, info: Info) -> list[DeletedOrganization]:
        return cast("list[DeletedOrganization]", await kept.list_deleted_organizations(info.context.ctx))

    @resolved("At most 20 people who share an organization with the viewer, by a part of their name or address.")
    async def users(self, info: Info, search: PartOfName) -> list[User]:
        return cast("list[User]", await find_people(info.context.ctx, search, fields_of(info)))

    @resolved("An organization by its slug.")
    async def organization(self, info: Info, slug: Slug) -> Organization | None:
        found = await organization.get_organization(info.context.ctx, slug, fields_of(info))
        return cast("Organization", found)

    @resolved("The credentials that the viewer administers, without what they hold, by their organizations and keys.")
    async def credentials(self, info: Info, organization_id: OfOrganization = UNSET) -> list[Credential]:
        found = await credential.list_credentials(info.context.ctx, given(organization_id), fields_of(info))
        return cast("list[Credential]", found)

    @resolved("The API keys of an organization, revoked ones too, the newest first: for its admins.")
    async def api_keys(self, info: Info, organization_id: OrganizationId) -> list[ApiToken]:
        return cast("list[ApiToken]", await api_key.list_api_keys(info.context.ctx, organization_id))

    @resolved("An API key of an organization: for its admins.")
    async def api_key(self, info: Info, id: KeyId) -> ApiToken | None:
        return cast("ApiToken", await api_key.get_api_key(info.context.ctx, id))

    @resolved("What an API key of an organization was used for: for its admins.")
    async def api_key_uses(
        self, info: Info, id: KeyId, offset: NewestOffset = UNSET, limit: UsesLimit = UNSET
    ) -> KeyUses:
        asked = {"offset": given(offset), "limit": given(limit)}
        values = read_input(KeyUseList, {name: value for name, value in asked.items() if value is not None})
        return cast("KeyUses", await use.list_api_key_uses(info.context.ctx, id, values))

    @resolved("What the operator offers; for anybody.")
    async def pricing(self, info: Info) -> Pricing:
        return cast("Pricing", await pricing.get_pricing(info.context.ctx))

    @resolved("What an organization has of its plan, and what is paid for it.")
    async def billing_summary(self, info: Info, organization_id: OrganizationId) -> BillingSummary:
        found = await summary.get_billing_summary(info.context.ctx, organization_id, fields_of(info))
        return cast("BillingSummary", found)

    @resolved("Whether an organization could be on a plan.")
    async def billing_plan_check(self, info: Info, organization_id: OrganizationId, plan: PlanSlug) -> PlanCheck:
        return cast("PlanCheck", await summary.check_plan(info.context.ctx, organization_id, plan))

    @resolved("A workspace by its slug and that of its organization.")
    async def workspace(self, info: Info, org_slug: OrgSlug, slug: Slug) -> Workspace | None:
        found = await workspace.get_workspace(info.context.ctx, org_slug, slug, fields_of(info))
        return cast("Workspace", found)

    @resolved("What the link of an invitation leads to, for whoever holds its token.")
    async def invitation(self, info: Info, token: LinkToken) -> InvitationPreview | None:
        return cast("InvitationPreview", await invited.get_invitation(info.context.ctx, token))

    @resolved("The installation as a whole; for anybody.")
    async def installation(self, info: Info) -> Installation:
        return cast("Installation", await installation.get_installation(info.context.ctx))

    @resolved("How the gateway is; for anybody.")
    async def health(self, info: Info) -> Health:
        return cast("Health", await health.get_health(info.context.ctx))

    @resolved("A folder of the gateway's machine, for whoever may bind projects to what is in it.")
    async def folder(self, info: Info, path: FolderPath = UNSET) -> Folder:
        return cast("Folder", await filesystem.browse_folder(info.context.ctx, given(path)))

    @resolved("A file of text of the gateway's machine, of at most 1 MB.")
    async def text_file(self, info: Info, path: FilePath) -> TextFile:
        return cast("TextFile", await filesystem.read_text_file(info.context.ctx, path))

    @resolved("Accounts of people, the oldest first; for whoever manages them.")
    async def people(
        self, info: Info, search: PeopleSearch = UNSET, offset: Offset = UNSET, limit: Limit = UNSET
    ) -> People:
        asked = {"search": given(search), "offset": given(offset), "limit": given(limit)}
        values = read_input(PeopleList, {name: value for name, value in asked.items() if value is not None})
        return cast("People", await person.list_people(info.context.ctx, values))

    @resolved("Entries of the log of the gateway, the newest first; for super-administrators.")
    async def log_entries(
        self,
        info: Info,
        level: Level = UNSET,
        search: LogSearch = UNSET,
        limit: LogLimit = UNSET,
        before: BeforeEntry = UNSET,
    ) -> list[LogEntry]:
        asked = {"level": given(level), "search": given(search), "limit": given(limit), "before": given(before)}
        values = read_input(LogList, {name: value for name, value in asked.items() if value is not None})
        return cast("list[LogEntry]", await log_entry.list_log_entries(info.context.ctx, values))

    @resolved("The files that the gateway writes its log to, the newest first; for super-administrators.")
    async def log_files(self, info: Info) -> list[LogFile]:
        return cast("list[LogFile]", await log_file.list_log_files(info.context.ctx))

    @resolved("Lines of those files, the newest first, out of the latest 4 MiB; for super-administrators.")
    async def log_file_lines(
        self, info: Info, level: Level = UNSET, search: LogSearch = UNSET, limit: LogLimit = UNSET
    ) -> list[LogFileLine]:
        asked = {"level": given(level), "search": given(search), "limit": given(limit)}
        values = read_input(LogFileSearch, {name: value for name, value in asked.items() if value is not None})
        return cast("list[LogFileLine]", await log_file.read_log_files(info.context.ctx, values))

    @resolved("Where the log of the gateway is sent; for super-administrators.")
    async def log_export(self, info: Info) -> LogExport:
        return cast("LogExport", await log_export.get_log_export(info.context.ctx))

    @resolved("The identity provider by which people may sign in; for super-administrators.")
    async def oidc(self, info: Info) -> Oidc:
        return cast("Oidc", await oidc.get_oidc(info.context.ctx))

    @resolved("The backups, the newest first; for super-administrators.")
    async def backups(self, info: Info) -> list[Backup]:
        return cast("list[Backup]", await backup.list_backups(info.context.ctx))

    @resolved("A backup by the name of its file; for super-administrators.")
    async def backup(self, info: Info, filename: Filename) -> Backup | None:
        return cast("Backup", await backup.get_backup(info.context.ctx, filename))

    @resolved("Whether the newest backup was copied to where that is to be; for super-administrators.")
    async def backup_remote(self, info: Info) -> BackupRemote:
        return cast("BackupRemote", await backup_remote.get_backup_remote(info.context.ctx))

    @resolved("How many projects would pass on with somebody's account; for whoever manages accounts.")
    async def person_owned_projects(self, info: Info, id: PersonId) -> int:
        return await person_delete.count_owned_projects(info.context.ctx, id)

    @resolved("A team by its id.")
    async def team(self, info: Info, id: TeamId) -> Team | None:
        return cast("Team", await team.get_team(info.context.ctx, id, fields_of(info)))

    @resolved("Cards of a workspace in words, the newest first.")
    async def workspace_cards(self, info: Info, input: WorkspaceCards) -> Connection[Card]:
        return cast("Connection[Card]", await find.find_cards(info.context.ctx, read(CardSearch, input)))

    @resolved("The card to do next: the most urgent that waits for none; then what is due first, then the oldest.")
    async def next_card(self, info: Info, input: AmongCards) -> Card | None:
        return cast("Card", await find.find_next_card(info.context.ctx, read(CardNext, input)))

    @resolved("A project by its id.")
    async def project(self, info: Info, id: ProjectId) -> Project | None:
        begin_board(info, id)
        return cast("Project", await project.get_project(info.context.ctx, id, fields_of(info)))

    @resolved("A scope by its id.")
    async def scope(self, info: Info, id: ScopeId) -> Scope | None:
        return cast("Scope", await scope.get_scope(info.context.ctx, id, fields_of(info)))

    @resolved("A card by its id.")
    async def card(self, info: Info, id: CardId) -> Card | None:
        return cast("Card", await card.get_card(info.context.ctx, id, fields_of(info)))

    @resolved("An attachment by its id.")
    async def attachment(self, info: Info, id: AttachmentId) -> Attachment | None:
        return cast("Attachment", await attachment.get_attachment(info.context.ctx, id, fields_of(info)))

    @resolved("A document by its id.")
    async def document(self, info: Info, id: DocumentId) -> Document | None:
        return cast("Document", await document.get_document(info.context.ctx, id, fields_of(info)))

    @resolved("A mission by its id.")
    async def mission(self, info: Info, id: MissionId) -> Mission | None:
        return cast("Mission", await mission.get_mission(info.context.ctx, id, fields_of(info)))

    @resolved("A proposal by its id.")
    async def proposal(self, info: Info, id: ProposalId) -> Proposal | None:
        return cast("Proposal", await proposal.get_proposal(info.context.ctx, id, fields_of(info)))

    @resolved("An import that runs by itself, by its id.")
    async def transfer_job(self, info: Info, id: TransferJobId) -> TransferJob | None:
        found = await transfer_job.get_transfer_job(info.context.ctx, id, fields_of(info))
        return cast("TransferJob", found)

    @resolved("What a workspace holds that has the words of a query, the best first.")
    async def search(
        self,
        info: Info,
        workspace_id: WorkspaceId,
        query: Words,
        types: SearchTypes = UNSET,
        project_id: InProject = UNSET,
        archived: Archived = False,
        first: SearchFirst = UNSET,
        after: SearchAfter = UNSET,
    ) -> SearchConnection:
        found = await search.search(
            info.context.ctx,
            workspace_id,
            query,
            types=given(types),
            project_id=given(project_id),
            archived=archived,
            first=given(first),
            after=given(after),
            fields=fields_of(info),
        )
        return cast("SearchConnection", found)
