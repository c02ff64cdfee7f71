"""Files that start agents, where they are on the gateway's machine: whether they are there, and since when as they are.

Looked for in the one folder that the operator names (`ORRERY_AUTOMATIONS_DIR`), beneath which no link is followed.
Nothing is read, and nothing run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from models.project_roots import Place, split_path
from resolvers.kit.context import Context
from resolvers.machine.beneath import AbsentError, changed_at
from resolvers.machine.reach import may_see_shared, slugs_of, within
from resolvers.machine.work import FOLDERS


@dataclass(frozen=True, slots=True)
class AutomationFile:
    """Whether there is a file, and when it was last changed; None where there is none."""

    exists: bool
    modified_at: datetime | None = None


async def files_at(ctx: Context, paths: Sequence[tuple[ObjectId, str]]) -> list[AutomationFile | None]:
    """What is at paths that workspaces name. None outside of the folder; of a folder that is no organization's, for
    all but whoever runs the installation and is signed in, as it would tell of what others have."""
    root = ctx.services.automations_root
    if root is None or not paths:
        return [None] * len(paths)
    if root.is_shared and not (ctx.subject.is_person and await may_see_shared(ctx)):
        return [None] * len(paths)
    slugs = {} if root.is_shared else await slugs_of([workspace_id for workspace_id, _ in paths])
    places = [
        _place(root.place(slugs.get(workspace_id)), path) if root.is_shared or workspace_id in slugs else None
        for workspace_id, path in paths
    ]
    known = {place for place in places if place is not None}
    found = await FOLDERS.run(lambda: {place: _look(place) for place in known}) if known else {}
    return [None if place is None else found[place] for place in places]


def _place(root: Place, path: str) -> Place | None:
    """What a path leads to beneath a folder; None for one that leads elsewhere, or is none."""
    try:
        return within([root], split_path(path))
    except ValueError:
        return None


def _look(place: Place) -> AutomationFile:
    try:
        return AutomationFile(exists=True, modified_at=changed_at(place))
    except AbsentError:
        return AutomationFile(exists=False)
