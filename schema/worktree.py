"""Worktrees: the folders in which cards are worked on."""

import strawberry

import models
from resolvers.worktree import worktree as worktree_edges
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import CardRef

PLACE = ("project_id", "card_id")


@strawberry.type(description="What the work in a worktree differs in from where it began, as git writes it.")
class WorktreeDiff:
    text: str = strawberry.field(description="The diff, of at most 2 MB.")
    files_changed: int = strawberry.field(description="How many files differ.")
    insertions: int = strawberry.field(description="How many lines are new.")
    deletions: int = strawberry.field(description="How many lines are gone.")
    whole: bool = strawberry.field(description="Whether it tells of every file that differs.")


@shows(models.Worktree, "A folder in which a card is worked on, with a branch of its own.")
class Worktree(Node):
    path: str = edge(worktree_edges.path_of_worktree, needs=PLACE, description="Where it is on the gateway's machine.")
    diff: WorktreeDiff | None = edge(
        worktree_edges.diff_of_worktree,
        needs=(*PLACE, "branch", "base", "base_commit"),
        description="What differs there from where it began; null where its repository is not reached.",
    )


@extends(CardRef, after="is_unread")
class OfCard:
    worktree: Worktree | None = edge(
        worktree_edges.worktree_of, description="The folder in which it is worked on, if it has one."
    )
