"""The work on conversations by the built-in runtime: taken and held as that on missions, and done as their person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from bson import ObjectId

from auth.authenticate import still_valid
from auth.policies import board
from auth.standing import has_ended
from auth.subject import Credential, Subject
from models import Agent, Card, Conversation, Message, MissionRun, Project, Workspace, WorkspaceMember
from models.base import Record, collection
from models.conversation_enums import ConversationKind, ConversationState, ConversationStatus, MessageRole
from models.enums import MissionActivityKind, MissionCallState, MissionStatus, MissionWait, TokenScope
from models.errors import Forbidden, OrreryError
from models.records import ConversationRecord, MessageRecord, MissionCallRecord, MissionRecord, MissionRunRecord
from realtime.log import Change
from resolvers.content.prose import harmless
from resolvers.conversation.message import insert_message, said_since, set_conversation
from resolvers.kit.context import Context, Services
from resolvers.mission.calls import settle_call
from resolvers.mission.losses import QUICK_LOSSES, mark_taken
from resolvers.mission.quoted import quoted
from resolvers.mission.report import Report
from resolvers.mission.run import Held, RunLostError, set_run

READING = frozenset({TokenScope.PROJECTS_READ, TokenScope.PILOTAGE_READ})
"""What a pre-session's model may do."""
ROLES = {MissionActivityKind.RESPONSE: MessageRole.ASSISTANT, MissionActivityKind.ACTION: MessageRole.TOOL}
RECALLED = 24
"""Messages that a model is told again that begins anew."""
GONE = "You are not in this workspace any more"


@dataclass(frozen=True, slots=True)
class Talking(Held):
    """The work on a conversation. What asks a mission of a run is asked its conversation, which has what that reads.

    It is its person's alone: the workspace sees nothing of it. The model is shown the turns from `first_step` on.
    `came_with` is whoever said the last thing before it was taken, with their credential; what is done is done as `ctx`
    has it, which is no sign-in.
    """

    came_with: Subject = field(kw_only=True)
    kind: ConversationKind = field(kw_only=True)
    first_step: int = field(kw_only=True)

    @property
    def actor_id(self) -> ObjectId:
        return self.ctx.user_id

    @property
    def is_watched(self) -> bool:
        return False

    async def check_standing(self) -> None:
        """Raise Unauthenticated where what the last message came with was revoked, or has expired."""
        if not await still_valid(self.came_with):
            raise has_ended()

    async def fenced(self, change: Change, run_update: Mapping[str, Record] | None = None) -> MissionRecord:
        """The conversation as it stands, which is answered and held here until this change is committed."""
        await self._hold(change, run_update)
        found = await collection(Conversation).find_one({"_id": self.mission_id}, session=change.session)
        if found is None or found["status"] != ConversationStatus.ACTIVE:
            raise RunLostError
        return _as_mission(found)

    async def read(self) -> MissionRecord:
        found = await collection(Conversation).find_one({"_id": self.mission_id})
        if found is None:
            raise RunLostError
        return _as_mission(found)

    async def report(
        self, change: Change, mission: MissionRecord, reports: Sequence[Report], changes: Record | None = None
    ) -> MissionRecord:
        """Say within a change what was answered or done, and change the conversation."""
        conversation, left = _as_conversation(mission), dict(changes or {})
        for report in reports:
            role = ROLES.get(report.kind, MessageRole.TOOL if report.tool else MessageRole.SYSTEM)
            conversation, _ = await insert_message(change, conversation, role, report.content, left)
            left = {}
        if left:
            conversation = await set_conversation(change, conversation, left)
        return _as_mission(conversation)

    async def wait(self, change: Change, mission: MissionRecord, what: MissionWait, due_at: datetime | None) -> None:
        """Let the conversation wait within a change; it tells what is missing."""
        run = await self.run(change)
        await set_run(change, self, {"holder": None, "due_at": due_at})
        waiting = {"state": ConversationState.WAITING.value, "waiting_for": what.value, "problem": run.get("told")}
        await set_conversation(change, _as_conversation(mission), waiting)

    async def finish(self, change: Change, mission: MissionRecord, to: MissionStatus, told: str) -> None:
        """End the answer within a change; what went wrong is told. The next message begins another one."""
        run = await self.run(change)
        conversation = _as_conversation(mission)
        read_until = max([run["read_until"], *(said["position"] for said in await _unread(change, self, run))])
        await set_run(change, self, {"holder": None, "due_at": None, "read_until": read_until})
        problem = harmless(told) if to is MissionStatus.FAILED else None
        if problem is not None:
            conversation, _ = await insert_message(change, conversation, MessageRole.SYSTEM, problem)
        await set_conversation(change, conversation, _idle(problem))

    async def beginning(self) -> list[str]:
        """What a model is told before anything is said: what it is about and, where it begins anew, what was said last.

        Raises RunLostError where that is gone.
        """
        found = await collection(Conversation).find_one({"_id": self.mission_id})
        inside = None if found is None else found["project_id"]
        project = await collection(Project).find_one({"_id": inside}, {"name": 1})
        if found is None or project is None:
            raise RunLostError
        lines = [f"The project is {project['_id']}, which is called:\n{quoted(project['name'])}"]
        if found["card_id"] is not None:
            wanted = {"title": 1, "description": 1}
            card = await collection(Card).find_one({"_id": found["card_id"], "project_id": inside}, wanted)
            if card is None:
                raise RunLostError
            lines.append(f"The card is {card['_id']}:\n{quoted(card['title'])}")
            lines.append(f"Its prompt so far:\n{quoted(card['description'] or 'none yet')}")
        if self.first_step > 1:
            lines += ["What was said before:", *await self._recalled()]
        return lines

    async def _recalled(self) -> list[str]:
        run = await collection(MissionRun).find_one(self.mine, {"read_until": 1})
        read_until = 0 if run is None else run["read_until"]
        mine = collection(Message).find({"conversation_id": self.mission_id})
        found = await mine.sort("position", -1).limit(RECALLED).to_list()
        return [
            f"{message['role']}:\n{quoted(message['content'])}"
            for message in reversed(found)
            if message["role"] != MessageRole.USER or message["position"] <= read_until
        ]

    async def rest(self) -> bool:
        """End an answer; True where the person has said something since, which is answered at once."""

        async def body(change: Change, mission: MissionRecord) -> bool:
            run = await self.run(change)
            if await _unread(change, self, run):
                return True
            await set_run(change, self, {"holder": None, "due_at": None, "told": None})
            await set_conversation(change, _as_conversation(mission), _idle(None))
            return False

        return (await self.write(body)).value

    async def keep_draft(self, call: MissionCallRecord, prompt: str) -> None:
        """Keep the prompt of the card as a call says it."""

        async def body(change: Change, mission: MissionRecord) -> None:
            conversation = await set_conversation(change, _as_conversation(mission), {"draft": prompt})
            done: Record = {"state": MissionCallState.DONE.value, "result": "kept", "finished_at": change.at}
            await settle_call(self, change, _as_mission(conversation), call, done, None)

        await self.write(body)


