"""The closed sets of values of cards, and of the projects that they are in."""

from models.enums import Told


class CardType(Told):
    """What kind of work a card is."""

    FEATURE = "feature", "Something new."
    BUG = "bug", "Something that does not work."
    RESEARCH = "research", "Something to find out."
    OPS = "ops", "Running what is there."
    INFRA = "infra", "What everything runs on."
    CONTENT = "content", "Texts, pictures and the like."
    OTHER = "other", "Something else."


class CardStatus(Told):
    """How far a card is, as its moves tell."""

    TODO = "todo", "Work on it has not started."
    IN_PROGRESS = "in_progress", "It stands beyond the first column of its board, in none that is done."
    DONE = "done", "It stands in a column that is done."


class CardStage(Told):
    """Where a card is in its life, by the column that it stands in. Any may follow any, but for what is cancelled."""

    TODO = "todo", "Work on it has not started."
    IN_PROGRESS = "in_progress", "It is worked on."
    REVIEW = "review", "Its work is looked at."
    BLOCKED = "blocked", "Its work waits for something."
    DONE = "done", "It is done, archived or not."
    CANCELLED = "cancelled", "It was archived before it was done; it goes back to TODO alone."


class ProjectStatus(Told):
    """How far a project is."""

    IDEA = "idea", "Somebody has thought of it."
    BUILDING = "building", "It is being built."
    ACTIVE = "active", "It is worked on."
    LAUNCHED = "launched", "It is there for those that it is made for."
    ARCHIVED = "archived", "Nobody works on it any more."
