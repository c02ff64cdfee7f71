"""Mutations on agents, missions and notifications."""

from typing import Annotated

import strawberry
from strawberry import UNSET

from resolvers import agent, mission, mission_drive, notification
from resolvers.inputs.agent import AgentCreate, AgentUpdate
from resolvers.inputs.base import read_input
from resolvers.inputs.mission import MissionComplete, MissionCreate, MissionFail, MissionReport
from schema.agent import Agent
from schema.arguments import CHANGES, VALUES, AgentId, MissionId, NotificationId, WorkspaceId
from schema.context import Info
from schema.inputs.base import read
from schema.inputs.pilotage import AgentCreateInput, AgentUpdateInput, MissionCreateInput, MissionReportInput
from schema.loading import mutation
from schema.mission import Mission
from schema.notification import Notification
from schema.payload import DeletePayload, committed, cursor_field, deleted, payload
from schema.scalars import Cursor


@strawberry.type(description="What a change of an agent returns.")
class AgentPayload:
    agent: Agent = strawberry.field(description="The agent as it is now.")
    token: str | None = strawberry.field(description="The text of its token, shown once, when it is created.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a mission returns.")
class MissionPayload:
    mission: Mission = strawberry.field(description="The mission as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What claiming a mission returns.")
class MissionClaimPayload:
    mission: Mission | None = strawberry.field(description="The mission; null where none is queued.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What marking a notification returns.")
class NotificationPayload:
    notification: Notification = strawberry.field(description="The notification as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What marking all notifications returns.")
class NotificationMarkAllReadPayload:
    count: int = strawberry.field(description="How many were unread.")
    cursor: Cursor = cursor_field()


Summary = Annotated[str | None, strawberry.argument(description="What came of it.")]
Reason = Annotated[str, strawberry.argument(description="Why it failed.")]


@strawberry.type
class PilotageMutation:
    @mutation("Create an agent with a token of its own.")
    async def agent_create(self, info: Info, input: Annotated[AgentCreateInput, VALUES]) -> AgentPayload:
        done = await agent.create_agent(info.context.ctx, read(AgentCreate, input))
        return payload(AgentPayload, agent=done.value.agent, token=done.value.token, cursor=str(done.cursor))

    @mutation("Change an agent.")
    async def agent_update(self, info: Info, id: AgentId, input: Annotated[AgentUpdateInput, CHANGES]) -> AgentPayload:
        return committed(
            AgentPayload, "agent", await agent.update_agent(info.context.ctx, id, read(AgentUpdate, input))
        )

    @mutation("Delete an agent: its token ends, and its missions are cancelled.")
    async def agent_delete(self, info: Info, id: AgentId) -> DeletePayload:
        return deleted(await agent.delete_agent(info.context.ctx, id))

    @mutation("Ask an agent for something; the mission waits until the agent claims it.")
    async def mission_create(self, info: Info, input: Annotated[MissionCreateInput, VALUES]) -> MissionPayload:
        done = await mission.create_mission(info.context.ctx, read(MissionCreate, input))
        return committed(MissionPayload, "mission", done)

    @mutation("Stop a mission that is not finished.")
    async def mission_cancel(self, info: Info, id: MissionId) -> MissionPayload:
        return committed(MissionPayload, "mission", await mission.cancel_mission(info.context.ctx, id))

    @mutation("With an agent's own token: start its oldest queued mission.")
    async def mission_claim(self, info: Info, workspace_id: WorkspaceId) -> MissionClaimPayload:
        done = await mission_drive.claim_mission(info.context.ctx, workspace_id)
        return committed(MissionClaimPayload, "mission", done)

    @mutation("With an agent's own token: report what it does.")
    async def mission_report(
        self, info: Info, id: MissionId, input: Annotated[MissionReportInput, VALUES]
    ) -> MissionPayload:
        done = await mission_drive.report_mission(info.context.ctx, id, read(MissionReport, input))
        return committed(MissionPayload, "mission", done)

    @mutation("With an agent's own token: end a mission well.")
    async def mission_complete(self, info: Info, id: MissionId, summary: Summary = UNSET) -> MissionPayload:
        values = read_input(MissionComplete, {} if summary is UNSET else {"summary": summary})
        return committed(MissionPayload, "mission", await mission_drive.complete_mission(info.context.ctx, id, values))

    @mutation("With an agent's own token: give a mission up.")
    async def mission_fail(self, info: Info, id: MissionId, error: Reason) -> MissionPayload:
        values = read_input(MissionFail, {"error": error})
        return committed(MissionPayload, "mission", await mission_drive.fail_mission(info.context.ctx, id, values))

    @mutation("Mark one of the viewer's notifications as read.")
    async def notification_mark_read(self, info: Info, id: NotificationId) -> NotificationPayload:
        done = await notification.mark_notification_read(info.context.ctx, id)
        return committed(NotificationPayload, "notification", done)

    @mutation("Mark all of the viewer's notifications as read.")
    async def notification_mark_all_read(self, info: Info) -> NotificationMarkAllReadPayload:
        done = await notification.mark_all_notifications_read(info.context.ctx)
        return committed(NotificationMarkAllReadPayload, "count", done)
