"""What the cards of a workspace came to."""

from datetime import datetime

import strawberry

import models
from resolvers.changelog.changelog import changelog_days_of, changelog_of_workspace
from resolvers.kit.load import one_by
from resolvers.kit.nouns import PROJECT
from schema.connection import Connection, window_of
from schema.extension import extends
from schema.fields import shows
from schema.filters import ChangelogEntryFilter
from schema.loading import edge
from schema.node import Node
from schema.references import ProjectRef, WorkspaceRef


@shows(models.ChangelogEntry, "What was done with a card, as it was when it came to be done.")
class ChangelogEntry(Node):
    pass


@strawberry.type(description="What was done in a project on one day.")
class ChangelogArea:
    project: ProjectRef = edge(one_by(PROJECT, "project_id"), needs=("project_id",), description="The project.")
    count: int = strawberry.field(description="How many cards.")
    titles: list[str] = strawberry.field(description="The latest of them, at most ten.")


@strawberry.type(description="What was done on one day in UTC.")
class ChangelogDay:
    date: datetime = strawberry.field(description="Its beginning.")
    count: int = strawberry.field(description="How many cards.")
    areas: list[ChangelogArea] = strawberry.field(description="By project, where most was done first.")


@extends(WorkspaceRef, after="document_tree")
class OfWorkspace:
    changelog: Connection[ChangelogEntry] = edge(
        changelog_of_workspace,
        arguments=window_of(ChangelogEntryFilter),
        description="What its cards came to, the latest first.",
    )
    changelog_summary: list[ChangelogDay] = edge(
        changelog_days_of, description="The same by day, the latest first: of the latest 1,000 cards."
    )
