"""Backups of the whole installation."""

import strawberry

import models
from schema.fields import shows


@shows(models.Backup, "A backup of the whole installation. Its file is read over HTTP, by whoever runs that.")
class Backup:
    id: strawberry.ID = strawberry.field(description="The id.")
