"""Where the worktrees of cards are, and what their branches are called."""

import re
import unicodedata
from collections.abc import Iterable

from bson import ObjectId

from models.project_roots import Place
from models.records import CardRecord, WorktreeRecord
from resolvers.kit.context import Services
from resolvers.machine.worktrees import Begun, Spot

MAX_SLUG = 50
_TYPES = {
    "bug": "fix",
    "bugfix": "fix",
    "fix": "fix",
    "hotfix": "fix",
    "chore": "chore",
    "docs": "docs",
    "documentation": "docs",
    "performance": "perf",
    "refactor": "refactor",
    "refactoring": "refactor",
    "test": "test",
    "tests": "test",
}
"""What kind of branch a card has, by its labels; else it is a feature's."""


def folder_of(services: Services, project_id: ObjectId, card_id: ObjectId) -> Place:
    """The folder of a card's worktree."""
    return Place(str(services.worktrees), (str(project_id), str(card_id)))


def name_of(card_id: ObjectId) -> str:
    """What git calls a card's worktree."""
    return f"card-{card_id}"


def spot_of(services: Services, repository: Place, project_id: ObjectId, card_id: ObjectId, branch: str) -> Spot:
    """All that is known of where a worktree is."""
    return Spot(repository, folder_of(services, project_id, card_id), name_of(card_id), branch)


def begun_of(worktree: WorktreeRecord) -> Begun:
    """What a worktree began with."""
    return Begun(worktree["base"], worktree["base_commit"])


def branch_of(card: CardRecord, labels: Iterable[str]) -> str:
    """The branch of a card's worktree: `fix/card-<id>-<words of its title>`."""
    kind = next((_TYPES[label.casefold()] for label in labels if label.casefold() in _TYPES), "feat")
    plain = unicodedata.normalize("NFKD", card["title"]).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].rstrip("-")
    return f"{kind}/card-{card['_id']}" + (f"-{slug}" if slug else "")
