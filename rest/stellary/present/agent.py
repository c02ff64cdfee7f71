"""Agents and their missions."""

from typing_extensions import TypedDict

import models
from models.base import AnyRecord
from models.records import AgentRecord, MissionRecord
from rest.present import presents, shown


@presents(models.Agent)
class Agent(TypedDict):
    """A service user of a workspace that carries out missions; `userId` is the user that it acts as."""


class CreatedAgent(Agent):
    """A new agent with its own token, which is shown this once."""

    token: str


@presents(models.Mission)
class Mission(TypedDict):
    """What an agent is asked to do. `progress` is 0 to 1."""


@presents(models.MissionActivity)
class MissionActivity(TypedDict):
    """One report of an agent. `position` counts from 1 within its mission."""


class MissionDetails(Mission):
    """A mission with what its agent has reported, oldest first."""

    activities: list[MissionActivity]


class ClaimedMission(TypedDict):
    """The mission that was claimed; null when none is queued."""

    mission: Mission | None


def agent(record: AgentRecord) -> Agent:
    return shown(Agent, record)


def mission(record: MissionRecord) -> Mission:
    return shown(Mission, record)


def mission_activity(record: AnyRecord) -> MissionActivity:
    return shown(MissionActivity, record)
