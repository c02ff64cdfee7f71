"""Events of the logs of agents."""

from typing import Annotated

from models.records import LogLineRecord
from realtime.events.base import Event, Shown, Topic


class LogLineCreated(Event, topics=(Topic.WORKSPACE,)):
    """A line was written to the log of an agent."""

    log_line: Annotated[LogLineRecord, Shown("The line.")]
