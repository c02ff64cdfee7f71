"""The calls that are about the mission itself: its plan, a question to people, its end."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from models.enums import MissionActivityKind
from models.limits import Text
from resolvers.kit.input import Flag, Input, Prose, read_input
from resolvers.mission.report import Report

PLAN, ASK, FINISH, LOAD_SKILL = "plan", "ask", "finish", "load_skill"

Line = Annotated[str, Text(1, 500), Prose]
LongText = Annotated[str, Text(1, 20_000, strip=False), Prose]


class PlanStep(Input):
    """A step of a plan."""

    title: Line
    done: Flag = False


class Plan(Input):
    """Say what you are about to do, step by step, and which steps are done. It replaces the plan of before."""

    steps: Annotated[list[PlanStep], Field(min_length=1, max_length=50)]

    @property
    def text(self) -> str:
        """As a Markdown list."""
        return "\n".join(f"- [{'x' if step.done else ' '}] {step.title}" for step in self.steps)

    @property
    def progress(self) -> float:
        return sum(step.done for step in self.steps) / len(self.steps)


class Ask(Input):
    """Ask people a question that you cannot find the answer to, and wait for what they say."""

    question: LongText
    choices: Annotated[list[Line], Field(max_length=20)] = Field(default_factory=list)

    @property
    def report(self) -> Report:
        data = {"choices": self.choices} if self.choices else None
        return Report(MissionActivityKind.ELICITATION, self.question, data=data)


class LoadSkill(Input):
    """Read one of your skills: instructions for a kind of work, to be followed where they fit."""

    skill: Line


class Finish(Input):
    """End the mission once the task is done, or cannot be."""

    summary: LongText = Field(description="What came of it, for people.")
    failed: Flag = Field(False, description="Whether the task could not be done.")


OWN: dict[str, type[Input]] = {PLAN: Plan, ASK: Ask, FINISH: Finish, LOAD_SKILL: LoadSkill}
"""By the names that models call them by."""


@dataclass(frozen=True, slots=True)
class Described:
    """A call as a model is told of it."""

    name: str
    description: str
    schema: dict[str, Any]


def read_own(name: str, arguments: dict[str, Any]) -> Input:
    """The arguments of a call; raises BadUserInput."""
    return read_input(OWN[name], arguments)


_TEXT = {"type": "string", "minLength": 1}
DESCRIBED = (
    Described(
        PLAN,
        " ".join((Plan.__doc__ or "").split()),
        {
            "type": "object",
            "properties": {
                "steps": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"title": _TEXT, "done": {"type": "boolean"}},
                        "required": ["title"],
                    },
                }
            },
            "required": ["steps"],
        },
    ),
    Described(
        ASK,
        " ".join((Ask.__doc__ or "").split()),
        {
            "type": "object",
            "properties": {"question": _TEXT, "choices": {"type": "array", "items": _TEXT}},
            "required": ["question"],
        },
    ),
    Described(
        LOAD_SKILL,
        " ".join((LoadSkill.__doc__ or "").split()),
        {"type": "object", "properties": {"skill": _TEXT}, "required": ["skill"]},
    ),
    Described(
        FINISH,
        " ".join((Finish.__doc__ or "").split()),
        {
            "type": "object",
            "properties": {"summary": _TEXT, "failed": {"type": "boolean"}},
            "required": ["summary"],
        },
    ),
)
