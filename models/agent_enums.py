"""The closed sets of values of agents, and of how they and what they work on stand."""

from models.enums import Told


class AgentStatus(Told):
    """What an agent is about."""

    IDLE = "idle", "Waits for work."
    WORKING = "working", "Works on a mission, or says that it works."
    BLOCKED = "blocked", "Says that it cannot go on."
    PAUSED = "paused", "Somebody has stopped it: it is given nothing."
    OFFLINE = "offline", "Was taken off, or was not heard of for three of its intervals, and fifteen minutes at least."
    ERROR = "error", "Says that it has failed."


class IdleReason(Told):
    """Why an agent need not begin to work."""

    PAUSED = "paused", "Somebody has stopped it."
    BUSY = "busy", "It works on a mission."
    NO_TASKS = "no_tasks", "Nothing waits for it: no mission, and no open card is assigned to it."
    OVER_BUDGET = "over_budget", "Its budget, or one of its workspace or its organization, is spent."


class SetUpStatus(Told):
    """What came of a step of setting an agent up."""

    DONE = "done", "It is done."
    SKIPPED = "skipped", "There was nothing to do."


class HealthArea(Told):
    """What is looked at of a workspace."""

    AGENTS = "agents", "Its agents."
    CARDS = "cards", "Its cards that are not done, nor archived."
    PROJECTS = "projects", "Its projects, those left out that nobody works on any more."
    FILES = "files", "Its files."


class HealthRule(Told):
    """What is asked of each that is looked at."""

    RESPONDING = "responding", "An agent that is not paused is heard of, and says neither that it fails nor is blocked."
    DESCRIBED = "described", "An agent has a role or a description, a project a tagline or a description."
    SOUL = "soul", "An agent has its SOUL.md among the files of the workspace."
    ASSIGNED = "assigned", "A card whose work has started is somebody's."
    MOVING = "moving", "A card whose work has started has changed within 14 days."
    ON_TIME = "on_time", "What has a date and is not done still has time."
    NOT_EMPTY = "not_empty", "A file has a text."
    SORTED = "sorted", "A file has a category."


class AgentAutomationStatus(Told):
    """Whether what starts an agent is at work, as somebody says: nothing is begun or ended by it."""

    ACTIVE = "active", "It is at work."
    INACTIVE = "inactive", "It is not at work for now."
    DISABLED = "disabled", "It was turned off."
