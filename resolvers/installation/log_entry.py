"""The log of the gateway, for whoever runs it."""

import re

from models import LogEntry
from models.base import Record, collection
from models.enums import ServerRole
from models.records import LogEntryRecord
from resolvers.inputs.installation import LogList
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation


@operation("logEntries", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, read_only=True)
async def list_log_entries(ctx: Context, values: LogList) -> list[LogEntryRecord]:
    """Entries of the log, the newest first; the latest 10,000 of 30 days are kept."""
    where: Record = {} if values.level is None else {"level": values.level.value}
    if values.before is not None:
        where["_id"] = {"$lt": values.before}
    if values.search:
        where["message"] = {"$regex": re.escape(values.search), "$options": "i"}
    return await collection(LogEntry).find(where).sort("_id", -1).limit(values.limit).to_list()
