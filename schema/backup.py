"""Backups of the whole installation."""

from datetime import datetime

import strawberry

import models
from models.installation_enums import RemoteState
from schema.fields import shows


@shows(models.Backup, "A backup of the whole installation. Its file is read over HTTP, by whoever runs that.")
class Backup:
    id: strawberry.ID = strawberry.field(description="The id.")


@strawberry.type(description="The repository that backups are copied to by somebody else, as it answered just now.")
class BackupRemote:
    configured: bool = strawberry.field(description="Whether there is one; all about it is null where there is none.")
    url: str | None = strawberry.field(description="Where it is.")
    state: RemoteState | None = strawberry.field(description="Whether the newest backup is there.")
    newest: str | None = strawberry.field(description="The name of the newest backup.")
    newest_there: str | None = strawberry.field(description="The name of the newest backup that is there.")
    committed_at: datetime | None = strawberry.field(description="When its last commit was made.")
    checked_at: datetime | None = strawberry.field(description="When it was asked.")
