"""Keeps beside the texts that an earlier version wrote what lists are sorted by."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from pymongo import UpdateOne

from models import Card, Document, Project
from models.base import AnyRecord, Recorded, collection, sort_keys
from resolvers.kit.migration_step import MigrationStep, Work, over_all


def _step(name: str, title: str, model: type[Recorded[Any]], fields: Sequence[str]) -> MigrationStep:
    async def run(work: Work) -> None:
        await over_all(model, work, partial(_keep, model, fields), fields)

    return MigrationStep(name, title, run)


async def _keep(model: type[Recorded[Any]], fields: Sequence[str], records: Sequence[AnyRecord]) -> None:
    # What was changed in the meantime has its keys.
    updates = [
        UpdateOne({name: record.get(name) for name in ("_id", *fields)}, {"$set": sort_keys(model, record)})
        for record in records
    ]
    await collection(model).bulk_write(updates, ordered=False)


SORT_STEPS = (
    _step("sort-keys-of-cards", "What cards are sorted by", Card, ("title", "custom_values")),
    _step("sort-keys-of-documents", "What documents are sorted by", Document, ("title",)),
    _step("sort-keys-of-projects", "What projects are sorted by", Project, ("name",)),
)
