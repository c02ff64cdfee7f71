"""The life of a conversation: what a person says is answered by turns of a model, as a mission is worked on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, cast

from agents.runtime.child import prompt
from agents.runtime.child.loop import MAX_REPORT, Loop
from agents.runtime.child.own_tools import Described
from agents.runtime.child.writes import Writes
from models.conversation_enums import ConversationKind
from models.enums import MissionActivityKind
from models.errors import OrreryError
from models.limits import PROMPT, Text
from models.records import MessageRecord, MissionCallRecord, MissionRecord, MissionRunRecord
from resolvers.conversation.message import said_since
from resolvers.conversation.run import Talking
from resolvers.conversation.turns import begin_attempt, keep_turn
from resolvers.kit.input import Input, Prose, read_input
from resolvers.mission.calls import Settled
from resolvers.mission.report import Report
from resolvers.mission.run import read_run
from resolvers.mission.turns import Attempt, Kept, Request, Turn

DRAFT = "draft"
DRAFTED = Text(1, PROMPT.maximum, strip=False)
"""Of a card, whose description it becomes."""


class Draft(Input):
    """Hand in the prompt of the card as you would have it, whole. It replaces the draft of before; the person decides
    whether it becomes the prompt."""

    prompt: Annotated[str, DRAFTED, Prose]


DRAFTS = (
    Described(
        DRAFT,
        " ".join((Draft.__doc__ or "").split()),
        {
            "type": "object",
            "properties": {"prompt": {"type": "string", "minLength": 1, "maxLength": DRAFTED.maximum}},
            "required": ["prompt"],
        },
    ),
)


class TalkWrites(Writes):
    """What conversations write at every turn: each by itself."""

    async def begin_attempt(self, request: Request) -> Attempt:
        return await begin_attempt(request)

    async def keep_turn(self, turn: Turn) -> Kept:
        return await keep_turn(turn, cast("Talking", turn.held))


@dataclass(slots=True)
class Talk(Loop):
    """The work of one holder on one conversation."""

    own: ClassVar[Mapping[str, type[Input]]] = {DRAFT: Draft}

    async def run(self) -> None:
        """Work until all that was said is answered, something is missing, or it is another's."""
        self.first = self.talking.first_step
        await Loop.run(self)

    @property
    def talking(self) -> Talking:
        """What is held, which is a conversation."""
        return cast("Talking", self.held)

    async def _round(self) -> bool:
        if not self.steps:
            _, run = await read_run(self.held)
            if not await self._said(run):
                await self.talking.rest()
                return False
        return await Loop._round(self)

    async def _turn(self, mission: MissionRecord, run: MissionRunRecord) -> bool:
        try:
            await self.talking.check_standing()
        except OrreryError as error:
            return await self._fail(f"{error.message}: say it again")
        return await Loop._turn(self, mission, run)

    async def _use_tool(self, call: MissionCallRecord, arguments: dict[str, Any]) -> None:
        await self.talking.check_standing()
        await Loop._use_tool(self, call, arguments)

    async def _is_full(self) -> bool:
        return False  # it begins anew by itself

    async def _rest(self) -> bool:
        return not await self.talking.rest()

    async def _said(self, run: MissionRunRecord) -> Sequence[MessageRecord]:
        return await said_since(self.held.mission_id, run["read_until"])

    async def _beginning(self, mission: MissionRecord) -> list[str]:
        return await self.talking.beginning()

    def _instructions(self) -> str:
        return "\n".join(
            [
                *_ABOUT[self.talking.kind],
                "What a call was refused for is told in its result: correct it, or say so.",
                prompt.MATERIAL,
                *prompt.always(self.orders),
            ]
        )

    def _reports(self, text: str, calls: Sequence[MissionCallRecord]) -> list[Report]:
        return [Report(MissionActivityKind.RESPONSE, text[:MAX_REPORT])] if text and not calls else []

    def _see(self, mission: MissionRecord, reported: int) -> None:
        self._forget()  # the person may say something at any moment, and there are few turns

    def _note(self, settled: Settled) -> None:
        self._forget()

    async def _carry_out_own(self, call: MissionCallRecord, arguments: dict[str, Any]) -> bool:
        await self.talking.keep_draft(call, read_input(Draft, arguments).prompt)
        self._forget()
        return True

    def _described_own(self) -> Sequence[Described]:
        return DRAFTS if self.talking.kind is ConversationKind.PRE_SESSION else ()


_ABOUT = {
    ConversationKind.ASSISTANT: (
        "You are the assistant of a project in a project management tool. A person speaks with you; you act as that "
        "person, with their rights and inside this project, by calling functions. What you change takes effect at once "
        "and in their name: do what they ask for, and nothing beyond. You cannot delete: they do that themselves.",
        "Answer in a few sentences, with what you found or did.",
    ),
    ConversationKind.PRE_SESSION: (
        "You help a person to write the prompt of a card, which an agent is to work by later. Ask what is unclear, one "
        "or two questions at a time; look into the project where that helps. You change nothing.",
        "As soon as you can, call `draft` with the whole prompt: what is to be done, what is given, how one can tell "
        "that it is done. Then say in a sentence what you have assumed.",
    ),
}
