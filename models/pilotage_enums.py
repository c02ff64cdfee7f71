"""The closed sets of values of the pilotage."""

from models.enums import Told


class ObjectiveStatus(Told):
    """Where an objective stands. Any status may follow any."""

    TO_LAUNCH = "to_launch", "Nobody has begun."
    IN_PROGRESS = "in_progress", "It is worked on."
    BLOCKED = "blocked", "It cannot go on; `blockedReason` may say why."
    DONE = "done", "It is reached."


class TodoStatus(Told):
    """Where a todo stands. Any status may follow any."""

    TODO = "todo", "Nobody has begun."
    IN_PROGRESS = "in_progress", "It is worked on."
    BLOCKED = "blocked", "It cannot go on."
    DONE = "done", "It is done."


class PilotageSource(Told):
    """Whose concern a document of the pilotage is."""

    PRODUCT = "product", "What is built."
    TECH = "tech", "How it is built."
    SPRINT = "sprint", "What is done now."
    OPS = "ops", "How it is run."


class PilotageProfile(Told):
    """What the state of the pilotage is read for."""

    PILOTAGE = "pilotage", "To steer: all of it."
    EXECUTION = "execution", "To work: open objectives and todos."
    REVUE = "revue", "To look back: decisions, and what is done."


class PilotageIntent(Told):
    """What somebody is about to do with the state of the pilotage: it puts objectives and todos in an order."""

    WEEKLY_REVIEW = "weekly_review", "What is blocked first, then what is worked on."
    DAILY_EXECUTION = "daily_execution", "What is worked on first, then what can begin."
    SPRINT_PLANNING = "sprint_planning", "What can begin first."
    CONTEXT_ONLY = "context_only", "In the order of their creation."


class PilotageDetail(Told):
    """How much of the state of the pilotage is told."""

    MINIMAL = "minimal", "How many there are."
    STANDARD = "standard", "Lists too."
    DETAILED = "detailed", "Lists, and what was done and decided in earlier cycles."


class RiskKind(Told):
    """What endangers the work of a workspace."""

    OBJECTIVE_BLOCKED = "objective_blocked", "An objective cannot go on."
    PROJECT_LATE = "project_late", "The deadline of a project is over, and something is left to do."
    CARDS_OVERDUE = "cards_overdue", "Open cards of a project whose due date is over."
    CARDS_BLOCKED = "cards_blocked", "Open cards of a project that wait for open ones."
