"""Events of what people and agents record themselves; of all other activities, the change that they are of tells."""

from typing import Annotated

from models.records import ActivityRecord
from realtime.events.base import Event, Shown, Topic


class ActivityRecorded(Event, topics=(Topic.WORKSPACE,)):
    """Somebody told all people of the workspace something, or recorded what happened."""

    activity: Annotated[ActivityRecord, Shown("The notice, or what was recorded.")]
