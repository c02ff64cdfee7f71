"""The copies of projects' files in which runs without a card have theirs: a folder each, beside those of worktrees."""

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bson import ObjectId

from models import ScriptRun
from models.base import collection, utc_now
from models.ids import among
from models.script_status import ScriptStatus
from resolvers.kit.context import Services
from resolvers.machine.remove import remove_tree
from resolvers.machine.work import FOLDERS

log = logging.getLogger("orrery.scripts")

COPIES = "copies"
MOST = 100
"""Copies that are looked at in a round."""


def copy_of(services: Services, run_id: ObjectId) -> Path:
    """Where the copy of a run is."""
    return services.worktrees / COPIES / str(run_id)


async def remove_copies(services: Services) -> int:
    """Remove the copies whose run nobody holds: gateways that died have left them. How many those were."""
    found = await FOLDERS.run(_runs_in, services.worktrees / COPIES)
    held = {"_id": among(found), "status": ScriptStatus.RUNNING.value, "lease_until": {"$gt": utc_now()}}
    runs = await collection(ScriptRun).find(held, {"_id": 1}).to_list() if found else []
    left = set(found) - {run["_id"] for run in runs}
    return sum([await remove_copy(copy_of(services, run_id)) for run_id in left])


async def remove_copy(copy: Path) -> bool:
    """Remove a copy; where that cannot be done now, it is tried again with those that are left."""
    try:
        await FOLDERS.run(remove_tree, str(copy), admitted=True)
    except OSError:
        log.warning("the copy %s could not be removed", copy.name, exc_info=True)
        return False
    return True


def _runs_in(folder: Path) -> Sequence[ObjectId]:
    """The runs that have a copy, at most MOST of them."""
    with suppress(FileNotFoundError):
        return [ObjectId(name) for name in os.listdir(folder) if ObjectId.is_valid(name)][:MOST]
    return []
