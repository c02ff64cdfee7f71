"""The closed sets of values of agents."""

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