async def take_conversation(services: Services, conversation_id: ObjectId, holder: str) -> Talking | None:
    """Begin to answer a conversation, or go on with it, where it is still due; None where there is nothing to do."""
    found = await collection(Conversation).find_one({"_id": conversation_id})
    agent = None if found is None else await collection(Agent).find_one({"_id": found["agent_id"]})
    if found is None or agent is None:
        await collection(MissionRun).delete_one({"_id": conversation_id})
        return None
    workspace = await collection(Workspace).find_one({"_id": found["workspace_id"]}, {"organization_id": 1})
    if workspace is None:
        return None

    async def body(change: Change) -> Talking | None:
        due = {"_id": conversation_id, "due_at": {"$lte": change.at}}
        run = await collection(MissionRun).find_one(due, session=change.session)
        conversation = await collection(Conversation).find_one({"_id": conversation_id}, session=change.session)
        if run is None:
            return None
        if conversation is None or conversation["status"] != ConversationStatus.ACTIVE:
            await collection(MissionRun).delete_one({"_id": conversation_id}, session=change.session)
            return None
        # Somebody waits for the answer, and may ask again.
        given = await mark_taken(change, run, holder, most_losses=QUICK_LOSSES)
        if given is None:
            return None
        held = Talking(
            Context(_subject(conversation), services),
            agent,
            conversation_id,
            conversation["workspace_id"],
            workspace["organization_id"],
            given.fence,
            came_with=_came_with(conversation),
            kind=ConversationKind(conversation["kind"]),
            first_step=conversation["began_at_step"],
        )
        refusal = await _refusal(conversation, change)
        problem = given.problem if refusal is None else refusal.message
        if problem is not None:
            await set_run(change, held, {"losses": 0, "failures": 0})
            await held.finish(change, _as_mission(conversation), MissionStatus.FAILED, problem)
            return None
        if conversation["state"] != ConversationState.ANSWERING:
            answering = {"state": ConversationState.ANSWERING.value, "waiting_for": None, "problem": None}
            await set_conversation(change, conversation, answering)
        return held

    return (await services.hub.log.write(found["workspace_id"], found["created_by"], body)).value


def _subject(conversation: ConversationRecord) -> Subject:
    """Who asks for what a conversation's model calls: its person, inside its project, with no more than the credential
    of the last message allowed."""
    scopes = frozenset(map(TokenScope, conversation["scopes"]))
    if conversation["kind"] == ConversationKind.PRE_SESSION:
        scopes &= READING
    return Subject(
        user_id=conversation["created_by"],
        scopes=scopes,
        workspace_id=conversation["workspace_id"],
        project_id=conversation["project_id"],
    )


def _came_with(conversation: ConversationRecord) -> Subject:
    """Who said the last message of a conversation, with the credential that it came with: of one from before that was
    kept, none that stands."""
    return Subject(
        user_id=conversation["created_by"],
        credential=Credential(conversation.get("came_with") or Credential.SESSION),
        credential_id=conversation.get("came_with_id"),
        expires_at=conversation.get("came_with_until"),
    )


async def _refusal(conversation: ConversationRecord, change: Change) -> OrreryError | None:
    """Why the person of a conversation may have it answered no more: what models cost is the workspace's."""
    mine = {"workspace_id": conversation["workspace_id"], "user_id": conversation["created_by"]}
    member = await collection(WorkspaceMember).find_one(mine, session=change.session)
    return Forbidden(GONE) if member is None else board.WRITE.refusal(member, "workspace")


async def _unread(change: Change, held: Held, run: MissionRunRecord) -> list[MessageRecord]:
    return await said_since(held.mission_id, run["read_until"], change)


def _idle(problem: str | None) -> Record:
    return {"state": ConversationState.IDLE.value, "waiting_for": None, "problem": problem}


def _as_mission(conversation: ConversationRecord) -> MissionRecord:
    """A conversation, for what reads of a mission what a conversation has as well."""
    return cast("MissionRecord", conversation)


def _as_conversation(mission: MissionRecord) -> ConversationRecord:
    return cast("ConversationRecord", mission)
