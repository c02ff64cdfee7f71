"""The events: closed models, one per thing that can change, one module a noun. They are declared nowhere else.

Importing this declares all of them.
"""

import pkgutil
from importlib import import_module

from realtime.events.base import EVENTS, IDS_PER_EVENT, ROUTING, Event, Id, Shown, Topic, names_about

for _module in pkgutil.iter_modules(__path__, "realtime.events."):
    import_module(_module.name)

__all__ = ["EVENTS", "IDS_PER_EVENT", "ROUTING", "Event", "Id", "Shown", "Topic", "names_about"]
